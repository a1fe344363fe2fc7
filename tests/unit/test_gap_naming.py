"""A gap is called by a question that somebody asked, and by the words that tell it from others."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.gaps.naming import Candidate, key_terms, name_of
from indexer.ports import Vectors


def _around(*degrees: float) -> Vectors:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_the_question_in_the_middle_names_the_gap() -> None:
    candidates = [
        Candidate("a", "pl", "zwrot na kartę"),
        Candidate("b", "pl", "zwrot pieniędzy"),
        Candidate("c", "pl", "kiedy zwrot"),
    ]

    assert name_of(candidates, _around(0, 30, 70), language="pl") == candidates[1]


def test_the_name_is_in_the_writers_language() -> None:
    candidates = [Candidate("a", "en", "where is my money"), Candidate("b", "ar", "أين أموالي الآن")]

    assert name_of(candidates, _around(0, 50), language="ar") == candidates[1]


def test_english_names_a_gap_where_nobody_asks_in_the_writers_language() -> None:
    candidates = [Candidate("a", "de", "wo ist mein geld"), Candidate("b", "en", "where is my money")]

    assert name_of(candidates, _around(0, 50), language="pl") == candidates[1]


def test_the_language_most_asked_in_names_a_gap_that_has_no_english() -> None:
    candidates = [
        Candidate("a", "de", "wo ist mein geld"),
        Candidate("b", "fr", "où est l’argent"),
        Candidate("c", "fr", "mon argent"),
    ]

    named = name_of(candidates, _around(0, 50, 52), language="pl")

    assert named is not None
    assert named.language == "fr"


@pytest.mark.parametrize("unreadable", ["GDZIE JEST MÓJ ZWROT", "zwrot", "zwrot " * 20])
def test_a_readable_question_is_taken_before_a_nearer_one(unreadable: str) -> None:
    candidates = [
        Candidate("a", "pl", unreadable),
        Candidate("b", "pl", "gdzie jest zwrot"),
        Candidate("c", "pl", "ZWROT!!!"),
    ]

    assert name_of(candidates, _around(30, 0, 50), language="pl") == candidates[1]


def test_an_unreadable_question_names_a_gap_that_has_no_other() -> None:
    candidates = [Candidate("a", "pl", "ZWROT")]

    assert name_of(candidates, _around(0), language="pl") == candidates[0]


def test_a_name_stays_while_its_question_is_kept() -> None:
    candidates = [Candidate("a", "pl", "zwrot na kartę"), Candidate("b", "pl", "zwrot pieniędzy")]

    assert name_of(candidates, _around(0, 1), language="pl", current="b") == candidates[1]
    assert name_of(candidates[:1], _around(0), language="pl", current="b") == candidates[0]


def test_without_texts_there_is_no_name() -> None:
    assert name_of([], np.zeros((0, 2), np.float32), language="pl") is None


def test_telling_words_are_those_that_other_gaps_do_not_use_as_most_write_them() -> None:
    terms = key_terms(
        {
            "refunds": [
                ("pl", "gdzie są moje pieniądze za zwrot"),
                ("pl", "zwrot pieniędzy kiedy"),
                ("pl", "zwroty pieniędzy ile trwają"),
            ],
            "couriers": [("pl", "kurier nie przyjechał"), ("pl", "kiedy kurier"), ("pl", "kurierowi dać paczkę")],
        },
        most=2,
    )

    assert terms["refunds"]["pl"] == ("zwrot", "pieniędzy")
    assert terms["couriers"]["pl"] == ("kurier",)


def test_each_language_has_its_own_words_and_empty_ones_are_none() -> None:
    terms = key_terms({"a": [("de", "wie storniere ich die Rechnung"), ("en", "how do i cancel the invoice")]})

    assert set(terms["a"]["de"]) == {"storniere", "rechnung"}
    assert set(terms["a"]["en"]) == {"cancel", "invoice"}


def test_a_word_that_many_gaps_use_tells_nothing() -> None:
    terms = key_terms({f"g{number}": [("nl", f"factuur onderwerp{'abcdefgh'[number]}")] for number in range(8)})

    assert terms["g0"]["nl"] == ("onderwerpa",)
