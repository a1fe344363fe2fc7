"""What a page has spared: tickets that were to be expected, by gaps that nobody touched, less those that came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.gaps.models import Interval
from assistant.gaps.ranking import CostDraws, Draws, interval_of

_DRAWS = 4000
_SEED = 20260908
_OWN_WAY = 0.15
"""Variance of what a gap brings in some weeks, as a share of what was expected, beyond chance: it grows, it fades, it
comes in bursts. Chosen, as ``_TIMES`` is, on years that are not reported: ``askfirst eval savings``."""
_TIMES = 0.06
"""Variance of how the times change for all gaps alike."""
_KNOWN_SCATTER = 25.0
"""Squared tickets that ``_OWN_WAY`` weighs as, against what is seen of gaps that nobody touched."""
VERIFIED_AFTER_WEEKS = 2
"""So long is waited at least before a page is said to have helped."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A gap around a moment: tickets a week expected at it, and ``tickets`` that came in ``weeks`` after."""

    expected: float
    tickets: int
    weeks: float


@dataclass(frozen=True, slots=True)
class Saving:
    """What was spared per week, and whether that is more than chance explains."""

    spared: Interval
    expected: float
    came: float
    weeks: float

    @property
    def helped(self) -> bool:
        """Whether even the low end of the interval is above nothing."""
        return self.spared.low > 0.0


def saving_of(gap: Watched, untouched: Sequence[Watched]) -> Saving | None:
    """Return what a page has spared per week, ``None`` before there is anything to tell.

    What all gaps that nobody touched brought, against what was expected of them, tells how the times have changed; how
    far each of them went its own way tells how far this one would have.
    """
    if gap.weeks <= 0.0:
        return None
    rng = np.random.default_rng(_SEED)
    times = _times(untouched, rng)
    own_way = _uneven(_scatter(untouched, float(times.mean())), rng)
    # Half a ticket opens the interval where none came (Jeffreys); it is no ticket, so the mean goes without it.
    after = (rng.gamma(gap.tickets + 0.5, 1.0, _DRAWS) - 0.5) / gap.weeks
    return Saving(interval_of(gap.expected * times * own_way - after), gap.expected, gap.tickets / gap.weeks, gap.weeks)


def predicted_saving(draws: CostDraws, *, weeks: float) -> Interval:
    """Return what a page will be seen to spare per week in ``weeks``, if it is published now; with the chance in it.

    Besides chance, the gap may go its own way, and the times may change for all.
    """
    rng = np.random.default_rng(_SEED)
    tickets = draws.asked * draws.ticket
    to_come = tickets * (1.0 - draws.answered) * _uneven(_OWN_WAY, rng)
    times = _uneven(_TIMES, rng)
    came = rng.poisson(to_come * times * weeks) / weeks
    return interval_of(float(tickets.mean()) * times - came)


def _times(untouched: Sequence[Watched], rng: np.random.Generator) -> Draws:
    """Return draws of how many times as many tickets came as were expected, where nobody did anything."""
    expected = sum(one.expected * one.weeks for one in untouched)
    came = sum(one.tickets for one in untouched)
    # Ten tickets' worth of belief that nothing has changed.
    times: Draws = rng.gamma(came + 10.0, 1.0 / (expected + 10.0), _DRAWS)
    return times


def _scatter(untouched: Sequence[Watched], times: float) -> float:
    """Return how far gaps went their own way: the variance of what came as a share of what was expected, beyond chance.

    By moments of a negative binomial distribution, leaning on what is known beforehand.
    """
    expected = np.array([one.expected * one.weeks * times for one in untouched])
    came = np.array([float(one.tickets) for one in untouched])
    beyond = float(np.sum((came - expected) ** 2 - expected)) if untouched else 0.0
    squares = float(np.sum(expected**2)) if untouched else 0.0
    return min(max((beyond + _OWN_WAY * _KNOWN_SCATTER) / (squares + _KNOWN_SCATTER), 0.02), 1.0)


def _uneven(variance: float, rng: np.random.Generator) -> Draws:
    """Return draws around 1 of a variance."""
    drawn: Draws = rng.gamma(1.0 / variance, variance, _DRAWS)
    return drawn
