"""Until when a ticket is answered: a pure function of when it was sent, and of the operator's calendar."""

from __future__ import annotations

from enum import StrEnum

from assistant.record.events import Instant
from assistant.tickets.calendar import Calendar

_MS_PER_MINUTE = 60_000


class Lane(StrEnum):
    """How a ticket is answered."""

    STANDARD = "standard"
    PRIORITY = "priority"


def promise(lane: Lane, sent_at: Instant, calendar: Calendar) -> Instant:
    """Return until when a ticket is answered, which is after it was sent.

    A standard ticket that is sent on a working day before its cut-off is answered before that day's closing, any other
    before the next working day's. A priority ticket is answered within the calendar's minutes of staffed time, holidays
    included: what is left of them at closing goes on at the next opening. It never waits longer than a standard one.

    Raises:
        ValueError: if there is no working day within a year, which only a mistake among the holidays can bring about.
    """
    standard = _standard(sent_at, calendar)
    return standard if lane is Lane.STANDARD else min(standard, _priority(sent_at, calendar, latest=standard))


def _standard(sent_at: Instant, calendar: Calendar) -> Instant:
    for day in calendar.working_hours(sent_at):
        if sent_at < day.cut_off:
            return day.closes
    raise ValueError("the calendar has no working day within a year; look at its public holidays")


def _priority(sent_at: Instant, calendar: Calendar, *, latest: Instant) -> Instant:
    left = calendar.priority_minutes * _MS_PER_MINUTE
    for day in calendar.staffed_hours(sent_at):
        if day.opens >= latest:
            break
        begins = max(day.opens, sent_at)
        if day.closes - begins >= left:
            return begins + left
        left -= max(0, day.closes - begins)
    return latest
