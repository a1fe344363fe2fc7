"""The lot: stable, even, and nobody's guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.record.holdout import is_held_out, lot

_SALT = b"not a secret"
_SHARES = st.floats(0.0, 1.0)


def test_a_lot_stays_what_it_was_when_this_was_written() -> None:
    # Worked out with `openssl dgst -sha256 -hmac`. Another value here would move visitors from one arm to the other in
    # the middle of an experiment.
    assert [lot(_SALT, "account:42"), lot(_SALT, "visitor:žofie")] == [0.8465900081443362, 0.18261330415249777]


def test_lots_are_even() -> None:
    bins = [0] * 20
    for number in range(20_000):
        bins[int(lot(_SALT, f"account:{number}") * 20)] += 1

    # The 99.9 % point of chi-square with 19 degrees of freedom.
    assert sum((count - 1000) ** 2 / 1000 for count in bins) < 43.82


def test_another_salt_draws_all_lots_anew() -> None:
    held = [number for number in range(20_000) if is_held_out(_SALT, f"account:{number}", share=0.1)]
    again = sum(is_held_out(b"another", f"account:{number}", share=0.1) for number in held)

    assert len(held) == pytest.approx(2000, abs=140)
    assert again == pytest.approx(200, abs=45)


@given(st.text(), _SHARES, _SHARES)
def test_who_is_held_out_stays_so_as_the_share_grows(subject: str, one: float, other: float) -> None:
    small, large = sorted((one, other))

    assert is_held_out(_SALT, subject, share=large) or not is_held_out(_SALT, subject, share=small)


@given(st.text())
def test_nobody_is_held_out_of_none_and_everybody_of_all(subject: str) -> None:
    assert not is_held_out(_SALT, subject, share=0.0)
    assert is_held_out(_SALT, subject, share=1.0)


@given(st.binary(min_size=1), st.text())
def test_a_lot_is_from_0_to_below_1(salt: bytes, subject: str) -> None:
    assert 0.0 <= lot(salt, subject) < 1.0


def test_a_lot_without_a_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="salt"):
        lot(b"", "account:42")


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_what_is_no_share_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        is_held_out(_SALT, "account:42", share=share)
