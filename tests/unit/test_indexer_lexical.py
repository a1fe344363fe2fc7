"""Word search: stems, diacritics, scripts without spaces."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.lexical import LexicalIndex, fold, words_of

POLISH = ["Zwrot pieniędzy trwa kilka dni.", "Zgłoszenia przyjmujemy w soboty.", "Żółta łódka płynie."]


def best(index: LexicalIndex, question: str) -> int:
    scores = index.scores(question)
    assert scores.max() > 0.0
    return int(scores.argmax())


def test_inflected_words_meet_in_their_stem() -> None:
    index = LexicalIndex.build(["Refunding orders", "Printing labels"], "en")

    assert best(index, "refunded order") == 0


@pytest.mark.parametrize(("typed", "found"), [("zwrot pieniedzy", 0), ("ZGLOSZENIA", 1), ("zolta lodka", 2)])
def test_words_typed_without_diacritics_are_found(typed: str, found: int) -> None:
    assert best(LexicalIndex.build(POLISH, "pl"), typed) == found


def test_a_question_without_known_words_scores_nothing() -> None:
    scores = LexicalIndex.build(POLISH, "pl").scores("xyzzy")

    assert scores.tolist() == [0.0, 0.0, 0.0]


def test_chinese_is_searched_by_pairs_of_characters() -> None:
    index = LexicalIndex.build(["如何退款", "如何发货"], "zh")

    assert best(index, "我要退款") == 0


def test_a_script_without_a_stemmer_is_searched_by_whole_words() -> None:
    index = LexicalIndex.build(["החזר כספי", "משלוח חבילה"], "he")

    assert best(index, "משלוח") == 1


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    index = LexicalIndex.build(["a shop", "a shop", "a domain"], "en")

    assert index.weight("domain") > index.weight("shop")
    assert index.weight("unheard") > index.weight("domain")


def test_no_text_scores_more_than_is_conceivable() -> None:
    index = LexicalIndex.build(["refund " * 200, "refund money", "shop"], "en")

    question = "refund money refund"

    assert index.scores("refund")[0] == pytest.approx(index.most_conceivable("refund"), rel=0.02)
    assert index.scores(question).max() < index.most_conceivable(question)


def test_what_is_conceivable_is_the_sum_of_the_words_weights() -> None:
    index = LexicalIndex.build(POLISH, "pl")
    shop, unheard = index.weight(index.terms("zwrot")[0]), index.weight("xyzzy")

    assert index.most_conceivable("zwrot xyzzy") == pytest.approx(shop + unheard)
    assert index.most_conceivable("😀") == 0.0


def test_a_saved_index_scores_as_before(tmp_path: Path) -> None:
    built = LexicalIndex.build(POLISH, "pl")
    built.save(tmp_path / "pl")

    loaded = LexicalIndex.load(tmp_path / "pl")

    assert loaded.scores("zwrot pieniedzy").tolist() == built.scores("zwrot pieniedzy").tolist()


def test_letters_that_unicode_does_not_take_apart_are_folded_too() -> None:
    assert [fold(word) for word in ("łódka", "øre", "straße".casefold(), "pieniędzy")] == [
        "lodka",
        "ore",
        "strasse",
        "pieniedzy",
    ]


def test_words_keep_numbers_and_drop_punctuation() -> None:
    assert words_of("Błąd 404: „nie-ma”!") == ["błąd", "404", "nie", "ma"]
