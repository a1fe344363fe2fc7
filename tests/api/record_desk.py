"""A whole application whose clock a test turns, spoken to in few words."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

from tests.api.conftest import OPERATOR
from tests.record_story import NOON

ANN, BEN = "ann-s-browser", "ben-s-browser"
REFUNDS = "when does money come back"
NOWHERE = "quantum chromodynamics lecture"


class TurnedClock:
    """Tells the time that a test has set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> int:
        return self.now


class Desk:
    """Asks, reports and reads figures over HTTP."""

    def __init__(self, client: TestClient, clock: TurnedClock) -> None:
        self.client = client
        self.clock = clock
        self._numbers = itertools.count(1)

    def ask(self, question: str = REFUNDS, *, key: bool = False, **more: Any) -> dict[str, Any]:
        sent = {"question": question, "locale": "en", "intent": "ticket", **more}
        response = self.client.post("/v1/answers", json=sent, headers=OPERATOR if key else {})
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    def event(self, kind: str, **more: Any) -> dict[str, Any]:
        """Return an event with an id of its own, to be reported."""
        ranked = {"rank": 1} if kind == "opened" else {}
        return {"event_id": f"event-{next(self._numbers):04}", "type": kind, **ranked, **more}

    def report(self, *events: object, key: bool = False) -> list[dict[str, Any]]:
        """Report events and return what became of each."""
        body = json.dumps(events)  # by which halves of characters are written, as some clients do
        headers = {"Content-Type": "application/json", **(OPERATOR if key else {})}
        response = self.client.post("/v1/events", content=body, headers=headers)
        assert response.status_code == 200, response.text
        results: list[dict[str, Any]] = response.json()["results"]
        return results

    def status(self, kind: str, *, key: bool = False, **more: Any) -> tuple[str, str | None]:
        """Report one event and return what became of it, and why."""
        (result,) = self.report(self.event(kind, **more), key=key)
        return result["status"], result["reason"]

    def write(self, ticket: str, **more: Any) -> None:
        """Report a ticket."""
        assert self.status("ticket_created", key=True, ticket=ticket, **more) == ("recorded", None)

    def read(self, path: str, **query: Any) -> Any:
        response = self.client.get(path, params=query, headers=OPERATOR)
        assert response.status_code == 200, response.text
        return response.json()

    def counts(self, **query: Any) -> dict[str, int]:
        """Return the episodes of a year by class, without those of which there are none."""
        total = self.read("/v1/metrics/deflection", **{"from": "2026-01-01", "to": "2026-12-31", **query})["total"]
        return {letter: number for letter, number in total["counts"].items() if number}


def eventually(condition: Callable[[], bool], *, seconds: float = 10.0) -> None:
    """Wait until something that happens on the side has happened."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it has not happened"
        time.sleep(0.02)
