"""Answer, related or nothing: the one rule by which we speak or stay silent."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.asking.models import Answer, Hit, Miss, MissReason, Outcome, Related, RelatedReason
from assistant.asking.policy import MOST_SHOWN, Policy

_MOST_RELATED = 3


def decide(hits: Sequence[Hit], policy: Policy | None) -> Outcome:
    """Return what to show of ranked hits.

    With a policy, as many pages are shown as are needed for one of them to be right with enough confidence; if
    ``MOST_SHOWN`` are not enough, there is no answer. Without one there is no confidence to go by, and nothing is
    ever called an answer.
    """
    if not hits:
        return Miss(MissReason.NOTHING_NEAR)
    if policy is None:
        return Related(tuple(hits[:_MOST_RELATED]), RelatedReason.NO_POLICY)
    for shown in range(1, min(len(hits), MOST_SHOWN) + 1):
        confidence = confidence_of(hits[:shown])
        if confidence >= policy.answer_at:
            return Answer(tuple(hits[:shown]), confidence)
    if confidence_of(hits[:_MOST_RELATED]) >= policy.related_at:
        return Related(tuple(hits[:_MOST_RELATED]), RelatedReason.UNSURE)
    return Miss(MissReason.NOTHING_NEAR)


def confidence_of(hits: Sequence[Hit]) -> float:
    """Return the probability that one of the first hits is right: each bears that of being the first right one."""
    return sum(hit.confidence for hit in hits)
