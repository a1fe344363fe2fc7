"""The report of a period in words and one table, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.deflection_words import as_of, day, experiment_in_words, in_words, percent
from assistant.record.deflection import PERIODS, Dimension
from assistant.record.episodes import CLOSED, EpisodeClass
from assistant.record.summary import Summary

_CLASSES = (*CLOSED, EpisodeClass.PENDING)
_MOST_LINES = 25
_WIDEST = 100
_ROOMY = 100
_NARROWEST_LABEL, _WIDEST_LABEL = 9, 48


def show(summary: Summary, console: Console, *, site: str, titles: Mapping[str, str], zone: ZoneInfo) -> None:
    """Print the report.

    Args:
        summary: the report.
        console: where to.
        site: the name of the help centre.
        titles: of pages, by their ids.
        zone: in which days are told.
    """
    first, last = day(summary.first_day), day(summary.last_day)
    _say(console, f"{site}: {first} to {last}, as of {as_of(summary, zone)}", "", *in_words(summary.total), "")
    if summary.by is not Dimension.TOTAL and summary.lines:
        console.print(_table(summary, titles, columns=console.width))
        console.print()
    _say(console, *experiment_in_words(summary.experiment))


def _say(console: Console, *lines: str) -> None:
    for line in lines:
        # A line of the list of classes goes on under its words.
        under = " " * 34 if line.startswith(" ") else "  "
        for part in textwrap.wrap(line, min(console.width, _WIDEST), subsequent_indent=under) or [""]:
            console.print(part, markup=False)


def _table(summary: Summary, titles: Mapping[str, str], *, columns: int) -> Table:
    lines = summary.lines if summary.by in PERIODS else summary.lines[:_MOST_LINES]
    heads = ("closed", *(one.value for one in _CLASSES), "(C + S) / closed, 95%")
    rows = [
        (f"{line.closed:,}", *(f"{line.counts[one]:,}" for one in _CLASSES), percent(line.deflection)) for line in lines
    ]
    # A table that is too wide would take from all of its columns: numbers stay whole, and labels get the rest.
    space = 1 if columns < _ROOMY else 2
    numbers = sum(max(map(len, column)) + space for column in zip(heads, *rows, strict=True))
    table = Table(box=box.SIMPLE, show_edge=False, pad_edge=False, padding=(0, space - 1, 0, 0))
    label_width = max(_NARROWEST_LABEL, min(_WIDEST_LABEL, columns - numbers))
    table.add_column(f"by {summary.by.value}", no_wrap=True, max_width=label_width, overflow="ellipsis")
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    for line, row in zip(lines, rows, strict=True):
        table.add_row(escape(titles.get(line.value, line.value)), *row)
    table.caption = "P: pending, too recent to tell and in no rate"
    table.caption_justify = "left"
    if len(lines) < len(summary.lines):
        table.caption += f"; and {len(summary.lines) - len(lines):,} more lines: --json has all"
    return table
