"""Signing in at the desk by an identity provider: which account somebody has, whether they may come in, as what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from assistant.record.events import Instant
from assistant.staff.accounts import Accounts, SignedIn, StaffRefused
from assistant.staff.models import AuditEntry, Role, StaffMember

PROVIDER = "identity provider"
"""Who has done something, where it follows from what the identity provider says."""
HOW = "oidc"
_MOST_EMAIL_CHARS = 254


class NotLetIn(StrEnum):
    """Why somebody whom the identity provider knows does not come in."""

    NO_ROLE = "no role"
    DISABLED = "disabled"
    NO_ADDRESS = "no address"
    UNVERIFIED = "address not verified"
    TAKEN = "address taken"


@dataclass(frozen=True, slots=True)
class Identity:
    """What the identity provider says of somebody.

    Attributes:
        subject: the issuer, a space, and their id there; never changes, and is all that they are known by.
        role: what they do at the desk, ``None`` for nothing.
        email: their address, empty if it is not told.
        verified: whether the provider has seen that it is theirs; ``None`` if it does not say.
        name: what they are called, empty if it is not told.
    """

    subject: str
    role: Role | None
    email: str = ""
    verified: bool | None = None
    name: str = ""

    @property
    def usable_email(self) -> str:
        """The address as accounts have it, empty if it is none."""
        email = self.email.strip().lower()
        good = "@" in email.strip("@ ") and len(email) <= _MOST_EMAIL_CHARS and email.isprintable()
        return email if good else ""


def role_in(claim: object) -> Role | None:
    """Return what a claim, one text or a list, makes somebody: of several roles the one that may do most."""
    named = [claim] if isinstance(claim, str) else claim if isinstance(claim, list) else []
    return next((role for role in (Role.ADMIN, Role.STAFF, Role.WRITER) if role.value in named), None)


def sign_in_by_identity(accounts: Accounts, identity: Identity, *, at: Instant) -> SignedIn | NotLetIn:
    """Sign in whom the identity provider names, in their account or in a new one; their role is what it says now.

    An account that was made here is theirs only if it has no password and the provider has verified their address:
    whoever may choose an address at the provider must not become somebody else here by it.
    """
    member = accounts.store.by_subject(identity.subject)
    if identity.role is None:
        if member is not None:
            accounts.store.end(staff=member.id)
        return _refused(accounts, NotLetIn.NO_ROLE, member, at)
    if member is None:
        found = _account_for(accounts, identity, identity.role, at)
        if isinstance(found, NotLetIn):
            return _refused(accounts, found, None, at)
        member = found
    if member.disabled:
        return _refused(accounts, NotLetIn.DISABLED, member, at)
    if member.role is not identity.role:
        member = _with_role(accounts, member, identity.role, at)
    return accounts.begin(member, HOW, at=at)


def _account_for(accounts: Accounts, identity: Identity, role: Role, at: Instant) -> StaffMember | NotLetIn:
    email = identity.usable_email
    if not email:
        return NotLetIn.NO_ADDRESS
    if identity.verified is False:
        return NotLetIn.UNVERIFIED
    local = accounts.store.by_email(email)
    if local is not None:
        return _taken_over(accounts, local, identity, at)
    name = "".join(one for one in identity.name if one.isprintable()) or email.partition("@")[0]
    try:
        return accounts.add(email, name, role, password=None, by=PROVIDER, at=at, subject=identity.subject)
    except StaffRefused:  # somebody was faster
        return NotLetIn.TAKEN


def _taken_over(accounts: Accounts, local: StaffMember, identity: Identity, at: Instant) -> StaffMember | NotLetIn:
    def free(one: StaffMember) -> bool:
        return one.subject is None and one.password is None

    if identity.verified is not True or not free(local):
        return NotLetIn.TAKEN
    changed = accounts.store.change(
        local.id,
        lambda one: replace(one, subject=identity.subject) if free(one) else one,
        AuditEntry(at, PROVIDER, "account.linked", local.id),
    )
    return changed if changed is not None and changed.subject == identity.subject else NotLetIn.TAKEN


def _with_role(accounts: Accounts, member: StaffMember, role: Role, at: Instant) -> StaffMember:
    try:
        return accounts.set_role(member.id, role, by=PROVIDER, at=at)
    except StaffRefused:  # the last administrator stays one, whatever the provider says
        accounts.store.note(AuditEntry(at, PROVIDER, "account.role_kept", member.id, member.role.value))
        return member


def _refused(accounts: Accounts, why: NotLetIn, member: StaffMember | None, at: Instant) -> NotLetIn:
    accounts.store.note(AuditEntry(at, member.id if member is not None else "", "sign_in.refused", details=why.value))
    return why
