"""Which questions count as ones that the pages failed."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.gaps.models import Signal
from assistant.record.episodes import SUCCESS, TICKET, EpisodeClass
from assistant.record.evidence import Finding

_MISSING = frozenset({Finding.NOT_IN_DOCS, Finding.PARTLY_IN_DOCS})
_NO_WORDS = "no_words"


@dataclass(frozen=True, slots=True)
class Became:
    """A question with what became of it.

    ``outcome`` and ``reason`` are its answer's, ``episode`` the class of its episode and ``settled`` whether that
    stands; without ``counts`` somebody was only looking around. ``unhelpful`` is a vote, ``finding`` the staff's.
    """

    outcome: str
    reason: str | None
    episode: EpisodeClass | None
    settled: bool
    counts: bool
    unhelpful: bool
    finding: Finding | None


def signal_of(one: Became) -> Signal | None:
    """Return why a question counts as one that the pages failed, ``None`` if it does not.

    Staff's word goes before all else: who was shown the answer and did not open it tells nothing of the pages. A ticket
    after an answer is a failure of the answer; one after none is a miss. What seems to have helped is neither. Where
    only related pages were shown, silence is a miss once the episode is over.
    """
    if one.reason == _NO_WORDS or one.finding is Finding.SHOWN_NOT_OPENED:
        return None
    if one.finding in _MISSING:
        return Signal.NOT_IN_DOCS
    answered = one.outcome == "answered"
    if one.finding is not None or one.episode in TICKET or one.unhelpful:
        return Signal.FAILED if answered else Signal.MISSED
    if answered or one.episode in SUCCESS:
        return None
    if one.outcome == "missed":
        return Signal.MISSED
    return Signal.MISSED if one.settled and one.counts else None
