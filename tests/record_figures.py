"""Figures over episodes in memory, counted as plainly as can be: a yardstick for what databases count."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence

from assistant.record.episodes import Episode, EpisodeClass, class_at, is_durable_at
from assistant.record.events import Instant
from assistant.record.experiment import Arm, sums_of

Line = tuple[dict[EpisodeClass, int], tuple[int, int]]
"""Episodes by class, and of those old enough how many are durable: numerator, denominator."""


def lines_of(episodes: Sequence[Episode], value_of: Callable[[Episode], str], now: Instant) -> dict[str, Line]:
    """Return what became of episodes that were offered answers, by a value."""
    groups: dict[str, list[Episode]] = defaultdict(list)
    for one in episodes:
        if one.with_ticket_intent and not one.held_out:
            groups[value_of(one)].append(one)
    return {value: _line(some, now) for value, some in groups.items()}


def _line(episodes: Sequence[Episode], now: Instant) -> Line:
    classes = Counter(class_at(one, now) for one in episodes)
    old = [one for one in episodes if max(one.closes_at, one.durable_at) <= now]
    return {one: classes[one] for one in EpisodeClass}, (sum(is_durable_at(one, now) for one in old), len(old))


def arms_of(
    episodes: Sequence[Episode], outcomes: Collection[EpisodeClass], *, experiment: str, now: Instant
) -> tuple[Arm, Arm]:
    """Return an experiment's arms, those who were offered answers first."""
    totals: dict[tuple[bool, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one in episodes:
        if one.with_ticket_intent and one.experiment == experiment and one.closes_at <= now:
            n, y = totals[one.held_out, one.subject]
            totals[one.held_out, one.subject] = (n + 1, y + (one.outcome in outcomes))
    offered, holdout = ([sums for (arm, _), sums in totals.items() if arm is which] for which in (False, True))
    return sums_of(offered), sums_of(holdout)
