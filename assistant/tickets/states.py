"""How a ticket moves from one state to the next. Pure; whatever comes twice or late changes nothing."""

from __future__ import annotations

from dataclasses import replace

from assistant.record.events import Instant
from assistant.tickets.calendar import Calendar
from assistant.tickets.models import ANSWERED_STATES, DeskTicket, FeeState, TicketState
from assistant.tickets.promises import Lane, promise


def sent(ticket: DeskTicket, *, at: Instant, calendar: Calendar) -> DeskTicket:
    """Return a ticket as it is once it has reached us: it waits as a standard one until a fee is paid."""
    if ticket.sent_at is not None:
        return ticket
    return replace(
        ticket,
        state=TicketState.RECEIVED,
        sent_at=at,
        promised_at=promise(Lane.STANDARD, at, calendar),
        fee=FeeState.ASKED if ticket.wanted is Lane.PRIORITY else FeeState.NONE,
    )


def fee_settled(ticket: DeskTicket, *, paid: bool, at: Instant, calendar: Calendar) -> DeskTicket:
    """Return a ticket after the shop has said whether its fee is paid.

    From then on the promise is that of a priority ticket, counted from the payment, and never later than before. What
    was paid stays paid; a refusal can still be followed by a payment.
    """
    if ticket.fee not in (FeeState.ASKED, FeeState.REFUSED):
        return ticket
    if not paid:
        return replace(ticket, fee=FeeState.REFUSED)
    promised = promise(Lane.PRIORITY, at, calendar)
    earliest = promised if ticket.promised_at is None else min(promised, ticket.promised_at)
    open_still = ticket.answered_at is None
    return replace(
        ticket, fee=FeeState.PAID, lane=Lane.PRIORITY, promised_at=earliest if open_still else ticket.promised_at
    )


def moved(ticket: DeskTicket, state: TicketState, *, at: Instant) -> DeskTicket:
    """Return a ticket in a state that the helpdesk reports; the first answer is the one that counts."""
    if ticket.sent_at is None or state is TicketState.UNCONFIRMED:
        return ticket
    answered = ticket.answered_at
    if answered is None and state in ANSWERED_STATES:
        answered = max(at, ticket.sent_at)
    return replace(ticket, state=state, answered_at=answered)
