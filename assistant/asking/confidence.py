"""Ranked pages → hits with confidences."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from assistant.asking.models import Hit
from assistant.asking.policy import Policy
from assistant.asking.ranking import Ranked, evidence_of


def hits_of(ranked: Sequence[Ranked], policy: Policy, *, spoken: str, words: int) -> list[Hit]:
    """Return ranked pages with their confidences, as the language of the first page has them judged."""
    if not ranked:
        return []
    basis = policy.basis(foreign=ranked[0].other_language)
    sure = basis.confidences(evidence_of(ranked, lone_lead=basis.lone_lead, words=words), language=spoken)
    gains = [after - before for before, after in itertools.pairwise([0.0, *sure])]
    return [
        Hit(
            passage=one.found.passage,
            rank=number,
            score=one.score,
            confidence=gains[number - 1] if number <= len(gains) else 0.0,
            best_window=one.found.best_window,
            other_language=one.other_language,
        )
        for number, one in enumerate(ranked, start=1)
    ]
