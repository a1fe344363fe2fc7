"""The gate against getting worse: our own questions on the starter help centre that nothing was trained or fitted on.

The floors are what was measured when they were last raised, less what three questions make.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.asking.assistant import Assistant
from eval.datasets import Asked, Dataset, load_dataset
from eval.report import ask_test_part
from eval.retrieval import Asking, ask_all, report

PROJECT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load_dataset(PROJECT / "eval" / "data" / "own_starter", PROJECT / "corpus" / "pages")


@pytest.fixture(scope="module")
def askings(dataset: Dataset, assistant: Assistant) -> list[Asking]:
    return ask_test_part(dataset, assistant, cross_lingual=False)


def test_our_questions_find_their_pages_and_the_others_are_mostly_left_alone(
    dataset: Dataset, assistant: Assistant, askings: list[Asking]
) -> None:
    measured = report(dataset.name, "", askings, assistant.policy)

    assert len(askings) == 243
    assert measured["hit@1"] >= 0.65
    assert measured["hit@3"] >= 0.87
    assert measured["oos"]["auroc"] >= 0.745
    assert measured["oos"]["false_answer_rate"] <= 0.085
    assert measured["selective"]["answer_rate"] >= 0.23


def test_the_policy_is_fitted_for_the_model_and_says_what_it_guarantees(assistant: Assistant) -> None:
    guarantee = assistant.policy.guarantee

    assert assistant.trusted
    assert guarantee is not None
    assert guarantee.shown
    assert guarantee.wrong / guarantee.answered <= guarantee.risk


def test_an_empty_question_is_left_out(dataset: Dataset, assistant: Assistant) -> None:
    empty = Asked(id="empty", text=" \n", lang="en")

    assert ask_all(dataset, assistant, questions=(), unanswerable=(empty,), cross_lingual=False) == []
