"""Delivers tickets to a helpdesk: each exactly once, in the order in which they were sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog

from assistant.helpdesks.models import By, Delivery, DeliveryState, Handover, RemoteState, RemoteTicket
from assistant.helpdesks.ports import Deliveries, Messages, SinkRefused, SinkUnavailable, TicketSink
from assistant.record.events import MS_PER_DAY, MS_PER_HOUR, Instant
from assistant.tickets.backoff import FIRST_WAIT_MS, next_due

_HELD_MS = 300_000
"""For how long nobody else is at a ticket: longer than all that is asked of a helpdesk at one time may take."""
_WAIT_FOR_MACHINE_MS = 20_000
_LOOK_AGAIN_MS = 1_000
_NOTE_LATER_MS = 30_000
_FAILURES = 4
"""How often a helpdesk may fail at one ticket before others go first."""
_LONGEST_WAIT_MS = 15 * 60_000
"""A helpdesk that is back is noticed that soon."""
_ASIDE_MS = MS_PER_HOUR
"""The longest wait for one at which it fails."""
_log = structlog.get_logger()

Compose = Callable[[str], Handover | None]
"""Returns a ticket as a helpdesk gets it; ``None`` if there is nothing left of it to hand over."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long to wait after a helpdesk did not answer: at first, and at most."""

    first_ms: int = FIRST_WAIT_MS
    longest_ms: int = _LONGEST_WAIT_MS


class DeliveringTickets:
    """Does what is due, one ticket after the other.

    Whatever may have been done by an attempt before is looked up first, so nothing is done twice. A helpdesk that does
    not answer holds up all tickets; one that fails at a single ticket, or refuses it, holds up that one.

    Args:
        deliveries: what the helpdesk has of each ticket.
        messages: what was written after them.
        sink: the helpdesk.
        compose: makes what is handed over.
        clock: tells the time.
        waits: how long to wait after it did not answer. A helpdesk may still be at work on what it was asked when
            we hung up: the first wait is to be longer than that.
    """

    def __init__(
        self,
        deliveries: Deliveries,
        messages: Messages,
        sink: TicketSink,
        compose: Compose,
        clock: Callable[[], Instant],
        *,
        waits: Waits | None = None,
    ) -> None:
        self._deliveries = deliveries
        self._messages = messages
        self._sink = sink
        self._compose = compose
        self._clock = clock
        self._waits = waits or Waits()
        self._silent_until: Instant = 0

    def deliver(self, *, stopping: Callable[[], bool] = lambda: False) -> int:
        """Do all that is due now; return how many tickets that were."""
        done = 0
        while not stopping() and self._clock() >= self._silent_until:
            now = self._clock()
            taken = self._deliveries.take(now=now, until=now + _HELD_MS)
            if taken is None:
                break
            self._do(taken)
            done += 1
        return done

    def _do(self, taken: Delivery) -> None:
        held = taken
        try:
            handover = self._compose(taken.ticket)
            if handover is None:  # erased, or past its time
                self._end(held, due_at=None, error=None)
                return
            if held.remote is not None and held.sink != self._sink.name:
                self._end(held, due_at=None, error=f"it went to {held.sink}, which is no longer the helpdesk")
                return
            if held.remote is None:
                if not handover.complete and self._clock() - handover.sent_at < _WAIT_FOR_MACHINE_MS:
                    # Nothing was asked of the helpdesk, so this was no attempt.
                    self._end(held, due_at=self._clock() + _LOOK_AGAIN_MS, attempts=held.attempts - 1)
                    return
                remote = self._at_the_helpdesk(held, handover)
                kept = self._deliveries.keep(held, self._delivered(held, remote, handover))
                if kept is None:  # somebody else is at it by now
                    return
                held = kept
            if held.remote is not None:
                new = taken.remote is None
                self._go_on(held, held.remote, handover, new=new, unsure=taken.attempts > 1)
        except SinkRefused as exc:
            _log.warning("ticket.refused", sink=self._sink.name, ticket=taken.ticket, reason=_told(exc))
            self._end(held, state=DeliveryState.REFUSED, due_at=None, error=str(exc))
        except SinkUnavailable as exc:
            self._put_off(held, exc)

    def _at_the_helpdesk(self, held: Delivery, handover: Handover) -> RemoteTicket:
        found = None
        if held.attempts > 1:
            try:
                found = self._sink.find(held.ticket, since=handover.sent_at)
            except SinkUnavailable as exc:  # which says nothing about this ticket
                raise SinkUnavailable(str(exc), retry_seconds=exc.retry_seconds) from exc
        return found if found is not None else self._sink.create(handover)

    def _delivered(self, held: Delivery, remote: RemoteTicket, handover: Handover) -> Delivery:
        now = self._clock()
        _log.info("ticket.delivered", sink=self._sink.name, ticket=held.ticket, attempts=held.attempts)
        return replace(
            held,
            state=DeliveryState.DELIVERED,
            sink=self._sink.name,
            remote=remote,
            delivered_at=now,
            lane=handover.lane,
            error=None,
            held_until=now + _HELD_MS,
        )

    def _go_on(self, held: Delivery, remote: RemoteTicket, handover: Handover, *, new: bool, unsure: bool) -> None:
        """Tell the helpdesk what has come since, in order; what was told before the last failure is looked up."""
        noted = held.noted
        if not noted and (handover.complete or new or unsure):
            self._sink.note(remote, handover, unsure=unsure)
            noted = handover.complete
            # At once, so that an attempt that fails further on need not look this up again.
            kept = self._deliveries.keep(held, replace(held, noted=noted))
            if kept is None:
                return
            held = kept
        for message in self._messages.of(held.ticket):
            if not message.delivered and message.text is not None:
                self._sink.tell(remote, message, unsure=unsure)
                if message.by is By.CUSTOMER:  # which has opened it again there: no news when it comes back
                    self._deliveries.note_state(held.ticket, RemoteState.OPEN)
                self._messages.mark_delivered(message.id)
        if held.lane is not handover.lane:
            self._sink.move_to(remote, handover.lane)
        age = self._clock() - handover.sent_at
        again = None if noted or age > MS_PER_DAY else self._clock() + max(_NOTE_LATER_MS, age // 4)
        self._end(
            held,
            state=DeliveryState.DELIVERED,
            lane=handover.lane,
            noted=noted,
            due_at=again,
            attempts=0,
            error=None,
        )

    def _put_off(self, held: Delivery, exc: SinkUnavailable) -> None:
        now = self._clock()
        _log.warning("helpdesk.unavailable", sink=self._sink.name, attempts=held.attempts, reason=_told(exc))
        if exc.failing and held.attempts >= _FAILURES:  # at this one only: others may be taken
            state = DeliveryState.ASIDE if held.remote is None else DeliveryState.DELIVERED
            again = next_due(held.attempts, now, first_ms=self._waits.first_ms, longest_ms=_ASIDE_MS)
            self._end(held, state=state, due_at=again, error=str(exc))
            return
        wait = next_due(held.attempts, now, first_ms=self._waits.first_ms, longest_ms=self._waits.longest_ms)
        self._silent_until = max(wait, now + round((exc.retry_seconds or 0) * 1000))
        self._end(held, due_at=self._silent_until, error=str(exc))

    def _end(self, held: Delivery, **changes: Any) -> None:
        self._deliveries.keep(held, replace(held, held_until=None, **changes))


def _told(exc: Exception) -> str:
    """Return what a log may hold of an error: not what the helpdesk said, which may quote the customer."""
    return str(exc).partition(":")[0][:100]
