"""Tickets that leave by a webhook and come back answered: the whole service, and a server that takes its messages."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from standardwebhooks import Webhook

from api.sessions import SESSION_HEADER, Sessions
from api.settings import Settings, SettingsUnusable
from api.wiring_helpdesk import make_sink
from assistant.record.keys import Keys, secret_bytes
from assistant.tickets.models import Customer
from tests.api.conftest import OPERATOR, build_small, client_over
from tests.api.record_desk import eventually

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - of the tests
KEYS = Keys(secret_bytes("a secret of the tests"))


class Receiver:
    """Takes messages; ``status`` is what it answers."""

    def __init__(self) -> None:
        self.status = 200
        self.url = ""
        self.taken: list[tuple[str, dict[str, Any]]] = []

    def kinds(self) -> list[str]:
        return [message["type"] for _, message in self.taken]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            Webhook(SECRET).verify(body, headers, json_parse=False)
            receiver.taken.append((headers["webhook-id"], json.loads(body)))
            self.send_response(receiver.status)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/tickets"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture
def service(tmp_path: Path, receiver: Receiver) -> Iterator[TestClient]:
    build_small(tmp_path)
    settings = {
        "helpdesk": "webhook",
        "helpdesk_url": receiver.url,
        "helpdesk_secret": SECRET,
        "helpdesk_private": True,
        "helpdesk_mails": False,
        "public_url": "https://help.example.com",
        "smtp_url": "smtp://127.0.0.1:9",
    }
    with client_over(tmp_path, **settings) as opened:
        sessions = Sessions(KEYS.derive("session"), hours=12.0, secure=True)
        now = round(datetime.now(UTC).timestamp() * 1000)
        customer = Customer("shop-17", "Anna Żak", "anna@example.com")
        opened.headers[SESSION_HEADER] = sessions.begin(customer, "shop", now=now)[0]
        yield opened


def send(service: TestClient, text: str = "Kiedy wracają pieniądze na kartę?") -> str:
    asked = service.post("/v1/answers", json={"question": "pieniądze na kartę", "locale": "pl", "intent": "ticket"})
    ticket = {"key": "k" * 12, "text": text, "locale": "pl", "checked": True, "token": asked.json()["token"]}
    sent = service.post("/v1/tickets", json=ticket)
    number: str = sent.json()["ticket"]["ticket"]
    return number


def report(service: TestClient, message: dict[str, Any] | str, *, secret: str = SECRET) -> int:
    body = message if isinstance(message, str) else json.dumps(message)
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "theirs-1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("theirs-1", now.replace(tzinfo=None, microsecond=0), body),
    }
    return service.post("/v1/helpdesk/changes", content=body.encode(), headers=headers).status_code


def states(service: TestClient) -> list[str]:
    return [one["state"] for one in service.get("/v1/tickets").json()["tickets"]]


def test_a_ticket_leaves_with_all_that_is_known_of_it(service: TestClient, receiver: Receiver) -> None:
    number = send(service)
    eventually(lambda: len(receiver.taken) == 2)

    (created_id, created), (noted_id, noted) = receiver.taken
    assert (created_id, noted_id) == (f"{number}-created", f"{number}-noted")
    assert (created["type"], noted["type"]) == ("ticket.created", "ticket.noted")
    told = created["data"]
    assert (told["ticket"], told["text"], told["locale"]) == (number, "Kiedy wracają pieniądze na kartę?", "pl")
    assert (told["name"], told["account"], told["lane"]) == ("Anna Żak", "shop-17", "standard")
    assert told["email"] is None  # we mail the answers ourselves
    assert told["noted"]["finding"] == "yes; it was shown, and not opened"
    assert told["noted"]["passages"][0]["title"] == "Zwroty"
    assert told["noted"]["conversation"][0]["shown"][0] == "Zwroty"
    assert told["link"] == f"https://help.example.com/desk/tickets/{number}"
    assert "Standing: normal." in noted["data"]["note"]


def test_what_fails_is_sent_again_with_the_same_id(service: TestClient, receiver: Receiver) -> None:
    receiver.status = 503
    number = send(service)
    eventually(lambda: len(receiver.taken) == 1)

    assert receiver.taken[0][0] == f"{number}-created"
    waiting = service.get("/metrics", headers=OPERATOR).text
    eventually(lambda: 'askfirst_helpdesk_tickets{state="waiting"} 1.0' in service.get("/metrics").text)
    assert "askfirst_helpdesk_tickets" in waiting


def test_answers_and_closings_come_back_into_my_tickets_and_the_record(service: TestClient, receiver: Receiver) -> None:
    number = send(service)
    eventually(lambda: len(receiver.taken) == 2)
    reply = {"ticket": number, "id": "c-1", "text": "Do dziesięciu dni.", "author": "Zofia"}
    before = states(service)

    answered = [report(service, {"type": "ticket.replied", "data": reply}) for _ in range(2)]
    waiting = states(service)
    closed = [report(service, {"type": "ticket.closed", "data": {"ticket": number}}) for _ in range(2)]

    assert (before, answered, waiting) == (["received"], [204, 204], ["waiting"])
    assert (closed, states(service)) == ([204, 204], ["solved"])
    evidence = service.get(f"/v1/tickets/{number}/evidence", headers=OPERATOR).json()
    assert evidence["closed_at"] is not None
    messages = service.app.state.services.conversations.of(number)  # type: ignore[attr-defined]
    assert [(one.text, one.author, one.delivered) for one in messages] == [("Do dziesięciu dni.", "Zofia", True)]
    due = service.app.state.services.intake.store.due(now=10**14, most=9)  # type: ignore[attr-defined]
    ((mail),) = [json.loads(one.payload) for one in due if one.kind == "mail"]
    assert (mail["to"], "Do dziesięciu dni." in mail["text"]) == ("anna@example.com", True)
    assert f"https://help.example.com/support/pl/tickets/{number}" in mail["text"]


def test_what_a_customer_writes_later_is_sent_too(service: TestClient, receiver: Receiver) -> None:
    number = send(service)
    eventually(lambda: len(receiver.taken) == 2)
    services = service.app.state.services  # type: ignore[attr-defined]
    services.conversations.reply(number, "A po dziesięciu?", "key", services.clock())
    eventually(lambda: len(receiver.taken) == 3)

    name, message = receiver.taken[2]
    assert (name, message["data"]["by"], message["data"]["text"]) == (
        f"{number}-message-1",
        "customer",
        "A po dziesięciu?",
    )


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ({"type": "ticket.closed", "data": {"ticket": "NOSUCH22"}}, 404),
        ({"type": "ticket.burnt", "data": {"ticket": "NOSUCH22"}}, 401),
        ({"type": "ticket.replied", "data": {"ticket": "NOSUCH22"}}, 401),
        ({"type": "ticket.closed", "data": {"ticket": "NOSUCH22", "at": "yesterday"}}, 401),
        ({"type": "ticket.closed"}, 401),
        ("[]", 401),
        ("[" * 9000, 401),
        ("\ufffd", 401),
    ],
)
def test_what_cannot_be_understood_is_refused(service: TestClient, message: dict[str, Any] | str, status: int) -> None:
    assert report(service, message) == status


def test_what_is_not_signed_with_our_secret_is_refused(service: TestClient) -> None:
    closing = {"type": "ticket.closed", "data": {"ticket": "NOSUCH22"}}

    assert report(service, closing, secret="whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") == 401  # noqa: S106
    assert service.post("/v1/helpdesk/changes", json=closing).status_code == 401


def test_without_a_helpdesk_that_reports_nothing_is_taken(tmp_path: Path) -> None:
    build_small(tmp_path)
    with client_over(tmp_path) as service:
        assert report(service, {"type": "ticket.closed", "data": {"ticket": "NOSUCH22"}}) == 404


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"helpdesk": "webhook"}, "ASKFIRST_HELPDESK_URL"),
        ({"helpdesk": "webhook", "helpdesk_url": "https://x.example"}, "ASKFIRST_HELPDESK_SECRET"),
        ({"helpdesk": "webhook", "helpdesk_url": "https://x.example", "helpdesk_secret": "x"}, "whsec_"),
        ({"helpdesk": "zendesk", "helpdesk_url": "https://x.example"}, "ASKFIRST_HELPDESK_TOKEN"),
        ({"helpdesk": "zammad", "helpdesk_url": "https://x.example", "helpdesk_token": "t"}, "ASKFIRST_HELPDESK_QUEUE"),
        ({"helpdesk": "django-helpdesk", "helpdesk_url": "https://x.example", "helpdesk_token": "t"}, "number"),
        ({"helpdesk": "freshdesk", "helpdesk_url": "x.example", "helpdesk_token": "t"}, "no address"),
    ],
)
def test_settings_that_do_not_do_say_what_is_missing(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsUnusable, match=says):
        make_sink(Settings(**settings), lambda: 0)
