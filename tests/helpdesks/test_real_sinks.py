"""What a helpdesk's adapter promises, on the real django-helpdesk and the real Request Tracker."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.helpdesks.models import (
    Asked,
    By,
    Handover,
    Message,
    Noted,
    NotedPassage,
    RemoteState,
    RemoteTicket,
)
from assistant.helpdesks.notes import subject_of
from assistant.helpdesks.ports import SinkUnavailable
from assistant.tickets.promises import Lane
from eval.faults import Fault
from tests.helpdesks.conftest import Place

NOON = 1_700_000_000_000
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
POLISH = "Bramka płatności zwraca błąd 403, a żółty przycisk znika. Proszę o pomoc.\n\nPozdrawiam\nZofia Gęś"
ARABIC = "لا أستطيع الدفع بالبطاقة، تظهر رسالة خطأ. ماذا أفعل؟"
_numbers = iter(range(1, 10_000))


def handover(text: str = POLISH, *, lane: Lane = Lane.STANDARD) -> Handover:
    number = next(_numbers)
    ticket = "".join(ALPHABET[number // 31**place % 31] for place in range(8))
    return Handover(
        ticket,
        subject_of(text, otherwise="(no subject)"),
        text,
        "pl",
        lane,
        "u-17",
        NOON,
        name="Anna Żak",
        email="anna@example.com",
        promised="2026-11-23 18:00",
        files=(("log błędów.txt", "https://help.example.com/v1/attachments/1"),),
        link="https://help.example.com/desk/tickets/1",
        noted=Noted(
            (Asked("bramka 403", ("Błąd 403", "Płatności"), ("Płatności",)),),
            "shown, and not opened",
            0.83,
            (NotedPassage("Błąd 403", "https://help.example.com/pl/403", "Zmień {{ klucz }} w {% panelu %}."),),
            "deferred",
            ("4 of the last 5 questions were answered in the docs",),
        ),
    )


def created(place: Place, given: Handover) -> RemoteTicket:
    remote = place.sink.create(given)
    place.sink.note(remote, given, unsure=False)
    return remote


def message(given: Handover, number: int, text: str, by: By = By.CUSTOMER) -> Message:
    return Message(f"m-{given.ticket}-{number}", given.ticket, by, text, NOON, "Ola", number)


def test_it_says_that_it_is_there(place: Place) -> None:
    assert "answers" in place.sink.check()[0]


@pytest.mark.parametrize("text", [POLISH, ARABIC, "ok", "Zażółć gęślą jaźń " * 60, "\n\n  \n"])
def test_a_ticket_arrives_as_it_was_written_and_staff_see_what_is_known(place: Place, text: str) -> None:
    given = handover(text)

    remote = created(place, given)

    (seen,) = place.staff.tickets(given.ticket)
    assert seen.id == remote.id
    assert given.subject.startswith(seen.subject.removesuffix("…"))
    assert len(seen.subject) > min(100, len(given.subject) - 1)
    assert seen.text.startswith(text.strip() or "(The customer wrote nothing.)")
    assert (len(seen.subject) <= 200, seen.urgent, seen.status) == (True, False, "open")
    (note,) = seen.notes
    for known in (
        "From Anna Żak <anna@example.com>",
        "a reply is promised by 2026-11-23 18:00",
        "deferred (4 of the last 5 questions were answered in the docs)",
        "shown, and not opened (confidence 83%)",
        "Błąd 403 – https://help.example.com/pl/403",
        "asked: bramka 403",
        "shown: Płatności (opened)",
        "log błędów.txt: https://help.example.com/v1/attachments/1",
    ):
        assert known in note
    assert "klucz" in note.replace("\u2060", "")
    assert "{{ klucz }} w {% panelu %}" in note.replace("\u2060", "")


def test_a_ticket_is_found_by_our_id_and_no_other_is(place: Place) -> None:
    given, other = handover(), handover(ARABIC)
    before = place.sink.find(given.ticket, since=NOON)
    remote = place.sink.create(given)

    assert before is None
    assert place.sink.find(given.ticket, since=NOON) == remote
    assert place.sink.find(other.ticket, since=NOON) is None


def test_who_quotes_anothers_reference_is_not_taken_for_them(place: Place) -> None:
    given = handover()
    place.sink.create(handover(f"see [askfirst:{given.ticket}]"))

    assert place.sink.find(given.ticket, since=NOON) is None


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.FAILED, Fault.SLOW])
def test_what_was_saved_and_not_answered_is_found(place: Place, fault: Fault) -> None:
    given = handover()
    place.proxy.choose = lambda method, _: fault if method == "POST" else None

    with pytest.raises(SinkUnavailable) as caught:
        place.sink.create(given)
    place.proxy.choose = lambda _method, _path: None
    found = place.sink.find(given.ticket, since=NOON)

    assert caught.value.failing is (fault is Fault.FAILED)
    assert found is not None
    assert [one.id for one in place.staff.tickets(given.ticket)] == [found.id]


def test_what_was_told_and_not_answered_is_not_told_twice(place: Place) -> None:
    given = handover()
    remote = place.sink.create(given)
    wrote = message(given, 1, "Nadal {{ nie }} działa {% a %} i {# b #}.")
    place.proxy.choose = lambda method, _: Fault.LOST if method == "POST" else None

    with pytest.raises(SinkUnavailable):
        place.sink.note(remote, given, unsure=False)
    with pytest.raises(SinkUnavailable):
        place.sink.tell(remote, wrote, unsure=False)
    place.proxy.choose = lambda _method, _path: None
    place.sink.note(remote, given, unsure=True)
    place.sink.tell(remote, wrote, unsure=True)
    place.sink.tell(remote, message(given, 2, "Jeszcze jedno."), unsure=True)

    (seen,) = place.staff.tickets(given.ticket)
    assert len(seen.notes) == 3
    assert "Nadal {{ nie }} działa {% a %} i {# b #}." in seen.notes[1].replace("\u2060", "")
    assert "Jeszcze jedno." in seen.notes[2]
    assert seen.subject == given.subject


def test_a_lane_becomes_a_priority_and_can_be_changed(place: Place) -> None:
    urgent, usual = handover(lane=Lane.PRIORITY), handover()
    place.sink.create(urgent)
    remote = place.sink.create(usual)
    before = place.staff.tickets(usual.ticket)[0].urgent
    place.sink.move_to(remote, Lane.PRIORITY)

    assert place.staff.tickets(urgent.ticket)[0].urgent is True
    assert (before, place.staff.tickets(usual.ticket)[0].urgent) == (False, True)


def test_answers_and_closings_come_back_and_what_we_or_notes_say_does_not(place: Place) -> None:
    cursor = place.sink.changes(None).cursor
    given = handover()
    remote = created(place, given)
    place.sink.tell(remote, message(given, 1, "Halo?"), unsure=False)
    place.staff.note(remote.id, "Klient jest trudny.")
    place.staff.answer(remote.id, "Proszę spróbować ponownie: شكرا")
    place.staff.answer(remote.id, "Załatwione.", close=True)

    news = place.sink.changes(cursor)

    ours = [one for one in news.changes if one.remote_id == remote.id]
    replies = [one.reply for one in ours if one.reply is not None]
    assert [(one.by, one.text) for one in replies] == [
        (By.STAFF, "Proszę spróbować ponownie: شكرا"),
        (By.STAFF, "Załatwione."),
    ]
    assert [one.state for one in ours if one.state is not None][-1] is RemoteState.CLOSED
    assert len({one.id for one in replies}) == 2
    assert list(place.sink.changes(news.cursor).changes) == []


def test_a_closed_ticket_is_open_again_when_its_customer_writes(place: Place) -> None:
    given = handover()
    remote = created(place, given)
    place.staff.answer(remote.id, "Załatwione.", close=True)
    closed = place.staff.tickets(given.ticket)[0].status

    place.sink.tell(remote, message(given, 1, "Jednak nie."), unsure=False)
    by_customer = place.staff.tickets(given.ticket)[0].status

    place.staff.answer(remote.id, "Teraz tak.", close=True)
    place.sink.tell(remote, message(given, 2, "Gotowe.", By.STAFF), unsure=False)
    assert (closed, by_customer, place.staff.tickets(given.ticket)[0].status) == ("closed", "open", "closed")


def test_a_helpdesk_that_is_not_there_is_unavailable(place: Place) -> None:
    place.proxy.choose = lambda _method, _path: Fault.DEAD
    given = replace(handover())

    with pytest.raises(SinkUnavailable):
        place.sink.create(given)
    with pytest.raises(SinkUnavailable):
        place.sink.find(given.ticket, since=NOON)
    with pytest.raises(SinkUnavailable):
        place.sink.changes("0")
