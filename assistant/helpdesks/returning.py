"""Brings back what happens at a helpdesk: replies, and tickets that are closed or opened again. Whatever comes twice,
or late, changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from assistant.helpdesks.models import By, Change, Delivery, RemoteState
from assistant.helpdesks.ports import Deliveries, TicketSink
from assistant.record.events import Instant
from assistant.tickets.conversations import Conversations
from assistant.tickets.intake import Intake
from assistant.tickets.models import DeskTicket, TicketState

_STATES = {
    RemoteState.OPEN: TicketState.IN_PROGRESS,
    RemoteState.WAITING: TicketState.WAITING,
    RemoteState.CLOSED: TicketState.SOLVED,
}


class Returning:
    """Applies changes at a helpdesk to our tickets.

    Args:
        sink: the name of the helpdesk.
        deliveries: which ticket there is which of ours.
        conversations: takes replies.
        intake: takes states.
        solved: is told of each ticket that comes back solved, once or more often.
        clock: tells the time.
        mails: whether we mail replies to customers; the helpdesk may do so itself.
    """

    def __init__(
        self,
        sink: str,
        deliveries: Deliveries,
        conversations: Conversations,
        intake: Intake,
        *,
        solved: Callable[[DeskTicket], None],
        clock: Callable[[], Instant],
        mails: bool,
    ) -> None:
        self._sink = sink
        self._deliveries = deliveries
        self._conversations = conversations
        self._intake = intake
        self._solved = solved
        self._clock = clock
        self._mails = mails

    def poll(self, sink: TicketSink) -> int:
        """Ask a helpdesk what has happened since the last time; return how many changes were about our tickets."""
        name = f"helpdesk:{sink.name}"
        news = sink.changes(self._deliveries.cursor(name))
        applied = self.apply(news.changes)
        self._deliveries.move_cursor(name, news.cursor, at=self._clock())
        return applied

    def apply(self, changes: Iterable[Change]) -> int:
        """Apply changes in their order; return how many were about our tickets."""
        applied = 0
        for change in changes:
            delivery = self._deliveries.by_remote(self._sink, change.remote_id)
            if delivery is not None:
                self._apply(change, delivery)
                applied += 1
        return applied

    def _apply(self, change: Change, delivery: Delivery) -> None:
        at = min(change.at, self._clock())
        closing = change.state is RemoteState.CLOSED
        if change.reply is not None:
            key = f"{self._sink}:{change.reply.id}"
            text, author = change.reply.text, change.reply.author
            if change.reply.by is By.CUSTOMER:
                self._conversations.reply(delivery.ticket, text, key, at, delivered=True)
            else:
                state = TicketState.SOLVED if closing else TicketState.WAITING
                self._conversations.answer(
                    delivery.ticket, text, author, state, at, key=key, delivered=True, mail=self._mails
                )
        # Only what is new there: it may have been opened again here meanwhile.
        if change.state is None or change.state is delivery.remote_state:
            return
        after = self._state_after(change.state, delivery.ticket)
        if after is not None:
            moved = self._intake.move(delivery.ticket, after, at=at)
            if moved is not None and moved.state is TicketState.SOLVED:
                self._solved(moved)
        self._deliveries.note_state(delivery.ticket, change.state)

    def _state_after(self, remote: RemoteState, ticket: str) -> TicketState | None:
        """Return where a ticket stands now; ``None`` if that is where it stood."""
        if remote is RemoteState.OPEN:
            known = self._intake.store.ticket(ticket)
            # An open ticket that was answered waits for its customer: helpdesks open one when they answer it.
            if known is not None and known.state is TicketState.WAITING:
                return None
        return _STATES.get(remote)
