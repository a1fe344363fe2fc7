"""``askfirst eval dashboard``: how fast the writers' overview opens on a year of data."""

from __future__ import annotations

import json
import secrets
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import numpy as np
import typer
from rich.table import Table
from sqlalchemy import insert

from api.desk.signed_in import STAFF_COOKIE
from api.settings import read_settings
from api.wiring import Encoders
from assistant.adapters.sql import schema
from assistant.adapters.sql.engine import writing
from assistant.adapters.sql.gaps import SqlGaps
from assistant.adapters.sql.page_days import SqlPageDays
from assistant.adapters.sql.record import SqlRecord
from assistant.adapters.sql.rows import episode_values, event_values, interaction_values
from assistant.adapters.sql.staff import SqlStaff
from assistant.gaps.models import Cost, Gap, GapFacts, Interval
from assistant.record.episodes import fold
from assistant.record.events import Instant
from assistant.staff.accounts import COMMAND_LINE, Accounts
from assistant.staff.models import Role
from commands.console import errors, progress, results
from commands.serving import measuring, serving
from corpus.page import Page
from eval.dashboard import Story, made_up_year, measure_overview
from indexer.contents import read_pages
from indexer.generations import Generations

_DAYS = 365
_AT_ONCE = 2000
_GAPS = 300
_WITHOUT_CHORES_SECONDS = 86_400.0
"""Else the service would embed a year's misses while it is measured."""


def dashboard(
    *,
    episodes: Annotated[int, typer.Option(min=1000, help="Episodes in the year.")] = 150_000,
    times: Annotated[int, typer.Option(min=10, help="How often it is opened.")] = 50,
    seed: Annotated[int, typer.Option(help="Which year.")] = 1,
    keep: Annotated[Path | None, typer.Option(help="Keep the record in this folder, to look at.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")] = None,
) -> None:
    """Fill a record with a made-up year and open the writers' overview over the live index, signed in at the desk."""
    settings = read_settings()
    generations = Generations(settings.index_dir)
    pages = read_pages(generations.folder(generations.live()))
    with tempfile.TemporaryDirectory() as temporary:
        folder = keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        measured = measuring(settings, folder, reload_seconds=_WITHOUT_CHORES_SECONDS)
        record = SqlRecord(measured.database)
        now = time.time_ns() // 1_000_000
        errors.print("filling a year")
        questions = fill_year(record, pages, episodes=episodes, ends_at=now, seed=seed)
        token = _signed_in(record, now)
        record.close()
        with serving(measured, Encoders(settings)) as port, progress():
            speed = measure_overview(f"http://127.0.0.1:{port}", {STAFF_COOKIE: token}, times=times)
    p50, p95 = np.percentile(speed.then_ms, [50, 95])
    table = Table("the overview, over 30 days of the year", "ms", box=None)
    for name, value in (("first after the start", speed.first_ms), ("then, p50", p50), ("then, p95", p95)):
        table.add_row(name, f"{value:,.0f}")
    results.print(table)
    results.print(f"{episodes:,} episodes, {questions:,} questions, {len(pages)} pages; {speed.bytes / 1000:,.0f} kB")
    if json_file is not None:
        figures = {"episodes": episodes, "questions": questions, "p50_ms": p50, "p95_ms": p95, **asdict(speed)}
        json_file.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def fill_year(record: SqlRecord, pages: Sequence[Page], *, episodes: int, ends_at: Instant, seed: int) -> int:
    """Write a made-up year into a record's tables, with gaps, and what became of pages; return its questions."""
    questions = 0
    names: list[str] = []
    stories = made_up_year(pages, episodes=episodes, ends_at=ends_at, days=_DAYS, seed=seed)
    while some := list(islice(stories, _AT_ONCE)):
        _write(record, some)
        questions += sum(len(one.interactions) for one in some)
        names += [one.interactions[0].id for one in some if one.interactions[0].outcome == "missed"][:5]
    SqlGaps(record.engine).keep(list(_gaps(names, ends_at)))
    days = SqlPageDays(record.engine, ZoneInfo("UTC"))
    days.count(ends_at, most_days=2 * _DAYS)
    return questions


def _write(record: SqlRecord, stories: Iterable[Story]) -> None:
    interactions, events, episodes = [], [], []
    for one in stories:
        folded = fold(one.interactions, one.events, record.windows)
        episodes.append(episode_values(folded, day=record.folder.day_of(folded.started_at)))
        interactions += [interaction_values(asked) for asked in one.interactions]
        events += [event_values(event) for event in one.events]
    with writing(record.engine) as connection:
        connection.execute(insert(schema.interactions), interactions)
        connection.execute(insert(schema.episodes), episodes)
        if events:
            connection.execute(insert(schema.events), events)


def _gaps(names: Sequence[str], now: Instant) -> Iterable[Gap]:
    for number, question in enumerate(names[:_GAPS], start=1):
        spared = Interval(9.0 / number, 5.0 / number, 15.0 / number)
        cost = Cost(spared, Interval(0.3, 0.2, 0.4), Interval(0.5, 0.4, 0.6), spared, spared)
        facts = GapFacts(people=3 + 400 // number, questions=500 // number + 3, tickets=120 // number, cost=cost)
        yield Gap(f"gap{number:04}", now, now, names=(("en", question),), facts=facts)


def _signed_in(record: SqlRecord, now: Instant) -> str:
    accounts = Accounts(SqlStaff(record.engine), session_hours=24.0)
    member = accounts.add(
        "writer@example.com", "Writer", Role.WRITER, password=secrets.token_hex(12), by=COMMAND_LINE, at=now
    )
    return accounts.begin(member, "command line", at=now).token
