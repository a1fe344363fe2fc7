"""The page of a report: what it says in numbers and in words, and what it must not hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from api.deflection_page import page_of
from api.deflection_plots import FEW, WIDTH
from api.deflection_trend import change, halves_of, slots_of, step_of
from assistant.record.deflection import Dimension
from assistant.record.intervals import rate
from tests.deflection_reports import (
    KNOWN,
    MONTH,
    SMALL,
    TINY,
    WRONG_LOT,
    ZONE,
    day_of,
    summary_of,
    told,
)

PAGES = {
    "en/refunds": "F" * 12 + "B" * 3 + "C" * 5,
    "pl/zwroty": "B" * 30 + "S" * 10,
    "ar/الشحن": "C" * 19 + "S" * 26 + "F" * 12 + "B" * 3,
    "": "N" * 60,
}
TITLES = {"en/refunds": "Refunds & returns", "pl/zwroty": "Zwroty pieniędzy", "ar/الشحن": "الشحن"}
LANGUAGES = {"en": "C" * 20 + "S" * 20 + "F" * 20 + "B" * 40, "pl": "S" * 2 + "N" * 60 + "B" * 18}
ENTRIES = {"support": "CSFNB" * 30, "checkout-é": "CSFNB" * 6}


def page(
    days: Mapping[str, str] = MONTH,
    *,
    pages: Mapping[str, str] = PAGES,
    languages: Mapping[str, str] = LANGUAGES,
    entries: Mapping[str, str] = ENTRIES,
    titles: Mapping[str, str] = TITLES,
    site: str = "Kramik",
    **others: Any,
) -> str:
    """The page of a report."""
    lines = {
        Dimension.DAY: told(days, Dimension.DAY),
        Dimension.LOCALE: told(languages, Dimension.LOCALE),
        Dimension.ENTRY: told(entries, Dimension.ENTRY),
        Dimension.PAGE: told(pages, Dimension.PAGE),
    }
    return page_of(summary_of(days, **others), lines, site=site, titles=titles, zone=ZONE)


def nothing(**others: Any) -> str:
    """The page of a period in which nobody asked."""
    return page({}, pages={}, languages={}, entries={}, **others)


def said(html: str, css: str = "main") -> str:
    """What a reader sees of a part, on one line."""
    found = LexborHTMLParser(html).css_first(css)
    assert found is not None
    return " ".join(found.text(separator=" ").split())


def section(html: str, id_: str) -> str:
    """What a reader sees of one section."""
    return said(html, f"section[aria-labelledby={id_}]")


def rows(html: str, id_: str) -> list[list[str]]:
    """The cells of a section's tables, without the bars."""
    found = LexborHTMLParser(html).css(f"section[aria-labelledby={id_}] tbody tr")
    return [
        [cell for cell in (" ".join(one.text(separator=" ").split()) for one in row.css("th, td")) if cell]
        for row in found
    ]


def labels(html: str) -> list[str]:
    """What drawings say to those who do not see them."""
    return [one.attributes["aria-label"] or "" for one in LexborHTMLParser(html).css("[role=img]")]


EVERY = {
    "month": page(),
    "nothing": nothing(),
    "known": page(experiment=KNOWN),
    "small": page(experiment=SMALL),
    "tiny": page(experiment=TINY),
    "wrong lot": page(experiment=WRONG_LOT),
    "pending only": page({"2026-10-30": "PPP"}, now="2026-10-30T12:00"),
    "one day": page({"2026-10-05": "CSFNB"}, first="2026-10-05", last="2026-10-05"),
    "400 days": page({"2025-10-01": "CSF" * 40, "2026-10-30": "NB" * 40}, first="2025-09-26"),
    "years": page({"2020-10-01": "CSF" * 40, "2026-10-30": "NB" * 40}, first="2020-01-01"),
}


def test_the_first_sentence_says_what_became_of_all() -> None:
    assert said(EVERY["month"], ".lead") == (
        "180 times somebody with a problem asked before writing to you. 60 of the 180 (33.3%) got an answer and wrote "
        "no ticket, 84 (46.7%) wrote a ticket all the same, and 36 (20.0%) went away in silence."
    )


def test_each_class_has_its_number_its_share_what_it_is_out_of_and_its_interval() -> None:
    cards = [" ".join(one.text(separator=" ").split()) for one in LexborHTMLParser(EVERY["month"]).css(".cards li")]

    assert [card[:36] for card in cards] == [
        "24 C 13.3% of 180 9.1% to 19.1% said",
        "36 S 20.0% of 180 14.8% to 26.4% ope",
        "24 F 13.3% of 180 9.1% to 19.1% were",
        "60 N 33.3% of 180 26.9% to 40.5% fou",
        "36 B 20.0% of 180 14.8% to 26.4% wen",
    ]
    assert cards[4].endswith("went away in silence, helped or not; nobody knows which. The harm meter.")


def test_deflection_never_stands_without_its_two_parts() -> None:
    short = said(EVERY["month"], "section[aria-label='In short']")

    assert (
        "Deflection: 33.3% (26.9% to 40.5%) of 180. It has two parts: 13.3% said that it was solved (C), and" in short
    )
    assert "20.0% opened an answer and wrote no ticket for 72 hours (S)" in short
    assert "Still so after 7 days: 33.3% (26.9% to 40.5%) of 180 that are old enough to tell." in short


def test_the_bar_of_all_says_its_numbers() -> None:
    assert labels(EVERY["month"])[0].startswith("Of 180: 24 said that it was solved (13.3%); 36 opened an answer")


def test_pending_episodes_are_told_but_in_no_share() -> None:
    html = page({"2026-10-05": "CSFNB" * 10 + "P" * 7})

    assert said(html, ".lead").startswith(
        "50 times somebody with a problem asked before writing to you; 7 more are too"
    )
    assert rows(html, "time")[0] == ["1–4 Oct 2026", *["0"] * 7, "–"]
    assert rows(html, "time")[1] == ["5–11 Oct 2026", "50", "10", "10", "10", "10", "10", "7", "too recent"]


def test_letters_and_windows_are_explained() -> None:
    how = section(EVERY["month"], "how")

    for words in (
        "C said “solved” They said that it was solved.",
        "N ticket, no answer They found no answer, and wrote a ticket.",
        "P pending They asked less than 72 hours ago: too recent to tell.",
        "72 hours after the last thing a visitor did.",
        "(C + S) / (C + S + F + N + B). Here 60 / 180.",
        "Wilson’s score interval",
        "Design effect 1.00.",
    ):
        assert words in how


@pytest.mark.parametrize(
    ("first", "a_day", "step"),
    [
        ("2026-10-30", 0, Dimension.DAY),
        ("2026-10-17", 1, Dimension.DAY),
        ("2026-10-01", 1, Dimension.WEEK),
        ("2026-10-01", 20, Dimension.DAY),
        ("2026-09-20", 20, Dimension.WEEK),
        ("2025-09-26", 20, Dimension.WEEK),
        ("2024-09-26", 20, Dimension.MONTH),
    ],
)
def test_the_time_course_has_steps_long_enough_to_say_something(first: str, a_day: int, step: Dimension) -> None:
    days = day_of("2026-10-30") - day_of(first) + 1

    assert step_of(summary_of({first: "C" * a_day * days}, first=first)) is step


def test_every_week_of_the_period_has_its_place_those_without_episodes_too() -> None:
    found = rows(EVERY["month"], "time")

    assert [row[:2] for row in found] == [
        ["1–4 Oct 2026", "0"],
        ["5–11 Oct 2026", "60"],
        ["12–18 Oct 2026", "60"],
        ["19–25 Oct 2026", "60"],
        ["26–30 Oct 2026", "0"],
    ]
    assert found[1][2:] == ["12", "18", "6", "18", "6", "0", "50.0% (37.7% to 62.3%)"]


def test_a_day_that_is_not_over_has_no_rate_because_only_its_tickets_are_known() -> None:
    days = {"2026-10-01": "CS" * 20, "2026-10-04": "N" * 20}
    summary = summary_of(days, first="2026-10-01", last="2026-10-04", now="2026-10-06T12:00")

    slots = slots_of(summary, told(days, Dimension.DAY), zone=ZONE)

    assert [slot.is_complete for slot in slots] == [True, True, False, False]
    html = page(days, first="2026-10-01", last="2026-10-04", now="2026-10-06T12:00")
    assert rows(html, "time")[3] == ["Sun 4 Oct 2026", "20", "0", "0", "0", "20", "0", "0", "too recent"]
    assert "1 day is too recent for a rate" in section(html, "time")


def test_a_day_with_few_episodes_has_an_interval_but_no_dot() -> None:
    days = {"2026-10-01": "C" * (FEW - 1), "2026-10-02": "C" * FEW}
    figure = LexborHTMLParser(page(days, first="2026-10-01", last="2026-10-02")).css("figure")[1]

    assert len(figure.css("rect.range")) == 2
    assert len(figure.css("rect.few")) == 1
    assert len(figure.css("circle")) == 1


def test_marks_lie_inside_their_plot() -> None:
    for html in EVERY.values():
        for drawing in LexborHTMLParser(html).css("figure svg"):
            width, height = (float(one) for one in (drawing.attributes["viewBox"] or "").split()[2:])
            assert width == WIDTH
            for one in drawing.css("rect"):
                x, y, wide, high = (float(one.attributes[name] or "") for name in ("x", "y", "width", "height"))
                assert 0 <= x <= x + wide <= width + 0.01
                assert 0 <= y <= y + high <= height - 20


def test_no_change_is_claimed_where_chance_would_do() -> None:
    assert (
        "No clear change: 40.0% of 30 got their answer in the first half (to 5 October 2026), 50.0% of 30"
        in section(page({"2026-10-05": "CCSSFFNNBB" * 3, "2026-10-06": "CCCSSFNNBB" * 3}, titles={}), "time")
    )


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [("CFNNNNNNNB", "CCCSSSSFNB", "Better: 10.0% of 100"), ("CCCSSSSFNB", "CFNNNNNNNB", "Worse: 70.0% of 100")],
)
def test_a_change_beyond_chance_is_named(before: str, after: str, words: str) -> None:
    found = section(page({"2026-10-05": before * 10, "2026-10-06": after * 10}), "time")

    assert words in found
    assert "more than chance explains" in found


def test_more_silence_is_told_though_deflection_stays() -> None:
    found = section(page({"2026-10-05": "CSFNNNNNNN" * 20, "2026-10-06": "CSFNNNNBBB" * 20}), "time")

    assert "No clear change: 20.0% of 200 got their answer" in found
    assert "More silence: 0.0% of 200 went away in silence in the first half, 30.0% of 200 in the second" in found


def test_halves_hold_only_days_that_are_over() -> None:
    days = {"2026-10-01": "C" * 40, "2026-10-02": "F" * 40, "2026-10-05": "N" * 40}
    summary = summary_of(days, first="2026-10-01", last="2026-10-05", now="2026-10-06T12:00")

    halves = halves_of(summary, told(days, Dimension.DAY), zone=ZONE)

    assert halves is not None
    assert (halves.before.closed, halves.after.closed) == (40, 40)
    assert (halves.after.failed.numerator, halves.last_day) == (40, day_of("2026-10-02"))


def test_the_interval_of_a_change_is_newcombes() -> None:
    # Table II (a) of Newcombe 1998, method 10: 56/70 less 48/80.
    found = change(rate(48, 80), rate(56, 70))

    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)
    with pytest.raises(ValueError, match="of nothing"):
        change(rate(0, 0), rate(1, 2))


def test_each_language_and_entry_point_has_its_rates() -> None:
    found = rows(EVERY["month"], "languages")

    assert found == [
        ["English", "40.0% (30.9% to 49.8%)", "40.0% (30.9% to 49.8%)", "100", "20", "20", "20", "0", "40", "0"],
        ["Polish", "2.5% (0.7% to 8.7%)", "22.5% (14.7% to 32.8%)", "80", "0", "2", "0", "60", "18", "0"],
    ]
    assert [row[0] for row in rows(EVERY["month"], "entries")] == ["support", "checkout-é"]


def test_a_language_that_does_badly_beyond_chance_is_named() -> None:
    assert "Polish, where 2.5% (0.7% to 8.7%) of 80 got their answer; over all it is 33.3%." in said(
        EVERY["month"], ".brief"
    )
    alike = page(languages={"en": "CSFNNB" * 20, "nl": "CSFNNB" * 19})
    assert "None stands out: the differences may be chance." in said(alike, ".brief")


def test_pages_are_ranked_by_what_they_cost_and_what_they_solve() -> None:
    tree = LexborHTMLParser(EVERY["month"])
    boxes = {
        (one.css_first("h3") or one).text(separator=" ").strip(): [
            " ".join(li.text(separator=" ").split()) for li in one.css("li")
        ]
        for one in tree.css("section[aria-labelledby=pages] .box")
    }

    assert [" ".join(title.split()) for title in boxes] == [
        "Most tickets after an answer F",
        "Most silence B",
        "Most tickets without an answer N",
        "Solve most C S",
    ]
    failed, silent, unanswered, solved = boxes.values()
    assert failed[0] == "12 Refunds & returns en/refunds of 20 closed: 60.0% (38.7% to 78.1%)"
    assert silent[0].startswith("30 Zwroty pieniędzy pl/zwroty of 40 closed: 75.0%")
    assert unanswered == []
    assert solved[0].startswith("45 الشحن ar/الشحن of 60 closed: 75.0%")


def test_episodes_without_a_page_are_counted_but_are_no_page() -> None:
    found = section(EVERY["month"], "pages")

    assert "In 60 episodes no page was near." in found
    assert [row[0].split()[0] for row in rows(EVERY["month"], "pages")] == ["الشحن", "Zwroty", "Refunds"]


def test_a_page_that_is_live_no_more_is_called_by_its_id() -> None:
    found = LexborHTMLParser(page(titles={})).css_first(".ranking li")

    assert found is not None
    assert " ".join(found.text(separator=" ").split()).startswith("12 en/refunds of 20 closed")


def test_many_pages_are_cut_off_and_counted() -> None:
    html = page(pages={f"en/page-{number:03}": "CF" for number in range(130)})

    assert "30 more pages are not listed." in section(html, "pages")
    assert len(LexborHTMLParser(html).css("section[aria-labelledby=pages] tbody tr")) == 100


def test_a_holdout_that_is_large_enough_says_what_answers_bring() -> None:
    found = section(EVERY["known"], "holdout")

    assert (
        "the holdout “ 1 ”. 2,000 of 10,000 people got the plain form by lot, without answers (20% were to)." in found
    )
    assert "Tickets avoided known" in found
    assert (
        "10.0 fewer tickets for every 100 who asked than without answers; the 95% interval is from 7.6 fewer to"
        in found
    )
    assert (
        "Of 2,000 episodes without answers 60.0% (57.8% to 62.1%) wrote a ticket, of 8,000 with answers 50.0%" in found
    )
    assert "Not known yet means" not in found


def test_silence_is_told_as_what_answers_add() -> None:
    found = section(EVERY["known"], "holdout")

    assert "5.0 more people gone in silence for every 100 who asked than without answers; the 95% interval is" in found
    assert "from 3.2 more to 6.8 more." in found
    assert "The difference in silence is not the harm itself" in found
    assert "Only the share of silence, 20.0% of 180, is a ceiling" in found


def test_the_line_of_silence_is_turned_and_zero_is_marked() -> None:
    tickets, silence = LexborHTMLParser(EVERY["known"]).css("section[aria-labelledby=holdout] svg")

    for drawing, words in ((tickets, "fewer tickets →"), (silence, "more silence →")):
        zero, dot = drawing.css_first(".zero"), drawing.css_first("circle")
        assert zero is not None
        assert dot is not None
        assert float(dot.attributes["cx"] or "") > float(zero.attributes["x1"] or "")
        assert words in drawing.text()
        assert "10.0 fewer tickets" in labels(EVERY["known"])[3]


@pytest.mark.parametrize(
    ("name", "words"),
    [("small", "Not known yet. So far 5.0 fewer tickets"), ("tiny", "Not known yet: too little to tell.")],
)
def test_a_small_holdout_says_what_is_missing(name: str, words: str) -> None:
    found = section(EVERY[name], "holdout")

    assert "Tickets avoided not known yet" in found
    assert words in found
    assert re.search(r"bout [\d,]+ more episodes are needed", found)
    assert "Not known yet means that the interval is still so wide" in found
    assert "Not known yet" in said(EVERY[name], ".brief")


def test_where_an_arm_is_too_small_no_difference_is_drawn() -> None:
    assert not LexborHTMLParser(EVERY["tiny"]).css("section[aria-labelledby=holdout] svg")
    assert "difference" not in " ".join(" ".join(row) for row in rows(EVERY["tiny"], "holdout"))


def test_a_lot_that_fell_wrong_is_a_warning_and_no_finding() -> None:
    found = section(EVERY["wrong lot"], "holdout")

    assert "The lot did not fall as it should" in said(EVERY["wrong lot"], ".warning")
    assert "Tickets avoided not to be trusted" in found
    assert "Not to be trusted: the lot did not fall as it should." in said(EVERY["wrong lot"], ".brief")
    assert " known " not in found.replace("Not known yet", "")


def test_without_a_holdout_the_page_says_how_to_get_one() -> None:
    assert "ASKFIRST_HOLDOUT_SHARE=0.1 gives one visitor in ten the plain form" in section(EVERY["month"], "holdout")
    assert "Nobody knows: there is no holdout." in said(EVERY["month"], ".brief")


def test_a_period_in_which_nobody_asked_is_a_sentence() -> None:
    html = EVERY["nothing"]

    assert said(html, ".lead") == "Nobody asked whose 72 hours are over."
    assert not LexborHTMLParser(html).css("table, figure, [role=img]")
    assert len(LexborHTMLParser(html).css("p.none")) == 4


def test_episodes_that_are_all_pending_are_shown_and_rated_nowhere() -> None:
    html = EVERY["pending only"]

    assert said(html, ".lead") == "Nobody asked whose 72 hours are over; 3 more are too recent to tell."
    assert len(LexborHTMLParser(html).css("figure rect.P")) == 1
    assert not LexborHTMLParser(html).css("figure .range, figure .level")


def test_400_days_fit_as_weeks() -> None:
    found = rows(EVERY["400 days"], "time")

    assert len(found) == 58
    assert found[0][0] == "26–28 Sep 2025"
    along = [one.text() for one in LexborHTMLParser(EVERY["400 days"]).css("figure svg")[0].css("text[y='214.0']")]
    assert 2 <= len(along) <= 5


def test_what_others_wrote_is_never_markup() -> None:
    attack = '<script>alert(1)</script>"><b onload=x>&'
    html = page(
        pages={attack: "FBC", "x": "FBC"},
        languages={attack: "F" * 40, "en": "C" * 40},
        entries={attack: "F"},
        titles={"x": attack},
        site=attack,
    )

    tree = LexborHTMLParser(html)
    assert not tree.css("script, [onload]")
    assert attack in said(html, "header")
    assert attack in [" ".join(one.text(separator=" ").split()) for one in tree.css(".ranking bdi")]
    assert "Refunds &amp; returns" in EVERY["month"]


class Wellformed(HTMLParser):
    """Knows what is open, and minds what is closed in another order."""

    VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", EVERY)
def test_the_page_is_well_formed(name: str) -> None:
    parser = Wellformed()
    parser.feed(EVERY[name])
    parser.close()

    assert parser.open == []
    tree = LexborHTMLParser(EVERY[name])
    ids = [one.attributes["id"] for one in tree.css("[id]")]
    assert len(ids) == len(set(ids))
    assert len(tree.css("h1")) == 1
    assert all((link.attributes["href"] or "")[1:] in ids for link in tree.css("a"))


@pytest.mark.parametrize("name", EVERY)
def test_the_page_needs_nothing_from_outside(name: str) -> None:
    tree = LexborHTMLParser(EVERY[name])

    assert "://" not in EVERY[name]
    assert not tree.css("script, link, img, iframe, object, [src]")
    assert not re.search(r"@import|url\((?!#)", EVERY[name])
    assert all((link.attributes["href"] or "").startswith("#") for link in tree.css("a"))


@pytest.mark.parametrize("name", EVERY)
def test_tables_and_drawings_can_be_read_aloud(name: str) -> None:
    tree = LexborHTMLParser(EVERY[name])

    assert all(table.css_first("caption") is not None for table in tree.css("table"))
    assert all(cell.attributes.get("scope") in {"col", "row"} for cell in tree.css("th"))
    assert all(labels(EVERY[name]))
    assert all(
        drawing.attributes.get("role") == "img" or drawing.attributes.get("aria-hidden") == "true"
        for drawing in tree.css("svg")
    )


def test_the_same_report_gives_the_same_page() -> None:
    assert page(experiment=KNOWN) == EVERY["known"]
