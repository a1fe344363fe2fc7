"""Events → episode: one pure function, and what an episode counts as at a given moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.record.events import MS_PER_DAY, MS_PER_HOUR, Event, EventType, Instant, Interaction


class EpisodeClass(StrEnum):
    """What became of an episode. Exactly one at any moment."""

    CONFIRMED = "C"
    """Said solved, and no ticket within the window."""
    ASSUMED = "S"
    """Opened what was shown, or said that it helps, and no ticket within the window."""
    FAILED = "F"
    """Shown an answer, and yet a ticket within the window."""
    UNANSWERED = "N"
    """Shown no answer, and a ticket within the window."""
    ABANDONED = "B"
    """None of these: silence, or “did not help” and then silence."""
    PENDING = "P"
    """The window is still open."""


SUCCESS = (EpisodeClass.CONFIRMED, EpisodeClass.ASSUMED)
TICKET = (EpisodeClass.FAILED, EpisodeClass.UNANSWERED)
CLOSED = (*SUCCESS, *TICKET, EpisodeClass.ABANDONED)
"""The denominator of every rate, in the order in which it is printed."""


@dataclass(frozen=True, slots=True)
class Windows:
    """How long we wait: for a ticket after a visitor's last act, and for a return before success is durable."""

    ticket_ms: int = 72 * MS_PER_HOUR
    durable_ms: int = 7 * MS_PER_DAY


WINDOWS = Windows()


@dataclass(frozen=True, slots=True)
class Episode:
    """One visitor's try to get help with one matter.

    ``outcome`` is the class that it has once its window is closed, if nothing more happens. Before ``closes_at`` it is
    pending, even if a ticket has settled it: else of the last days only tickets would be counted. ``page`` is the page
    that the episode is credited to: the one opened last, else the one shown first, else the nearest. ``lasts`` says
    that no ticket came after the window that would have made it fail within; a success counts as durable from
    ``durable_at`` on. ``subject`` is whom the lot fell on when it began, even if they signed in only later.
    ``taken_back`` says that a success was there and was lost again. Without ``with_ticket_intent`` somebody was only
    looking around, and no rate counts it.
    """

    id: str
    started_at: Instant
    last_at: Instant
    with_ticket_intent: bool
    locale: str
    entry: str
    page: str | None
    visitor: str | None
    account: str | None
    subject: str
    experiment: str | None
    held_out: bool
    questions: int
    answered: bool
    opened: bool
    taken_back: bool
    outcome: EpisodeClass
    closes_at: Instant
    durable_at: Instant
    lasts: bool
    ticket_at: Instant | None


def class_at(episode: Episode, now: Instant) -> EpisodeClass:
    """Return what an episode counts as at a moment."""
    return EpisodeClass.PENDING if now < episode.closes_at else episode.outcome


def is_durable_at(episode: Episode, now: Instant) -> bool:
    """Say whether a success has stood the test of time."""
    return now >= episode.durable_at and episode.lasts and episode.outcome in SUCCESS


def fold(interactions: Sequence[Interaction], events: Sequence[Event], windows: Windows = WINDOWS) -> Episode:
    """Return the episode that its interactions and events make, in whatever order they arrived.

    Evidence of success counts only after the last question: who asks again was not helped. “Did not help” and a return
    take it back as well. Displaying and dismissing say nothing. What follows a ticket within the window changes
    nothing any more.

    Args:
        interactions: of one episode, at least one.
        events: of the same episode.
        windows: how long to wait.

    Raises:
        ValueError: without an interaction.
    """
    if not interactions:
        raise ValueError("an episode begins with a question")
    asked = sorted(interactions, key=lambda one: (one.at, one.id))
    first = next((one for one in asked if one.with_ticket_intent), asked[0])
    story = _Story(windows)
    steps: list[Interaction | Event] = [*asked, *events]
    for step in sorted(steps, key=_in_order):
        story.tell(step)
    opened = [one for one in events if one.type is EventType.OPENED]
    return Episode(
        id=asked[0].episode,
        started_at=first.at,
        last_at=story.last_at,
        with_ticket_intent=first.with_ticket_intent or story.ticket_at is not None,
        locale=first.locale,
        entry=first.entry,
        page=_credited(asked, opened),
        visitor=_last(one.who.visitor for one in asked),
        account=_last(one.who.account for one in asked),
        subject=first.who.subject or asked[0].episode,
        experiment=first.experiment,
        held_out=first.held_out,
        questions=len(asked),
        answered=story.answered,
        opened=bool(opened),
        taken_back=story.taken_back,
        outcome=story.outcome,
        closes_at=story.last_at + windows.ticket_ms,
        durable_at=story.last_at + windows.durable_ms,
        lasts=story.late_ticket_at is None,
        ticket_at=story.ticket_at,
    )


class _Story:
    """What has happened so far, told in order."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self._success: EpisodeClass | None = None
        self.answered = False
        self.taken_back = False
        self.last_at: Instant = 0
        self.ticket_at: Instant | None = None
        self.late_ticket_at: Instant | None = None

    @property
    def outcome(self) -> EpisodeClass:
        if self.ticket_at is not None:
            return EpisodeClass.FAILED if self.answered else EpisodeClass.UNANSWERED
        return self._success or EpisodeClass.ABANDONED

    def tell(self, step: Interaction | Event) -> None:
        if self.ticket_at is not None:
            return
        if isinstance(step, Interaction):
            self._take_back()
            self.answered |= step.answered
            self.last_at = step.at
            return
        match step.type:
            case EventType.OPENED:
                self._success = self._success or EpisodeClass.ASSUMED
            case EventType.VOTED if step.helpful:
                self._success = self._success or EpisodeClass.ASSUMED
            case EventType.SOLVED:
                self._success = EpisodeClass.CONFIRMED
            case EventType.VOTED | EventType.RETURNED:
                self._take_back()
            case EventType.TICKET_CREATED:
                self._ticket(step.at)
                return
            case _:
                return
        self.last_at = step.at

    def _ticket(self, at: Instant) -> None:
        if not self.last_at or at <= self.last_at + self._windows.ticket_ms:
            self.ticket_at = at
            self.last_at = self.last_at or at
        elif at <= self.last_at + self._windows.durable_ms:
            self.late_ticket_at = self.late_ticket_at or at

    def _take_back(self) -> None:
        self.taken_back |= self._success is not None
        self._success = None


def _in_order(step: Interaction | Event) -> tuple[int, bool, int, str, str]:
    """Order by time; at the same moment the question comes first, then what was reported earlier."""
    if isinstance(step, Interaction):
        return step.at, False, 0, step.id, ""
    return step.at, True, step.client_at if step.client_at is not None else step.at, step.scope, step.id


def _credited(asked: Sequence[Interaction], opened: Sequence[Event]) -> str | None:
    by_id = {one.id: one for one in asked}
    for event in sorted(opened, key=_in_order, reverse=True):
        interaction = by_id.get(event.scope)
        if interaction is not None:
            for passage in interaction.shown:
                if passage.rank == event.rank:
                    return passage.page
    for considered in ([one.shown for one in asked], [one.nearest for one in asked]):
        for passages in considered:
            if passages:
                return passages[0].page
    return None


def _last(values: Iterable[str | None]) -> str | None:
    known = [value for value in values if value is not None]
    return known[-1] if known else None
