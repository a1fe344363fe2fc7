"""What became of each page on each day, and the episodes behind figures, in both databases."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest

from assistant.adapters.sql.episodes_list import SqlEpisodes
from assistant.adapters.sql.page_days import SqlPageDays
from assistant.adapters.sql.record import SqlRecord
from assistant.health.behind import PagePart, QuestionCount, Wanted
from assistant.health.models import PageDay, PageUse
from assistant.record.episodes import EpisodeClass
from assistant.record.events import Event, Interaction
from assistant.record.ports import Append
from tests.record_story import DAY, HOUR, NOON, event, missed, passage, question, ticket_event, withheld

FIRST = datetime.date(2026, 9, 21).toordinal()
LATER = NOON + 4 * DAY
CONFIRMED, FAILED = frozenset({EpisodeClass.CONFIRMED}), frozenset({EpisodeClass.FAILED})


@pytest.fixture
def days(record: SqlRecord) -> SqlPageDays:
    return SqlPageDays(record.engine, ZoneInfo("UTC"))


@pytest.fixture
def episodes(record: SqlRecord) -> SqlEpisodes:
    return SqlEpisodes(record.engine)


def tell(record: SqlRecord, *steps: Interaction | Event) -> None:
    asked = [one for one in steps if isinstance(one, Interaction)]
    followed = [one for one in steps if isinstance(one, Event)]
    record.submit(Append(interactions=asked, events=followed)).result(5)
    record.fold()


def a_day(record: SqlRecord) -> None:
    """Ann opens a page and says it is solved; Ben is shown an answer, calls it no help and writes a ticket; Cleo finds
    nothing; the lot keeps Dan's answer back."""
    tell(
        record,
        question(),
        event("opened", NOON + 1000),
        event("opened", NOON + 2000, name="again"),
        event("voted", NOON + 3000, name="vote", rank=1, helpful=False),
        event("voted", NOON + 4000, name="other-vote", rank=1, helpful=True),
        event("solved", NOON + 5000),
        question("q2", NOON + HOUR, episode="e2", shown=(passage("en/shipping"),), nearest=(passage("en/shipping"),)),
        event("voted", NOON + HOUR + 1000, scope="q2", episode="e2", helpful=False),
        ticket_event(NOON + 2 * HOUR, episode="e2"),
        missed("q3", NOON + 3 * HOUR, episode="e3", locale="pl"),
        withheld("q4", NOON + 4 * HOUR, episode="e4", shown=(passage("en/refunds"),)),
    )


def test_a_page_is_counted_by_what_became_of_it(record: SqlRecord, days: SqlPageDays) -> None:
    a_day(record)
    assert days.count(LATER, most_days=99) == 5
    assert days.uses(first_day=FIRST, last_day=FIRST) == {
        "en/refunds": PageUse(asked=3, shown=1, opened=1, solved=1, helpful=1),
        "en/shipping": PageUse(asked=1, shown=2, failed=1, unhelpful=1),
    }
    assert days.uses(first_day=FIRST + 1, last_day=FIRST + 9) == {}
    assert days.first_day() == FIRST


def test_what_is_not_over_has_neither_solved_nor_failed(record: SqlRecord, days: SqlPageDays) -> None:
    a_day(record)
    days.count(NOON + DAY, most_days=99)
    used = days.uses(first_day=FIRST, last_day=FIRST)
    assert (used["en/refunds"].solved, used["en/shipping"].failed) == (0, 0)
    days.count(LATER, most_days=99)
    used = days.uses(first_day=FIRST, last_day=FIRST)
    assert (used["en/refunds"].solved, used["en/shipping"].failed) == (1, 1)


def test_days_that_are_over_stay_as_they_were_counted(record: SqlRecord, days: SqlPageDays) -> None:
    a_day(record)
    days.count(NOON + 30 * DAY, most_days=99)
    tell(record, question("q9", NOON + 5 * HOUR, episode="e9"))
    assert days.count(NOON + 31 * DAY, most_days=99) == 12
    assert days.uses(first_day=FIRST, last_day=FIRST)["en/refunds"].shown == 1


def test_a_long_record_is_counted_part_by_part(record: SqlRecord, days: SqlPageDays) -> None:
    for number in range(0, 40, 10):
        tell(record, question(f"q{number}", NOON + number * DAY, episode=f"e{number}"))
    now = NOON + 40 * DAY
    assert [days.count(now, most_days=25) for _ in range(4)] == [25, 16, 12, 12]
    assert days.days_of("en/refunds", first_day=FIRST, last_day=FIRST + 40) == [
        PageDay("en/refunds", FIRST + number, PageUse(asked=1, shown=1)) for number in range(0, 40, 10)
    ]


def test_a_day_is_the_operators(record: SqlRecord) -> None:
    opened = SqlRecord(str(record.engine.url.render_as_string(hide_password=False)), zone=ZoneInfo("Pacific/Auckland"))
    tell(opened, question())
    days = SqlPageDays(record.engine, ZoneInfo("Pacific/Auckland"))
    days.count(LATER, most_days=99)
    assert days.first_day() == FIRST + 1
    opened.close()


def test_nothing_recorded_is_nothing_to_count(days: SqlPageDays) -> None:
    assert days.count(NOON, most_days=99) == 0
    assert days.first_day() is None


def wanted(**changed: object) -> Wanted:
    return Wanted(**{"first_day": FIRST, "last_day": FIRST, **changed})  # type: ignore[arg-type]


def test_the_episodes_behind_a_figure_are_found_latest_first(record: SqlRecord, episodes: SqlEpisodes) -> None:
    a_day(record)

    def found(**changed: object) -> list[str]:
        some = [one.id for one in episodes.listed(wanted(**changed), now=LATER, most=9)]
        assert episodes.number(wanted(**changed), now=LATER) == len(some)
        return some

    assert found() == ["e4", "e3", "e2", "e1"]
    assert found(outcomes=CONFIRMED) == ["e1"]
    assert found(outcomes=CONFIRMED | FAILED) == ["e2", "e1"]
    assert found(held_out=True) == ["e4"]
    assert found(held_out=False, asked="missed") == ["e3"]
    assert found(asked="answered") == ["e2", "e1"]
    assert found(locale="pl") == ["e3"]
    assert found(page="en/shipping") == ["e2", "e1"]
    assert found(page="en/shipping", part=PagePart.FAILED) == ["e2"]
    assert found(page="en/refunds", part=PagePart.ASKED) == ["e4", "e3", "e1"]
    assert found(page="en/refunds", part=PagePart.SOLVED) == ["e1"]
    assert found(page="en/ref%") == []
    assert found(first_day=FIRST + 1, last_day=FIRST + 1) == []
    assert found(gap="none") == []


def test_figures_and_the_episodes_behind_them_agree(
    record: SqlRecord, days: SqlPageDays, episodes: SqlEpisodes
) -> None:
    a_day(record)
    days.count(LATER, most_days=99)
    for page, use in days.uses(first_day=FIRST, last_day=FIRST).items():
        for part in PagePart:
            behind = episodes.number(wanted(page=page, part=part), now=LATER)
            assert behind == getattr(use, part.value), (page, part)


def test_an_episode_is_listed_as_it_counts_now(record: SqlRecord, episodes: SqlEpisodes) -> None:
    a_day(record)
    (first,) = episodes.listed(wanted(outcomes=CONFIRMED), now=LATER, most=9)
    assert (first.question, first.locale, first.questions, first.at) == ("when does money come back", "en", 1, NOON)
    assert episodes.listed(wanted(outcomes=CONFIRMED), now=NOON + HOUR, most=9) == []
    pending = episodes.listed(wanted(outcomes=frozenset({EpisodeClass.PENDING})), now=NOON + HOUR, most=2, skip=1)
    assert [(one.id, one.outcome) for one in pending] == [("e3", EpisodeClass.PENDING), ("e2", EpisodeClass.PENDING)]


def test_questions_are_counted_by_what_they_got(record: SqlRecord, episodes: SqlEpisodes) -> None:
    a_day(record)
    assert sorted(
        episodes.questions(first_day=FIRST, last_day=FIRST + 1, settled=FIRST), key=lambda one: one.locale
    ) == [QuestionCount(FIRST, "en", "answered", 2), QuestionCount(FIRST, "pl", "missed", 1)]


def test_days_that_do_not_change_any_more_are_counted_once(record: SqlRecord, episodes: SqlEpisodes) -> None:
    a_day(record)
    tell(record, question("q8", NOON + DAY, episode="e8"))

    def answered(settled: int) -> list[int]:
        found = episodes.questions(first_day=FIRST, last_day=FIRST + 1, settled=settled)
        return [one.questions for one in found if one.outcome == "answered"]

    assert answered(FIRST + 1) == [2, 1]
    tell(record, question("q9", NOON + HOUR, episode="e9"), question("q10", NOON + DAY, episode="e10"))
    assert answered(FIRST + 1) == [2, 2]
    assert SqlEpisodes(record.engine).questions(first_day=FIRST, last_day=FIRST, settled=0)[0].questions == 3
