"""``askfirst eval fair-use``: whether fair use flags those whom it means, on made-up customers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from assistant.adapters.sql.fair_use import SqlStandings
from assistant.adapters.sql.record import SqlRecord
from assistant.fair_use.models import FairUseRules
from commands.console import progress, results
from eval.fair_use import Flagging, World, run, share

_WORLDS = 6


def fair_use(
    *,
    first: Annotated[int, typer.Option(help="The seed of the first world.")] = 100,
    worlds: Annotated[int, typer.Option(min=1, help="How many; every second has a certified policy.")] = _WORLDS,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")] = None,
) -> None:
    """Let honest customers and others live through 60 days by the real record and rules; count who was flagged."""
    rules = FairUseRules()
    made = [(first + number, World(certified=number % 2 == 1)) for number in range(worlds)]
    flags: list[Flagging] = []
    with progress() as bar:
        tell = bar("Living")
        for number, one in enumerate(made):
            flags.append(run(_empty_record, [one], rules))
            tell(number + 1, len(made))
    total = added(flags)
    table = Table(title=f"{worlds} worlds of 60 days, {sum(many for many, _ in total.by_kind.values()):,} customers")
    table.add_column("kind")
    table.add_column("customers", justify="right")
    table.add_column("flagged", justify="right")
    for kind, (many, flagged) in total.by_kind.items():
        table.add_row(kind, f"{many:,}", f"{flagged:,}")
    results.print(table)
    results.print(
        f"precision {share(total.precision):.3f} ({total.precision[0]} of {total.precision[1]}; lower 95 % bound "
        f"{total.precision_low:.3f}), recall {share(total.recall):.3f} ({total.recall[0]} of {total.recall[1]})",
        markup=False,
    )
    results.print(
        f"counted though never visible to the customer: {total.never_visible}; decisions made again from their "
        f"snapshots: {total.reproduced:,} of {total.decisions:,}",
        markup=False,
    )
    if json_file is not None:
        json_file.write_text(json.dumps({"precision_low": total.precision_low, **asdict(total)}, indent=2) + "\n")


@contextmanager
def _empty_record() -> Iterator[tuple[SqlRecord, SqlStandings]]:
    with tempfile.TemporaryDirectory() as folder:
        record = SqlRecord(f"sqlite:///{folder}/record.db")
        try:
            yield record, SqlStandings(record.engine)
        finally:
            record.close()


def added(flags: list[Flagging]) -> Flagging:
    """Return what several worlds come to together."""
    by_kind: dict[str, tuple[int, int]] = {}
    for one in flags:
        for kind, (many, flagged) in one.by_kind.items():
            before = by_kind.get(kind, (0, 0))
            by_kind[kind] = before[0] + many, before[1] + flagged
    return Flagging(
        (sum(one.precision[0] for one in flags), sum(one.precision[1] for one in flags)),
        (sum(one.recall[0] for one in flags), sum(one.recall[1] for one in flags)),
        sum(one.never_visible for one in flags),
        sum(one.decisions for one in flags),
        sum(one.reproduced for one in flags),
        by_kind,
    )
