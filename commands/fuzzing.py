"""``askfirst eval fuzz``: whether a draft is ever lost or a ticket doubled, whatever happens while it is written."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from api.dependencies import system_clock
from api.sessions import SESSION_COOKIE, Sessions
from api.settings import read_settings
from assistant.adapters.sql import schema
from assistant.adapters.sql.engine import open_engine
from assistant.record.keys import Keys, secret_bytes
from assistant.tickets.models import Customer
from commands.console import progress, results
from eval.errors import EvalError
from eval.fuzzing import fuzz, settle
from eval.service import running_service

_SECRET = "a secret for fuzzing"  # noqa: S105 - of a service that lives for minutes


def fuzz_command(
    *,
    sessions: Annotated[int, typer.Option(min=1, help="How many sessions.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Of everything that is random.")] = 1,
    at_once: Annotated[int, typer.Option(min=1, max=16, help="How many browsers at the same time.")] = 3,
    restart_every: Annotated[
        int, typer.Option(min=0, help="Kill and restart the service every so many sessions.")
    ] = 500,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")] = None,
) -> None:
    """Have customers reload, press twice, go back and lose their connection, and look for lost or doubled tickets."""
    settings = read_settings()
    maker = Sessions(Keys(secret_bytes(_SECRET)).derive("session"), hours=24.0, secure=False)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running_service(folder, index_dir=str(settings.index_dir), secret=_SECRET) as service, progress() as bar:
            told = bar("Fuzzing")

            def cookies(number: int) -> list[dict[str, str]]:
                token, _ = maker.begin(Customer(f"account-{number}", f"Customer {number}"), "shop", now=system_clock())
                return [{"name": SESSION_COOKIE, "value": token, "url": service.address}]

            def between(ended: int) -> None:
                if restart_every and ended % restart_every == 0:
                    service.kill()
                    service.start()

            fuzzed, texts = asyncio.run(
                fuzz(
                    service.address,
                    cookies,
                    sessions=sessions,
                    seed=seed,
                    at_once=at_once,
                    between=between,
                    progress=told,
                )
            )
        engine = open_engine(f"sqlite:///{folder}/record.db")
        with engine.connect() as connection:
            kept = Counter(connection.scalars(select(schema.desk_tickets.c.text)))
        engine.dispose()
    fuzzed = settle(fuzzed, texts, kept)
    results.print(f"{fuzzed.sessions:,} sessions, {fuzzed.sent:,} sent to the end; done to them: {dict(fuzzed.faults)}")
    for title, cases in (
        ("lost drafts", fuzzed.lost),
        ("doubled tickets", fuzzed.doubled),
        ("tickets said to be sent and not there", fuzzed.missing),
        ("sessions that did not get to the end", fuzzed.unsent),
    ):
        results.print(f"{len(cases)} {title}", highlight=False)
        for case in cases[:5]:
            results.print(f"    {case}", markup=False)
    if json_file is not None:
        figures = {one.name: getattr(fuzzed, one.name) for one in fields(fuzzed)}
        json_file.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", "utf-8")
    if fuzzed.lost or fuzzed.doubled or fuzzed.missing:
        raise EvalError("drafts were lost, or tickets doubled")
