"""``askfirst eval kill``: whether anything acknowledged is lost when the service or its database is killed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import httpx2
import typer
from sqlalchemy import select

from api.settings import read_settings
from assistant.adapters.sql import schema
from assistant.adapters.sql.engine import open_engine
from commands.console import progress, results
from eval.errors import EvalError
from eval.killing import Killed, kill_under_load
from eval.postgres import postgres_server
from eval.service import running_service

_TOKENS = 50


class Victim(StrEnum):
    """What is killed."""

    SERVICE = "service"
    DATABASE = "database"


def kill(
    what: Annotated[Victim, typer.Option(help="The service (over SQLite), or its database (PostgreSQL).")],
    *,
    times: Annotated[int, typer.Option(min=1, help="How often.")] = 100,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")] = None,
) -> None:
    """Kill without warning while browsers send events and ask, and look for what was lost or doubled."""
    settings = read_settings()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(postgres_server()) if what is Victim.DATABASE else None
        database = server.url if server is not None else f"sqlite:///{folder}/record.db"
        service = stack.enter_context(running_service(folder, index_dir=str(settings.index_dir), database=database))

        def kill_and_restart() -> None:
            (server or service).kill()
            (server or service).start()

        with progress() as bar:
            killed = kill_under_load(
                service.port,
                _tokens(service.address),
                kill_and_restart,
                _recorded_in(database),
                kills=times,
                progress=bar(f"Killing the {what.value}"),
            )
    results.print(_told(killed))
    if json_file is not None:
        json_file.write_text(json.dumps(asdict(killed), indent=2) + "\n", "utf-8")
    if killed.lost or killed.doubled or killed.foreign:
        raise EvalError(f"{killed.lost} lost, {killed.doubled} doubled, {killed.foreign} made up")


def _tokens(address: str) -> list[str]:
    with httpx2.Client(base_url=address, timeout=60.0) as client:
        asked = {"question": "how long does a reply take?", "locale": "en", "intent": "ticket"}
        return [client.post("/v1/answers", json=asked).raise_for_status().json()["token"] for _ in range(_TOKENS)]


def _recorded_in(database: str) -> Callable[[], tuple[Sequence[str], Sequence[str]]]:
    def recorded() -> tuple[Sequence[str], Sequence[str]]:
        engine = open_engine(database)
        with engine.connect() as connection:
            found = (
                connection.scalars(select(schema.events.c.id)).all(),
                connection.scalars(select(schema.interactions.c.id)).all(),
            )
        engine.dispose()
        return found

    return recorded


def _told(killed: Killed) -> str:
    return (
        f"killed {killed.kills} times: {killed.acknowledged:,} events and {killed.questions:,} questions acknowledged, "
        f"{killed.retries:,} requests sent again; "
        f"{killed.lost} lost, {killed.doubled} doubled, {killed.foreign} made up"
    )
