"""Ask a set's questions of the real assistant and measure what it says."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import fmean
from typing import Any

import numpy as np

from assistant.asking.assistant import Assistant
from assistant.asking.decision import decide
from assistant.asking.language import Languages
from assistant.asking.models import Answer, Question, Reply
from assistant.asking.policy import Policy
from eval.datasets import Asked, Dataset
from eval.measures import auroc, hit_at, ndcg_at, reciprocal_rank_at, selective

OnProgress = Callable[[int, int], None]
"""Called with the questions asked and the questions to ask."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One question, what came back and how long it took; ``relevance`` is empty where no page answers it."""

    asked: Asked
    relevance: Mapping[str, int]
    reply: Reply
    seconds: float

    @property
    def ranking(self) -> list[str]:
        """The pages considered, best first."""
        return [hit.passage.page_id for hit in self.reply.nearest]

    @property
    def confidence(self) -> float:
        """That of the best hit; 0 where there is none."""
        return self.reply.nearest[0].confidence if self.reply.nearest else 0.0


def ask_all(
    dataset: Dataset,
    assistant: Assistant,
    *,
    questions: Sequence[Asked],
    unanswerable: Sequence[Asked],
    cross_lingual: bool,
    progress: OnProgress | None = None,
) -> list[Asking]:
    """Ask questions in pages of their own language only or, ``cross_lingual``, of all others only.

    A question none of whose pages is in reach is left out.
    """
    languages = {page.id: page.language for page in dataset.pages}
    jobs: list[tuple[Asked, dict[str, int]]] = []
    for asked in questions:
        reach = {
            page: grade
            for page, grade in dataset.relevance[asked.id].items()
            if (languages[page] != asked.language) == cross_lingual
        }
        if reach:
            jobs.append((asked, reach))
    jobs += [(asked, {}) for asked in unanswerable]
    askings = []
    for done, (asked, relevance) in enumerate(jobs, start=1):
        plan = _plan(asked.language, assistant.index.languages, cross_lingual=cross_lingual)
        started = time.perf_counter()
        reply = assistant.answer(Question(asked.text, asked.lang), languages=plan)
        askings.append(Asking(asked, relevance, reply, time.perf_counter() - started))
        if progress is not None:
            progress(done, len(jobs))
    return askings


def report(dataset: str, recipe: str, askings: Sequence[Asking], policy: Policy) -> dict[str, Any]:
    """Return the measures of a set in the form that the contract fixes.

    A question counts as right when its shown set, as the policy would make it at any threshold, holds a right page.
    """
    lenient = replace(policy, answer_at=0.0)
    answerable = [asking for asking in askings if asking.relevance]
    unanswerable = [asking for asking in askings if not asking.relevance]
    by_lang: dict[str, list[Asking]] = defaultdict(list)
    for asking in answerable:
        by_lang[asking.asked.lang].append(asking)
    shown = selective(
        [asking.confidence for asking in askings],
        [_shown_right(asking, lenient) for asking in askings],
        [isinstance(asking.reply.outcome, Answer) for asking in askings],
        [bool(asking.relevance) for asking in askings],
    )
    seconds = np.array([asking.seconds for asking in askings])
    return {
        "dataset": dataset,
        "recipe": recipe,
        "queries": len(answerable),
        **_ranking_measures(answerable),
        "oos": {
            "n": len(unanswerable),
            "auroc": auroc([a.confidence for a in answerable], [a.confidence for a in unanswerable]),
            "false_answer_rate": _mean([isinstance(a.reply.outcome, Answer) for a in unanswerable]),
        },
        "selective": asdict(shown),
        "latency_ms": {
            "p50": float(np.percentile(seconds, 50)) * 1000.0 if len(seconds) else None,
            "p95": float(np.percentile(seconds, 95)) * 1000.0 if len(seconds) else None,
        },
        "by_lang": {
            language: {"queries": len(group), **_ranking_measures(group)} for language, group in sorted(by_lang.items())
        },
    }


def language_pairs(dataset: Dataset, askings: Sequence[Asking]) -> dict[str, dict[str, float]]:
    """Return hit@1 by language of the question and of the page, each pair over the questions that have such a page.

    A question counts for a pair when, of the ten nearest pages, the best ranked one in that language is right.
    """
    languages = {page.id: page.language for page in dataset.pages}
    pairs: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for asking in askings:
        for language in {languages[page] for page in asking.relevance}:
            first = next((page for page in asking.ranking if languages[page] == language), None)
            pairs[asking.asked.lang][language].append(float(first in asking.relevance))
    return {
        spoken: {language: fmean(values) for language, values in sorted(row.items())}
        for spoken, row in sorted(pairs.items())
    }


def _ranking_measures(askings: Sequence[Asking]) -> dict[str, float | None]:
    return {
        "hit@1": _mean([hit_at(a.ranking, a.relevance, 1) for a in askings]),
        "hit@3": _mean([hit_at(a.ranking, a.relevance, 3) for a in askings]),
        "mrr@10": _mean([reciprocal_rank_at(a.ranking, a.relevance, 10) for a in askings]),
        "ndcg@10": _mean([ndcg_at(a.ranking, a.relevance, 10) for a in askings]),
    }


def _shown_right(asking: Asking, lenient: Policy) -> bool:
    outcome = decide(asking.reply.nearest, lenient)
    return isinstance(outcome, Answer) and any(hit.passage.page_id in asking.relevance for hit in outcome.hits)


def _plan(language: str, available: Sequence[str], *, cross_lingual: bool) -> Languages:
    reach = tuple(one for one in available if (one != language) == cross_lingual)
    return Languages(spoken=language, locale=language, tiers=(reach,))


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
