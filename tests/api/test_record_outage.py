"""The database away: visitors get their answers, reporters are told to come back, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from eval.postgres import Postgres, postgres_server
from tests.api.conftest import OPERATOR, app_over, build_small
from tests.api.record_desk import ANN, Desk, TurnedClock, eventually
from tests.record_story import HOUR, NOON


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server of these tests alone, which they may kill."""
    with postgres_server() as started:
        yield started
        started.kill()


@pytest.fixture
def desk(server: Postgres, tmp_path: Path) -> Iterator[Desk]:
    server.run("dropdb", "--if-exists", "--force", "askfirst")
    server.run("createdb", "askfirst")
    build_small(tmp_path)
    clock = TurnedClock()
    with TestClient(app_over(tmp_path, clock=clock, database=server.url), raise_server_exceptions=False) as client:
        yield Desk(client, clock)


def test_an_answer_is_shown_and_recorded_later(server: Postgres, desk: Desk) -> None:
    before = desk.ask(visitor=ANN)
    server.kill()
    try:
        asked = desk.ask(visitor=ANN, episode=before["episode"])
        metrics = desk.client.get("/metrics").text
    finally:
        server.start()

    assert asked["outcome"] == "answered"
    assert asked["episode"] == before["episode"]
    assert "askfirst_unrecorded_questions_total 1.0" in metrics
    eventually(lambda: desk.status("opened", token=asked["token"]) == ("recorded", None))
    desk.clock.now = NOON + 72 * HOUR
    assert desk.counts() == {"S": 1}


def test_reporters_and_readers_are_told_to_come_back_and_lose_nothing(server: Postgres, desk: Desk) -> None:
    token = desk.ask(visitor=ANN)["token"]
    desk.write("T-0", text="hello")
    opened = desk.event("opened", token=token)
    created = desk.event("ticket_created", ticket="T-1", token=token)
    closed = desk.event("ticket_closed", ticket="T-0")
    verdict = {"by": "Žofie", "finding": "not_in_docs"}
    server.kill()
    try:
        answers = [
            desk.client.post("/v1/events", json=[created], headers=OPERATOR),
            desk.client.post("/v1/events", json=[closed], headers=OPERATOR),
            desk.client.get("/v1/metrics/deflection", headers=OPERATOR),
            desk.client.get("/v1/misses", headers=OPERATOR),
            desk.client.get("/v1/tickets/T-0/evidence", headers=OPERATOR),
            desk.client.post("/v1/tickets/T-0/verdicts", json=verdict, headers=OPERATOR),
        ]
        health = desk.client.get("/healthz").status_code
    finally:
        server.start()

    assert [one.status_code for one in answers] == [503] * 6
    for one in answers:
        assert one.headers["content-type"] == "application/problem+json"
        assert one.headers["retry-after"] == "5"
        assert "again" in one.json()["detail"]
    assert health == 200
    eventually(lambda: desk.client.post("/v1/events", json=[opened]).status_code == 200)
    assert {one["status"] for one in desk.report(opened, created, closed, key=True)} == {"recorded", "repeated"}
    desk.clock.now = NOON + 72 * HOUR
    assert desk.counts() == {"F": 1, "N": 1}


def test_a_service_that_starts_while_its_database_is_away_answers(server: Postgres, tmp_path: Path) -> None:
    server.run("createdb", "late")
    build_small(tmp_path)
    clock = TurnedClock()
    server.kill()
    try:
        app = app_over(tmp_path, clock=clock, database=server.database("late"))
        with TestClient(app, raise_server_exceptions=False) as client:
            desk = Desk(client, clock)
            asked = desk.ask(visitor=ANN)
            server.start()

            assert asked["outcome"] == "answered"
            eventually(
                lambda: desk.client.post("/v1/events", json=[desk.event("solved", token=asked["token"])]).is_success
            )
            desk.clock.now = NOON + 72 * HOUR
            assert desk.counts() == {"C": 1}
    finally:
        if server.process is not None and server.process.poll() is not None:
            server.start()
