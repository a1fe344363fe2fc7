"""Trying a page before it is published: what its gap's questions and past ones would find, and what would be lost."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from api.dependencies import Services
from assistant.asking.assistant import Assistant
from assistant.asking.models import Question
from assistant.errors import RecordUnavailable
from assistant.preview.comparing import can_be_asked, preview
from assistant.preview.gate import check_promotion
from assistant.preview.models import Change, Compared, Comparison, GateReport, PastQuestion
from assistant.record.events import Instant
from assistant.writing.models import Draft
from indexer.build import KEPT_GENERATIONS
from indexer.errors import GenerationUnknown, IndexerError

_MOST_OF_GAP = 100
_MOST_LISTED = 25
_asking = threading.Lock()
"""Held while past questions are asked: whoever waits for it finds most of them answered."""
publishing = threading.RLock()
"""Held from the look at what is live to the moment in which something else is: two writers would drop each other's page
from what is served."""
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Tried:
    """What a candidate would change.

    ``gap`` are the questions of the gap that it is for, ``past`` a sample of what was asked, ``gate`` the confirmed
    answers that would be lost.
    """

    gap: Comparison
    past: Comparison
    gate: GateReport

    @property
    def answered(self) -> int:
        """How many of the gap's questions would be answered."""
        return sum(one.after.answered for one in self.gap.compared)


def try_draft(draft: Draft, services: Services, *, at: Instant) -> Draft:
    """Build a candidate with a draft, try it, and keep what was found with the draft; return it.

    Raises:
        PageUnreadable: if the draft cannot become a page.
        IndexerError: if the candidate cannot be built, or there is no live generation.
    """
    started = time.perf_counter()
    before = services.live.current()
    made = services.writers.candidates.with_draft(draft)
    after = services.live.of(made.manifest.id).with_curation(before.curation)
    tried = try_candidate(before, after, services, gap=draft.gap, at=at)
    seconds = time.perf_counter() - started
    kept = replace(draft, generation=made.manifest.id, preview=json.dumps(told(tried, seconds), ensure_ascii=False))
    services.writers.drafts.keep(kept)
    if draft.generation is not None and draft.generation != made.manifest.id:
        drop_candidate(draft.generation, services)
    return kept


def try_candidate(before: Assistant, after: Assistant, services: Services, *, gap: str | None, at: Instant) -> Tried:
    """Ask a gap's questions, past ones and confirmed ones of what answers now and of what might."""
    writers, kept = services.writers, services.writers.previews
    with _asking:
        of_gap = preview(questions_of(gap, services), before, after, previews=kept)
        past = preview(writers.past_questions(at), before, after, previews=kept)
        allowed = services.settings.promotion_losses
        gate = check_promotion(writers.confirmed(at), before, after, allowed=allowed, previews=kept)
    return Tried(of_gap, past, gate)


def is_asking() -> bool:
    """Say whether something is being tried, or made ready for it: other work may wait."""
    return _asking.locked()


def warm_up(services: Services, *, at: Instant) -> None:
    """Have what answers now asked past questions on the side, so that the next preview need not: once at a time."""
    if not _asking.acquire(blocking=False):
        return

    def ask() -> None:
        try:
            past = [one for one in services.writers.past_questions(at) if can_be_asked(one.text)]
            asked = [Question(one.text, one.locale or None) for one in past]
            services.writers.previews.seen(asked, services.live.current(), {})
        except (IndexerError, RecordUnavailable) as exc:
            _log.warning("preview.failed", error=type(exc).__name__)
        finally:
            _asking.release()

    threading.Thread(target=ask, name="preview", daemon=True).start()


def questions_of(gap: str | None, services: Services) -> Sequence[PastQuestion]:
    """Return a gap's questions, each wording once."""
    if gap is None:
        return []
    times: dict[tuple[str, str], int] = {}
    standing = services.writers.gaps.standing(gap)
    for one in services.writers.gaps.store.questions(standing.id if standing else gap, most=5 * _MOST_OF_GAP):
        if one.text:
            times[one.text, one.locale] = times.get((one.text, one.locale), 0) + 1
    found = [PastQuestion(text, locale, many) for (text, locale), many in times.items()]
    return sorted(found, key=lambda one: -one.times)[:_MOST_OF_GAP]


def is_candidate(generation: str | None, services: Services) -> bool:
    """Say whether a candidate is still there."""
    try:
        services.writers.candidates.generations.folder(generation or "")
    except GenerationUnknown:
        return False
    return True


def drop_candidate(generation: str, services: Services) -> None:
    """Delete a candidate that nobody needs any more; one that is or was live stays."""
    with contextlib.suppress(IndexerError, OSError):
        services.writers.candidates.generations.drop(generation)


def promote(generation: str, services: Services) -> None:
    """Make a generation the live one, here at once."""
    generations = services.writers.candidates.generations
    with publishing:
        generations.promote(generation)
        generations.prune(keep=KEPT_GENERATIONS)
        services.live.refresh()


def told(tried: Tried, seconds: float) -> dict[str, Any]:
    """Return what was found as it is kept with a draft and shown."""
    return {
        "before": tried.past.before,
        "after": tried.past.after,
        "seconds": round(seconds, 1),
        "gap": {
            "asked": len(tried.gap.compared),
            "answered": tried.answered,
            "was_answered": sum(one.before.answered for one in tried.gap.compared),
            "questions": [_listed(one) for one in tried.gap.compared],
        },
        "past": {
            "asked": len(tried.past.compared),
            "times": tried.past.times(),
            **{change.value: _changed(tried.past, change) for change in Change if change is not Change.UNCHANGED},
        },
        "gate": {
            "known": tried.gate.known,
            "checked": tried.gate.checked,
            "allowed": tried.gate.allowed,
            "passed": tried.gate.passed,
            "losses": [
                {
                    "question": one.confirmed.question,
                    "locale": one.confirmed.locale,
                    "people": one.confirmed.people,
                    "title": one.title,
                    "url": one.url,
                    "reason": one.reason.value,
                    "detail": one.detail,
                }
                for one in tried.gate.losses
            ],
        },
    }


def _changed(comparison: Comparison, change: Change) -> dict[str, Any]:
    found = comparison.of(change)
    return {
        "questions": len(found),
        "times": comparison.times(change),
        "examples": [_listed(one) for one in found[:_MOST_LISTED]],
    }


def _listed(one: Compared) -> dict[str, Any]:
    return {
        "text": one.question.text,
        "locale": one.question.locale,
        "times": one.question.times,
        "change": one.change.value,
        "before": {"answered": one.before.answered, "page": one.before.pages[0].title if one.before.pages else ""},
        "after": {"answered": one.after.answered, "page": one.after.pages[0].title if one.after.pages else ""},
    }
