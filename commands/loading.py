"""``askfirst eval load`` and ``askfirst eval year``: how fast the record is, filled and being filled."""

from __future__ import annotations

import datetime
import json
import random
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.settings import read_settings
from api.tokens import Interacted, Tokens
from assistant.adapters.sql import migrating
from assistant.adapters.sql.backup import back_up
from assistant.adapters.sql.record import SqlRecord
from assistant.record.deflection import Dimension
from assistant.record.events import MS_PER_DAY
from assistant.record.holdout import is_held_out
from assistant.record.keys import Keys, secret_bytes
from assistant.record.ports import Append, Recorded
from assistant.record.summary import summarise
from commands.console import errors, progress, results
from eval.load import measure_load
from eval.made_up import made_up_events, made_up_interactions
from eval.postgres import postgres_server
from eval.service import running_service

_SECRET = "a secret for measuring"  # noqa: S105 - of a record that is thrown away
_MOST_WAITING = 2000
_SHAPES = ((1, 32), (5, 16), (20, 8))
"""Events in a request, and connections at once."""

Postgresql = Annotated[bool, typer.Option("--postgresql", help="In a PostgreSQL that is started for it.")]


def load(
    *,
    events: Annotated[int, typer.Option(min=1000, help="Events for each shape of request.")] = 20_000,
    postgresql: Postgresql = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")] = None,
) -> None:
    """Start the service over the live index and send it events, each acknowledged only when it is committed."""
    settings = read_settings()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(postgres_server()).url if postgresql else f"sqlite:///{folder}/record.db"
        errors.print("recording questions to report on")
        tokens = _asked(database, events * len(_SHAPES) // 3)
        service = stack.enter_context(
            running_service(folder, index_dir=str(settings.index_dir), secret=_SECRET, database=database)
        )
        measured = []
        for number, (in_each_request, connections) in enumerate(_SHAPES):
            some = tokens[number :: len(_SHAPES)]
            measured.append(
                measure_load(
                    service.port, some, events=events, in_each_request=in_each_request, connections=connections
                )
            )
    table = Table("events in a request", "connections", "events a second", "p50 ms", "p95 ms", box=None)
    for one in measured:
        table.add_row(
            str(one.in_each_request),
            str(one.connections),
            f"{one.events_per_second:,.0f}",
            f"{one.p50_ms:.1f}",
            f"{one.p95_ms:.1f}",
        )
    results.print(table)
    if json_file is not None:
        figures = [{**asdict(one), "events_per_second": one.events_per_second} for one in measured]
        json_file.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def _asked(database: str, number: int) -> list[str]:
    """Record so many questions, as many people ask them, and return the tokens of their answers."""
    keys = Keys(secret_bytes(_SECRET))
    signer = Tokens(keys.derive("tokens"), lifetime_ms=7 * MS_PER_DAY)
    record = SqlRecord(database)
    now = time.time_ns() // 1_000_000
    asked = list(made_up_interactions(number, keys=keys, ends_at=now, days=1))
    for start in range(0, number, _MOST_WAITING):
        record.submit(Append(interactions=asked[start : start + _MOST_WAITING])).result()
    tokens = [signer.make(Interacted(one.id, one.episode, one.generation, 1, one.at)) for one in asked]
    record.fold()
    record.close()
    return tokens


def year(
    *,
    episodes: Annotated[int, typer.Option(min=1000, help="Episodes in the year.")] = 365_000,
    postgresql: Postgresql = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")] = None,
) -> None:
    """Fill a record with a made-up year and time every report, a backup and the change of its schema."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(postgres_server()).url if postgresql else f"sqlite:///{folder}/record.db"
        record = SqlRecord(database)
        timings = time_year(record, folder, episodes)
        record.close()
    table = Table("what", "seconds", box=None)
    for name, seconds in timings.items():
        table.add_row(name, f"{seconds:.2f}")
    results.print(table)
    if json_file is not None:
        json_file.write_text(json.dumps(timings, indent=2) + "\n", "utf-8")


def time_year(record: SqlRecord, folder: Path, episodes: int) -> dict[str, float]:
    """Fill a record with a year that ends now, and return how many seconds things take that are done with it."""
    keys = Keys(secret_bytes(_SECRET))
    now = time.time_ns() // 1_000_000
    rng = random.Random(1)  # noqa: S311 - reproducible, not secret
    timings = {}
    with progress() as bar:
        report = bar("Filling a year")
        begun = time.perf_counter()
        waiting: list[Future[Recorded]] = []
        held_salt = keys.salt("1")
        for done, one in enumerate(made_up_interactions(episodes, keys=keys, ends_at=now, days=365), start=1):
            subject = one.who.subject or one.id
            held = is_held_out(held_salt, subject, share=0.1)
            asked = replace(one, held_out=held, shown=() if held else one.shown)
            waiting.append(record.submit(Append(interactions=[asked], events=made_up_events(asked, rng))))
            if len(waiting) >= _MOST_WAITING:
                waiting.pop(0).result()
            report(done, episodes)
        for future in waiting:
            future.result()
        timings["recording the year"] = time.perf_counter() - begun
    begun = time.perf_counter()
    record.fold()
    timings["folding the year"] = time.perf_counter() - begun
    last = datetime.datetime.fromtimestamp(now / 1000, datetime.UTC).toordinal()
    for days in (30, 365):
        for by in Dimension:
            timings[f"report of {days} days by {by.value}"] = _timed(
                partial(summarise, record, by, first_day=last - days, last_day=last, now=now)
            )
        timings[f"misses of {days} days"] = _timed(
            partial(record.misses, first_day=last - days, last_day=last, now=now, most=1000)
        )
    engine = record.engine
    timings["backup"] = _timed(lambda: back_up(engine, folder / "backup.zip", at=now), times=1)
    timings["schema one revision back"] = _timed(lambda: migrating.downgrade(engine, "0001"), times=1)
    timings["schema up to date"] = _timed(lambda: migrating.upgrade(engine), times=1)
    return timings


def _timed(action: Callable[[], object], *, times: int = 3) -> float:
    """Return the seconds that something takes, the worst of some times."""
    worst = 0.0
    for _ in range(times):
        begun = time.perf_counter()
        action()
        worst = max(worst, time.perf_counter() - begun)
    return worst
