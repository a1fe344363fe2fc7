"""What deliveries need of a helpdesk and of a database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from assistant.errors import AssistantError
from assistant.helpdesks.models import (
    Changes,
    Delivery,
    DeliveryFigures,
    Handover,
    Message,
    RemoteState,
    RemoteTicket,
)
from assistant.record.events import Instant
from assistant.tickets.models import DeskTicket
from assistant.tickets.ports import Outgoing
from assistant.tickets.promises import Lane


class SinkUnavailable(AssistantError):
    """The helpdesk did not answer as it should: it may or may not have done what it was asked to.

    ``failing`` says that it answered, that it failed at this (500), and so may take another ticket.
    """

    def __init__(self, message: str, *, retry_seconds: float | None = None, failing: bool = False) -> None:
        super().__init__(message)
        self.retry_seconds = retry_seconds
        self.failing = failing


class SinkRefused(AssistantError):
    """The helpdesk will never take this as it is; the message says why."""


class MessageRefused(AssistantError):
    """A message is not signed with our secret, is too old, or does not say what it should."""


class TicketSink(Protocol):
    """A helpdesk that tickets are handed over to.

    Any of it may fail with ``SinkUnavailable``, and what writes also with ``SinkRefused``.
    """

    @property
    def name(self) -> str:
        """What the settings call it."""
        ...

    def check(self) -> Sequence[str]:
        """Return what is set up there, sentence by sentence, for somebody who looks whether all is well.

        Raises:
            SinkRefused: if something is missing; the message says what to do.
        """
        ...

    def find(self, ticket: str, *, since: Instant) -> RemoteTicket | None:
        """Return the ticket that was created for one of ours, by our id, if there is one.

        Args:
            ticket: our id.
            since: no earlier than this was it created.
        """
        ...

    def create(self, handover: Handover) -> RemoteTicket:
        """Create a ticket there, with all that is known about it."""
        ...

    def tell(self, remote: RemoteTicket, message: Message, *, unsure: bool) -> None:
        """Add what a customer wrote, and open the ticket again; or, as a private note, what staff wrote here.

        Args:
            remote: the ticket there.
            message: what to add.
            unsure: whether it may be there already, from an attempt that was not answered: then look first.
        """
        ...

    def note(self, remote: RemoteTicket, handover: Handover, *, unsure: bool) -> None:
        """Add, as a private note, what the machine has found."""
        ...

    def move_to(self, remote: RemoteTicket, lane: Lane) -> None:
        """Give a ticket the priority of a lane."""
        ...

    def changes(self, cursor: str | None) -> Changes:
        """Return what has happened there since a cursor, without what we did ourselves; from now on, if ``None``."""
        ...


class Deliveries(Protocol):
    """Keeps what the helpdesk has of each ticket. May fail with ``RecordUnavailable``."""

    def take(self, *, now: Instant, until: Instant) -> Delivery | None:
        """Hold until a moment what is to be done next, and count the attempt; ``None`` if nothing is due.

        Tickets that wait for their delivery come strictly in order: while the first is not due, or somebody else is
        at it, none of them is.
        """
        ...

    def keep(self, taken: Delivery, after: Delivery) -> Delivery | None:
        """Keep how a delivery stands after something was done; ``None`` if it is no longer held by whoever took it.

        Where ``after`` holds it no longer and there was something new meanwhile, it is due at once.
        """
        ...

    def delivery(self, ticket: str) -> Delivery | None:
        """Return how the delivery of a ticket stands."""
        ...

    def by_remote(self, sink: str, remote_id: str) -> Delivery | None:
        """Return the delivery of the ticket that a helpdesk knows by an id."""
        ...

    def note_state(self, ticket: str, state: RemoteState) -> bool:
        """Note the state in which the helpdesk has a ticket; return whether that is news."""
        ...

    def figures(self, *, now: Instant) -> DeliveryFigures:
        """Return how deliveries stand."""
        ...

    def troubled(self, *, most: int) -> Sequence[Delivery]:
        """Return tickets that were refused or set aside, oldest first."""
        ...

    def retry(self, ticket: str | None, *, at: Instant) -> int:
        """Make one ticket that was refused or set aside, or all of them, due again; return how many that are."""
        ...

    def cursor(self, name: str) -> str | None:
        """Return how far something was seen."""
        ...

    def move_cursor(self, name: str, value: str, *, at: Instant) -> None:
        """Note how far something was seen."""
        ...


class Messages(Protocol):
    """Keeps what is written after a ticket. May fail with ``RecordUnavailable``."""

    def of(self, ticket: str) -> Sequence[Message]:
        """Return the messages of a ticket, in the order in which we learnt of them."""
        ...

    def add(
        self,
        message: Message,
        *,
        change: Callable[[DeskTicket], DeskTicket],
        sending: Callable[[DeskTicket], Sequence[Outgoing]],
    ) -> tuple[DeskTicket, bool] | None:
        """Keep a message once, and with it, in one transaction, a change of its ticket and what is to be sent on.

        Returns:
            The ticket as it is then, and whether the message is new; ``None`` if there is no such ticket, or it was
            never sent.
        """
        ...

    def mark_delivered(self, message: str) -> None:
        """Note that the helpdesk has a message."""
        ...
