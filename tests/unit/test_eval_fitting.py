"""The shares of the signals: the best ones, unless those in use are about as good."""

from __future__ import annotations

import pytest

from assistant.asking.policy import Weights
from corpus.splitting import split_page
from eval.datasets import Asked
from eval.errors import EvalError
from eval.fitting import Signals, fit_weights
from indexer.search import Found
from tests.fakes import page

RIGHT, WRONG = (split_page(page(name, name, "Some text that is long enough."))[0] for name in ("right", "wrong"))
IN_USE = Weights(label=0.1, window=0.6, page=0.3, words=0.07, alias=0.5)


def question(number: int, *, right: tuple[float, float], wrong: tuple[float, float]) -> Signals:
    """A question whose two pages have these similarities of (label, window)."""
    found = tuple(
        Found(passage, label=label, alias=-1.0, window=window, page=0.5, words=0.0, coverage=0.0, best_window=0)
        for passage, (label, window) in ((RIGHT, right), (WRONG, wrong))
    )
    asked = Asked(id=f"q{number}", text="what", lang="en")
    return Signals("set", asked, 1, found, frozenset({"right"}), "tune", foreign=False)


def test_what_is_in_use_stays_where_nothing_is_clearly_better() -> None:
    alike = [question(number, right=(0.9, 0.9), wrong=(0.5, 0.5)) for number in range(20)]

    weights, table = fit_weights(alike, foreign=False, current=IN_USE)

    assert weights == IN_USE
    assert table[0].mean == 1.0


def test_what_is_in_use_gives_way_to_what_is_clearly_better() -> None:
    by_label = [question(number, right=(0.9, 0.5), wrong=(0.5, 0.6)) for number in range(20)]

    weights, table = fit_weights(by_label, foreign=False, current=IN_USE)

    assert weights == table[0].weights != IN_USE
    assert weights.label > IN_USE.label
    assert weights == fit_weights(by_label, foreign=False)[0]


def test_a_mix_that_is_not_among_those_tried_does_not_stay() -> None:
    alike = [question(1, right=(0.9, 0.9), wrong=(0.5, 0.5))]
    odd = Weights(label=0.123, window=0.577, page=0.3, words=0.07, alias=0.5)

    weights, table = fit_weights(alike, foreign=False, current=odd)

    assert weights == table[0].weights


def test_there_must_be_a_question_with_an_answer() -> None:
    with pytest.raises(EvalError, match="no labelled question in one language"):
        fit_weights([], foreign=False)
