"""Shares and their intervals, against published numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.record.intervals import rate

_COUNTS = st.integers(0, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 1998, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(numerator: int, denominator: int, low: float, high: float) -> None:
    result = rate(numerator, denominator)

    assert (result.low, result.high) == pytest.approx((low, high), abs=5e-5)


def test_of_nothing_there_is_no_share_and_it_could_be_anything() -> None:
    nothing = rate(0, 0)

    assert nothing.share is None
    assert (nothing.low, nothing.high) == (0.0, 1.0)


def test_a_design_effect_of_two_makes_half_as_many_of_them() -> None:
    clustered, plain = rate(20, 200, design_effect=2.0), rate(10, 100)

    assert (clustered.low, clustered.high) == pytest.approx((plain.low, plain.high))
    assert (clustered.numerator, clustered.denominator) == (20, 200)


@given(_COUNTS, st.floats(0.1, 100.0))
def test_the_share_is_within_its_interval_and_that_within_0_and_1(counts: tuple[int, int], effect: float) -> None:
    result = rate(*counts, design_effect=effect)

    assert 0.0 <= result.low <= result.high <= 1.0
    assert result.share is None or result.low <= result.share <= result.high


@given(_COUNTS)
def test_what_is_left_has_the_mirrored_interval(counts: tuple[int, int]) -> None:
    numerator, denominator = counts
    result, rest = rate(numerator, denominator), rate(denominator - numerator, denominator)

    assert (1.0 - rest.high, 1.0 - rest.low) == pytest.approx((result.low, result.high), abs=1e-9)


@pytest.mark.parametrize(("numerator", "denominator"), [(3, 2), (-1, 2), (1, 0)])
def test_what_is_no_share_is_refused(numerator: int, denominator: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        rate(numerator, denominator)


def test_a_design_effect_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        rate(1, 2, design_effect=0.0)
