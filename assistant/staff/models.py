"""The people at the desk, and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.record.events import Instant


class Role(StrEnum):
    """What somebody at the desk does."""

    STAFF = "staff"
    """Answers tickets."""
    WRITER = "writer"
    """Writes help pages."""
    ADMIN = "admin"
    """Both, and keeps the accounts."""


class Right(StrEnum):
    """What a page at the desk may ask for."""

    TICKETS = "tickets"
    """Read and answer tickets, which hold names and addresses."""
    FIGURES = "figures"
    """Read what is counted, and questions without personal data."""
    PAGES = "pages"
    """Decide what is written, and publish pages."""
    ACCOUNTS = "accounts"
    """Keep the desk's accounts, and read who did what."""


_RIGHTS = {
    Role.STAFF: frozenset({Right.TICKETS, Right.FIGURES}),
    Role.WRITER: frozenset({Right.FIGURES, Right.PAGES}),
    Role.ADMIN: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody at the desk.

    Attributes:
        id: never changes, and stands for them in the audit log.
        email: what they sign in with, in lower case.
        name: what colleagues and customers read.
        role: what they may do.
        password: its Argon2 hash; ``None`` for somebody who signs in by the identity provider only.
        subject: who they are at the identity provider: the issuer, a space, and their id there.
        disabled: whether they may sign in no more.
        failures: how often in a row somebody gave a wrong password for them.
        locked_until: until when no password is taken for them.
        created_at: when the account was made.
    """

    id: str
    email: str
    name: str
    role: Role
    password: str | None = None
    subject: str | None = None
    disabled: bool = False
    failures: int = 0
    locked_until: Instant | None = None
    created_at: Instant = 0

    def may(self, right: Right) -> bool:
        """Say whether they may do something."""
        return not self.disabled and right in _RIGHTS[self.role]


@dataclass(frozen=True, slots=True)
class StaffSession:
    """Somebody who is signed in at the desk, by the digest of the secret that their browser has."""

    digest: str
    staff: str
    began_at: Instant
    expires_at: Instant


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What somebody did at the desk. ``by`` is an id of the staff, ``command line``, or empty for nobody known."""

    at: Instant
    by: str
    action: str
    about: str = ""
    details: str = ""
    number: int = 0
