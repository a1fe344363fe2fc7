"""Until when a ticket is answered, as a person would say it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_time

from api.i18n import Texts, formatting_locale
from assistant.record.events import MS_PER_HOUR, Instant

_DAYS_BY_NAME = 6


def promise_words(by: Instant, *, now: Instant, zone: ZoneInfo, locale: str, texts: Texts) -> str:
    """Return a promise as a part of a sentence: ``today before 18:00``.

    Args:
        by: when a ticket is answered by.
        now: the moment at which this is said.
        zone: whose clock it is said by.
        locale: how dates and times are written, as far as it is of the texts' language.
        texts: the words.
    """
    if now <= by <= now + MS_PER_HOUR:
        return texts.gettext("within the hour")
    moment, today = _wall(by, zone), _wall(now, zone).date()
    if moment.time() == time(0):
        moment -= timedelta(minutes=1)  # midnight belongs to the day that ends
    # Words and dates of two languages do not go together.
    spoken = locale if locale.split("-")[0].lower() == texts.language else texts.language
    written_as = formatting_locale(spoken)
    at = format_time(moment, format="short", locale=written_as)
    return _sentence(moment.date(), today, texts) % {
        "time": at,
        "date": format_skeleton("MMMMd", moment, locale=written_as),
    }


def _sentence(day: date, today: date, texts: Texts) -> str:
    ahead = (day - today).days
    if ahead == 0:
        return texts.gettext("today before %(time)s")
    if ahead == 1:
        return texts.gettext("tomorrow before %(time)s")
    if 1 < ahead <= _DAYS_BY_NAME:
        return _on_weekday(day.weekday(), texts)
    return texts.gettext("on %(date)s before %(time)s")


def _on_weekday(weekday: int, texts: Texts) -> str:
    # Whole texts: a day's name changes with the words around it, as in "w środę" and "we wtorek".
    return (
        texts.gettext("on Monday before %(time)s"),
        texts.gettext("on Tuesday before %(time)s"),
        texts.gettext("on Wednesday before %(time)s"),
        texts.gettext("on Thursday before %(time)s"),
        texts.gettext("on Friday before %(time)s"),
        texts.gettext("on Saturday before %(time)s"),
        texts.gettext("on Sunday before %(time)s"),
    )[weekday]


def _wall(moment: Instant, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(moment / 1000, zone).replace(tzinfo=None)
