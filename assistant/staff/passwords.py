"""Passwords of the desk: hashed by Argon2id with the library's parameters (RFC 9106, low memory), never kept."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

LEAST_CHARS = 12
_MOST_CHARS = 200
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another."""
_hasher = PasswordHasher()
_NOBODYS = _hasher.hash("nobody has this password")


class PasswordUnusable(ValueError):
    """A password cannot be taken; the message says what to do."""


def hash_password(password: str, *, email: str = "") -> str:
    """Return the hash of a new password.

    Long rather than complicated, as NIST SP 800-63B has it.

    Raises:
        PasswordUnusable: if it is too short, too long, or the address itself.
    """
    if len(password) < LEAST_CHARS:
        raise PasswordUnusable(f"a password has at least {LEAST_CHARS} characters; some words in a row do well")
    if len(password) > _MOST_CHARS:
        raise PasswordUnusable(f"a password has at most {_MOST_CHARS} characters")
    if len(set(password)) < 4 or (email and password.lower() in (email, email.partition("@")[0] * 2)):
        raise PasswordUnusable("this password is guessed at once; some words in a row do well")
    return _hasher.hash(password)


def new_password() -> str:
    """Return a password that is easy to pass on: four groups of four letters and digits, 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def is_password(password: str, hashed: str | None) -> bool:
    """Say whether a password is the one that was hashed; without a hash it takes as long, and is not."""
    try:
        return _hasher.verify(hashed if hashed is not None else _NOBODYS, password[:_MOST_CHARS]) and hashed is not None
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def hash_is_old(hashed: str) -> bool:
    """Say whether a password is to be hashed anew, because the parameters have become stronger."""
    return _hasher.check_needs_rehash(hashed)
