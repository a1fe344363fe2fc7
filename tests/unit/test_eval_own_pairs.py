"""What the second stage of the shipped adapter learns from: our questions and their windows, or none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.page import Block, Page, Section
from corpus.splitting import split_page
from eval.datasets import Asked, Dataset
from eval.fitting import Signals
from eval.training.own import own_pairs
from indexer.layout import window_inputs
from indexer.search import Found
from tests.fakes import page


def long_page(name: str) -> Page:
    text = " ".join(f"The {name} page says thing number {number} about its own matter." for number in range(30))
    return replace(page(f"en/{name}", name.title(), ""), sections=(Section(2, "Part", "part", (Block(text, "b"),)),))


PAGES = [long_page(name) for name in ("refunds", "delivery", "invoices")]
PASSAGES = {one.page_id: one for each in PAGES for one in split_page(each)}
REFUNDS = PASSAGES["en/refunds"]


def found(page_id: str, *, window: float, best: int = 0) -> Found:
    return Found(
        PASSAGES[page_id], label=0.5, alias=-1.0, window=window, page=0.5, words=0, coverage=0, best_window=best
    )


def signals(*near: Found, relevant: tuple[str, ...] = ("en/refunds",)) -> Signals:
    asked = Asked(id="q1", text="where is my money", lang="en", split="train", passage=REFUNDS.id)
    return Signals("own", asked, 4, near, frozenset(relevant), "train", foreign=False)


def dataset(*, relevant: bool = True) -> Dataset:
    one = signals().asked
    labels = {"q1": {"en/refunds": 2}} if relevant else {}
    return Dataset("own", tuple(PAGES), (one,) if relevant else (), labels, () if relevant else (one,), "digest")


def test_a_question_is_paired_with_the_nearest_window_of_its_passage() -> None:
    near = signals(
        found("en/invoices", window=0.8, best=1),
        found("en/refunds", window=0.7, best=2),
        found("en/delivery", window=0.9),
    )

    (pair,) = own_pairs(dataset(), [near], by_language=True, labels=False)

    assert len(REFUNDS.windows) > 2
    assert pair.answer == window_inputs(REFUNDS)[2]
    assert (pair.question, pair.source, pair.language) == ("where is my money", "own-en", "en")
    assert not pair.is_label
    assert pair.wrong == ()


def test_a_passage_that_was_not_found_gives_its_first_window() -> None:
    (pair,) = own_pairs(dataset(), [signals(found("en/delivery", window=0.9))], by_language=True, labels=False)

    assert pair.answer == window_inputs(REFUNDS)[0]


def test_a_question_without_an_answer_has_only_the_windows_of_the_nearest_pages() -> None:
    near = signals(found("en/invoices", window=0.8, best=1), found("en/refunds", window=0.9), relevant=())

    (pair,) = own_pairs(dataset(relevant=False), [near], by_language=False, labels=True)

    assert pair.answer == ""
    assert pair.wrong == (window_inputs(REFUNDS)[0], window_inputs(PASSAGES["en/invoices"])[1])


@pytest.mark.parametrize("by_language", [True, False])
def test_labels_are_a_source_of_their_own(by_language: bool) -> None:
    pairs = own_pairs(dataset(), [signals(found("en/refunds", window=0.9))], by_language=by_language, labels=True)

    source = "own-en" if by_language else "own"
    assert [(pair.source, pair.is_label) for pair in pairs] == [(source, False), (f"{source}-label", True)]
    assert pairs[1].answer == "Refunds"
