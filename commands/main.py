"""The command ``askfirst``."""

from __future__ import annotations

from typing import Annotated

import typer

from commands import (
    adapting,
    asking,
    deflection,
    demo,
    doctor,
    evaluation,
    fair_use,
    gaps,
    helpdesk,
    index,
    record,
    staff,
)
from commands.console import KNOWN_ERRORS, fail

app = typer.Typer(
    name="askfirst",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    help="Finds the answer in the help pages before a ticket is created.",
)
app.add_typer(index.app, name="index")
app.add_typer(evaluation.app, name="eval")
app.command()(adapting.adapt)
app.command()(asking.ask)
app.command()(asking.serve)
app.command()(demo.demo)
app.command()(deflection.report)
app.add_typer(record.app, name="record")
app.add_typer(fair_use.app, name="fair-use")
app.add_typer(gaps.app, name="gaps")
app.add_typer(helpdesk.app, name="helpdesk")
app.add_typer(staff.app, name="staff")
app.command()(doctor.doctor)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("askfirst"))
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    pass


def main() -> None:
    """Run the command; an error we know is one message, not a traceback."""
    try:
        app()
    except KNOWN_ERRORS as exc:
        fail(str(exc))
    except OSError as exc:
        fail(f"{exc.filename}: {exc.strerror}" if exc.filename else str(exc))
