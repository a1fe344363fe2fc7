"""Tickets on their way to a helpdesk, in both databases: each exactly once, in order, whatever goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from assistant.adapters.spool import DiskSpool
from assistant.adapters.sql import persons
from assistant.adapters.sql.backup import back_up, restore
from assistant.adapters.sql.deliveries import SqlDeliveries
from assistant.adapters.sql.desk import SqlTickets
from assistant.adapters.sql.messages import SqlMessages
from assistant.adapters.sql.record import SqlRecord
from assistant.adapters.sql.retention import Retention, retain
from assistant.helpdesks.delivery import DeliveringTickets
from assistant.helpdesks.models import By, Change, DeliveryState, Handover, Noted, RemoteState, Reply
from assistant.helpdesks.ports import SinkUnavailable
from assistant.helpdesks.returning import Returning
from assistant.record.events import MS_PER_DAY, MS_PER_HOUR, Who
from assistant.tickets.conversations import Conversations
from assistant.tickets.intake import HELPDESK, MAIL, Intake, account_of_email
from assistant.tickets.models import Customer, DeskTicket, TicketState
from assistant.tickets.promises import Lane
from tests.contract.test_tickets import ANNA, BEN, CALENDAR, KEYS, NOON, Mails, letter
from tests.helpdesks.desk_in_memory import DeskInMemory, down, failing_at, refusing

MINUTE = 60_000


@dataclass
class World:
    """All parts around one database."""

    record: SqlRecord
    store: SqlTickets
    deliveries: SqlDeliveries
    messages: SqlMessages
    intake: Intake
    conversations: Conversations
    desk: DeskInMemory
    mails: Mails
    solved: list[str]
    now: int = NOON
    known_at: Callable[[str], int] = lambda _: 0

    def clock(self) -> int:
        return self.now

    def delivering(self) -> DeliveringTickets:
        return DeliveringTickets(self.deliveries, self.messages, self.desk, self.compose, self.clock)

    def returning(self) -> Returning:
        return Returning(
            self.desk.name,
            self.deliveries,
            self.conversations,
            self.intake,
            solved=lambda ticket: self.solved.append(ticket.id),
            clock=self.clock,
            mails=True,
        )

    def compose(self, ticket: str) -> Handover | None:
        one = self.store.ticket(ticket)
        if one is None or one.sent_at is None or not one.text:
            return None
        complete = self.now >= self.known_at(ticket)
        return Handover(
            one.id, one.text, one.text, one.locale, one.lane, one.account, one.sent_at, noted=Noted(), complete=complete
        )

    def send(self, text: str, customer: Customer = ANNA, *, lane: Lane = Lane.STANDARD) -> DeskTicket:
        self.now += 1
        return self.intake.take(letter(text, lane=lane), customer, at=self.now, confirmed=True).ticket

    def delivered(self) -> list[str]:
        return [one.text for one in self.desk.created]

    def due(self) -> list[str]:
        return [one.kind for one in self.store.due(now=self.now + MS_PER_DAY, most=99)]


@pytest.fixture
def world(record: SqlRecord, tmp_path: Path) -> World:
    store, messages, mails = SqlTickets(record.engine), SqlMessages(record.engine), Mails()
    intake = Intake(
        store,
        DiskSpool(tmp_path / "spool"),
        CALENDAR,
        mail_of=mails.make,
        fee_of=lambda _: "charge",
        pseudonym_of=KEYS.account,
        hand_over=True,
    )

    def mail_of(ticket: DeskTicket, text: str) -> str | None:
        return f'{{"to": "{ticket.customer.email}", "text": "{text}"}}' if ticket.customer.email else None

    conversations = Conversations(messages, mail_of=mail_of, hand_over=True)
    deliveries = SqlDeliveries(record.engine)
    return World(record, store, deliveries, messages, intake, conversations, DeskInMemory(), mails, [])


def test_tickets_are_delivered_once_and_in_the_order_in_which_they_were_sent(world: World) -> None:
    for number in range(5):
        world.send(f"ticket {number}")
    delivering = world.delivering()

    done = [delivering.deliver(), delivering.deliver()]

    assert done == [5, 0]
    assert world.delivered() == [f"ticket {number}" for number in range(5)]
    kept = world.deliveries.delivery(world.desk.created[2].ticket)
    assert kept is not None
    assert (kept.state, kept.due_at, kept.held_until, kept.attempts) == (DeliveryState.DELIVERED, None, None, 0)
    assert kept.remote is not None
    assert (kept.remote.id, kept.remote.url, kept.noted) == ("2", "https://desk.example.com", True)
    assert world.due() == []


def test_a_ticket_that_waits_for_its_link_is_delivered_when_it_is_confirmed(world: World) -> None:
    guest = Customer(account_of_email("ola@example.com"), email="ola@example.com")
    world.intake.take(letter("by mail"), guest, at=NOON, confirmed=False)
    delivering = world.delivering()
    before = delivering.deliver()
    ((_, secret),) = world.mails
    world.now += 5
    world.intake.open_link(secret, at=world.now)

    assert (before, delivering.deliver(), world.delivered()) == (0, 1, ["by mail"])


def test_a_helpdesk_that_is_down_holds_up_all_and_loses_none(world: World) -> None:
    for number in range(3):
        world.send(f"ticket {number}")
    delivering = world.delivering()
    world.desk.before = down
    delivering.deliver()
    delivering.deliver()
    asked_at_first = list(world.desk.asked)
    world.now += 29_000
    delivering.deliver()
    too_early = len(world.desk.asked)
    world.desk.before = lambda _what, _ticket: None
    world.send("ticket 3")
    world.now += 2_000
    delivering.deliver()

    assert [what for what, _ in asked_at_first] == ["create"]
    assert too_early == 1
    assert world.delivered() == [f"ticket {number}" for number in range(4)]


def test_whoever_took_a_ticket_and_died_has_it_looked_up_by_the_next(world: World) -> None:
    ticket = world.send("ticket")
    world.desk.after = lambda _what, _ticket: KeyboardInterrupt()  # ends us, as a kill does
    with pytest.raises(KeyboardInterrupt):
        world.delivering().deliver()
    world.desk.after = lambda _what, _ticket: None
    held = world.delivering().deliver()
    world.now += 301_000
    again = world.delivering().deliver()

    assert (held, again) == (0, 1)
    assert world.delivered() == ["ticket"]
    assert world.desk.asked[1:3] == [("find", ticket.id), ("note", ticket.id)]


def test_an_answer_that_was_lost_does_not_double_a_ticket_nor_a_message(world: World) -> None:
    first, second = world.send("first"), world.send("second")
    world.conversations.reply(first.id, "and?", "k1", world.now)
    lost = iter([SinkUnavailable("lost")] * 3)
    world.desk.after = lambda what, one: next(lost, None) if one == first.id and what != "find" else None
    delivering = world.delivering()
    for _ in range(40):
        delivering.deliver()
        world.now += MINUTE

    assert world.delivered() == ["first", "second"]
    assert world.desk.told == {first.id: ["note", "customer: and?"], second.id: ["note"]}


def test_one_that_is_refused_keeps_no_other_back_and_can_be_tried_again(world: World) -> None:
    tickets = [world.send(f"ticket {number}") for number in range(3)]
    world.desk.before = refusing(tickets[1].id)
    delivering = world.delivering()
    delivering.deliver()
    world.now += 30 * MS_PER_DAY
    delivering.deliver()
    at_first = world.delivered()
    (troubled,) = world.deliveries.troubled(most=9)
    figures = world.deliveries.figures(now=world.now)
    world.desk.before = lambda _what, _ticket: None
    retried = world.deliveries.retry(tickets[1].id, at=world.now)
    delivering.deliver()

    assert at_first == ["ticket 0", "ticket 2"]
    assert (troubled.ticket, troubled.state, troubled.error) == (tickets[1].id, DeliveryState.REFUSED, "400: no")
    assert figures.states == {DeliveryState.DELIVERED: 2, DeliveryState.REFUSED: 1}
    assert (retried, world.delivered(), world.deliveries.retry(None, at=world.now)) == (
        1,
        ["ticket 0", "ticket 2", "ticket 1"],
        0,
    )


def test_one_at_which_the_helpdesk_fails_is_set_aside_and_taken_when_it_can_be(world: World) -> None:
    tickets = [world.send(f"ticket {number}") for number in range(3)]
    world.desk.before = failing_at(tickets[0].id)
    delivering = world.delivering()
    for _ in range(20):
        delivering.deliver()
        world.now += MINUTE
    at_first = world.delivered()
    world.desk.before = lambda _what, _ticket: None
    world.now += 2 * MS_PER_HOUR
    delivering.deliver()

    assert at_first == ["ticket 1", "ticket 2"]
    assert world.delivered() == ["ticket 1", "ticket 2", "ticket 0"]


def test_it_waits_as_long_as_the_helpdesk_asks(world: World) -> None:
    world.send("ticket")
    world.desk.before = lambda _what, _ticket: SinkUnavailable("429", retry_seconds=600)
    delivering = world.delivering()
    delivering.deliver()
    world.desk.before = lambda _what, _ticket: None
    world.now += 599_000
    too_early = delivering.deliver()
    world.now += 2_000

    assert (too_early, delivering.deliver()) == (0, 1)


def test_the_machine_is_waited_for_but_not_for_ever_and_its_note_follows(world: World) -> None:
    quick, slow = world.send("quick"), world.send("slow")
    known = {quick.id: NOON + 2_000, slow.id: NOON + 300_000}
    world.known_at = lambda ticket: known[ticket]
    delivering = world.delivering()
    counts = []
    for _ in range(700):
        delivering.deliver()
        counts.append(len(world.desk.created))
        world.now += 1_000

    assert (counts[0], counts[4], counts[18], counts[24]) == (0, 1, 1, 2)
    assert world.desk.told == {quick.id: ["note"], slow.id: ["note, incomplete", "note"]}


def test_what_a_customer_writes_later_opens_the_ticket_and_follows_in_order(world: World) -> None:
    ticket = world.send("ticket")
    world.conversations.reply(ticket.id, "one", "k1", world.now)  # before the helpdesk has the ticket
    delivering = world.delivering()
    delivering.deliver()
    world.conversations.answer(ticket.id, "try this", "Zofia", TicketState.SOLVED, world.now, key="a1")
    for key in ("k2", "k2", "k3"):
        world.now += 1
        kept = world.conversations.reply(ticket.id, f"said {key}", key, world.now)
    delivering.deliver()

    assert kept is not None
    assert (kept.state, kept.answered_at) == (TicketState.RECEIVED, kept.answered_at)
    assert world.desk.told[ticket.id] == [
        "note",
        "customer: one",
        "staff: try this",
        "customer: said k2",
        "customer: said k3",
    ]
    numbered = [(one.number, one.by, one.delivered) for one in world.conversations.of(ticket.id)]
    assert numbered == [(1, By.CUSTOMER, True), (2, By.STAFF, True), (3, By.CUSTOMER, True), (4, By.CUSTOMER, True)]


def test_what_comes_while_a_ticket_is_delivered_is_not_forgotten(world: World) -> None:
    ticket = world.send("ticket")

    def write_meanwhile(what: str, one: str) -> None:
        if what == "note":
            world.conversations.reply(one, "wait", "k1", world.now)
            world.intake.settle_fee(one, paid=True, at=world.now)

    world.desk.after = lambda what, one: write_meanwhile(what, one)
    delivering = world.delivering()
    delivering.deliver()

    assert world.desk.told[ticket.id] == ["note", "customer: wait"]


def test_a_fee_that_is_paid_later_changes_the_lane_at_the_helpdesk(world: World) -> None:
    ticket = world.send("urgent", lane=Lane.PRIORITY)
    delivering = world.delivering()
    delivering.deliver()
    before = world.desk.lanes[ticket.id]
    world.intake.settle_fee(ticket.id, paid=True, at=world.now)
    delivering.deliver()
    delivering.deliver()

    assert (before, world.desk.lanes[ticket.id]) == (Lane.STANDARD, Lane.PRIORITY)
    assert [what for what, _ in world.desk.asked] == ["create", "note", "move"]


def test_two_that_deliver_at_once_deliver_each_ticket_once(world: World) -> None:
    for number in range(6):
        world.send(f"ticket {number}")
    one, other = world.delivering(), world.delivering()

    def at_the_same_time(_what: str, _ticket: str) -> None:
        other.deliver()

    world.desk.after = at_the_same_time
    one.deliver()

    assert world.delivered() == [f"ticket {number}" for number in range(6)]


def change(world: World, ticket: DeskTicket, **more: object) -> Change:
    delivery = world.deliveries.delivery(ticket.id)
    assert delivery is not None
    assert delivery.remote is not None
    return Change(delivery.remote.id, world.now, **more)  # type: ignore[arg-type]


def staff(number: int, text: str, at: int = NOON + 5_000) -> Reply:
    return Reply(str(number), By.STAFF, text, at, "Zofia Nowak")


def test_answers_and_closings_come_back_once_however_often_they_are_told(world: World) -> None:
    ticket = world.send("ticket")
    world.delivering().deliver()
    world.now += MINUTE
    world.desk.happened = [
        change(world, ticket, reply=staff(1, "Proszę spróbować")),
        change(world, ticket, state=RemoteState.OPEN),  # helpdesks open what they answer
        Change("999", NOON, RemoteState.CLOSED),
    ]
    returning = world.returning()
    applied = [returning.poll(world.desk), returning.poll(world.desk)]
    waiting = world.store.ticket(ticket.id)
    returning.apply(world.desk.happened)
    world.desk.happened.append(change(world, ticket, state=RemoteState.CLOSED, reply=staff(2, "Gotowe")))
    returning.poll(world.desk)
    solved = world.store.ticket(ticket.id)

    assert applied == [2, 0]
    assert waiting is not None
    assert solved is not None
    assert (waiting.state, waiting.answered_at, solved.state) == (TicketState.WAITING, world.now, TicketState.SOLVED)
    assert [(one.text, one.author) for one in world.conversations.of(ticket.id)] == [
        ("Proszę spróbować", "Zofia Nowak"),
        ("Gotowe", "Zofia Nowak"),
    ]
    assert world.due() == [MAIL, MAIL]
    assert world.solved == [ticket.id]
    world.delivering().deliver()
    assert world.desk.told[ticket.id] == ["note"]  # what came from there is not sent back


def test_a_ticket_that_was_opened_again_here_is_not_closed_by_what_happened_before(world: World) -> None:
    ticket = world.send("ticket")
    delivering = world.delivering()
    delivering.deliver()
    closed = change(world, ticket, state=RemoteState.CLOSED)
    world.returning().apply([closed])
    world.conversations.reply(ticket.id, "still broken", "k1", world.now)
    world.returning().apply([closed])  # told twice
    reopened = world.store.ticket(ticket.id)
    delivering.deliver()
    world.returning().apply([change(world, ticket, state=RemoteState.OPEN)])  # what our message brought about
    known = world.store.ticket(ticket.id)
    world.returning().apply([change(world, ticket, state=RemoteState.CLOSED)])
    last = world.store.ticket(ticket.id)

    assert reopened is not None
    assert known is not None
    assert last is not None
    assert (reopened.state, known.state, last.state) == (
        TicketState.RECEIVED,
        TicketState.RECEIVED,
        TicketState.SOLVED,
    )


def test_what_a_customer_writes_at_the_helpdesk_opens_the_ticket_here(world: World) -> None:
    ticket = world.send("ticket")
    world.delivering().deliver()
    world.returning().apply([change(world, ticket, state=RemoteState.CLOSED)])
    by_mail = Reply("7", By.CUSTOMER, "znowu nie działa", world.now)
    world.returning().apply([change(world, ticket, reply=by_mail)])

    again = world.store.ticket(ticket.id)
    assert again is not None
    assert again.state is TicketState.RECEIVED
    assert [(one.by, one.text, one.delivered) for one in world.conversations.of(ticket.id)] == [
        (By.CUSTOMER, "znowu nie działa", True)
    ]


def test_a_reply_to_no_ticket_or_to_one_that_was_not_sent_is_kept_nowhere(world: World) -> None:
    guest = Customer(account_of_email("ola@example.com"), email="ola@example.com")
    unsent = world.intake.take(letter(), guest, at=NOON, confirmed=False).ticket

    assert world.conversations.reply("NOSUCH", "?", "k1", NOON) is None
    assert world.conversations.reply(unsent.id, "?", "k1", NOON) is None
    assert world.conversations.of(unsent.id) == []


def test_a_person_is_exported_and_erased_with_messages_and_deliveries(world: World) -> None:
    ticket, other = world.send("ticket"), world.send("other", BEN)
    world.delivering().deliver()
    for one in (ticket, other):
        world.conversations.reply(one.id, f"reply to {one.text}", "k1", world.now)
    anna = persons.person_of(world.record.engine, Who(account=KEYS.account(ANNA.account)))

    found = persons.export(world.record.engine, anna)
    persons.erase(world.record.engine, anna, keys=KEYS, at=NOON)
    world.delivering().deliver()

    assert [row["text"] for row in found["messages"]] == ["reply to ticket"]
    assert [row["ticket"] for row in found["deliveries"]] == [ticket.id]
    assert (world.conversations.of(ticket.id), world.deliveries.delivery(ticket.id)) == ([], None)
    assert world.desk.told == {ticket.id: ["note"], other.id: ["note", "customer: reply to other"]}


def test_messages_lose_their_text_together_with_their_ticket_and_what_is_left_is_not_delivered(world: World) -> None:
    ticket = world.send("ticket")
    world.conversations.reply(ticket.id, "Numer klienta: 17", "k1", world.now)
    retain(world.record.engine, Retention(30, 400, 1100), now=NOON + 31 * MS_PER_DAY)
    world.now += 31 * MS_PER_DAY
    world.delivering().deliver()

    assert [one.text for one in world.conversations.of(ticket.id)] == [None]
    assert world.desk.asked == []
    left = world.deliveries.delivery(ticket.id)
    assert left is not None
    assert left.due_at is None


def test_without_a_helpdesk_nothing_waits_for_one(world: World, tmp_path: Path) -> None:
    alone = Intake(
        world.store,
        DiskSpool(tmp_path / "other"),
        CALENDAR,
        mail_of=world.mails.make,
        fee_of=lambda _: "charge",
        pseudonym_of=KEYS.account,
    )
    ticket = alone.take(letter(), ANNA, at=NOON, confirmed=True).ticket

    assert world.deliveries.delivery(ticket.id) is None
    assert HELPDESK not in world.due()


def test_what_was_delivered_after_a_backup_is_not_delivered_again_when_that_is_restored(
    world: World, tmp_path: Path
) -> None:
    ticket = world.send("ticket")
    world.conversations.reply(ticket.id, "and?", "k1", world.now)
    back_up(world.record.engine, tmp_path / "backup.zip", at=NOON)
    world.delivering().deliver()
    restore(world.record.engine, tmp_path / "backup.zip", keys=KEYS, force=True)
    world.delivering().deliver()

    assert world.delivered() == ["ticket"]
    assert world.desk.told == {ticket.id: ["note", "customer: and?"]}


def test_what_another_helpdesk_has_is_not_told_to_this_one(world: World) -> None:
    ticket = world.send("ticket")
    world.delivering().deliver()
    world.desk.name = "another"
    world.conversations.reply(ticket.id, "and?", "k1", world.now)
    world.delivering().deliver()

    assert world.desk.told == {ticket.id: ["note"]}
    left = world.deliveries.delivery(ticket.id)
    assert left is not None
    assert left.error == "it went to in-memory, which is no longer the helpdesk"


def test_cursors_go_on_from_where_they_were(world: World) -> None:
    before = world.deliveries.cursor("helpdesk:x")
    world.deliveries.move_cursor("helpdesk:x", "17", at=NOON)
    world.deliveries.move_cursor("helpdesk:x", "18", at=NOON + 1)

    assert (before, world.deliveries.cursor("helpdesk:x"), world.deliveries.cursor("y")) == (None, "18", None)


def test_a_spooled_ticket_is_delivered_too(world: World) -> None:
    ticket = world.send("one")
    world.now += 1  # in the same millisecond, their ids would decide which comes first
    spooled = replace(ticket, id="SPOOLED2", key="another", text="two", sent_at=world.now)
    world.store.add(spooled, sending=world.intake._on_its_way(spooled))
    world.delivering().deliver()

    assert world.delivered() == ["one", "two"]
