"""What writers decide on gaps: each is noted with who did it, and told to whoever listens."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from datetime import UTC, datetime

from api.dependencies import Services
from api.writers.followed import prediction_of_gap
from api.writers.telling import GAP
from assistant.gaps.models import Diagnosis, Gap, GapNote, GapState
from assistant.record.events import Instant
from assistant.staff.models import AuditEntry
from assistant.tickets.ports import Outgoing

_PUBLISHED = frozenset({GapState.WRITTEN, GapState.VERIFIED})


def move_to(
    gap: Gap,
    state: GapState,
    services: Services,
    by: str,
    *,
    at: Instant,
    reason: str = "",
    page: str = "",
    answered: float | None = None,
    tried: int = 0,
) -> Gap | None:
    """Move a gap to another state; with ``written`` goes what is to be expected of its page.

    Args:
        gap: as it is.
        state: as it is to be.
        services: keep it.
        by: who of the staff, or ``API``.
        at: when.
        reason: why it is dismissed.
        page: what was written.
        answered: the share of its questions that the page answered when it was tried.
        tried: how many that were.
    """
    first = state is GapState.WRITTEN and gap.published_at is None
    predicted = prediction_of_gap(gap, services, at, answered=answered, tried=tried) if first else None

    def change(one: Gap) -> Gap:
        moved = replace(one, state=state, changed_at=at, reason=reason if state is GapState.DISMISSED else "")
        if state is GapState.WRITTEN and one.published_at is None:
            return replace(moved, published_at=at, predicted=predicted, page=page or one.page)
        if state not in _PUBLISHED:
            return replace(moved, published_at=None, predicted=None, page=None)
        if state is GapState.WRITTEN and page:
            return replace(moved, page=page)
        return moved

    changed = services.writers.gaps.store.change(gap.id, change)
    services.accounts.store.note(AuditEntry(at, by, "gap.moved", gap.id, f"{state.value} {reason}".strip()[:200]))
    if changed is not None:
        tell(changed, services, at=at)
    return changed


def assign(gap: Gap, assignee: str | None, services: Services, by: str, *, at: Instant) -> None:
    """Give a gap to somebody, or to nobody."""
    services.writers.gaps.store.change(gap.id, lambda one: replace(one, assignee=assignee, changed_at=at))
    services.accounts.store.note(AuditEntry(at, by, "gap.assigned", gap.id, assignee or ""))


def say(gap: Gap, diagnosis: Diagnosis | None, services: Services, by: str, *, at: Instant) -> None:
    """Keep a writer's word on what is wrong; without one the machine's stands again."""
    services.writers.gaps.store.change(gap.id, lambda one: replace(one, said=diagnosis, changed_at=at))
    services.accounts.store.note(
        AuditEntry(at, by, "gap.diagnosed", gap.id, diagnosis.value if diagnosis is not None else "")
    )


def note(gap: Gap, text: str, services: Services, by: str, *, at: Instant) -> None:
    """Keep a note on a gap."""
    services.writers.gaps.store.add_note(GapNote(gap.id, by, text, at))


def tell(gap: Gap, services: Services, *, at: Instant) -> None:
    """Have whoever listens told of a gap that was moved, if anybody does."""
    if services.settings.writers_url is None:
        return
    cost = gap.facts.cost
    message = {
        "type": "gap.changed",
        "timestamp": datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds"),
        "data": {
            "gap": gap.id,
            "state": gap.state.value,
            "people": gap.facts.people,
            "tickets": gap.facts.tickets,
            "diagnosis": gap.diagnosis.value if gap.diagnosis is not None else None,
            "spared_per_week": cost.spared.mean if cost is not None else None,
            "page": gap.page,
        },
    }
    body = json.dumps(message, ensure_ascii=False)
    services.intake.store.send([Outgoing(f"gap-{secrets.token_hex(12)}", GAP, None, body, at)])
