"""How a ticket moves from one state to the next. Pure; whatever comes twice or late changes nothing."""

from __future__ import annotations

from dataclasses import replace

from assistant.fair_use.models import Standing
from assistant.record.events import Instant
from assistant.tickets.calendar import Calendar
from assistant.tickets.models import ANSWERED_STATES, DeskTicket, FeeState, TicketState
from assistant.tickets.promises import Lane, promise
from assistant.tickets.queue import ONE_DAY, GivingWay, turn_at


def sent(
    ticket: DeskTicket,
    *,
    at: Instant,
    calendar: Calendar,
    standing: Standing = Standing.NORMAL,
    giving_way: GivingWay = ONE_DAY,
) -> DeskTicket:
    """Return a ticket as it is once it has reached us: it waits as a standard one until a fee is paid.

    What is promised for a deferred one is what is promised for one that is sent at its turn. Whose identity was not
    verified is not deferred: they would see neither why nor until when, and the account may not be theirs.
    """
    if ticket.sent_at is not None:
        return ticket
    if not ticket.customer.verified:
        standing = Standing.NORMAL
    turn = turn_at(Lane.STANDARD, standing, at, giving_way)
    return replace(
        ticket,
        state=TicketState.RECEIVED,
        sent_at=at,
        promised_at=promise(Lane.STANDARD, turn, calendar),
        fee=FeeState.ASKED if ticket.wanted is Lane.PRIORITY else FeeState.NONE,
        standing=standing,
        since=at,
        turn_at=turn,
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
        ticket,
        fee=FeeState.PAID,
        lane=Lane.PRIORITY,
        promised_at=earliest if open_still else ticket.promised_at,
        turn_at=ticket.since,  # who has paid gives way to nobody
    )


def restored(ticket: DeskTicket, *, calendar: Calendar) -> DeskTicket:
    """Return a ticket whose customer's standing is normal again: it takes the place that it would have had.

    One that is answered waits for nothing, and gives way no more if it comes back.
    """
    if ticket.standing is Standing.NORMAL or ticket.since is None:
        return ticket
    promised = ticket.promised_at
    if ticket.answered_at is None and promised is not None:
        # By its sending. What was promised for a fee counts from the payment, and is promised already.
        promised = min(promised, promise(Lane.STANDARD, ticket.since, calendar))
    return replace(ticket, standing=Standing.NORMAL, turn_at=ticket.since, promised_at=promised)


def moved(ticket: DeskTicket, state: TicketState, *, at: Instant) -> DeskTicket:
    """Return a ticket in a state that the helpdesk reports; the first answer is the one that counts.

    One that comes back from an answer waits from then on, and gives way for as long as before.
    """
    if ticket.sent_at is None or state is TicketState.UNCONFIRMED:
        return ticket
    answered = ticket.answered_at
    if answered is None and state in ANSWERED_STATES:
        answered = max(at, ticket.sent_at)
    since, turn = ticket.since, ticket.turn_at
    if ticket.state in ANSWERED_STATES and state not in ANSWERED_STATES and since is not None and turn is not None:
        since, turn = at, at + turn - since
    return replace(ticket, state=state, answered_at=answered, since=since, turn_at=turn)
