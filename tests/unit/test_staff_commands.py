"""``askfirst staff`` as people run it: who works at the desk."""

from __future__ import annotations

import io
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.adapters.sql.record import SqlRecord
from assistant.adapters.sql.staff import SqlStaff
from assistant.staff.accounts import Accounts, Locked, SignedIn
from assistant.staff.models import Role
from commands.main import main

PASSWORD = "żółw lubi ciepłe morze"  # noqa: S105 - of the tests
MADE = re.compile(r"password: ((?:[a-z2-9]{4}-){3}[a-z2-9]{4})\n")


@dataclass(frozen=True)
class Done:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process, over a database of the test's own."""
    monkeypatch.setenv("ASKFIRST_DATABASE", f"sqlite:///{tmp_path}/record.db")
    monkeypatch.setenv("ASKFIRST_SECRET", "a secret of the tests")

    def run(*arguments: str, given: str = "") -> Done:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["askfirst", "staff", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        code: object = 0
        try:
            main()
        except SystemExit as exc:
            code = exc.code
        said = capsys.readouterr()
        return Done(int(str(code or 0)), said.out, said.err)

    return run


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    """The accounts as the service has them, over the same database."""
    record = SqlRecord(f"sqlite:///{tmp_path}/record.db")
    yield Accounts(SqlStaff(record.engine), session_hours=8)
    record.close()


def now() -> int:
    return time.time_ns() // 1_000_000


def test_an_account_is_made_with_a_password_that_is_shown_once(run: Run, accounts: Accounts) -> None:
    done = run("add", "Zofia@Example.com", "--name", "Zofia [Żak]", "--role", "admin")
    password = MADE.findall(done.out)[0]
    signed_in = accounts.sign_in("zofia@example.com", password, at=now())

    assert done.code == 0
    assert done.out.startswith("Zofia [Żak] <zofia@example.com> signs in at /desk as admin\n")
    assert done.err == "It is shown only now; it can be changed at the desk.\n"
    assert isinstance(signed_in, SignedIn)
    assert signed_in.member.role is Role.ADMIN
    assert password not in run("list").out


def test_a_password_can_come_from_a_file_and_is_not_repeated(run: Run, accounts: Accounts) -> None:
    done = run("add", "ben@example.com", "--password-stdin", given=f"{PASSWORD}\r\n")

    assert done == Done(0, "ben <ben@example.com> signs in at /desk as staff\n", "")
    assert isinstance(accounts.sign_in("ben@example.com", PASSWORD, at=now()), SignedIn)


@pytest.mark.parametrize(
    ("arguments", "given", "message"),
    [
        (["add", "zofia@example.com"], "", "error: zofia@example.com has an account already\n"),
        (["add", "nonsense"], "", "error: 'nonsense' is no e-mail address\n"),
        (
            ["add", "ben@example.com", "--password-stdin"],
            "short\n",
            "error: a password has at least 12 characters; some words in a row do well\n",
        ),
        (["password", "nobody@example.com"], "", "error: nobody@example.com has no account\n"),
        (["role", "nobody@example.com", "staff"], "", "error: nobody@example.com has no account\n"),
        (["disable", "nobody@example.com"], "", "error: nobody@example.com has no account\n"),
        (["provider", "nobody@example.com"], "", "error: nobody@example.com has no account\n"),
        (
            ["role", "zofia@example.com", "writer"],
            "",
            "error: this is the last administrator; make somebody else one first\n",
        ),
        (["disable", "zofia@example.com"], "", "error: this is the last administrator; make somebody else one first\n"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    run: Run, accounts: Accounts, arguments: list[str], given: str, message: str
) -> None:
    run("add", "zofia@example.com", "--role", "admin")
    before = accounts.members()
    done = run(*arguments, given=given)

    assert done == Done(1, "", message)
    assert accounts.members() == before


def test_a_new_password_ends_a_lock_out_and_all_sessions(run: Run, accounts: Accounts) -> None:
    run("add", "ben@example.com", "--password-stdin", given=PASSWORD)
    before = accounts.sign_in("ben@example.com", PASSWORD, at=now())
    assert isinstance(before, SignedIn)
    tries = [accounts.sign_in("ben@example.com", "wrong", at=now()) for _ in range(5)]
    done = run("password", "BEN@example.com")

    assert isinstance(tries[-1], Locked)
    assert done.out.startswith("ben@example.com has a new password\n")
    assert accounts.of(before.token, at=now()) is None
    assert isinstance(accounts.sign_in("ben@example.com", MADE.findall(done.out)[0], at=now()), SignedIn)


def test_a_role_is_changed(run: Run, accounts: Accounts) -> None:
    run("add", "ben@example.com")

    assert run("role", "ben@example.com", "writer") == Done(0, "ben@example.com is writer now\n", "")
    assert [one.role for one in accounts.members()] == [Role.WRITER]


def test_somebody_is_let_in_no_more_and_again(run: Run, accounts: Accounts) -> None:
    run("add", "ben@example.com", "--password-stdin", given=PASSWORD)
    before = accounts.sign_in("ben@example.com", PASSWORD, at=now())
    assert isinstance(before, SignedIn)
    off = run("disable", "ben@example.com")
    out = accounts.of(before.token, at=now()), accounts.sign_in("ben@example.com", PASSWORD, at=now())
    listed = run("list").out
    on = run("disable", "ben@example.com", "--undo")

    assert off.out == "ben@example.com is signed out, and may sign in no more\n"
    assert out == (None, None)
    assert listed == "ben@example.com\tben\tstaff, switched off\n"
    assert on.out == "ben@example.com may sign in again\n"
    assert isinstance(accounts.sign_in("ben@example.com", PASSWORD, at=now()), SignedIn)


def test_somebody_is_left_to_the_identity_provider(run: Run, accounts: Accounts) -> None:
    run("add", "ben@example.com", "--password-stdin", given=PASSWORD)
    before = accounts.sign_in("ben@example.com", PASSWORD, at=now())
    assert isinstance(before, SignedIn)
    done = run("provider", "ben@example.com")

    assert done.out == "ben@example.com has no password any more, and signs in by the identity provider\n"
    assert accounts.of(before.token, at=now()) is None
    assert accounts.sign_in("ben@example.com", PASSWORD, at=now()) is None


def test_accounts_are_listed_by_name(run: Run) -> None:
    run("add", "a@example.com", "--name", "Żaneta", "--role", "writer")
    run("add", "b@example.com", "--name", "Adam")

    assert run("list").out == "b@example.com\tAdam\tstaff\na@example.com\tŻaneta\twriter\n"


def test_what_is_done_here_is_noted_as_done_here(run: Run, accounts: Accounts) -> None:
    run("add", "ben@example.com")
    run("role", "ben@example.com", "writer")
    (ben,) = accounts.members()

    assert [(one.by, one.action, one.about, one.details) for one in accounts.store.entries(most=9)] == [
        ("command line", "account.role", ben.id, "writer"),
        ("command line", "account.added", ben.id, "staff"),
    ]
