"""Tickets as they were written, in both databases: kept once, changed alone, sent on, forgotten."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.adapters.spool import DiskSpool
from assistant.adapters.sql import persons
from assistant.adapters.sql.desk import SqlTickets
from assistant.adapters.sql.record import SqlRecord
from assistant.adapters.sql.retention import Retention, retain
from assistant.errors import RecordUnavailable
from assistant.record.events import MS_PER_DAY, MS_PER_HOUR, Who
from assistant.record.keys import Keys
from assistant.tickets.calendar import Calendar, parse_hours, public_holidays
from assistant.tickets.intake import FEE, MAIL, Intake, account_of_email, digest_of_secret
from assistant.tickets.models import Conversation, Customer, DeskTicket, FeeState, File, Letter, TicketState
from assistant.tickets.ports import KeptFile
from assistant.tickets.promises import Lane

KEYS = Keys(b"0" * 32)
NOON = 1_795_431_600_000  # Monday, 23 November 2026, 12:00 in Warsaw
CALENDAR = Calendar(
    ZoneInfo("Europe/Warsaw"),
    parse_hours("mon-fri 09:00-18:00 until 16:00, sat 09:00-13:00 until 12:00"),
    parse_hours("mon-sun 08:00-20:00"),
    public_holidays("PL"),
    60,
)
ANNA = Customer("shop-17", "Anna Żak", "anna@example.com")
BEN = Customer("shop-18", "Ben")


class Mails(list[tuple[str, str]]):
    """The mails that were made: whom to, and the secret of the link."""

    def make(self, email: str, _: str, secret: str, __: DeskTicket | None) -> str:
        self.append((email, secret))
        return f"to {email}"


@pytest.fixture
def store(record: SqlRecord) -> SqlTickets:
    return SqlTickets(record.engine)


@pytest.fixture
def mails() -> Mails:
    return Mails()


@pytest.fixture
def intake(store: SqlTickets, mails: Mails, tmp_path_factory: pytest.TempPathFactory) -> Intake:
    return Intake(
        store,
        DiskSpool(tmp_path_factory.mktemp("spool")),
        CALENDAR,
        mail_of=mails.make,
        fee_of=lambda ticket: f"charge {ticket.customer.account}",
        pseudonym_of=KEYS.account,
    )


def letter(text: str = "Bramka płatności zwraca 403.", *, key: str = "k" * 12, lane: Lane = Lane.STANDARD) -> Letter:
    return Letter(key, text, "pl", lane, conversation=Conversation("token", "v-1", "support"))


def kinds(store: SqlTickets, now: int = NOON) -> list[str]:
    return [one.kind for one in store.due(now=now, most=10)]


def test_a_ticket_is_kept_as_it_was_written_and_promised(intake: Intake) -> None:
    taken = intake.take(letter(), ANNA, at=NOON, confirmed=True)

    (kept,) = intake.tickets_of(ANNA)
    assert (taken.new, kept) == (True, taken.ticket)
    assert (kept.text, kept.customer, kept.state) == ("Bramka płatności zwraca 403.", ANNA, TicketState.RECEIVED)
    assert kept.promised_at == NOON + 6 * MS_PER_HOUR  # at 18:00 on the same day
    assert (kept.conversation.token, kept.conversation.visitor) == ("token", "v-1")


def test_the_same_text_with_the_same_key_is_one_ticket_and_another_text_is_another(intake: Intake) -> None:
    first = intake.take(letter(), ANNA, at=NOON, confirmed=True)
    again = intake.take(letter(), ANNA, at=NOON + 9_000, confirmed=True)
    other = intake.take(letter("Bramka zwraca 500."), ANNA, at=NOON + 9_000, confirmed=True)
    of_ben = intake.take(letter(), BEN, at=NOON + 9_000, confirmed=True)

    assert (first.ticket.id, again.new) == (again.ticket.id, False)
    assert len({first.ticket.id, other.ticket.id, of_ben.ticket.id}) == 3
    assert [one.id for one in intake.tickets_of(ANNA)] == [other.ticket.id, first.ticket.id]


def test_twenty_at_once_with_one_key_are_one_ticket(intake: Intake) -> None:
    taken: list[str] = []
    threads = [
        threading.Thread(target=lambda: taken.append(intake.take(letter(), ANNA, at=NOON, confirmed=True).ticket.id))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(taken), len(set(taken)), len(intake.tickets_of(ANNA))) == (20, 1, 1)


def test_nobody_sees_anothers_ticket_nor_their_own_unverified(intake: Intake) -> None:
    ticket = intake.take(letter(), ANNA, at=NOON, confirmed=True).ticket

    assert intake.ticket_of(ANNA, ticket.id) == ticket
    assert intake.ticket_of(BEN, ticket.id) is None
    assert intake.ticket_of(replace(ANNA, verified=False), ticket.id) is None
    assert intake.tickets_of(replace(ANNA, verified=False)) == ()


def test_a_letter_by_mail_waits_for_its_link_which_is_good_once(
    intake: Intake, store: SqlTickets, mails: Mails
) -> None:
    guest = Customer(account_of_email("Ola@Example.com"), email="ola@example.com")
    waiting = intake.take(letter(), guest, at=NOON, confirmed=False).ticket
    ((address, secret),) = mails

    assert (address, waiting.state, waiting.sent_at) == ("ola@example.com", TicketState.UNCONFIRMED, None)
    assert kinds(store) == [MAIL]
    assert store.unrecorded(most=9) == []

    later = NOON + 5 * MS_PER_HOUR
    looked = intake.look_at_link(secret, at=later)
    opened = intake.open_link(secret, at=later)

    assert looked is not None
    assert opened is not None
    assert opened.ticket is not None
    assert (opened.ticket.id, opened.ticket.sent_at) == (waiting.id, later)
    assert opened.ticket.promised_at == NOON + 30 * MS_PER_HOUR  # after 16:00: at 18:00 on the next day
    assert intake.open_link(secret, at=later) is None
    assert [one.id for one in store.unrecorded(most=9)] == [waiting.id]


def test_the_same_letter_again_sends_no_second_mail(intake: Intake, store: SqlTickets) -> None:
    guest = Customer(account_of_email("ola@example.com"), email="ola@example.com")
    intake.take(letter(), guest, at=NOON, confirmed=False)
    intake.take(letter(), guest, at=NOON, confirmed=False)

    assert kinds(store) == [MAIL]


@pytest.mark.parametrize("secret", ["", "nothing", "x" * 3000])
def test_a_link_that_is_none_opens_nothing(intake: Intake, secret: str) -> None:
    assert intake.open_link(secret, at=NOON) is None


def test_a_link_is_too_old_after_a_day(intake: Intake, mails: Mails) -> None:
    intake.ask_to_sign_in("ola@example.com", "pl", at=NOON)
    ((_, secret),) = mails

    assert intake.look_at_link(secret, at=NOON + MS_PER_DAY) is None
    assert intake.open_link(secret, at=NOON + MS_PER_DAY) is None


def test_ten_who_open_a_link_at_once_are_one(intake: Intake, mails: Mails) -> None:
    intake.ask_to_sign_in("ola@example.com", "pl", at=NOON)
    ((_, secret),) = mails
    opened: list[object] = []
    threads = [threading.Thread(target=lambda: opened.append(intake.open_link(secret, at=NOON))) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(one is not None for one in opened) == 1


def test_only_the_digest_of_a_links_secret_is_kept(intake: Intake, store: SqlTickets, mails: Mails) -> None:
    intake.ask_to_sign_in("ola@example.com", "pl", at=NOON)
    ((_, secret),) = mails
    link = store.link(digest_of_secret(secret))

    assert link is not None
    assert secret not in repr(link)


def test_a_priority_ticket_waits_as_a_standard_one_until_its_fee_is_paid(intake: Intake, store: SqlTickets) -> None:
    ticket = intake.take(letter(lane=Lane.PRIORITY), ANNA, at=NOON, confirmed=True).ticket
    asked = store.due(now=NOON, most=9)

    assert (ticket.lane, ticket.fee, ticket.promised_at) == (Lane.STANDARD, FeeState.ASKED, NOON + 6 * MS_PER_HOUR)
    assert [(one.kind, one.payload) for one in asked] == [(FEE, "charge shop-17")]

    refused = intake.settle_fee(ticket.id, paid=False, at=NOON + 60_000)
    paid = intake.settle_fee(ticket.id, paid=True, at=NOON + 120_000)
    undone = intake.settle_fee(ticket.id, paid=False, at=NOON + 180_000)

    assert refused is not None
    assert (refused.lane, refused.fee) == (Lane.STANDARD, FeeState.REFUSED)
    assert paid is not None
    assert (paid.lane, paid.promised_at) == (Lane.PRIORITY, NOON + 120_000 + MS_PER_HOUR)
    assert undone == paid
    assert intake.settle_fee("NOTHERE2", paid=True, at=NOON) is None


def test_a_fee_is_not_due_for_a_standard_ticket(intake: Intake) -> None:
    ticket = intake.take(letter(), ANNA, at=NOON, confirmed=True).ticket

    assert intake.settle_fee(ticket.id, paid=True, at=NOON) == ticket


def test_a_promise_is_kept_by_the_first_answer_and_late_without_one(intake: Intake) -> None:
    ticket = intake.take(letter(), ANNA, at=NOON, confirmed=True).ticket
    promised = ticket.promised_at or 0
    intake.move(ticket.id, TicketState.IN_PROGRESS, at=NOON + 1000)
    waiting = intake.move(ticket.id, TicketState.WAITING, at=promised)
    solved = intake.move(ticket.id, TicketState.SOLVED, at=promised + 1)

    assert waiting is not None
    assert solved is not None
    assert (solved.state, solved.answered_at, solved.kept(promised + 9)) == (TicketState.SOLVED, promised, True)
    assert (ticket.kept(promised), ticket.kept(promised + 1)) == (None, False)
    assert replace(solved, answered_at=promised + 1).kept(promised + 9) is False


def test_what_is_sent_on_is_emptied_and_what_failed_waits(intake: Intake, store: SqlTickets) -> None:
    intake.ask_to_sign_in("ola@example.com", "pl", at=NOON)
    (mail,) = store.due(now=NOON, most=9)

    store.put_off(mail.id, until=NOON + 30_000, error="busy")
    assert store.due(now=NOON + 29_999, most=9) == []
    (again,) = store.due(now=NOON + 30_000, most=9)
    assert (again.id, again.attempts, again.payload) == (mail.id, 1, "to ola@example.com")

    store.sent_on(mail.id)
    assert store.due(now=NOON + MS_PER_DAY, most=9) == []


def keep_file(store: SqlTickets, name: str, account: str, *, at: int = NOON) -> None:
    store.add_file(KeptFile(File(name, f"{name}.png", "png", 3), account, None, at))


def test_only_ones_own_files_go_with_a_ticket_and_once(intake: Intake, store: SqlTickets) -> None:
    keep_file(store, "mine", KEYS.account(ANNA.account))
    keep_file(store, "other", KEYS.account(BEN.account))
    with_files = replace(letter(), files=("mine", "other", "nothing"))

    first = intake.take(with_files, ANNA, at=NOON, confirmed=True).ticket
    second = intake.take(replace(with_files, text="another"), ANNA, at=NOON, confirmed=True).ticket

    assert [one.id for one in (first.files)] == ["mine"]
    assert second.files == ()
    assert [one.file.id for one in store.loose_files(before=NOON + 1, most=9)] == ["other"]


def test_a_file_that_went_with_a_ticket_is_not_dropped(intake: Intake, store: SqlTickets) -> None:
    keep_file(store, "mine", KEYS.account(ANNA.account))
    intake.take(replace(letter(), files=("mine",)), ANNA, at=NOON, confirmed=True)

    store.drop_file("mine")

    assert [one.file.id for one in store.files(["mine"])] == ["mine"]


def test_everything_of_a_person_is_exported_and_erased(intake: Intake, store: SqlTickets, record: SqlRecord) -> None:
    keep_file(store, "mine", KEYS.account(ANNA.account))
    intake.take(replace(letter(lane=Lane.PRIORITY), files=("mine",)), ANNA, at=NOON, confirmed=True)
    intake.take(letter(), BEN, at=NOON, confirmed=True)
    anna = persons.person_of(record.engine, Who(account=KEYS.account(ANNA.account)))

    found = persons.export(record.engine, anna)
    erased = persons.erase(record.engine, anna, keys=KEYS, at=NOON)

    assert "Anna Żak" in str(found["desk_tickets"])
    assert [row["id"] for row in found["desk_files"]] == ["mine"]
    assert erased.files == ("mine",)
    assert (intake.tickets_of(ANNA), store.files(["mine"]), store.due(now=NOON, most=9)) == ([], [], [])
    assert len(intake.tickets_of(BEN)) == 1


def test_past_their_time_tickets_lose_what_was_written_and_their_files(
    intake: Intake, store: SqlTickets, record: SqlRecord
) -> None:
    keep_file(store, "mine", KEYS.account(ANNA.account))
    intake.take(replace(letter(), files=("mine",)), ANNA, at=NOON, confirmed=True)
    guest = Customer(account_of_email("ola@example.com"), email="ola@example.com")
    intake.take(letter("young"), guest, at=NOON + 2 * MS_PER_DAY, confirmed=False)

    retained = retain(record.engine, Retention(30, 400, 1100), now=NOON + 31 * MS_PER_DAY)

    assert (retained.texts, retained.files) == (1, ("mine",))
    assert intake.tickets_of(ANNA) == []
    assert len(store.of(KEYS.account(guest.account), most=9)) == 1


def test_while_the_database_is_away_tickets_wait_on_the_disk_and_come_in_once(
    database: str, mails: Mails, tmp_path: Path
) -> None:
    record = SqlRecord(database)
    store = Switched(record)
    spool = DiskSpool(tmp_path / "spool")
    intake = Intake(store, spool, CALENDAR, mail_of=mails.make, fee_of=lambda _: "charge", pseudonym_of=KEYS.account)

    store.away = True
    first = intake.take(letter(lane=Lane.PRIORITY), ANNA, at=NOON, confirmed=True)
    again = intake.take(letter(lane=Lane.PRIORITY), ANNA, at=NOON, confirmed=True)
    guest = Customer(account_of_email("ola@example.com"), email="ola@example.com")
    with pytest.raises(RecordUnavailable):
        intake.take(letter(), guest, at=NOON, confirmed=False)
    store.away = False
    back = intake.take(letter(lane=Lane.PRIORITY), ANNA, at=NOON + 9, confirmed=True)
    left = intake.bring_in()

    assert (first.spooled, again.ticket.id, back.ticket.id) == (True, first.ticket.id, first.ticket.id)
    assert (left, len(intake.tickets_of(ANNA)), kinds(store)) == (0, 1, [FEE])
    record.close()


class Switched(SqlTickets):
    """A store whose database can be taken away."""

    away = False

    def __init__(self, record: SqlRecord) -> None:
        super().__init__(record.engine)

    def add(self, ticket: DeskTicket, *, files: Sequence[str] = (), **more: object) -> tuple[DeskTicket, bool]:
        if self.away:
            raise RecordUnavailable("away")
        return super().add(ticket, files=files, **more)  # type: ignore[arg-type]
