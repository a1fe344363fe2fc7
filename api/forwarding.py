"""Sends on what tickets bring about, and makes up for what could not be done while the database was away."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog

from api.chores import Chores
from api.dependencies import Clock, Services
from api.ticketing import record_sent
from api.webhooks import NotTaken
from assistant.desk.earlier import embed_new
from assistant.errors import RecordUnavailable
from assistant.tickets.backoff import next_due
from assistant.tickets.ports import Outgoing, TicketStore

_AT_ONCE = 50
_MESSAGES_AT_ONCE = 500
_EMBEDDED_AT_ONCE = 5
"""Some 100 ms; nobody who asks waits long for it."""
_MOST_ATTEMPTS = 20
"""With waits that double up to six hours, about three days."""
_CLAIMED_MS = 120_000
"""For how long no other process sends what one has taken up: longer than any server is waited for."""
_log = structlog.get_logger()

Send = Callable[[Outgoing], None]
"""Sends one message on, or raises ``NotTaken``."""


class Forwarding:
    """Sends messages on, each until it is taken.

    Args:
        store: where they wait.
        senders: what sends each kind.
        clock: tells the time.
    """

    def __init__(self, store: TicketStore, senders: Mapping[str, Send], clock: Clock) -> None:
        self._store = store
        self._senders = senders
        self._clock = clock

    def forward(self, *, stopping: Callable[[], bool] = lambda: False) -> int:
        """Send on what is due now; return how many messages were taken.

        After one that was not taken, the others of its kind wait for the next time: where a server is silent, nobody
        waits for it more than once, neither what goes elsewhere nor the end of the service.
        """
        taken = 0
        silent: set[str] = set()
        for one in self._store.due(now=self._clock(), most=_MESSAGES_AT_ONCE):
            if stopping():
                break
            if one.kind in silent or not self._store.claim(one, until=self._clock() + _CLAIMED_MS):
                continue
            try:
                self._send(one)
            except NotTaken as exc:
                self._put_off(one, exc)
                if not exc.forever:
                    silent.add(one.kind)
            else:
                self._store.sent_on(one.id)
                taken += 1
        return taken

    def _send(self, one: Outgoing) -> None:
        sender = self._senders.get(one.kind)
        if sender is None:
            raise NotTaken("nothing is set up that sends this on")
        try:
            sender(one)
        except NotTaken:
            raise
        except Exception as exc:  # whatever is wrong with one must not keep the others back
            raise NotTaken(type(exc).__name__) from exc

    def _put_off(self, one: Outgoing, exc: NotTaken) -> None:
        attempts = one.attempts + 1
        given_up = exc.forever or attempts >= _MOST_ATTEMPTS
        until = None if given_up else next_due(attempts, self._clock())
        _log.warning("message.refused", kind=one.kind, attempts=attempts, given_up=given_up)
        self._store.put_off(one.id, until=until, error=str(exc))


def ticket_chores(services: Services, senders: Mapping[str, Send], *, every_seconds: float) -> Chores:
    """Return what looks after tickets while the service runs."""
    forwarding = Forwarding(services.intake.store, senders, services.clock)

    def forward() -> None:
        forwarding.forward(stopping=chores.stopping)

    def record_the_rest() -> None:
        for ticket in services.intake.store.unrecorded(most=_AT_ONCE):
            if chores.stopping():
                break
            try:
                record_sent(ticket, services)
            except (RecordUnavailable, TimeoutError):
                raise
            except Exception as exc:  # whatever it is about this one, the others are not to wait for it
                _log.error("upkeep.failed", error=type(exc).__name__)

    def drop_loose_files() -> None:
        services.files.drop_loose(services.clock())

    def decide_on_standings() -> None:
        services.fair_use.look_at_news(services.clock())

    def embed_earlier_tickets() -> None:
        index = services.live.current().index
        embed_new(services.earlier, index.manifest.recipe.digest, index.embed, most=_EMBEDDED_AT_ONCE)

    parts = (
        services.intake.bring_in,
        forward,
        record_the_rest,
        drop_loose_files,
        decide_on_standings,
        embed_earlier_tickets,
    )
    chores = Chores("tickets", parts, every_seconds=every_seconds)
    return chores
