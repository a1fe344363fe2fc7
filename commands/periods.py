"""The period that a command tells of."""

from __future__ import annotations

import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from assistant.errors import RecordUnusable

_DAYS = 30

From = Annotated[
    datetime.datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day, such as 2026-11-01; by default 30 days back."),
]
To = Annotated[
    datetime.datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included; by default today.")
]


def period(first: datetime.datetime | None, last: datetime.datetime | None, zone: ZoneInfo) -> tuple[int, int]:
    """Return a period's first and last day as ordinals.

    Raises:
        RecordUnusable: if it ends before it begins.
    """
    until = last.date() if last is not None else datetime.datetime.now(zone).date()
    since = first.date() if first is not None else datetime.date.fromordinal(max(1, until.toordinal() - _DAYS + 1))
    if since > until:
        raise RecordUnusable(f"the period begins on {since} and ends before it, on {until}")
    return since.toordinal(), until.toordinal()
