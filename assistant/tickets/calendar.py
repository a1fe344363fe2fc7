"""When tickets are answered: hours by weekday, and the public holidays of a country."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays as holidays_of

from assistant.record.events import Instant

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART = re.compile(r"(\S+) (\d{1,2}:\d\d) ?[-–] ?(\d{1,2}:\d\d)(?: until (\d{1,2}:\d\d))?", re.ASCII)
_DAYS = re.compile(r"([a-z]{3})(?:[-–]([a-z]{3}))?", re.ASCII)
_EXAMPLE = "'mon-fri 09:00-18:00 until 16:00, sat 09:00-13:00'"
_MIDNIGHT = time(0)
_DAYS_AHEAD = 366


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of one weekday, by the clock on the wall.

    Closing at 00:00 means midnight at the day's end. What is sent before ``cut_off`` is answered the same day.

    Raises:
        ValueError: if they do not come in the order opening, cut-off, closing.
    """

    opens: time
    closes: time
    cut_off: time

    def __post_init__(self) -> None:
        if not _minutes(self.opens) < _end(self.cut_off) <= _end(self.closes):
            raise ValueError(
                f"hours from {self.opens:%H:%M} to {self.closes:%H:%M} with a cut-off at {self.cut_off:%H:%M} "
                "are not in the order opening, cut-off, closing"
            )


@dataclass(frozen=True, slots=True)
class Opening:
    """One day's hours as moments."""

    opens: Instant
    closes: Instant
    cut_off: Instant


@dataclass(frozen=True, slots=True)
class Calendar:
    """The operator's calendar.

    Args:
        zone: whose clock the hours are read on.
        standard: the hours in which standard tickets are answered, by weekday from 0, Monday. Not on holidays.
        priority: the same for priority tickets, holidays included; empty where nobody is there for them.
        holidays: the public holidays.
        priority_minutes: of staffed time, within which a priority ticket is answered.

    Raises:
        ValueError: if no weekday has standard hours, or the minutes are not above 0.
    """

    zone: ZoneInfo
    standard: Mapping[int, Hours]
    priority: Mapping[int, Hours]
    holidays: Container[date]
    priority_minutes: int

    def __post_init__(self) -> None:
        if not any(weekday in self.standard for weekday in range(7)):
            raise ValueError("no weekday has hours, so no standard ticket would ever be answered")
        if self.priority_minutes <= 0:
            raise ValueError(f"a priority ticket is answered within some minutes, not {self.priority_minutes}")

    def working_hours(self, since: Instant) -> Iterator[Opening]:
        """Return the hours of working days, from the day before ``since`` on, for a year."""
        return self._openings(self.standard, since, on_holidays=False)

    def staffed_hours(self, since: Instant) -> Iterator[Opening]:
        """Return the hours of the days on which priority tickets are answered, as ``working_hours`` does."""
        return self._openings(self.priority, since, on_holidays=True)

    def _openings(
        self, hours_by_weekday: Mapping[int, Hours], since: Instant, *, on_holidays: bool
    ) -> Iterator[Opening]:
        # From the day before: where a clock is put back at midnight, a day comes twice.
        first = datetime.fromtimestamp(since / 1000, self.zone).date() - timedelta(days=1)
        for day in (first + timedelta(days=later) for later in range(_DAYS_AHEAD)):
            hours = hours_by_weekday.get(day.weekday())
            if hours is not None and (on_holidays or day not in self.holidays):
                opening = Opening(
                    self._reached(day, hours.opens),
                    self._reached(day, hours.closes, at_end=True),
                    self._reached(day, hours.cut_off, at_end=True),
                )
                if opening.opens < opening.closes:  # not so where the clock jumps over the whole of them
                    yield opening

    def _reached(self, day: date, wall: time, *, at_end: bool = False) -> Instant:
        """Return the first moment at which the clock on the wall shows that time, or has jumped past it."""
        if at_end and wall == _MIDNIGHT:
            day += timedelta(days=1)
        shown = datetime.combine(day, wall, self.zone)
        earliest, latest = _instant(shown), _instant(shown.replace(fold=1))
        if latest >= earliest:
            return earliest
        # The clock jumps over this time: at a moment after `latest`, and no later than `earliest`.
        before, after = latest, earliest
        while after - before > 1:
            middle = (before + after) // 2
            if datetime.fromtimestamp(middle / 1000, self.zone).replace(tzinfo=None) < shown.replace(tzinfo=None):
                before = middle
            else:
                after = middle
        return after


def parse_hours(text: str) -> dict[int, Hours]:
    """Return hours by weekday from a line such as ``mon-fri 09:00-18:00 until 16:00, sat 09:00-13:00``.

    Without ``until``, the cut-off is at closing. ``24:00`` is midnight at the day's end.

    Raises:
        ValueError: if a part of it cannot be understood; the message names the part.
    """
    hours: dict[int, Hours] = {}
    for part in (" ".join(part.lower().split()) for part in text.split(",")):
        if not part:
            raise ValueError(f"{text!r} has an empty part; hours are written as {_EXAMPLE}")
        read = _PART.fullmatch(part)
        if read is None:
            raise ValueError(f"{part!r} is not understood; hours are written as {_EXAMPLE}")
        opens, closes = _time(read[2], part), _time(read[3], part, at_end=True)
        try:
            on_these = Hours(opens, closes, _time(read[4], part, at_end=True) if read[4] else closes)
        except ValueError as exc:
            raise ValueError(f"{part!r}: {exc}") from exc
        for weekday in _weekdays(read[1], part):
            if weekday in hours:
                raise ValueError(f"{part!r} gives hours for {_WEEKDAYS[weekday]} a second time")
            hours[weekday] = on_these
    return hours


class PublicHolidays:
    """The public holidays of some countries or regions, of any year, as the ``holidays`` package knows them.

    Args:
        places: countries by ISO 3166 code, each with its region where it has one; a day is a holiday if it is one in
            any of them.
    """

    def __init__(self, places: tuple[tuple[str, str | None], ...]) -> None:
        self._places = places

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and any(day in _days_off(*place, day.year) for place in self._places)


def public_holidays(text: str) -> PublicHolidays:
    """Return the holidays of the places named: ``PL``, ``DE-BY``, ``PL,DE-BY``, or an empty text for none.

    Raises:
        ValueError: if there is no such place, or its holidays are not known.
    """
    places = []
    for name in (part.strip().upper() for part in text.split(",")) if text.strip() else ():
        country, *regions = name.split("-", 1)
        region = regions[0] if regions else None
        try:
            if region == "":
                raise NotImplementedError
            _days_off(country, region, 2026)
        except NotImplementedError as exc:
            raise ValueError(
                f"the public holidays of {name!r} are not known; write the country's two letters, with the region's "
                "where holidays differ, and commas between several, such as 'PL' or 'DE-BY' or 'PL,DE-BY'"
            ) from exc
        places.append((country, region))
    return PublicHolidays(tuple(places))


@cache
def _days_off(country: str, region: str | None, year: int) -> frozenset[date]:
    # A frozen set a year: the package's own objects fill themselves while they are read, which threads must not share.
    return frozenset(holidays_of.country_holidays(country, subdiv=region, years=year, expand=False))


def _weekdays(text: str, part: str) -> list[int]:
    read = _DAYS.fullmatch(text)
    names = [name for name in read.groups() if name] if read else []
    if not names or any(name not in _WEEKDAYS for name in names):
        raise ValueError(f"{text!r} in {part!r} is no day; days are {', '.join(_WEEKDAYS)}, or from one to another")
    first, last = _WEEKDAYS.index(names[0]), _WEEKDAYS.index(names[-1])
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _time(text: str, part: str, *, at_end: bool = False) -> time:
    hour, minute = (int(number) for number in text.split(":"))
    if at_end and (hour, minute) == (24, 0):
        return _MIDNIGHT
    try:
        return time(hour, minute)
    except ValueError as exc:
        raise ValueError(f"{text!r} in {part!r} is no time of the day") from exc


def _minutes(wall: time) -> float:
    return wall.hour * 60 + wall.minute + wall.second / 60 + wall.microsecond / 60_000_000


def _end(wall: time) -> float:
    return _minutes(wall) or 24 * 60


def _instant(moment: datetime) -> Instant:
    return (moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
