"""Fair use in both databases: facts as they were recorded, decisions that can be made again, contests, erasure."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from assistant.adapters.sql import persons, schema
from assistant.adapters.sql.engine import writing
from assistant.adapters.sql.fair_use import SqlStandings
from assistant.adapters.sql.record import SqlRecord
from assistant.errors import RecordUnavailable
from assistant.fair_use.checklist import Checklist
from assistant.fair_use.gathering import finding_of_staff
from assistant.fair_use.models import ContestState, FairUseRules, Ground, Standing, TicketFact
from assistant.fair_use.overseeing import FairUse, Mode
from assistant.fair_use.ports import Contest, KeptStanding
from assistant.fair_use.snapshots import differences
from assistant.fair_use.standing import shown_and_left
from assistant.record.events import Who
from assistant.record.evidence import MACHINE, Evidence, EvidencePassage, Finding, Verdict
from assistant.record.keys import Keys
from assistant.record.ports import Append
from tests.record_story import DAY, HOUR, NOON, event, question, ticket, ticket_event

KEYS = Keys(b"0" * 32)
ANN = Who(visitor="v-ann", account="a-ann")
RULES = FairUseRules(days=10, messages=0, in_docs=2, repeats=0)


@pytest.fixture
def standings(record: SqlRecord) -> SqlStandings:
    return SqlStandings(record.engine)


def evidence(*, certified: bool = False, shown: bool = True) -> Evidence:
    found = EvidencePassage("en/refunds#1", "en/refunds", "refunds", "d", "text", 1, 0.9, shown=shown, opened=False)
    return Evidence("q", "en", "g1", "c1", answered=True, confidence=0.9, passages=(found,), certified=certified)


def write(record: SqlRecord, number: int, *, displayed: bool = True, found: Evidence | None = None) -> str:
    """Record that Ann asked, was shown refunds, and wrote a ticket all the same, on a day of its own."""
    at, episode, name = NOON + number * DAY, f"e{number}", f"T-{number}"
    shown = [event("shown", at + 1, scope=f"q{number}", episode=episode)] if displayed else []
    record.submit(
        Append(
            interactions=[question(f"q{number}", at, episode=episode, who=ANN)],
            events=[*shown, ticket_event(at + HOUR, ticket=name, episode=episode)],
            tickets=[ticket(name, at + HOUR, episode=episode, who=ANN)],
        )
    ).result(5)
    record.add_verdict(
        Verdict(name, MACHINE, Finding.SHOWN_NOT_OPENED, "", at + HOUR), found if found is not None else evidence()
    )
    return name


def test_facts_are_what_was_recorded(record: SqlRecord, standings: SqlStandings) -> None:
    first, second = write(record, 0), write(record, 1, displayed=False)
    record.add_verdict(Verdict(first, "Žofie", Finding.SHOWN_NOT_OPENED, "", NOON + DAY))
    record.close_ticket(first, NOON + 2 * HOUR)
    standings.keep_checklist(second, Checklist(first, ("Open it.", "Press it."), (1,)))
    standings.contest(Contest(first, Ground.IN_DOCS, "a-ann", "Nie pokazało się.", NOON + DAY))

    assert standings.facts(since=NOON) == {
        "a-ann": [
            TicketFact(
                first,
                NOON + HOUR,
                messages_at=(NOON + HOUR,),
                matter="refunds",
                finding=Finding.SHOWN_NOT_OPENED,
                by_staff=True,
                displayed=True,
                known_at=NOON + DAY,
                contests={Ground.IN_DOCS: ContestState.OPEN},
            ),
            TicketFact(
                second,
                NOON + DAY + HOUR,
                messages_at=(NOON + DAY + HOUR,),
                matter="refunds",
                finding=Finding.SHOWN_NOT_OPENED,
                known_at=NOON + DAY + HOUR,
                repeats=first,
                tried=True,
            ),
        ]
    }
    assert standings.facts(since=NOON, accounts=["nobody"]) == {}
    assert standings.checklist(second) == Checklist(first, ("Open it.", "Press it."), (1,))


def test_what_was_never_shown_to_the_customer_is_not_visible(record: SqlRecord, standings: SqlStandings) -> None:
    write(record, 0, found=evidence(certified=True, shown=False))

    (fact,) = standings.facts(since=NOON)["a-ann"]
    assert not fact.visible


def test_who_leaves_shown_answers_is_deferred_until_it_ends_and_can_contest(
    record: SqlRecord, standings: SqlStandings
) -> None:
    restored: list[str] = []
    fair = FairUse(standings, RULES, Mode.ON, restore=restored.append)
    for number in range(3):
        write(record, number, found=evidence(certified=True))
    now = NOON + 3 * DAY

    assert fair.look_at_news(now) == 1
    assert fair.look_at_news(now) == 0
    decided = standings.last("a-ann")
    assert decided is not None
    assert decided.until == NOON + HOUR + DAY + RULES.period_ms
    assert fair.standing_of("a-ann", now) is Standing.DEFERRED
    assert fair.standing_of("a-ann", decided.until) is Standing.NORMAL

    for name in ("T-0", "T-1"):
        assert standings.contest(Contest(name, Ground.IN_DOCS, "a-ann", "not so", now + 1))
    assert fair.look_at_news(now + 2) == 1
    assert (fair.standing_of("a-ann", now + 2), restored) == (Standing.NORMAL, ["a-ann"])
    settled = standings.settle("T-0", Ground.IN_DOCS, upheld=False, by="Žofie", reason="It was shown.", at=now + 3)
    assert settled is not None
    assert settled.state is ContestState.REJECTED
    assert standings.settle("T-0", Ground.IN_DOCS, upheld=True, by="x", reason="", at=now + 4) is None
    assert settled in standings.contests()
    assert [one.ticket for one in standings.contests(only_open=True)] == ["T-1"]
    assert fair.look_at_news(now + 5) == 1
    assert fair.standing_of("a-ann", now + 5) is Standing.DEFERRED
    assert [differences(one.snapshot) for one in standings.kept()] == [[], [], []]
    assert all(one.intact for one in standings.kept())


def test_observing_decides_without_effect_and_off_does_nothing(record: SqlRecord, standings: SqlStandings) -> None:
    for number in range(3):
        write(record, number, found=evidence(certified=True))
    off = FairUse(standings, RULES, Mode.OFF, restore=lambda _: None)
    observing = FairUse(standings, RULES, Mode.OBSERVE, restore=lambda _: None)

    assert off.look_at_news(NOON + 3 * DAY) == 0
    assert observing.look_at_news(NOON + 3 * DAY) == 1
    assert observing.standing_of("a-ann", NOON + 3 * DAY) is Standing.NORMAL
    assert observing.decision_on("a-ann", at=NOON + 3 * DAY) is not None


def test_a_standing_that_has_ended_is_decided_on_again(record: SqlRecord, standings: SqlStandings) -> None:
    restored: list[str] = []
    fair = FairUse(standings, RULES, Mode.ON, restore=restored.append)
    for number in range(2):
        write(record, number, found=evidence(certified=True))
    fair.look_at_news(NOON + 2 * DAY)
    ends = NOON + HOUR + RULES.period_ms

    assert fair.standing_of("a-ann", ends) is Standing.NORMAL
    assert fair.look_at_news(ends) == 1
    assert fair.look_at_news(ends + 1) == 0
    assert restored == ["a-ann"]
    assert [one.standing for one in standings.kept()] == [Standing.DEFERRED, Standing.NORMAL]


def test_rules_that_have_become_milder_hold_for_who_is_deferred_already(
    record: SqlRecord, standings: SqlStandings
) -> None:
    restored: list[str] = []
    for number in range(2):
        write(record, number, found=evidence(certified=True))
    now = NOON + 9 * DAY
    FairUse(standings, RULES, Mode.ON, restore=lambda _: None).look_at_news(now)
    assert [one.account for one in standings.deferred(now)] == ["a-ann"]
    milder = FairUse(standings, replace(RULES, days=2), Mode.ON, restore=restored.append)

    assert milder.look_at_news(now + 1) == 1
    assert milder.standing_of("a-ann", now + 1) is Standing.NORMAL
    assert (standings.deferred(now + 1), restored) == ([], ["a-ann"])


def test_if_a_ticket_cannot_be_taken_back_to_its_place_it_is_tried_again(
    record: SqlRecord, standings: SqlStandings
) -> None:
    tried: list[str] = []

    def restore(account: str) -> None:
        tried.append(account)
        if len(tried) == 1:
            raise RecordUnavailable("away")

    fair = FairUse(standings, RULES, Mode.ON, restore=restore)
    for number in range(2):
        write(record, number, found=evidence(certified=True))
    now = NOON + 2 * DAY
    fair.look_at_news(now)
    standings.contest(Contest("T-0", Ground.IN_DOCS, "a-ann", "not so", now))
    with pytest.raises(RecordUnavailable):
        fair.look_at_news(now + 1)

    assert fair.look_at_news(now + 2) == 1
    assert tried == ["a-ann", "a-ann"]


def test_where_the_newest_decision_is_normal_nobody_is_listed_as_deferred(
    record: SqlRecord, standings: SqlStandings
) -> None:
    fair = FairUse(standings, RULES, Mode.ON, restore=lambda _: None)
    for number in range(2):
        write(record, number, found=evidence(certified=True))
    now = NOON + 2 * DAY
    fair.look_at_news(now)
    (listed,) = standings.deferred(now)
    assert listed == standings.last("a-ann")
    assert standings.lasts(["a-ann", "nobody"]) == {"a-ann": listed}
    standings.contest(Contest("T-0", Ground.IN_DOCS, "a-ann", "not so", now))
    fair.look("a-ann", at=now)

    assert standings.deferred(now) == []


@pytest.mark.parametrize("machine_found_it", [True, False])
def test_what_was_shown_about_something_else_is_never_held_against_anybody(
    record: SqlRecord, standings: SqlStandings, machine_found_it: bool
) -> None:
    other = EvidencePassage("en/fees#1", "en/fees", "fees", "d", "text", None, None, shown=False, opened=False)
    refunds = replace(evidence().passages[0], rank=None, confidence=None)
    answering = (replace(other, rank=1, confidence=0.9),) if machine_found_it else ()
    found = replace(evidence(), answered=machine_found_it, passages=(*answering, refunds))
    name = write(record, 0, found=found)
    record.add_verdict(Verdict(name, "Žofie", Finding.SHOWN_NOT_OPENED, "", NOON + DAY))

    (fact,) = standings.facts(since=NOON)["a-ann"]
    assert not shown_and_left(fact)
    assert finding_of_staff("yes", found, None) is Finding.NOT_SHOWN


def test_a_snapshot_that_somebody_has_changed_is_noticed(record: SqlRecord, standings: SqlStandings) -> None:
    fair = FairUse(standings, RULES, Mode.ON, restore=lambda _: None)
    for number in range(2):
        write(record, number, found=evidence(certified=True))
    fair.look_at_news(NOON + 2 * DAY)
    with writing(record.engine) as connection:
        text = standings.kept()[0].snapshot
        assert text.decision.standing is Standing.DEFERRED
        row = connection.execute(schema.standings.select()).one()
        forged = row.snapshot.replace('"in_docs":2', '"in_docs":1')
        connection.execute(update(schema.standings).values(snapshot=forged))

    assert [one.intact for one in standings.kept()] == [False]


def test_nothing_is_left_of_who_was_erased(record: SqlRecord, standings: SqlStandings) -> None:
    fair = FairUse(standings, RULES, Mode.ON, restore=lambda _: None)
    for number in range(2):
        write(record, number, found=evidence(certified=True))
    fair.look_at_news(NOON + 2 * DAY)
    standings.contest(Contest("T-0", Ground.IN_DOCS, "a-ann", "not so", NOON))
    standings.keep_checklist("T-1", Checklist("T-0", ("Open it.",)))

    exported = persons.export(record.engine, persons.person_of(record.engine, ANN))
    persons.erase(record.engine, persons.person_of(record.engine, ANN), keys=KEYS, at=NOON)

    assert (len(exported["standings"]), len(exported["contests"])) == (1, 1)
    assert standings.kept() == []
    assert standings.contests() == []
    assert standings.checklist("T-1") is None


class Faulty:
    """A database that is away, or holds what nobody can read."""

    def __init__(self, fault: Exception) -> None:
        self._fault = fault

    def last(self, account: str, *, until: int | None = None) -> KeptStanding | None:
        raise self._fault


@pytest.mark.parametrize("fault", [RecordUnavailable("away"), ValueError("no snapshot")])
def test_nobody_is_deferred_by_a_fault_of_ours(fault: Exception) -> None:
    fair = FairUse(Faulty(fault), RULES, Mode.ON, restore=lambda _: None)  # type: ignore[arg-type]

    assert fair.standing_of("a-ann", NOON) is Standing.NORMAL
