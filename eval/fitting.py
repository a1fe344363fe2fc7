"""Fit the shares of the signals in a score on labelled questions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from assistant.asking.assistant import Assistant
from assistant.asking.policy import Weights
from assistant.asking.query import clean, has_words, word_count
from eval.datasets import Asked, Dataset
from eval.errors import EvalError
from eval.splits import Part, part_of
from indexer.search import Found

OnProgress = Callable[[int, int], None]

_LABEL_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
_PAGE_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4)
_WORD_SHARES = (0.0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15)
_ALIAS_SHARES = (0.5, 0.7, 0.85)
_MOST_PER_SET = 1000
_WORTH_CHANGING = 0.005
"""Of a thousand mixes some beat the one in use by less than this on some hundreds of questions a set, by chance."""


@dataclass(frozen=True)
class Signals:
    """A question with everything that was found for it, in one set; ``words`` is how many it has."""

    dataset: str
    asked: Asked
    words: int
    found: tuple[Found, ...]
    relevant: frozenset[str]
    part: Part
    foreign: bool


def collect(
    dataset: Dataset,
    assistant: Assistant,
    *,
    parts: frozenset[Part],
    cross_lingual: bool,
    progress: OnProgress | None = None,
) -> list[Signals]:
    """Search for a set's questions of some parts, at most ``_MOST_PER_SET`` answerable and unanswerable ones each."""
    languages = {page.id: page.language for page in dataset.pages}
    asked_all = [
        asked
        for kind in (dataset.questions, dataset.unanswerable)
        for asked in _spread([one for one in kind if part_of(dataset, one) in parts])
    ]
    collected = []
    for done, asked in enumerate(asked_all, start=1):
        if progress is not None:
            progress(done, len(asked_all))
        relevant = frozenset(
            page for page in dataset.relevance.get(asked.id, {}) if (languages[page] != asked.language) == cross_lingual
        )
        if not has_words(asked.text) or (asked.id in dataset.relevance and not relevant):
            continue
        query, vector = assistant.query(clean(asked.text), asked.language)
        reach = [one for one in assistant.index.languages if (one != asked.language) == cross_lingual]
        found = assistant.search(query, vector, languages=reach, spoken=asked.language)
        collected.append(
            Signals(
                dataset=dataset.name,
                asked=asked,
                words=word_count(query),
                found=tuple(found),
                relevant=relevant,
                part=part_of(dataset, asked),
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


def fit_weights(
    signals: Sequence[Signals], *, foreign: bool, current: Weights | None = None
) -> tuple[Weights, list[Tried]]:
    """Return the shares with the best mean of hit@1 and hit@3 over the sets, and all that were tried, best first.

    Args:
        signals: what was found for labelled questions.
        foreign: whether across languages.
        current: the shares in use, which stay unless others are better by ``_WORTH_CHANGING``.

    Raises:
        EvalError: if no question has an answer in reach.
    """
    arrays = [_Arrays.of(one) for one in signals if one.relevant and one.foreign == foreign and one.found]
    if not arrays:
        raise EvalError(f"no labelled question {'across languages' if foreign else 'in one language'} to fit on")
    words = (0.0,) if foreign else _WORD_SHARES
    aliases = _ALIAS_SHARES if any((one.alias > -1.0).any() for one in arrays) else _ALIAS_SHARES[:1]
    table = []
    for label, page, word, alias in itertools.product(_LABEL_SHARES, _PAGE_SHARES, words, aliases):
        window = round(1.0 - label - page, 4)
        if window < 0.1:
            continue
        weights = Weights(label=label, window=window, page=page, words=word, alias=alias)
        by_set: dict[str, list[tuple[float, float]]] = {}
        for one in arrays:
            by_set.setdefault(one.dataset, []).append(one.hits(weights))
        means = {
            name: (fmean(first for first, _ in hits), fmean(third for _, third in hits))
            for name, hits in by_set.items()
        }
        table.append(Tried(weights, means))
    table.sort(key=lambda tried: -tried.mean)
    stay = next((tried for tried in table if tried.weights == current), None)
    if stay is not None and table[0].mean - stay.mean < _WORTH_CHANGING:
        return stay.weights, table
    return table[0].weights, table


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
        label = np.maximum(self.label, (1.0 - weights.alias) * self.label + weights.alias * self.alias)
        dense = weights.label * label + weights.window * self.window + weights.page * self.page
        scores = dense + weights.words * self.words
        best = np.maximum.reduceat(scores, self.page_start)
        order = np.argsort(-best, kind="stable")[:3]
        return float(self.relevant[order[0]]), float(self.relevant[order].any())


def _spread(asked: Sequence[Asked]) -> list[Asked]:
    """Return at most ``_MOST_PER_SET`` questions, evenly from the whole."""
    step = max(1, -(-len(asked) // _MOST_PER_SET))
    return list(asked[::step])
