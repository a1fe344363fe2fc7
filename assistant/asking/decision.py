"""Answer, related or nothing: the one rule by which we speak or stay silent."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.asking.models import Answer, Hit, Miss, MissReason, Outcome, Related, RelatedReason
from assistant.asking.policy import Policy


def decide(hits: Sequence[Hit], policy: Policy | None) -> Outcome:
    """Return what to show of ranked hits.

    With a policy, the best hit's confidence decides; beside an answer only hits that are likely themselves are
    shown. Without one there is no confidence to go by, and nothing is ever called an answer.
    """
    if not hits:
        return Miss(MissReason.NOTHING_NEAR)
    if policy is None:
        return Related(tuple(hits[:3]), RelatedReason.NO_POLICY)
    best = hits[0].confidence
    if best >= policy.answer_at:
        shown = (hits[0], *(hit for hit in hits[1 : policy.most_shown] if hit.confidence >= policy.shown_at))
        return Answer(shown)
    if best >= policy.related_at:
        return Related(tuple(hits[: policy.most_shown]), RelatedReason.UNSURE)
    return Miss(MissReason.NOTHING_NEAR)
