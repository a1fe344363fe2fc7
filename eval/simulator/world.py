"""A made-up month of visitors whose every trait is known: who comes, when, with what, and how their events travel.

Pure and seeded: the same plan, topics and seed give the same world. Nothing here knows how the record counts.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

_HOUR = 3600.0
_DAY = 24 * _HOUR
_WEEK = (1.2, 1.1, 1.0, 1.0, 0.9, 0.5, 0.3)
"""How busy each weekday is, from Monday, on which a world begins."""
_HOURS = (1, 1, 1, 1, 1, 2, 3, 5, 8, 10, 10, 10, 8, 9, 10, 9, 8, 6, 5, 5, 5, 4, 3, 2)
ENTRIES = ("support", "orders", "billing")


@dataclass(frozen=True, slots=True)
class Topic:
    """What a matter can be about: whether the pages answer it, and the ids of questions that ask it, at least one."""

    name: str
    documented: bool
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Who lives in a world. Shares are above 0 and below 1; spreads are standard deviations of log-odds, by account.

    ``visits`` is how many are expected in ``days``. Activity of accounts is log-normal with ``unevenness``, and no
    account makes more than ``biggest`` of all account visits (as far as there are enough accounts). ``anonymous`` is
    the share of visits without an account. Of all visits ``writes`` would end in a ticket under the plain form, a
    share that differs between accounts (``writing_spread``), and by ``size_slope`` for each factor e of activity;
    ``openness_spread`` is how accounts differ in looking at what they are shown. ``silent`` is the share of those
    shown a right answer who read it and leave, helped, without a trace: 3 % of them is about 1.5 % of all episodes.
    ``understands`` is the share whom a right page helps. Topic k has a weight of k to the power -``topic_skew``.
    """

    visits: int = 3000
    days: int = 30
    accounts: int = 250
    unevenness: float = 1.5
    biggest: float = 0.1
    anonymous: float = 0.3
    writes: float = 0.75
    writing_spread: float = 0.7
    size_slope: float = 0.0
    openness_spread: float = 0.7
    silent: float = 0.03
    understands: float = 0.8
    topic_skew: float = 0.9


@dataclass(frozen=True, slots=True)
class Visit:
    """Someone comes with one matter, ``at`` seconds after the world began.

    ``questions`` are ids of wordings of it, the first asked first. What follows is hidden from the service: whether
    this would become a ticket under the plain form, how open to answers the account is (log-odds), whether a right
    answer would be read and taken in silence, and whether a right page would help.
    """

    number: int
    at: float
    visitor: str
    account: str | None
    topic: Topic
    questions: tuple[str, ...]
    entry: str
    writes: bool
    openness: float
    reads_silently: bool
    understands: bool

    @property
    def cluster(self) -> str:
        """Whom the lot falls on: the account, else the visitor."""
        return self.visitor if self.account is None else self.account


@dataclass(frozen=True, slots=True)
class World:
    """All visits, by time; each is an episode of its own, as nobody comes with the same matter twice."""

    plan: Plan
    seed: int
    visits: tuple[Visit, ...]

    @property
    def ends_at(self) -> float:
        """The end of the last day, in seconds after the world began."""
        return self.plan.days * _DAY


@dataclass(frozen=True, slots=True)
class _Account:
    """An account, or a visitor without one: its name, its people's names, and how its log-odds differ."""

    name: str | None
    people: tuple[str, ...]
    writing: float
    openness: float


def made_topics(number: int, *, documented: float) -> tuple[Topic, ...]:
    """Return made-up topics of three wordings each, of which that share is documented, spread over all popularities."""
    return tuple(
        Topic(f"t{k}", math.floor((k + 1) * documented) > math.floor(k * documented), (f"t{k}a", f"t{k}b", f"t{k}c"))
        for k in range(number)
    )


def build_world(plan: Plan, topics: Sequence[Topic], *, seed: int) -> World:
    """Return the world that a seed gives.

    Args:
        plan: who lives there.
        topics: what matters are about, the most popular first; more than one person's matters.
        seed: any number; every other gives another world of the same kind.
    """
    rng = random.Random(f"world {seed}")  # noqa: S311 - reproducible, not secret
    comers = _comers(plan, rng)
    rng.shuffle(comers)
    busy = [_WEEK[day % 7] * weight for day in range(plan.days) for weight in _HOURS]
    hours = rng.choices(range(len(busy)), cum_weights=list(itertools.accumulate(busy)), k=len(comers))
    weights = list(itertools.accumulate((k + 1.0) ** -plan.topic_skew for k in range(len(topics))))
    times = sorted((hour + rng.random()) * _HOUR for hour in hours)
    brought: dict[str, set[str]] = defaultdict(set)
    base = math.log(plan.writes / (1.0 - plan.writes))
    visits = []
    for number, (at, account) in enumerate(zip(times, comers, strict=True)):
        topic = rng.choices(topics, cum_weights=weights)[0]
        visitor = _person(account, topic, brought, rng)
        brought[visitor].add(topic.name)
        start = int(rng.random() * len(topic.questions))
        visits.append(
            Visit(
                number=number,
                at=at,
                visitor=visitor,
                account=account.name,
                topic=topic,
                questions=topic.questions[start:] + topic.questions[:start],
                entry=ENTRIES[int(rng.random() ** 2 * len(ENTRIES))],
                writes=rng.random() < 1.0 / (1.0 + math.exp(-base - account.writing)),
                openness=account.openness,
                reads_silently=rng.random() < plan.silent,
                understands=rng.random() < plan.understands,
            )
        )
    return World(plan, seed, tuple(visits))


def _comers(plan: Plan, rng: random.Random) -> list[_Account]:
    """Return who comes, once for each visit, in no order of time."""
    activity = [math.exp(rng.gauss(0.0, plan.unevenness)) for _ in range(plan.accounts)]
    for _ in range(20):
        activity = [min(one, plan.biggest * sum(activity)) for one in activity]
    mean = sum(activity) / max(1, len(activity))
    comers: list[_Account] = []
    for number, one in enumerate(activity):
        expected = plan.visits * (1.0 - plan.anonymous) * one / (mean * plan.accounts)
        account = _Account(
            name=f"a{number}",
            people=tuple(f"a{number}p{person}" for person in range(max(1, round(math.sqrt(expected))))),
            writing=rng.gauss(0.0, plan.writing_spread) + plan.size_slope * math.log(one / mean),
            openness=rng.gauss(0.0, plan.openness_spread),
        )
        comers += [account] * _poisson(expected, rng)
    for number in range(_poisson(plan.visits * plan.anonymous, rng)):
        alone = _Account(
            None, (f"v{number}",), rng.gauss(0.0, plan.writing_spread), rng.gauss(0.0, plan.openness_spread)
        )
        # One in ten comes again, with another matter.
        comers += [alone] * (2 if rng.random() < 0.1 else 1)
    return comers


def _person(account: _Account, topic: Topic, brought: dict[str, set[str]], rng: random.Random) -> str:
    """Return someone of the account who has not had this matter yet: a new colleague, if everyone has."""
    person = account.people[int(rng.random() * len(account.people))]
    for other in itertools.chain((person,), account.people, (f"{person}n{number}" for number in itertools.count())):
        if topic.name not in brought.get(other, ()):
            return other
    raise AssertionError("colleagues without number have run out")


def _poisson(mean: float, rng: random.Random) -> int:
    """Return a Poisson number, by a normal one where the mean is large."""
    if mean > 200.0:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    number, product, bar = 0, rng.random(), math.exp(-mean)
    while product > bar:
        number, product = number + 1, product * rng.random()
    return number


@dataclass(frozen=True, slots=True)
class Messiness:
    """How badly events travel. Shares, 0 to 1, of events doubled or delayed, and of visitors who block all events or
    whose clock is wrong by up to ``clock_seconds`` either way."""

    doubled: float = 0.03
    delayed: float = 0.05
    blocking: float = 0.05
    wrong_clocks: float = 0.1
    clock_seconds: float = 2 * _DAY


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event that reaches the service: which one, when in truth, and the time on it by the visitor's clock."""

    event: int
    arrives_at: float
    client_at: float


def deliver(
    times: Sequence[float], *, visitor: str, seed: int, messiness: Messiness | None = None
) -> tuple[Delivery, ...]:
    """Return what reaches the service of a visitor's events, in order of arrival: not all, some twice, some days late.

    Args:
        times: when each happened, in seconds after the world began.
        visitor: whose they are. Who blocks events, or has a wrong clock, always does.
        seed: the world's.
        messiness: how badly they travel; as usual if not given.
    """
    mess = messiness or Messiness()
    lasting = random.Random(f"browser {seed} {visitor}")  # noqa: S311 - reproducible, not secret
    if lasting.random() < mess.blocking:
        return ()
    skew = lasting.uniform(-mess.clock_seconds, mess.clock_seconds) if lasting.random() < mess.wrong_clocks else 0.0
    rng = random.Random(f"way {seed} {visitor} {times}")  # noqa: S311 - reproducible, not secret
    deliveries = []
    for event, at in enumerate(times):
        for _ in range(2 if rng.random() < mess.doubled else 1):
            late = math.exp(rng.uniform(math.log(60.0), math.log(3 * _DAY))) if rng.random() < mess.delayed else 0.0
            deliveries.append(Delivery(event, at + 0.2 + late, at + skew))
    return tuple(sorted(deliveries, key=lambda one: one.arrives_at))
