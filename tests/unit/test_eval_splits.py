"""Which questions are trained on, fitted on and tested on."""

from __future__ import annotations

from collections import Counter
from typing import Literal

import pytest

from eval.datasets import Asked, Dataset
from eval.splits import matter_of, part_of

LANGUAGES = ("pl", "en", "de", "fr", "nl")


def dataset(name: str, relevance: dict[str, dict[str, int]]) -> Dataset:
    return Dataset(name=name, pages=(), questions=(), relevance=relevance, unanswerable=())


def asked(identity: str, *, split: Literal["train", "tune", "test", ""] = "") -> Asked:
    return Asked(id=identity, text="?", lang="en", split=split)


def parts(name: str, count: int = 2000, *, answerable: bool = True) -> dict[str, float]:
    """Return the share of each part, over questions of a matter each."""
    relevance = {f"q{number}": {f"page-{number}": 1} for number in range(count)} if answerable else {}
    counts = Counter(part_of(dataset(name, relevance), asked(f"q{number}")) for number in range(count))
    return {part: number / count for part, number in counts.items()}


@pytest.mark.parametrize("name", ["stackfaq", "hint3_sofmattress", "parallel_faq", "a set of yours"])
def test_translations_stay_together(name: str) -> None:
    relevance = {
        f"{language}-{number}": {f"{language}/faq/{number}": 2} for number in range(200) for language in LANGUAGES
    }
    one_set = dataset(name, relevance)

    by_matter = [{part_of(one_set, asked(f"{language}-{number}")) for language in LANGUAGES} for number in range(200)]

    assert all(len(found) == 1 for found in by_matter)
    assert len(set.union(*by_matter)) > 1


def test_wordings_of_one_matter_stay_together_whichever_of_its_pages_they_name_first() -> None:
    one_set = dataset("shop", {"q1": {"pl/zwroty": 2, "en/returns": 1}, "q2": {"en/returns": 2, "pl/zwroty": 1}})

    assert matter_of(one_set, asked("q1")) == matter_of(one_set, asked("q2")) == "returns"


def test_a_question_without_an_answer_is_a_matter_of_its_own() -> None:
    one_set = dataset("shop", {"q1": {"en/returns": 2}})

    assert [matter_of(one_set, asked(name)) for name in ("q1", "none-1")] == ["returns", "none-1"]


@pytest.mark.parametrize("split", ["train", "tune", "test"])
@pytest.mark.parametrize("name", ["prestashop", "stackfaq", "own_starter"])
def test_what_a_set_fixes_wins(name: str, split: Literal["train", "tune", "test"]) -> None:
    one_set = dataset(name, {"q1": {"en/returns": 2}})

    assert part_of(one_set, asked("q1", split=split)) == split
    assert part_of(one_set, asked("none-1", split=split)) == split


@pytest.mark.parametrize(
    ("name", "shares"),
    [
        ("stackfaq", {"train": 0.4, "tune": 0.25, "test": 0.35}),
        ("hint3_sofmattress", {"tune": 0.5, "test": 0.5}),
        ("clinc150", {"train": 1.0}),
        ("prestashop", {"test": 1.0}),
        ("a set of yours", {"tune": 0.5, "test": 0.5}),
    ],
)
def test_the_parts_have_about_their_shares(name: str, shares: dict[str, float]) -> None:
    assert parts(name) == pytest.approx(shares, abs=0.04)


@pytest.mark.parametrize(
    "name", ["stackfaq", "roboai_faq", "banking77_oos", "parallel_faq", "hint3_sofmattress", "clinc150", "yours"]
)
def test_nothing_is_trained_on_unanswerable_questions(name: str) -> None:
    assert "train" not in parts(name, answerable=False)


def test_prestashop_is_for_testing_alone() -> None:
    assert parts("prestashop", answerable=False) == {"test": 1.0}
