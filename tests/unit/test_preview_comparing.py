"""Past questions asked of two generations: what becomes of each, and that nothing is embedded twice for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.asking.assistant import Assistant
from assistant.asking.curation import curation_of
from assistant.asking.models import Question
from assistant.asking.policy import dump_policy
from assistant.preview.comparing import Previews, change_of, preview
from assistant.preview.models import Change, PastQuestion, Seen, ShownPage
from corpus.page import Page
from indexer.adapters.numpy_store import NumpyFormat
from indexer.build import build_generation
from indexer.generations import Generations
from indexer.search import PassageIndex, Searches
from tests.api.conftest import PAGES, word_policy
from tests.fakes import WordEncoder, page

MONEY = PastQuestion("money comes back within ten days", "en", times=7)
PARCELS = PastQuestion("parcels leave on the day of the order", "en", times=2)
ZWROTY = PastQuestion("pieniądze wracają w ciągu dziesięciu dni", "pl", times=3)
INVOICE = PastQuestion("where is my invoice number", "en", times=5)
QUESTIONS = [MONEY, PARCELS, ZWROTY, INVOICE]


def opened(root: Path, pages: list[Page], encoder: WordEncoder) -> Assistant:
    generations = Generations(root)
    made = build_generation(
        pages,
        generations=generations,
        encoder=encoder,
        store=NumpyFormat(),
        policy=dump_policy(word_policy()),
        promote=generations.pointer() is None,
    )
    index = PassageIndex.open(generations.folder(made.manifest.id), encoder=encoder, store=NumpyFormat())
    return Assistant(index, word_policy(), trusted=True)


def changes(root: Path, pages: list[Page]) -> dict[str, Change]:
    encoder = WordEncoder()
    before, after = opened(root, PAGES, encoder), opened(root, pages, encoder)
    return {one.question.text: one.change for one in preview(QUESTIONS, before, after).compared}


def test_the_same_pages_change_nothing(tmp_path: Path) -> None:
    assert set(changes(tmp_path, PAGES).values()) == {Change.UNCHANGED}


def test_a_new_page_answers_what_was_not_answered(tmp_path: Path) -> None:
    new = page("en/invoices", "Where is my invoice", "The invoice number is on your invoice.")

    found = changes(tmp_path, [*PAGES, new])

    assert found.pop(INVOICE.text) is Change.NEWLY_ANSWERED
    assert set(found.values()) == {Change.UNCHANGED}


def test_a_deleted_page_loses_its_questions_and_no_others(tmp_path: Path) -> None:
    found = changes(tmp_path, [one for one in PAGES if one.id != "pl/zwroty"])

    assert found.pop(ZWROTY.text) is Change.LOST
    assert set(found.values()) == {Change.UNCHANGED}


def test_a_better_page_comes_first_instead(tmp_path: Path) -> None:
    better = page("en/money-back", "Money comes back within ten days", "Money comes back within ten days.")

    assert changes(tmp_path, [*PAGES, better])[MONEY.text] is Change.CHANGED


def test_a_comparison_counts_questions_and_how_often_they_were_asked(tmp_path: Path) -> None:
    encoder = WordEncoder()
    before = opened(tmp_path, PAGES, encoder)
    after = opened(tmp_path, PAGES[2:], encoder)

    compared = preview(QUESTIONS, before, after)

    assert [one.question for one in compared.of(Change.LOST)] == [MONEY, PARCELS]
    assert (compared.times(), compared.times(Change.LOST)) == (17, 9)
    assert (compared.before, compared.after) == (before.index.manifest.id, after.index.manifest.id)


def test_each_question_is_embedded_once_for_both_generations_and_all_previews(tmp_path: Path) -> None:
    encoder = WordEncoder()
    before, after = opened(tmp_path, PAGES, encoder), opened(tmp_path, PAGES[:3], encoder)
    previews = Previews()
    encoder.embedded.clear()

    preview(QUESTIONS, before, after, previews=previews)
    preview(QUESTIONS, before, opened(tmp_path, PAGES[:3], encoder), previews=previews)

    assert sorted(encoder.embedded) == sorted(one.text for one in QUESTIONS)


def test_what_the_live_generation_answers_is_asked_again_when_writers_have_decided_otherwise(tmp_path: Path) -> None:
    encoder = WordEncoder()
    before = opened(tmp_path, PAGES, encoder)
    previews = Previews()
    preview([MONEY], before, before, previews=previews)
    hiding = before.with_curation(curation_of(hidden="- en/refunds\n"))

    (compared,) = preview([MONEY], hiding, before, previews=previews).compared

    assert compared.change is Change.NEWLY_ANSWERED


def test_what_one_generation_has_found_is_taken_over_only_where_the_other_holds_the_same(tmp_path: Path) -> None:
    encoder = WordEncoder()
    edited = [replace(PAGES[0], title="Nothing"), *PAGES[1:]]
    before, after = opened(tmp_path, PAGES, encoder), opened(tmp_path, edited, encoder)
    questions = [Question(one.text, one.locale) for one in QUESTIONS]
    searches: Searches = {}

    before.answer_all(questions, searches=searches)

    assert after.answer_all(questions, searches=searches) == after.answer_all(questions)


@pytest.mark.parametrize("text", ["", " \u200b ", "x" * 20_000])
def test_what_cannot_be_asked_is_left_out(tmp_path: Path, text: str) -> None:
    before = opened(tmp_path, PAGES, WordEncoder())

    compared = preview([PastQuestion(text, "en"), MONEY], before, before)

    assert [one.question for one in compared.compared] == [MONEY]


SHOWN = [ShownPage(f"{locale}/{matter}", matter, matter, "") for locale in ("en", "ar") for matter in ("a", "b")]
SEEN = st.builds(
    lambda outcome, pages: Seen(outcome, () if outcome == "missed" else tuple(pages), 0.5),
    st.sampled_from(["answered", "related", "missed"]),
    st.lists(st.sampled_from(SHOWN), min_size=1, max_size=3, unique=True),
)


@given(before=SEEN, after=SEEN, right=st.sampled_from([None, "a", "b"]))
def test_a_question_that_was_not_answered_is_never_lost_and_one_without_answer_always(
    before: Seen, after: Seen, right: str | None
) -> None:
    change = change_of(PastQuestion("?", "en", right=right), before, after, still_there={one.page for one in SHOWN})

    assert before.answered or change in (Change.UNCHANGED, Change.NEWLY_ANSWERED)
    assert not before.answered or after.answered or change is Change.LOST
    assert change_of(PastQuestion("?", "en"), before, before, still_there=()) is Change.UNCHANGED


def test_a_question_loses_its_right_page_even_if_another_answers() -> None:
    before, after = Seen("answered", (SHOWN[0], SHOWN[1]), 0.9), Seen("answered", (SHOWN[0],), 0.9)
    everything = {one.page for one in SHOWN}

    assert change_of(PastQuestion("?", "en", right="b"), before, after, still_there=everything) is Change.LOST
    assert change_of(PastQuestion("?", "en", right="a"), before, after, still_there=everything) is Change.UNCHANGED
