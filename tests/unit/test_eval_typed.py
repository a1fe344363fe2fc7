"""Training questions as people type them: changed in the question only, and the same for the same seed."""

from __future__ import annotations

from collections import Counter

from eval.training.typed import as_typed
from indexer.adapting.pairs import Pair

QUESTION = "Jak zmienić hasło do panelu sklepu?"
PAIRS = [Pair(f"{QUESTION} {number}", "answer", "matter", "source", language="pl") for number in range(2000)]


def test_most_questions_stay_as_they_are_and_answers_always() -> None:
    typed = as_typed(PAIRS, seed=1)

    same = sum(new.question == old.question for new, old in zip(typed, PAIRS, strict=True))
    assert 0.65 < same / len(PAIRS) < 0.8
    assert {(pair.answer, pair.matter, pair.source, pair.language) for pair in typed} == {
        ("answer", "matter", "source", "pl")
    }


def test_some_come_without_diacritics_some_in_capitals_and_some_after_a_greeting() -> None:
    kinds = Counter(
        "no diacritics"
        if pair.question.startswith("Jak zmienic haslo")
        else "capitals"
        if pair.question.isupper()
        else "wrapped"
        if QUESTION in pair.question and not pair.question.startswith("Jak")
        else "other"
        for pair in as_typed(PAIRS, seed=1)
    )

    assert all(kinds[kind] > 10 for kind in ("no diacritics", "capitals", "wrapped"))


def test_the_same_seed_types_the_same_and_another_does_not() -> None:
    assert as_typed(PAIRS, seed=1) == as_typed(PAIRS, seed=1)
    assert as_typed(PAIRS, seed=1) != as_typed(PAIRS, seed=2)


def test_a_question_in_an_unknown_language_is_not_wrapped() -> None:
    unknown = [Pair("where is my money", "answer", "matter", "source") for _ in range(500)]

    assert all(len(pair.question) <= len("where is my money") + 3 for pair in as_typed(unknown, seed=1))
