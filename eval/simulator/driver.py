"""Lives a world through the real service: its visitors ask, open, vote and write over HTTP, while a clock is turned."""

from __future__ import annotations

import datetime
import heapq
import itertools
import random
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from eval.errors import EvalError
from eval.simulator.behaviour import USUAL, Act, Habits, Seen, Turn, behave
from eval.simulator.world import Messiness, Topic, Visit, World, deliver

_STAFF = ("ticket_created", "ticket_closed")


@dataclass(slots=True)
class TurnedClock:
    """A clock that stands still until it is turned; milliseconds since the epoch."""

    begins_at: int
    now: int = 0

    def __post_init__(self) -> None:
        self.now = self.begins_at

    def __call__(self) -> int:
        """Tell the time."""
        return self.now

    def turn_to(self, seconds: float) -> None:
        """Set it to so many seconds after it began; it is never turned back."""
        self.now = max(self.now, self.begins_at + round(seconds * 1000.0))

    def stamp(self, seconds: float) -> str:
        """Return a moment as a client writes it."""
        at = datetime.datetime.fromtimestamp((self.begins_at + round(seconds * 1000.0)) / 1000.0, datetime.UTC)
        return at.isoformat()


@dataclass(frozen=True, slots=True)
class Wording:
    """A question that can be asked: its text and locale, and the pages that answer it, none if nothing does."""

    text: str
    locale: str
    pages: frozenset[str] = frozenset()


@dataclass(slots=True)
class Lived:
    """A visit as it went."""

    visit: Visit
    locale: str
    held_out: bool = False
    turns: list[Turn] = field(default_factory=list)
    episode: str | None = None
    token: str | None = None


def topics_of(wordings: Mapping[str, Wording], *, seed: int) -> tuple[Topic, ...]:
    """Return what questions are about, popular or not by chance: one topic for each set of pages, or for each question
    that has none; all wordings of a topic are in one language."""
    grouped: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for identity, wording in wordings.items():
        key = (wording.locale, *sorted(wording.pages)) if wording.pages else (identity,)
        grouped[key].append(identity)
    topics = [
        Topic(" ".join(key), bool(wordings[identities[0]].pages), tuple(identities))
        for key, identities in sorted(grouped.items())
    ]
    random.Random(f"topics {seed}").shuffle(topics)  # noqa: S311 - reproducible, not secret
    return tuple(topics)


class Driver:
    """Lives one world.

    Args:
        client: of the service.
        clock: the one that the service goes by.
        wordings: the questions, by the ids that topics name.
        api_key: for tickets and accounts.
        habits: how likely visitors do what.
        messiness: how badly events travel.
    """

    def __init__(
        self,
        client: httpx2.Client,
        clock: TurnedClock,
        wordings: Mapping[str, Wording],
        *,
        api_key: str,
        habits: Habits = USUAL,
        messiness: Messiness | None = None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._wordings = wordings
        self._operator = {"Authorization": f"Bearer {api_key}"}
        self._habits = habits
        self._messiness = messiness
        self._agenda: list[tuple[float, int, Any]] = []
        self._numbers = itertools.count()

    def live(self, world: World) -> Iterator[Lived]:
        """Live all visits, each given out when it begins, and filled in as it goes on.

        Raises:
            EvalError: if the service refuses something.
        """
        for visit in world.visits:
            self._plan(visit.at, lambda visit=visit: self._begin(visit, world.seed))
        while self._agenda:
            at, _, act = heapq.heappop(self._agenda)
            self._clock.turn_to(at)
            lived = act()
            if lived is not None:
                yield lived

    def _plan(self, at: float, act: Any) -> None:
        heapq.heappush(self._agenda, (at, next(self._numbers), act))

    def _begin(self, visit: Visit, seed: int) -> Lived:
        lived = Lived(visit, self._wordings[visit.questions[0]].locale)
        self._ask(lived, visit.questions[0], seed)
        return lived

    def _ask(self, lived: Lived, question: str, seed: int) -> None:
        visit, wording = lived.visit, self._wordings[question]
        asked = {
            "question": wording.text,
            "locale": wording.locale,
            "intent": "ticket",
            "visitor": f"visitor-{seed}-{visit.visitor}",
            "entry": visit.entry,
            **({"account": f"{seed}-{visit.account}"} if visit.account is not None else {}),
            **({"episode": lived.episode} if lived.episode is not None else {}),
        }
        reply = self._post("/v1/answers", asked)
        lived.episode, lived.token = reply["episode"], reply["token"]
        seen = _seen(reply, wording.pages)
        lived.held_out = lived.held_out or seen.held_out
        now = (self._clock.now - self._clock.begins_at) / 1000.0
        rng = random.Random(f"behaviour {seed} {visit.number} {len(lived.turns)}")  # noqa: S311 - reproducible
        acts = behave(visit, seen, rng, habits=self._habits, turn=len(lived.turns) + 1)
        lived.turns.append(Turn(now, seen, acts))
        self._report_later(lived, [act for act in acts if act.type not in (*_STAFF, "asked")], now, seed)
        for act in acts:
            if act.type in _STAFF:
                self._plan(now + act.after, lambda act=act, token=lived.token: self._ticket(lived, act, token, seed))
            elif act.type == "asked":
                self._plan(now + act.after, lambda act=act: self._ask(lived, str(act.question), seed))

    def _report_later(self, lived: Lived, acts: list[Act], now: float, seed: int) -> None:
        times = [now + act.after for act in acts]
        for one in deliver(times, visitor=lived.visit.visitor, seed=seed, messiness=self._messiness):
            act = acts[one.event]
            body = {
                "event_id": uuid.uuid5(uuid.NAMESPACE_URL, f"{seed} {lived.visit.number} {now} {one.event}").hex,
                "token": lived.token,
                "type": act.type,
                "at": self._clock.stamp(one.client_at),
                **({"rank": act.rank} if act.rank is not None else {}),
                **({"helpful": act.helpful} if act.helpful is not None else {}),
            }
            self._plan(one.arrives_at, lambda body=body: self._report(body))

    def _ticket(self, lived: Lived, act: Act, token: str, seed: int) -> None:
        body = {
            "event_id": f"{act.type}-{seed}-{lived.visit.number}",
            "type": act.type,
            "ticket": f"{seed}-{lived.visit.number}",
            **({"token": token} if act.type == "ticket_created" else {}),
        }
        self._report(body)

    def _report(self, event: Mapping[str, Any]) -> None:
        result = self._post("/v1/events", [event])["results"][0]
        if result["status"] == "refused" and result["reason"] not in ("unknown_ticket",):
            raise EvalError(f"an event was refused: {result['detail']}")

    def _post(self, path: str, body: Any) -> Any:
        response = self._client.post(path, json=body, headers=self._operator)
        if response.status_code != 200:
            raise EvalError(f"POST {path} was answered with {response.status_code}: {response.text}")
        return response.json()


def _seen(reply: Mapping[str, Any], right: Collection[str]) -> Seen:
    shown = reply["answers"]
    rank = next((one["rank"] for one in shown if one["page"]["id"] in right), None)
    return Seen(reply["outcome"], reply["reason"] == "holdout", len(shown), rank)
