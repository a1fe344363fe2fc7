"""The order in which tickets are answered."""

from __future__ import annotations

import heapq
import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.fair_use.models import Standing
from assistant.record.events import MS_PER_HOUR
from assistant.tickets.promises import Lane
from assistant.tickets.queue import GivingWay, Waiting, in_order, place_of, placed, turn_at

DAY = GivingWay(24)
NOON = 1_795_431_600_000


def waiting(ticket: str, hours: float, lane: Lane = Lane.STANDARD, standing: Standing = Standing.NORMAL) -> Waiting:
    return placed(ticket, lane, standing, NOON + round(hours * MS_PER_HOUR), DAY)


hours = st.integers(0, 200)
tickets = st.lists(
    st.builds(waiting, st.uuids().map(str), hours, st.sampled_from(Lane), st.sampled_from(Standing)),
    max_size=30,
    unique_by=lambda one: one.ticket,
)


def test_a_deferred_ticket_gives_way_to_those_sent_within_half_of_the_longest_wait() -> None:
    deferred = waiting("deferred", 0, standing=Standing.DEFERRED)
    others = [waiting("before", -1), waiting("after", 11.9), waiting("late", 12.1)]

    assert [one.ticket for one in in_order([deferred, *others])] == ["before", "after", "deferred", "late"]


def test_a_paid_ticket_gives_way_to_nobody() -> None:
    assert turn_at(Lane.PRIORITY, Standing.DEFERRED, NOON, DAY) == NOON


@given(tickets)
def test_priority_comes_before_standard(queue: list[Waiting]) -> None:
    lanes = [one.lane for one in in_order(queue)]

    assert lanes == sorted(lanes, key=lambda lane: lane is not Lane.PRIORITY)


@given(tickets)
def test_nobody_is_refused_and_nobody_is_there_twice(queue: list[Waiting]) -> None:
    assert sorted(one.ticket for one in in_order(queue)) == sorted(one.ticket for one in queue)


@given(tickets, st.randoms(use_true_random=False))
def test_the_order_is_total(queue: list[Waiting], random: Random) -> None:
    shuffled = list(queue)
    random.shuffle(shuffled)

    assert in_order(shuffled) == in_order(queue)
    assert len({place_of(one) for one in queue}) == len(queue)


@given(tickets)
def test_among_equals_whoever_wrote_first_comes_first(queue: list[Waiting]) -> None:
    for first, second in itertools.pairwise(in_order(queue)):
        if (first.lane, first.standing) == (second.lane, second.standing):
            assert first.since <= second.since


@given(hours, st.integers(1, 100))
def test_nobody_starves(sent: int, most_hours: int) -> None:
    giving_way = GivingWay(most_hours)
    mine = placed("mine", Lane.STANDARD, Standing.DEFERRED, sent * MS_PER_HOUR, giving_way)
    later = placed("later", Lane.STANDARD, Standing.NORMAL, mine.since + giving_way.ms + 1, giving_way)

    assert in_order([later, mine])[0] == mine


arrivals = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 40), st.booleans(), st.booleans()), min_size=1, max_size=60
)
"""Minutes since the one before, minutes it takes, whether it is deferred, whether it is paid."""


def longest_waits(load: list[tuple[int, int, bool, bool]], giving_way: GivingWay, *, deferring: bool) -> dict[str, int]:
    """Return how many minutes each ticket waited until it was taken up, by one person who is always there."""
    minute = MS_PER_HOUR // 60
    sent, clock = [], 0
    for number, (gap, takes, deferred, paid) in enumerate(load):
        clock += gap
        standing = Standing.DEFERRED if deferred and deferring else Standing.NORMAL
        lane = Lane.PRIORITY if paid else Lane.STANDARD
        sent.append((placed(str(number), lane, standing, clock * minute, giving_way), takes))
    ready: list[tuple[tuple[int, int, int, str], Waiting, int]] = []
    waits, now, upcoming = {}, 0, 0
    while ready or upcoming < len(sent):
        if not ready:
            now = max(now, sent[upcoming][0].since)
        while upcoming < len(sent) and sent[upcoming][0].since <= now:
            one, takes = sent[upcoming]
            heapq.heappush(ready, (place_of(one), one, takes))
            upcoming += 1
        _, one, takes = heapq.heappop(ready)
        waits[one.ticket] = (now - one.since) // minute
        now += takes * minute
    return waits


@given(arrivals, st.integers(1, 30))
def test_where_nobody_would_wait_for_half_of_it_a_deferred_ticket_waits_at_most_the_operators_bound(
    load: list[tuple[int, int, bool, bool]], most_hours: int
) -> None:
    giving_way = GivingWay(most_hours)
    without = longest_waits(load, giving_way, deferring=False)
    slowest = max(takes for _, takes, _, _ in load)
    # Not overloaded: without deferring anybody, each is done with within half of the bound.
    if all(without[str(place)] + takes + slowest <= most_hours * 30 for place, (_, takes, _, _) in enumerate(load)):
        assert max(longest_waits(load, giving_way, deferring=True).values()) <= most_hours * 60


def test_a_bound_has_to_be_above_nothing() -> None:
    with pytest.raises(ValueError, match="not 0"):
        GivingWay(0)
