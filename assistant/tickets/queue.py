"""In which order tickets are answered, and why: a pure function of what is known when each is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.fair_use.models import Standing
from assistant.record.events import MS_PER_HOUR, Instant
from assistant.tickets.promises import Lane


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket in the queue.

    ``since`` is when it was sent, or when the customer wrote again. ``turn_at`` is when it counts as sent; see
    ``turn_at``.
    """

    ticket: str
    lane: Lane
    standing: Standing
    since: Instant
    turn_at: Instant


@dataclass(frozen=True, slots=True)
class GivingWay:
    """How long a deferred ticket gives way: half of ``most_hours``, the longest that it may wait.

    Where everybody would be answered within half of that without deferring anybody, a deferred ticket is answered
    within all of it: at its turn the queue before it is what it is for a ticket that is sent then.

    Raises:
        ValueError: if it is not above 0.
    """

    most_hours: float

    def __post_init__(self) -> None:
        if not self.most_hours > 0:
            raise ValueError(f"a deferred ticket waits some hours at most, not {self.most_hours}")

    @property
    def ms(self) -> int:
        """How long it gives way, in milliseconds."""
        return round(self.most_hours * MS_PER_HOUR / 2)


ONE_DAY = GivingWay(24)


def turn_at(lane: Lane, standing: Standing, since: Instant, giving_way: GivingWay) -> Instant:
    """Return when a ticket counts as sent.

    A deferred one counts as sent later, so that others which are sent until then go first, and no longer: it ages like
    any other and nobody passes it for ever. A paid ticket gives way to nobody.
    """
    if lane is Lane.PRIORITY or standing is Standing.NORMAL:
        return since
    return since + giving_way.ms


def placed(ticket: str, lane: Lane, standing: Standing, since: Instant, giving_way: GivingWay) -> Waiting:
    """Return a ticket as it stands in the queue."""
    return Waiting(ticket, lane, standing, since, turn_at(lane, standing, since, giving_way))


def place_of(waiting: Waiting) -> tuple[int, Instant, Instant, str]:
    """Return what tickets are ordered by: the lane, the turn, then the time of sending. No two are the same."""
    return 0 if waiting.lane is Lane.PRIORITY else 1, waiting.turn_at, waiting.since, waiting.ticket


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Return tickets in the order in which they are to be answered; all of them."""
    return sorted(waiting, key=place_of)
