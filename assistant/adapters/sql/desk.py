"""Tickets as they were written, in the record's database."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, or_, select, update

from assistant.adapters.sql import schema
from assistant.adapters.sql.deliveries import wake
from assistant.adapters.sql.engine import insert_new
from assistant.adapters.sql.prepared import Prepared
from assistant.fair_use.models import Standing
from assistant.record.events import MS_PER_DAY, Instant
from assistant.tickets.intake import HELPDESK, MAIL
from assistant.tickets.models import Conversation, Customer, DeskTicket, FeeState, File, TicketState
from assistant.tickets.ports import KeptFile, Link, Outgoing
from assistant.tickets.promises import Lane

_tickets, _files, _links, _outbox = schema.desk_tickets, schema.desk_files, schema.links, schema.outbox
NOBODY = "{}"
"""What is left of a customer whose data are past their retention."""
_WRITTEN_ONCE = frozenset({"id", "key", "account", "customer", "text", "written_at", "conversation", "recorded"})


class SqlTickets(Prepared):
    """Keeps tickets; see ``TicketStore``."""

    def add(
        self,
        ticket: DeskTicket,
        *,
        files: Sequence[str] = (),
        sending: Sequence[Outgoing] = (),
        link: Link | None = None,
    ) -> tuple[DeskTicket, bool]:
        """Keep a ticket with its files and what is to be sent on; return it, and whether it is new."""
        with self._writing() as connection:
            put = insert_new(_tickets, self._engine).values(_ticket_values(ticket)).returning(_tickets.c.id)
            new = connection.execute(put).one_or_none() is not None
            if new:
                _go_along(connection, ticket, files)
                _keep_outgoing(connection, sending)
                if link is not None:
                    connection.execute(insert(_links), [asdict(link)])
            kept = _ticket(connection, select(_tickets).where(_tickets.c.key == ticket.key))
        if kept is None:  # the id, and not the key, was taken: one in 10^12
            raise RuntimeError("the ticket's id was taken")
        return kept, new

    def ticket(self, ticket: str) -> DeskTicket | None:
        """Return a ticket by its id."""
        with self._reading() as connection:
            return _ticket(connection, select(_tickets).where(_tickets.c.id == _storable(ticket)))

    def by_key(self, key: str) -> DeskTicket | None:
        """Return a ticket by the key that it was sent with."""
        with self._reading() as connection:
            return _ticket(connection, select(_tickets).where(_tickets.c.key == key))

    def of(self, account: str, *, most: int) -> Sequence[DeskTicket]:
        """Return an account's tickets, latest first."""
        theirs = select(_tickets).where(_tickets.c.account == account, _tickets.c.text.is_not(None))
        with self._reading() as connection:
            return tickets_in(connection, theirs.order_by(_tickets.c.written_at.desc(), _tickets.c.id).limit(most))

    def change(
        self,
        ticket: str,
        change: Callable[[DeskTicket], DeskTicket],
        *,
        sending: Callable[[DeskTicket], Sequence[Outgoing]],
    ) -> tuple[DeskTicket, bool] | None:
        """Change a ticket, alone with it; return it and whether it changed, ``None`` if there is none."""
        with self._writing() as connection:
            before = locked_ticket(connection, ticket)
            if before is None:
                return None
            after = change(before)
            if after != before:
                keep_change(connection, after, sending(after))
            return after, after != before

    def unrecorded(self, *, most: int) -> Sequence[DeskTicket]:
        """Return tickets that have been sent and that the record does not have yet, oldest first."""
        waiting = select(_tickets).where(
            _tickets.c.recorded.is_(False), _tickets.c.sent_at.is_not(None), _tickets.c.text.is_not(None)
        )
        with self._reading() as connection:
            return tickets_in(connection, waiting.order_by(_tickets.c.sent_at).limit(most))

    def mark_recorded(self, ticket: str) -> None:
        """Note that the record has a ticket."""
        with self._writing() as connection:
            connection.execute(update(_tickets).where(_tickets.c.id == ticket).values(recorded=True))

    def add_link(self, link: Link, *, sending: Sequence[Outgoing]) -> None:
        """Keep a one-time link and the mail that carries it."""
        with self._writing() as connection:
            connection.execute(insert(_links), [asdict(link)])
            _keep_outgoing(connection, sending)

    def link(self, digest: str) -> Link | None:
        """Return a link by the digest of its secret."""
        with self._reading() as connection:
            row = connection.execute(select(_links).where(_links.c.digest == digest)).one_or_none()
        return Link(**row._mapping) if row is not None else None

    def use_link(self, digest: str, *, at: Instant) -> bool:
        """Use a link up; return whether it was still good: the first use in time is."""
        good = (_links.c.digest == digest, _links.c.used_at.is_(None), _links.c.expires_at > at)
        with self._writing() as connection:
            return connection.execute(update(_links).where(*good).values(used_at=at)).rowcount == 1

    def add_file(self, kept: KeptFile) -> None:
        """Keep what a file is and whose."""
        with self._writing() as connection:
            connection.execute(
                insert(_files), [{**asdict(kept.file), "account": kept.account, "ticket": kept.ticket, "at": kept.at}]
            )

    def files(self, ids: Sequence[str]) -> Sequence[KeptFile]:
        """Return files by their ids, in that order; those that there are not are left out."""
        with self._reading() as connection:
            listed = select(_files).where(_files.c.id.in_([_storable(one) for one in ids]))
            found = {row.id: _kept(row) for row in connection.execute(listed)}
        return [found[one] for one in dict.fromkeys(ids) if one in found]

    def drop_file(self, file: str) -> bool:
        """Forget a file that went with no ticket; return whether there was one."""
        with self._writing() as connection:
            gone = connection.execute(delete(_files).where(_files.c.id == file, _files.c.ticket.is_(None)))
            return gone.rowcount == 1

    def loose_files(self, *, before: Instant, most: int) -> Sequence[KeptFile]:
        """Return files uploaded before a moment that went with no ticket."""
        loose = select(_files).where(_files.c.ticket.is_(None), _files.c.at < before).order_by(_files.c.at).limit(most)
        with self._reading() as connection:
            return [_kept(row) for row in connection.execute(loose)]

    def send(self, sending: Sequence[Outgoing]) -> None:
        """Keep what is to be sent on and belongs to no ticket."""
        with self._writing() as connection:
            _keep_outgoing(connection, sending)

    def due(self, *, now: Instant, most: int) -> Sequence[Outgoing]:
        """Return what is to be sent on now, in the order in which it became due."""
        waiting = select(_outbox).where(_outbox.c.due_at <= now).order_by(_outbox.c.due_at, _outbox.c.id).limit(most)
        with self._reading() as connection:
            return [
                Outgoing(row.id, row.kind, row.ticket, row.payload, row.due_at, row.attempts)
                for row in connection.execute(waiting)
            ]

    def claim(self, outgoing: Outgoing, *, until: Instant) -> bool:
        """Take something that is due for oneself; return whether nobody else had."""
        still_due = (_outbox.c.id == outgoing.id, _outbox.c.due_at == outgoing.due_at)
        with self._writing() as connection:
            return connection.execute(update(_outbox).where(*still_due).values(due_at=until)).rowcount == 1

    def sent_on(self, outgoing: str) -> None:
        """Note that something was sent on, and empty it."""
        with self._writing() as connection:
            connection.execute(
                update(_outbox).where(_outbox.c.id == outgoing).values(due_at=None, payload="", error=None)
            )

    def put_off(self, outgoing: str, *, until: Instant | None, error: str) -> None:
        """Note that something could not be sent on, and when to try again; never, if ``None``."""
        changed = {"due_at": until, "error": error[:200], "attempts": _outbox.c.attempts + 1}
        if until is None:
            changed["payload"] = ""
        with self._writing() as connection:
            connection.execute(update(_outbox).where(_outbox.c.id == outgoing).values(changed))


def locked_ticket(connection: Connection, ticket: str) -> DeskTicket | None:
    """Return a ticket, which nobody else changes in this transaction."""
    return _ticket(connection, select(_tickets).where(_tickets.c.id == _storable(ticket)).with_for_update())


def keep_change(connection: Connection, after: DeskTicket, sending: Sequence[Outgoing]) -> None:
    """Keep a ticket as it is after a change, and what is to be sent on."""
    # Not what was written and by whom: that never changes, and may have been emptied.
    values = {name: value for name, value in _ticket_values(after).items() if name not in _WRITTEN_ONCE}
    connection.execute(update(_tickets).where(_tickets.c.id == after.id).values(values))
    _keep_outgoing(connection, sending)


def delete_tickets(connection: Connection, accounts: Sequence[str]) -> dict[str, int]:
    """Delete all that accounts have sent, by their pseudonyms; return how many rows of each table went.

    Files' contents are not here: see ``files_of``.
    """
    theirs = select(_tickets.c.id).where(_tickets.c.account.in_(accounts))
    gone = {"outbox": connection.execute(delete(_outbox).where(_outbox.c.ticket.in_(theirs))).rowcount}
    gone["links"] = connection.execute(delete(_links).where(_links.c.ticket.in_(theirs))).rowcount
    for table in (schema.messages, schema.deliveries):
        gone[table.name] = connection.execute(delete(table).where(table.c.ticket.in_(theirs))).rowcount
    gone["desk_files"] = connection.execute(delete(_files).where(_files.c.account.in_(accounts))).rowcount
    gone["desk_tickets"] = connection.execute(delete(_tickets).where(_tickets.c.account.in_(accounts))).rowcount
    return gone


def written_to(connection: Connection) -> set[str]:
    """Return the addresses that links were sent to lately, or are still to be sent to."""
    return {*connection.scalars(select(_links.c.email).distinct()), *_mails(connection).values()}


def delete_links(connection: Connection, emails: Container[str]) -> dict[str, int]:
    """Delete the links sent to addresses, and the mails that carry them; return how many rows of each table went."""
    links = [row.digest for row in connection.execute(select(_links)) if row.email in emails]
    mails = [mail for mail, email in _mails(connection).items() if email in emails]
    return {
        "links": sum(connection.execute(delete(_links).where(_links.c.digest == one)).rowcount for one in links),
        "outbox": sum(connection.execute(delete(_outbox).where(_outbox.c.id == one)).rowcount for one in mails),
    }


def files_of(connection: Connection, accounts: Sequence[str]) -> list[str]:
    """Return the ids of all files of accounts, by their pseudonyms."""
    return list(connection.scalars(select(_files.c.id).where(_files.c.account.in_(accounts))))


def empty_old(connection: Connection, *, before: Instant, now: Instant) -> tuple[int, list[str]]:
    """Empty tickets written before a moment of what was written and by whom, and forget old links and messages.

    Returns:
        How many tickets were emptied, and the ids of their files, which are no longer listed.
    """
    old = or_(_tickets.c.sent_at < before, _tickets.c.sent_at.is_(None) & (_tickets.c.written_at < before))
    ids = select(_tickets.c.id).where(old, _tickets.c.text.is_not(None))
    files = list(connection.scalars(select(_files.c.id).where(_files.c.ticket.in_(ids))))
    connection.execute(delete(_files).where(_files.c.id.in_(files)))
    connection.execute(delete(_links).where(_links.c.expires_at < now - MS_PER_DAY))
    connection.execute(delete(_outbox).where(_outbox.c.due_at.is_(None), func.length(_outbox.c.payload) == 0))
    written = schema.messages
    connection.execute(update(written).where(written.c.ticket.in_(ids), written.c.text.is_not(None)).values(text=None))
    connection.execute(update(schema.deliveries).where(schema.deliveries.c.ticket.in_(ids)).values(error=None))
    emptied = connection.execute(
        update(_tickets).where(old, _tickets.c.text.is_not(None)).values(text=None, customer=NOBODY)
    ).rowcount
    return emptied, files


def _go_along(connection: Connection, ticket: DeskTicket, files: Sequence[str]) -> None:
    ids = [_storable(one) for one in files]
    mine = (_files.c.id.in_(ids), _files.c.account == ticket.account, _files.c.ticket.is_(None))
    connection.execute(update(_files).where(*mine).values(ticket=ticket.id))


def _keep_outgoing(connection: Connection, sending: Sequence[Outgoing]) -> None:
    mails = [{**asdict(one), "error": None} for one in sending if one.kind != HELPDESK]
    if mails:
        connection.execute(insert_new(_outbox, connection.engine), mails)
    for one in sending:
        if one.kind == HELPDESK and one.ticket is not None:
            wake(connection, one.ticket, at=one.due_at)


def _ticket(connection: Connection, statement: Select[Any]) -> DeskTicket | None:
    return next(iter(tickets_in(connection, statement)), None)


def tickets_in(connection: Connection, statement: Select[Any]) -> list[DeskTicket]:
    """Return the tickets of a statement, with what their files are."""
    rows = connection.execute(statement).all()
    along: dict[str, list[File]] = {}
    listed = select(_files).where(_files.c.ticket.in_([row.id for row in rows])).order_by(_files.c.at, _files.c.id)
    for row in connection.execute(listed) if rows else ():
        along.setdefault(row.ticket, []).append(_kept(row).file)
    return [_ticket_of(row, tuple(along.get(row.id, ()))) for row in rows]


def _ticket_of(row: Row[Any], files: tuple[File, ...]) -> DeskTicket:
    return DeskTicket(
        id=row.id,
        key=row.key,
        account=row.account,
        customer=Customer(**{"account": "", **json.loads(row.customer)}),
        locale=row.locale,
        text=row.text or "",
        wanted=Lane(row.wanted),
        lane=Lane(row.lane),
        fee=FeeState(row.fee),
        state=TicketState(row.state),
        written_at=row.written_at,
        sent_at=row.sent_at,
        promised_at=row.promised_at,
        conversation=Conversation(**json.loads(row.conversation)),
        answered_at=row.answered_at,
        files=files,
        standing=Standing(row.standing),
        since=row.since,
        turn_at=row.turn_at,
    )


def _ticket_values(ticket: DeskTicket) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "key": ticket.key,
        "account": ticket.account,
        "customer": json.dumps(asdict(ticket.customer), ensure_ascii=False),
        "locale": ticket.locale,
        "text": _storable(ticket.text),
        "wanted": ticket.wanted.value,
        "lane": ticket.lane.value,
        "fee": ticket.fee.value,
        "state": ticket.state.value,
        "written_at": ticket.written_at,
        "sent_at": ticket.sent_at,
        "promised_at": ticket.promised_at,
        "answered_at": ticket.answered_at,
        "standing": ticket.standing.value,
        "since": ticket.since if ticket.since is not None else ticket.sent_at,
        "turn_at": ticket.turn_at if ticket.turn_at is not None else ticket.sent_at,
        "in_queue": ticket.in_queue,
        "conversation": json.dumps(asdict(ticket.conversation), ensure_ascii=False),
        "recorded": False,
    }


def _mails(connection: Connection) -> dict[str, str]:
    """Return whom each mail goes to that is still to be sent, by its id."""
    waiting = select(_outbox.c.id, _outbox.c.payload).where(_outbox.c.kind == MAIL, _outbox.c.payload.like("{%"))
    return {row.id: json.loads(row.payload)["to"] for row in connection.execute(waiting)}


def _storable(text: str) -> str:
    """Return a text without the one character that PostgreSQL cannot keep."""
    return text.replace("\x00", "\ufffd")


def _kept(row: Row[Any]) -> KeptFile:
    return KeptFile(File(row.id, row.name, row.kind, row.size_bytes), row.account, row.ticket, row.at)
