"""Where the marks of a report's plots lie.

The template draws them: so a page shows the same colours and patterns everywhere, turns dark, and needs no drawing
library in the service. Coordinates are those of an SVG ``WIDTH`` wide, in which 12 is a readable size of letters on a
phone; y grows downwards.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from api.deflection_trend import Slot
from api.deflection_words import share
from assistant.record.deflection import Deflection
from assistant.record.episodes import SUCCESS, EpisodeClass
from assistant.record.experiment import Effect

STACK = (
    *SUCCESS,
    EpisodeClass.FAILED,
    EpisodeClass.UNANSWERED,
    EpisodeClass.ABANDONED,
    EpisodeClass.PENDING,
)
"""The order in which classes are stacked, and told, on a page."""
FEW = 10
"""With fewer closed episodes a rate is drawn as its interval only, lest a day look like a trend."""
WIDTH = 360.0
_LEFT, _RIGHT, _TOP, _BOTTOM, _HEIGHT = 38.0, 8.0, 14.0, 22.0, 220.0
_MOST_LABELS = 5
_SCALES = ((0.1, 5), (0.2, 4), (0.3, 3), (0.4, 4), (0.5, 5), (0.6, 3), (0.8, 4), (1.0, 5))
"""Where an axis of shares may end, and into how many equal parts it is then divided."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A label at a place of an axis."""

    at: float
    label: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Part:
    """What one class has of a bar."""

    letter: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """The episodes of a slot, stacked by class."""

    x: float
    width: float
    tip: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A slot's deflection rate and its interval; no dot where there are few episodes."""

    x: float
    width: float
    top: float
    height: float
    dot: float | None
    tip: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot over time: its frame, its axes, and its bars or marks. ``level`` is where the rate of all lies."""

    left: float
    right: float
    top: float
    bottom: float
    height: float
    along: tuple[Tick, ...]
    up: tuple[Tick, ...]
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Whisker:
    """A difference on a line with zero on it, in points for every 100 who asked."""

    low: float
    high: float
    at: float
    zero: float
    ticks: tuple[Tick, ...]


def plot_counts(slots: Sequence[Slot], *, name_of: Callable[[Slot], str], short: Callable[[Slot], str]) -> Plot:
    """Return the plot of how many asked in each slot, by what became of them."""
    most = max((sum(slot.line.counts.values()) for slot in slots), default=0)
    step = _nice_step(most)
    top = step * max(1, math.ceil(most / step))
    up = [Tick(_y(number / top), f"{number:,}") for number in range(0, top + 1, step)]
    bars = []
    for slot, (x, width) in zip(slots, _places(len(slots)), strict=True):
        counts = [slot.line.counts[one] for one in STACK]
        parts = tuple(
            Part(one.value, _y(upper / top), _y(0.0) - _y(number / top))
            for one, number, upper in zip(STACK, counts, accumulate(counts), strict=True)
            if number
        )
        said = ", ".join(f"{one.value} {number:,}" for one, number in zip(STACK, counts, strict=True) if number)
        bars.append(Bar(x, width, f"{name_of(slot)}: {said or 'nobody asked'}", parts))
    return _plot(slots, up, short, bars=tuple(bars))


def plot_rates(
    slots: Sequence[Slot], total: Deflection, *, name_of: Callable[[Slot], str], short: Callable[[Slot], str]
) -> Plot:
    """Return the plot of the deflection rate of each complete slot, with its interval."""
    drawn = [(slot, place) for slot, place in zip(slots, _places(len(slots)), strict=True) if has_rate(slot)]
    highest = max([slot.line.deflection.high for slot, _ in drawn] + [total.deflection.share or 0.0])
    top, parts = _scale(highest)
    up = [Tick(_y(number / parts), f"{100 * top * number / parts:.0f}%") for number in range(parts + 1)]
    marks = []
    for slot, (x, width) in drawn:
        found = slot.line.deflection
        high, low = _y(found.high / top), _y(found.low / top)
        dot = _y((found.share or 0.0) / top) if found.denominator >= FEW else None
        tip = f"{name_of(slot)}: {share(found)} of {found.denominator:,}, 95% {found.low:.1%} to {found.high:.1%}"
        marks.append(Mark(x, width, high, low - high, dot, tip))
    level = _y(total.deflection.share / top) if total.deflection.share is not None else None
    return _plot(slots, up, short, marks=tuple(marks), level=level)


def has_rate(slot: Slot) -> bool:
    """Say whether a slot has a rate that can be shown: it is over, and somebody asked."""
    return slot.is_complete and slot.line.closed > 0


def plot_effect(effect: Effect, *, sign: int, widest: float) -> Whisker:
    """Return an effect on a line from ``-widest`` to ``widest`` points, turned round if ``sign`` is -1."""

    def place(points: float) -> float:
        inside = max(-widest, min(widest, points))
        return _LEFT + (WIDTH - 2 * _LEFT) * (inside + widest) / (2 * widest)

    low, high = sorted((100 * sign * effect.low, 100 * sign * effect.high))
    ticks = tuple(Tick(place(points), f"{points:+g}".replace("-", "−")) for points in (-widest, -widest / 2))
    more = tuple(Tick(place(points), f"{points:+g}") for points in (widest / 2, widest))
    return Whisker(
        place(low),
        place(high),
        place(100 * sign * effect.difference),
        place(0.0),
        (*ticks, Tick(place(0.0), "0"), *more),
    )


def top_of(lines: Sequence[Deflection]) -> float:
    """Return the share at which bars end that show the deflection of these lines; few episodes do not count."""
    return _scale(max((line.deflection.high for line in lines if line.closed >= FEW), default=1.0))[0]


def widest_of(effects: Sequence[Effect]) -> float:
    """Return how far a line must reach for all these effects, in points, as a round number."""
    furthest = max((100 * max(abs(one.low), abs(one.high)) for one in effects), default=0.0)
    return next((float(one) for one in (2, 4, 6, 10, 20, 30, 40, 60) if one >= furthest), 100.0)


def _scale(highest: float) -> tuple[float, int]:
    return next(one for one in _SCALES if one[0] >= min(1.0, highest))


def _plot(
    slots: Sequence[Slot],
    up: list[Tick],
    short: Callable[[Slot], str],
    *,
    bars: tuple[Bar, ...] = (),
    marks: tuple[Mark, ...] = (),
    level: float | None = None,
) -> Plot:
    places = _places(len(slots))
    every = max(1, math.ceil(len(slots) / _MOST_LABELS))
    along = []
    for number in range(0, len(slots), every):
        x, width = places[number]
        middle = x + width / 2
        is_at_edge = middle > WIDTH - _RIGHT - 24
        along.append(Tick(x + width if is_at_edge else middle, short(slots[number]), "end" if is_at_edge else "middle"))
    return Plot(_LEFT, WIDTH - _RIGHT, _TOP, _HEIGHT - _BOTTOM, _HEIGHT, tuple(along), tuple(up), bars, marks, level)


def _places(number: int) -> list[tuple[float, float]]:
    """Return the left edge and the width of each of so many bars."""
    room = (WIDTH - _LEFT - _RIGHT) / max(1, number)
    width = min(0.82 * room, 48.0)
    return [(_LEFT + room * (one + 0.5) - width / 2, width) for one in range(number)]


def _y(part: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * part


def _nice_step(most: int) -> int:
    """Return 1, 2 or 5 times a power of ten: the least of which five steps reach as far."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power * 5 >= most:
                return factor * power
        power *= 10
