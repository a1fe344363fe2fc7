"""What happens, as it is recorded: questions with what was shown for them, and the events that follow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Instant = int
"""A moment: milliseconds since the epoch, UTC."""

MS_PER_HOUR = 3_600_000
MS_PER_DAY = 24 * MS_PER_HOUR


class EventType(StrEnum):
    """What can happen after a question.

    ``shown`` says that a browser has displayed what it was sent; ``returned`` that the matter came up again.
    """

    SHOWN = "shown"
    OPENED = "opened"
    VOTED = "voted"
    SOLVED = "solved"
    DISMISSED = "dismissed"
    RETURNED = "returned"
    TICKET_CREATED = "ticket_created"
    TICKET_CLOSED = "ticket_closed"


TICKET_EVENTS = frozenset({EventType.TICKET_CREATED, EventType.TICKET_CLOSED})
"""Those that only the operator's own systems may report."""


@dataclass(frozen=True, slots=True)
class Who:
    """A person as the record knows them: pseudonyms, not names; both missing for somebody who gave no id."""

    visitor: str | None = None
    account: str | None = None

    @property
    def subject(self) -> str | None:
        """What lots are drawn by and episodes are grouped by: the account, else the visitor."""
        return self.account or self.visitor


NOBODY = Who()


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage as it was shown: ``digest`` is of its text, ``confidence`` and ``score`` those of that moment."""

    rank: int
    passage: str
    page: str
    matter: str
    digest: str
    confidence: float
    score: float


@dataclass(frozen=True, slots=True)
class Interaction:
    """A question and what was shown for it.

    ``question`` is without personal data, and ``None`` once its retention has ended. ``shown`` is what the visitor
    saw, ``nearest`` what was considered. ``held_out`` marks a visitor who by lot got the plain form, in the experiment
    named. ``matter`` is what the first page is about, whatever its language. ``curation`` is the digest of what
    writers had decided.
    """

    id: str
    episode: str
    at: Instant
    with_ticket_intent: bool
    locale: str
    entry: str
    who: Who
    question: str | None
    outcome: str
    reason: str | None
    generation: str
    curation: str
    matter: str | None
    shown: tuple[ShownPassage, ...] = ()
    nearest: tuple[ShownPassage, ...] = ()
    experiment: str | None = None
    held_out: bool = False

    @property
    def answered(self) -> bool:
        """Whether the visitor was shown what we called an answer."""
        return self.outcome == "answered" and not self.held_out


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened after a question.

    ``id`` is made by whoever reports it and is unique within ``scope``: the interaction it belongs to, or the ticket.
    ``at`` is when it happened as far as we believe it, ``client_at`` when the reporter says it did, ``received_at``
    when we heard. ``rank`` is the place of the passage opened or voted on.
    """

    scope: str
    id: str
    episode: str
    type: EventType
    at: Instant
    received_at: Instant
    client_at: Instant | None = None
    rank: int | None = None
    helpful: bool | None = None
    reason: str | None = None
    ticket: str | None = None


def believed(client_at: Instant | None, *, not_before: Instant, received_at: Instant) -> Instant:
    """Return when an event happened: as its reporter says, but not before what it answers, nor after we heard of it.

    Clocks of browsers are wrong by hours, and an event that was kept while a phone was offline arrives late.
    """
    latest = max(received_at, not_before)
    return latest if client_at is None else min(max(client_at, not_before), latest)
