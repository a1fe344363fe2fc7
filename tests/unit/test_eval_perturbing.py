"""Questions as they come from a phone."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.perturbing import CHANGES, in_capitals, with_typos, within_a_story, without_diacritics
from eval.training.typed import CLOSINGS, OPENINGS

QUESTION = "Dlaczego zwrot pieniędzy za zamówienie internetowe jeszcze nie dotarł na rachunek?"
words = st.lists(st.text("abcdefgłóżéü", min_size=4, max_size=12), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        ("zwrot pieniędzy", "zwrot pieniedzy"),
        ("ŻÓŁTA Łódka", "ZOLTA Lodka"),
        ("Où est ma commande n° 5 ?", "Ou est ma commande n° 5 ?"),
        ("Größe ändern", "Große andern"),
        ("kie\u0301dy", "kiedy"),
        ("أين طلبي؟", "أين طلبي؟".replace("أ", "ا")),
        ("退款 ABC", "退款 ABC"),
        ("", ""),
    ],
)
def test_diacritics_are_left_out_and_nothing_else(typed: str, bare: str) -> None:
    assert without_diacritics(typed) == bare


def test_typing_errors_are_the_same_every_time_and_differ_between_questions() -> None:
    assert with_typos(QUESTION) == with_typos(QUESTION) != QUESTION
    assert len({with_typos(f"zamówienie {number}") for number in range(20)}) > 10


def test_every_fifth_longer_word_gets_one_error() -> None:
    before, after = QUESTION.split(), with_typos(QUESTION).split()

    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]

    # Ten words have four letters or more.
    assert len(changed) == 2
    assert all(len(old.strip("?")) >= 4 and old[0] == new[0] for old, new in changed)


@pytest.mark.parametrize("text", ["", "ile to?", "gdy on ma 100", "😀", "退款"])
def test_a_text_of_short_words_stays(text: str) -> None:
    assert with_typos(text) == text


def errors_of(word: str) -> set[str]:
    """All that one error after the first letter can make of a word."""
    places = range(1, len(word))
    left_out = {word[:n] + word[n + 1 :] for n in places}
    doubled = {word[:n] + word[n] + word[n:] for n in places}
    exchanged = {word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in places[:-1]}
    return left_out | doubled | exchanged


@given(words=words)
@settings(deadline=None)
def test_an_error_is_a_letter_left_out_doubled_or_exchanged_and_at_least_one_is_made(words: list[str]) -> None:
    after = with_typos(" ".join(words)).split(" ")

    changed = [(old, new) for old, new in zip(words, after, strict=True) if old != new]
    assert len(changed) == max(1, round(len(words) / 5))
    assert all(new in errors_of(old) for old, new in changed)


@given(text=st.text(max_size=100))
@settings(deadline=None)
def test_any_text_can_be_changed_and_an_error_changes_nothing_but_letters(text: str) -> None:
    changed = {name: change(text, "pl") for name, change in CHANGES.items()}

    assert regex.split(r"\p{L}+", changed["typing errors"]) == regex.split(r"\p{L}+", text)
    assert without_diacritics(changed["no diacritics"]) == changed["no diacritics"]


def test_capitals_are_those_of_every_script_that_has_them() -> None:
    assert in_capitals("jak zwrócić? где мой заказ. أين") == "JAK ZWRÓCIĆ? ГДЕ МОЙ ЗАКАЗ. أين"


@pytest.mark.parametrize("language", ["pl", "en", "de", "nl", "fr"])
def test_a_story_around_a_question_leaves_it_as_it_is_and_was_not_trained_with(language: str) -> None:
    told = within_a_story(QUESTION, language)
    before, after = told.split(QUESTION)

    assert before
    assert after
    known = [*OPENINGS[language], *CLOSINGS[language]]
    assert not any(text in before or text in after for text in known if len(text) > 15)


def test_there_is_no_story_in_a_language_that_we_have_none_in() -> None:
    assert within_a_story("¿Dónde está mi pedido?", "es") == "¿Dónde está mi pedido?"
