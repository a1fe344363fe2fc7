"""What an encoder is adapted on: pairs that pages give by themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.page import Block, Page, Section
from indexer.adapting.pairs import Pair, pairs_of_pages
from tests.fakes import page


def sentences(name: str, count: int) -> str:
    return " ".join(f"The {name} says number {number} about what nobody else tells." for number in range(count))


def help_page(name: str, *, sections: int = 4, locale: str = "en") -> Page:
    made = tuple(
        Section(2, f"Heading {name} {number}", f"s{number}", (Block(sentences(f"{name}-{number}", 12), f"b{number}"),))
        for number in range(sections)
    )
    return replace(page(f"{locale}/{name}", f"Title {name}", "", locale=locale), sections=made)


PAGES = [help_page(f"page{number}") for number in range(6)]
TWINS = [
    page("en/refunds", "Refunds", "Ten days."),
    page("pl/refunds", "Zwroty pieniędzy", "Dziesięć dni.", locale="pl"),
    page("ar/refunds", "استرداد", "عشرة أيام.", locale="ar"),
]


def is_by_name(pair: Pair) -> bool:
    return pair.question.startswith(("Heading", "Title"))


def test_the_same_seed_gives_the_same_pairs_whatever_the_order_of_the_pages() -> None:
    once = pairs_of_pages([*PAGES, *TWINS], seed=7, most=60)

    assert pairs_of_pages([*PAGES, *TWINS], seed=7, most=60) == once
    assert pairs_of_pages([*TWINS[::-1], *PAGES[::-1]], seed=7, most=60) == once
    assert pairs_of_pages([*PAGES, *TWINS], seed=8, most=60) != once


def test_a_sentence_is_not_in_its_own_answer_and_the_rest_of_its_window_is() -> None:
    pairs = [pair for pair in pairs_of_pages(PAGES, seed=1) if not is_by_name(pair)]

    assert len(pairs) > 20
    for pair in pairs:
        assert pair.question.rstrip(".").lower() not in pair.answer.lower()
        assert "about what nobody else tells." in pair.answer
        assert pair.question.split()[1].split("-")[0] in pair.answer.split("\n")[0]


def test_half_of_the_sentences_come_as_people_type_them() -> None:
    questions = [pair.question for n in range(5) for pair in pairs_of_pages(PAGES, seed=n) if not is_by_name(pair)]

    typed = sum(question.islower() and not question.endswith(".") for question in questions)

    assert 0.4 < typed / len(questions) < 0.6
    assert all(question.islower() != question.endswith(".") for question in questions)


def test_the_answer_stands_under_its_pages_title_and_headings() -> None:
    for pair in pairs_of_pages(PAGES[:1], seed=1):
        if not is_by_name(pair):
            section = pair.question.split()[1].split("-")[1]
            assert pair.answer.startswith(f"Title page0\nHeading page0 {section}\nThe page0-{section}")


def test_a_sentence_that_is_too_short_or_stands_alone_is_no_question() -> None:
    alone = page("en/alone", "Alone", "A sentence that is long enough but stands alone here.")
    short = page("en/short", "Short", "Yes. No. " * 20)

    questions = [pair.question for pair in pairs_of_pages([alone, short], seed=1)]

    assert sorted(questions) == ["Alone", "Short"]


def test_headings_and_questions_are_paired_with_what_stands_under_them() -> None:
    faq = Section(
        2, "Can I pay by card?", "card", (Block("You can pay by any card that your bank has given you.", "b"),)
    )
    plain = Section(2, "Cash", "cash", (Block("Cash is taken at the counter, in coins and in notes.", "b"),))
    paying = replace(page("en/paying", "Paying", ""), sections=(faq, plain))

    pairs = {pair.question: pair for pair in pairs_of_pages([paying], seed=1)}

    assert pairs["Can I pay by card?"] == Pair(
        "Can I pay by card?",
        "Paying\nYou can pay by any card that your bank has given you.",
        "paying",
        "en",
        language="en",
    )
    assert pairs["Cash"].answer == "Paying\nCash is taken at the counter, in coins and in notes."


def test_translations_of_a_title_are_paired_both_ways_by_their_matter() -> None:
    locales = [page(f"{locale}/cash", f"Cash {locale}", "?", locale=locale) for locale in ("pt-BR", "pt-PT")]

    labels = [pair for pair in pairs_of_pages([*TWINS, *locales], seed=1) if pair.is_label]

    titles = [one.title for one in TWINS]
    assert {(pair.question, pair.answer) for pair in labels} == {(a, b) for a in titles for b in titles if a != b}
    assert len(labels) == 6
    assert {(pair.matter, pair.source) for pair in labels} == {("refunds", "translations")}


def test_pages_without_a_matter_have_no_twins_and_stand_for_themselves() -> None:
    pages = [replace(one, matter="") for one in PAGES[:2]]

    pairs = pairs_of_pages(pages, seed=1)

    assert {pair.matter for pair in pairs} == {"en/page0", "en/page1"}
    assert not any(pair.is_label for pair in pairs)


def test_sentences_are_grouped_by_language_so_that_wrong_answers_are_near() -> None:
    pairs = pairs_of_pages([PAGES[0], help_page("strona", locale="pl")], seed=1)

    assert {(pair.matter, pair.source) for pair in pairs} == {("page0", "en"), ("strona", "pl")}


@pytest.mark.parametrize("most", [8, 20, 30])
def test_at_most_a_quarter_come_by_name_where_there_are_enough_sentences(most: int) -> None:
    pairs = pairs_of_pages(PAGES, seed=1, most=most)

    assert len(pairs) == most
    assert sum(map(is_by_name, pairs)) == most // 4


def test_names_fill_up_where_sentences_are_few() -> None:
    everything = pairs_of_pages(TWINS, seed=1)

    assert len(everything) == 6
    assert len(pairs_of_pages(TWINS, seed=1, most=4)) == 4


def test_no_more_are_returned_than_there_are() -> None:
    everything = pairs_of_pages(PAGES, seed=1)

    assert len(pairs_of_pages(PAGES, seed=1, most=10_000)) == len(everything)
    assert pairs_of_pages([], seed=1, most=10) == []
