"""How tickets move: what a fee, an answer and a standing that has ended do to their place and their promise."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from assistant.fair_use.models import Standing
from assistant.record.events import MS_PER_HOUR
from assistant.tickets.calendar import Calendar, parse_hours
from assistant.tickets.models import Conversation, Customer, DeskTicket, FeeState, TicketState
from assistant.tickets.promises import Lane, promise
from assistant.tickets.queue import ONE_DAY
from assistant.tickets.states import fee_settled, moved, restored, sent

MONDAY = 1_795_420_800_000  # 2026-11-23 09:00 in Warsaw
HOURS = parse_hours("mon-fri 08:00-16:00")
CALENDAR = Calendar(ZoneInfo("Europe/Warsaw"), HOURS, HOURS, frozenset(), priority_minutes=60)
WRITTEN = DeskTicket(
    id="T-1",
    key="k",
    account="a-żaneta",
    customer=Customer("shop-17", "Żaneta Łoś", "zaneta@example.pl"),
    locale="pl",
    text="Zniknął baner.",
    wanted=Lane.PRIORITY,
    lane=Lane.STANDARD,
    fee=FeeState.NONE,
    state=TicketState.UNCONFIRMED,
    written_at=MONDAY,
    sent_at=None,
    promised_at=None,
    conversation=Conversation(None, None, "support"),
)


@pytest.fixture
def deferred() -> DeskTicket:
    return sent(WRITTEN, at=MONDAY, calendar=CALENDAR, standing=Standing.DEFERRED)


def test_a_deferred_ticket_is_promised_what_one_is_that_is_sent_at_its_turn(deferred: DeskTicket) -> None:
    assert (deferred.standing, deferred.since, deferred.turn_at) == (Standing.DEFERRED, MONDAY, MONDAY + ONE_DAY.ms)
    assert deferred.promised_at == promise(Lane.STANDARD, MONDAY + ONE_DAY.ms, CALENDAR)


def test_whose_identity_was_not_verified_is_not_deferred() -> None:
    doubtful = replace(WRITTEN, customer=replace(WRITTEN.customer, verified=False))
    ticket = sent(doubtful, at=MONDAY, calendar=CALENDAR, standing=Standing.DEFERRED)

    assert (ticket.standing, ticket.turn_at) == (Standing.NORMAL, MONDAY)
    assert ticket.promised_at == promise(Lane.STANDARD, MONDAY, CALENDAR)


def test_a_ticket_whose_customer_is_normal_again_takes_the_place_it_would_have_had(deferred: DeskTicket) -> None:
    back = restored(deferred, calendar=CALENDAR)

    assert back == sent(WRITTEN, at=MONDAY, calendar=CALENDAR)
    assert restored(back, calendar=CALENDAR) is back


def test_what_is_promised_for_a_fee_counts_from_the_payment_whatever_becomes_of_the_standing(
    deferred: DeskTicket,
) -> None:
    paid_at = MONDAY + 5 * MS_PER_HOUR
    paid = fee_settled(deferred, paid=True, at=paid_at, calendar=CALENDAR)
    back = restored(paid, calendar=CALENDAR)

    assert (paid.lane, paid.turn_at) == (Lane.PRIORITY, MONDAY)
    assert paid.promised_at == promise(Lane.PRIORITY, paid_at, CALENDAR)
    assert back == replace(paid, standing=Standing.NORMAL)


def test_one_that_comes_back_from_an_answer_gives_way_only_while_its_customer_is_deferred(
    deferred: DeskTicket,
) -> None:
    answered = moved(deferred, TicketState.WAITING, at=MONDAY + MS_PER_HOUR)
    again = MONDAY + 50 * MS_PER_HOUR
    still = moved(answered, TicketState.RECEIVED, at=again)
    ended = moved(restored(answered, calendar=CALENDAR), TicketState.RECEIVED, at=again)

    assert (still.standing, still.since, still.turn_at) == (Standing.DEFERRED, again, again + ONE_DAY.ms)
    assert (ended.standing, ended.since, ended.turn_at) == (Standing.NORMAL, again, again)
    assert ended.promised_at == answered.promised_at
