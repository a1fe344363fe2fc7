"""``askfirst eval queue``: the queue of very many tickets, and under simulated loads."""

from __future__ import annotations

import json
import random
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from sqlalchemy import insert

from assistant.adapters.sql import schema
from assistant.adapters.sql.engine import writing
from assistant.adapters.sql.queue import SqlQueue
from assistant.adapters.sql.record import SqlRecord
from assistant.fair_use.models import Standing
from assistant.record.events import MS_PER_HOUR
from assistant.tickets.promises import Lane
from assistant.tickets.queue import GivingWay, turn_at
from commands.console import results
from eval.queue import BEGINS, simulate


@dataclass(frozen=True, slots=True)
class Found:
    """How long it took to find the next ten, in milliseconds, and to tell how many are before a ticket."""

    tickets: int
    p50_ms: float
    p95_ms: float
    place_p95_ms: float


def find_next(folder: Path, *, tickets: int, looks: int, seed: int) -> Found:
    """Fill a queue and look at its head again and again."""
    rnd = random.Random(seed)  # noqa: S311
    record = SqlRecord(f"sqlite:///{folder / 'queue.db'}")
    rows = []
    for number in range(tickets):
        lane = Lane.PRIORITY if rnd.random() < 0.05 else Lane.STANDARD
        standing = Standing.DEFERRED if rnd.random() < 0.1 else Standing.NORMAL
        since = BEGINS + rnd.randrange(30 * 24 * MS_PER_HOUR)
        rows.append(
            {
                "id": f"Q{number:07}",
                "key": f"{number:064}",
                "account": f"a-{number % 20_000}",
                "customer": '{"account": "a"}',
                "locale": "pl",
                "text": "Gdzie są pieniądze? " * 20,
                "wanted": lane.value,
                "lane": lane.value,
                "fee": "none",
                "state": "received",
                "written_at": since,
                "sent_at": since,
                "promised_at": since + 8 * MS_PER_HOUR,
                "answered_at": None,
                "conversation": "{}",
                "recorded": True,
                "standing": standing.value,
                "since": since,
                "turn_at": turn_at(lane, standing, since, GivingWay(24)),
                "in_queue": True,
            }
        )
    with writing(record.engine) as connection:
        connection.execute(insert(schema.desk_tickets), rows)
    queue = SqlQueue(record.engine)
    head, place = [], []
    for _ in range(looks):
        began = time.perf_counter()
        first = queue.next(most=10)
        head.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        queue.before(first[-1])
        place.append((time.perf_counter() - began) * 1000)
    record.close()
    return Found(
        tickets,
        float(np.percentile(head, 50)),
        float(np.percentile(head, 95)),
        float(np.percentile(place, 95)),
    )


def queue(
    *,
    tickets: Annotated[int, typer.Option(min=100, help="How many wait.")] = 100_000,
    looks: Annotated[int, typer.Option(min=10, help="How often to look.")] = 200,
    loads: Annotated[int, typer.Option(min=1, help="How many loads to work through.")] = 2000,
    seed: Annotated[int, typer.Option(help="Which ones.")] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")] = None,
) -> None:
    """Time the next ten of a long queue; simulate loads and see how long the deferred wait."""
    with tempfile.TemporaryDirectory() as folder:
        found = find_next(Path(folder), tickets=tickets, looks=looks, seed=seed)
    results.print(
        f"next ten of {found.tickets:,}: p50 {found.p50_ms:.2f} ms, p95 {found.p95_ms:.2f} ms; a ticket's place: p95 "
        f"{found.place_p95_ms:.2f} ms",
        markup=False,
    )
    waits = simulate(loads=loads, seed=seed)
    results.print(
        f"{waits.loads:,} loads that are not overloaded, {waits.tickets:,} tickets, {waits.deferred:,} deferred: "
        f"longest wait {waits.longest:.2f} of the bound, {waits.late} waited longer; others were taken up "
        f"{waits.normal_sooner:.1f} minutes sooner on average",
        markup=False,
    )
    if json_file is not None:
        json_file.write_text(json.dumps({"next": asdict(found), "loads": asdict(waits)}, indent=2) + "\n")
