"""The operator's calendar: hours and holidays as they are written down, and what they mean on the clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.tickets.calendar import Calendar, Hours, Opening, parse_hours, public_holidays

WARSAW = ZoneInfo("Europe/Warsaw")
NINE_TO_SIX = Hours(time(9), time(18), time(16))


def at(wall: str, zone: ZoneInfo = WARSAW) -> int:
    return int(datetime.fromisoformat(wall).replace(tzinfo=zone).timestamp() * 1000)


def every_day(hours: Hours, zone: ZoneInfo = WARSAW) -> Calendar:
    daily = dict.fromkeys(range(7), hours)
    return Calendar(zone, daily, daily, frozenset(), priority_minutes=60)


def opening_of(day: str, calendar: Calendar) -> Opening:
    """Return the opening that begins next after midnight of a day."""
    midnight = at(f"{day}T00:00", calendar.zone)
    return next(opening for opening in calendar.working_hours(midnight) if opening.opens >= midnight)


def test_hours_are_read_as_a_person_writes_them() -> None:
    assert parse_hours("mon-wed 09:00-18:00 until 16:00, Sat  9:00 – 13:00,sun 10:00-12:30 until 12:00") == {
        0: NINE_TO_SIX,
        1: NINE_TO_SIX,
        2: NINE_TO_SIX,
        5: Hours(time(9), time(13), time(13)),
        6: Hours(time(10), time(12, 30), time(12)),
    }


def test_days_can_go_over_the_end_of_the_week_and_hours_to_midnight() -> None:
    assert parse_hours("sat-mon 00:00-24:00") == dict.fromkeys([5, 6, 0], Hours(time(0), time(0), time(0)))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "has an empty part"),
        ("mon 09:00-17:00,", "has an empty part"),
        ("mon", "'mon' is not understood; hours are written as 'mon-fri 09:00-18:00 until 16:00"),
        ("mon 9-17", "'mon 9-17' is not understood"),
        ("pon-pt 09:00-17:00", "'pon-pt' in 'pon-pt 09:00-17:00' is no day; days are mon, tue, wed"),
        ("mon-xyz 09:00-17:00", "'mon-xyz' in"),
        ("mon 09:00-25:00", "'25:00' in 'mon 09:00-25:00' is no time of the day"),
        ("mon 24:00-25:00", "'24:00' in"),
        ("mon 09:60-17:00", "'09:60' in"),
        ("mon 18:00-09:00", "'mon 18:00-09:00': hours from 18:00 to 09:00"),
        ("mon 09:00-17:00 until 18:00", "a cut-off at 18:00 are not in the order opening, cut-off, closing"),
        ("mon 09:00-17:00 until 09:00", "a cut-off at 09:00"),
        ("mon-fri 09:00-17:00, wed 10:00-12:00", "'wed 10:00-12:00' gives hours for wed a second time"),
        ("mon ٠٩:٠٠-١٧:٠٠", "is not understood"),
    ],
)
def test_hours_that_are_not_understood_are_refused_with_the_part_that_is_wrong(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint.replace("(", r"\(")):
        parse_hours(text)


@given(st.text())
def test_any_other_text_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"empty part|not understood|no day|no time|order"):
        parse_hours(f"{text}?")


def test_a_calendar_needs_a_day_with_hours() -> None:
    with pytest.raises(ValueError, match="no weekday has hours"):
        Calendar(WARSAW, {}, {6: NINE_TO_SIX}, frozenset(), priority_minutes=60)
    with pytest.raises(ValueError, match="no weekday has hours"):
        Calendar(WARSAW, {7: NINE_TO_SIX}, {}, frozenset(), priority_minutes=60)


def test_a_calendar_needs_minutes_for_priority_tickets() -> None:
    with pytest.raises(ValueError, match="within some minutes, not 0"):
        Calendar(WARSAW, {0: NINE_TO_SIX}, {}, frozenset(), priority_minutes=0)


def test_hours_are_moments_by_the_clock_of_the_zone_in_winter_and_in_summer() -> None:
    calendar = every_day(NINE_TO_SIX)

    assert opening_of("2026-01-15", calendar) == Opening(
        at("2026-01-15T08:00", ZoneInfo("UTC")),
        at("2026-01-15T17:00", ZoneInfo("UTC")),
        at("2026-01-15T15:00", ZoneInfo("UTC")),
    )
    assert opening_of("2026-07-15", calendar).opens == at("2026-07-15T07:00", ZoneInfo("UTC"))


def test_a_time_that_the_clock_jumps_over_is_the_moment_of_the_jump() -> None:
    opening = opening_of("2026-03-29", every_day(Hours(time(2, 10), time(3, 5), time(2, 50))))

    assert opening.opens == opening.cut_off == at("2026-03-29T01:00", ZoneInfo("UTC"))
    assert opening.closes == at("2026-03-29T01:05", ZoneInfo("UTC"))


def test_hours_that_the_clock_jumps_over_do_not_exist_that_day() -> None:
    calendar = every_day(Hours(time(2, 10), time(2, 50), time(2, 50)))

    openings = [opening.opens for opening in islice(calendar.working_hours(at("2026-03-28T12:00")), 3)]

    assert openings == [at("2026-03-27T02:10"), at("2026-03-28T02:10"), at("2026-03-30T02:10")]


def test_a_time_that_comes_twice_counts_when_it_comes_first() -> None:
    assert opening_of("2026-10-25", every_day(Hours(time(2, 30), time(9), time(9)))).opens == at(
        "2026-10-25T00:30", ZoneInfo("UTC")
    )


def test_a_day_that_a_country_left_out_has_no_hours() -> None:
    apia = ZoneInfo("Pacific/Apia")  # went from 29 to 31 December 2011
    calendar = every_day(NINE_TO_SIX, apia)

    openings = [opening.opens for opening in islice(calendar.working_hours(at("2011-12-29T12:00", apia)), 3)]

    assert [datetime.fromtimestamp(opens / 1000, apia).isoformat() for opens in openings] == [
        "2011-12-28T09:00:00-10:00",
        "2011-12-29T09:00:00-10:00",
        "2011-12-31T09:00:00+14:00",
    ]


@given(
    st.sampled_from(["Europe/Warsaw", "America/Sao_Paulo", "Asia/Kolkata", "Africa/Cairo", "Australia/Lord_Howe"]),
    st.integers(at("2010-01-01T00:00"), at("2030-01-01T00:00")),
    st.times(time(0), time(11, 59)),
    st.times(time(12), time(23, 59)),
)
def test_openings_come_in_order_and_never_overlap(zone: str, since: int, opens: time, closes: time) -> None:
    calendar = every_day(Hours(opens, closes, closes), ZoneInfo(zone))

    openings = list(islice(calendar.working_hours(since), 5))

    assert openings[0].opens <= since
    for opening, following in pairwise(openings):
        assert opening.opens < opening.cut_off <= opening.closes <= following.opens


@pytest.mark.parametrize(
    ("place", "day", "is_off"),
    [
        ("PL", date(2026, 11, 11), True),
        ("pl", date(2027, 11, 11), True),
        ("PL", date(2026, 12, 24), True),
        ("PL", date(2026, 12, 23), False),
        ("PL", date(2026, 6, 4), True),  # Corpus Christi, by Easter
        ("DE", date(2026, 1, 6), False),
        ("DE-BY", date(2026, 1, 6), True),
        ("PL, DE-BY", date(2026, 10, 3), True),
        ("PL, DE-BY", date(2026, 11, 11), True),
        ("NL", date(2026, 4, 27), True),
        ("", date(2026, 12, 25), False),
    ],
)
def test_public_holidays_are_those_of_the_places_named(place: str, day: date, is_off: bool) -> None:
    assert (day in public_holidays(place)) is is_off


@pytest.mark.parametrize("text", ["XX", "PL,XX", "DE-XX", "Poland!", ",", "PL,", "-", "ŁÓ", "PL-"])
def test_a_place_whose_holidays_are_not_known_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match="such as 'PL' or 'DE-BY' or 'PL,DE-BY'"):
        public_holidays(text)


def test_only_days_can_be_holidays() -> None:
    assert "2026-12-25" not in public_holidays("PL")
    assert date(2026, 12, 25) + timedelta(days=365) in public_holidays("PL")
