"""Sends on what tickets bring about, and makes up for what could not be done while the database was away."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import structlog

from api.chores import Chores
from api.dependencies import Clock, Services
from api.ticketing import record_sent
from api.webhooks import Fees, NotTaken
from assistant.adapters.post import Mail, Post, PostRefused, PostUnavailable
from assistant.tickets.backoff import next_due
from assistant.tickets.intake import FEE, MAIL
from assistant.tickets.ports import Outgoing, TicketStore

_AT_ONCE = 50
_MOST_ATTEMPTS = 20
"""With waits that double up to six hours, about three days."""
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

    def forward(self) -> int:
        """Send on all that is due now; return how many messages were taken."""
        taken = 0
        for one in self._store.due(now=self._clock(), most=_AT_ONCE):
            try:
                sender = self._senders.get(one.kind)
                if sender is None:
                    raise NotTaken("nothing is set up that sends this on")
                sender(one)
            except NotTaken as exc:
                self._put_off(one, exc)
            else:
                self._store.sent_on(one.id)
                taken += 1
        return taken

    def _put_off(self, one: Outgoing, exc: NotTaken) -> None:
        attempts = one.attempts + 1
        given_up = exc.forever or attempts >= _MOST_ATTEMPTS
        until = None if given_up else next_due(attempts, self._clock())
        _log.warning("message.refused", kind=one.kind, attempts=attempts, given_up=given_up)
        self._store.put_off(one.id, until=until, error=str(exc))


def mail_sender(post: Post) -> Send:
    """Return what sends mails."""

    def send(one: Outgoing) -> None:
        mail = json.loads(one.payload)
        try:
            post.send(Mail(to=mail["to"], subject=mail["subject"], text=mail["text"], message_id=one.id))
        except PostRefused as exc:
            raise NotTaken("the mail server refused it", forever=True) from exc
        except PostUnavailable as exc:
            raise NotTaken("the mail server could not be reached") from exc

    return send


def fee_sender(fees: Fees, clock: Clock) -> Send:
    """Return what asks the shop for fees."""

    def send(one: Outgoing) -> None:
        fees.ask(one.id, one.payload, now=clock())

    return send


def ticket_chores(services: Services, senders: Mapping[str, Send], *, every_seconds: float) -> Chores:
    """Return what looks after tickets while the service runs."""
    forwarding = Forwarding(services.intake.store, senders, services.clock)

    def record_the_rest() -> None:
        for ticket in services.intake.store.unrecorded(most=_AT_ONCE):
            record_sent(ticket, services)

    def drop_loose_files() -> None:
        services.files.drop_loose(services.clock())

    parts = (services.intake.bring_in, forwarding.forward, record_the_rest, drop_loose_files)
    return Chores("tickets", parts, every_seconds=every_seconds)


def senders_of(post: Post | None, fees: Fees | None, clock: Clock) -> dict[str, Send]:
    """Return what sends messages on, as far as it is set up."""
    senders: dict[str, Send] = {}
    if post is not None:
        senders[MAIL] = mail_sender(post)
    if fees is not None:
        senders[FEE] = fee_sender(fees, clock)
    return senders
