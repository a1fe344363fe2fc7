"""Signing in at the desk, and keeping its accounts; whatever is done is noted."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.errors import AssistantError
from assistant.record.events import MS_PER_HOUR, Instant
from assistant.staff.locking import after_failure, after_success, is_locked
from assistant.staff.models import AuditEntry, Role, StaffMember, StaffSession
from assistant.staff.passwords import hash_is_old, hash_password, is_password
from assistant.staff.ports import StaffStore

COMMAND_LINE = "command line"
"""Who has done something, where it was done there."""


class StaffRefused(AssistantError):
    """Something cannot be done with an account; the message says why."""


@dataclass(frozen=True, slots=True)
class Locked:
    """No password is taken until then."""

    until: Instant


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody is signed in; ``token`` is for their browser alone."""

    member: StaffMember
    token: str
    expires_at: Instant


class Accounts:
    """The desk's accounts.

    Args:
        store: keeps them.
        session_hours: how long somebody stays signed in.
    """

    def __init__(self, store: StaffStore, *, session_hours: float) -> None:
        self.store = store
        self._session_ms = round(session_hours * MS_PER_HOUR)

    def sign_in(self, email: str, password: str, *, at: Instant) -> SignedIn | Locked | None:
        """Sign somebody in by password; ``None`` if it is not theirs, which takes as long whether they exist or not."""
        member = self.store.by_email(_plain(email))
        if member is not None and is_locked(member, at):
            self.store.note(AuditEntry(at, member.id, "sign_in.locked"))
            return Locked(member.locked_until or at)
        right = is_password(password, member.password if member is not None else None)
        if member is None or member.disabled or not right:
            return self._failed(member, at)
        # Between looking and this, others may have guessed: whoever is locked by now stays so.
        renewed = hash_password(password) if member.password is not None and hash_is_old(member.password) else None
        changed = self.store.change(
            member.id,
            lambda one: one if is_locked(one, at) else replace(after_success(one), password=renewed or one.password),
        )
        if changed is None or is_locked(changed, at):
            return None
        return self.begin(changed, "password", at=at)

    def begin(self, member: StaffMember, how: str, *, at: Instant) -> SignedIn:
        """Sign somebody in whose identity is known."""
        token = secrets.token_urlsafe(32)
        session = StaffSession(_digest(token), member.id, at, at + self._session_ms)
        self.store.begin(session, AuditEntry(at, member.id, "sign_in", details=how))
        return SignedIn(member, token, session.expires_at)

    def of(self, token: str, *, at: Instant) -> StaffMember | None:
        """Return who is signed in by a token, ``None`` if nobody is (any more)."""
        found = self.store.session(_digest(token)) if token else None
        if found is None or found[0].expires_at <= at or found[1].disabled:
            return None
        return found[1]

    def sign_out(self, token: str, *, at: Instant) -> None:
        """End a session."""
        member = self.of(token, at=at)
        if member is not None:
            self.store.end(digest=_digest(token))
            self.store.note(AuditEntry(at, member.id, "sign_out"))

    def add(
        self,
        email: str,
        name: str,
        role: Role,
        *,
        password: str | None,
        by: str,
        at: Instant,
        subject: str | None = None,
    ) -> StaffMember:
        """Make an account.

        Raises:
            StaffRefused: if there is one with this address already.
            PasswordUnusable: if its password cannot be taken.
        """
        address = _plain(email)
        member = StaffMember(
            id=secrets.token_hex(8),
            email=address,
            name=" ".join(name.split())[:100] or address,
            role=role,
            password=hash_password(password, email=address) if password is not None else None,
            subject=subject,
            created_at=at,
        )
        if not self.store.add(member, AuditEntry(at, by, "account.added", member.id, role.value)):
            raise StaffRefused(f"{address} has an account already")
        return member

    def set_password(self, staff: str, password: str, *, by: str, at: Instant) -> StaffMember:
        """Give somebody a new password; whoever was signed in as them is so no more.

        Raises:
            StaffRefused: if there is no such account.
            PasswordUnusable: if it cannot be taken.
        """
        hashed = hash_password(password, email=self._one(staff).email)
        entry = AuditEntry(at, by, "account.password", staff)
        changed = self.store.change(staff, lambda one: replace(after_success(one), password=hashed), entry)
        self.store.end(staff=staff)
        return self._there(changed)

    def drop_password(self, staff: str, *, by: str, at: Instant) -> StaffMember:
        """Leave somebody to the identity provider: they have no password any more, and are signed out.

        Raises:
            StaffRefused: if there is no such account.
        """
        entry = AuditEntry(at, by, "account.password_dropped", staff)
        changed = self.store.change(staff, lambda one: replace(after_success(one), password=None), entry)
        self.store.end(staff=staff)
        return self._there(changed)

    def change_own_password(self, member: StaffMember, old: str, new: str, *, at: Instant) -> StaffMember | None:
        """Give oneself a new password; ``None`` if the old one is wrong, which counts as a failure.

        Raises:
            PasswordUnusable: if it cannot be taken.
        """
        if is_locked(member, at) or not is_password(old, member.password):
            self._failed(member, at)
            return None
        return self.set_password(member.id, new, by=member.id, at=at)

    def set_role(self, staff: str, role: Role, *, by: str, at: Instant) -> StaffMember:
        """Give somebody another role.

        Raises:
            StaffRefused: if there is no such account, or no administrator would be left.
        """
        if role is not Role.ADMIN:
            self._keep_an_administrator(staff)
        entry = AuditEntry(at, by, "account.role", staff, role.value)
        return self._there(self.store.change(staff, lambda one: replace(one, role=role), entry))

    def disable(self, staff: str, *, disabled: bool, by: str, at: Instant) -> StaffMember:
        """Let somebody sign in no more, or again. Accounts are never deleted: what they did keeps their name.

        Raises:
            StaffRefused: if there is no such account, or no administrator would be left.
        """
        if disabled:
            self._keep_an_administrator(staff)
        entry = AuditEntry(at, by, "account.disabled" if disabled else "account.enabled", staff)
        changed = self.store.change(staff, lambda one: replace(after_success(one), disabled=disabled), entry)
        if disabled:
            self.store.end(staff=staff)
        return self._there(changed)

    def names(self) -> dict[str, str]:
        """Return people's names by their ids."""
        return {one.id: one.name for one in self.store.members()}

    def members(self) -> Sequence[StaffMember]:
        """Return all accounts, by name."""
        return self.store.members()

    def _failed(self, member: StaffMember | None, at: Instant) -> Locked | None:
        if member is None:
            self.store.note(AuditEntry(at, "", "sign_in.failed"))
            return None
        entry = AuditEntry(at, member.id, "sign_in.failed")
        changed = self.store.change(member.id, lambda one: after_failure(one, at), entry)
        return Locked(changed.locked_until or at) if changed is not None and is_locked(changed, at) else None

    def _keep_an_administrator(self, staff: str) -> None:
        others = (one for one in self.store.members() if one.id != staff)
        if self._one(staff).role is Role.ADMIN and not any(
            one.role is Role.ADMIN and not one.disabled for one in others
        ):
            raise StaffRefused("this is the last administrator; make somebody else one first")

    def _one(self, staff: str) -> StaffMember:
        return self._there(self.store.member(staff))

    @staticmethod
    def _there(member: StaffMember | None) -> StaffMember:
        if member is None:
            raise StaffRefused("there is no such account")
        return member


def _plain(email: str) -> str:
    return email.strip().lower()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
