"""The desk's accounts, in the record's database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from assistant.adapters.sql import schema
from assistant.adapters.sql.engine import insert_new
from assistant.adapters.sql.prepared import Prepared
from assistant.staff.models import AuditEntry, Role, StaffMember, StaffSession

_staff, _sessions, _audit = schema.staff, schema.staff_sessions, schema.audit


class SqlStaff(Prepared):
    """Keeps accounts; see ``StaffStore``."""

    def add(self, member: StaffMember, entry: AuditEntry) -> bool:
        """Keep a new account; return whether nobody had its address or subject."""
        with self._writing() as connection:
            put = insert_new(_staff, self._engine).values(_values(member)).returning(_staff.c.id)
            new = connection.execute(put).one_or_none() is not None
            if new:
                _note(connection, entry)
        return new

    def by_email(self, email: str) -> StaffMember | None:
        """Return an account by its address."""
        return self._one(_staff.c.email == email.replace("\x00", ""))

    def by_subject(self, subject: str) -> StaffMember | None:
        """Return an account by who they are at the identity provider."""
        return self._one(_staff.c.subject == subject)

    def member(self, staff: str) -> StaffMember | None:
        """Return an account by its id."""
        return self._one(_staff.c.id == staff.replace("\x00", ""))

    def members(self) -> Sequence[StaffMember]:
        """Return all accounts, by name."""
        with self._reading() as connection:
            return [_member(row) for row in connection.execute(select(_staff).order_by(_staff.c.name, _staff.c.id))]

    def change(
        self, staff: str, change: Callable[[StaffMember], StaffMember], entry: AuditEntry | None = None
    ) -> StaffMember | None:
        """Change an account, alone with it, and note who did; ``None`` if there is none."""
        this = _staff.c.id == staff.replace("\x00", "")
        with self._writing() as connection:
            row = connection.execute(select(_staff).where(this).with_for_update()).one_or_none()
            if row is None:
                return None
            after = change(_member(row))
            connection.execute(update(_staff).where(this).values(_values(after)))
            if entry is not None:
                _note(connection, entry)
        return after

    def begin(self, session: StaffSession, entry: AuditEntry) -> None:
        """Keep that somebody is signed in."""
        with self._writing() as connection:
            connection.execute(delete(_sessions).where(_sessions.c.expires_at <= session.began_at))
            connection.execute(insert(_sessions).values(asdict(session)))
            _note(connection, entry)

    def session(self, digest: str) -> tuple[StaffSession, StaffMember] | None:
        """Return who is signed in by a secret, by its digest."""
        wanted = select(_staff, _sessions).join(_sessions, _sessions.c.staff == _staff.c.id)
        with self._reading() as connection:
            row = connection.execute(wanted.where(_sessions.c.digest == digest)).one_or_none()
        if row is None:
            return None
        return StaffSession(row.digest, row.staff, row.began_at, row.expires_at), _member(row)

    def end(self, *, digest: str | None = None, staff: str | None = None) -> int:
        """End one session, or all of an account; return how many."""
        which = _sessions.c.digest == digest if digest is not None else _sessions.c.staff == staff
        with self._writing() as connection:
            return connection.execute(delete(_sessions).where(which)).rowcount

    def note(self, entry: AuditEntry) -> None:
        """Note what was done."""
        with self._writing() as connection:
            _note(connection, entry)

    def entries(self, *, most: int, before: int | None = None, about: str | None = None) -> Sequence[AuditEntry]:
        """Return what was done, latest first: before a number, about something."""
        wanted = select(_audit).order_by(_audit.c.number.desc()).limit(most)
        if before is not None:
            wanted = wanted.where(_audit.c.number < before)
        if about is not None:
            wanted = wanted.where(_audit.c.about == about)
        with self._reading() as connection:
            return [
                AuditEntry(row.at, row.by, row.action, row.about, row.details, row.number)
                for row in connection.execute(wanted)
            ]

    def _one(self, condition: Any) -> StaffMember | None:
        with self._reading() as connection:
            row = connection.execute(select(_staff).where(condition)).one_or_none()
        return _member(row) if row is not None else None


def _note(connection: Connection, entry: AuditEntry) -> None:
    values = asdict(entry)
    del values["number"]
    connection.execute(insert(_audit).values(values))


def _values(member: StaffMember) -> dict[str, Any]:
    return {**asdict(member), "role": member.role.value}


def _member(row: Row[Any]) -> StaffMember:
    return StaffMember(
        id=row.id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        password=row.password,
        subject=row.subject,
        disabled=row.disabled,
        failures=row.failures,
        locked_until=row.locked_until,
        created_at=row.created_at,
    )
