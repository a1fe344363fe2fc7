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
    confidence keeps risk at 10 % or less; ``aurc`` is the area under the risk-coverage curve of the mix.
    """

    answer_rate: float
    risk: float | None
    coverage_at_risk_10: float
    aurc: float


def selective(
    confidence: Sequence[float], right: Sequence[bool], answered: Sequence[bool], answerable: Sequence[bool]
) -> Selective:
    """Return the selective measures of a set of questions, one entry each; an unanswerable one is never right.

    Source: risk and coverage as in El-Yaniv & Wiener, JMLR 2010; the area as in Geifman et al., ICLR 2019.
    """
    known = np.array(answerable, bool)
    weights = _mix(known)
    wrong = ~(np.array(right, bool) & known)
    given = np.array(answered, bool)
    risk = float((weights * wrong)[given].sum() / weights[given].sum()) if given.any() else None
    order = np.argsort(-np.array(confidence), kind="stable")
    weight = np.cumsum(weights[order])
    risks = np.cumsum((weights * wrong)[order]) / weight
    # A threshold cannot tell equal confidences apart.
    ends = np.append(np.diff(np.array(confidence)[order]) != 0, True)
    coverages = np.cumsum(known[order]) / max(1, known.sum())
    fit = ends & (risks <= 0.10)
    return Selective(
        answer_rate=float(given[known].mean()) if known.any() else 0.0,
        risk=risk,
        coverage_at_risk_10=float(coverages[fit].max()) if fit.any() else 0.0,
        aurc=float(np.sum(risks * weights[order])),
    )


def _mix(answerable: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return weights, adding up to 1, under which the share of answerable questions is as stated."""
    n, unanswerable = int(answerable.sum()), int((~answerable).sum())
    share = ANSWERABLE_SHARE if n and unanswerable else (1.0 if n else 0.0)
    return np.where(answerable, share / max(1, n), (1.0 - share) / max(1, unanswerable))
