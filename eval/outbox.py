"""Sends tickets to a real helpdesk that is killed, slow, or answers wrongly, and looks for what was lost or doubled."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

from assistant.helpdesks.models import Handover
from assistant.helpdesks.notes import subject_of
from assistant.record.events import Instant
from assistant.tickets.conversations import Conversations
from assistant.tickets.intake import Intake
from assistant.tickets.models import Customer, DeskTicket, Letter
from eval.errors import EvalError
from eval.faults import Fault, Proxy
from eval.helpdesk_staff import Staff
from eval.helpdesks import Helpdesk

SLOW_SECONDS = 2.5
"""How long an answer takes that comes too late."""
TIMEOUT_SECONDS = 2.0
FIRST_WAIT_MS = 2_000
"""Longer than a late request takes from the moment that we hang up: by then it is done, and is found."""
LONGEST_WAIT_MS = 4_000
_HELD_MS = 301_000
_SHARES = {Fault.LOST: 0.02, Fault.FAILED: 0.02, Fault.DEAD: 0.02, Fault.SLOW: 0.006, Fault.LATE: 0.006}
_REPLIES = 0.1
_INTERRUPTIONS = 0.01
_BETWEEN_KILLS = 20.0
_MOST_SECONDS = 3600.0
_TEXTS = (
    "Bramka płatności zwraca błąd 403. Co mam zrobić?",
    "Der Warenkorb bleibt leer, obwohl Artikel hineingelegt wurden.",
    "Klanten krijgen geen bevestiging per e-mail na hun bestelling.",
    "How do I change the country of a shop that is already live?",
    "لا تظهر صور المنتجات بعد التحديث.",
)


@dataclass(frozen=True, slots=True)
class Outboxed:
    """What came of it. ``foreign`` are tickets there that were never sent; ``disordered`` those numbered before one
    that was sent earlier. The same of the messages that followed."""

    helpdesk: str
    tickets: int
    arrived: int
    lost: int
    doubled: int
    foreign: int
    disordered: int
    messages: int
    messages_lost: int
    messages_doubled: int
    messages_disordered: int
    kills: int
    interruptions: int
    faults: dict[str, int]
    requests: int
    seconds: float


class Delivering(Protocol):
    """Delivers what is due."""

    def deliver(self, *, stopping: Callable[[], bool] = ...) -> int:
        """Do all that is due now; return how many tickets that were."""
        ...


class Interrupted(BaseException):
    """Our own process ends, without a chance to finish anything."""


class Clock:
    """This machine's time, which can be moved on where somebody would have waited."""

    def __init__(self) -> None:
        self._ahead = 0

    def __call__(self) -> Instant:
        """Tell the time."""
        return time.time_ns() // 1_000_000 + self._ahead

    def move_on(self, ms: int) -> None:
        """Let time pass."""
        self._ahead += ms


@dataclass
class Setting:
    """All that takes part. ``delivering`` makes what delivers anew, as a process that starts does; ``due`` says how
    many tickets are still on their way; ``interrupting`` is called before and after each request to the helpdesk."""

    server: Helpdesk
    proxy: Proxy
    staff: Staff
    intake: Intake
    conversations: Conversations
    delivering: Callable[[], Delivering]
    due: Callable[[], int]
    clock: Clock
    seed: int


def compose(ticket: DeskTicket) -> Handover:
    """Return a ticket as a helpdesk gets it, without what a machine would know."""
    return Handover(
        ticket.id,
        subject_of(ticket.text, otherwise="(no subject)"),
        ticket.text,
        ticket.locale,
        ticket.lane,
        ticket.account,
        ticket.sent_at or 0,
    )


def interruptions(seed: int) -> Callable[[], None]:
    """Return what now and then ends the process under way."""
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret

    def maybe() -> None:
        if rng.random() < _INTERRUPTIONS:
            raise Interrupted

    return maybe


def measure(setting: Setting, *, name: str, tickets: int, kills: int, report: Callable[[int, int], None]) -> Outboxed:
    """Send tickets and replies while all goes wrong, wait until all is delivered, and count.

    Raises:
        EvalError: if that takes longer than an hour.
    """
    rng = random.Random(setting.seed)  # noqa: S311 - reproducible, not secret
    began, interrupted = time.monotonic(), 0
    setting.proxy.choose = _faults(rng)
    with ExitStack() as stack:
        stop = threading.Event()
        sent: list[str] = []
        replies: dict[str, list[str]] = {}
        feeder = threading.Thread(target=_feed, args=(setting, tickets, sent, replies))
        killer = _Killer(setting.server, kills, stop)
        killer.start()
        stack.callback(killer.join)
        stack.callback(stop.set)
        feeder.start()
        stack.callback(feeder.join)
        delivering = setting.delivering()
        while feeder.is_alive() or setting.due() or not killer.done:
            if killer.failed is not None:
                raise killer.failed
            try:
                delivering.deliver()
            except Interrupted:
                interrupted += 1
                delivering = setting.delivering()
                setting.clock.move_on(_HELD_MS)
            report(len(sent) - min(setting.due(), len(sent)), tickets)
            if time.monotonic() - began > _MOST_SECONDS:
                raise EvalError(f"after an hour {setting.due()} tickets are still on their way")
            time.sleep(0.02)
    setting.proxy.choose = lambda _method, _path: None
    seconds = time.monotonic() - began
    return _counted(setting, sent, replies, name=name, kills=killer.kills, interrupted=interrupted, seconds=seconds)


def _counted(
    setting: Setting,
    sent: Sequence[str],
    replies: dict[str, list[str]],
    *,
    name: str,
    kills: int,
    interrupted: int,
    seconds: float,
) -> Outboxed:
    found = setting.staff.all_of_ours()
    counted, places = Counter(found), {ticket: place for place, ticket in enumerate(sent)}
    order = [places[one] for one in dict.fromkeys(found) if one in places]
    lost = doubled = disordered = 0
    for ticket, texts in replies.items():
        notes = [note for one in setting.staff.tickets(ticket) for note in one.notes]
        at = [[place for place, note in enumerate(notes) if text in note] for text in texts]
        lost += sum(not one for one in at)
        doubled += sum(len(one) - 1 for one in at if one)
        firsts = [one[0] for one in at if one]
        disordered += sum(later < earlier for earlier, later in itertools.pairwise(firsts))
    return Outboxed(
        helpdesk=name,
        tickets=len(sent),
        arrived=len(counted),
        lost=sum(ticket not in counted for ticket in sent),
        doubled=sum(number - 1 for number in counted.values()),
        foreign=sum(ticket not in places for ticket in counted),
        disordered=sum(later < earlier for earlier, later in itertools.pairwise(order)),
        messages=sum(map(len, replies.values())),
        messages_lost=lost,
        messages_doubled=doubled,
        messages_disordered=disordered,
        kills=kills,
        interruptions=interrupted,
        faults={fault.value: number for fault, number in setting.proxy.faults.items()},
        requests=len(setting.proxy.requests),
        seconds=round(seconds, 1),
    )


def _feed(setting: Setting, tickets: int, sent: list[str], replies: dict[str, list[str]]) -> None:
    rng = random.Random(setting.seed + 1)  # noqa: S311 - reproducible, not secret
    last = 0
    for number in range(tickets):
        last = max(last + 1, setting.clock())
        customer = Customer(f"shop-{number % 50}", f"Customer {number % 50}")
        letter = Letter(f"{number:012}", f"{_TEXTS[number % len(_TEXTS)]} ({number})", "pl")
        ticket = setting.intake.take(letter, customer, at=last, confirmed=True).ticket
        sent.append(ticket.id)
        if rng.random() < _REPLIES:
            texts = [f"And one more thing, number {number}.{part}." for part in range(1, 4)]
            replies[ticket.id] = texts
            for text in texts:
                setting.conversations.reply(ticket.id, text, text, last)


def _faults(rng: random.Random) -> Callable[[str, str], Fault | None]:
    drawing = threading.Lock()

    def choose(_method: str, _path: str) -> Fault | None:
        with drawing:
            drawn = rng.random()
        for fault, share in _SHARES.items():
            drawn -= share
            if drawn < 0:
                return fault
        return None

    return choose


class _Killer(threading.Thread):
    """Kills the helpdesk now and then, and starts it again."""

    def __init__(self, server: Helpdesk, kills: int, stop: threading.Event) -> None:
        super().__init__()
        self._server = server
        self._wanted = kills
        self._stopping = stop
        self.kills = 0
        self.failed: EvalError | None = None

    @property
    def done(self) -> bool:
        """Whether it has killed as often as it was to."""
        return self.kills >= self._wanted or not self.is_alive()

    def run(self) -> None:
        """Kill, and start again."""
        while self.kills < self._wanted and not self._stopping.wait(_BETWEEN_KILLS):
            self._server.kill()
            self._stopping.wait(0.5)
            try:
                self._server.start()
            except EvalError as exc:
                self.failed = exc
                return
            self.kills += 1
