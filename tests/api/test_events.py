"""POST /v1/events: whose answer, which event, how often; whatever is wrong with one harms no other."""

from __future__ import annotations

import datetime
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import OPERATOR, app_over, build_small
from tests.api.record_desk import ANN, NOWHERE, Desk, TurnedClock
from tests.record_story import DAY, HOUR, NOON


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("index")
    build_small(root)
    return root


@pytest.fixture
def desk(index: Path, tmp_path: Path) -> Iterator[Desk]:
    clock = TurnedClock()
    app = app_over(index, clock=clock, database=f"sqlite:///{tmp_path}/record.db")
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Desk(client, clock)


def at(instant: int) -> str:
    return datetime.datetime.fromtimestamp(instant / 1000, datetime.UTC).isoformat()


def test_what_a_visitor_does_is_recorded_once(desk: Desk) -> None:
    token = desk.ask()["token"]
    opened = desk.event("opened", token=token)

    assert desk.report(opened) == [
        {"event_id": opened["event_id"], "status": "recorded", "reason": None, "detail": None}
    ]
    assert [one["status"] for one in desk.report(opened, opened)] == ["repeated", "repeated"]


def test_of_two_with_the_same_id_in_one_batch_the_first_is_recorded(desk: Desk) -> None:
    opened = desk.event("opened", token=desk.ask()["token"])

    assert [one["status"] for one in desk.report(opened, opened)] == ["recorded", "repeated"]


def test_the_same_id_under_another_answer_is_another_event(desk: Desk) -> None:
    first, second = (desk.event("opened", token=desk.ask()["token"]) for _ in range(2))

    assert [one["status"] for one in desk.report(first, {**second, "event_id": first["event_id"]})] == [
        "recorded",
        "recorded",
    ]


def test_a_token_is_for_its_own_answer_only(desk: Desk) -> None:
    mine, other = desk.ask(visitor=ANN), desk.ask(NOWHERE)
    desk.report(desk.event("opened", token=mine["token"]))
    desk.clock.now += 73 * HOUR

    assert desk.counts() == {"S": 1, "B": 1}
    assert desk.status("opened", token=other["token"]) == ("refused", "no_such_rank")


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (None, "no_token"),
        ("", "token_forged"),
        ("a.forged.token", "token_forged"),
        ("ż" * 1000, "token_forged"),
        ("x" * 1001, "invalid"),
        ("half a \ud83d character", "invalid"),
    ],
)
def test_an_event_without_a_token_of_ours_is_refused(desk: Desk, token: str | None, reason: str) -> None:
    assert desk.status("opened", token=token) == ("refused", reason)


def test_a_token_that_somebody_has_changed_is_refused(desk: Desk, index: Path) -> None:
    token = desk.ask()["token"]
    others: dict[str, Any] = {"secret": "another secret", "database": f"sqlite:///{index}/elsewhere.db"}
    elsewhere = app_over(index, **others)
    with TestClient(elsewhere) as client:
        foreign = Desk(client, desk.clock).ask()["token"]

    assert desk.status("opened", token=token[:-3] + "abc") == ("refused", "token_forged")
    assert desk.status("opened", token=foreign) == ("refused", "token_forged")


def test_a_token_expires_after_seven_days(desk: Desk) -> None:
    token = desk.ask()["token"]
    desk.clock.now = NOON + 7 * DAY
    assert desk.status("opened", token=token) == ("recorded", None)
    desk.clock.now += 1

    (refused,) = desk.report(desk.event("solved", token=token))
    assert (refused["status"], refused["reason"]) == ("refused", "token_expired")
    assert refused["detail"] == "the token has expired; ask again to get a new one"


@pytest.mark.parametrize(
    ("kind", "more", "reason"),
    [
        ("opened", {"rank": None}, "no_rank"),
        ("opened", {"rank": 0}, "invalid"),
        ("opened", {"rank": 9}, "no_such_rank"),
        ("opened", {"rank": 10**30}, "no_such_rank"),
        ("voted", {"helpful": True, "rank": 9}, "no_such_rank"),
        ("voted", {}, "no_vote"),
        ("voted", {"helpful": "perhaps"}, "invalid"),
        ("liked", {}, "invalid"),
        ("solved", {"event_id": "short"}, "invalid"),
        ("solved", {"event_id": "with spaces in it"}, "invalid"),
        ("solved", {"at": "yesterday"}, "invalid"),
        ("solved", {"at": "2026-11-03T10:00:00"}, "invalid"),
        ("solved", {"mood": "good"}, "invalid"),
        ("voted", {"helpful": False, "reason": "x" * 1001}, "invalid"),
        ("ticket_created", {"ticket": "T-1"}, "needs_key"),
        ("ticket_closed", {"ticket": "T-1"}, "needs_key"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(desk: Desk, kind: str, more: dict[str, Any], reason: str) -> None:
    token = desk.ask()["token"]

    (refused,) = desk.report({**desk.event(kind), "token": token, **more})
    assert (refused["status"], refused["reason"]) == ("refused", reason)
    assert len(refused["detail"]) > 10


def test_a_bad_event_does_not_harm_the_others(desk: Desk) -> None:
    token = desk.ask()["token"]
    forged = {**desk.event("opened"), "token": "forged"}
    bad = [{"type": "opened"}, {}, {"event_id": 7}, {"half": "\ud83d"}, forged]

    results = desk.report(desk.event("opened", token=token), *bad, desk.event("solved", token=token))

    assert [one["status"] for one in results] == ["recorded", *(["refused"] * 5), "recorded"]


@pytest.mark.parametrize("odd", [None, 7, "opened", ["opened"]])
def test_what_is_no_event_at_all_does_not_harm_the_others(desk: Desk, odd: object) -> None:
    results = desk.report(odd, desk.event("opened", token=desk.ask()["token"]))

    assert [one["status"] for one in results] == ["refused", "recorded"]


def test_what_is_refused_is_not_quoted(desk: Desk) -> None:
    (refused,) = desk.report({"event_id": "event-9999", "type": "voted", "reason": ["ann@example.org"]})

    assert "example.org" not in json.dumps(refused)


@pytest.mark.parametrize("body", [[], [{}] * 201, {"event_id": "event-0001"}, "opened"])
def test_a_body_that_is_no_list_of_events_is_a_problem(desk: Desk, body: object) -> None:
    response = desk.client.post("/v1/events", json=body)

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_a_clock_that_is_wrong_is_believed_between_the_answer_and_now(desk: Desk) -> None:
    token = desk.ask()["token"]
    desk.clock.now = NOON + HOUR
    desk.report(
        desk.event("opened", token=token, at=at(NOON - 99 * DAY)), desk.event("solved", token=token, at=at(NOON * 2))
    )

    desk.clock.now = NOON + 73 * HOUR - 1
    assert desk.counts() == {"P": 1}
    desk.clock.now = NOON + 73 * HOUR
    assert desk.counts() == {"C": 1}


def test_an_event_that_was_kept_while_offline_counts_when_it_happened(desk: Desk) -> None:
    token = desk.ask()["token"]
    desk.clock.now = NOON + 2 * DAY
    desk.report(desk.event("opened", token=token, at=at(NOON + HOUR)))

    desk.clock.now = NOON + 73 * HOUR
    assert desk.counts() == {"S": 1}


def test_tickets_are_reported_with_the_key_and_once(desk: Desk) -> None:
    token = desk.ask()["token"]
    created = desk.event("ticket_created", ticket="T-1", token=token)

    assert desk.client.post("/v1/events", json=[created], headers={"Authorization": "Bearer no"}).json()["results"][0][
        "reason"
    ] == ("needs_key")
    assert [one["status"] for one in desk.report(created, created, key=True)] == ["recorded", "repeated"]
    again = desk.event("ticket_created", ticket="T-1", token=token)
    assert [one["status"] for one in desk.report(again, key=True)] == ["repeated"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, "no_ticket"),
        ({"ticket": ""}, "invalid"),
        ({"ticket": "-1"}, "invalid"),
        ({"ticket": "x" * 65}, "invalid"),
        ({"ticket": "T-1", "token": "forged"}, "token_forged"),
        ({"ticket": "T-1", "locale": "nowhere"}, "invalid"),
        ({"ticket": "T-1", "text": "x" * 10_001}, "invalid"),
        ({"ticket": "T-1", "at": "0001-01-01T00:00:00+14:00"}, "invalid"),
        ({"ticket": "T-1", "at": "0001-01-01T00:00:00Z"}, "invalid"),
    ],
)
def test_a_ticket_that_cannot_be_told_is_refused(desk: Desk, more: dict[str, Any], reason: str) -> None:
    assert desk.status("ticket_created", key=True, **more) == ("refused", reason)
    assert desk.counts() == {}


def test_a_ticket_closed_before_it_was_created_is_refused(desk: Desk) -> None:
    assert desk.status("ticket_closed", key=True, ticket="T-1") == ("refused", "unknown_ticket")


def test_a_ticket_is_closed_when_the_helpdesk_says(desk: Desk) -> None:
    desk.write("T-1")
    desk.clock.now = NOON + 2 * DAY
    closed = desk.event("ticket_closed", ticket="T-1", at=at(NOON + DAY))

    assert [one["status"] for one in desk.report(closed, closed, key=True)] == ["recorded", "repeated"]
    desk.status("ticket_closed", key=True, ticket="T-1")
    assert desk.read("/v1/tickets/T-1/evidence")["closed_at"] == "2026-09-22T12:00:00Z"


def test_a_ticket_that_came_and_went_in_one_batch_is_known_from_the_first(desk: Desk) -> None:
    results = desk.report(
        desk.event("ticket_created", ticket="T-1"), desk.event("ticket_closed", ticket="T-1"), key=True
    )

    assert [one["status"] for one in results] == ["recorded", "recorded"]


@pytest.mark.parametrize(
    ("asked_as", "written_as"),
    [
        ({}, {"token": True}),
        ({"visitor": ANN}, {"visitor": ANN}),
        ({"account": "shop"}, {"account": "shop"}),
        ({"visitor": ANN}, {"visitor": ANN, "account": "shop"}),
        ({"visitor": ANN, "account": "shop"}, {"account": "shop"}),
    ],
)
def test_a_ticket_belongs_to_the_answer_of_its_token_or_to_the_person(
    desk: Desk, asked_as: dict[str, str], written_as: dict[str, Any]
) -> None:
    token = desk.ask(key=True, **asked_as)["token"]
    desk.clock.now = NOON + HOUR
    desk.write("T-1", **{name: token if value is True else value for name, value in written_as.items()})

    desk.clock.now = NOON + 72 * HOUR
    assert desk.counts() == {"F": 1}


def test_a_ticket_without_anything_is_somebody_who_did_not_ask(desk: Desk) -> None:
    desk.ask(visitor=ANN)
    desk.write("T-1", text="hello")
    desk.clock.now = NOON + 72 * HOUR

    assert desk.counts() == {"N": 1, "B": 1}


def test_a_ticket_by_an_expired_token_still_takes_its_episode(desk: Desk) -> None:
    token = desk.ask()["token"]
    desk.report(desk.event("solved", token=token))
    desk.clock.now = NOON + 8 * DAY

    desk.write("T-1", token=token, at=at(NOON + DAY))
    assert desk.counts() == {"F": 1}


def test_a_text_that_a_database_cannot_hold_is_recorded_without_what_it_cannot(desk: Desk, tmp_path: Path) -> None:
    token = desk.ask()["token"]

    assert desk.status("voted", token=token, helpful=False, reason="no\0thing") == ("recorded", None)
    assert desk.status("voted", token=token, helpful=False, reason="\0 ") == ("recorded", None)
    desk.write("T-1", token=token, text="\0")
    desk.write("T-2", text="where\0is my money")
    with closing(sqlite3.connect(tmp_path / "record.db")) as database:
        assert database.execute("SELECT reason FROM events WHERE type = 'voted' ORDER BY id").fetchall() == [
            ("no thing",),
            (None,),
        ]
        assert database.execute("SELECT text FROM tickets ORDER BY id").fetchall() == [(None,), ("where is my money",)]


def test_the_key_is_compared_and_not_only_looked_for(desk: Desk) -> None:
    created = desk.event("ticket_created", ticket="T-1")

    for wrong in ("Bearer", "Bearer ", "Basic a key of the tests", "Bearer A KEY OF THE TESTS", "Bearer ż"):
        response = desk.client.post("/v1/events", json=[created], headers={b"Authorization": wrong.encode()})
        assert response.json()["results"][0]["reason"] == "needs_key"
    lower_case = {"Authorization": OPERATOR["Authorization"].replace("Bearer", "bearer")}
    assert desk.client.post("/v1/events", json=[created], headers=lower_case).json()["results"][0]["status"] == (
        "recorded"
    )
