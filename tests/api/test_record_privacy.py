"""What a visitor writes of themselves is in no table, file, log or figure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.log import EVENTS, configure_logging
from tests.api.conftest import OPERATOR, app_over, build_small
from tests.api.record_desk import Desk, TurnedClock, eventually

PRIVATE = ("ann.kowalska@example.org", "+48 601 234 567", "601234567", "Kowalska", "ann-s-own-browser", "shop-of-ann")
QUESTION = (
    "Dear team, when does money come back? Write to ann.kowalska@example.org or call +48 601 234 567.\n"
    "Kind regards,\nAnn Kowalska"
)


def test_personal_data_is_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index, kept = tmp_path / "index", tmp_path / "kept"
    build_small(index)
    clock = TurnedClock()
    app = app_over(index, clock=clock, database=f"sqlite:///{kept}/record.db")
    configure_logging("json")
    with TestClient(app, raise_server_exceptions=False) as client:
        desk = Desk(client, clock)
        asked = desk.ask(QUESTION, visitor="ann-s-own-browser", account="shop-of-ann", key=True)
        desk.report(desk.event("voted", token=asked["token"], helpful=False, reason=QUESTION))
        desk.write("T-1", token=asked["token"], text=QUESTION)
        desk.write("T-2", text=QUESTION, visitor="ann-s-own-browser", account="shop-of-ann")
        eventually(lambda: desk.read("/v1/tickets/T-2/evidence")["status"] == "checked")
        verdict = {"by": "Žofie", "finding": "not_in_docs", "reason": QUESTION}
        assert client.post("/v1/tickets/T-1/verdicts", json=verdict, headers=OPERATOR).status_code == 201
        said = [
            client.get(path, headers=OPERATOR).text
            for path in ("/metrics", "/v1/misses", "/v1/metrics/deflection?by=page", "/v1/tickets/T-1/evidence")
        ]
    logged = capsys.readouterr()
    stored = [path.read_bytes().decode("utf-8", "replace") for path in sorted(kept.iterdir())]

    assert asked["outcome"] == "answered"
    assert any("money come back" in one for one in stored)
    for one in PRIVATE:
        assert not any(one in text for text in (*said, *stored, logged.out, logged.err)), one


def test_the_record_logs_only_what_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_small(tmp_path)
    clock = TurnedClock()
    configure_logging("json")
    with TestClient(app_over(tmp_path, clock=clock), raise_server_exceptions=False) as client:
        desk = Desk(client, clock)
        token = desk.ask()["token"]
        desk.report(desk.event("opened", token=token))
        desk.write("T-1", token=token, text="quantum lecture")
        eventually(lambda: desk.read("/v1/tickets/T-1/evidence")["status"] == "checked")

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert {line["event"] for line in lines} <= set(EVENTS)
    assert "ticket.checked" in {line["event"] for line in lines}
    assert not any("quantum" in json.dumps(line) for line in lines)
