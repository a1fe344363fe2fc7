"""The lot that gives some visitors the plain form: a pure function of a secret and of who it is, kept nowhere."""

from __future__ import annotations

import hashlib
import hmac

_BITS = 53
"""As many as a float holds exactly, so that a lot is never rounded up to 1."""


def lot(salt: bytes, subject: str) -> float:
    """Return the lot of a subject, evenly spread over [0, 1), always the same under the same salt.

    Source: HMAC-SHA256 (RFC 2104), whose first 53 bits are read as a fraction.

    Args:
        salt: the operator's secret. Another salt draws all lots anew.
        subject: whom the lot is for: the account, else the visitor, in a form in which no account is a visitor.

    Raises:
        ValueError: if the salt is empty: anyone could then work out the lot of anyone.
    """
    if not salt:
        raise ValueError("a lot needs a salt")
    digest = hmac.new(salt, b"holdout:" + subject.encode("utf-8"), hashlib.sha256).digest()
    return (int.from_bytes(digest[:8], "big") >> (64 - _BITS)) / (1 << _BITS)


def is_held_out(salt: bytes, subject: str, *, share: float) -> bool:
    """Say whether a subject gets the plain form. Who does under a small share does under every larger one.

    Args:
        salt: as in ``lot``.
        subject: as in ``lot``.
        share: of all subjects, how many are to be held out, 0 to 1.

    Raises:
        ValueError: if the share is not within 0 and 1, or the salt is empty.
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"a share is within 0 and 1, not {share}")
    return lot(salt, subject) < share
