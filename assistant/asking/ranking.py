"""Passages found → hits in order: the fusion of signals, one hit a page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.asking.policy import MOST_SHOWN, Evidence, Policy, Weights
from indexer.search import Found

NEAREST = 10
"""Pages that a ranking keeps: what a first page's ``standing`` is measured by."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A page's best passage and its score."""

    found: Found
    score: float
    other_language: bool


def score_of(found: Found, weights: Weights) -> float:
    """Return the fused score of a passage: a convex mix of the three similarities plus a small share of its words.

    What a reranker judged comes before everything else, by the reranker's score: 2 to 3.

    An equal-weight reciprocal rank fusion was worse than the similarities alone; see eval/README.md.
    """
    if found.reranked is not None:
        return 2.0 + found.reranked
    label = max(found.label, (1.0 - weights.alias) * found.label + weights.alias * found.alias)
    dense = weights.label * label + weights.window * found.window + weights.page * found.page
    return dense + weights.words * found.words


def rank(
    found: Sequence[Found],
    policy: Policy,
    *,
    spoken: str,
    matter_of: Callable[[str], str],
    most: int = NEAREST,
) -> list[Ranked]:
    """Return the best passage of each page, best first.

    Args:
        found: passages with their signals, in any order.
        policy: gives the weights for pages in the question's language and for others.
        spoken: the question's language.
        matter_of: maps a page's id to what it shares with its translations, so that one matter is listed once.
        most: how many to return.
    """
    best: dict[str, tuple[float, Found]] = {}
    for one in found:
        score = score_of(one, policy.basis(foreign=one.passage.language != spoken).weights)
        matter = matter_of(one.passage.page_id)
        known = best.get(matter)
        # Of equal scores the smallest id wins, in whichever order the passages were found.
        if known is None or (score, known[1].passage.id) > (known[0], one.passage.id):
            best[matter] = (score, one)
    ordered = sorted(best.values(), key=lambda pair: (-pair[0], pair[1].passage.id))[:most]
    return [Ranked(one, score, other_language=one.passage.language != spoken) for score, one in ordered]


def evidence_of(ranked: Sequence[Ranked], *, lone_lead: float, words: int) -> list[Evidence]:
    """Return what speaks for the first page, for the first two, and so on: at most ``MOST_SHOWN`` answer sets.

    Args:
        ranked: the pages near the question, best first; more than ``MOST_SHOWN`` of them make a better ``standing``.
        lone_lead: stands in for what cannot be compared where there is no other page.
        words: how many words the question has.
    """
    scores = [one.score for one in ranked]
    others = scores[1:]
    standing = scores[0] - sum(others) / len(others) if others else lone_lead
    evidence = []
    for size in range(1, min(len(ranked), MOST_SHOWN) + 1):
        evidence.append(
            Evidence(
                score=scores[0],
                lead=scores[0] - scores[size] if size < len(scores) else max(lone_lead, scores[0] - scores[-1]),
                standing=standing,
                coverage=max(one.found.coverage for one in ranked[:size]),
                words=math.log1p(words),
            )
        )
    return evidence
