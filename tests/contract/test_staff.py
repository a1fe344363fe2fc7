"""The desk's accounts in both databases: passwords, lock-out, sessions, the last administrator, what is noted."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.adapters.sql.record import SqlRecord
from assistant.adapters.sql.staff import SqlStaff
from assistant.record.events import MS_PER_HOUR
from assistant.staff.accounts import COMMAND_LINE, Accounts, Locked, SignedIn, StaffRefused
from assistant.staff.locking import FREE_FAILURES, after_failure, after_success, is_locked
from assistant.staff.models import Right, Role, StaffMember
from assistant.staff.passwords import PasswordUnusable, hash_password, is_password

NOON = 1_795_431_600_000
PASSWORD = "żółw lubi ciepłe morze"  # noqa: S105
MINUTE = 60_000


@pytest.fixture
def accounts(record: SqlRecord) -> Accounts:
    return Accounts(SqlStaff(record.engine), session_hours=8)


@pytest.fixture
def zofia(accounts: Accounts) -> StaffMember:
    return accounts.add("Zofia@Example.com ", "Zofia  Żak", Role.ADMIN, password=PASSWORD, by=COMMAND_LINE, at=NOON)


def test_somebody_signs_in_by_password_until_the_session_ends(accounts: Accounts, zofia: StaffMember) -> None:
    done = accounts.sign_in(" ZOFIA@example.com", PASSWORD, at=NOON)

    assert isinstance(done, SignedIn)
    assert (done.member.name, done.member.email) == ("Zofia Żak", "zofia@example.com")
    assert accounts.of(done.token, at=NOON + 8 * MS_PER_HOUR - 1) == zofia
    assert accounts.of(done.token, at=NOON + 8 * MS_PER_HOUR) is None
    assert accounts.of("another", at=NOON) is None
    assert accounts.of("", at=NOON) is None


def test_signing_out_ends_the_session_at_once(accounts: Accounts, zofia: StaffMember) -> None:
    done = accounts.sign_in(zofia.email, PASSWORD, at=NOON)
    assert isinstance(done, SignedIn)

    accounts.sign_out(done.token, at=NOON + 1)

    assert accounts.of(done.token, at=NOON + 2) is None


@pytest.mark.usefixtures("zofia")
@pytest.mark.parametrize(
    ("email", "password"), [("zofia@example.com", "something else"), ("nobody@example.com", PASSWORD), ("\x00", "\x00")]
)
def test_a_wrong_password_or_address_is_nobody(accounts: Accounts, email: str, password: str) -> None:
    assert accounts.sign_in(email, password, at=NOON) is None


def test_guessing_is_stopped_for_a_while_and_the_right_password_too(accounts: Accounts, zofia: StaffMember) -> None:
    for _ in range(FREE_FAILURES - 1):
        assert accounts.sign_in(zofia.email, "wrong", at=NOON) is None

    assert accounts.sign_in(zofia.email, "wrong", at=NOON) == Locked(NOON + MINUTE)
    assert accounts.sign_in(zofia.email, PASSWORD, at=NOON + MINUTE - 1) == Locked(NOON + MINUTE)
    assert isinstance(accounts.sign_in(zofia.email, PASSWORD, at=NOON + MINUTE), SignedIn)
    assert accounts.sign_in(zofia.email, "wrong", at=NOON + MINUTE) is None


def test_guesses_at_the_same_time_are_all_counted(accounts: Accounts, zofia: StaffMember) -> None:
    threads = [
        threading.Thread(target=accounts.sign_in, args=(zofia.email, "wrong"), kwargs={"at": NOON}) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found = accounts.store.member(zofia.id)
    assert found is not None
    assert found.failures == 4


@given(st.lists(st.booleans(), max_size=40))
def test_nobody_is_locked_out_for_more_than_half_an_hour(tries: list[bool]) -> None:
    member, at = StaffMember("a", "a@example.com", "A", Role.STAFF), NOON
    for right in tries:
        member = after_success(member) if right and not is_locked(member, at) else after_failure(member, at)
        assert not is_locked(member, at + 30 * MINUTE)
        at += MINUTE


def test_a_new_password_ends_all_sessions(accounts: Accounts, zofia: StaffMember) -> None:
    done = accounts.sign_in(zofia.email, PASSWORD, at=NOON)
    assert isinstance(done, SignedIn)

    assert accounts.change_own_password(zofia, "wrong", "correct horse battery", at=NOON) is None
    assert accounts.of(done.token, at=NOON) is not None
    assert accounts.change_own_password(zofia, PASSWORD, "correct horse battery", at=NOON) is not None

    assert accounts.of(done.token, at=NOON) is None
    assert isinstance(accounts.sign_in(zofia.email, "correct horse battery", at=NOON), SignedIn)


def test_who_is_disabled_is_signed_out_and_cannot_come_back(accounts: Accounts, zofia: StaffMember) -> None:
    ben = accounts.add("ben@example.com", "Ben", Role.STAFF, password=PASSWORD, by=zofia.id, at=NOON)
    done = accounts.sign_in(ben.email, PASSWORD, at=NOON)
    assert isinstance(done, SignedIn)

    accounts.disable(ben.id, disabled=True, by=zofia.id, at=NOON)

    assert accounts.of(done.token, at=NOON) is None
    assert accounts.sign_in(ben.email, PASSWORD, at=NOON) is None
    accounts.disable(ben.id, disabled=False, by=zofia.id, at=NOON)
    assert isinstance(accounts.sign_in(ben.email, PASSWORD, at=NOON), SignedIn)


def test_the_last_administrator_stays_one(accounts: Accounts, zofia: StaffMember) -> None:
    with pytest.raises(StaffRefused, match="last administrator"):
        accounts.set_role(zofia.id, Role.STAFF, by=zofia.id, at=NOON)
    with pytest.raises(StaffRefused, match="last administrator"):
        accounts.disable(zofia.id, disabled=True, by=zofia.id, at=NOON)

    ben = accounts.add("ben@example.com", "Ben", Role.ADMIN, password=PASSWORD, by=zofia.id, at=NOON)
    assert accounts.set_role(zofia.id, Role.WRITER, by=ben.id, at=NOON).role is Role.WRITER


@pytest.mark.usefixtures("zofia")
def test_an_address_has_one_account(accounts: Accounts) -> None:
    with pytest.raises(StaffRefused, match="has an account already"):
        accounts.add("ZOFIA@example.com", "Another", Role.STAFF, password=PASSWORD, by="x", at=NOON)


def test_what_cannot_be_found_is_refused(accounts: Accounts) -> None:
    with pytest.raises(StaffRefused, match="no such account"):
        accounts.set_password("nobody", PASSWORD, by="x", at=NOON)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "x" * 201, "zofia@example.com"])
def test_a_password_that_is_guessed_at_once_is_not_taken(password: str) -> None:
    with pytest.raises(PasswordUnusable):
        hash_password(password, email="zofia@example.com")


def test_a_hash_says_nothing_and_fits_one_password() -> None:
    hashed = hash_password(PASSWORD)

    assert hashed.startswith("$argon2id$")
    assert PASSWORD not in hashed
    assert is_password(PASSWORD, hashed)
    assert not is_password(PASSWORD + "!", hashed)
    assert not is_password(PASSWORD, None)
    assert not is_password(PASSWORD, "damaged")


def test_what_is_done_is_noted_latest_first(accounts: Accounts, zofia: StaffMember) -> None:
    accounts.sign_in(zofia.email, "wrong", at=NOON + 1)
    accounts.sign_in("nobody@example.com", "wrong", at=NOON + 2)
    accounts.sign_in(zofia.email, PASSWORD, at=NOON + 3)
    accounts.set_role(zofia.id, Role.ADMIN, by=zofia.id, at=NOON + 4)

    entries = accounts.store.entries(most=10)
    assert [(one.at - NOON, one.by, one.action, one.about, one.details) for one in entries] == [
        (4, zofia.id, "account.role", zofia.id, "admin"),
        (3, zofia.id, "sign_in", "", "password"),
        (2, "", "sign_in.failed", "", ""),
        (1, zofia.id, "sign_in.failed", "", ""),
        (0, COMMAND_LINE, "account.added", zofia.id, "admin"),
    ]
    assert [one.number for one in accounts.store.entries(most=2, before=entries[1].number)] == [
        one.number for one in entries[2:4]
    ]
    assert [one.action for one in accounts.store.entries(most=9, about=zofia.id)] == ["account.role", "account.added"]


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        (Role.STAFF, {Right.TICKETS, Right.FIGURES}),
        (Role.WRITER, {Right.FIGURES, Right.PAGES}),
        (Role.ADMIN, set(Right)),
    ],
)
def test_a_role_has_its_rights(role: Role, rights: set[Right]) -> None:
    member = StaffMember("a", "a@example.com", "A", role)

    assert {right for right in Right if member.may(right)} == rights
    assert not any(StaffMember("a", "a@example.com", "A", role, disabled=True).may(right) for right in Right)
