"""``askfirst helpdesk``: how the delivery of tickets to the helpdesk stands, and trying again what it did not take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from api.settings import read_settings
from assistant.adapters.sql.deliveries import SqlDeliveries
from assistant.adapters.sql.engine import open_engine
from assistant.helpdesks.models import DeliveryState
from commands.console import fail, results

app = typer.Typer(no_args_is_help=True, help="The helpdesk that tickets are handed over to.")

_MOST_SHOWN = 50


@app.command()
def status() -> None:
    """Show how many tickets have come how far, and which ones the helpdesk did not take."""
    settings = read_settings()
    zone = ZoneInfo(settings.time_zone)
    with _deliveries() as deliveries:
        figures = deliveries.figures(now=_now())
        troubled = deliveries.troubled(most=_MOST_SHOWN)
    results.print(f"helpdesk: {settings.helpdesk}", markup=False)
    for state in DeliveryState:
        results.print(f"  {state.value:<10} {figures.states.get(state, 0):>8,}")
    if figures.oldest is not None:
        results.print(f"  the oldest that waits was sent at {_wall(figures.oldest, zone)}")
    for one in troubled:
        results.print(f"{one.ticket} {_wall(one.queued_at, zone)} {one.state.value}: {one.error or ''}", markup=False)


@app.command()
def retry(
    ticket: Annotated[str | None, typer.Argument(help="Its id; all that were not taken, if none is given.")] = None,
) -> None:
    """Have tickets that the helpdesk did not take tried again by the running service."""
    with _deliveries() as deliveries:
        again = deliveries.retry(ticket, at=_now())
    if ticket is not None and not again:
        fail(f"there is no ticket {ticket[:20]!r} that the helpdesk did not take")
    results.print(f"{again:,} to be tried again")


@contextmanager
def _deliveries() -> Iterator[SqlDeliveries]:
    engine = open_engine(read_settings().database)
    try:
        yield SqlDeliveries(engine)
    finally:
        engine.dispose()


def _now() -> int:
    return time.time_ns() // 1_000_000


def _wall(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at / 1000, zone).strftime("%Y-%m-%d %H:%M")
