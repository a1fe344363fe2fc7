"""Reports of both databases, held to the same episodes counted one by one."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from assistant.adapters.sql.record import SqlRecord
from assistant.record.arms import SILENCE
from assistant.record.deflection import Deflection, Dimension
from assistant.record.episodes import TICKET, Episode, EpisodeClass, fold
from assistant.record.events import Event, Interaction, Who
from assistant.record.experiment import measure
from assistant.record.holdout import lot
from assistant.record.ports import Append
from assistant.record.summary import summarise
from tests.record_figures import Line, arms_of, lines_of
from tests.record_story import DAY, HOUR, NOON, event, passage, question, ticket_event

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = NOON + 14 * DAY
EXPERIMENT, EARLIER = "1@0.2", "old@0.3"

Story = tuple[list[Interaction], list[Event]]


def made_up(seed: int, number: int) -> list[Story]:
    """Return stories of three weeks, some by large accounts, of two experiments one after the other."""
    chance = random.Random(seed)  # noqa: S311
    return [_story(chance, place) for place in range(number)]


def _story(chance: random.Random, place: int) -> Story:
    episode, at = f"e{place}", NOON + chance.randrange(-7 * DAY, 14 * DAY)
    subject = chance.choice([Who(account=f"a-{chance.randrange(8)}"), Who(visitor=f"v-{place}"), Who()])
    experiment = (EARLIER if at < NOON else EXPERIMENT) if subject.subject else None
    held_out = experiment is not None and lot(b"salt", f"{subject.subject}:{experiment}") < 0.3
    page = f"{chance.choice(['en', 'pl', 'he'])}/{chance.choice(['zwroty', 'wysyłka'])}"
    asked = [
        question(
            f"q{place}-{again}",
            at + again * chance.randrange(DAY),
            episode=episode,
            who=subject,
            locale=page[:2],
            entry=chance.choice(["support", "checkout"]),
            outcome=chance.choice(["answered", "related", "missed"]),
            experiment=experiment,
            held_out=held_out,
            with_ticket_intent=chance.random() < 0.9,
            shown=() if held_out else (passage(page),),
            nearest=(),
        )
        for again in range(chance.choice([1, 1, 2]))
    ]
    kinds = chance.choices(["opened", "solved", "returned", "voted", "ticket_created"], [3, 2, 1, 1, 2], k=2)
    followed = [
        _followed(kind, at + chance.randrange(9 * DAY), f"{kind}-{step}", asked[0]) for step, kind in enumerate(kinds)
    ]
    return asked, followed[: chance.randrange(3)]


def _followed(kind: str, at: int, name: str, asked: Interaction) -> Event:
    if kind == "ticket_created":
        return ticket_event(at, ticket=f"T-{asked.id}-{name}", episode=asked.episode)
    return event(kind, at, name=name, scope=asked.id, episode=asked.episode, helpful=True, rank=1)


@pytest.fixture(params=[1, 2])
def stories(request: pytest.FixtureRequest) -> list[Story]:
    return made_up(request.param, 600)


def filled(database: str, stories: list[Story]) -> SqlRecord:
    record = SqlRecord(database, zone=WARSAW)
    for asked, followed in stories:
        record.submit(Append(interactions=asked, events=followed))
    record.submit(Append()).result(20)
    record.fold()
    return record


def day_of(at: int) -> datetime.date:
    return datetime.datetime.fromtimestamp(at / 1000, WARSAW).date()


def plain(line: Deflection) -> Line:
    return dict(line.counts), (line.durable.numerator, line.durable.denominator)


BY: dict[Dimension, Callable[[Episode], str]] = {
    Dimension.TOTAL: lambda _: "all",
    Dimension.DAY: lambda one: day_of(one.started_at).isoformat(),
    Dimension.WEEK: lambda one: day_of(one.started_at).strftime("%G-W%V"),
    Dimension.MONTH: lambda one: day_of(one.started_at).strftime("%Y-%m"),
    Dimension.LOCALE: lambda one: one.locale,
    Dimension.PAGE: lambda one: one.page or "–",
    Dimension.ENTRY: lambda one: one.entry,
}


def test_every_report_is_what_counting_one_by_one_gives(database: str, stories: list[Story]) -> None:
    record = filled(database, stories)
    episodes = [fold(asked, followed) for asked, followed in stories]
    first, last = day_of(NOON - 3 * DAY), day_of(NOON + 13 * DAY)
    within = [one for one in episodes if first <= day_of(one.started_at) <= last]
    period = {"first_day": first.toordinal(), "last_day": last.toordinal(), "now": NOW}

    for by, value_of in BY.items():
        summary = summarise(record, by, **period)
        assert {line.value: plain(line) for line in summary.lines} == lines_of(within, value_of, NOW), by
        assert plain(summary.total) == lines_of(within, BY[Dimension.TOTAL], NOW)["all"]
    record.close()


def test_the_latest_experiment_is_what_measuring_its_episodes_gives(database: str, stories: list[Story]) -> None:
    record = filled(database, stories)
    episodes = [fold(asked, followed) for asked, followed in stories]
    period = {"first_day": day_of(NOON - 9 * DAY).toordinal(), "last_day": day_of(NOW).toordinal(), "now": NOW}

    found = summarise(record, Dimension.TOTAL, **period).experiment

    assert found is not None
    assert (found.name, found.share) == ("1", 0.2)
    assert found.tickets == measure(*arms_of(episodes, TICKET, experiment=EXPERIMENT, now=NOW), share=0.2)
    assert found.silence == measure(*arms_of(episodes, SILENCE, experiment=EXPERIMENT, now=NOW), share=0.2)
    record.close()


def test_of_an_empty_record_every_report_is_empty(record: SqlRecord) -> None:
    for by in Dimension:
        summary = summarise(record, by, first_day=1, last_day=800_000, now=NOW)
        assert (summary.total.closed, summary.lines, summary.experiment) == (0, [], None)


def test_an_episode_counts_as_pending_until_the_millisecond_in_which_it_closes(record: SqlRecord) -> None:
    record.submit(Append(interactions=[question()], events=[event("solved", NOON)])).result(5)
    record.fold()
    today = record.folder.day_of(NOON)

    def counted(now: int) -> Line:
        return plain(summarise(record, Dimension.TOTAL, first_day=today, last_day=today, now=now).total)

    nothing = dict.fromkeys(EpisodeClass, 0)
    pending = {**nothing, EpisodeClass.PENDING: 1}
    confirmed = {**nothing, EpisodeClass.CONFIRMED: 1}
    assert counted(NOON + 72 * HOUR - 1) == (pending, (0, 0))
    assert counted(NOON + 72 * HOUR) == (confirmed, (0, 0))
    assert counted(NOON + 7 * DAY - 1) == (confirmed, (0, 0))
    assert counted(NOON + 7 * DAY) == (confirmed, (1, 1))


@pytest.mark.parametrize(
    ("zone", "day"), [("UTC", "2026-10-24"), ("Europe/Warsaw", "2026-10-25"), ("America/New_York", "2026-10-24")]
)
def test_a_day_is_that_of_the_operators_clock(database: str, zone: str, day: str) -> None:
    record = SqlRecord(database, zone=ZoneInfo(zone))
    half_past_ten_at_night = int(datetime.datetime(2026, 10, 24, 22, 30, tzinfo=datetime.UTC).timestamp() * 1000)
    record.submit(Append(interactions=[question(at=half_past_ten_at_night)])).result(5)
    record.fold()

    lines = summarise(record, Dimension.DAY, first_day=1, last_day=800_000, now=NOW).lines
    assert [line.value for line in lines] == [day]
    begins = record.folder.start_of(datetime.date.fromisoformat(day).toordinal())
    ends = record.folder.start_of(datetime.date.fromisoformat(day).toordinal() + 1)
    assert begins <= half_past_ten_at_night < ends
    record.close()


def test_a_day_on_which_clocks_go_back_has_25_hours(record: SqlRecord) -> None:
    warsaw = type(record.folder)(record.engine, record.windows, WARSAW)
    day = datetime.date(2026, 10, 25).toordinal()

    assert warsaw.start_of(day + 1) - warsaw.start_of(day) == 25 * HOUR


def test_the_end_of_time_is_a_day_like_any_other(record: SqlRecord) -> None:
    record.submit(Append(interactions=[question(outcome="missed")])).result(5)
    last = datetime.date.max.toordinal()

    assert len(record.misses(first_day=1, last_day=last, now=NOON, most=5)) == 1
