"""Fair use: what is known of a customer's tickets, what the operator allows, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assistant.record.events import MS_PER_DAY, MS_PER_HOUR, Instant
from assistant.record.evidence import Finding


class Standing(StrEnum):
    """A customer's place under fair use. There is no third one: nobody is refused."""

    NORMAL = "normal"
    DEFERRED = "deferred"


class Ground(StrEnum):
    """Why other customers' tickets may take precedence: the three grounds of the policy."""

    MESSAGES = "messages"
    """Too many messages in a period."""
    IN_DOCS = "in_docs"
    """Many questions whose answer is in the docs, and was shown."""
    REPEATS = "repeats"
    """A solved matter again and again, and the steps of the earlier solution were not tried."""


class ContestState(StrEnum):
    """What became of a customer's word against a flag; one that is open or upheld does not count."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class TicketFact:
    """What is known of one ticket of a customer; only what was recorded then, never what is looked up later.

    Attributes:
        ticket: its number.
        at: when it was sent.
        messages_at: when the customer wrote, the ticket itself first.
        matter: what it is about, which bursts are told by; ``None`` where nothing is known.
        paid: whether it is a priority ticket, whose messages never count.
        finding: where its answer was, by the staff, else by the machine; ``None`` while nobody has looked.
        by_staff: whether a person of the staff has said so.
        certified: whether the machine's answer comes from a policy whose risk was checked and kept.
        displayed: whether the customer's browser has said that it showed an answer to this before the ticket. One that
            does not say so may not tell what was opened either.
        visible: whether they could see the pages then that answer it.
        known_at: when the finding was made.
        repeats: the earlier ticket of theirs on the same matter that was solved, if there is one.
        tried: whether any step of that solution was tried; ``None`` where they were not asked.
        contests: the customer's word against flags, by ground.
    """

    ticket: str
    at: Instant
    messages_at: tuple[Instant, ...] = ()
    matter: str | None = None
    paid: bool = False
    finding: Finding | None = None
    by_staff: bool = False
    certified: bool = False
    displayed: bool = False
    visible: bool = True
    known_at: Instant | None = None
    repeats: str | None = None
    tried: bool | None = None
    contests: Mapping[Ground, ContestState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FairUseRules:
    """What the operator allows. A ground that allows 0 is off; with all three off, everybody's standing is normal.

    Attributes:
        days: the period, in days before the moment that is judged. What is older does not count: standing decays.
        messages: most messages in it. Those on one matter within ``burst_hours`` of the first of them are one.
        burst_hours: how long a burst lasts.
        in_docs: from how many questions on whose answer was shown and not opened.
        in_docs_share: least share that they are of all questions of the period of which the finding is known.
        repeats: from how many repeats of solved matters on.
    """

    days: int = 30
    messages: int = 20
    burst_hours: int = 24
    in_docs: int = 4
    in_docs_share: float = 0.6
    repeats: int = 3

    @property
    def period_ms(self) -> int:
        """The period, in milliseconds."""
        return self.days * MS_PER_DAY

    @property
    def burst_ms(self) -> int:
        """How long a burst lasts, in milliseconds."""
        return self.burst_hours * MS_PER_HOUR

    def on(self, ground: Ground) -> bool:
        """Say whether a ground is on."""
        return self.least(ground) > 0

    def least(self, ground: Ground) -> int:
        """Return from how many on a ground holds; 0 for never."""
        if ground is Ground.MESSAGES:
            return self.messages + 1 if self.messages else 0
        return self.in_docs if ground is Ground.IN_DOCS else self.repeats


@dataclass(frozen=True, slots=True)
class Measured:
    """One ground as it was measured: ``count`` of ``out_of``, and the tickets that are counted.

    ``out_of`` is the period's messages, its questions of which the finding is known, or its repeats. ``holds`` says
    whether it defers.
    """

    ground: Ground
    count: int
    out_of: int
    tickets: tuple[str, ...]
    holds: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """A customer's standing at a moment, and why.

    ``until`` is when it ends by itself if nothing is added; ``None`` for a normal standing.
    """

    standing: Standing
    at: Instant
    until: Instant | None
    grounds: tuple[Measured, ...]

    @property
    def holding(self) -> tuple[Measured, ...]:
        """The grounds that defer."""
        return tuple(one for one in self.grounds if one.holds)
