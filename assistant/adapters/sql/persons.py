"""One person's part of the record: exported, or erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Engine, Table, and_, delete, or_, select, text, union

from assistant.adapters.sql import schema
from assistant.adapters.sql.desk import delete_links, delete_tickets, files_of, written_to
from assistant.adapters.sql.drafts import empty_previews
from assistant.adapters.sql.engine import insert_new, writing
from assistant.adapters.sql.fair_use import delete_fair_use
from assistant.record.events import Instant, Who
from assistant.record.keys import Keys
from assistant.tickets.intake import account_of_email

_asked = schema.interactions.c
_OF_EPISODES = (schema.events, schema.tickets, schema.unfolded, schema.gap_questions, schema.interactions)
_OF_TICKETS = (schema.verdicts, schema.ticket_vectors)
_OF_SOMEBODY = (schema.interactions, schema.episodes, schema.tickets)
_VISITORS = tuple(table.c.visitor for table in _OF_SOMEBODY)
_ACCOUNTS = tuple(table.c.account for table in (*_OF_SOMEBODY, schema.desk_tickets, schema.desk_files))
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Person:
    """Whose rows are meant, by pseudonyms.

    Theirs is what was asked with one of the ``accounts``, in one of the ``browsers``, or without signing in where they
    were ``signed_out``: in the browsers of an account others may have signed in too, whose questions are not theirs.
    ``emails`` are the addresses to which links for one of the accounts were sent.
    """

    accounts: frozenset[str] = frozenset()
    browsers: frozenset[str] = frozenset()
    signed_out: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()

    def marks(self, keys: Keys) -> set[str]:
        """Return what stands for them once they are erased."""
        named = (*self.accounts, *self.browsers, *(_signed_out(one) for one in self.signed_out))
        return {keys.erasure_mark(one) for one in named}


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows of each table went, and whether the database's files hold nothing of them either.

    ``files`` are the person's attachments; their contents are still to be deleted.
    """

    rows: dict[str, int]
    swept: bool
    files: tuple[str, ...] = ()


def person_of(engine: Engine, who: Who) -> Person:
    """Return whom an account stands for, with what they asked in its browsers before signing in; else a browser."""
    if who.account is None:
        return Person(browsers=frozenset({who.visitor} if who.visitor is not None else ()))
    statement = select(_asked.visitor).where(_asked.account == who.account, _asked.visitor.is_not(None)).distinct()
    with engine.connect() as connection:
        return Person(frozenset({who.account}), signed_out=frozenset(connection.scalars(statement)))


def export(engine: Engine, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Return all rows about a person, by table."""
    episodes = _episodes_of(person)
    tickets = select(schema.tickets.c.id).where(schema.tickets.c.episode.in_(episodes))
    sent = select(schema.desk_tickets.c.id).where(schema.desk_tickets.c.account.in_(sorted(person.accounts)))
    wanted: list[tuple[Table, Any]] = [
        (schema.interactions, _asked.episode.in_(episodes)),
        (schema.events, schema.events.c.episode.in_(episodes)),
        (schema.episodes, or_(schema.episodes.c.id.in_(episodes), _is_theirs(schema.episodes, person))),
        (schema.tickets, schema.tickets.c.episode.in_(episodes)),
        (schema.verdicts, schema.verdicts.c.ticket.in_(tickets)),
        (schema.desk_tickets, schema.desk_tickets.c.account.in_(sorted(person.accounts))),
        (schema.checklists, schema.checklists.c.ticket.in_(sent)),
        (schema.standings, schema.standings.c.account.in_(sorted(person.accounts))),
        (schema.contests, schema.contests.c.account.in_(sorted(person.accounts))),
        (schema.gap_questions, schema.gap_questions.c.episode.in_(episodes)),
        (schema.desk_files, schema.desk_files.c.account.in_(sorted(person.accounts))),
        (schema.messages, schema.messages.c.ticket.in_(sent)),
        (schema.deliveries, schema.deliveries.c.ticket.in_(sent)),
    ]
    with engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(select(table).where(condition))]
            for table, condition in wanted
        }


def erase(engine: Engine, person: Person, *, keys: Keys, at: Instant) -> Erased:
    """Delete all rows about a person, and leave a mark from which nobody can tell who it was.

    The mark keeps a restored backup from bringing them back. Numbers of the past change by what is deleted.
    """
    with writing(engine) as connection:
        files = files_of(connection, sorted(person.accounts))
        theirs = frozenset(one for one in written_to(connection) if _account(one, keys) in person.accounts)
        gone = delete_person(connection, replace(person, emails=theirs))
        add_marks(connection, [{"mark": one, "at": at} for one in sorted(person.marks(keys))])
    return Erased(gone, swept=sweep(engine), files=tuple(files))


def delete_person(connection: Connection, person: Person) -> dict[str, int]:
    """Delete all rows about a person; return how many of each table went."""
    gone = delete_fair_use(connection, sorted(person.accounts))  # while it can be told which tickets are theirs
    episodes = sorted(
        {
            *connection.scalars(_episodes_of(person)),
            *connection.scalars(select(schema.episodes.c.id).where(_is_theirs(schema.episodes, person))),
        }
    )
    for start in range(0, len(episodes), _AT_ONCE):
        for table, number in delete_episodes(connection, episodes[start : start + _AT_ONCE]).items():
            gone[table] = gone.get(table, 0) + number
    empty_previews(connection)  # which quote what people asked
    by_mail = delete_links(connection, person.emails)
    by_account = delete_tickets(connection, sorted(person.accounts))
    return {**gone, **{table: number + by_mail.get(table, 0) for table, number in by_account.items()}}


def add_marks(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Note who was erased, if that is not noted already."""
    if rows:
        connection.execute(insert_new(schema.erasures, connection.engine), rows)


def erased_among(connection: Connection, *, keys: Keys) -> Person:
    """Return those whose rows are there though they were erased: a backup has brought them back."""
    marks = set(connection.scalars(select(schema.erasures.c.mark)))
    # Somebody may have written without asking, or the questions may be past their retention.
    accounts, browsers = (
        {one for column in columns for one in connection.scalars(select(column).distinct()) if one is not None}
        for columns in (_ACCOUNTS, _VISITORS)
    )
    return Person(
        frozenset(one for one in accounts if keys.erasure_mark(one) in marks),
        frozenset(one for one in browsers if keys.erasure_mark(one) in marks),
        frozenset(one for one in browsers if keys.erasure_mark(_signed_out(one)) in marks),
        frozenset(one for one in written_to(connection) if keys.erasure_mark(_account(one, keys)) in marks),
    )


def delete_episodes(connection: Connection, episodes: Sequence[str]) -> dict[str, int]:
    """Delete episodes with all that belongs to them; return how many rows of each table went."""
    gone = {}
    tickets = select(schema.tickets.c.id).where(schema.tickets.c.episode.in_(episodes))
    for table in _OF_TICKETS:
        gone[table.name] = connection.execute(delete(table).where(table.c.ticket.in_(tickets))).rowcount
    for table in _OF_EPISODES:
        gone[table.name] = connection.execute(delete(table).where(table.c.episode.in_(episodes))).rowcount
    gone["episodes"] = connection.execute(delete(schema.episodes).where(schema.episodes.c.id.in_(episodes))).rowcount
    return gone


def sweep(engine: Engine) -> bool:
    """Clear what was deleted out of the database's files too; say whether that could be done now.

    SQLite overwrites what is deleted, but not what it moved before within a page: so the file is written anew, some
    seconds in which appends wait, and its log is emptied, which a long read elsewhere can keep it from doing.
    PostgreSQL rewrites the tables; of its write-ahead log, files are reused in time and cannot be cleared at will.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("VACUUM")
            return bool(connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0] == 0)
        for table in schema.metadata.sorted_tables:
            # Statistics hold values of columns, which only a new look at the table takes away.
            connection.execute(text(f'VACUUM (FULL, ANALYZE) "{table.name}"'))
        connection.execute(text("CHECKPOINT"))
    return True


def _episodes_of(person: Person) -> CompoundSelect[str]:
    """Return the episodes in which a person asked, or to which they wrote a ticket."""
    return union(
        select(_asked.episode).where(_is_theirs(schema.interactions, person)),
        select(schema.tickets.c.episode).where(_is_theirs(schema.tickets, person)),
    )


def _is_theirs(table: Table, person: Person) -> Any:
    return or_(
        table.c.account.in_(sorted(person.accounts)),
        table.c.visitor.in_(sorted(person.browsers)),
        and_(table.c.visitor.in_(sorted(person.signed_out)), table.c.account.is_(None)),
    )


def _account(email: str, keys: Keys) -> str:
    return keys.account(account_of_email(email))


def _signed_out(visitor: str) -> str:
    return f"{visitor}:signed-out"
