"""Fitting confidences on questions whose answers are drawn by a known rule."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from statistics import fmean

import pytest

from assistant.asking.policy import MOST_SHOWN, Basis, Calibration, Policy, Weights
from assistant.asking.ranking import evidence_of, rank
from corpus.passage import Passage
from eval.calibration import choose_answer_at, fit_basis, verdict_of
from eval.datasets import Asked
from eval.fitting import Signals
from eval.measures import expected_calibration_error
from eval.risk import risk_of
from indexer.search import Found

WEIGHTS = Weights(label=0.3, window=0.6, page=0.1, words=0.0, alias=1.0)
CERTAIN = Calibration(intercept=60.0, score=0.0, lead=0.0, standing=0.0, coverage=0.0, words=0.0)
PAGES = 7


def found(page_id: str, similarity: float, coverage: float = 0.0) -> Found:
    passage = Passage(page_id, page_id, "Title", "en", f"/{page_id}", (), None, "Text.", ((0, 5),))
    return Found(passage, similarity, -1.0, similarity, similarity, 0.0, coverage, 0)


def made(
    number: int,
    scores: list[float],
    *,
    right: int | None,
    language: str = "en",
    dataset: str = "shop",
    foreign: bool = False,
) -> Signals:
    """A question with a page for each score, of which one is right, or none."""
    return Signals(
        dataset=dataset,
        asked=Asked(id=f"{dataset}-{language}-{number}", text="?", lang=language),
        words=4,
        found=tuple(found(f"p{place}", score) for place, score in enumerate(scores)),
        relevant=frozenset() if right is None else frozenset({f"p{right}", f"a-{number}"}),
        part="tune",
        foreign=foreign,
    )


def drawn(
    count: int,
    *,
    seed: int,
    chance_of: Callable[[float], float] = lambda score: 1 / (1 + math.exp(-12 * (score - 0.7))),
    language: str = "en",
    dataset: str = "shop",
) -> list[Signals]:
    """Questions whose first page is right with a chance that follows from its score, else often the next."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    signals = []
    for number in range(count):
        first = chance.uniform(0.4, 1.0)
        scores = [first - 0.02 * place for place in range(PAGES)]
        right = next((place for place in range(PAGES) if chance.random() < chance_of(first)), 99)
        signals.append(made(number, scores, right=right, language=language, dataset=dataset))
    return signals


def policy_of(basis: Basis, *, answer_at: float = 0.8) -> Policy:
    return Policy("recipe", basis, basis, answer_at=answer_at, related_at=0.5, fitted_on={})


def confidences(signals: list[Signals], basis: Basis) -> list[tuple[list[float], list[bool]]]:
    """For each question, how sure the basis is of each set and whether it is right."""
    judged = []
    for one in signals:
        ranked = rank(one.found, policy_of(basis), spoken=one.asked.language, matter_of=str, most=10)
        evidence = evidence_of(ranked, lone_lead=basis.lone_lead, words=one.words)
        right = [ranked[place].found.passage.page_id in one.relevant for place in range(MOST_SHOWN)]
        sure = basis.confidences(evidence, language=one.asked.language)
        judged.append((sure, [any(right[: size + 1]) for size in range(MOST_SHOWN)]))
    return judged


def test_fitted_confidences_are_the_shares_that_are_right() -> None:
    basis = fit_basis(drawn(2000, seed=1), WEIGHTS, foreign=False)

    judged = confidences(drawn(2000, seed=2), basis)

    assert len(basis.sets) == MOST_SHOWN
    for size in range(MOST_SHOWN):
        sure, right = [one[size] for one, _ in judged], [one[size] for _, one in judged]
        error, _ = expected_calibration_error(sure, right, [1.0] * len(sure))
        assert error < 0.05
        assert max(sure) - min(sure) > 0.5


def test_unanswerable_questions_count_for_a_fifth() -> None:
    scores = [0.8 - 0.01 * place for place in range(PAGES)]
    signals = [made(number, scores, right=0) for number in range(300)]
    signals += [made(number, scores, right=None) for number in range(300, 310)]

    (sure, _), *_ = confidences(signals[:1], fit_basis(signals, WEIGHTS, foreign=False))

    # All questions have the same evidence, so what is fitted is the share of answerable ones in the mix.
    assert sure[0] == pytest.approx(0.8, abs=0.005)


def test_every_set_counts_the_same() -> None:
    scores = [0.8 - 0.01 * place for place in range(PAGES)]
    signals = [made(number, scores, right=0, dataset="large") for number in range(900)]
    signals += [made(number, scores, right=99, dataset="small") for number in range(30)]

    (sure, _), *_ = confidences(signals[:1], fit_basis(signals, WEIGHTS, foreign=False))

    assert sure[0] == pytest.approx(0.5, abs=0.005)


def test_a_basis_is_fitted_on_its_own_kind_of_questions() -> None:
    scores = [0.8 - 0.01 * place for place in range(PAGES)]
    at_home = [made(number, scores, right=number % 2 * 99) for number in range(200)]
    abroad = [made(number, scores, right=99, foreign=True) for number in range(200)]

    basis = fit_basis([*at_home, *abroad], WEIGHTS, foreign=False)
    other = fit_basis([*at_home, *abroad], WEIGHTS, foreign=True)

    assert confidences(at_home[:1], basis)[0][0][0] == pytest.approx(0.5, abs=0.005)
    assert confidences(at_home[:1], other)[0][0][0] < 0.01


def test_a_page_without_rivals_is_given_the_median_lead_of_right_first_pages() -> None:
    leads = {0.01: 0, 0.03: 0, 0.08: 0, 0.2: 99, 0.3: 99}
    signals = [made(number, [0.8, 0.8 - lead], right=right) for number, (lead, right) in enumerate(leads.items())]

    assert fit_basis(signals, WEIGHTS, foreign=False).lone_lead == pytest.approx(0.03)


def test_a_language_with_three_hundred_questions_gets_an_offset_and_one_with_fewer_does_not() -> None:
    def harder(score: float) -> float:
        return 1 / (1 + math.exp(-12 * (score - 0.85)))

    signals = [
        *drawn(800, seed=3),
        *drawn(300, seed=4, language="pl", chance_of=harder),
        *drawn(299, seed=5, language="ar", chance_of=harder),
    ]

    basis = fit_basis(signals, WEIGHTS, foreign=False)

    assert set(basis.languages) == {"en", "pl"}
    assert basis.languages["pl"] < 0.0 < basis.languages["en"]
    for language in ("en", "pl"):
        judged = confidences([one for one in signals if one.asked.language == language], basis)
        assert fmean(sure[0] for sure, _ in judged) == pytest.approx(fmean(right[0] for _, right in judged), abs=0.002)


@pytest.mark.parametrize("most_risk", [0.05, 0.1, 0.2])
def test_the_chosen_confidence_keeps_the_risk_with_room_for_chance_but_not_much_more(most_risk: float) -> None:
    signals = drawn(2000, seed=6)
    policy = policy_of(fit_basis(signals, WEIGHTS, foreign=False))

    answer_at = choose_answer_at(signals, policy, most_risk=most_risk)

    risk = risk_of([verdict_of(one, replace(policy, answer_at=answer_at)) for one in signals])
    assert 0.5 < answer_at < 0.995
    assert 0.6 * most_risk < risk.share < most_risk


def test_questions_on_few_matters_make_it_more_careful() -> None:
    signals = drawn(600, seed=9)
    policy = policy_of(fit_basis(signals, WEIGHTS, foreign=False))
    few = [replace(one, relevant=frozenset(page for page in one.relevant if page[0] != "a")) for one in signals]

    assert choose_answer_at(few, policy, most_risk=0.1) > choose_answer_at(signals, policy, most_risk=0.1)


@pytest.mark.parametrize("most_risk", [0.1, 0.2])
def test_the_risk_is_kept_on_questions_not_seen(most_risk: float) -> None:
    signals = drawn(2000, seed=7)
    policy = policy_of(fit_basis(signals, WEIGHTS, foreign=False))

    policy = replace(policy, answer_at=choose_answer_at(signals, policy, most_risk=most_risk))

    risk = risk_of([verdict_of(one, policy) for one in drawn(3000, seed=8)])
    assert most_risk - 0.05 < risk.share < most_risk + 0.02
    assert risk.answer_rate > 0.3


def test_a_few_right_answers_are_not_enough_to_keep_a_risk() -> None:
    policy = policy_of(Basis(WEIGHTS, (CERTAIN,) * MOST_SHOWN, lone_lead=0.0))
    signals = [made(number, [0.8, 0.7], right=0) for number in range(15)]

    # With a wrong answer more, 1 of about 16 is wrong; of five right answers it would be 1 of 6.
    assert choose_answer_at(signals, policy, most_risk=0.15) == 0.5
    assert choose_answer_at(signals[:5], policy, most_risk=0.15) == 1.0


def test_a_policy_that_is_always_sure_and_wrong_may_hardly_ever_answer() -> None:
    policy = policy_of(Basis(WEIGHTS, (CERTAIN,) * MOST_SHOWN, lone_lead=0.0))
    signals = [made(number, [0.8, 0.7], right=99) for number in range(50)]

    assert choose_answer_at(signals, policy, most_risk=0.1) == 1.0


def test_a_verdict_is_right_wrong_or_none() -> None:
    policy = policy_of(Basis(WEIGHTS, (CERTAIN,) * MOST_SHOWN, lone_lead=0.0))
    silent = replace(policy, answer_at=1.1)
    right, wrong = made(1, [0.8, 0.7], right=0), made(2, [0.8, 0.7], right=1)
    unanswerable, nothing_found = made(3, [0.8], right=None), made(4, [], right=0)

    assert [verdict_of(one, policy).right for one in (right, wrong, unanswerable, nothing_found)] == [
        True,
        False,
        False,
        None,
    ]
    assert verdict_of(right, silent).right is None
    assert [verdict_of(one, policy).answerable for one in (right, unanswerable)] == [True, False]
