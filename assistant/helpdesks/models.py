"""What travels between this service and a helpdesk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from assistant.record.events import Instant
from assistant.tickets.promises import Lane


class By(StrEnum):
    """Who wrote a message."""

    CUSTOMER = "customer"
    STAFF = "staff"


class RemoteState(StrEnum):
    """Where a ticket stands at a helpdesk, as far as we have to tell its states apart."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"


class DeliveryState(StrEnum):
    """How far the delivery of a ticket has come.

    ``aside``: the helpdesk, which works, fails at this one; it is tried again from time to time, and keeps no other
    back. ``refused``: it does not take it as it is; somebody has to look.
    """

    WAITING = "waiting"
    DELIVERED = "delivered"
    ASIDE = "aside"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RemoteTicket:
    """A ticket as a helpdesk knows it. ``url`` is where staff open it."""

    id: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What was written after a ticket. ``text`` is ``None`` once its retention has ended.

    ``number`` counts the messages of a ticket from 1, in the order in which we learnt of them; 0 before it is kept.
    ``delivered`` says that the helpdesk has it, or that it came from there.
    """

    id: str
    ticket: str
    by: By
    text: str | None
    at: Instant
    author: str | None = None
    number: int = 0
    delivered: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What the customer did before writing: a question, and what was shown and opened for it."""

    question: str
    shown: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotedPassage:
    """A passage that answers the ticket: the title of its page, where that is, and its text."""

    title: str
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Noted:
    """What is known besides the ticket itself; staff read it, the customer does not.

    ``finding`` says whether the docs hold the answer, ``None`` while nobody has looked. ``standing`` is "normal" or
    "deferred", with its reasons.
    """

    conversation: tuple[Asked, ...] = ()
    finding: str | None = None
    confidence: float | None = None
    passages: tuple[NotedPassage, ...] = ()
    standing: str = "normal"
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handover:
    """A ticket as a helpdesk gets it.

    ``subject`` has at most 200 characters and is never empty. ``files`` are names with links to their contents, for
    staff. ``link`` leads to the ticket here. ``complete`` is false while the machine has yet to look at it.
    """

    ticket: str
    subject: str
    text: str
    locale: str
    lane: Lane
    account: str
    sent_at: Instant
    name: str | None = None
    email: str | None = None
    promised: str | None = None
    files: tuple[tuple[str, str], ...] = ()
    link: str = ""
    noted: Noted = field(default_factory=Noted)
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """A message that was written at a helpdesk, where ``id`` stands for it. ``text`` is what everybody may read."""

    id: str
    by: By
    text: str
    at: Instant
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What has happened to one ticket at a helpdesk: a reply, a new state, or both."""

    remote_id: str
    at: Instant
    state: RemoteState | None = None
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What has happened since a cursor, in order, and the cursor to go on from."""

    changes: Sequence[Change]
    cursor: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the helpdesk has of one ticket, and when there is more to do for it.

    Tickets are delivered in the order of ``queued_at``. ``due_at`` is ``None`` while there is nothing to do;
    ``held_until`` is set while somebody is at it. Attempts are counted when they begin: where there was one before, it
    may have succeeded. ``wakes`` counts how often there was something new. ``lane`` is the one that the helpdesk
    knows; ``noted`` says that it has all that the machine found.
    """

    ticket: str
    queued_at: Instant
    due_at: Instant | None
    held_until: Instant | None = None
    wakes: int = 0
    attempts: int = 0
    state: DeliveryState = DeliveryState.WAITING
    sink: str | None = None
    remote: RemoteTicket | None = None
    delivered_at: Instant | None = None
    lane: Lane | None = None
    noted: bool = False
    remote_state: RemoteState | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryFigures:
    """How deliveries stand: how many tickets in each state, how many are due, and since when the oldest waits."""

    states: dict[DeliveryState, int]
    due: int
    oldest: Instant | None
