"""Fit how sure a policy may be, and choose how sure it must be to answer.

Every set counts the same, and in each the answerable questions 80 to 20 against the unanswerable ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from statistics import median

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from assistant.asking.confidence import hits_of
from assistant.asking.decision import confidence_of, decide
from assistant.asking.models import Answer, Hit
from assistant.asking.policy import MOST_SHOWN, Basis, Calibration, Evidence, Policy, Weights
from assistant.asking.ranking import evidence_of, rank
from eval.fitting import Signals
from eval.measures import ANSWERABLE_SHARE
from eval.risk import Verdict

_DRAWS = 500
_OF_DRAWS = 0.95
_LEAST_OF_LANGUAGE = 300
"""Fewest questions by which a language gets an offset of its own; with fewer its error is as large as the offset."""


@dataclass(frozen=True)
class _Case:
    """A question's evidence and which of its answer sets hold a right page."""

    dataset: str
    language: str
    answerable: bool
    evidence: tuple[Evidence, ...]
    right: tuple[bool, ...]


def fit_basis(signals: Sequence[Signals], weights: Weights, *, foreign: bool) -> Basis:
    """Return calibrations for the sets of one to ``MOST_SHOWN`` pages, under given weights."""
    chosen = [one for one in signals if one.foreign == foreign and one.found]
    bare = Basis(weights, (), lone_lead=0.0)
    leads = [case.evidence[0].lead for case in (_case(one, bare) for one in chosen) if case.right and case.right[0]]
    basis = Basis(weights, (), lone_lead=median(leads) if leads else 0.0)
    cases = [_case(one, basis) for one in chosen]
    importance = _importance(cases)
    sets = tuple(_logistic(cases, importance, size) for size in range(1, MOST_SHOWN + 1))
    return replace(basis, sets=sets, languages=_language_offsets(cases, importance, replace(basis, sets=sets)))


def choose_answer_at(signals: Sequence[Signals], policy: Policy, *, most_risk: float) -> float:
    """Return the least confidence from which on the share of wrong answers is at most ``most_risk``, with some room.

    Questions on one matter fail together, so a handful of matters may look better than they are: the share is that of
    the nineteenth of twenty draws of matters with replacement. One wrong answer is added to it, so that the risk is
    kept however few there are. Sources: conformal risk control, Angelopoulos et al., ICLR 2024; the cluster
    bootstrap, Davison & Hinkley 1997, section 3.8, with Poisson counts for the draws.
    """
    results = [_outcomes(one, policy) for one in signals]
    importance = np.array(_importance([_case(one, policy.basis(foreign=one.foreign)) for one in signals]))
    names = [(one.dataset, min(one.relevant, default=one.asked.id)) for one in signals]
    places = {name: place for place, name in enumerate(dict.fromkeys(names))}
    cluster = np.array([places[name] for name in names], np.int64)
    draws = np.random.default_rng(0).poisson(1.0, (_DRAWS, len(places))).astype(np.float64)
    heaviest = float(importance.max(initial=0.0))
    for at in np.arange(0.50, 0.995, 0.005):
        firsts = [next((right for confidence, right in outcomes if confidence >= at), None) for outcomes in results]
        given = importance * [first is not None for first in firsts]
        wrong = importance * [first is False for first in firsts]
        if not given.any():
            return round(float(at), 3)
        given_drawn = draws @ np.bincount(cluster, given, len(places))
        wrong_drawn = draws @ np.bincount(cluster, wrong, len(places))
        risks = (wrong_drawn + heaviest) / (given_drawn + heaviest)
        if float(np.quantile(risks, _OF_DRAWS)) <= most_risk:
            return round(float(at), 3)
    return 1.0


def verdict_of(one: Signals, policy: Policy) -> Verdict:
    """Return what a policy makes of a question."""
    hits = _hits(one, policy)
    outcome = decide(hits, policy)
    right = None
    if isinstance(outcome, Answer):
        right = any(hit.passage.page_id in one.relevant for hit in outcome.hits)
    return Verdict(f"{one.dataset}/{one.foreign}", one.asked.id, bool(one.relevant), right)


def _case(one: Signals, basis: Basis) -> _Case:
    policy = Policy("", basis, basis, 1.0, 1.0, {})
    ranked = rank(one.found, policy, spoken=one.asked.language, matter_of=lambda page: page)
    if not ranked:
        return _Case(f"{one.dataset}/{one.foreign}", one.asked.language, bool(one.relevant), (), ())
    right = [page.found.passage.page_id in one.relevant for page in ranked]
    evidence = evidence_of(ranked, lone_lead=basis.lone_lead, words=one.words)
    return _Case(
        dataset=f"{one.dataset}/{one.foreign}",
        language=one.asked.language,
        answerable=bool(one.relevant),
        evidence=tuple(evidence),
        right=tuple(any(right[: size + 1]) for size in range(len(evidence))),
    )


def _importance(cases: Sequence[_Case]) -> list[float]:
    counts = Counter((case.dataset, case.answerable) for case in cases)
    weights = []
    for case in cases:
        both = (case.dataset, not case.answerable) in counts
        share = (ANSWERABLE_SHARE if case.answerable else 1.0 - ANSWERABLE_SHARE) if both else 1.0
        weights.append(share / counts[case.dataset, case.answerable])
    scale = len(cases) / sum(weights) if weights else 1.0
    return [weight * scale for weight in weights]


def _logistic(cases: Sequence[_Case], importance: Sequence[float], size: int) -> Calibration:
    """Return the calibration for the first ``size`` pages; questions with fewer near pages are judged by all."""
    kept = [(case, weight) for case, weight in zip(cases, importance, strict=True) if case.evidence]
    features = np.array([astuple(case.evidence[min(size, len(case.evidence)) - 1]) for case, _ in kept])
    right = np.array([case.right[min(size, len(case.right)) - 1] for case, _ in kept])
    weights = np.array([weight for _, weight in kept])
    if right.all() or not right.any():
        return Calibration(8.0 if right.all() else -8.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    middle, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    model = LogisticRegression(C=10.0, max_iter=5000)
    model.fit((features - middle) / spread, right, sample_weight=weights)
    slopes: NDArray[np.float64] = model.coef_[0] / spread
    return Calibration(float(model.intercept_[0] - slopes @ middle), *map(float, slopes))


def _language_offsets(cases: Sequence[_Case], importance: Sequence[float], basis: Basis) -> dict[str, float]:
    """Return, for languages with enough questions, what makes their mean confidence of the first page right."""
    offsets = {}
    for language in sorted({case.language for case in cases}):
        rows = [
            (case, weight)
            for case, weight in zip(cases, importance, strict=True)
            if case.language == language and case.evidence
        ]
        if len(rows) < _LEAST_OF_LANGUAGE:
            continue
        wanted = sum(weight * case.right[0] for case, weight in rows)
        low, high = -3.0, 3.0
        for _ in range(40):
            offset = (low + high) / 2.0
            given = sum(weight * basis.sets[0].probability(case.evidence[0], offset=offset) for case, weight in rows)
            low, high = (offset, high) if given < wanted else (low, offset)
        offsets[language] = round(offset, 4)
    return offsets


def _outcomes(one: Signals, policy: Policy) -> list[tuple[float, bool]]:
    """Return, for each answer set, how sure the policy is of it and whether it holds a right page."""
    hits = _hits(one, policy)
    return [
        (confidence_of(hits[:size]), any(hit.passage.page_id in one.relevant for hit in hits[:size]))
        for size in range(1, min(len(hits), MOST_SHOWN) + 1)
    ]


def _hits(one: Signals, policy: Policy) -> list[Hit]:
    ranked = rank(one.found, policy, spoken=one.asked.language, matter_of=lambda page: page)
    return hits_of(ranked, policy, spoken=one.asked.language, words=one.words)
