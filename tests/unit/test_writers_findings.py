"""What the overview and page health say in a sentence, and what they take for chance."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.deflection_trend import halves_of
from api.i18n import texts_for
from api.writers.findings import Compared, answered, better_or_worse, first_gap, health, parity, spared
from api.writers.page_views import by_week, problems_of
from api.writers.periods import Period, period_of
from assistant.health.models import BrokenLink, PageLook, PageUse, Problem
from assistant.record.deflection import Dimension
from assistant.record.intervals import rate
from tests.deflection_reports import KNOWN, TINY, WRONG_LOT, ZONE, summary_of, told

EN = texts_for("en")
TODAY = datetime.date(2026, 11, 24)
HALF = rate(500, 1000)


def over_time(before: str, after: str) -> str:
    days = {"2026-10-05": before, "2026-10-25": after}
    summary = summary_of(days)
    return better_or_worse(halves_of(summary, told(days, Dimension.DAY), zone=ZONE), EN)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (30, 60, "It gets better: 30% needed no ticket in the first half, 60% in the second."),
        (60, 30, "It gets worse: 60% needed no ticket in the first half, 30% in the second."),
        (50, 55, "No clear change: 50% needed no ticket in the first half, 55% in the second."),
    ],
)
def test_better_and_worse_are_said_only_beyond_chance(before: int, after: int, said: str) -> None:
    halves = ("C" * share + "B" * (100 - share) for share in (before, after))
    assert over_time(*halves) == said


def test_of_a_handful_nothing_is_said() -> None:
    assert over_time("C", "B") == "Too few people asked to tell whether it gets better."


def test_a_holdout_is_believed_when_its_lot_fell_as_it_should() -> None:
    assert spared(None, EN) == "Nobody knows how many would have managed without answers too."
    assert spared(WRONG_LOT, EN) == "The holdout cannot be trusted: the lot did not fall as it should."
    assert spared(TINY, EN) == "It is too early to tell how many tickets answers spare."
    assert "tickets for every 100 who ask" in spared(KNOWN, EN)


def test_a_change_in_answers_is_said_only_beyond_chance() -> None:
    few, many = rate(40, 100), rate(70, 100)
    assert answered(few, many, HALF, EN) == "More questions are answered: 40% in the first half, 70% in the second."
    assert answered(many, few, HALF, EN) == "Fewer questions are answered: 70% in the first half, 40% in the second."
    assert answered(rate(4, 10), rate(9, 10), HALF, EN) == "50% of all questions are answered, with no clear change."
    assert answered(None, None, rate(0, 0), EN) == "Nobody asked."


def test_a_language_is_named_only_if_it_is_behind_beyond_chance() -> None:
    behind, unlucky = Compared("French", rate(40, 100)), Compared("Dutch", rate(3, 10))
    assert parity([Compared("Polish", rate(55, 100)), unlucky, behind], HALF, EN) == (
        "Answered least: French, 40% of its questions; over all it is 50%."
    )
    assert parity([unlucky], HALF, EN) == "No language is answered less than the others, as far as can be told."


def test_the_first_gap_and_the_most_frequent_problem_are_named() -> None:
    assert first_gap("Gdzie jest paczka?", "2.4 (1.1 to 4.0)", EN) == (
        "Write first: “Gdzie jest paczka?”. A page would spare 2.4 (1.1 to 4.0) tickets a week."
    )
    numbers = [(Problem.FAILS, 2), (Problem.OLDER, 5)]
    assert health(numbers, 6, 180, EN) == "6 pages of 180 show a problem, most often: older than a translation."
    assert health([(Problem.OLDER, 1)], 1, 9, EN) == (
        "1 page of 9 shows a problem, most often: older than a translation."
    )
    assert health([], 0, 180, EN) == "No page shows a problem."


def test_a_page_fails_only_if_it_does_so_beyond_chance() -> None:
    overall = rate(200, 1000)

    def fails(failed: int, solved: int) -> bool:
        use = PageUse(failed=failed, solved=solved)
        return Problem.FAILS in problems_of(PageLook(), use, overall, waiting=False, unread=False)

    assert fails(20, 10)
    assert not fails(4, 0)
    assert not fails(9, 21)
    assert not fails(20, 80)


def test_problems_come_with_the_gravest_first() -> None:
    look = replace(PageLook(), missing=("pl",), broken=(BrokenLink("x", "en/gone", anchor_only=False),))
    assert problems_of(look, PageUse(), rate(0, 0), waiting=True, unread=True) == (
        Problem.BROKEN_LINKS, Problem.MISSING, Problem.NOT_SERVED, Problem.UNREAD,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("", "", ("2026-10-26", "2026-11-24")),
        ("2026-09-01", "2026-09-30", ("2026-09-01", "2026-09-30")),
        ("2026-09-30", "2026-09-01", ("2026-09-01", "2026-09-30")),
        ("", "2026-09-30", ("2026-09-01", "2026-09-30")),
        ("nonsense", "2026-02-31", ("2026-10-26", "2026-11-24")),
    ],
)
def test_a_period_is_what_was_picked_or_the_last_30_days(first: str, last: str, days: tuple[str, str]) -> None:
    found = period_of(first, last, today=TODAY)
    assert (found.first.isoformat(), found.last.isoformat()) == days


@given(st.dates().map(str) | st.text(max_size=12), st.dates().map(str) | st.text(max_size=12))
def test_any_address_gives_a_period_whose_months_can_be_turned(first: str, last: str) -> None:
    found = period_of(first, last, today=TODAY)
    assert found.first <= found.last
    assert found.last_day - found.first_day <= 1100
    assert found.month_before().first < found.first or found.month_before().first.day == 1
    after = found.month_after(TODAY)
    assert after is None or after.first <= TODAY


def test_months_follow_each_other() -> None:
    october = Period(datetime.date(2026, 10, 1), datetime.date(2026, 10, 31))
    assert october.month_before() == Period(datetime.date(2026, 9, 1), datetime.date(2026, 9, 30))
    assert october.month_after(TODAY) == Period(datetime.date(2026, 11, 1), datetime.date(2026, 11, 30))
    assert october.month_after(datetime.date(2026, 10, 31)) is None
    assert Period(datetime.date(2026, 10, 5), TODAY).month_before() == october


def test_weeks_begin_on_monday() -> None:
    monday = datetime.date(2026, 11, 23).toordinal()
    found = by_week(
        [(monday - 1, PageUse(asked=1)), (monday, PageUse(asked=2)), (monday + 6, PageUse(asked=3, shown=1))]
    )
    assert found == {monday - 7: PageUse(asked=1), monday: PageUse(asked=5, shown=1)}
