"""Did it help? What the pages written for gaps have spared, beside what was predicted of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from assistant.gaps.keeping import asked_of, counted_of
from assistant.gaps.models import OPEN, Gap, GapFacts, GapQuestion, Prediction
from assistant.gaps.ranking import Asked, CostDraws, Experience, draws_of
from assistant.gaps.savings import Saving, Watched, predicted_saving, saving_of
from assistant.record.events import MS_PER_DAY, Instant

_MS_PER_WEEK = 7 * MS_PER_DAY
_PREDICTED_WEEKS = 8.0
_LEAST_WEEKS = 2.0
"""So long is waited at least before a page counts as experience."""

ByGap = Mapping[str, Sequence[GapQuestion]]


def by_gap(questions: Sequence[GapQuestion]) -> ByGap:
    """Return questions by the gap that they are in."""
    found: dict[str, list[GapQuestion]] = defaultdict(list)
    for one in questions:
        if one.gap is not None:
            found[one.gap].append(one)
    return found


def predict(gap: str, questions: ByGap, *, at: Instant, answered: float | None = None, tried: int = 0) -> Prediction:
    """Return what is to be expected of a page for a gap that is published at a moment.

    Args:
        gap: its id.
        questions: of all gaps, since each leans on all.
        at: the moment; what came later is not looked at.
        answered: the share of its questions that the page answered when it was tried.
        tried: how many that were.
    """
    draws = _draws(questions, at, tried_of={gap: (answered, tried)})[gap]
    return Prediction(at, float((draws.asked * draws.ticket).mean()), predicted_saving(draws, weeks=_PREDICTED_WEEKS))


def savings_of(gaps: Sequence[Gap], questions: ByGap, *, now: Instant) -> dict[str, Saving]:
    """Return what each gap for which a page was published has spared since, by its id."""
    untouched = {one.id for one in gaps if one.state in OPEN and one.published_at is None}
    found = {}
    for gap in gaps:
        since, predicted = gap.published_at, gap.predicted
        if since is None or predicted is None or since >= now:
            continue
        weeks = (now - since) / _MS_PER_WEEK
        expected = _draws(questions, since)
        others = [
            Watched(float((draws.asked * draws.ticket).mean()), _tickets(questions[one], since, now), weeks)
            for one, draws in expected.items()
            if one in untouched
        ]
        came = _tickets(questions.get(gap.id, ()), since, now)
        saving = saving_of(Watched(predicted.tickets, came, weeks), others)
        if saving is not None:
            found[gap.id] = saving
    return found


def experience_of(savings: Mapping[str, Saving]) -> Experience:
    """Return what pages that were written for gaps have done, of those that are out for long enough."""
    known = Experience()
    for one in savings.values():
        if one.weeks >= _LEAST_WEEKS:
            known = known.with_more(one.spared.mean * one.weeks, one.expected * one.weeks)
    return known


def _draws(
    questions: ByGap, at: Instant, *, tried_of: Mapping[str, tuple[float | None, int]] | None = None
) -> dict[str, CostDraws]:
    """Return draws of what each gap cost as far as was known at a moment."""
    asked: dict[str, Asked] = {}
    for gap, some in questions.items():
        before = [one for one in some if one.at < at]
        answered, tried = (tried_of or {}).get(gap, (None, 0))
        if before:
            known = asked_of(counted_of(GapFacts(), before, at), at)
            asked[gap] = Asked(known.weeks, known.people, known.tickets, answered, tried)
        elif gap in (tried_of or {}):
            asked[gap] = Asked((0,), 0, 0, answered, tried)
    return dict(zip(asked, draws_of(list(asked.values())), strict=True))


def _tickets(questions: Sequence[GapQuestion], since: Instant, until: Instant) -> int:
    return len({one.person for one in questions if one.ticket and since <= one.at < until})
