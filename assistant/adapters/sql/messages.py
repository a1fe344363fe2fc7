"""What is written after a ticket, in the record's database."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import func, insert, select, update

from assistant.adapters.sql import schema
from assistant.adapters.sql.desk import keep_change, locked_ticket
from assistant.adapters.sql.prepared import Prepared
from assistant.helpdesks.models import By, Message
from assistant.tickets.models import DeskTicket
from assistant.tickets.ports import Outgoing

_rows = schema.messages


class SqlMessages(Prepared):
    """Keeps messages; see ``Messages``."""

    def of(self, ticket: str) -> Sequence[Message]:
        """Return the messages of a ticket, in the order in which we learnt of them."""
        found = select(_rows).where(_rows.c.ticket == ticket.replace("\x00", "")).order_by(_rows.c.number)
        with self._reading() as connection:
            return [
                Message(row.id, row.ticket, By(row.by), row.text, row.at, row.author, row.number, row.delivered)
                for row in connection.execute(found)
            ]

    def add(
        self,
        message: Message,
        *,
        change: Callable[[DeskTicket], DeskTicket],
        sending: Callable[[DeskTicket], Sequence[Outgoing]],
    ) -> tuple[DeskTicket, bool] | None:
        """Keep a message once, together with a change of its ticket and what is to be sent on."""
        with self._writing() as connection:
            before = locked_ticket(connection, message.ticket)
            if before is None or before.sent_at is None:
                return None
            if connection.scalar(select(_rows.c.id).where(_rows.c.id == message.id)) is not None:
                return before, False
            last = connection.scalar(select(func.max(_rows.c.number)).where(_rows.c.ticket == message.ticket)) or 0
            connection.execute(
                insert(_rows).values(
                    id=message.id,
                    ticket=message.ticket,
                    number=last + 1,
                    by=message.by.value,
                    author=message.author,
                    text=(message.text or "").replace("\x00", "\ufffd"),
                    at=message.at,
                    delivered=message.delivered,
                )
            )
            after = change(before)
            keep_change(connection, after, sending(after))
            return after, True

    def mark_delivered(self, message: str) -> None:
        """Note that the helpdesk has a message."""
        with self._writing() as connection:
            connection.execute(update(_rows).where(_rows.c.id == message).values(delivered=True))
