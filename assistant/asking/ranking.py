"""Passages found → hits in order: the fusion of signals, one hit a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.asking.policy import Policy, Weights
from indexer.search import Found


@dataclass(frozen=True, slots=True)
class Ranked:
    """A page's best passage, its score and how far that is above the best of the other pages."""

    found: Found
    score: float
    lead: float
    other_language: bool


def score_of(found: Found, weights: Weights) -> float:
    """Return the fused score of a passage: a convex mix of the three similarities plus a small share of its words.

    An equal-weight reciprocal rank fusion was worse than the similarities alone; see eval/README.md.
    """
    label = max(found.label, found.alias - weights.alias_discount)
    dense = weights.label * label + weights.window * found.window + weights.page * found.page
    return dense + weights.words * found.words


def rank(
    found: Sequence[Found],
    policy: Policy,
    *,
    spoken: str,
    matter_of: Callable[[str], str],
    most: int,
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
    ordered = sorted(best.values(), key=lambda pair: (-pair[0], pair[1].passage.id))[: max(most, 2)]
    scores = [score for score, _ in ordered]
    ranked = []
    for number, (score, one) in enumerate(ordered[:most]):
        rival = scores[0] if number else (scores[1] if len(scores) > 1 else score)
        ranked.append(Ranked(found=one, score=score, lead=score - rival, other_language=one.passage.language != spoken))
    return ranked
