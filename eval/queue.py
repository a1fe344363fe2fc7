"""The queue under simulated loads: how long the deferred wait."""

from __future__ import annotations

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.fair_use.models import Standing
from assistant.record.events import MS_PER_HOUR, Instant
from assistant.tickets.promises import Lane
from assistant.tickets.queue import GivingWay, Waiting, place_of, placed

_MINUTE = MS_PER_HOUR // 60
BEGINS: Instant = 1_788_220_800_000


@dataclass(frozen=True, slots=True)
class Waits:
    """What became of simulated loads that are not overloaded.

    ``longest`` is the longest wait of a deferred ticket as a share of the operator's bound; ``late`` how many waited
    longer; ``normal_sooner`` how many minutes sooner, on average, a ticket of a normal standing was taken up.
    """

    loads: int
    tickets: int
    deferred: int
    longest: float
    late: int
    normal_sooner: float


def simulate(*, loads: int, seed: int) -> Waits:
    """Work through loads of very different kinds, each with and without deferring anybody.

    A load is not overloaded if without deferring anybody all are done with within half of the bound.
    """
    rnd = random.Random(seed)  # noqa: S311
    kept = tickets = deferred = late = 0
    longest, sooner = 0.0, []
    while kept < loads:
        giving_way = GivingWay(rnd.choice([4, 8, 24, 48]))
        sent = _load(rnd, giving_way)
        people = rnd.randint(1, 4)
        plain = [(placed(one.ticket, one.lane, Standing.NORMAL, one.since, giving_way), takes) for one, takes in sent]
        without = _worked(plain, people)
        slowest = max(takes for _, takes in sent)
        bound_ms = giving_way.ms * 2
        if any(without[one.ticket] + (takes + slowest) * _MINUTE > giving_way.ms for one, takes in sent):
            continue
        kept += 1
        waits = _worked(sent, people)
        for one, _ in sent:
            tickets += 1
            if one.standing is Standing.DEFERRED and one.lane is Lane.STANDARD:
                deferred += 1
                longest = max(longest, waits[one.ticket] / bound_ms)
                late += waits[one.ticket] > bound_ms
            elif one.lane is Lane.STANDARD:
                sooner.append(without[one.ticket] - waits[one.ticket])
    return Waits(kept, tickets, deferred, longest, late, float(np.mean(sooner)) / _MINUTE)


def _load(rnd: random.Random, giving_way: GivingWay) -> list[tuple[Waiting, int]]:
    """Return tickets with how many minutes each takes: quiet days, rushes, many or few of them deferred or paid."""
    deferred, paid = rnd.choice([0.05, 0.2, 0.5, 0.9]), rnd.choice([0.0, 0.05, 0.3])
    gap, clock = rnd.uniform(4, 60), float(BEGINS)
    sent = []
    for number in range(rnd.randint(20, 300)):
        rush = 0.1 if rnd.random() < 0.2 else 1.0
        clock += rnd.expovariate(1 / (gap * rush)) * _MINUTE
        lane = Lane.PRIORITY if rnd.random() < paid else Lane.STANDARD
        standing = Standing.DEFERRED if rnd.random() < deferred else Standing.NORMAL
        sent.append((placed(f"{number:04}", lane, standing, round(clock), giving_way), rnd.randint(1, 30)))
    return sent


def _worked(sent: Sequence[tuple[Waiting, int]], people: int) -> dict[str, int]:
    """Return how many milliseconds each ticket waited until somebody took it up, by order of the queue."""
    waits: dict[str, int] = {}
    free = [BEGINS] * people
    heapq.heapify(free)
    ready: list[tuple[tuple[int, Instant, Instant, str], Waiting, int]] = []
    upcoming = 0
    while ready or upcoming < len(sent):
        now = heapq.heappop(free)
        if not ready and upcoming < len(sent):
            now = max(now, sent[upcoming][0].since)
        while upcoming < len(sent) and sent[upcoming][0].since <= now:
            one, takes = sent[upcoming]
            heapq.heappush(ready, (place_of(one), one, takes))
            upcoming += 1
        if ready:
            _, one, takes = heapq.heappop(ready)
            waits[one.ticket] = now - one.since
            heapq.heappush(free, now + takes * _MINUTE)
        else:
            heapq.heappush(free, now)
    return waits
