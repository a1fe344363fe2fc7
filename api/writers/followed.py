"""What gaps that were written for have spared, and what is to be expected of one that is written now."""

from __future__ import annotations

from api.dependencies import Services
from assistant.gaps.following_up import by_gap, predict, savings_of
from assistant.gaps.models import OPEN, Gap, Prediction
from assistant.gaps.savings import Saving
from assistant.record.events import MS_PER_DAY, Instant

_KEPT_MS = 400 * MS_PER_DAY
_ALL = 100_000


def saving_of_gap(gap: Gap, services: Services, now: Instant) -> Saving | None:
    """Return what the page written for a gap has spared; ``None`` without one."""
    if gap.published_at is None:
        return None
    store = services.writers.gaps.store
    # Of the others only those that nobody touched are needed: each that was written for takes its time.
    others = [one for one in store.gaps(states=OPEN, most=_ALL) if one.published_at is None and one.id != gap.id]
    questions = by_gap(store.all_questions(since=now - _KEPT_MS))
    return savings_of([gap, *others], questions, now=now).get(gap.id)


def prediction_of_gap(
    gap: Gap, services: Services, at: Instant, *, answered: float | None = None, tried: int = 0
) -> Prediction:
    """Return what is to be expected of a page for a gap that is published at a moment."""
    questions = by_gap(services.writers.gaps.store.all_questions(since=at - _KEPT_MS))
    return predict(gap.id, questions, at=at, answered=answered, tried=tried)
