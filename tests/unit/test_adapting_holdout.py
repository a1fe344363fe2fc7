"""Whether an adapter helps: on pairs of matters that it has not seen, by more than chance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.adapting.holdout import first_is_right, helps, split_pairs
from indexer.adapting.pairs import Pair
from tests.fakes import WordEncoder


def pair(matter: str, question: str = "q", answer: str = "a", *, is_label: bool = False) -> Pair:
    return Pair(question, answer, matter, "en", is_label=is_label)


def test_a_matter_is_learnt_or_checked_with_and_never_both() -> None:
    pairs = [pair(f"matter {number % 200}") for number in range(1000)]

    learnt, held = split_pairs(pairs)

    assert {one.matter for one in learnt}.isdisjoint(one.matter for one in held)
    assert len(learnt) + len(held) == 1000
    assert 60 < len(held) < 260


def test_the_split_is_the_same_however_many_pages_there_are_beside() -> None:
    one = [pair(f"matter {number}") for number in range(50)]
    more = [*one, *(pair(f"other {number}") for number in range(50))]

    assert split_pairs(one)[1] == [held for held in split_pairs(more)[1] if held.matter.startswith("matter")]


def test_at_most_600_are_checked_with() -> None:
    assert len(split_pairs([pair(f"matter {number}") for number in range(9000)])[1]) == 600


def test_first_is_right_when_the_nearest_answer_is_on_the_matter() -> None:
    pairs = [
        pair("refunds", "when is my money back", "money back in ten days"),
        pair("refunds", "ten days", "when is my money"),
        pair("delivery", "money", "parcels arrive soon", is_label=True),
    ]

    # The second is nearest to the first's answer, which is on its matter; the third's own answer has none of its words.
    assert first_is_right(pairs, WordEncoder()) == [True, True, False]


@pytest.mark.parametrize(
    ("won", "lost", "expected"),
    [(0, 0, False), (1, 0, False), (4, 0, False), (5, 0, True), (5, 5, False), (20, 9, True), (9, 20, False)],
)
def test_helping_is_more_than_chance(won: int, lost: int, expected: bool) -> None:
    before = [False] * won + [True] * lost + [True, False] * 10
    after = [True] * won + [False] * lost + [True, False] * 10

    assert helps(before, after) is expected


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_what_helps_one_way_never_helps_the_other_way_too(pairs: list[tuple[bool, bool]]) -> None:
    before, after = [one for one, _ in pairs], [other for _, other in pairs]

    assert not (helps(before, after) and helps(after, before))
