"""Rates over episodes, each with what it is a rate of and how sure it is."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.record.episodes import EpisodeClass
from assistant.record.intervals import Rate, rate


class Dimension(StrEnum):
    """What a report can be told by."""

    TOTAL = "total"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    LOCALE = "locale"
    PAGE = "page"
    ENTRY = "entry"


PERIODS = (Dimension.DAY, Dimension.WEEK, Dimension.MONTH)


@dataclass(frozen=True, slots=True)
class Count:
    """How many episodes have one value of a dimension, one class and one arm; a day's value is its ordinal.

    ``mature`` are those old enough to be durable, ``durable`` those of them that are; ``first_day`` is the earliest of
    their days, an ordinal.
    """

    value: str | int | None
    outcome: EpisodeClass
    episodes: int
    mature: int
    durable: int
    first_day: int = 0
    experiment: str | None = None
    held_out: bool = False


@dataclass(frozen=True, slots=True)
class Deflection:
    """What became of the episodes of one value of a dimension.

    ``counts`` has every class. All rates but ``durable`` are out of the closed ones, C + S + F + B + N; pending ones
    are no one's success. ``durable`` is out of the closed ones that are old enough for it.
    """

    value: str
    counts: Mapping[EpisodeClass, int]
    deflection: Rate
    confirmed: Rate
    assumed: Rate
    failed: Rate
    unanswered: Rate
    abandoned: Rate
    durable: Rate

    @property
    def closed(self) -> int:
        """How many episodes the rates are out of."""
        return self.deflection.denominator


def tell(counts: Iterable[Count], by: Dimension, *, design_effect: float = 1.0) -> list[Deflection]:
    """Return a line for each value of a dimension: periods in their order, others by number of closed episodes.

    Args:
        counts: by that dimension; by day for all periods. Those of a holdout are left out: it was offered nothing.
        by: the dimension.
        design_effect: by how much episodes of one account resemble each other, which widens every interval.
    """
    grouped: dict[str, list[Count]] = defaultdict(list)
    for count in counts:
        if not count.held_out:
            grouped[_label(count.value, by)].append(count)
    lines = [_line(value, some, design_effect) for value, some in grouped.items()]
    if by in PERIODS:
        return sorted(lines, key=lambda line: line.value)
    return sorted(lines, key=lambda line: (-line.closed, line.value))


def _line(value: str, some: Sequence[Count], design_effect: float) -> Deflection:
    def out_of(denominator: int) -> Callable[..., Rate]:
        return lambda *classes: rate(sum(counts[one] for one in classes), denominator, design_effect=design_effect)

    counts = {one: sum(count.episodes for count in some if count.outcome is one) for one in EpisodeClass}
    share = out_of(sum(counts.values()) - counts[EpisodeClass.PENDING])
    return Deflection(
        value=value,
        counts=counts,
        deflection=share(EpisodeClass.CONFIRMED, EpisodeClass.ASSUMED),
        confirmed=share(EpisodeClass.CONFIRMED),
        assumed=share(EpisodeClass.ASSUMED),
        failed=share(EpisodeClass.FAILED),
        unanswered=share(EpisodeClass.UNANSWERED),
        abandoned=share(EpisodeClass.ABANDONED),
        durable=rate(
            sum(count.durable for count in some), sum(count.mature for count in some), design_effect=design_effect
        ),
    )


def _label(value: str | int | None, by: Dimension) -> str:
    """Return a value as a report shows it: 2026-11-03, 2026-W45, 2026-11, or the value itself, ``–`` for none."""
    if isinstance(value, int):
        day = datetime.date.fromordinal(value)
        if by is Dimension.WEEK:
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02}"
        return day.strftime("%Y-%m") if by is Dimension.MONTH else day.isoformat()
    return value or ("all" if by is Dimension.TOTAL else "–")
