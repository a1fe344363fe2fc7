"""What the desk's accounts need of a database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from assistant.staff.models import AuditEntry, StaffMember, StaffSession


class StaffStore(Protocol):
    """Keeps accounts, who is signed in, and what was done. Any of it may fail with ``RecordUnavailable``."""

    def add(self, member: StaffMember, entry: AuditEntry) -> bool:
        """Keep a new account; return whether nobody had its address or subject."""
        ...

    def by_email(self, email: str) -> StaffMember | None:
        """Return an account by its address."""
        ...

    def by_subject(self, subject: str) -> StaffMember | None:
        """Return an account by who they are at the identity provider."""
        ...

    def member(self, staff: str) -> StaffMember | None:
        """Return an account by its id."""
        ...

    def members(self) -> Sequence[StaffMember]:
        """Return all accounts, by name."""
        ...

    def change(
        self, staff: str, change: Callable[[StaffMember], StaffMember], entry: AuditEntry | None = None
    ) -> StaffMember | None:
        """Change an account, alone with it, and note who did; ``None`` if there is none."""
        ...

    def begin(self, session: StaffSession, entry: AuditEntry) -> None:
        """Keep that somebody is signed in."""
        ...

    def session(self, digest: str) -> tuple[StaffSession, StaffMember] | None:
        """Return who is signed in by a secret, by its digest."""
        ...

    def end(self, *, digest: str | None = None, staff: str | None = None) -> int:
        """End one session, or all of an account; return how many."""
        ...

    def note(self, entry: AuditEntry) -> None:
        """Note what was done."""
        ...

    def entries(self, *, most: int, before: int | None = None, about: str | None = None) -> Sequence[AuditEntry]:
        """Return what was done, latest first: before a number, about something."""
        ...
