"""All that is measured of the assistant on some sets, as one report: see ``eval.report_page`` for how it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

import numpy as np

from assistant.asking.assistant import Assistant
from assistant.asking.models import Answer, Question
from assistant.asking.policy import Policy
from eval.datasets import Asked, Dataset, sample
from eval.measures import expected_calibration_error, hit_at, mix_weights, selective
from eval.perturbing import CHANGES
from eval.retrieval import Asking, ask_all, plan_within, ranking_measures, report
from eval.risk import Risk, Verdict, risk_of
from eval.splits import part_of

OnProgress = Callable[[int, int], None]

_WORST = 20
_WORST_OF_A_SET = 5
_CHANGED_OF_A_SET = 250
_PAIRED_OF_A_LANGUAGE = 60


@dataclass(frozen=True)
class Measured:
    """A set's test part, asked; ``plain`` are the plain recipe's rankings by question, where it was asked too."""

    dataset: Dataset
    assistant: Assistant
    cross_lingual: bool
    askings: Sequence[Asking]
    plain: Mapping[str, Sequence[str]] | None


def ask_test_part(
    dataset: Dataset,
    assistant: Assistant,
    *,
    cross_lingual: bool,
    most: int | None = None,
    progress: OnProgress | None = None,
) -> list[Asking]:
    """Ask the questions that neither an adapter nor a policy has seen."""
    return ask_all(
        dataset,
        assistant,
        questions=sample(_test_part(dataset, dataset.questions), most),
        unanswerable=sample(_test_part(dataset, dataset.unanswerable), most),
        cross_lingual=cross_lingual,
        progress=progress,
    )


def report_of(measured: Sequence[Measured], *, plain_recipe: str, about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the report of some sets, as plain values that JSON can hold.

    Args:
        measured: the sets; all with one policy.
        plain_recipe: digest of the recipe that the error ratio compares with.
        about: what it was made with, put in as it is.
    """
    policy = measured[0].assistant.policy
    curves = {}
    sets = {}
    for one in measured:
        sets[one.dataset.name] = report(one.dataset.name, policy.recipe, one.askings, policy)
        curves[one.dataset.name] = list(
            selective([asking.choice for asking in one.askings], answer_at=policy.answer_at).curve
        )
    everything = [(one, asking) for one in measured for asking in one.askings]
    seconds = [asking.seconds for _, asking in everything]
    return {
        **about,
        "plain_recipe": plain_recipe,
        "policy": _policy(policy),
        "error_ratio": error_ratio([one for one in measured if one.plain is not None]),
        "risk": _risk(risk_of([_verdict(one, asking) for one, asking in everything])),
        "sets": sets,
        "risk_coverage": curves,
        "reliability": _reliability(measured),
        "parity": [row for one in measured if one.cross_lingual for row in parity(one)],
        "robustness": robustness([one for one in measured if not one.cross_lingual]),
        "latency_ms": {"p50": _percentile(seconds, 50), "p95": _percentile(seconds, 95)},
        "worst": _worst(everything),
        "questions": {
            one.dataset.name: {asking.asked.id: _question(asking) for asking in one.askings} for one in measured
        },
    }


def error_ratio(measured: Sequence[Measured]) -> dict[str, Any]:
    """Return, for each set, our share of wrong first pages over that of the plain recipe, and the mean over the sets.

    A set whose questions the plain recipe all gets right has no ratio.
    """
    rows: dict[str, dict[str, Any]] = {}
    for one in measured:
        if one.plain is None:
            continue
        answerable = [asking for asking in one.askings if asking.relevance]
        ours = ranking_measures([(asking.ranking, asking.relevance) for asking in answerable])
        plain = [(one.plain[asking.asked.id], asking.relevance) for asking in answerable]
        theirs = fmean(hit_at(ranking, relevance, 1) for ranking, relevance in plain)
        rows[one.dataset.name] = {
            "questions": len(answerable),
            "hit@1": ours["hit@1"],
            "hit@3": ours["hit@3"],
            "plain_hit@1": theirs,
            "plain_hit@3": fmean(hit_at(ranking, relevance, 3) for ranking, relevance in plain),
            "ratio": (1.0 - (ours["hit@1"] or 0.0)) / (1.0 - theirs) if theirs < 1.0 else None,
        }
    ratios = [row["ratio"] for row in rows.values() if row["ratio"] is not None]
    return {"mean": fmean(ratios) if ratios else None, "sets": rows}


def parity(one: Measured) -> list[dict[str, Any]]:
    """Return how well questions of each language find pages of each other one, over the pages in that language only.

    ``gap`` is how far a pair's hit@3 is behind the best pair's. At most ``_PAIRED_OF_A_LANGUAGE`` questions of a
    language are asked for each other language.
    """
    languages = {page.id: page.language for page in one.dataset.pages}
    rows: list[dict[str, Any]] = []
    by_language: dict[str, list[Asking]] = {}
    for asking in one.askings:
        if asking.relevance:
            by_language.setdefault(asking.asked.language, []).append(asking)
    for spoken, askings in sorted(by_language.items()):
        for language in one.assistant.index.languages:
            chosen = [
                asking.asked for asking in askings if any(languages[page] == language for page in asking.relevance)
            ][:_PAIRED_OF_A_LANGUAGE]
            if language == spoken or not chosen:
                continue
            hits, answered, wrong = [], 0, 0
            for asked in chosen:
                relevance = {page: 1 for page in one.dataset.relevance[asked.id] if languages[page] == language}
                plan = plan_within(spoken, (language,))
                reply = one.assistant.answer(Question(asked.text, asked.lang), languages=plan)
                hits.append(hit_at([hit.passage.page_id for hit in reply.nearest], relevance, 3))
                if isinstance(reply.outcome, Answer):
                    answered += 1
                    wrong += not any(hit.passage.page_id in relevance for hit in reply.outcome.hits)
            rows.append(
                {
                    "question": spoken,
                    "page": language,
                    "queries": len(chosen),
                    "hit@3": fmean(hits),
                    "answer_rate": answered / len(chosen),
                    "wrong_answer_rate": wrong / answered if answered else None,
                }
            )
    best = max((float(row["hit@3"]) for row in rows), default=0.0)
    return [{**row, "gap": best - float(row["hit@3"])} for row in rows]


def robustness(measured: Sequence[Measured]) -> list[dict[str, Any]]:
    """Return hit@3 of questions as they are and as hurried people type them, over at most 250 questions of a set."""
    rows = []
    for name, change in CHANGES.items():
        before: list[float] = []
        after: list[float] = []
        for one in measured:
            chosen = {
                asked.id for asked in sample(tuple(a.asked for a in one.askings if a.relevance), _CHANGED_OF_A_SET)
            }
            askings = [asking for asking in one.askings if asking.asked.id in chosen]
            changed = [
                replace_text(asking.asked, change(asking.asked.text, asking.asked.language)) for asking in askings
            ]
            for asking, asked in zip(askings, changed, strict=True):
                if asked.text == asking.asked.text:
                    continue
                plan = plan_within(asked.language, (asked.language,))
                reply = one.assistant.answer(Question(asked.text, asked.lang), languages=plan)
                before.append(hit_at(asking.ranking, asking.relevance, 3))
                after.append(hit_at([hit.passage.page_id for hit in reply.nearest], asking.relevance, 3))
        if before:
            rows.append({"change": name, "queries": len(before), "hit@3": fmean(before), "changed_hit@3": fmean(after)})
    return rows


def replace_text(asked: Asked, text: str) -> Asked:
    """Return a question with another wording."""
    return asked.model_copy(update={"text": text})


def _test_part(dataset: Dataset, asked: Sequence[Asked]) -> tuple[Asked, ...]:
    return tuple(one for one in asked if part_of(dataset, one) == "test")


def _verdict(one: Measured, asking: Asking) -> Verdict:
    return Verdict(one.dataset.name, asking.asked.id, bool(asking.relevance), asking.verdict)


def _risk(risk: Risk) -> dict[str, Any]:
    return {**asdict(risk), "risk": risk.share}


def _policy(policy: Policy) -> dict[str, Any]:
    row: dict[str, Any] = {"answer_at": policy.answer_at, "fitted_on": dict(policy.fitted_on)}
    if policy.guarantee is not None:
        held = policy.guarantee
        row |= {
            "risk": held.risk,
            "answered": held.answered,
            "wrong": held.wrong,
            "upper": held.upper,
            "answer_rate": held.answer_rate,
        }
    return row


def _reliability(measured: Sequence[Measured]) -> dict[str, Any]:
    """Return how far the confidence of first pages is from how often they are right; every set counts the same."""
    sure: list[float] = []
    right: list[bool] = []
    weights: list[float] = []
    for one in measured:
        askings = [asking for asking in one.askings if asking.choice.sets]
        for asking, weight in zip(askings, mix_weights([bool(a.relevance) for a in askings]), strict=True):
            confidence, is_right = asking.choice.sets[0]
            sure.append(confidence)
            right.append(is_right)
            weights.append(weight)
    error, bins = expected_calibration_error(sure, right, weights)
    return {
        "ece": error if sure else None,
        "bins": [{"confidence": confidence, "right": share, "n": n} for confidence, share, n in bins],
    }


def _question(asking: Asking) -> dict[str, Any]:
    rank = next((place for place, page in enumerate(asking.ranking, start=1) if page in asking.relevance), None)
    return {
        "text": asking.asked.text,
        "rank": rank,
        "answered": asking.verdict is not None,
        "right": bool(asking.verdict),
        "confidence": round(asking.confidence, 4),
        "answerable": bool(asking.relevance),
    }


def _worst(everything: Sequence[tuple[Measured, Asking]]) -> list[dict[str, Any]]:
    """Return the errors of which the policy was most sure, a few of each set."""
    errors: list[tuple[float, dict[str, Any]]] = []
    for one, asking in everything:
        if asking.verdict is False:
            kind = "answered wrongly" if asking.relevance else "answered though unanswerable"
        elif asking.relevance and not hit_at(asking.ranking, asking.relevance, 3):
            kind = "ranked wrongly"
        else:
            continue
        titles = {page.id: page.title for page in one.dataset.pages}
        shown = asking.reply.shown or ()
        pages = [(one_shown.hit.passage.page_id, one_shown.hit.confidence) for one_shown in shown]
        pages = pages or [(hit.passage.page_id, hit.confidence) for hit in asking.reply.nearest[:3]]
        first = asking.choice.sets[0][0] if asking.choice.sets else 0.0
        errors.append(
            (
                first,
                {
                    "set": one.dataset.name,
                    "question": asking.asked.text,
                    "lang": asking.asked.lang,
                    "kind": kind,
                    "confidence": first,
                    "shown": [
                        {"title": titles[page], "page": page, "confidence": confidence} for page, confidence in pages
                    ],
                    "right": [{"title": titles[page], "page": page} for page in sorted(asking.relevance)][:3],
                },
            )
        )
    worst: list[dict[str, Any]] = []
    taken: dict[str, int] = {}
    for _, row in sorted(errors, key=lambda pair: -pair[0]):
        taken[row["set"]] = taken.get(row["set"], 0) + 1
        if taken[row["set"]] <= _WORST_OF_A_SET:
            worst.append(row)
    return worst[:_WORST]


def _percentile(values: Sequence[float], share: float) -> float | None:
    return float(np.percentile(values, share)) * 1000.0 if values else None
