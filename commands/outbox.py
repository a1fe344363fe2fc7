"""``askfirst eval outbox``: whether tickets reach a real helpdesk exactly once and in order, whatever goes wrong."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from assistant.adapters.helpdesks.django_helpdesk import DjangoHelpdesk
from assistant.adapters.helpdesks.request_tracker import RequestTracker
from assistant.adapters.spool import DiskSpool
from assistant.adapters.sql.deliveries import SqlDeliveries
from assistant.adapters.sql.desk import SqlTickets
from assistant.adapters.sql.engine import open_engine
from assistant.adapters.sql.messages import SqlMessages
from assistant.helpdesks.delivery import DeliveringTickets, Waits
from assistant.helpdesks.models import Handover
from assistant.helpdesks.ports import TicketSink
from assistant.tickets.calendar import Calendar, parse_hours
from assistant.tickets.conversations import Conversations
from assistant.tickets.intake import Intake
from commands.console import progress, results
from eval.faults import faulty
from eval.helpdesk_staff import DjangoStaff, RequestTrackerStaff
from eval.helpdesks import QUEUE, django_helpdesk, request_tracker
from eval.outbox import (
    FIRST_WAIT_MS,
    LONGEST_WAIT_MS,
    SLOW_SECONDS,
    TIMEOUT_SECONDS,
    Clock,
    Outboxed,
    Setting,
    compose,
    interruptions,
    measure,
)


class Which(StrEnum):
    """The helpdesk that tickets go to."""

    DJANGO_HELPDESK = "django-helpdesk"
    REQUEST_TRACKER = "request-tracker"


class Interrupting:
    """A helpdesk's adapter before or after whose writing calls our own process may end."""

    def __init__(self, sink: TicketSink, maybe: Callable[[], None]) -> None:
        self._sink = sink
        self._maybe = maybe

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._sink, name)
        if name not in ("create", "tell", "note"):
            return found

        def call(*given: Any, **named: Any) -> Any:
            self._maybe()
            done = found(*given, **named)
            self._maybe()
            return done

        return call


def outbox(
    *,
    helpdesk: Annotated[Which, typer.Option(help="The helpdesk, which is started for it.")] = Which.DJANGO_HELPDESK,
    tickets: Annotated[int, typer.Option(min=1, help="How many are sent.")] = 1000,
    kills: Annotated[int, typer.Option(min=0, help="How often the helpdesk is killed.")] = 20,
    seed: Annotated[int, typer.Option(help="What goes wrong, and when.")] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")] = None,
) -> None:
    """Send tickets to a real helpdesk that is killed, slow, or answers wrongly; look for what was lost or doubled."""
    with ExitStack() as stack, progress() as bar:
        setting = _setting(helpdesk, stack, seed)
        done = measure(setting, name=helpdesk.value, tickets=tickets, kills=kills, report=bar("delivered"))
    _print(done)
    if json_file is not None:
        json_file.write_text(json.dumps(asdict(done), indent=2) + "\n", "utf-8")
        results.print(f"wrote {json_file}", markup=False)


def _setting(which: Which, stack: ExitStack, seed: int) -> Setting:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    django = which is Which.DJANGO_HELPDESK
    server = stack.enter_context(django_helpdesk() if django else request_tracker())
    proxy = stack.enter_context(faulty(server.url, slow_seconds=SLOW_SECONDS))
    url = f"http://127.0.0.1:{proxy.port}" + ("/helpdesk" if django else "")
    sink: TicketSink = (
        DjangoHelpdesk(url, server.token, "1", timeout_seconds=TIMEOUT_SECONDS)
        if django
        else RequestTracker(url, server.token, QUEUE, timeout_seconds=TIMEOUT_SECONDS)
    )
    engine = open_engine(f"sqlite:///{folder}/record.db")
    stack.callback(engine.dispose)
    store, messages, deliveries, clock = SqlTickets(engine), SqlMessages(engine), SqlDeliveries(engine), Clock()
    intake = Intake(
        store,
        DiskSpool(folder / "spool"),
        Calendar(
            ZoneInfo("UTC"), parse_hours("mon-sun 08:00-20:00"), parse_hours("mon-sun 08:00-20:00"), frozenset(), 60
        ),
        mail_of=lambda *_: "",
        fee_of=lambda _: "",
        pseudonym_of=lambda account: account,
        hand_over=True,
    )

    def composed(ticket: str) -> Handover | None:
        found = store.ticket(ticket)
        return compose(found) if found is not None else None

    def delivering() -> DeliveringTickets:
        waits = Waits(FIRST_WAIT_MS, LONGEST_WAIT_MS)
        return DeliveringTickets(deliveries, messages, interrupting, composed, clock, waits=waits)

    interrupting: Any = Interrupting(sink, interruptions(seed + 2))
    return Setting(
        server,
        proxy,
        DjangoStaff(server) if django else RequestTrackerStaff(server),
        intake,
        Conversations(messages, mail_of=lambda *_: None, hand_over=True),
        delivering,
        lambda: _on_their_way(deliveries, clock),
        clock,
        seed,
    )


def _on_their_way(deliveries: SqlDeliveries, clock: Clock) -> int:
    return deliveries.figures(now=clock() + 10**9).due


def _print(done: Outboxed) -> None:
    rows: Sequence[tuple[str, object]] = (
        ("tickets sent", done.tickets),
        ("arrived", done.arrived),
        ("lost", done.lost),
        ("doubled", done.doubled),
        ("never sent", done.foreign),
        ("out of order", done.disordered),
        ("messages after them", done.messages),
        ("lost", done.messages_lost),
        ("doubled", done.messages_doubled),
        ("out of order", done.messages_disordered),
        ("times the helpdesk was killed", done.kills),
        ("times our own process ended", done.interruptions),
        *((f"requests: {what}", number) for what, number in done.faults.items()),
        ("requests in all", done.requests),
        ("seconds", done.seconds),
    )
    results.print(f"{done.helpdesk}")
    for label, value in rows:
        results.print(f"  {label:<44} {value:>8,}" if isinstance(value, int) else f"  {label:<44} {value:>8}")
