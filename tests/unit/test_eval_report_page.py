"""The page of a report: what it says in numbers and in words, and what it must not hold."""

from __future__ import annotations

import re
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from eval.report_page import Headline, headlines, render_report


def report(**parts: Any) -> dict[str, Any]:
    """A small report; parts given take the place of its own."""
    return {
        "made": "2026-11-23T10:00:00Z",
        "version": "0.1.0",
        "model": "multilingual-e5-small",
        "recipe": "b01cd1e7e923",
        "plain_recipe": "77aa01bcd923",
        "policy": {"answer_at": 0.8, "risk": 0.1, "fitted_on": {"stackfaq": 312}},
        "error_ratio": {
            "mean": 0.5,
            "sets": {"stackfaq": {"questions": 500, "hit@1": 0.94, "plain_hit@1": 0.88, "ratio": 0.5}},
        },
        "risk": {"answered": 900, "wrong": 81, "risk": 0.09, "upper": 0.107, "answer_rate": 0.71},
        "sets": {
            "stackfaq": {
                "queries": 500,
                "hit@1": 0.94,
                "hit@3": 0.98,
                "mrr@10": 0.955,
                "oos": {"n": 0, "auroc": None, "false_answer_rate": None, "by_kind": {}},
                "by_lang": {"en": {"queries": 500, "hit@1": 0.94, "answer_rate": 0.8, "wrong_answer_rate": None}},
            },
            "prestashop": {
                "queries": 74,
                "hit@1": 0.70,
                "hit@3": 0.78,
                "oos": {
                    "n": 50,
                    "auroc": 0.87,
                    "false_answer_rate": 0.12,
                    "by_kind": {"near": {"n": 30, "false_answer_rate": 0.2}},
                },
                "by_lang": {"pl": {"queries": 40}, "nl": {"queries": 34}},
            },
        },
        "risk_coverage": {"stackfaq": [[0.2, 0.0], [0.6, 0.04], [1.0, 0.08]], "prestashop": [[0.1, 0.1], [0.9, 0.3]]},
        "reliability": {
            "ece": 0.04,
            "bins": [{"confidence": 0.55, "right": 0.5, "n": 130}, {"confidence": 0.95, "right": 0.97, "n": 400}],
        },
        "parity": [
            {"question": "de", "page": "pl", "queries": 60, "hit@3": 0.97, "gap": 0.0},
            {"question": "pl", "page": "de", "queries": 60, "hit@3": 0.93, "gap": 0.04},
        ],
        "robustness": [{"change": "no diacritics", "queries": 400, "hit@3": 0.9, "changed_hit@3": 0.88}],
        "latency_ms": {"p50": 30.1, "p95": 45.0},
        "worst": [
            {
                "set": "prestashop",
                "question": "كيف أغيّر لغة المتجر؟",
                "lang": "ar",
                "kind": "answered wrongly",
                "confidence": 0.93,
                "shown": [{"title": "Currencies", "page": "en/currencies", "confidence": 0.9}],
                "right": [{"title": "Języki", "page": "pl/languages"}],
            }
        ],
        "questions": {},
        **parts,
    }


def section(page: str, id_: str) -> str:
    """What a reader sees of one section, on one line."""
    found = LexborHTMLParser(page).css_first(f"section[aria-labelledby={id_}]")
    assert found is not None
    return " ".join(found.text().split())


def rows(page: str, id_: str) -> list[list[str]]:
    """The cells of a section's table."""
    found = LexborHTMLParser(page).css(f"section[aria-labelledby={id_}] tbody tr")
    return [[" ".join(cell.text().split()) for cell in row.css("th, td")] for row in found]


def test_headlines_are_means_over_the_sets_and_say_what_they_mean() -> None:
    found = {headline.title: headline for headline in headlines(report())}

    assert found["right page in sight"] == Headline(
        "88\u00a0%",
        "right page in sight",
        "For 88 of 100 questions that the help pages answer, the right page is among the first three, "
        "and it comes first for 82 of 100.",
    )
    assert found["answered though unanswerable"].figure == "12.0\u00a0%"
    assert found["of a plain search’s errors"].figure == "50\u00a0%"
    assert found["to an answer"].figure == "30 ms"


@pytest.mark.parametrize(("risk", "says"), [(0.09, "is kept"), (0.1, "is kept"), (0.11, "is not kept")])
def test_the_headline_on_wrong_answers_says_whether_the_aim_is_kept(risk: float, says: str) -> None:
    found = {one.title: one for one in headlines(report(risk={"answered": 900, "wrong": 81, "risk": risk}))}

    assert f"The aim, at most 10\u00a0%, {says}." in found["wrong answers"].sentence


def test_without_answers_no_share_of_wrong_ones_is_claimed() -> None:
    found = headlines(report(risk={"answered": 0, "wrong": 0, "risk": 0.0, "upper": 1.0, "answer_rate": 0.0}))

    assert "wrong answers" not in [headline.title for headline in found]


def test_every_table_has_the_numbers() -> None:
    page = render_report(report())

    assert rows(page, "plain")[0] == ["stackfaq", "50 %", "", "500", "6.0 %", "12.0 %", "–", "–"]
    assert rows(page, "sets")[0][:6] == ["stackfaq", "500", "94.0 %", "98.0 %", "0.955", "–"]
    assert rows(page, "unanswerable") == [
        ["prestashop", "all", "50", "0.870", "12.0 %", ""],
        ["near", "30", "–", "20.0 %", ""],
    ]
    assert rows(page, "languages")[1:] == [
        ["prestashop", "Polish", "40", "–", "–", "–", "–"],
        ["Dutch", "34", "–", "–", "–", "–"],
    ]
    assert rows(page, "robustness") == [["no diacritics", "400", "90.0 %", "88.0 %", "−2.0"]]


def test_the_widest_gap_between_languages_comes_first() -> None:
    found = rows(render_report(report()), "parity")

    assert [row[:3] for row in found] == [["Polish", "German", "4.0"], ["German", "Polish", "0.0"]]


def test_the_table_beside_the_curves_reads_them_where_they_reach() -> None:
    found = rows(render_report(report()), "risk")

    assert found == [
        ["stackfaq", "0.5 %", "3.0 %", "5.5 %", "8.0 %"],
        ["prestashop", "13.8 %", "20.0 %", "26.2 %", "–"],
    ]


def test_the_table_beside_the_reliability_diagram_says_how_far_off_it_is() -> None:
    found = rows(render_report(report()), "reliability")

    assert found == [["55.0 %", "50.0 %", "−5.0", "130"], ["95.0 %", "97.0 %", "+2.0", "400"]]


def test_charts_have_a_text_alternative_and_keep_their_text() -> None:
    charts = LexborHTMLParser(render_report(report())).css("svg[role=img]")

    labels = [chart.attributes["aria-label"] or "" for chart in charts]
    assert "stackfaq: 8.0\u00a0% at 100\u00a0% answered" in labels[0]
    assert "55\u00a0% confident, 50\u00a0% right" in labels[1]
    assert "questions answered" in [text.text() for text in charts[0].css("text")]


def test_charts_take_their_colours_from_the_style_sheet() -> None:
    charts = [chart.html or "" for chart in LexborHTMLParser(render_report(report())).css("figure svg")]

    assert "stroke: var(--series-1)" in charts[0]
    assert not re.search(r"#[0-9a-f]{6}\b", "".join(charts))


def test_an_id_is_the_only_one_on_the_page() -> None:
    ids = [found.attributes["id"] for found in LexborHTMLParser(render_report(report())).css("[id]")]

    assert len(ids) == len(set(ids))


def test_the_same_report_gives_the_same_page() -> None:
    assert render_report(report()) == render_report(report())


def test_the_page_needs_nothing_from_outside() -> None:
    page = render_report(report())

    tree = LexborHTMLParser(page)
    assert "://" not in page
    assert not tree.css("script, link, img, iframe, object, [src]")
    assert not re.search(r"@import|url\((?!#)", page)
    assert all((link.attributes["href"] or "").startswith("#") for link in tree.css("a"))


def test_a_wrong_answer_stands_beside_the_right_one() -> None:
    page = render_report(report())

    question = LexborHTMLParser(page).css_first(".errors h3")
    assert question is not None
    assert question.text() == "كيف أغيّر لغة المتجر؟"
    assert (question.attributes["lang"], question.attributes["dir"]) == ("ar", "auto")
    assert "answered wrongly prestashop Arabic confidence 93 %" in section(page, "worst")
    assert "What was shown Currencies en/currencies, confidence 90 %" in section(page, "worst")
    assert "What is right Języki pl/languages" in section(page, "worst")


def test_an_unanswerable_question_has_no_right_page() -> None:
    error = {
        "set": "stackfaq",
        "question": "天気は？",
        "lang": "ja",
        "kind": "answered though unanswerable",
        "right": [],
    }

    assert "To say that no page answers it." in section(render_report(report(worst=[error])), "worst")


def test_what_people_typed_is_never_markup() -> None:
    attack = '<script>alert(1)</script>"><b onload=x>'
    error = {
        "set": attack,
        "question": attack,
        "lang": attack,
        "kind": attack,
        "shown": [{"title": attack, "page": attack}],
    }
    page = render_report(
        report(worst=[error], sets={attack: {"queries": 1}}, risk_coverage={attack: [[0.5, 0.1], [1.0, 0.2]]})
    )

    tree = LexborHTMLParser(page)
    assert not tree.css("script, [onload]")
    assert [found.text() for found in tree.css(".errors h3")] == [attack]
    assert attack in (tree.css("svg[role=img]")[0].attributes["aria-label"] or "")


@pytest.mark.parametrize("empty", ["absent", "empty", "null"])
def test_what_was_not_measured_is_a_sentence_instead(empty: str) -> None:
    bare = {
        "absent": {},
        "empty": {key: type(value)() for key, value in report().items()},
        "null": dict.fromkeys(report()),
    }

    page = render_report(bare[empty])

    assert len(LexborHTMLParser(page).css("p.none")) == 10
    assert "No set was asked." in section(page, "sets")
    assert not LexborHTMLParser(page).css("table, figure")


def test_numbers_that_are_not_known_are_dashes() -> None:
    def unknown(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: unknown(part) for key, part in value.items()}
        if isinstance(value, list):
            return [unknown(part) for part in value]
        return None if isinstance(value, int | float) else value

    page = render_report(unknown(report()))

    assert rows(page, "plain")[0] == ["stackfaq", "–", "", "–", "–", "–", "–", "–"]
    assert headlines(unknown(report())) == []
    assert not LexborHTMLParser(page).css("figure")


def test_more_sets_than_colours_still_have_lines_of_their_own() -> None:
    curves = {f"set {number}": [[0.1, 0.1], [1.0, 0.2]] for number in range(12)}

    keys = LexborHTMLParser(render_report(report(risk_coverage=curves))).css(".key path")
    assert len({(key.attributes["stroke"], key.attributes.get("stroke-dasharray")) for key in keys}) == 12
