"""Ask a set's questions of the real assistant and measure what it says."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

import numpy as np

from assistant.asking.assistant import Assistant
from assistant.asking.decision import confidence_of
from assistant.asking.language import Languages
from assistant.asking.models import Answer, Question, Reply
from assistant.asking.policy import MOST_SHOWN, Policy
from eval.datasets import Asked, Dataset
from eval.measures import Choice, auroc, hit_at, ndcg_at, reciprocal_rank_at, selective

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
        """That of the largest answer set there could be; 0 where there is none."""
        return confidence_of(self.reply.nearest[:MOST_SHOWN])

    @property
    def choice(self) -> Choice:
        """The answer sets there could be."""
        hits = self.reply.nearest[:MOST_SHOWN]
        right = [hit.passage.page_id in self.relevance for hit in hits]
        return Choice(
            answerable=bool(self.relevance),
            sets=tuple((confidence_of(hits[:size]), any(right[:size])) for size in range(1, len(hits) + 1)),
        )

    @property
    def verdict(self) -> bool | None:
        """Whether the answer set that was shown is right; ``None`` if there was no answer."""
        outcome = self.reply.outcome
        if not isinstance(outcome, Answer):
            return None
        return any(hit.passage.page_id in self.relevance for hit in outcome.hits)


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

    A question none of whose pages is in reach is left out, and so is an empty one: nobody can ask it.
    """
    languages = {page.id: page.language for page in dataset.pages}
    jobs: list[tuple[Asked, dict[str, int]]] = []
    for asked in questions:
        right = {
            page: grade
            for page, grade in dataset.relevance[asked.id].items()
            if (languages[page] != asked.language) == cross_lingual
        }
        if right:
            jobs.append((asked, right))
    jobs += [(asked, {}) for asked in unanswerable]
    jobs = [(asked, relevance) for asked, relevance in jobs if asked.text.strip()]
    askings = []
    for done, (asked, relevance) in enumerate(jobs, start=1):
        reach = tuple(one for one in assistant.index.languages if (one != asked.language) == cross_lingual)
        plan = plan_within(asked.language, reach)
        started = time.perf_counter()
        reply = assistant.answer(Question(asked.text, asked.lang), languages=plan)
        askings.append(Asking(asked, relevance, reply, time.perf_counter() - started))
        if progress is not None:
            progress(done, len(jobs))
    return askings


def report(dataset: str, recipe: str, askings: Sequence[Asking], policy: Policy) -> dict[str, Any]:
    """Return the measures of a set in the form that the contract fixes."""
    answerable = [asking for asking in askings if asking.relevance]
    unanswerable = [asking for asking in askings if not asking.relevance]
    by_lang: dict[str, list[Asking]] = defaultdict(list)
    for asking in answerable:
        by_lang[asking.asked.lang].append(asking)
    shown = selective([asking.choice for asking in askings], answer_at=policy.answer_at)
    seconds = np.array([asking.seconds for asking in askings])
    return {
        "dataset": dataset,
        "recipe": recipe,
        "queries": len(answerable),
        **_ranking_measures(answerable),
        "oos": {
            **_silence(answerable, unanswerable),
            "by_kind": {
                kind: _silence(answerable, [asking for asking in unanswerable if asking.asked.kind == kind])
                for kind in sorted({asking.asked.kind for asking in unanswerable if asking.asked.kind})
            },
        },
        "selective": {name: value for name, value in asdict(shown).items() if name != "curve"},
        "latency_ms": {
            "p50": float(np.percentile(seconds, 50)) * 1000.0 if len(seconds) else None,
            "p95": float(np.percentile(seconds, 95)) * 1000.0 if len(seconds) else None,
        },
        "by_lang": {
            language: {"queries": len(group), **_ranking_measures(group), **_answering(group)}
            for language, group in sorted(by_lang.items())
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


def ranking_measures(rankings: Sequence[tuple[Sequence[str], Mapping[str, int]]]) -> dict[str, float | None]:
    """Return the means of the ranking measures over (ranking, relevance) of some questions."""
    return {
        "hit@1": _mean([hit_at(ranking, relevance, 1) for ranking, relevance in rankings]),
        "hit@3": _mean([hit_at(ranking, relevance, 3) for ranking, relevance in rankings]),
        "mrr@10": _mean([reciprocal_rank_at(ranking, relevance, 10) for ranking, relevance in rankings]),
        "ndcg@10": _mean([ndcg_at(ranking, relevance, 10) for ranking, relevance in rankings]),
    }


def _ranking_measures(askings: Sequence[Asking]) -> dict[str, float | None]:
    return ranking_measures([(asking.ranking, asking.relevance) for asking in askings])


def _silence(answerable: Sequence[Asking], unanswerable: Sequence[Asking]) -> dict[str, Any]:
    return {
        "n": len(unanswerable),
        "auroc": auroc([a.confidence for a in answerable], [a.confidence for a in unanswerable]),
        "false_answer_rate": _mean([a.verdict is not None for a in unanswerable]),
    }


def _answering(askings: Sequence[Asking]) -> dict[str, float | None]:
    answered = [asking.verdict for asking in askings if asking.verdict is not None]
    return {
        "answer_rate": len(answered) / len(askings) if askings else None,
        "wrong_answer_rate": _mean([not right for right in answered]),
    }


def plan_within(language: str, reach: tuple[str, ...]) -> Languages:
    """Return a plan to look in some languages only, together."""
    return Languages(spoken=language, locale=language, tiers=(reach,))


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
