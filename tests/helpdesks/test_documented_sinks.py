"""Zendesk, Freshdesk and Zammad against contracts written after their documentation; not against the real services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from assistant.adapters.helpdesks.freshdesk import Freshdesk
from assistant.adapters.helpdesks.hosted import as_html, as_text
from assistant.adapters.helpdesks.zammad import Zammad
from assistant.adapters.helpdesks.zendesk import Zendesk
from assistant.helpdesks.models import By, Handover, Message, Noted, RemoteState, RemoteTicket
from assistant.helpdesks.notes import body, private_note, told
from assistant.helpdesks.ports import SinkRefused, SinkUnavailable, TicketSink
from assistant.tickets.promises import Lane
from tests.helpdesks.documented import Documented, documented

NOON = 1_795_431_600_000  # 2026-11-23T11:00:00Z
HANDOVER = Handover(
    "ABCDEFGH",
    "Bramka zwraca 403.",
    "Bramka zwraca 403.\n\nZażółć <b>gęślą</b> jaźń & شكرا",
    "pl",
    Lane.STANDARD,
    "u-17",
    NOON,
    name="Anna Żak",
    email="anna@example.com",
    noted=Noted(finding="no"),
)
MESSAGE = Message("m-1", "ABCDEFGH", By.CUSTOMER, "Nadal nie działa.", NOON, number=1)
TEXTS = {"body": body(HANDOVER), "note": private_note(HANDOVER), "told": told(MESSAGE)}
TEXTS |= {f"{name}_html": as_html(text) for name, text in TEXTS.items()}

MAKERS: dict[str, Callable[[str], TicketSink]] = {
    "zendesk": lambda url: Zendesk(url, "agent@example.com/token:key", "7", lambda: NOON),
    "freshdesk": lambda url: Freshdesk(url, "key", "7", lambda: NOON),
    "zammad": lambda url: Zammad(url, "key", "Support", lambda: NOON),
}
REMOTE = {
    "zendesk": ("35436", "/agent/tickets/35436"),
    "freshdesk": ("20", "/a/tickets/20"),
    "zammad": ("17", "/#ticket/zoom/17"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A helpdesk as documented, and our adapter for it."""

    sink: TicketSink
    server: Documented
    remote: RemoteTicket


@pytest.fixture(params=sorted(MAKERS))
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with documented(request.param, TEXTS) as server:
        number, path = REMOTE[request.param]
        yield Place(MAKERS[request.param](server.url), server, RemoteTicket(number, server.url + path))
        assert server.wrong == []
        assert server.done()


def test_what_is_set_up_is_told(place: Place) -> None:
    place.server.expect("check")

    assert "answers" in place.sink.check()[0]


def test_a_ticket_is_created_as_documented(place: Place) -> None:
    place.server.expect("create")

    assert place.sink.create(HANDOVER) == place.remote


def test_a_ticket_is_found_by_our_id(place: Place) -> None:
    place.server.expect("find", "find nothing")

    assert place.sink.find("ABCDEFGH", since=NOON) == place.remote
    assert place.sink.find("ABCDEFGH", since=NOON) is None


def test_notes_and_messages_are_private_and_looked_for_in_doubt(place: Place) -> None:
    place.server.expect("note", "note again", "tell", "tell again")

    place.sink.note(place.remote, HANDOVER, unsure=False)
    place.sink.note(place.remote, HANDOVER, unsure=True)
    place.sink.tell(place.remote, MESSAGE, unsure=False)
    place.sink.tell(place.remote, MESSAGE, unsure=True)


def test_a_lane_becomes_a_priority(place: Place) -> None:
    place.server.expect("move")

    place.sink.move_to(place.remote, Lane.PRIORITY)


def test_answers_and_states_come_back_without_what_we_wrote(place: Place) -> None:
    place.server.expect("begin", "changes")

    begun = place.sink.changes(None)
    news = place.sink.changes(begun.cursor)

    replies = [one.reply for one in news.changes if one.reply is not None]
    assert list(begun.changes) == []
    assert {one.remote_id for one in news.changes} == {place.remote.id}
    assert [(one.by, " ".join(one.text.split())) for one in replies] == [
        (By.STAFF, "Proszę odświeżyć moduł."),
        (By.CUSTOMER, "Dziękuję!"),
    ]
    assert [one.state for one in news.changes if one.state is not None] == [RemoteState.CLOSED]
    assert news.cursor > begun.cursor


def test_what_is_refused_and_what_is_too_much_are_told_apart(place: Place) -> None:
    place.server.expect("refused")
    with pytest.raises(SinkRefused, match=r"the helpdesk answered 4\d\d: \{"):
        MAKERS[place.sink.name](place.server.url).create(HANDOVER)

    place.server.expect("too many")
    with pytest.raises(SinkUnavailable) as caught:
        MAKERS[place.sink.name](place.server.url).create(replace(HANDOVER))
    assert (caught.value.retry_seconds, caught.value.failing) == (93.0, False)


@pytest.mark.parametrize("text", [TEXTS["body"], "a\n\n\nb", "<script>alert(1)</script>", "1 < 2 & 3 > 2"])
def test_a_text_as_html_reads_the_same(text: str) -> None:
    assert as_text(as_html(text)) == text
    assert "<script" not in as_html(text)
