"""Whom the identity provider names, in both databases: whose account it is, and whether they come in."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from assistant.adapters.sql.record import SqlRecord
from assistant.adapters.sql.staff import SqlStaff
from assistant.staff.accounts import COMMAND_LINE, Accounts, SignedIn
from assistant.staff.identities import Identity, NotLetIn, sign_in_by_identity
from assistant.staff.models import Role

NOON = 1_795_431_600_000
PASSWORD = "żółw lubi ciepłe morze"  # noqa: S105 - of the tests
BEN = Identity("https://login.example.com 17", Role.STAFF, " Ben@Example.com ", True, "בן\x00\u202e ")


@pytest.fixture
def accounts(record: SqlRecord) -> Accounts:
    return Accounts(SqlStaff(record.engine), session_hours=8)


def test_somebody_new_gets_an_account_without_a_password(accounts: Accounts) -> None:
    done = sign_in_by_identity(accounts, BEN, at=NOON)

    assert isinstance(done, SignedIn)
    assert (done.member.email, done.member.name, done.member.role) == ("ben@example.com", "בן", Role.STAFF)
    assert (done.member.subject, done.member.password) == (BEN.subject, None)
    assert accounts.of(done.token, at=NOON) == done.member
    assert accounts.sign_in("ben@example.com", "", at=NOON) is None


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"role": None}, NotLetIn.NO_ROLE),
        ({"email": ""}, NotLetIn.NO_ADDRESS),
        ({"email": "@"}, NotLetIn.NO_ADDRESS),
        ({"email": "a\x00@example.com"}, NotLetIn.NO_ADDRESS),
        ({"email": "x" * 250 + "@example.com"}, NotLetIn.NO_ADDRESS),
        ({"verified": False}, NotLetIn.UNVERIFIED),
    ],
)
def test_somebody_of_whom_too_little_is_said_gets_none(
    accounts: Accounts, changed: dict[str, object], why: NotLetIn
) -> None:
    assert sign_in_by_identity(accounts, replace(BEN, **changed), at=NOON) is why  # type: ignore[arg-type]
    assert accounts.members() == []
    assert [(one.action, one.details) for one in accounts.store.entries(most=9)] == [("sign_in.refused", why.value)]


def test_an_address_gives_nobody_the_account_of_another_person_at_the_provider(accounts: Accounts) -> None:
    sign_in_by_identity(accounts, BEN, at=NOON)
    other = replace(BEN, subject="https://login.example.com 18", role=Role.ADMIN)

    assert sign_in_by_identity(accounts, other, at=NOON) is NotLetIn.TAKEN
    assert [one.role for one in accounts.members()] == [Role.STAFF]


def test_an_account_whose_password_was_dropped_waits_for_its_address(accounts: Accounts) -> None:
    local = accounts.add("ben@example.com", "Ben", Role.ADMIN, password=PASSWORD, by=COMMAND_LINE, at=NOON)
    admin = replace(BEN, role=Role.ADMIN)
    before = sign_in_by_identity(accounts, admin, at=NOON)
    accounts.drop_password(local.id, by=COMMAND_LINE, at=NOON)
    unverified = sign_in_by_identity(accounts, replace(admin, verified=None), at=NOON)
    after = sign_in_by_identity(accounts, admin, at=NOON)

    assert (before, unverified) == (NotLetIn.TAKEN, NotLetIn.TAKEN)
    assert isinstance(after, SignedIn)
    assert after.member == replace(local, password=None, subject=BEN.subject)


def test_the_last_administrator_stays_one_and_the_next_but_one_does_not(accounts: Accounts) -> None:
    sign_in_by_identity(accounts, replace(BEN, role=Role.ADMIN), at=NOON)
    alone = sign_in_by_identity(accounts, BEN, at=NOON)
    accounts.add("zofia@example.com", "Zofia", Role.ADMIN, password=PASSWORD, by=COMMAND_LINE, at=NOON)
    beside = sign_in_by_identity(accounts, BEN, at=NOON)

    assert isinstance(alone, SignedIn)
    assert isinstance(beside, SignedIn)
    assert (alone.member.role, beside.member.role) == (Role.ADMIN, Role.STAFF)


def test_two_first_sign_ins_at_once_make_one_account(accounts: Accounts) -> None:
    threads = [
        threading.Thread(target=sign_in_by_identity, args=(accounts, BEN), kwargs={"at": NOON}) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [one.subject for one in accounts.members()] == [BEN.subject]
