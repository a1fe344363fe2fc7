"""Rates: what is counted, what it is out of, and what each line is called."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.record.deflection import Count, Dimension, tell
from assistant.record.episodes import EpisodeClass

C, S, F, N, B, P = (EpisodeClass(letter) for letter in "CSFNBP")
MONTH = [
    Count(None, C, 5, 4, 4),
    Count(None, S, 3, 2, 1),
    Count(None, F, 4, 4, 0),
    Count(None, N, 2, 2, 0),
    Count(None, B, 6, 5, 0),
    Count(None, P, 9, 0, 0),
]


def day(text: str) -> int:
    return datetime.date.fromisoformat(text).toordinal()


def test_rates_are_out_of_what_is_closed_and_pending_is_nobodys_success() -> None:
    (line,) = tell(MONTH, Dimension.TOTAL)

    assert (line.value, line.closed, line.counts[P]) == ("all", 20, 9)
    assert [
        (one.numerator, one.denominator)
        for one in (
            line.deflection,
            line.confirmed,
            line.assumed,
            line.failed,
            line.unanswered,
            line.abandoned,
            line.durable,
        )
    ] == [(8, 20), (5, 20), (3, 20), (4, 20), (2, 20), (6, 20), (5, 17)]


def test_every_class_is_counted_even_where_there_is_none() -> None:
    (line,) = tell([Count("en", S, 1, 0, 0)], Dimension.LOCALE)

    assert line.counts == {C: 0, S: 1, F: 0, N: 0, B: 0, P: 0}


def test_without_a_closed_episode_there_is_no_share() -> None:
    (line,) = tell([Count(None, P, 3, 0, 0)], Dimension.TOTAL)

    assert (line.deflection.share, line.deflection.denominator, line.durable.share) == (None, 0, None)


def test_the_holdout_is_left_out_for_it_was_offered_nothing() -> None:
    held_out = Count("en", N, 7, 7, 0, held_out=True, experiment="1@0.1")

    assert tell([held_out], Dimension.LOCALE) == []
    assert tell([held_out, Count("en", S, 1, 1, 1)], Dimension.LOCALE)[0].closed == 1


def test_of_nothing_there_are_no_lines() -> None:
    assert tell([], Dimension.WEEK) == []


@pytest.mark.parametrize(
    ("date", "by", "label"),
    [
        ("2026-11-03", Dimension.DAY, "2026-11-03"),
        ("2026-11-03", Dimension.MONTH, "2026-11"),
        ("2026-11-03", Dimension.WEEK, "2026-W45"),
        ("2026-12-31", Dimension.WEEK, "2026-W53"),
        ("2027-01-03", Dimension.WEEK, "2026-W53"),
        ("2027-01-04", Dimension.WEEK, "2027-W01"),
        ("2024-12-30", Dimension.WEEK, "2025-W01"),
    ],
)
def test_a_day_belongs_to_its_period_across_a_years_end(date: str, by: Dimension, label: str) -> None:
    assert [line.value for line in tell([Count(day(date), S, 1, 0, 0)], by)] == [label]


def test_days_of_one_week_are_one_line_and_weeks_stand_in_their_order() -> None:
    counts = [
        Count(day("2027-01-04"), S, 9, 0, 0),
        Count(day("2026-12-31"), S, 1, 0, 0),
        Count(day("2027-01-01"), F, 2, 0, 0),
        Count(day("2026-12-24"), B, 1, 0, 0),
    ]

    lines = tell(counts, Dimension.WEEK)

    assert [(line.value, line.closed) for line in lines] == [("2026-W52", 1), ("2026-W53", 3), ("2027-W01", 9)]


def test_other_lines_stand_by_their_size_and_then_by_name() -> None:
    counts = [
        Count("uk", S, 2, 0, 0),
        Count("ar", S, 2, 0, 0),
        Count("pl", S, 1, 0, 0),
        Count("pl", B, 3, 0, 0),
        Count("cs", P, 50, 0, 0),
        Count(None, B, 1, 0, 0),
    ]

    lines = tell(counts, Dimension.LOCALE)

    assert [(line.value, line.closed) for line in lines] == [("pl", 4), ("ar", 2), ("uk", 2), ("–", 1), ("cs", 0)]


def test_episodes_that_resemble_each_other_widen_the_interval_and_leave_the_share() -> None:
    plain, alike = (tell(MONTH, Dimension.TOTAL, design_effect=effect)[0].deflection for effect in (1.0, 3.0))

    assert plain.share == alike.share == 0.4
    assert alike.low < plain.low < 0.4 < plain.high < alike.high


@given(
    st.lists(
        st.builds(
            Count,
            st.integers(day("2026-01-01"), day("2027-12-31")),
            st.sampled_from(EpisodeClass),
            st.integers(0, 50),
            st.just(0),
            st.just(0),
        ),
        max_size=30,
    ),
    st.sampled_from([Dimension.DAY, Dimension.WEEK, Dimension.MONTH]),
)
def test_however_it_is_told_every_episode_is_in_one_line_and_parts_make_the_whole(
    counts: list[Count], by: Dimension
) -> None:
    lines = tell(counts, by)

    assert [line.value for line in lines] == sorted({line.value for line in lines})
    assert sum(sum(line.counts.values()) for line in lines) == sum(count.episodes for count in counts)
    for line in lines:
        parts = (line.confirmed, line.assumed, line.failed, line.unanswered, line.abandoned)
        assert sum(part.numerator for part in parts) == line.closed
        assert line.deflection.numerator == line.confirmed.numerator + line.assumed.numerator
