"""A report as one HTML page that needs nothing else: no script, no font, no file beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from statistics import fmean
from typing import Any

import matplotlib as mpl
import numpy as np
from babel.dates import format_datetime
from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from corpus.languages import language_name

_NO_FIGURE = "–"
_READ_AT = (0.25, 0.5, 0.75, 1.0)
"""Shares of questions answered at which the table reads the risk-coverage curves."""
_INCHES = (4.8, 3.6)
_INK, _QUIET, _ACCENT = "#010101", "#020202", "#030303"
_SERIES = tuple(f"#0401{number:02x}" for number in range(8))
_COLOURS = {_INK: "ink", _QUIET: "quiet", _ACCENT: "accent"} | {
    colour: f"series-{number}" for number, colour in enumerate(_SERIES)
}
"""What the charts are drawn with, and the style sheet's colour that takes its place, so that they turn dark with it."""
_DASHES = ("", "3 1.5", "1 1", "5 1.5 1 1.5")
_LINE_WIDTH = 2.0


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure, what it is called, and what it means for whoever runs a shop."""

    figure: str
    title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A set's risk at ``_READ_AT``, and how its line is drawn: the colour's number, the dashes as in SVG."""

    name: str
    colour: int
    dashes: str
    risks: tuple[float | None, ...]


def render_report(report: Mapping[str, Any]) -> str:
    """Return the page of a report; a part that was not measured is a sentence that says so.

    Args:
        report: what ``askfirst eval report`` measured, as its JSON has it.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": _count,
        "decimal": _decimal,
        "language": _language,
        "missing": _missing,
        "moment": _moment,
        "percent": _percent,
        "points": _points,
        "width": _width,
    }
    lines = {name: line for name, points in _part(report, "risk_coverage").items() if (line := _numbers(points))}
    bins = _bins(report)
    return environment.get_template("report.html").render(
        report=report,
        headlines=headlines(report),
        read_at=_READ_AT,
        curves=_curves(lines),
        risk_chart=_risk_chart(lines, aim=_number(report, "policy", "risk")) if lines else "",
        bins=bins,
        reliability_chart=_reliability_chart(bins) if bins else "",
        unanswerable=_unanswerable(report),
        languages=[
            (name, list(one["by_lang"].items())) for name, one in _part(report, "sets").items() if one.get("by_lang")
        ],
        parity=sorted(report.get("parity") or [], key=lambda row: -(row.get("gap") or 0.0)),
    )


def headlines(report: Mapping[str, Any]) -> list[Headline]:
    """Return the figures that matter most, as far as there are any; of sets, the mean, each counting the same."""
    sets = list(_part(report, "sets").values())
    found = []
    third = _mean(_number(one, "hit@3") for one in sets)
    if third is not None:
        first = _mean(_number(one, "hit@1") for one in sets)
        also = f", and it comes first for {_of_100(first)}" if first is not None else ""
        sentence = (
            f"For {_of_100(third)} questions that the help pages answer, the right page is among the first three{also}."
        )
        found.append(Headline(_percent(third, 0), "right page in sight", sentence))
    risk = _number(report, "risk", "risk")
    if risk is not None and _number(report, "risk", "answered") != 0:
        found.append(Headline(_percent(risk), "wrong answers", _about_risk(report, risk)))
    answer_rate = _number(report, "risk", "answer_rate")
    if answer_rate is not None:
        sentence = (
            f"{_of_100(answer_rate)} questions that the help pages answer get an answer. "
            "For the others Askfirst is not sure enough, and says so."
        )
        found.append(Headline(_percent(answer_rate, 0), "answered", sentence))
    false = _mean(_number(one, "oos", "false_answer_rate") for one in sets)
    if false is not None:
        sentence = f"{_of_100(false)} questions that the help pages do not answer are answered all the same."
        found.append(Headline(_percent(false), "answered though unanswerable", sentence))
    ratio = _number(report, "error_ratio", "mean")
    if ratio is not None:
        sentence = f"Where a plain search puts a wrong page first 100 times, Askfirst does so {100 * ratio:.0f} times."
        found.append(Headline(_percent(ratio, 0), "of a plain search’s errors", sentence))
    median, slow = (_number(report, "latency_ms", name) for name in ("p50", "p95"))
    if median is not None:
        also = f"; 95 of 100 have theirs within {slow:,.0f} ms" if slow is not None else ""
        found.append(
            Headline(f"{median:,.0f} ms", "to an answer", f"Half of the questions have their reply in this time{also}.")
        )
    return found


def _about_risk(report: Mapping[str, Any], risk: float) -> str:
    upper, aim = _number(report, "risk", "upper"), _number(report, "policy", "risk")
    sentence = f"{_of_100(risk)} answers shown do not hold the right page"
    if upper is not None:
        sentence += f"; with 95 % certainty it is not more than {_percent(upper)}"
    if aim is not None:
        sentence += f". The aim, at most {_percent(aim, 0)}, is {'kept' if risk <= aim else 'not kept'}"
    return f"{sentence}."


def _curves(lines: Mapping[str, Sequence[Sequence[float]]]) -> list[Curve]:
    return [
        Curve(
            name,
            number % len(_SERIES),
            _dashes(number).replace(" ", ","),
            tuple(_risk_at(points, share) for share in _READ_AT),
        )
        for number, (name, points) in enumerate(lines.items())
    ]


def _dashes(number: int) -> str:
    # The ninth line has the first one's colour, so it must have other dashes.
    return _DASHES[(number + number // len(_SERIES)) % len(_DASHES)]


def _risk_at(points: Sequence[Sequence[float]], share: float) -> float | None:
    coverages, risks = zip(*points, strict=True)
    if not coverages[0] <= share <= coverages[-1] + 1e-9:
        return None
    return float(np.interp(share, coverages, risks))


def _risk_chart(lines: Mapping[str, Sequence[Sequence[float]]], *, aim: float | None) -> Markup:
    with mpl.rc_context():
        figure, axes = _empty("questions answered", "wrong answers among them")
        for number, points in enumerate(lines.values()):
            dashes = [float(length) for length in _dashes(number).split()]
            axes.plot(
                *zip(*points, strict=True),
                color=_SERIES[number % len(_SERIES)],
                linewidth=_LINE_WIDTH,
                linestyle=(0, dashes) if dashes else "solid",
            )
        most = max(risk for points in lines.values() for _, risk in points)
        if aim is not None:
            axes.axhline(aim, color=_INK, linewidth=1.0)
            axes.annotate("aim", (0.02, aim), xytext=(0, 3), textcoords="offset points", color=_INK)
        axes.set_ylim(0.0, max(0.2, aim or 0.0, most) * 1.08)
        said = "; ".join(
            f"{name}: {_percent(points[-1][1])} at {_percent(points[-1][0], 0)} answered"
            for name, points in lines.items()
        )
        return _inline(figure, "risk", f"Line chart. Wrong answers, by the share of questions answered. {said}.")


def _reliability_chart(bins: Sequence[Mapping[str, float]]) -> Markup:
    with mpl.rc_context():
        figure, axes = _empty("confidence", "right")
        axes.plot([0, 1], [0, 1], color=_QUIET, linewidth=1.0, linestyle=(0, (4, 3)))
        said, right = ([one[key] for one in bins] for key in ("confidence", "right"))
        most = max(one["n"] for one in bins)
        axes.plot(said, right, color=_ACCENT, linewidth=1.2)
        axes.scatter(said, right, s=[25 + 175 * one["n"] / max(1, most) for one in bins], color=_ACCENT, linewidths=0)
        axes.set_ylim(0.0, 1.04)
        rows = "; ".join(
            f"{_percent(a, 0)} confident, {_percent(b, 0)} right" for a, b in zip(said, right, strict=True)
        )
        return _inline(figure, "reliability", f"Dot chart. How often it is right, by how confident it is. {rows}.")


def _empty(along: str, up: str) -> tuple[Figure, Axes]:
    """Return a figure of our look, whatever the user's own settings for charts are; for use in ``rc_context``."""
    mpl.rcdefaults()
    mpl.rcParams.update({"font.size": 11.0, "svg.fonttype": "none", "svg.hashsalt": "askfirst", "axes.linewidth": 0.8})
    figure = Figure(figsize=_INCHES, layout="constrained")
    axes = figure.add_subplot()
    axes.set_xlabel(along, color=_INK)
    axes.set_ylabel(up, color=_INK)
    axes.set_xlim(0.0, 1.02)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axes.tick_params(color=_QUIET, labelcolor=_INK)
    axes.grid(color=_QUIET, linewidth=0.5, alpha=0.35)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_QUIET)
    return figure, axes


def _inline(figure: Figure, name: str, label: str) -> Markup:
    """Return a figure as an SVG element for the middle of a page, as wide as there is room."""
    written = StringIO()
    figure.savefig(
        written, format="svg", transparent=True, metadata=dict.fromkeys(("Creator", "Date", "Format", "Type"))
    )
    text = written.getvalue()
    drawing = text[text.index(">", text.index("<svg")) + 1 :]
    drawing = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", "", drawing, flags=re.DOTALL)
    # An id must be the only one on its page, and every chart has a figure_1.
    drawing = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", drawing)
    for colour, ours in _COLOURS.items():
        drawing = drawing.replace(colour, f"var(--{ours})")
    width, height = (72 * inches for inches in _INCHES)
    opening = f'<svg class="chart" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(label)}">'
    return Markup(opening + re.sub(r"\s*\n\s*", "\n", drawing))  # noqa: S704 (numbers, and our own words, from matplotlib)


def _part(report: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return report.get(name) or {}


def _number(report: Mapping[str, Any], *path: str) -> float | None:
    found: Any = report
    for key in path:
        found = (found or {}).get(key)
    return None if found is None else float(found)


def _numbers(points: Iterable[Sequence[float | None]]) -> list[tuple[float, float]]:
    return sorted((x, y) for x, y in points or () if x is not None and y is not None)


def _bins(report: Mapping[str, Any]) -> list[Mapping[str, float]]:
    bins = _part(report, "reliability").get("bins") or []
    return [one for one in bins if one.get("n") and None not in (one.get("confidence"), one.get("right"))]


def _unanswerable(report: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Return the sets with unanswerable questions, and of each (kind, measures): all of them first, then by kind."""
    found = {name: _part(one, "oos") for name, one in _part(report, "sets").items()}
    return [
        (name, [("all", silence), *_part(silence, "by_kind").items()])
        for name, silence in found.items()
        if silence.get("n")
    ]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _of_100(share: float) -> str:
    return f"{100 * share:.0f} of 100"


def _percent(share: Any, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f}\u00a0%" if _is_number(share) else _NO_FIGURE


def _missing(share: Any) -> Any:
    return 1.0 - share if _is_number(share) else share


def _points(share: Any) -> str:
    if not _is_number(share):
        return _NO_FIGURE
    points = round(100 * share, 1)
    return f"{points:+.1f}".replace("-", "−") if points else "0.0"


def _decimal(value: Any) -> str:
    return f"{value:.3f}" if _is_number(value) else _NO_FIGURE


def _count(value: Any) -> str:
    return f"{value:,.0f}" if _is_number(value) else _NO_FIGURE


def _width(value: Any, whole: float = 1.0) -> str:
    """Return how long a bar is, in per cent of its box."""
    return f"{100 * min(1.0, max(0.0, value / whole)):.1f}%" if _is_number(value) and whole > 0 else "0%"


def _language(locale: Any) -> str:
    return language_name(locale, in_locale="en") if isinstance(locale, str) and locale else _NO_FIGURE


def _moment(stamp: Any) -> str:
    """Return an ISO 8601 time for people; as it stands where it is none."""
    try:
        moment = datetime.fromisoformat(stamp)
    except (TypeError, ValueError):
        return str(stamp or _NO_FIGURE)
    return format_datetime(moment, "d MMMM y, HH:mm 'UTC'", tzinfo=UTC, locale="en")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)
