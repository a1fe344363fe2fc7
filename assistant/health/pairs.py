"""Pages that are near each other: near-duplicates, and pages that seem to contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from assistant.health.models import Pair
from assistant.health.statements import Statement, contradictions, statements_of
from corpus.page import Page
from indexer.ports import Vectors

DUPLICATE = 0.95
"""Cosine of what two pages are about as a whole. In the starter help centre, where most subjects have a guide and a
page of questions, 13 of 3,150 pairs are as near: those on payments, returns and domains."""
RELATED = 0.85
"""As near are some 5 of 100 pairs there; farther ones are about other things, and equal words mean little."""
MOST_PAIRS = 500
_MOST_EACH = 5
_MOST_NEIGHBOURS = 20


class PageVectors(Protocol):
    """What is known of where pages stand."""

    def window_vectors(self, page: str) -> Vectors:
        """Return the vectors of a page's windows."""
        ...


def near_pairs(pages: Sequence[Page], vectors: PageVectors) -> list[Pair]:
    """Return pairs of pages in one language that people should look at: contradicting ones first, then the nearest."""
    by_language = defaultdict(list)
    for page in pages:
        by_language[page.language].append(page)
    found: list[Pair] = []
    for some in by_language.values():
        found += _pairs_in(some, vectors)
    found.sort(key=lambda one: (not one.contradictions, -one.similarity, one.page, one.other))
    return found[:MOST_PAIRS]


def _pairs_in(pages: Sequence[Page], vectors: PageVectors) -> list[Pair]:
    means = [_mean(vectors.window_vectors(page.id)) for page in pages]
    known = [(page, mean) for page, mean in zip(pages, means, strict=True) if mean is not None]
    if len(known) < 2:
        return []
    rows = np.stack([mean for _, mean in known])
    said: dict[str, list[Statement]] = {}

    def statements(page: Page) -> list[Statement]:
        if page.id not in said:
            said[page.id] = statements_of(_text(page), page.language)
        return said[page.id]

    found = []
    for number, (page, mean) in enumerate(known):
        similarities = rows[number + 1 :] @ mean
        near = np.flatnonzero(similarities >= RELATED)
        for place in near[np.argsort(-similarities[near])][:_MOST_NEIGHBOURS]:
            other, similarity = known[number + 1 + int(place)][0], float(similarities[place])
            differing = contradictions(statements(page), statements(other))
            if differing or similarity >= DUPLICATE:
                found.append(
                    Pair(page.id, other.id, similarity, similarity >= DUPLICATE, tuple(differing[:_MOST_EACH]))
                )
    return found


def _mean(windows: Vectors) -> Vectors | None:
    if not len(windows):
        return None
    mean: Vectors = windows.mean(axis=0)
    return mean / max(float(np.linalg.norm(mean)), float(np.finfo(np.float32).tiny))


def _text(page: Page) -> str:
    return "\n".join(block.text for section in page.sections for block in section.blocks)
