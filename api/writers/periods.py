"""The period that the writers' desk is looked at for: a month, or the days that somebody picks."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from fastapi import Query

from api.i18n import formatting_locale
from assistant.record.events import Instant

DAYS = 30
_MOST_DAYS = 1100
EARLIEST = datetime.date(2000, 1, 1)
"""No record is older."""

Day = Annotated[str, Query(max_length=10)]


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``first`` to ``last``, both included."""

    first: datetime.date
    last: datetime.date

    @property
    def first_day(self) -> int:
        """The first as an ordinal."""
        return self.first.toordinal()

    @property
    def last_day(self) -> int:
        """The last as an ordinal."""
        return self.last.toordinal()

    def query(self, **more: str | None) -> str:
        """Return the query of an address for these days and whatever else is given."""
        given = {name.rstrip("_"): value for name, value in more.items() if value}
        return urlencode({"from": self.first.isoformat(), "to": self.last.isoformat(), **given})

    def words(self, locale: str) -> str:
        """Return the days as people write them."""
        written = formatting_locale(locale)
        return f"{format_date(self.first, 'medium', written)} – {format_date(self.last, 'medium', written)}"

    def month_before(self) -> Period:
        """Return the whole month before the first day's, or that month itself where it is left in the middle."""
        first = self.first.replace(day=1)
        if first == self.first:
            first = (first - datetime.timedelta(days=1)).replace(day=1)
        return _month(first)

    def month_after(self, today: datetime.date) -> Period | None:
        """Return the month after the first day's; ``None`` where that has not begun."""
        first = (self.first.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
        return _month(first) if first <= today else None


def today_at(now: Instant, zone: ZoneInfo) -> datetime.date:
    """Return the day of a moment."""
    return datetime.datetime.fromtimestamp(now / 1000, zone).date()


def period_of(first: str, last: str, *, today: datetime.date, days: int = DAYS) -> Period:
    """Return the period that an address names; the last days where it names none, or none that makes sense."""
    end = min(max(_parsed(last) or today, EARLIEST), today + datetime.timedelta(days=_MOST_DAYS))
    begin = max(_parsed(first) or end - datetime.timedelta(days=days - 1), EARLIEST)
    if begin > end:
        begin, end = end, begin
    return Period(max(begin, end - datetime.timedelta(days=_MOST_DAYS)), end)


def month_name(period: Period, locale: str) -> str:
    """Return the month of a period's first day, with its year."""
    return str(format_skeleton("yMMMM", period.first, locale=formatting_locale(locale)))


def short_day(day: datetime.date, locale: str) -> str:
    """Return a day without its year, as short as it is readable."""
    return str(format_skeleton("MMMd", day, locale=formatting_locale(locale)))


def _month(first: datetime.date) -> Period:
    return Period(first, (first + datetime.timedelta(days=32)).replace(day=1) - datetime.timedelta(days=1))


def _parsed(day: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(day)
    except ValueError:
        return None
