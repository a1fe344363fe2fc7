"""One person's part of the record: exported, or erased."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, delete, or_, select, text

from assistant.adapters.sql import schema
from assistant.adapters.sql.engine import insert_new, writing
from assistant.record.events import Instant, Who
from assistant.record.keys import Keys

_asked = schema.interactions.c
_OF_EPISODES = (schema.events, schema.tickets, schema.unfolded, schema.interactions)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows of each table went, and whether the database's files hold nothing of them either."""

    rows: dict[str, int]
    swept: bool


def pseudonyms_of(engine: Engine, who: Who) -> set[str]:
    """Return a person's pseudonyms: of an account also those of the browsers that it was used in."""
    known = {one for one in (who.visitor, who.account) if one is not None}
    if who.account is not None:
        statement = select(_asked.visitor).where(_asked.account == who.account, _asked.visitor.is_not(None)).distinct()
        with engine.connect() as connection:
            known.update(connection.scalars(statement))
    return known


def export(engine: Engine, pseudonyms: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Return all rows about a person, by table."""
    episodes = _episodes_of(pseudonyms)
    tickets = select(schema.tickets.c.id).where(schema.tickets.c.episode.in_(episodes))
    wanted: list[tuple[Table, Any]] = [
        (schema.interactions, _asked.episode.in_(episodes)),
        (schema.events, schema.events.c.episode.in_(episodes)),
        (schema.episodes, _is_theirs(schema.episodes, pseudonyms)),
        (schema.tickets, schema.tickets.c.episode.in_(episodes)),
        (schema.verdicts, schema.verdicts.c.ticket.in_(tickets)),
    ]
    with engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(select(table).where(condition))]
            for table, condition in wanted
        }


def erase(engine: Engine, pseudonyms: Collection[str], *, keys: Keys, at: Instant) -> Erased:
    """Delete all rows about a person, and leave a mark from which nobody can tell who it was.

    The mark keeps a restored backup from bringing them back. Numbers of the past change by what is deleted.
    """
    gone: dict[str, int] = {}
    with writing(engine) as connection:
        episodes = sorted(
            {
                *connection.scalars(_episodes_of(pseudonyms)),
                *connection.scalars(select(schema.episodes.c.id).where(_is_theirs(schema.episodes, pseudonyms))),
            }
        )
        for start in range(0, len(episodes), _AT_ONCE):
            for table, number in delete_episodes(connection, episodes[start : start + _AT_ONCE]).items():
                gone[table] = gone.get(table, 0) + number
        marks = [{"mark": keys.erasure_mark(one), "at": at} for one in sorted(pseudonyms)]
        if marks and episodes:
            connection.execute(insert_new(schema.erasures, engine), marks)
    return Erased(gone, swept=sweep(engine))


def delete_episodes(connection: Connection, episodes: Sequence[str]) -> dict[str, int]:
    """Delete episodes with all that belongs to them; return how many rows of each table went."""
    gone = {}
    tickets = select(schema.tickets.c.id).where(schema.tickets.c.episode.in_(episodes))
    gone["verdicts"] = connection.execute(delete(schema.verdicts).where(schema.verdicts.c.ticket.in_(tickets))).rowcount
    for table in _OF_EPISODES:
        gone[table.name] = connection.execute(delete(table).where(table.c.episode.in_(episodes))).rowcount
    gone["episodes"] = connection.execute(delete(schema.episodes).where(schema.episodes.c.id.in_(episodes))).rowcount
    return gone


def sweep(engine: Engine) -> bool:
    """Clear what was deleted out of the database's files too; say whether that could be done now.

    SQLite overwrites what is deleted and here empties its log, which a long read elsewhere can keep it from doing.
    PostgreSQL rewrites the tables; of its write-ahead log, files are reused in time and cannot be cleared at will.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            return bool(connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0] == 0)
        for table in schema.metadata.sorted_tables:
            connection.execute(text(f'VACUUM (FULL) "{table.name}"'))
        connection.execute(text("CHECKPOINT"))
    return True


def marks(engine: Engine) -> set[str]:
    """Return the marks of all who were erased."""
    with engine.connect() as connection:
        return set(connection.scalars(select(schema.erasures.c.mark)))


def _episodes_of(pseudonyms: Collection[str]) -> Select[tuple[str]]:
    return select(_asked.episode).where(_is_theirs(schema.interactions, pseudonyms)).distinct()


def _is_theirs(table: Table, pseudonyms: Collection[str]) -> Any:
    return or_(table.c.visitor.in_(list(pseudonyms)), table.c.account.in_(list(pseudonyms)))
