"""When to try again what another server did not take."""

from __future__ import annotations

from assistant.record.events import MS_PER_HOUR, Instant

FIRST_WAIT_MS = 30_000
LONGEST_WAIT_MS = 6 * MS_PER_HOUR


def next_due(
    attempts: int, now: Instant, *, first_ms: int = FIRST_WAIT_MS, longest_ms: int = LONGEST_WAIT_MS
) -> Instant:
    """Return when to try again: the wait doubles with each attempt that failed, up to a bound.

    Args:
        attempts: how many have failed so far, at least 1.
        now: when the last one failed.
        first_ms: the wait after the first one.
        longest_ms: the longest wait.

    Raises:
        ValueError: if none has failed yet.
    """
    if attempts < 1:
        raise ValueError(f"there is nothing to wait for after {attempts} failed attempts")
    doublings = min(attempts - 1, longest_ms.bit_length())  # more would pass the bound, and grow without one
    return now + min(first_ms << doublings, longest_ms)
