"""Pictures of figures, as SVG for the middle of a page.

Colours are those of the style sheet, so that one picture serves light, dark and paper; texts are texts, in the font of
the page. There are no style attributes: the policy of what a page may load forbids them.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import Any

import matplotlib as mpl
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from api.i18n import formatting_locale

WIDTH = 360.0
"""Units of a picture's width, in which letters of 12 can be read on a phone."""
SERIES = 6
"""How many kinds of bars have a colour of their own: ``--plot-0`` and so on."""
_LETTERS, _SMALL = 11.5, 11.0
_INCH = 72.0
_LEFT, _RIGHT, _BOTTOM, _TOP = 38.0, 8.0, 22.0, 8.0
_HEIGHT, _ROW = 190.0, 40.0
_MOST_TICKS = 5
_MOST_CHARS = 46
_INK, _QUIET, _LINE, _GROUND = "#050101", "#050102", "#050103", "#050104"
_SERIES = tuple(f"#0502{number:02x}" for number in range(SERIES))
_COLOURS = {_INK: "ink", _QUIET: "quiet", _LINE: "line", _GROUND: "surface"} | {
    colour: f"plot-{number}" for number, colour in enumerate(_SERIES)
}
_KEPT = frozenset(
    {
        *("fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-dashoffset"),
        *("stroke-linecap", "stroke-linejoin", "opacity", "font-size", "text-anchor"),
    }
)
_LOOK: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "askfirst",
    "font.size": _LETTERS,
    "axes.linewidth": 0.8,
    "text.parse_math": False,
}
# Settings of the library hold for the whole process.
_drawing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Stack:
    """One bar of parts, from the bottom up, and how its place on the axis is called."""

    label: str
    parts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Whisker:
    """An estimate with its interval, and how it is called."""

    label: str
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Scale:
    """How numbers of an axis are written: in a language, as shares or as they are."""

    language: str
    shares: bool = False

    def written(self, value: float) -> str:
        """Return a number as it stands at an axis."""
        locale = formatting_locale(self.language)
        if self.shares:
            return str(format_percent(value, locale=locale))
        return str(format_decimal(value, format="#,##0.##", locale=locale))


@lru_cache(maxsize=256)
def stacked_bars(name: str, stacks: tuple[Stack, ...], colours: tuple[int, ...], scale: Scale, label: str) -> Markup:
    """Return bars of parts, one beside the other.

    Args:
        name: unique on the page.
        stacks: from left to right; each with as many parts as there are colours.
        colours: the series of each part.
        scale: how numbers are written.
        label: what the picture shows, for whoever does not see it.
    """

    def draw(axes: Axes) -> None:
        places = range(len(stacks))
        bottoms = [0.0] * len(stacks)
        for number, colour in enumerate(colours):
            heights = [stack.parts[number] for stack in stacks]
            axes.bar(
                places, heights, bottom=bottoms, width=0.82, color=_SERIES[colour], edgecolor=_GROUND, linewidth=0.6
            )
            bottoms = [bottom + height for bottom, height in zip(bottoms, heights, strict=True)]
        axes.set_xlim(-0.6, max(len(stacks) - 0.4, 1))
        axes.set_ylim(0.0, 1.0 if scale.shares else max([*bottoms, 1.0]) * 1.05)
        _label_places(axes, [stack.label for stack in stacks])
        _scale_up(axes, scale)

    return _drawn(name, label, draw)


@lru_cache(maxsize=256)
def line_with_band(name: str, points: tuple[Whisker, ...], scale: Scale, label: str) -> Markup:
    """Return a line through estimates with the band of their intervals; a gap where a mean is below 0.

    Args:
        name: unique on the page.
        points: from left to right.
        scale: how numbers are written.
        label: what the picture shows, for whoever does not see it.
    """

    def draw(axes: Axes) -> None:
        for run in _runs(points):
            places = [place for place, _ in run]
            axes.fill_between(
                places, [one.low for _, one in run], [one.high for _, one in run], color=_SERIES[1], alpha=0.35, lw=0
            )
            axes.plot(places, [one.mean for _, one in run], color=_SERIES[0], linewidth=2.0, marker="o", markersize=3.5)
        axes.set_xlim(-0.6, max(len(points) - 0.4, 1))
        axes.set_ylim(0.0, 1.0 if scale.shares else max([one.high for one in points] + [1.0]) * 1.05)
        _label_places(axes, [one.label for one in points])
        _scale_up(axes, scale)

    return _drawn(name, label, draw)


@lru_cache(maxsize=256)
def whiskers(
    name: str,
    rows: tuple[Whisker, ...],
    scale: Scale,
    label: str,
    *,
    reference: float | None = None,
    bars: bool = False,
) -> Markup:
    """Return estimates with their intervals, where they have one, one below the other, each under its name.

    Args:
        name: unique on the page.
        rows: from the top down.
        scale: how numbers are written.
        label: what the picture shows, for whoever does not see it.
        reference: where a line is drawn that all are compared with.
        bars: whether a bar reaches from zero to the estimate.
    """
    height = _ROW * len(rows) + _BOTTOM + 4.0

    def draw(axes: Axes) -> None:
        lowest = min([0.0, *(one.low for one in rows)])
        highest = max([one.high for one in rows] + [reference or 0.0]) or 1.0
        room = (highest - lowest) * 0.03
        for place, one in enumerate(rows):
            y = -place
            if bars:
                axes.barh(y, one.mean, height=0.3, color=_SERIES[1], linewidth=0)
            if one.low < one.high:
                axes.plot([one.low, one.high], [y, y], color=_SERIES[0], linewidth=2.2, solid_capstyle="butt")
                axes.plot([one.mean], [y], color=_SERIES[0], marker="o", markersize=6, linestyle="none")
            text = one.label if len(one.label) <= _MOST_CHARS else one.label[: _MOST_CHARS - 1].rstrip() + "…"
            axes.annotate(
                text, (0.0, y), xycoords=("axes fraction", "data"), xytext=(3, 9), textcoords="offset points",
                color=_INK, fontsize=_LETTERS,
            )  # fmt: skip
        if reference is not None:
            axes.axvline(reference, color=_INK, linewidth=1.0, linestyle=(0, (4, 3)))
        axes.set_ylim(-len(rows) + 0.55, 0.75)
        top = min(1.0, highest + room) if scale.shares else highest + room
        axes.set_xlim(lowest - (room if lowest < 0 else 0.0), top)
        axes.set_yticks([])
        axes.xaxis.set_major_locator(MaxNLocator(_MOST_TICKS))
        axes.xaxis.set_major_formatter(lambda value, _: scale.written(value))
        axes.grid(axis="x", color=_LINE, linewidth=0.8)
        axes.spines["left"].set_visible(lowest >= 0.0)

    return _drawn(name, label, draw, height=height, left=_RIGHT + 4.0, right=18.0)


def warm_up() -> None:
    """Draw something, so that the first page does not wait for the library to find its fonts."""
    whiskers("warm", (Whisker("–", 0.5, 0.4, 0.6),), Scale("en"), "")


def _drawn(
    name: str,
    label: str,
    draw: Callable[[Axes], None],
    *,
    height: float = _HEIGHT,
    left: float = _LEFT,
    right: float = _RIGHT,
) -> Markup:
    with _drawing, mpl.rc_context(_LOOK):
        figure = Figure(figsize=(WIDTH / _INCH, height / _INCH))
        axes = figure.add_axes(
            (left / WIDTH, _BOTTOM / height, 1.0 - (left + right) / WIDTH, 1.0 - (_BOTTOM + _TOP) / height)
        )
        axes.patch.set_visible(False)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(_QUIET)
        draw(axes)
        axes.tick_params(color=_QUIET, labelcolor=_QUIET, labelsize=_SMALL, length=3)
        written = StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(written, format="svg", transparent=True, metadata=nothing)
    return _inline(written.getvalue(), name, label, height)


def _inline(text: str, name: str, label: str, height: float) -> Markup:
    drawing = text[text.index(">", text.index("<svg")) + 1 :]
    drawing = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", "", drawing, flags=re.DOTALL)
    # An id must be the only one on its page, and every picture has a figure_1.
    drawing = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", drawing)
    drawing = re.sub(r'\sstyle="([^"]*)"', _as_attributes, drawing)
    for colour, ours in _COLOURS.items():
        drawing = drawing.replace(colour, f"var(--{ours})")
    opening = f'<svg class="plot" viewBox="0 0 {WIDTH:g} {height:g}" role="img" aria-label="{escape(label)}">'
    return Markup(opening + re.sub(r"\s*\n\s*", "\n", drawing))  # noqa: S704 (the library escapes texts)


def _as_attributes(style: re.Match[str]) -> str:
    kept = []
    for part in style.group(1).split(";"):
        name, _, value = (piece.strip() for piece in part.partition(":"))
        if name == "font":
            name, value = "font-size", value.split("px")[0].split()[-1] + "px"
        if name in _KEPT:
            kept.append(f' {name}="{value}"')
    return "".join(kept)


def _label_places(axes: Axes, labels: Sequence[str]) -> None:
    step = max(1, -(-len(labels) // _MOST_TICKS))
    places = range(0, len(labels), step)
    axes.set_xticks(list(places), [labels[place] for place in places])


def _scale_up(axes: Axes, scale: Scale) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(_MOST_TICKS, integer=not scale.shares))
    axes.yaxis.set_major_formatter(lambda value, _: scale.written(value))
    axes.grid(axis="y", color=_LINE, linewidth=0.8)


def _runs(points: Sequence[Whisker]) -> list[list[tuple[int, Whisker]]]:
    runs: list[list[tuple[int, Whisker]]] = [[]]
    for place, one in enumerate(points):
        if one.mean < 0.0:
            runs.append([])
        else:
            runs[-1].append((place, one))
    return [run for run in runs if run]
