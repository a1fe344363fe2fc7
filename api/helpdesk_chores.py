"""What the service does for the helpdesk on the side, in a thread of its own: whatever it is, others do not wait."""

from __future__ import annotations

import structlog

from api.chores import Chores
from api.dependencies import Clock, Services
from api.handing_over import composing
from api.ticketing import record_solved
from assistant.helpdesks.delivery import DeliveringTickets
from assistant.helpdesks.models import DeliveryState
from assistant.helpdesks.ports import SinkUnavailable, TicketSink
from assistant.helpdesks.returning import Returning

_log = structlog.get_logger()


def returning_of(services: Services, sink: TicketSink) -> Returning:
    """Return what brings back what happens at the helpdesk."""
    return Returning(
        sink.name,
        services.helpdesk.deliveries,
        services.helpdesk.conversations,
        services.intake,
        solved=lambda ticket: record_solved(ticket, services),
        clock=services.clock,
        mails=not services.settings.helpdesk_mails,
    )


def helpdesk_chores(services: Services, sink: TicketSink, *, every_seconds: float) -> Chores:
    """Return what hands tickets over, and asks what became of them."""
    helpdesk = services.helpdesk
    delivering = DeliveringTickets(
        helpdesk.deliveries,
        helpdesk.messages,
        sink,
        composing(services),
        services.clock,
    )
    polling = _Polling(returning_of(services, sink), sink, services.clock, services.settings.helpdesk_poll_seconds)

    def deliver() -> None:
        if delivering.deliver(stopping=chores.stopping):
            count()

    def poll() -> None:
        if polling.look():
            count()

    def count() -> None:
        figures = helpdesk.deliveries.figures(now=services.clock())
        for state in DeliveryState:
            services.metrics.deliveries.labels(state.value).set(figures.states.get(state, 0))

    chores = Chores("helpdesk", (deliver, poll), every_seconds=every_seconds)
    return chores


class _Polling:
    """Asks a helpdesk every so often what has happened there."""

    def __init__(self, returning: Returning, sink: TicketSink, clock: Clock, every_seconds: float) -> None:
        self._returning = returning
        self._sink = sink
        self._clock = clock
        self._every_ms = round(every_seconds * 1000)
        self._next = 0

    def look(self) -> bool:
        """Ask if it is time to; return whether it was."""
        now = self._clock()
        if now < self._next:
            return False
        self._next = now + self._every_ms
        try:
            self._returning.poll(self._sink)
        except SinkUnavailable as exc:
            _log.warning(
                "helpdesk.unavailable", sink=self._sink.name, attempts=0, reason=str(exc).partition(":")[0][:100]
            )
        return True
