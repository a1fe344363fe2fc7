"""From the form to a real helpdesk and back: each ticket once and in order, though it is killed, and answers lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.adapters.spool import DiskSpool
from assistant.adapters.sql.deliveries import SqlDeliveries
from assistant.adapters.sql.desk import SqlTickets
from assistant.adapters.sql.engine import open_engine
from assistant.adapters.sql.messages import SqlMessages
from assistant.helpdesks.delivery import DeliveringTickets
from assistant.helpdesks.models import Handover
from assistant.helpdesks.returning import Returning
from assistant.tickets.calendar import Calendar, parse_hours
from assistant.tickets.conversations import Conversations
from assistant.tickets.intake import Intake
from assistant.tickets.models import Customer, Letter, TicketState
from eval.faults import Fault
from eval.outbox import Clock, compose
from tests.helpdesks.conftest import Place

ANNA = Customer("shop-17", "Anna Żak", "anna@example.com")
ALWAYS = "mon-sun 00:00-23:59"
MINUTE = 60_000


class Service:
    """Our side, over a database of its own."""

    def __init__(self, folder: Path, place: Place) -> None:
        self.engine = open_engine(f"sqlite:///{folder}/record.db")
        self.place, self.clock = place, Clock()
        self.store, self.messages = SqlTickets(self.engine), SqlMessages(self.engine)
        self.deliveries = SqlDeliveries(self.engine)
        self.intake = Intake(
            self.store,
            DiskSpool(folder / "spool"),
            Calendar(ZoneInfo("UTC"), parse_hours(ALWAYS), parse_hours(ALWAYS), frozenset(), 60),
            mail_of=lambda *_: "",
            fee_of=lambda _: "",
            pseudonym_of=lambda account: account,
            hand_over=True,
        )
        self.conversations = Conversations(self.messages, mail_of=lambda *_: None, hand_over=True)
        self.solved: list[str] = []
        self.delivering = DeliveringTickets(self.deliveries, self.messages, place.sink, self.composed, self.clock)
        self.returning = Returning(
            place.sink.name,
            self.deliveries,
            self.conversations,
            self.intake,
            solved=lambda ticket: self.solved.append(ticket.id),
            clock=self.clock,
            mails=True,
        )

    def composed(self, ticket: str) -> Handover | None:
        found = self.store.ticket(ticket)
        return replace(compose(found), email=found.customer.email) if found is not None else None

    def send(self, text: str) -> str:
        self.clock.move_on(1)
        return self.intake.take(Letter("k" * 12, text, "pl"), ANNA, at=self.clock(), confirmed=True).ticket.id

    def state(self, ticket: str) -> TicketState | None:
        found = self.store.ticket(ticket)
        return found.state if found is not None else None


@pytest.fixture
def service(place: Place, tmp_path: Path) -> Iterator[Service]:
    opened = Service(tmp_path, place)
    yield opened
    opened.engine.dispose()


def test_whatever_goes_wrong_each_ticket_arrives_once_and_in_order(service: Service) -> None:
    place = service.place
    sent = [service.send(f"Zażółć {number}. شكرا") for number in range(6)]
    for number in (1, 2):
        service.conversations.reply(sent[1], f"Odpowiedź {number}", f"k{number}", service.clock())
    faults = iter([None, Fault.LOST, Fault.FAILED, None, Fault.DEAD, None, Fault.FAILED, Fault.LOST])
    place.proxy.choose = lambda method, _: next(faults, None) if method == "POST" else None

    for step in range(30):
        if step == 4:
            place.server.kill()
        if step == 6:
            place.server.start()
        service.delivering.deliver()
        service.clock.move_on(20 * MINUTE)

    assert [one for one in place.staff.all_of_ours() if one in sent] == sent
    (second,) = place.staff.tickets(sent[1])
    said = [part for note in second.notes for part in ("note", "Odpowiedź 1", "Odpowiedź 2") if part in note]
    assert said == ["note", "Odpowiedź 1", "Odpowiedź 2"]
    assert service.deliveries.figures(now=service.clock()).due == 0


def test_an_answer_and_a_closing_come_back(service: Service) -> None:
    service.returning.poll(service.place.sink)
    ticket = service.send("Proszę o pomoc.")
    service.delivering.deliver()
    delivery = service.deliveries.delivery(ticket)
    assert delivery is not None
    assert delivery.remote is not None

    service.place.staff.answer(delivery.remote.id, "Proszę odświeżyć.")
    service.returning.poll(service.place.sink)
    waiting = service.state(ticket)
    service.conversations.reply(ticket, "Nie pomogło.", "k1", service.clock())
    service.delivering.deliver()
    service.returning.poll(service.place.sink)
    again = service.state(ticket)
    service.place.staff.answer(delivery.remote.id, "Naprawione.", close=True)
    service.returning.poll(service.place.sink)
    service.returning.poll(service.place.sink)

    assert (waiting, again, service.state(ticket)) == (
        TicketState.WAITING,
        TicketState.RECEIVED,
        TicketState.SOLVED,
    )
    assert [one.text for one in service.conversations.of(ticket)] == [
        "Proszę odświeżyć.",
        "Nie pomogło.",
        "Naprawione.",
    ]
    assert service.solved == [ticket]
