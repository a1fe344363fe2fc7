"""``POST /v1/tickets/check`` over the whole application: matters, story, earlier tickets, reply."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, func, select

from assistant.adapters.sql import schema
from assistant.asking.assistant import Assistant
from assistant.desk.models import Answered
from assistant.desk.ticket_check import check_ticket
from tests.api.conftest import OPERATOR, app_over, build_small
from tests.api.record_desk import ANN, Desk, TurnedClock, eventually
from tests.fakes import page
from tests.record_story import NOON

TICKET = """Hello,
when does money come back to the card that paid?
Also, which violin strings do you recommend for a luthier in Cremona?

Kind regards,
Ann Smith
ann.smith@example.com"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("index")
    build_small(root)
    return root


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/record.db"


@pytest.fixture
def desk(index: Path, database: str) -> Iterator[Desk]:
    clock = TurnedClock()
    app = app_over(index, clock=clock, database=database, public_url="https://help.example")
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Desk(client, clock)


def check(desk: Desk, **asked: Any) -> dict[str, Any]:
    response = desk.client.post("/v1/tickets/check", json=asked, headers=OPERATOR)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def refused(desk: Desk, asked: object, *, key: bool = True) -> int:
    return desk.client.post("/v1/tickets/check", json=asked, headers=OPERATOR if key else {}).status_code


def test_each_matter_is_answered_or_not_with_passages_and_a_reply(desk: Desk) -> None:
    found = check(desk, text=TICKET, locale="en", name="Ann")

    assert found["overall"] == "partly"
    assert [one["answered"] for one in found["matters"]] == ["yes", "no"]
    first = found["matters"][0]["passages"][0]
    assert first["page"] == {"id": "en/refunds", "title": "Refunds", "url": "/help/en/refunds", "locale": "en"}
    assert first["extract"]["text"] == "Money comes back within ten days. It goes to the card that paid."
    assert (first["shown_before"], first["opened_before"]) == (False, False)
    assert 0.6 <= found["matters"][0]["confidence"] <= 1.0
    assert 0.0 <= found["matters"][1]["confidence"] < 0.4
    assert found["earlier"] == []
    assert found["reply"]["locale"] == "en"
    assert found["reply"]["text"].startswith("Hello Ann,\n\n")
    assert "https://help.example/help/en/refunds" in found["reply"]["text"]
    assert found["generation"]


def test_nothing_personal_comes_back_and_nothing_is_stored(desk: Desk, database: str) -> None:
    found = check(desk, text=TICKET, locale="en", name="Ann", visitor=ANN)

    assert "example.com" not in found["text"]
    assert "Smith" not in str(found)
    with create_engine(database).connect() as connection:
        counts = [
            connection.scalar(select(func.count()).select_from(table))
            for table in (schema.interactions, schema.tickets, schema.ticket_vectors)
        ]
    assert counts == [0, 0, 0]


def test_what_the_customer_was_shown_and_opened_before_is_said(desk: Desk) -> None:
    asked = desk.ask("when does money come back to the card that paid", visitor=ANN)
    desk.report(desk.event("opened", token=asked["token"]))
    desk.clock.now += 1000

    theirs = check(desk, text=TICKET, visitor=ANN)["matters"][0]["passages"][0]
    others = check(desk, text=TICKET, visitor="ben-s-browser")["matters"][0]["passages"][0]

    assert (theirs["shown_before"], theirs["opened_before"]) == (True, True)
    assert (others["shown_before"], others["opened_before"]) == (False, False)


def test_a_ticket_of_the_record_is_checked_by_its_number_and_as_the_docs_were(desk: Desk) -> None:
    token = desk.ask("when does money come back to the card that paid", visitor=ANN)["token"]
    desk.clock.now += 1000
    desk.write("T-1", token=token, text=TICKET, locale="en")

    live, then = check(desk, ticket="T-1"), check(desk, ticket="T-1", generation="then")

    assert live["matters"][0]["passages"][0]["shown_before"]
    assert live["matters"] == then["matters"]
    assert live["generation"] == then["generation"]
    assert live["earlier"] == []


def test_then_is_the_generation_that_the_customer_could_have_seen(tmp_path: Path) -> None:
    before = build_small(tmp_path)
    with TestClient(app_over(tmp_path, public_url="https://help.example")) as client:
        desk = Desk(client, TurnedClock())
        desk.write("T-1", text=TICKET, locale="en")
        after = build_small(tmp_path, [page("en/violins", "Violins", "Strings of gut sound warm.")])
        eventually(lambda: check(desk, ticket="T-1")["generation"] == after)

        live, then = check(desk, ticket="T-1"), check(desk, ticket="T-1", generation="then")

    assert (live["generation"], then["generation"]) == (after, before)
    assert [one["passages"][0]["page"]["id"] for one in live["matters"]] == ["en/violins", "en/violins"]
    assert then["matters"][0]["passages"][0]["page"]["id"] == "en/refunds"


def test_an_earlier_ticket_on_the_same_matter_comes_with_its_verdict(desk: Desk) -> None:
    desk.write("T-1", text=TICKET, locale="en")
    verdict = {"finding": "in_docs_not_shown", "by": "ola", "reason": "it was in the docs"}
    assert desk.client.post("/v1/tickets/T-1/verdicts", json=verdict, headers=OPERATOR).status_code == 201

    found = check(desk, text=TICKET.replace("Ann", "Ben"), locale="en")

    assert [(one["ticket"], one["finding"], one["solution"]) for one in found["earlier"]] == [
        ("T-1", "in_docs_not_shown", None)
    ]
    assert found["earlier"][0]["similarity"] > 0.95
    assert found["earlier"][0]["created_at"].startswith("2026-09-21T12:00:00")
    assert desk.clock.now == NOON


def test_a_polish_ticket_gets_a_polish_reply(desk: Desk) -> None:
    found = check(desk, text="Dzień dobry,\nkiedy pieniądze wracają na kartę?", locale="pl")

    assert (found["locale"], found["reply"]["locale"]) == ("pl", "pl")
    assert found["overall"] == "full"
    assert "https://help.example/help/pl/zwroty" in found["reply"]["text"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 422),
        ({"text": "  "}, 422),
        ({"text": "x" * 10_001}, 422),
        ({"text": "where", "locale": "not a locale"}, 422),
        ({"text": "where", "generation": "then"}, 422),
        ({"text": "where", "colour": "red"}, 422),
        ({"ticket": "T-404"}, 404),
    ],
)
def test_what_cannot_be_checked_is_refused(desk: Desk, asked: dict[str, str], status: int) -> None:
    assert refused(desk, asked) == status


def test_without_the_key_nobody_checks(desk: Desk) -> None:
    assert refused(desk, {"text": TICKET}, key=False) == 401


def test_the_real_model_tells_the_matters_of_a_ticket_apart(assistant: Assistant) -> None:
    letter = (
        "Goedemorgen,\nik ga op vakantie en wil mijn winkel twee weken sluiten, hoe doe ik dat?\n"
        "Daarnaast: kunnen jullie bij mij thuis de wasmachine komen repareren?\n\nGroeten,\nAns"
    )

    found = check_ticket(letter, "nl", assistant)

    assert [one.answered is Answered.YES for one in found.matters] == [True, False]
    first = [one.hit.passage.page_id for one in found.matters[0].passages[:3]]
    assert "nl/docs/account/close-or-pause" in first
