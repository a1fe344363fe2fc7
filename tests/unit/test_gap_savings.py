"""What a page has spared, and what was predicted of it; and the made-up years both are judged by."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.gaps.ranking import Asked, Experience, draws_of
from assistant.gaps.savings import Watched, predicted_saving, saving_of
from eval.gaps.saving import World, live_a_year, report_of

UNTOUCHED = [Watched(2.0, 16, 8.0)] * 30


def test_tickets_that_do_not_come_any_more_are_spared() -> None:
    saving = saving_of(Watched(3.0, 4, 8.0), UNTOUCHED)

    assert saving is not None
    assert saving.spared.mean == pytest.approx(2.5, abs=0.1)
    assert saving.came == 0.5
    assert saving.helped


def test_in_quiet_times_fewer_tickets_are_no_saving() -> None:
    quiet = [Watched(2.0, 4, 8.0)] * 30

    saving = saving_of(Watched(3.0, 6, 8.0), quiet)

    assert saving is not None
    assert saving.spared.mean < 0.25
    assert not saving.helped


def test_what_would_have_grown_with_all_others_has_been_spared() -> None:
    busy = [Watched(2.0, 32, 8.0)] * 30

    saving = saving_of(Watched(3.0, 24, 8.0), busy)

    assert saving is not None
    assert saving.spared.mean == pytest.approx(3.0, abs=0.3)


def test_where_others_go_their_own_way_less_is_certain() -> None:
    uneven = [Watched(2.0, tickets, 8.0) for tickets in (0, 2, 30, 40, 4, 20)] * 5

    steady, scattered = saving_of(Watched(3.0, 12, 8.0), UNTOUCHED), saving_of(Watched(3.0, 12, 8.0), uneven)

    assert steady is not None
    assert scattered is not None
    assert scattered.spared.high - scattered.spared.low > 1.5 * (steady.spared.high - steady.spared.low)
    assert steady.helped
    assert not scattered.helped


def test_before_any_time_has_gone_by_there_is_nothing_to_tell() -> None:
    assert saving_of(Watched(3.0, 0, 0.0), UNTOUCHED) is None


@settings(max_examples=40, deadline=None)
@given(
    expected=st.floats(0.0, 50.0),
    tickets=st.integers(0, 300),
    weeks=st.floats(0.1, 60.0),
    others=st.lists(
        st.builds(Watched, st.floats(0.0, 20.0), st.integers(0, 200), st.floats(0.1, 60.0)), min_size=0, max_size=10
    ),
)
def test_savings_are_finite_and_intervals_hold_their_mean(
    expected: float, tickets: int, weeks: float, others: list[Watched]
) -> None:
    saving = saving_of(Watched(expected, tickets, weeks), others)

    assert saving is not None
    assert math.isfinite(saving.spared.low)
    assert saving.spared.low <= saving.spared.mean <= saving.spared.high < math.inf


def test_a_page_is_predicted_to_spare_the_share_that_pages_have_spared() -> None:
    draws = draws_of([Asked((10,) * 12, 120, 60)], Experience(spared=70.0, asked=100.0))[0]

    predicted = predicted_saving(draws, weeks=8.0)

    assert predicted.mean == pytest.approx(10.0 * 0.5 * 0.7, rel=0.1)
    assert predicted.low < 2.8
    assert predicted.high > 4.2


def test_over_fewer_weeks_less_can_be_predicted() -> None:
    draws = draws_of([Asked((2,) * 12, 24, 12)])[0]

    soon, late = predicted_saving(draws, weeks=1.0), predicted_saving(draws, weeks=26.0)

    assert soon.high - soon.low > 1.2 * (late.high - late.low)


def test_a_made_up_year_is_the_same_each_time_and_its_predictions_mean_something() -> None:
    world = World(gaps=110)

    year = live_a_year(world, 3)

    assert [one.truth for one in live_a_year(world, 3)] == [one.truth for one in year]
    assert len(year) == 3 * (world.weeks - 8 - 12)
    assert report_of([year])["spearman_truth"]["mean"] > 0.4


def test_in_a_world_where_pages_do_not_help_nothing_is_spared() -> None:
    year = live_a_year(World(gaps=110, helps=(0.001, 50.0)), 5)

    spared = [one.measured.spared.mean for one in year if one.promising]
    assert sum(one.truth for one in year) < 1.0
    assert abs(sum(spared) / len(spared)) < 0.35
