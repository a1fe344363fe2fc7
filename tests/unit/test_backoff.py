"""The waits between attempts to send something on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.tickets.backoff import LONGEST_WAIT_MS, next_due

NOW = 1_795_430_000_000


def test_the_wait_doubles_from_half_a_minute_to_six_hours() -> None:
    waits = [(next_due(attempts, NOW) - NOW) / 60_000 for attempts in range(1, 13)]

    assert waits == [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]


def test_the_waits_are_the_callers_choice() -> None:
    assert next_due(3, NOW, first_ms=7, longest_ms=1000) == NOW + 28
    assert next_due(1, NOW, first_ms=7, longest_ms=5) == NOW + 5


def test_nothing_is_due_again_before_an_attempt() -> None:
    with pytest.raises(ValueError, match="after 0 failed attempts"):
        next_due(0, NOW)


@given(st.integers(1, 10**12))
def test_a_wait_is_never_over_the_bound_and_never_shorter_than_the_one_before(attempts: int) -> None:
    assert next_due(attempts, NOW) <= next_due(attempts + 1, NOW) <= NOW + LONGEST_WAIT_MS
