"""The report in a terminal: what it says, and that it fits."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from assistant.record.deflection import Dimension
from commands.deflection_text import show
from tests.deflection_reports import KNOWN, MONTH, SMALL, TINY, WRONG_LOT, ZONE, summary_of, told


def printed(*args: Any, columns: int = 80, titles: dict[str, str] | None = None, **others: Any) -> list[str]:
    """The lines of a report."""
    out = StringIO()
    console = Console(file=out, width=columns, highlight=False, soft_wrap=True, emoji=False)
    show(summary_of(*args, **others), console, site="Kramik", titles=titles or {}, zone=ZONE)
    return out.getvalue().splitlines()


def test_every_class_has_its_number_its_share_and_what_it_means() -> None:
    lines = printed()

    assert lines[:2] == [
        "Kramik: 1 October 2026 to 30 October 2026, as of 20 November 2026, 12:00",
        "  (Europe/Warsaw)",
    ]
    assert "    24  13.3% (9.1% to 19.1%)   C said that it was solved" in lines
    assert "    36  20.0% (14.8% to 26.4%)  S opened an answer, wrote no ticket for 72 hours" in lines
    assert "    36  20.0% (14.8% to 26.4%)  B went away in silence, helped or not" in lines
    assert "Deflection (C + S, the first two): 33.3% (26.9% to 40.5%) of 180." in lines


def test_the_table_has_a_line_for_each_week() -> None:
    lines = printed()

    heads = next(line for line in lines if line.startswith("by week"))
    week = next(line for line in lines if line.startswith("2026-W41"))
    assert heads.split() == [
        *["by", "week", "closed", "C", "S", "F", "N", "B", "P"],
        *["(C", "+", "S)", "/", "closed,", "95%"],
    ]
    assert week.split() == ["2026-W41", "60", "12", "18", "6", "18", "6", "0", "50.0%", "(37.7%", "to", "62.3%)"]


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("experiment", [None, KNOWN, SMALL, TINY, WRONG_LOT])
def test_no_line_is_wider_than_the_terminal(columns: int, experiment: Any) -> None:
    pages = told({"en/" + "long-name-" * 12: "CSFNB" * 12345, "b": "P" * 12345}, Dimension.PAGE)

    lines = printed(by=Dimension.PAGE, lines=pages, columns=columns, experiment=experiment)

    assert max(len(line) for line in lines) <= columns


def test_a_title_is_no_markup_and_is_cut_where_there_is_no_room() -> None:
    titles = {"en/a": "[bold]Refunds[/bold] & returns of all that was ever bought in your shop"}

    lines = printed(by=Dimension.PAGE, lines=told({"en/a": "CSF"}, Dimension.PAGE), titles=titles)

    line = next(line for line in lines if line.startswith("[bold]Refunds[/bold]"))
    assert "…" in line
    assert line.endswith("66.7% (20.8% to 93.9%)")


def test_only_the_first_pages_are_listed_but_every_week() -> None:
    pages = told({f"en/page-{number:02}": "CF" for number in range(40)}, Dimension.PAGE)

    lines = printed(by=Dimension.PAGE, lines=pages)

    assert len([line for line in lines if line.startswith("en/page-")]) == 25
    assert "and 15 more lines: --json has all" in " ".join(lines)
    year = {f"2026-{month:02}-{day:02}": "CF" for month in range(1, 10) for day in (1, 11, 21)}
    assert len([line for line in printed(year, first="2026-01-01") if line.startswith("2026-W")]) == 27


def test_where_nobody_asked_there_is_no_table() -> None:
    lines = printed({})

    assert lines[3] == "Nobody asked whose 72 hours are over."
    assert not any(line.startswith("by week") for line in lines)


def test_pending_episodes_are_told() -> None:
    assert printed({"2026-10-30": "P"})[3] == "Nobody asked whose 72 hours are over; 1 more is too recent to tell."
    assert "180 times somebody with a problem asked before writing to you; 2 more are too" in " ".join(
        printed({**MONTH, "2026-10-30": "PP"})
    )


@pytest.mark.parametrize(
    ("experiment", "words"),
    [
        (None, "Without a holdout nobody knows how many would have managed without answers too."),
        (
            KNOWN,
            "Tickets avoided: 10.0 fewer tickets for every 100 who asked than without answers; the 95% interval is",
        ),
        (KNOWN, "Harm meter: 5.0 more people gone in silence for every 100 who asked than without answers; the 95%"),
        (SMALL, "Tickets avoided: Not known yet. So far 5.0 fewer tickets for every 100"),
        (SMALL, "Harm meter: Not known yet. So far 5.0 fewer people gone in silence"),
        (TINY, "Tickets avoided: Not known yet: too little to tell. About"),
        (WRONG_LOT, "The lot did not fall as it should"),
        (WRONG_LOT, "Do not trust the figures below."),
    ],
)
def test_the_holdout_is_told_in_sentences(experiment: Any, words: str) -> None:
    assert words in " ".join(" ".join(printed(experiment=experiment)).split())
