"""When no password is taken for somebody: pure, so that neither guessing goes on nor anybody is locked out for long."""

from __future__ import annotations

from dataclasses import replace

from assistant.record.events import Instant
from assistant.staff.models import StaffMember

FREE_FAILURES = 5
"""So many wrong passwords in a row cost nothing."""
_FIRST_MS = 60_000
_LONGEST_MS = 30 * 60_000


def is_locked(member: StaffMember, at: Instant) -> bool:
    """Say whether no password is taken for somebody at a moment."""
    return member.locked_until is not None and at < member.locked_until


def after_failure(member: StaffMember, at: Instant) -> StaffMember:
    """Return somebody after a wrong password: from the fifth in a row on they wait, a minute at first, then longer."""
    failures = member.failures + 1
    if failures < FREE_FAILURES:
        return replace(member, failures=failures)
    wait = min(_LONGEST_MS, _FIRST_MS << min(failures - FREE_FAILURES, 10))
    return replace(member, failures=failures, locked_until=at + wait)


def after_success(member: StaffMember) -> StaffMember:
    """Return somebody after the right password."""
    return replace(member, failures=0, locked_until=None)
