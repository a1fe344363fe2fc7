"""Promises in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from gettext import NullTranslations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.i18n import Texts
from api.promise_words import promise_words

WARSAW = ZoneInfo("Europe/Warsaw")
POLISH = {
    "within the hour": "w ciągu godziny",
    "today before %(time)s": "dziś przed %(time)s",
    "on Monday before %(time)s": "w poniedziałek przed %(time)s",
    "on Tuesday before %(time)s": "we wtorek przed %(time)s",
    "on Wednesday before %(time)s": "w środę przed %(time)s",
    "on %(date)s before %(time)s": "%(date)s przed %(time)s",
}


class FromTable(NullTranslations):
    """Translates by a table."""

    def __init__(self, table: dict[str, str]) -> None:
        super().__init__()
        self._table = table

    def gettext(self, message: str) -> str:
        return self._table.get(message, message)


def at(wall: str) -> int:
    return int(datetime.fromisoformat(wall).replace(tzinfo=WARSAW).timestamp() * 1000)


def words(by: str, now: str, locale: str = "en", language: str = "en") -> str:
    texts = Texts(language, FromTable(POLISH if language == "pl" else {}))
    return promise_words(at(by), now=at(now), zone=WARSAW, locale=locale, texts=texts)


@pytest.mark.parametrize(
    ("by", "now", "said"),
    [
        ("2026-11-23T11:00", "2026-11-23T10:00", "within the hour"),
        ("2026-11-23T11:00:01", "2026-11-23T10:00", "today before 11:00"),
        ("2026-11-23T00:20", "2026-11-22T23:50", "within the hour"),
        ("2026-11-23T18:00", "2026-11-23T10:00", "today before 18:00"),
        ("2026-11-24T18:00", "2026-11-23T23:59", "tomorrow before 18:00"),
        ("2026-11-25T18:00", "2026-11-23T10:00", "on Wednesday before 18:00"),
        ("2026-11-26T18:00", "2026-11-23T10:00", "on Thursday before 18:00"),
        ("2026-11-27T18:00", "2026-11-23T10:00", "on Friday before 18:00"),
        ("2026-11-28T13:00", "2026-11-23T10:00", "on Saturday before 13:00"),
        ("2026-11-29T13:00", "2026-11-23T10:00", "on Sunday before 13:00"),
        ("2026-11-30T18:00", "2026-11-24T10:00", "on Monday before 18:00"),
        ("2026-12-01T18:00", "2026-11-25T10:00", "on Tuesday before 18:00"),
        ("2026-11-30T18:00", "2026-11-23T10:00", "on 30 November before 18:00"),
        ("2026-12-27T13:00", "2026-12-01T10:00", "on 27 December before 13:00"),
        ("2026-11-24T00:00", "2026-11-23T10:00", "today before 23:59"),
        ("2026-11-23T09:00", "2026-11-23T10:00", "today before 09:00"),  # a promise that was not kept
        ("2026-11-20T18:00", "2026-11-23T10:00", "on 20 November before 18:00"),
        ("2026-10-26T18:00", "2026-10-24T23:30", "on Monday before 18:00"),  # over a change of the clock
    ],
)
def test_a_promise_is_told_as_a_person_would(by: str, now: str, said: str) -> None:
    assert words(by, now) == said


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "on 27 December before 18:00"),
        ("en-GB", "on 27 December before 18:00"),
        ("en-US", "on December 27 before 6:00\u202fPM"),
        ("ar", "on 27 December before 18:00"),  # no words in that language, so no date in it either
        ("pl", "on 27 December before 18:00"),
    ],
)
def test_dates_and_times_are_written_as_the_locale_has_them(locale: str, said: str) -> None:
    assert words("2026-12-27T18:00", "2026-12-01T10:00", locale) == said


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("2026-11-23T18:00", "dziś przed 18:00"),
        ("2026-11-25T18:00", "w środę przed 18:00"),
        ("2026-12-27T18:00", "27 grudnia przed 18:00"),
    ],
)
def test_a_promise_is_told_in_polish(by: str, said: str) -> None:
    assert words(by, "2026-11-23T10:00", "pl", "pl") == said


def test_the_day_is_that_of_the_shops_clock_not_of_the_machines() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    texts = Texts("en", NullTranslations())

    said = promise_words(at("2026-11-23T18:00"), now=at("2026-11-23T15:30"), zone=tokyo, locale="en", texts=texts)

    assert said == "tomorrow before 02:00"


@given(
    st.integers(0, 400 * 24 * 60), st.sampled_from(["pl", "nl", "de", "fr", "en", "en-US", "de-AT", "pt-BR", "zh-Hant"])
)
def test_any_promise_can_be_told_in_any_locale(minutes: int, locale: str) -> None:
    now = at("2026-11-23T10:00")
    texts = Texts(locale.split("-")[0], NullTranslations())
    by = now + int(timedelta(minutes=minutes).total_seconds() * 1000)

    said = promise_words(by, now=now, zone=WARSAW, locale=locale, texts=texts)

    assert "%" not in said
    assert (said == "within the hour") is (minutes <= 60)
