"""Fair use: the three grounds, what never counts, decay, and decisions that can be made again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.fair_use.models import ContestState, FairUseRules, Ground, Standing, TicketFact
from assistant.fair_use.replay import replay
from assistant.fair_use.snapshots import differences, dump_snapshot, load_snapshot, snapshot
from assistant.fair_use.standing import decide, measure, shown_and_left
from assistant.record.events import MS_PER_DAY, MS_PER_HOUR
from assistant.record.evidence import Finding

NOW = 1_795_431_600_000
NOON_OF_YESTERDAY = NOW - MS_PER_DAY
RULES = FairUseRules()


def fact(ticket: str, days_ago: float, **more: object) -> TicketFact:
    at = NOW - round(days_ago * MS_PER_DAY)
    return replace(TicketFact(ticket, at, matter=f"matter {ticket}"), **more)  # type: ignore[arg-type]


def left(ticket: str, days_ago: float, **more: object) -> TicketFact:
    """A ticket whose answer was shown and left unopened, as staff has confirmed."""
    known = {"finding": Finding.SHOWN_NOT_OPENED, "by_staff": True, "displayed": True}
    return fact(ticket, days_ago, **{**known, **more})


def measured(facts: Sequence[TicketFact], ground: Ground, rules: FairUseRules = RULES) -> tuple[int, int, bool]:
    one = next(one for one in measure(facts, rules, at=NOW) if one.ground is ground)
    return one.count, one.out_of, one.holds


def test_who_has_written_nothing_is_normal() -> None:
    assert decide([], RULES, at=NOW).standing is Standing.NORMAL


def test_too_many_messages_defer() -> None:
    facts = [fact(str(day), day) for day in range(21)]

    assert measured(facts, Ground.MESSAGES) == (21, 21, True)
    assert measured(facts[1:], Ground.MESSAGES) == (20, 20, False)


def test_a_burst_on_one_matter_counts_once() -> None:
    at = NOW - MS_PER_DAY
    burst = [fact(str(n), 1, at=at + n * MS_PER_HOUR, matter="refunds") for n in range(23)]
    written_again = replace(burst[0], messages_at=(at, at + MS_PER_HOUR))

    assert measured(burst, Ground.MESSAGES) == (1, 23, False)
    assert measured([written_again], Ground.MESSAGES) == (1, 2, False)
    assert measured([*burst, fact("next", 2, at=at - 2 * MS_PER_DAY, matter="refunds")], Ground.MESSAGES)[0] == 2


def test_messages_on_unknown_matters_within_a_burst_are_taken_to_be_about_one() -> None:
    at = NOON_OF_YESTERDAY
    unknown = [fact(str(n), 1, at=at + n * MS_PER_HOUR, matter=None) for n in range(10)]

    assert measured([*unknown, fact("known", 1)], Ground.MESSAGES) == (2, 11, False)


def test_messages_of_a_paid_ticket_never_count() -> None:
    assert measured([fact(str(day), day, paid=True) for day in range(25)], Ground.MESSAGES) == (0, 0, False)


def test_many_questions_whose_answer_was_shown_and_left_defer() -> None:
    facts = [left(str(day), day) for day in range(4)]
    others = [fact(f"other {day}", day, finding=Finding.NOT_IN_DOCS) for day in range(3)]

    assert measured(facts, Ground.IN_DOCS) == (4, 4, True)
    assert measured(facts[1:], Ground.IN_DOCS) == (3, 3, False)
    assert measured([*facts, *others[:2]], Ground.IN_DOCS) == (4, 6, True)
    assert measured([*facts, *others], Ground.IN_DOCS) == (4, 7, False)


@pytest.mark.parametrize(
    "never",
    [
        {"finding": Finding.NOT_SHOWN},
        {"finding": Finding.NOT_IN_DOCS},
        {"finding": Finding.PARTLY_IN_DOCS},
        {"finding": Finding.OPENED_DID_NOT_HELP},
        {"finding": None},
        {"by_staff": False, "certified": False},
        {"displayed": False},
        {"visible": False},
        {"contests": {Ground.IN_DOCS: ContestState.OPEN}},
        {"contests": {Ground.IN_DOCS: ContestState.UPHELD}},
    ],
    ids=str,
)
def test_what_is_our_own_failure_unsure_or_contested_never_counts(never: dict[str, object]) -> None:
    facts = [left(str(day), day, **never) for day in range(10)]

    assert measured(facts, Ground.IN_DOCS)[0] == 0
    assert decide(facts, RULES, at=NOW).standing is Standing.NORMAL


def test_a_certified_answer_counts_without_staff_and_a_rejected_contest_counts_again() -> None:
    certified = left("1", 1, by_staff=False, certified=True)
    rejected = left("2", 1, contests={Ground.IN_DOCS: ContestState.REJECTED})

    assert shown_and_left(certified)
    assert measured([certified, rejected], Ground.IN_DOCS)[0] == 2


def test_repeats_of_a_solved_matter_whose_steps_were_not_tried_defer() -> None:
    facts = [fact(str(day), day, repeats="earlier", tried=False) for day in range(3)]
    asked_and_tried = fact("tried", 1, repeats="earlier", tried=True)
    not_asked = fact("not asked", 1, repeats="earlier", tried=None)

    assert measured([*facts, asked_and_tried, not_asked], Ground.REPEATS) == (3, 5, True)
    assert measured([*facts[1:], asked_and_tried, not_asked], Ground.REPEATS) == (2, 4, False)


def test_a_ground_that_is_off_never_holds() -> None:
    off = FairUseRules(messages=0, in_docs=0, repeats=0)
    facts = [left(str(n), n / 10, repeats="earlier", tried=False) for n in range(100)]

    assert decide(facts, off, at=NOW).standing is Standing.NORMAL


def test_a_standing_ends_by_itself_when_enough_has_left_the_period() -> None:
    facts = [left(str(day), day) for day in (1, 2, 3, 20)]
    decision = decide(facts, RULES, at=NOW)

    assert decision.standing is Standing.DEFERRED
    assert decision.until == facts[3].at + RULES.period_ms
    assert decide(facts, RULES, at=decision.until - 1).standing is Standing.DEFERRED
    assert decide(facts, RULES, at=decision.until).standing is Standing.NORMAL


def test_what_is_found_later_does_not_count_yet() -> None:
    facts = [left(str(day), day, known_at=NOW + 1) for day in range(5)]

    assert decide(facts, RULES, at=NOW).standing is Standing.NORMAL
    assert decide(facts, RULES, at=NOW + 1).standing is Standing.DEFERRED


moments = st.integers(NOW - 60 * MS_PER_DAY, NOW + 5 * MS_PER_DAY)
facts_of_somebody = st.lists(
    st.builds(
        TicketFact,
        ticket=st.uuids().map(str),
        at=moments,
        messages_at=st.lists(moments, max_size=3).map(lambda many: tuple(sorted(many))),
        matter=st.sampled_from(["refunds", "delivery", None]),
        paid=st.booleans(),
        finding=st.sampled_from([*Finding, None]),
        by_staff=st.booleans(),
        certified=st.booleans(),
        displayed=st.booleans(),
        visible=st.booleans(),
        known_at=st.none() | moments,
        repeats=st.sampled_from(["earlier", None]),
        tried=st.sampled_from([True, False, None]),
        contests=st.dictionaries(st.sampled_from(Ground), st.sampled_from(ContestState), max_size=3),
    ),
    max_size=25,
)
some_rules = st.builds(
    FairUseRules,
    days=st.integers(1, 40),
    messages=st.integers(0, 6),
    in_docs=st.integers(0, 4),
    in_docs_share=st.floats(0.0, 1.0),
    repeats=st.integers(0, 3),
)


@given(facts_of_somebody, some_rules)
def test_every_decision_can_be_made_again_from_its_snapshot(facts: list[TicketFact], rules: FairUseRules) -> None:
    taken = snapshot(facts, rules, at=NOW)

    assert taken.decision == decide(facts, rules, at=NOW)
    assert load_snapshot(dump_snapshot(taken)) == taken
    assert differences(load_snapshot(dump_snapshot(taken))) == []


@given(facts_of_somebody, some_rules)
def test_with_nothing_added_a_standing_ends_when_it_says(facts: list[TicketFact], rules: FairUseRules) -> None:
    decision = decide(facts, rules, at=NOW)
    known = [
        replace(one, messages_at=tuple(when for when in one.messages_at if when <= NOW))
        for one in facts
        if one.at <= NOW and (one.known_at is None or one.known_at <= NOW)
    ]

    assert (decision.until is None) == (decision.standing is Standing.NORMAL)
    if decision.until is not None:
        assert NOW < decision.until <= NOW + rules.period_ms
        if len(known) == sum(one.at <= NOW for one in facts):
            assert decide(known, rules, at=decision.until).standing is Standing.NORMAL


@given(facts_of_somebody, some_rules)
def test_what_is_contested_does_not_count(facts: list[TicketFact], rules: FairUseRules) -> None:
    all_contested = [replace(one, contests=dict.fromkeys(Ground, ContestState.OPEN)) for one in facts]

    assert decide(all_contested, rules, at=NOW).standing is Standing.NORMAL


def test_a_snapshot_that_was_changed_is_noticed() -> None:
    taken = snapshot([left(str(day), day) for day in range(4)], RULES, at=NOW)
    forged = replace(taken, facts=taken.facts[1:])

    assert differences(forged) == [
        "normal instead of deferred",
        f"ends at None instead of {taken.decision.until}",
        "messages: 3 of 3 instead of 4 of 4",
        "in_docs: 3 of 3 instead of 4 of 4",
    ]


def test_replay_says_whose_tickets_would_have_given_way() -> None:
    abuser = [left(str(day), day) for day in (10, 9, 8, 7, 6)]
    paid = [*abuser, fact("paid", 5, paid=True), fact("last", 4)]
    effect = replay({"abuser": paid, "honest": [fact("once", 3)]}, RULES, since=NOW - 20 * MS_PER_DAY, until=NOW)

    assert (effect.tickets, effect.paid, effect.accounts, effect.accounts_deferred) == (8, 1, 2, 1)
    assert [(one.ticket, one.grounds) for one in effect.deferrals] == [
        ("6", (Ground.IN_DOCS,)),
        ("last", (Ground.IN_DOCS,)),
    ]
    assert effect.by_ground == {Ground.MESSAGES: 0, Ground.IN_DOCS: 2, Ground.REPEATS: 0}


def test_replay_judges_by_what_was_known_when_a_ticket_was_sent() -> None:
    found_late = [left(str(day), day, known_at=NOW) for day in (10, 9, 8, 7, 6)]

    assert replay({"a": found_late}, RULES, since=0, until=NOW).deferrals == ()
