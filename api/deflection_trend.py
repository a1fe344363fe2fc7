"""A report's periods, one after the other: which are complete, and whether it is getting better."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from assistant.record.deflection import Count, Deflection, Dimension, tell
from assistant.record.episodes import WINDOWS, EpisodeClass
from assistant.record.intervals import Rate
from assistant.record.summary import Summary

_FEW_DAYS, _MOST_DAYS, _MOST_WEEKS = 14, 35, 70
_ENOUGH_A_DAY = 20
"""Closed episodes: with fewer, a day's interval is wider than 40 points and says nothing."""
_LEAST_IN_HALF = 30


@dataclass(frozen=True, slots=True)
class Slot:
    """A day, a week or a month of a report, as far as it lies in the report's period; days are ordinals.

    ``is_complete`` says that the window of whoever asked in it is over. Before that it has no rate: who asked last is
    not counted yet.
    """

    first_day: int
    last_day: int
    line: Deflection
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A rate in the first and in the second half of a period, and the 95 % interval of what was gained."""

    before: Rate
    after: Rate
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Halves:
    """Two halves of the complete days; ``middle`` is the first day of the second, ``last_day`` its last."""

    first_day: int
    middle: int
    last_day: int
    before: Deflection
    after: Deflection


def step_of(summary: Summary) -> Dimension:
    """Return the periods in which a report's time course is told: so long that each says something, and not too many.

    Days where there are few of them or many episodes on each, else weeks; months beyond some 70 weeks.
    """
    days = summary.last_day - summary.first_day + 1
    if days <= _FEW_DAYS or (days <= _MOST_DAYS and summary.total.closed >= _ENOUGH_A_DAY * days):
        return Dimension.DAY
    return Dimension.WEEK if days <= 7 * _MOST_WEEKS else Dimension.MONTH


def slots_of(summary: Summary, days: Sequence[Deflection], *, zone: ZoneInfo) -> list[Slot]:
    """Return every day, week or month of a report, those without episodes too.

    Args:
        summary: the report.
        days: its episodes by day.
        zone: in which days are told.
    """
    step = step_of(summary)
    found = {line.value: line for line in tell(_counts(days), step, design_effect=summary.design_effect)}
    empty: dict[str, list[int]] = {}
    for ordinal in range(summary.first_day, summary.last_day + 1):
        label = tell([_nothing(ordinal)], step)[0].value
        empty.setdefault(label, []).append(ordinal)
    slots = []
    for label, ordinals in empty.items():
        line = found.get(label) or tell([_nothing(ordinals[0])], step)[0]
        slots.append(Slot(ordinals[0], ordinals[-1], line, _is_complete(ordinals[-1], line, summary, zone)))
    return slots


def halves_of(summary: Summary, days: Sequence[Deflection], *, zone: ZoneInfo) -> Halves | None:
    """Return the two halves of the days that are complete; ``None`` where one of them has too few to compare."""
    complete = [line for line in days if _is_complete(_ordinal(line), line, summary, zone)]
    if not complete:
        return None
    first, last = _ordinal(complete[0]), _ordinal(complete[-1])
    middle = (first + last + 1) // 2 if first < last else last
    before, after = (
        tell([replace(one, value=None) for one in _counts(half)], Dimension.TOTAL, design_effect=summary.design_effect)
        for half in (
            [line for line in complete if _ordinal(line) < middle],
            [line for line in complete if _ordinal(line) >= middle],
        )
    )
    if not before or not after or min(before[0].closed, after[0].closed) < _LEAST_IN_HALF:
        return None
    return Halves(first, middle, last, before[0], after[0])


def change(before: Rate, after: Rate) -> Change:
    """Return what a rate gained from one to the other.

    Source: method 10 of Newcombe, Statistics in Medicine 1998: the interval of a difference from those of its shares.

    Raises:
        ValueError: if nothing was counted in one of them.
    """
    if before.share is None or after.share is None:
        raise ValueError("a rate of nothing cannot be compared")
    gained = after.share - before.share
    down = math.hypot(after.share - after.low, before.high - before.share)
    up = math.hypot(after.high - after.share, before.share - before.low)
    return Change(before, after, gained - down, gained + up)


def _is_complete(last_day: int, line: Deflection, summary: Summary, zone: ZoneInfo) -> bool:
    ends = datetime.datetime.combine(datetime.date.fromordinal(last_day + 1), datetime.time(), zone)
    is_over = ends.timestamp() * 1000 + WINDOWS.ticket_ms <= summary.now
    return is_over and not line.counts[EpisodeClass.PENDING]


def _counts(days: Sequence[Deflection]) -> list[Count]:
    """Return the counts that lines by day were told from, as far as they say."""
    counts = []
    for line in days:
        ordinal = _ordinal(line)
        counts += [Count(ordinal, one, number, 0, 0) for one, number in line.counts.items()]
        counts.append(Count(ordinal, EpisodeClass.PENDING, 0, line.durable.denominator, line.durable.numerator))
    return counts


def _nothing(ordinal: int) -> Count:
    return Count(ordinal, EpisodeClass.PENDING, 0, 0, 0)


def _ordinal(line: Deflection) -> int:
    return datetime.date.fromisoformat(line.value).toordinal()
