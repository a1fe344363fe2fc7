"""Fit a policy: choose the shares of the signals, then learn how sure each score is.

Everything is fitted on the tuning split of the sets given (half of each, by the hash of the pages that answer) and
measured on the rest.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from assistant.asking.assistant import Assistant
from assistant.asking.policy import Basis, Calibration, Policy, Weights
from assistant.asking.query import clean, has_words
from assistant.asking.ranking import rank
from eval.datasets import Asked, Dataset, is_tuning, split_key
from eval.errors import EvalError
from indexer.search import Found

OnProgress = Callable[[int, int], None]

_LABEL_SHARES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7)
_PAGE_SHARES = (0.0, 0.1, 0.2, 0.3)
_WORD_SHARES = (0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.07)
_ALIAS_DISCOUNTS = (0.04, 0.06)
_MOST_PER_SET = 1000
_CALIBRATED_HITS = 5


@dataclass(frozen=True)
class Signals:
    """A question with everything that was found for it, in one set."""

    dataset: str
    asked: Asked
    query: str
    found: tuple[Found, ...]
    relevant: frozenset[str]
    tuning: bool
    foreign: bool


def collect(
    dataset: Dataset, assistant: Assistant, *, cross_lingual: bool, progress: OnProgress | None = None
) -> list[Signals]:
    """Search for every question of a set, at most ``_MOST_PER_SET`` of each kind."""
    languages = {page.id: page.language for page in dataset.pages}
    asked_all = [*_spread(dataset.questions), *_spread(dataset.unanswerable)]
    collected = []
    for done, asked in enumerate(asked_all, start=1):
        if progress is not None:
            progress(done, len(asked_all))
        relevant = frozenset(
            page for page in dataset.relevance.get(asked.id, {}) if (languages[page] != asked.lang) == cross_lingual
        )
        text = clean(asked.text)
        if not has_words(text) or (asked.id in dataset.relevance and not relevant):
            continue
        query, vector = assistant.query(text, asked.language)
        reach = [one for one in assistant.index.languages if (one != asked.language) == cross_lingual]
        found = assistant.index.search(query, vector, languages=reach, by_words=not cross_lingual)
        collected.append(
            Signals(
                dataset=dataset.name,
                asked=asked,
                query=query,
                found=tuple(found),
                relevant=relevant,
                tuning=is_tuning(split_key(dataset, asked)),
                foreign=cross_lingual,
            )
        )
    return collected


@dataclass(frozen=True)
class Tried:
    """Shares that were tried, and the mean hit@1 and hit@3 they gave in each set."""

    weights: Weights
    sets: Mapping[str, tuple[float, float]]

    @property
    def mean(self) -> float:
        """Over both measures and all sets."""
        return fmean(fmean(pair) for pair in self.sets.values())


def fit_basis(signals: Sequence[Signals], *, foreign: bool) -> tuple[Basis, list[Tried]]:
    """Return how to judge pages, in the question's language or ``foreign``, and what was tried for it.

    Raises:
        EvalError: if no question of the tuning split has an answer in reach.
    """
    if not any(one.tuning and one.relevant and one.foreign == foreign for one in signals):
        raise EvalError(f"no labelled question {'across languages' if foreign else 'in one language'} to fit on")
    weights, table = fit_weights(signals, foreign=foreign)
    leads = [
        lead
        for one in signals
        if one.tuning and one.relevant and one.foreign == foreign
        for (_, lead), right in hit_features(one, weights)[:1]
        if right
    ]
    calibration = fit_calibration(signals, weights, foreign=foreign)
    return Basis(weights, calibration, lone_lead=median(leads) if leads else 0.0), table


def fit_weights(signals: Sequence[Signals], *, foreign: bool) -> tuple[Weights, list[Tried]]:
    """Return the shares with the best mean of hit@1 and hit@3 over the sets, and all that were tried, best first."""
    arrays = [_Arrays.of(one) for one in signals if one.tuning and one.relevant and one.foreign == foreign]
    words = (0.0,) if foreign else _WORD_SHARES
    table = []
    for label, page, word, discount in itertools.product(_LABEL_SHARES, _PAGE_SHARES, words, _ALIAS_DISCOUNTS):
        window = round(1.0 - label - page, 4)
        if window < 0.1:
            continue
        weights = Weights(label=label, window=window, page=page, words=word, alias_discount=discount)
        by_set: dict[str, list[tuple[float, float]]] = {}
        for one in arrays:
            by_set.setdefault(one.dataset, []).append(one.hits(weights))
        means = {
            name: (fmean(first for first, _ in hits), fmean(third for _, third in hits))
            for name, hits in by_set.items()
        }
        table.append(Tried(weights, means))
    table.sort(key=lambda tried: -tried.mean)
    return table[0].weights, table


def fit_calibration(signals: Sequence[Signals], weights: Weights, *, foreign: bool) -> Calibration:
    """Return the logistic regression that turns a hit's features into confidence, each set counting the same.

    Answerable and unanswerable questions are weighted 80 to 20 where a set has both.
    """
    features: list[tuple[float, float]] = []
    right: list[bool] = []
    importance: list[float] = []
    chosen = [one for one in signals if one.tuning and one.foreign == foreign]
    counts: dict[tuple[str, bool], int] = {}
    for one in chosen:
        key = (one.dataset, bool(one.relevant))
        counts[key] = counts.get(key, 0) + 1
    for one in chosen:
        both = (one.dataset, not one.relevant) in counts
        share = (0.8 if one.relevant else 0.2) if both else 1.0
        for feature, is_right in hit_features(one, weights):
            features.append(feature)
            right.append(is_right)
            importance.append(share / counts[one.dataset, bool(one.relevant)])
    scale = len(features) / sum(importance)
    model = LogisticRegression(C=100.0, max_iter=5000)
    model.fit(np.array(features), np.array(right), sample_weight=np.array(importance) * scale)
    score, lead = model.coef_[0]
    return Calibration(intercept=float(model.intercept_[0]), score=float(score), lead=float(lead))


def hit_features(one: Signals, weights: Weights) -> list[tuple[tuple[float, float], bool]]:
    """Return (score, lead) of the first hits of a question and whether each is right."""
    basis = Basis(weights, Calibration(0.0, 0.0, 0.0), lone_lead=0.0)
    policy = Policy("", basis, basis, 1.0, 1.0, 1.0, 1, {})
    ranked = rank(one.found, policy, spoken=one.asked.language, matter_of=lambda page: page, most=_CALIBRATED_HITS)
    return [((hit.score, hit.lead), hit.found.passage.page_id in one.relevant) for hit in ranked]


def choose_thresholds(signals: Sequence[Signals], policy: Policy, *, most_risk: float) -> tuple[float, float]:
    """Return (answer_at, related_at) for a policy on the tuning split.

    ``answer_at`` is the lowest confidence at which the share of wrong first answers, over the 80/20 mix and averaged
    over the sets, is at most ``most_risk``; ``related_at`` lets nine of ten right first answers through.
    """
    tops: dict[str, list[tuple[float, bool, bool]]] = {}
    for one in signals:
        if not one.tuning:
            continue
        basis = policy.basis(foreign=one.foreign)
        rows = hit_features(one, basis.weights)
        if rows:
            (score, lead), is_right = rows[0]
            confidence = basis.calibration.confidence(score=score, lead=lead)
            name = f"{one.dataset}/{one.foreign}"
            tops.setdefault(name, []).append((confidence, is_right, bool(one.relevant)))
    answer_at = next((at for at in np.arange(0.05, 1.0, 0.01) if _mean_risk(tops, float(at)) <= most_risk), 0.95)
    right = [confidence for rows in tops.values() for confidence, is_right, _ in rows if is_right]
    related_at = min(float(np.quantile(right, 0.1)), float(answer_at)) if right else float(answer_at)
    return round(float(answer_at), 2), round(related_at, 2)


def _mean_risk(tops: dict[str, list[tuple[float, bool, bool]]], at: float) -> float:
    risks = []
    for rows in tops.values():
        answerable = sum(known for _, _, known in rows)
        unanswerable = len(rows) - answerable
        share = 0.8 if answerable and unanswerable else 1.0
        wrong = given = 0.0
        for confidence, is_right, known in rows:
            if confidence >= at:
                weight = share / answerable if known else (1.0 - share) / unanswerable
                given += weight
                wrong += weight * (not is_right)
        risks.append(wrong / given if given else 0.0)
    return fmean(risks)


@dataclass(frozen=True)
class _Arrays:
    """A question's signals as arrays, one entry a passage, passages of one page together."""

    dataset: str
    label: NDArray[np.float64]
    alias: NDArray[np.float64]
    window: NDArray[np.float64]
    page: NDArray[np.float64]
    words: NDArray[np.float64]
    page_start: NDArray[np.int64]
    relevant: NDArray[np.bool_]

    @classmethod
    def of(cls, one: Signals) -> _Arrays:
        found = sorted(one.found, key=lambda item: item.passage.page_id)
        pages = [item.passage.page_id for item in found]
        starts = [i for i, page in enumerate(pages) if i == 0 or pages[i - 1] != page]
        return cls(
            dataset=one.dataset,
            label=np.array([item.label for item in found]),
            alias=np.array([item.alias for item in found]),
            window=np.array([item.window for item in found]),
            page=np.array([item.page for item in found]),
            words=np.array([item.words for item in found]),
            page_start=np.array(starts, np.int64),
            relevant=np.array([pages[start] in one.relevant for start in starts], bool),
        )

    def hits(self, weights: Weights) -> tuple[float, float]:
        """Return hit@1 and hit@3."""
        label = np.maximum(self.label, self.alias - weights.alias_discount)
        dense = weights.label * label + weights.window * self.window + weights.page * self.page
        scores = dense + weights.words * self.words
        best = np.maximum.reduceat(scores, self.page_start)
        order = np.argsort(-best, kind="stable")[:3]
        return float(self.relevant[order[0]]), float(self.relevant[order].any())


def _spread(asked: Sequence[Asked]) -> list[Asked]:
    """Return at most ``_MOST_PER_SET`` questions, evenly from the whole."""
    step = max(1, -(-len(asked) // _MOST_PER_SET))
    return list(asked[::step])
