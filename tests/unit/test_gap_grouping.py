"""Questions about one matter come together whatever their language, and gaps keep their ids."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from assistant.gaps.carrying_on import carry_on
from assistant.gaps.grouping import LOOSE, Grouper, Grouping, Labels, neutralised
from indexer.ports import Vectors

DIM = 256
LANGUAGES = ("pl", "en", "de", "ar")


def _asked(matters: int, *, copies: int = 3, seed: int = 1) -> tuple[Vectors, list[str], NDArray[np.int64]]:
    """Return vectors that have a matter's direction, one of their language, and something of their own."""
    rng = np.random.default_rng(seed)
    about = rng.standard_normal((matters, DIM)) / np.sqrt(DIM)
    tongue = {language: rng.standard_normal(DIM) / np.sqrt(DIM) for language in LANGUAGES}
    rows, languages, truth = [], [], []
    for matter in range(matters):
        for language in LANGUAGES:
            for _ in range(copies):
                rows.append(about[matter] + tongue[language] + 0.3 * rng.standard_normal(DIM) / np.sqrt(DIM))
                languages.append(language)
                truth.append(matter)
    vectors = np.asarray(rows, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), languages, np.array(truth)


def _together(labels: Labels) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels) if label != LOOSE}


def test_questions_about_one_matter_come_together_across_languages() -> None:
    vectors, languages, truth = _asked(12)

    labels = Grouper().regroup(vectors, languages)

    assert _together(labels) == _together(truth)


def test_what_a_language_has_in_common_is_taken_out() -> None:
    vectors, languages, _ = _asked(12)
    rows = np.asarray(languages)
    polish, english = rows == "pl", rows == "en"

    before = float((vectors[polish] @ vectors[english].T).mean())
    neutral = neutralised(vectors, rows, shrinkage=0.0)

    assert abs(float((neutral[polish] @ neutral[english].T).mean())) < 0.01
    assert float((vectors[polish] @ vectors[polish].T).mean()) > before + 0.3


def test_a_question_like_no_other_is_loose() -> None:
    vectors, languages, _ = _asked(6)
    alone = vectors.mean(axis=0) + np.eye(DIM, dtype=np.float32)[0] * 3
    alone -= (vectors.T @ (vectors @ alone)) / len(vectors)
    alone /= np.linalg.norm(alone)

    labels = Grouper(Grouping(alike=0.6)).regroup(np.vstack([vectors, alone]), [*languages, "pl"])

    assert labels[-1] == LOOSE
    assert (labels[:-1] != LOOSE).all()


@pytest.mark.parametrize("many", [0, 1])
def test_too_few_questions_are_all_loose(many: int) -> None:
    vectors, languages, _ = _asked(1)

    assert Grouper().regroup(vectors[:many], languages[:many]).tolist() == [LOOSE] * many


def test_as_many_languages_as_vectors_are_wanted() -> None:
    vectors, languages, _ = _asked(1)

    with pytest.raises(ValueError, match="12 vectors and 11 languages"):
        Grouper().regroup(vectors, languages[1:])


def test_the_largest_group_has_the_lowest_number() -> None:
    vectors, languages, truth = _asked(14)
    keep = (truth != 2) | (np.arange(len(truth)) % 3 == 0)

    labels = Grouper().regroup(vectors[keep], [languages[place] for place in np.flatnonzero(keep)])

    counts = Counter(labels.tolist())
    assert [counts[number] for number in range(14)] == [12] * 13 + [4]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000))
def test_another_order_of_the_same_questions_gives_the_same_groups(seed: int) -> None:
    vectors, languages, _ = _asked(5, copies=2, seed=seed)
    order = np.random.default_rng(seed).permutation(len(vectors))

    labels = Grouper().regroup(vectors, languages)
    again = Grouper().regroup(vectors[order], [languages[place] for place in order])

    assert again.tolist() == labels[order].tolist()


def test_many_questions_are_grouped_in_cells_as_few_are() -> None:
    vectors, languages, truth = _asked(40, copies=70)

    labels = Grouper().regroup(vectors, languages)

    right = sum(Counter(truth[labels == label].tolist()).most_common(1)[0][1] for label in set(labels.tolist()))
    assert len(vectors) == 11_200
    assert right / len(vectors) > 0.98
    assert len(set(labels.tolist())) == 40


def test_a_days_questions_join_their_groups_and_make_new_ones() -> None:
    vectors, languages, truth = _asked(14)
    known = truth < 13
    known[np.flatnonzero(truth == 3)[:2]] = False
    spoken = np.asarray(languages)
    labels = Grouper().regroup(vectors[known], spoken[known].tolist())

    old, new = Grouper().extend(
        vectors[known], spoken[known].tolist(), labels, vectors[~known], spoken[~known].tolist()
    )

    group_of_three = set(labels[truth[known] == 3].tolist())
    assert old.tolist() == labels.tolist()
    assert set(new[truth[~known] == 3].tolist()) == group_of_three
    assert set(new[truth[~known] == 13].tolist()) == {13}


def test_a_loose_question_gets_a_group_when_another_like_it_comes() -> None:
    vectors, languages, truth = _asked(14)
    spoken = np.asarray(languages)
    first, second = np.flatnonzero(truth == 13)[:2]
    known = np.append(np.flatnonzero(truth < 13), first)
    labels = Grouper().regroup(vectors[known], spoken[known].tolist())
    labels[-1] = LOOSE

    old, new = Grouper().extend(
        vectors[known], spoken[known].tolist(), labels, vectors[[second]], spoken[[second]].tolist()
    )

    assert old[-1] == new[0] == 13
    assert old[:-1].tolist() == labels[:-1].tolist()


def test_a_day_without_questions_changes_nothing() -> None:
    vectors, languages, _ = _asked(3)
    labels = Grouper().regroup(vectors, languages)

    old, new = Grouper().extend(vectors, languages, labels, vectors[:0], [])

    assert old.tolist() == labels.tolist()
    assert new.tolist() == []


def test_the_first_day_makes_groups_of_its_own() -> None:
    vectors, languages, truth = _asked(14)

    old, new = Grouper().extend(vectors[:0], [], np.empty(0, np.int64), vectors, languages)

    assert old.tolist() == []
    assert _together(new) == _together(truth)


def _gap(name: str, *questions: int) -> dict[str, str]:
    return {f"q{question}": name for question in questions}


def _group(number: int, *questions: int) -> dict[str, int]:
    return {f"q{question}": number for question in questions}


def test_a_gap_that_grows_keeps_its_id() -> None:
    carried = carry_on(_gap("a", 1, 2), _group(0, 1, 2, 3, 4, 5), new_id=lambda: "b")

    assert carried.ids == {0: "a"}
    assert carried.merged == {}


def test_the_largest_part_of_a_split_gap_keeps_the_id() -> None:
    carried = carry_on(_gap("a", 1, 2, 3, 4, 5), _group(0, 1, 2) | _group(1, 3, 4, 5), new_id=lambda: "b")

    assert carried.ids == {1: "a", 0: "b"}


def test_the_smaller_of_two_gaps_that_become_one_is_merged_into_the_other() -> None:
    carried = carry_on(_gap("a", 1, 2, 3) | _gap("b", 4, 5), _group(0, 1, 2, 3, 4, 5), new_id=lambda: "c")

    assert carried.ids == {0: "a"}
    assert carried.merged == {"b": "a"}


def test_a_gap_that_a_writer_has_touched_keeps_its_id_before_a_larger_one() -> None:
    carried = carry_on(
        _gap("a", 1, 2, 3) | _gap("b", 4, 5), _group(0, 1, 2, 3, 4, 5), new_id=lambda: "c", touched={"b"}
    )

    assert carried.ids == {0: "b"}
    assert carried.merged == {"a": "b"}


def test_a_gap_whose_questions_are_all_loose_is_emptied_and_not_merged() -> None:
    carried = carry_on(_gap("a", 1, 2) | _gap("b", 3, 4), _group(0, 3, 4), new_id=lambda: "c")

    assert carried.ids == {0: "b"}
    assert carried.emptied == {"a"}
    assert carried.merged == {}


@given(
    before=st.dictionaries(st.integers(0, 40), st.sampled_from("abcdefg")),
    after=st.dictionaries(st.integers(0, 40), st.integers(0, 6)),
    touched=st.sets(st.sampled_from("abcdefg")),
)
def test_every_gap_goes_on_or_is_merged_or_emptied_and_no_id_is_used_twice(
    before: dict[int, str], after: dict[int, int], touched: set[str]
) -> None:
    numbers = iter(range(100))
    carried = carry_on(
        {str(question): gap for question, gap in before.items()},
        {str(question): group for question, group in after.items()},
        new_id=lambda: f"new{next(numbers)}",
        touched=touched,
    )

    kept, merged, emptied = set(carried.ids.values()), set(carried.merged), set(carried.emptied)
    assert set(carried.ids) == set(after.values())
    assert len(kept) == len(carried.ids)
    assert set(before.values()) == (kept | merged | emptied) - {gap for gap in kept if gap.startswith("new")}
    assert not kept & merged
    assert not kept & emptied
    assert not merged & emptied
    assert set(carried.merged.values()) <= kept


def test_the_first_questions_about_one_matter_are_not_taken_for_what_their_language_has_in_common() -> None:
    vectors, languages, truth = _asked(9, copies=8)
    first = [
        place for place, (matter, one) in enumerate(zip(truth, languages, strict=True)) if matter == 0 and one == "pl"
    ]
    titles = [place for place, one in enumerate(languages) if one == "pl"]
    anchors = {"pl": vectors[titles].mean(axis=0)}

    labels = Grouper().regroup(vectors[first], ["pl"] * len(first), anchors=anchors)
    alone = Grouper().regroup(vectors[first], ["pl"] * len(first))

    assert _together(labels) == {frozenset(range(len(first)))}
    assert _together(alone) != _together(labels)
