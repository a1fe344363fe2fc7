"""What is wrong with the pages about a gap: the rule, what it reads, and the cases that it is measured on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.asking.assistant import Assistant
from assistant.gaps.diagnosis import RULES, Signs, Standing, diagnose, diagnosis_of, hint_of, opened_in_vain
from assistant.gaps.models import Diagnosis, GapQuestion, Signal
from corpus.page import Block, Page, Section
from corpus.readers.directory import read_directory
from eval.gaps.diagnosing import (
    Asked,
    Case,
    CaseEdit,
    Judged,
    Place,
    edited,
    load_cases,
    outdated,
    report_of,
    tuning_of,
)

PAGES = Path(__file__).parents[2] / "corpus" / "pages"
FAR = Standing("en/far#a", confidence=0.05, words=0.3)
ANSWERS = Standing("en/orders#cancel", confidence=0.6, text=0.06, title=0.1, whole=0.08, words=0.1)
HIDDEN = Standing("en/colours#undo", confidence=0.1, text=0.06, title=-0.09, whole=-0.04)
ABROAD = Standing("pl/zwroty#koszt", confidence=0.7)


def signs(
    own: Standing | None = None,
    hidden: Standing | None = None,
    abroad: Standing | None = None,
    opened: float = 0.0,
) -> Signs:
    """Return signs of which nothing is seen but what is given."""
    return Signs(own, hidden, abroad, opened)


@pytest.mark.parametrize(
    ("seen", "meant", "hint"),
    [
        (signs(), Diagnosis.NO_PAGE, ""),
        (signs(FAR), Diagnosis.NO_PAGE, ""),
        (signs(ANSWERS), Diagnosis.OTHER_WORDS, "en/orders#cancel"),
        (signs(ANSWERS, opened=0.8), Diagnosis.WRONG_OR_OLD, "en/orders#cancel"),
        (signs(FAR, opened=0.8), Diagnosis.NO_PAGE, ""),
        (signs(FAR, HIDDEN), Diagnosis.BURIED, "en/colours#undo"),
        (signs(FAR, replace(HIDDEN, title=0.05)), Diagnosis.NO_PAGE, ""),
        (signs(FAR, HIDDEN, ABROAD), Diagnosis.OTHER_LANGUAGE, "pl/zwroty#koszt"),
        (signs(ANSWERS, abroad=replace(ABROAD, confidence=0.3)), Diagnosis.OTHER_WORDS, "en/orders#cancel"),
        (signs(abroad=ABROAD), Diagnosis.OTHER_LANGUAGE, "pl/zwroty#koszt"),
    ],
)
def test_each_cause_is_read_from_its_signs(seen: Signs, meant: Diagnosis, hint: str) -> None:
    assert diagnosis_of(seen) is meant
    assert hint_of(diagnosis_of(seen), seen) == hint


def test_a_page_that_has_the_words_and_does_not_answer_is_about_something_else() -> None:
    unsure = Standing("nl/faq#a", confidence=RULES.answers + 0.05, words=0.0)

    assert diagnosis_of(signs(unsure)) is Diagnosis.OTHER_WORDS
    assert diagnosis_of(signs(replace(unsure, words=0.6))) is Diagnosis.NO_PAGE


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_there_is_always_a_diagnosis_and_a_hint_wherever_there_is_a_page(
    sure: float, abroad: float, opened: float, text: float, title: float
) -> None:
    own = Standing("de/a#b", confidence=sure, text=text, title=title)
    seen = Signs(own, own, replace(ABROAD, confidence=abroad), opened)

    found = diagnosis_of(seen)

    assert (hint_of(found, seen) == "") is (found is Diagnosis.NO_PAGE)


def question(number: int, *, opened: bool, signal: Signal, person: str | None = None) -> GapQuestion:
    """Return a question of a gap."""
    name = person or f"person {number}"
    return GapQuestion(f"q{number}", f"e{number}", number, name, "pl", "gdzie faktura", signal, opened=opened)


def test_who_opened_an_answer_in_vain_counts_once_and_who_opened_something_related_half() -> None:
    asked = [
        question(1, opened=True, signal=Signal.FAILED),
        question(2, opened=True, signal=Signal.FAILED, person="person 1"),
        question(3, opened=True, signal=Signal.MISSED),
        question(4, opened=False, signal=Signal.FAILED),
        question(5, opened=False, signal=Signal.MISSED),
    ]

    assert opened_in_vain(asked) == pytest.approx(1.5 / 4)
    assert opened_in_vain([]) == 0.0


def page(locale: str, matter: str, *texts: str) -> Page:
    """Return a page with a section for each text."""
    sections = tuple(Section(2, f"Heading {n}", f"h{n}", (Block(text, f"b{n}"),)) for n, text in enumerate(texts))
    return Page(f"{locale}/{matter}", matter, locale, f"/{matter}", sections, digest=f"{locale}{matter}", matter=matter)


CENTRE = [
    page("en", "a", "one", "two"),
    page("pl", "a", "jeden", "dwa"),
    page("en", "b", "3 days"),
    page("pl", "b", "3"),
]


def test_a_page_is_taken_out_in_some_languages_or_in_all() -> None:
    assert [one.id for one in edited(CENTRE, [CaseEdit(matter="a", do="remove")])] == ["en/b", "pl/b"]
    some = edited(CENTRE, [CaseEdit(matter="a", do="remove", languages=("pl",))])
    assert [one.id for one in some] == ["en/a", "en/b", "pl/b"]


def test_a_section_that_is_moved_stands_without_its_heading_at_the_end_of_another_in_each_language() -> None:
    move = CaseEdit(matter="a", section=0, do="move", into=Place(matter="b", section=0))

    found = {one.id: one for one in edited(CENTRE, [CaseEdit(matter="a", section=1, do="remove"), move])}

    assert found["en/a"].sections == found["pl/a"].sections == ()
    assert [block.text for block in found["en/b"].sections[0].blocks] == ["3 days", "one"]
    assert [block.text for block in found["pl/b"].sections[0].blocks] == ["3", "jeden"]
    assert found["en/b"].digest != CENTRE[2].digest


def test_what_is_outdated_has_other_numbers_and_ways() -> None:
    assert outdated("Within 14 days, under Settings → Taxes.") == "Within 31 days, under Taxes → Settings."


def test_there_are_twenty_cases_of_each_kind_and_their_places_exist() -> None:
    cases = load_cases()
    pages = read_directory(PAGES).pages
    sections = {one.matter: len(one.sections) for one in pages}

    assert Counter(case.kind for case in cases) == dict.fromkeys(Diagnosis, 20)
    assert len({case.id for case in cases}) == 100
    for case in cases:
        assert 4 <= len(case.questions) <= 8
        assert set(case.right) <= set(sections)
        for place in (one for edit in case.edits for one in (edit, edit.into) if one is not None):
            assert (place.section or 0) < sections[place.matter]


def test_a_third_of_each_kind_is_fitted_on_and_never_reported() -> None:
    cases = load_cases()
    tuning = tuning_of(cases)

    measured = report_of([Judged(case, Diagnosis.NO_PAGE) for case in cases])

    assert Counter(case.kind for case in cases if case.id in tuning) == dict.fromkeys(Diagnosis, 7)
    assert (measured["tuning"]["n"], measured["reported"]["n"]) == (35, 65)
    assert measured["reported"]["right"] == 13
    assert measured["reported"]["confusion"]["buried"] == {"no_page": 13}


def test_a_case_that_has_become_no_gap_is_named_and_not_counted() -> None:
    case = Case(id="x", kind=Diagnosis.BURIED, questions=(Asked(lang="de", text="wo ist das"),))

    measured = report_of([Judged(case, None)])

    assert measured["no_gap"] == ["x"]
    assert measured["tuning"]["n"] + measured["reported"]["n"] == 0


def sample(*texts: str | None, locale: str = "en", opened: bool = False) -> list[GapQuestion]:
    """Return questions of different people."""
    signal = Signal.FAILED if opened else Signal.MISSED
    return [
        GapQuestion(f"q{n}", f"e{n}", n, f"person {n}", locale, text, signal, ticket=True, opened=opened)
        for n, text in enumerate(texts)
    ]


def test_what_no_page_is_about_has_no_page_and_no_hint_but_pages_near_it(assistant: Assistant) -> None:
    found = diagnose(assistant, sample("loyalty points programme", "stamp card for regulars", "collect points"))

    assert found.diagnosis is Diagnosis.NO_PAGE
    assert found.hint == ""
    assert 1 <= len(found.near) <= 3
    assert all(one.locale == "en" and assistant.index.pages[one.page].title == one.title for one in found.near)
    assert 0.0 < sum(one.share for one in found.near) <= 1.0


def test_a_page_that_people_open_in_vain_is_wrong_or_old_and_its_passage_is_named(assistant: Assistant) -> None:
    asked = sample("nie pamiętam hasła", "jak zresetować hasło", "zapomniałam hasła", locale="pl", opened=True)

    found = diagnose(assistant, asked)

    assert found.diagnosis is Diagnosis.WRONG_OR_OLD
    assert found.hint.startswith("pl/faq/account-and-sign-in#")
    assert (found.near[0].page, found.near[0].share) == ("pl/faq/account-and-sign-in", 1.0)


def test_the_order_of_the_questions_changes_nothing(assistant: Assistant) -> None:
    asked = sample("gdzie moja kasa", "kiedy przelejecie pieniądze", "wypłata na konto", locale="pl")

    assert diagnose(assistant, asked) == diagnose(assistant, asked[::-1])


def test_without_a_question_that_can_be_asked_there_is_nothing_to_tell(assistant: Assistant) -> None:
    found = diagnose(assistant, sample(None, "", "?!", "x" * 20_000))

    assert (found.diagnosis, found.hint, found.near) == (None, "", ())
