"""What gaps cost: rates and chances with their intervals."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.gaps.ranking import Asked, Experience, costs_of, draws_of


@st.composite
def _gaps(draw: st.DrawFn) -> Asked:
    weeks = tuple(draw(st.lists(st.integers(0, 40), min_size=0, max_size=15)))
    people = draw(st.integers(sum(weeks), sum(weeks) + 30))
    tried = draw(st.integers(0, 12))
    answered = draw(st.floats(0.0, 1.0)) if tried else None
    return Asked(weeks, people, draw(st.integers(0, people)), answered, tried)


GAPS = st.lists(_gaps(), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(gaps=GAPS, spared=st.floats(0.0, 500.0), asked=st.floats(0.0, 500.0))
def test_costs_are_finite_and_intervals_hold_their_mean(gaps: list[Asked], spared: float, asked: float) -> None:
    for cost in costs_of(gaps, Experience().with_more(spared, asked)):
        for part in (cost.asked, cost.ticket, cost.answered, cost.tickets, cost.spared):
            assert math.isfinite(part.mean)
            assert 0.0 <= part.low <= part.mean <= part.high
        assert cost.ticket.high <= 1.0
        assert cost.answered.high <= 1.0
        assert cost.spared.mean <= cost.tickets.mean <= cost.asked.mean


@settings(max_examples=25, deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 10**6), _gaps()), min_size=1, max_size=8))
def test_the_order_in_which_gaps_are_given_does_not_change_what_they_cost(pairs: list[tuple[int, Asked]]) -> None:
    gaps = [gap for _, gap in pairs]
    order = sorted(range(len(pairs)), key=lambda place: pairs[place][0])

    straight, shuffled = costs_of(gaps), costs_of([gaps[place] for place in order])

    assert shuffled == [straight[place] for place in order]


@settings(max_examples=30, deadline=None)
@given(weeks=st.lists(st.integers(0, 20), min_size=1, max_size=12), more=st.integers(1, 20))
def test_more_people_cost_no_less(weeks: list[int], more: int) -> None:
    few = Asked(tuple(weeks), 30, 10)
    many = Asked((*weeks[:-1], weeks[-1] + more), 30, 10)

    cost, dearer = costs_of([few, many, Asked((3, 1, 4), 8, 2)])[:2]

    assert dearer.asked.mean > cost.asked.mean
    assert dearer.spared.mean > cost.spared.mean


def test_recent_weeks_count_for_more_than_early_ones() -> None:
    faded, grown = costs_of([Asked((8, 6, 4, 2, 0, 0), 20, 8), Asked((0, 0, 2, 4, 6, 8), 20, 8)])

    assert grown.asked.mean > 1.1 * faded.asked.mean


def test_a_gap_of_which_little_is_known_leans_on_the_others() -> None:
    others = [Asked((2,) * 12, 24, 6)] * 20

    lone = costs_of([Asked((9,), 9, 9), *others])[0]

    assert 2.0 < lone.asked.mean < 9.0
    assert lone.ticket.mean < 0.8


def test_a_page_that_was_tried_and_answers_little_promises_little() -> None:
    half, tried = draws_of([Asked((5,) * 8, 40, 20), Asked((5,) * 8, 40, 20, answered=0.1, tried=20)])

    assert tried.cost().answered.mean < 0.25 * half.cost().answered.mean


def test_however_well_pages_are_known_one_differs_from_another() -> None:
    known = costs_of([Asked((5,) * 8, 40, 20)], Experience().with_more(6_000.0, 10_000.0))[0]

    assert known.answered.mean == pytest.approx(0.6, abs=0.02)
    assert known.answered.high - known.answered.low > 0.3


def test_experience_in_which_pages_spared_nothing_or_everything_still_gives_chances() -> None:
    nothing = Experience(spared=0.0, asked=50.0)
    everything = Experience(spared=50.0, asked=50.0)

    assert costs_of([Asked((5,), 5, 2)], nothing)[0].answered.mean < 0.1
    assert costs_of([Asked((5,), 5, 2)], everything)[0].answered.mean > 0.9


def test_without_gaps_nothing_costs_anything() -> None:
    assert costs_of([]) == []
