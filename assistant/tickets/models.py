"""A ticket as a customer writes it and as it waits for an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from assistant.fair_use.models import Standing
from assistant.record.events import Instant
from assistant.tickets.promises import Lane


class TicketState(StrEnum):
    """Where a ticket stands, as its customer is told.

    ``unconfirmed`` waits until whoever wrote it has opened the link in the mail; it reaches nobody before.
    """

    UNCONFIRMED = "unconfirmed"
    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    SOLVED = "solved"


ANSWERED_STATES = frozenset({TicketState.WAITING, TicketState.SOLVED})
"""Those that a ticket reaches by an answer: a question back, steps to try, or the solution."""


class FeeState(StrEnum):
    """What became of the fee of a priority ticket; until it is paid, the ticket waits as a standard one."""

    NONE = "none"
    ASKED = "asked"
    PAID = "paid"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who writes. ``account`` is the shop's own id, or stands for an e-mail address where there is no account.

    ``verified`` is false for an identity that could not be checked and was let through to be observed: it may write,
    and see nothing.
    """

    account: str
    name: str | None = None
    email: str | None = None
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Conversation:
    """What went before a ticket: the token of the last answer, and the browser's pseudonym in the record."""

    token: str | None = None
    visitor: str | None = None
    entry: str = "support"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a customer sends. ``key`` was made with the form: the same text with the same key is the same ticket."""

    key: str
    text: str
    locale: str
    lane: Lane = Lane.STANDARD
    files: tuple[str, ...] = ()
    conversation: Conversation = field(default_factory=Conversation)


@dataclass(frozen=True, slots=True)
class File:
    """A file that was sent along; ``kind`` is what it is by its content."""

    id: str
    name: str
    kind: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class DeskTicket:
    """A ticket as it waits, verbatim.

    ``account`` is the customer's pseudonym in the record. ``wanted`` is the lane that was asked for, ``lane`` the one
    it waits in. ``sent_at`` is when it reached us: of one that had to be confirmed, when it was. ``promised_at`` is
    when it is to be answered by, ``None`` while it is unconfirmed; ``answered_at`` when it first was. ``standing`` is
    the customer's when it was sent. It waits ``since`` it was sent, or the customer wrote again; ``turn_at`` is when it
    counts as sent in the queue.
    """

    id: str
    key: str
    account: str
    customer: Customer
    locale: str
    text: str
    wanted: Lane
    lane: Lane
    fee: FeeState
    state: TicketState
    written_at: Instant
    sent_at: Instant | None
    promised_at: Instant | None
    conversation: Conversation
    answered_at: Instant | None = None
    files: tuple[File, ...] = ()
    standing: Standing = Standing.NORMAL
    since: Instant | None = None
    turn_at: Instant | None = None

    @property
    def in_queue(self) -> bool:
        """Whether it waits for staff."""
        return self.sent_at is not None and self.state not in ANSWERED_STATES

    def kept(self, now: Instant) -> bool | None:
        """Say whether the promise was kept; ``None`` while that is open."""
        if self.promised_at is None:
            return None
        if self.answered_at is not None:
            return self.answered_at <= self.promised_at
        return None if now <= self.promised_at else False
