"""Until when a ticket is answered, by the calendar of a shop in Poland."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.tickets.calendar import Calendar, parse_hours, public_holidays
from assistant.tickets.promises import Lane, promise

WARSAW = ZoneInfo("Europe/Warsaw")
MINUTE = 60_000
DAY = 24 * 60 * MINUTE
STANDARD = "mon-fri 09:00-18:00 until 16:00, sat 09:00-13:00 until 12:00"
PRIORITY = "mon-sat 08:00-20:00, sun 10:00-18:00"


def at(wall: str, zone: ZoneInfo = WARSAW) -> int:
    return int(datetime.fromisoformat(wall).replace(tzinfo=zone).timestamp() * 1000)


def calendar(
    standard: str = STANDARD,
    priority: str = PRIORITY,
    *,
    holidays: Container[date] | None = None,
    zone: ZoneInfo = WARSAW,
    minutes: int = 60,
) -> Calendar:
    off = public_holidays("PL") if holidays is None else holidays
    return Calendar(zone, parse_hours(standard), parse_hours(priority) if priority else {}, off, minutes)


SHOP = calendar()


@pytest.mark.parametrize(
    ("sent", "promised"),
    [
        ("2026-11-23T15:59:59", "2026-11-23T18:00"),  # Monday, before the cut-off
        ("2026-11-23T03:00", "2026-11-23T18:00"),  # at night: that day still
        ("2026-11-23T16:00", "2026-11-24T18:00"),  # at the cut-off: the next day
        ("2026-11-23T23:59", "2026-11-24T18:00"),
        ("2026-11-27T16:30", "2026-11-28T13:00"),  # Friday evening: Saturday morning
        ("2026-11-28T11:59", "2026-11-28T13:00"),  # Saturday morning
        ("2026-11-28T12:00", "2026-11-30T18:00"),  # Saturday noon: Monday
        ("2026-11-29T10:00", "2026-11-30T18:00"),  # Sunday
        ("2026-11-10T17:00", "2026-11-12T18:00"),  # the 11th is Independence Day
        ("2026-11-11T10:00", "2026-11-12T18:00"),
        ("2026-12-23T16:00", "2026-12-28T18:00"),  # Christmas Eve to the Sunday after
        ("2026-03-28T12:00", "2026-03-30T18:00"),  # summer time begins on the Sunday between
        ("2026-10-24T12:00", "2026-10-26T18:00"),  # and ends
    ],
)
def test_a_standard_ticket_is_answered_the_same_working_day_before_the_cut_off_else_the_next(
    sent: str, promised: str
) -> None:
    assert promise(Lane.STANDARD, at(sent), SHOP) == at(promised)


@pytest.mark.parametrize(
    ("sent", "promised"),
    [
        ("2026-11-23T10:00:30", "2026-11-23T11:00:30"),
        ("2026-11-23T19:00", "2026-11-23T20:00"),  # just enough time is left
        ("2026-11-23T19:20", "2026-11-24T08:20"),  # 40 minutes today, 20 tomorrow
        ("2026-11-23T20:00", "2026-11-24T09:00"),
        ("2026-11-24T03:00", "2026-11-24T09:00"),
        ("2026-11-28T19:30", "2026-11-29T10:30"),  # Saturday evening: Sunday
        ("2026-11-29T17:45", "2026-11-30T08:45"),
        ("2026-11-11T10:00", "2026-11-11T11:00"),  # a public holiday
        ("2026-12-25T09:15", "2026-12-25T10:15"),
    ],
)
def test_a_priority_ticket_is_answered_within_an_hour_of_staffed_time(sent: str, promised: str) -> None:
    assert promise(Lane.PRIORITY, at(sent), SHOP) == at(promised)


def test_a_priority_ticket_never_waits_longer_than_a_standard_one() -> None:
    slow = calendar(minutes=24 * 60)
    nobody = calendar(priority="")
    sundays = calendar(priority="sun 10:00-12:00")

    assert promise(Lane.PRIORITY, at("2026-11-23T10:00"), slow) == at("2026-11-23T18:00")
    assert promise(Lane.PRIORITY, at("2026-11-23T10:00"), nobody) == at("2026-11-23T18:00")
    assert promise(Lane.PRIORITY, at("2026-11-23T10:00"), sundays) == at("2026-11-23T18:00")
    assert promise(Lane.PRIORITY, at("2026-11-28T12:00"), sundays) == at("2026-11-29T11:00")


def test_staffed_time_is_real_time_over_a_change_of_the_clock() -> None:
    nights = calendar(priority="mon-sun 00:00-24:00", minutes=120)

    assert promise(Lane.PRIORITY, at("2026-03-29T01:30"), nights) == at("2026-03-29T04:30")
    assert promise(Lane.PRIORITY, at("2026-10-25T01:30"), nights) == at("2026-10-25T01:30") + 120 * MINUTE


def test_round_the_clock_does_not_stop_at_midnight() -> None:
    nights = calendar(priority="mon-sun 00:00-24:00")

    assert promise(Lane.PRIORITY, at("2026-11-23T23:30"), nights) == at("2026-11-24T00:30")


def test_weeks_of_holidays_put_a_standard_ticket_off_and_leave_a_priority_ticket_alone() -> None:
    closed = {date(2026, 7, 1) + timedelta(days=day) for day in range(60)}
    summer = calendar(holidays=closed)

    assert promise(Lane.STANDARD, at("2026-07-01T10:00"), summer) == at("2026-08-31T18:00")
    assert promise(Lane.PRIORITY, at("2026-07-01T10:00"), summer) == at("2026-07-01T11:00")


def test_a_calendar_of_nothing_but_holidays_is_told_apart_from_a_long_wait() -> None:
    class EveryDay:
        def __contains__(self, day: object) -> bool:
            return True

    with pytest.raises(ValueError, match="no working day within a year"):
        promise(Lane.STANDARD, at("2026-07-01T10:00"), calendar(holidays=EveryDay()))


clock = st.integers(0, 24 * 60).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
CHANGES = [at("2026-03-29T02:00"), at("2026-10-25T03:00"), at("2026-12-24T09:00"), at("2027-01-01T00:00")]
moments = st.one_of(
    st.integers(at("2024-01-01T00:00"), at("2028-12-31T00:00")),
    st.builds(int.__add__, st.sampled_from(CHANGES), st.integers(-DAY, DAY)),
)


@st.composite
def lines_of_hours(draw: st.DrawFn) -> str:
    days = draw(st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1))
    parts = []
    for day in sorted(days):
        opens, cut_off, closes = sorted(draw(st.sets(clock, min_size=3, max_size=3)))
        parts.append(f"{day} {opens}-{closes} until {cut_off}")
    return ", ".join(parts)


calendars = st.builds(
    calendar,
    lines_of_hours(),
    st.one_of(st.just(""), lines_of_hours()),
    zone=st.sampled_from(["Europe/Warsaw", "America/Sao_Paulo", "Africa/Cairo", "Asia/Kathmandu"]).map(ZoneInfo),
    minutes=st.integers(1, 3000),
)


@given(calendars, moments, st.sampled_from(Lane))
def test_a_promise_is_after_the_ticket_was_sent(shop: Calendar, sent: int, lane: Lane) -> None:
    assert promise(lane, sent, shop) > sent


@given(calendars, moments, st.integers(0, 7 * DAY), st.sampled_from(Lane))
def test_what_is_sent_later_is_never_promised_sooner(shop: Calendar, sent: int, later: int, lane: Lane) -> None:
    assert promise(lane, sent, shop) <= promise(lane, sent + later, shop)


@given(calendars, moments)
def test_priority_is_never_later_than_standard(shop: Calendar, sent: int) -> None:
    assert promise(Lane.PRIORITY, sent, shop) <= promise(Lane.STANDARD, sent, shop)


@given(moments)
def test_a_standard_promise_falls_on_a_working_day_at_its_closing(sent: int) -> None:
    promised = datetime.fromtimestamp(promise(Lane.STANDARD, sent, SHOP) / 1000, WARSAW)

    hours = SHOP.standard[promised.weekday()]
    assert promised.replace(tzinfo=None).time() == hours.closes
    assert promised.date() not in public_holidays("PL")


@given(moments)
def test_a_priority_promise_falls_into_staffed_time_on_any_day(sent: int) -> None:
    promised = datetime.fromtimestamp(promise(Lane.PRIORITY, sent, SHOP) / 1000, WARSAW)

    hours = SHOP.priority[promised.weekday()]
    assert hours.opens <= promised.replace(tzinfo=None).time() <= hours.closes
