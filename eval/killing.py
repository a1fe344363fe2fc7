"""Kills the service, or its database, again and again while events come in, and looks for what was lost or doubled."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

_RETRY_SECONDS = 0.02
_REQUEST_SECONDS = 30.0
_ASKS = 0.1
"""How often a browser asks, for each time it reports."""


@dataclass(frozen=True, slots=True)
class Killed:
    """What came of it. ``sent`` and ``acknowledged`` count events, ``questions`` answered ones, ``retries`` requests
    that were not answered and were sent again. ``foreign`` events are recorded and were never sent."""

    kills: int
    sent: int
    retries: int
    acknowledged: int
    questions: int
    lost: int
    doubled: int
    foreign: int


@dataclass(slots=True)
class _Sender:
    """A browser that sends one request after another, each until it is acknowledged; then and only then the next."""

    port: int
    tokens: Sequence[str]
    seed: int
    stop: threading.Event
    acknowledged: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    retries: int = 0
    unanswered: list[str] = field(default_factory=list)

    def run(self) -> None:
        rng = random.Random(self.seed)  # noqa: S311 - reproducible, not secret
        while not self.stop.is_set():
            ids = [uuid.UUID(int=rng.getrandbits(128), version=4).hex for _ in range(rng.randint(1, 4))]
            body = [{"event_id": one, "token": rng.choice(self.tokens), "type": "opened", "rank": 1} for one in ids]
            self.unanswered = ids
            reply = self._until_answered("/v1/events", body)
            if reply is None:
                return
            self.unanswered = []
            results = reply["results"]
            self.acknowledged += [one["event_id"] for one in results if one["status"] in ("recorded", "repeated")]
            if rng.random() < _ASKS:
                asked = {"question": "how long does a reply take?", "locale": "en", "intent": "ticket"}
                reply = self._until_answered("/v1/answers", asked)
                if reply is None:
                    return
                self.answered.append(reply["answer_id"])

    def _until_answered(self, path: str, body: Any) -> dict[str, Any] | None:
        """Send a request until it is answered; ``None`` if it is time to stop before it was."""
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_REQUEST_SECONDS)
                connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
                response = connection.getresponse()
                answer = response.read()
                connection.close()
                if response.status == 200:
                    reply: dict[str, Any] = json.loads(answer)
                    return reply
            except (OSError, http.client.HTTPException):
                pass
            if self.stop.is_set():
                return None
            self.retries += 1
            time.sleep(_RETRY_SECONDS)


def kill_under_load(
    port: int,
    tokens: Sequence[str],
    kill_and_restart: Callable[[], None],
    recorded: Callable[[], tuple[Sequence[str], Sequence[str]]],
    *,
    kills: int,
    senders: int = 4,
    seed: int = 1,
    progress: Callable[[int, int], None] = lambda _, __: None,
) -> Killed:
    """Kill something ``kills`` times at random moments, and compare what was acknowledged with what is recorded.

    Args:
        port: of the service, on 127.0.0.1; it keeps it when it is started again.
        tokens: interaction tokens to report with.
        kill_and_restart: kills without warning, and returns when all is up again.
        recorded: returns the ids of all events and of all questions that the database holds, as often as it does.
        kills: how often.
        senders: how many browsers send at once.
        seed: for the moments and the ids.
        progress: told how many kills are done, and how many there are to be.
    """
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    stop = threading.Event()
    browsers = [_Sender(port, tokens, seed * 1000 + number, stop) for number in range(senders)]
    threads = [threading.Thread(target=one.run, daemon=True) for one in browsers]
    for thread in threads:
        thread.start()
    for done in range(1, kills + 1):
        time.sleep(rng.uniform(0.05, 0.6))
        kill_and_restart()
        progress(done, kills)
    time.sleep(1.0)
    stop.set()
    for thread in threads:
        thread.join(_REQUEST_SECONDS * 2)
    events, questions = recorded()
    found = list(events)
    answered = [one for browser in browsers for one in browser.answered]
    acknowledged = [one for browser in browsers for one in browser.acknowledged]
    unanswered = {one for browser in browsers for one in browser.unanswered}
    return Killed(
        kills=kills,
        sent=len(acknowledged) + len(unanswered),
        retries=sum(browser.retries for browser in browsers),
        acknowledged=len(acknowledged),
        questions=len(answered),
        lost=len(set(acknowledged) - set(found)) + len(set(answered) - set(questions)),
        doubled=len(found) - len(set(found)) + len(questions) - len(set(questions)),
        foreign=len(set(found) - set(acknowledged) - unanswered),
    )
