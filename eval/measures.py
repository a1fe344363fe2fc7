"""Measures of ranking and of silence: pure functions of what was shown and what was right."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ANSWERABLE_SHARE = 0.8
"""Share of answerable questions in the mix over which risk is stated."""


def hit_at(ranking: Sequence[str], relevance: Mapping[str, int], k: int) -> float:
    """Return 1 if a relevant page is among the first ``k``, else 0."""
    return float(any(page in relevance for page in ranking[:k]))


def reciprocal_rank_at(ranking: Sequence[str], relevance: Mapping[str, int], k: int) -> float:
    """Return 1 / rank of the first relevant page among the first ``k``, else 0."""
    return next((1.0 / rank for rank, page in enumerate(ranking[:k], start=1) if page in relevance), 0.0)


def ndcg_at(ranking: Sequence[str], relevance: Mapping[str, int], k: int) -> float:
    """Return the normalised discounted cumulative gain of the first ``k``, 0 to 1, with gain 2^grade - 1.

    Source: Järvelin & Kekäläinen, TOIS 2002; gains as in Burges et al., ICML 2005.
    """

    def gain(grades: Sequence[int]) -> float:
        return sum((2.0**grade - 1.0) / math.log2(place + 1.0) for place, grade in enumerate(grades, start=1))

    best = gain(sorted(relevance.values(), reverse=True)[:k])
    return gain([relevance.get(page, 0) for page in ranking[:k]]) / best if best > 0.0 else 0.0


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Return the chance that a positive scores above a negative, ties counting half; ``None`` without both kinds.

    Source: the Mann-Whitney statistic; Hanley & McNeil, Radiology 1982.
    """
    if not len(positive) or not len(negative):
        return None
    values = np.concatenate([positive, negative])
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(1, len(values) + 1)
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    means = np.bincount(inverse, weights=ranks) / counts
    positives = means[inverse[: len(positive)]].sum()
    n = len(positive)
    return float((positives - n * (n + 1) / 2) / (n * len(negative)))


@dataclass(frozen=True, slots=True)
class Selective:
    """How good the answers are that are given, and how many are.

    ``answer_rate`` is over answerable questions; ``risk`` is the share of answered questions whose shown set lacks a
    right answer, over the mix; ``coverage_at_risk_10`` is the highest answer rate at which some threshold on
    confidence keeps risk at 10 % or less; ``aurc`` is the area under ``curve``, which has (answer rate, risk) for every
    threshold, from none answered to all.
    """

    answer_rate: float
    risk: float | None
    coverage_at_risk_10: float
    aurc: float
    curve: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A question and the answer sets there are for it: of each its confidence, rising, and whether it is right."""

    answerable: bool
    sets: tuple[tuple[float, bool], ...]

    def at(self, threshold: float) -> bool | None:
        """Say whether the smallest set that is sure enough is right; ``None`` if none is sure enough."""
        return next((right for confidence, right in self.sets if confidence >= threshold), None)


def selective(choices: Sequence[Choice], *, answer_at: float) -> Selective:
    """Return the selective measures of questions at a threshold on confidence, and of all thresholds.

    Source: risk and coverage as in El-Yaniv & Wiener, JMLR 2010; the area as in Geifman et al., ICLR 2019.
    """
    known = np.array([choice.answerable for choice in choices], bool)
    weights = _mix(known)
    curve = []
    for threshold in _thresholds(choices):
        rate, risk = _at(choices, known, weights, threshold)
        curve.append((rate, risk or 0.0))
    rate, risk = _at(choices, known, weights, answer_at)
    rates, risks = (
        np.array([0.0, *(x for x, _ in curve)]),
        np.array([curve[0][1] if curve else 0.0, *(y for _, y in curve)]),
    )
    return Selective(
        answer_rate=rate,
        risk=risk,
        coverage_at_risk_10=max((x for x, y in curve if y <= 0.10), default=0.0),
        aurc=float(np.trapezoid(risks, rates)),
        curve=tuple(curve),
    )


def expected_calibration_error(
    confidence: Sequence[float], right: Sequence[bool], weights: Sequence[float], *, bins: int = 10
) -> tuple[float, list[tuple[float, float, int]]]:
    """Return the mean distance of confidence from the share that is right, and (confidence, share, n) of each bin.

    Bins hold equal weight. Source: Naeini et al., AAAI 2015; equal-mass bins as in Nixon et al., CVPRW 2019.
    """
    if not confidence:
        return 0.0, []
    order = np.argsort(confidence, kind="stable")
    sure, good, weight = np.array(confidence)[order], np.array(right, float)[order], np.array(weights)[order]
    weight = weight / weight.sum()
    place = np.minimum((np.cumsum(weight) - weight / 2) * bins, bins - 1).astype(int)
    error, rows = 0.0, []
    for number in range(bins):
        inside = place == number
        mass = float(weight[inside].sum())
        if mass > 0.0:
            mean = float((sure * weight)[inside].sum() / mass)
            share = float((good * weight)[inside].sum() / mass)
            error += mass * abs(mean - share)
            rows.append((mean, share, int(inside.sum())))
    return error, rows


def mix_weights(answerable: Sequence[bool]) -> list[float]:
    """Return weights, adding up to 1, under which 80 % of the questions are answerable, where both kinds are there."""
    return [float(weight) for weight in _mix(np.array(answerable, bool))]


def _thresholds(choices: Sequence[Choice]) -> list[float]:
    """Return at most a hundred confidences from the highest to the lowest, evenly by how many questions have them."""
    values = sorted((choice.sets[-1][0] for choice in choices if choice.sets), reverse=True)
    return (
        sorted({values[round(place)] for place in np.linspace(0, len(values) - 1, 100)}, reverse=True) if values else []
    )


def _at(
    choices: Sequence[Choice], known: NDArray[np.bool_], weights: NDArray[np.float64], threshold: float
) -> tuple[float, float | None]:
    results = [choice.at(threshold) for choice in choices]
    given = np.array([result is not None for result in results], bool)
    wrong = np.array([not result for result in results], bool) & given
    rate = float(given[known].mean()) if known.any() else 0.0
    return rate, float(weights[wrong].sum() / weights[given].sum()) if given.any() else None


def _mix(answerable: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return weights, adding up to 1, under which the share of answerable questions is as stated."""
    n, unanswerable = int(answerable.sum()), int((~answerable).sum())
    share = ANSWERABLE_SHARE if n and unanswerable else (1.0 if n else 0.0)
    return np.where(answerable, share / max(1, n), (1.0 - share) / max(1, unanswerable))
