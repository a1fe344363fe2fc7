"""``askfirst staff``: the desk's accounts, for whoever runs the service."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from api.settings import read_settings
from api.wiring import open_record
from api.wiring_desk import make_accounts
from assistant.errors import RecordUnusable
from assistant.staff.accounts import COMMAND_LINE, Accounts, StaffRefused
from assistant.staff.models import Role, StaffMember
from assistant.staff.passwords import PasswordUnusable, new_password
from commands.console import errors, results

app = typer.Typer(no_args_is_help=True, help="Who works at the desk: accounts, roles, passwords.")

_Email = Annotated[str, typer.Argument(help="The e-mail address that they sign in with.")]
_FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input; else one is made and shown.")
]


@app.command()
def add(
    email: _Email,
    *,
    name: Annotated[str, typer.Option(help="Their name, as customers read it.")] = "",
    role: Annotated[Role, typer.Option(help="What they do.")] = Role.STAFF,
    from_input: _FromInput = False,
) -> None:
    """Make an account."""
    if "@" not in email.strip("@ "):
        raise RecordUnusable(f"{email!r} is no e-mail address")
    password = _password(from_input)
    with _accounts() as accounts:
        called = name or email.partition("@")[0]
        member = accounts.add(email, called, role, password=password, by=COMMAND_LINE, at=_now())
    results.print(f"{member.name} <{member.email}> signs in at /desk as {member.role.value}", markup=False)
    _show(password, from_input)


@app.command()
def password(email: _Email, *, from_input: _FromInput = False) -> None:
    """Give somebody a new password, and end a lock-out; they are signed out everywhere."""
    given = _password(from_input)
    with _accounts() as accounts:
        member = _one(accounts, email)
        accounts.set_password(member.id, given, by=COMMAND_LINE, at=_now())
    results.print(f"{member.email} has a new password", markup=False)
    _show(given, from_input)


@app.command()
def role(email: _Email, role: Annotated[Role, typer.Argument(help="What they do.")]) -> None:
    """Give somebody another role."""
    with _accounts() as accounts:
        accounts.set_role(_one(accounts, email).id, role, by=COMMAND_LINE, at=_now())
    results.print(f"{email} is {role.value} now", markup=False)


@app.command()
def disable(
    email: _Email, *, enable: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False
) -> None:
    """Let somebody in no more, at once. What they did keeps their name."""
    with _accounts() as accounts:
        accounts.disable(_one(accounts, email).id, disabled=not enable, by=COMMAND_LINE, at=_now())
    now = "may sign in again" if enable else "is signed out, and may sign in no more"
    results.print(f"{email} {now}", markup=False)


@app.command()
def provider(email: _Email) -> None:
    """Let somebody sign in by the identity provider only: their password goes, and they are signed out."""
    with _accounts() as accounts:
        accounts.drop_password(_one(accounts, email).id, by=COMMAND_LINE, at=_now())
    results.print(f"{email} has no password any more, and signs in by the identity provider", markup=False)


@app.command("list")
def list_() -> None:
    """List the accounts."""
    with _accounts() as accounts:
        for one in accounts.members():
            off = ", switched off" if one.disabled else ""
            typer.echo(f"{one.email}\t{one.name}\t{one.role.value}{off}")  # the console would expand the tabs


def _password(from_input: bool) -> str:
    return sys.stdin.readline().rstrip("\r\n") if from_input else new_password()


def _show(given: str, from_input: bool) -> None:
    if not from_input:
        results.print(f"password: {given}", markup=False)
        errors.print("It is shown only now; it can be changed at the desk.", markup=False)


def _one(accounts: Accounts, email: str) -> StaffMember:
    member = accounts.store.by_email(email.strip().lower())
    if member is None:
        raise RecordUnusable(f"{email} has no account")
    return member


@contextmanager
def _accounts() -> Iterator[Accounts]:
    settings = read_settings()
    record = open_record(settings)
    try:
        yield make_accounts(settings, record.engine)
    except (StaffRefused, PasswordUnusable) as exc:
        raise RecordUnusable(str(exc)) from exc
    finally:
        record.close()


def _now() -> int:
    return time.time_ns() // 1_000_000
