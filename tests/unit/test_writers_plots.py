"""Pictures of figures: readable for everybody, and nothing in them that a page may not have."""

from __future__ import annotations

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from api.writers.plots import SERIES, Scale, Stack, Whisker, line_with_band, stacked_bars, whiskers

PL = Scale("pl", shares=True)
ROWS = (
    Whisker("Gdzie jest <b>paczka</b> & ile kosztuje: $5 czy $6 -->?", 0.5, 0.4, 0.6),
    Whisker("Zwrot", 0.2, 0.1, 0.3),
)
STACKS = tuple(Stack(f"{day} lis", (3.0, float(day), 0.0)) for day in range(1, 31))


def texts_in(svg: str) -> list[str]:
    return [node.text() for node in LexborHTMLParser(svg).css("text")]


@pytest.fixture(params=["whiskers", "bars", "line"])
def svg(request: pytest.FixtureRequest) -> str:
    made = {
        "whiskers": lambda: whiskers("w", ROWS, PL, 'Co "pisać"?', reference=0.45, bars=True),
        "bars": lambda: stacked_bars("s", STACKS, (0, 2, 4), Scale("pl"), 'Co "pisać"?'),
        "line": lambda: line_with_band("l", ROWS, PL, 'Co "pisać"?'),
    }
    return str(made[request.param]())


def test_a_picture_has_no_style_no_script_and_no_colour_of_its_own(svg: str) -> None:
    assert not re.search(r"style=|<style|<script|<!--|#[0-9a-f]{6}\b|font-family", svg)
    assert set(re.findall(r"var\(--([\w-]+)\)", svg)) <= {
        "ink", "quiet", "line", "surface", *(f"plot-{number}" for number in range(SERIES)),
    }  # fmt: skip


def test_a_picture_says_what_it_shows_to_whoever_does_not_see_it(svg: str) -> None:
    node = LexborHTMLParser(svg).css_first("svg")
    assert node is not None
    assert (node.attributes["role"], node.attributes["aria-label"]) == ("img", 'Co "pisać"?')


def test_texts_are_texts_in_the_readers_language_whatever_they_hold() -> None:
    found = texts_in(whiskers("w", ROWS, PL, ""))
    assert "Gdzie jest <b>paczka</b> & ile kosztuje: $5 c…" in found
    assert "Zwrot" in found
    assert {"0%", "30%"} <= set(found)
    assert "0,5" in texts_in(whiskers("w", (Whisker("a", 1.0, 0.5, 2.0),), Scale("pl"), ""))


def test_ids_of_two_pictures_on_one_page_differ() -> None:
    ids = [set(re.findall(r'\bid="([^"]+)"', whiskers(name, ROWS, PL, ""))) for name in ("one", "two")]
    assert ids[0]
    assert not ids[0] & ids[1]
    used = re.findall(r'(?:url\(#|href="#)([^")]+)', str(whiskers("one", ROWS, PL, "")))
    assert used
    assert set(used) <= ids[0]


def test_a_month_of_bars_has_room_for_its_labels() -> None:
    labels = [text for text in texts_in(stacked_bars("s", STACKS, (0, 2, 4), Scale("pl"), "")) if "lis" in text]
    assert labels == ["1 lis", "7 lis", "13 lis", "19 lis", "25 lis"]


def test_days_without_a_rate_leave_a_gap_in_the_line() -> None:
    known, unknown = Whisker("a", 0.5, 0.4, 0.6), Whisker("b", -1.0, 0.0, 0.0)
    whole = str(line_with_band("l", (known,) * 5, PL, ""))
    broken = str(line_with_band("l", (known, known, unknown, known, known), PL, ""))
    count = re.compile(r'stroke="var\(--plot-0\)" stroke-width="2"')
    assert (len(count.findall(whole)), len(count.findall(broken))) == (1, 2)


def test_nothing_at_all_can_be_drawn() -> None:
    assert "<svg" in stacked_bars("s", (Stack("a", (0.0,)),), (0,), Scale("en"), "")
    assert "<svg" in line_with_band("l", (Whisker("a", -1.0, 0.0, 0.0),), PL, "")
