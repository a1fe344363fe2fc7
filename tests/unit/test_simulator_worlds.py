"""Worlds whose truth is known: who comes, what they do, what that is called, and what the experiment makes of it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.simulator.behaviour import WINDOW_SECONDS, Act, Habits, Seen, Turn, behave, is_helped, true_class
from eval.simulator.statistics import Setting, StandIn, fates, live, run, true_effect
from eval.simulator.world import Messiness, Plan, Topic, Visit, World, build_world, deliver, made_topics

_TOPICS = made_topics(40, documented=0.7)
_SMALL = Plan(visits=400, accounts=40)
_HOUR = 3600.0
_FOREVER = 1e9

ANSWERED = Seen("answered", held_out=False, shown=3, right_rank=1)
WRONG = Seen("answered", held_out=False, shown=3, right_rank=None)
RELATED = Seen("related", held_out=False, shown=2, right_rank=None)
MISSED = Seen("missed", held_out=False, shown=0, right_rank=None)
HELD_OUT = Seen("answered", held_out=True, shown=0, right_rank=None)
_SEEN = st.sampled_from((ANSWERED, WRONG, RELATED, MISSED, HELD_OUT))

VISIT = Visit(
    number=0,
    at=0.0,
    visitor="a1p0",
    account="a1",
    topic=Topic("refund", documented=True, questions=("pl-1", "ar-1", "fr-1")),
    questions=("pl-1", "ar-1", "fr-1"),
    entry="support",
    writes=True,
    openness=0.0,
    reads_silently=False,
    understands=True,
)


def chance(seed: int = 0) -> random.Random:
    return random.Random(seed)  # noqa: S311 - reproducible, not secret


def worlds(number: int, plan: Plan = _SMALL) -> list[World]:
    return [build_world(plan, _TOPICS, seed=seed) for seed in range(number)]


def act(name: str, after: float) -> Act:
    match name:
        case "opened":
            return Act("opened", after, rank=1)
        case "helpful" | "unhelpful":
            return Act("voted", after, rank=1, helpful=name == "helpful")
        case "asked":
            return Act("asked", after, question="ar-1")
        case "ticket":
            return Act("ticket_created", after)
        case "solved":
            return Act("solved", after)
        case _:
            return Act("dismissed", after)


def turn(seen: Seen, *names: str, at: float = 0.0) -> Turn:
    return Turn(at, seen, tuple(act(name, float(number)) for number, name in enumerate(names, start=1)))


def test_a_seed_gives_the_same_world_again_and_another_gives_another() -> None:
    first, again, other = (build_world(_SMALL, _TOPICS, seed=seed) for seed in (1, 1, 2))

    assert first == again
    assert first.visits != other.visits


def test_visits_come_in_order_within_the_days_and_rarely_on_sunday_night() -> None:
    world = build_world(Plan(visits=5000), _TOPICS, seed=1)
    times = [visit.at for visit in world.visits]

    weekdays = Counter(int(at // (24 * _HOUR)) % 7 for at in times if at < 28 * 24 * _HOUR)
    nights = sum(at % (24 * _HOUR) < 6 * _HOUR for at in times)
    assert times == sorted(times)
    assert 0.0 <= times[0] < times[-1] < world.ends_at
    assert weekdays[6] < weekdays[0] / 2
    assert nights < len(times) / 10


def test_a_few_accounts_make_most_visits_and_most_accounts_few() -> None:
    for world in worlds(10, Plan()):
        counts = sorted(Counter(visit.account for visit in world.visits if visit.account).values())

        assert sum(counts[-25:]) > sum(counts) / 3
        assert counts[len(counts) // 2] < counts[-1] / 5
        assert sum(visit.account is None for visit in world.visits) > len(world.visits) / 5


def test_nobody_comes_twice_with_the_same_matter() -> None:
    world = build_world(Plan(visits=3000, accounts=3, anonymous=0.05), made_topics(3, documented=0.5), seed=4)
    pairs = [(visit.visitor, visit.topic.name) for visit in world.visits]

    assert len(pairs) == len(set(pairs))


def test_popular_topics_come_first_and_that_share_of_them_is_documented() -> None:
    counts = Counter(visit.topic.name for world in worlds(10) for visit in world.visits)

    assert counts["t0"] > counts["t5"] > counts["t39"] > 0
    assert sum(topic.documented for topic in _TOPICS) == 28


def test_the_lot_falls_on_the_account_else_on_the_visitor() -> None:
    assert VISIT.cluster == "a1"
    assert replace(VISIT, account=None).cluster == "a1p0"


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ((turn(ANSWERED),), "B"),
        ((turn(ANSWERED, "dismissed"),), "B"),
        ((turn(ANSWERED, "opened"),), "S"),
        ((turn(ANSWERED, "helpful"),), "S"),
        ((turn(ANSWERED, "opened", "solved"),), "C"),
        ((turn(ANSWERED, "solved"),), "C"),
        ((turn(ANSWERED, "opened", "unhelpful"),), "B"),
        ((turn(ANSWERED, "opened", "unhelpful", "opened"),), "S"),
        ((turn(ANSWERED, "unhelpful", "helpful"),), "S"),
        ((turn(ANSWERED, "solved", "unhelpful"),), "B"),
        ((turn(ANSWERED, "solved", "unhelpful", "opened"),), "S"),
        ((turn(ANSWERED, "opened", "solved", "ticket"),), "F"),
        ((turn(ANSWERED, "ticket"),), "F"),
        ((turn(MISSED, "ticket"),), "N"),
        ((turn(RELATED, "opened", "ticket"),), "N"),
        ((turn(HELD_OUT, "ticket"),), "N"),
        ((turn(HELD_OUT),), "B"),
        ((turn(ANSWERED, "opened", "asked"), turn(MISSED, at=60.0)), "B"),
        ((turn(ANSWERED, "solved", "asked"), turn(ANSWERED, "opened", at=60.0)), "S"),
        ((turn(ANSWERED, "asked"), turn(MISSED, "ticket", at=60.0)), "F"),
        ((turn(MISSED, "asked"), turn(MISSED, "ticket", at=60.0)), "N"),
    ],
)
def test_an_episode_has_the_class_that_its_definition_says(turns: tuple[Turn, ...], expected: str) -> None:
    assert true_class(turns, report_at=_FOREVER) == expected


@pytest.mark.parametrize(
    ("ticket_after", "report_after", "expected"),
    [
        (WINDOW_SECONDS, _FOREVER, "F"),
        (WINDOW_SECONDS + 1.0, _FOREVER, "S"),
        (50 * _HOUR, 40 * _HOUR, "P"),
        (50 * _HOUR, 50 * _HOUR, "F"),
        (80 * _HOUR, WINDOW_SECONDS, "P"),
        (80 * _HOUR, WINDOW_SECONDS + 1.0, "S"),
    ],
)
def test_a_ticket_counts_for_72_hours_from_the_last_act(
    ticket_after: float, report_after: float, expected: str
) -> None:
    opened = 1000.0
    episode = (
        Turn(
            0.0, ANSWERED, (act("opened", opened), act("dismissed", opened + 9), act("ticket", opened + ticket_after))
        ),
    )

    assert true_class(episode, report_at=opened + report_after) == expected


@given(_SEEN, st.booleans(), st.booleans(), st.integers(1, 3), st.integers(0, 10**6))
@settings(deadline=None)
def test_visitors_do_only_what_they_can(seen: Seen, writes: bool, understands: bool, number: int, seed: int) -> None:
    visit = replace(VISIT, writes=writes, understands=understands)

    acts = behave(visit, seen, chance(seed), turn=number)

    assert [one.after for one in acts] == sorted(one.after for one in acts)
    assert all(one.after > 0.0 for one in acts)
    assert all(1 <= one.rank <= max(1, seen.shown) for one in acts if one.rank is not None)
    assert all(one.type != "asked" for one in acts[:-1])
    if number == 3:
        assert all(one.type != "asked" for one in acts)
    if not seen.shown:
        assert {one.type for one in acts} <= {"asked", "ticket_created", "ticket_closed"}
    if not writes:
        assert all(one.type != "ticket_created" for one in acts)


def test_who_reads_in_silence_leaves_no_trace_and_is_helped() -> None:
    visit = replace(VISIT, reads_silently=True)

    turns = (Turn(0.0, ANSWERED, behave(visit, ANSWERED, chance())),)

    assert true_class(turns, report_at=_FOREVER) == "B"
    assert is_helped(visit, turns)
    assert not is_helped(visit, (Turn(0.0, WRONG, ()),))


def test_where_everyone_looks_and_is_helped_all_tickets_on_what_is_documented_are_avoided() -> None:
    plan = replace(_SMALL, understands=0.9999999, openness_spread=0.0, silent=0.0)
    habits = Habits(
        looks=0.9999999, finds=1.0, extract_is_enough=0.0, comes_back=0.0, rewords=0.0, gives_up=0.0, discouraged=0.0
    )
    perfect = StandIn(answers=1.0, false_answers=0.0, related=0.0, right=1.0)

    world = build_world(plan, _TOPICS, seed=3)

    for fate in fates(world, Setting(plan, _TOPICS, perfect, replace(habits, too_late=0.0))):
        assert (fate.plain in "FN") is fate.visit.writes
        assert (fate.offered in "FN") is (fate.visit.writes and not fate.visit.topic.documented)


def test_who_gives_up_is_harm_and_who_would_have_left_anyway_is_not() -> None:
    habits = Habits(looks=0.9999999, leaver_looks=0.0, opens=0.0, gives_up=1.0, rewords=0.0, too_late=0.0)
    useless = StandIn(answers=1.0, false_answers=1.0, right=0.0)

    truth = true_effect(Setting(_SMALL, _TOPICS, useless, habits), worlds=5)

    assert truth.harm == pytest.approx(truth.plain, abs=0.002)
    assert truth.effect == pytest.approx(truth.harm, abs=0.002)
    assert truth.misled == truth.silent == truth.drawn_in == 0.0


def test_truth_adds_up_in_the_usual_world() -> None:
    truth = true_effect(Setting(_SMALL, _TOPICS), worlds=20)

    assert 0.10 < truth.effect < 0.25
    assert 0.0 < truth.harm + truth.misled < truth.effect
    assert 0.005 < truth.silent < 0.02


def test_a_return_continues_the_episode_within_a_week() -> None:
    setting = Setting(_SMALL, _TOPICS)
    gaps = [
        later.at - earlier.at
        for visit in build_world(Plan(visits=3000), _TOPICS, seed=5).visits
        for turns in (live(visit, setting, chance(visit.number), held_out=False),)
        for earlier, later in pairwise(turns)
    ]

    assert all(0.0 < gap < 7 * 24 * _HOUR for gap in gaps)
    assert any(gap > 24 * _HOUR for gap in gaps)
    assert any(gap < 600.0 for gap in gaps)


def test_events_are_lost_doubled_delayed_and_misdated_as_often_as_is_said() -> None:
    mess = Messiness(doubled=0.1, delayed=0.2, blocking=0.1, wrong_clocks=0.3)
    times = [100.0, 200.0, 300.0, 400.0, 500.0]
    sent = [deliver(times, visitor=f"v{number}", seed=1, messiness=mess) for number in range(2000)]

    arrived = [one for deliveries in sent for one in deliveries]
    late = [one for one in arrived if one.arrives_at - times[one.event] > 30.0]
    assert sum(not deliveries for deliveries in sent) == pytest.approx(200, abs=45)
    assert len(arrived) == pytest.approx(1800 * 5 * 1.1, rel=0.03)
    assert len(late) == pytest.approx(0.2 * len(arrived), rel=0.1)
    assert max(one.arrives_at for one in late) < 4 * 24 * _HOUR
    skewed = sum(any(one.client_at != times[one.event] for one in deliveries) for deliveries in sent)
    assert skewed == pytest.approx(0.3 * 1800, rel=0.12)
    assert any([one.event for one in deliveries] != sorted(one.event for one in deliveries) for deliveries in sent)
    assert all([one.arrives_at for one in row] == sorted(one.arrives_at for one in row) for row in sent)


def test_without_mess_all_events_arrive_once_in_order_and_on_time() -> None:
    clean = Messiness(doubled=0.0, delayed=0.0, blocking=0.0, wrong_clocks=0.0)

    deliveries = deliver([1.0, 2.0], visitor="v1", seed=1, messiness=clean)

    assert [(one.event, one.client_at) for one in deliveries] == [(0, 1.0), (1, 2.0)]


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    truth, figures = run(Setting(Plan(visits=600, accounts=100), _TOPICS), shares=(0.5,), worlds=60)

    for figure in figures:
        assert figure.counted + figure.not_yet == 60
        if figure.kind != "harm":
            assert figure.covered > 0.85
            assert abs(figure.bias) < 2.5
    assert {figure.truth for figure in figures} == {0.0, truth.effect, truth.harm}
