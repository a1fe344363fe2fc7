"""Past questions and confirmed answers, read from both databases."""

from __future__ import annotations

import pytest

from assistant.adapters.sql.confirmed import confirmed_answers, interaction, past_questions, replayable
from assistant.adapters.sql.record import SqlRecord
from assistant.preview.models import Confirmed, PastQuestion
from assistant.record.events import Who
from assistant.record.evidence import MACHINE, Evidence, EvidencePassage, Finding, Verdict, digest_of
from assistant.record.ports import Append
from tests.record_story import DAY, HOUR, NOON, REFUNDS, event, passage, question, ticket, ticket_event, withheld

LATER = NOON + 30 * DAY
ZWROT = "Pieniądze wracają w ciągu dziesięciu dni."
ASKED = "gdzie są moje pieniądze"


def solved(
    record: SqlRecord, number: int, *, at: int = NOON, by: str = "", solves: bool = True, **asked: object
) -> None:
    """Record that somebody asked, opened the first page and, unless told otherwise, said that it solved it."""
    name, episode = f"q{number}", f"e{number}"
    follows = [event("opened", at + 1, scope=name, episode=episode)]
    if solves:
        follows.append(event("solved", at + 2, scope=name, episode=episode, rank=1))
    record.submit(
        Append(
            interactions=[question(name, at, episode=episode, who=Who(visitor=by or f"v{number}"), **asked)],
            events=follows,
            texts=[(digest_of(REFUNDS), REFUNDS)],
        )
    ).result(5)
    record.fold()


def judged(record: SqlRecord, number: int, finding: Finding, *, by: str = "zofia", found: bool = True) -> None:
    """Record a ticket in Polish, and what somebody found about it."""
    name, episode, at = f"T-{number}", f"t{number}", NOON + number * HOUR
    record.submit(
        Append(
            events=[ticket_event(at, ticket=name, episode=episode)],
            tickets=[ticket(name, at, episode=episode, locale="pl")],
        )
    ).result(5)
    answering = EvidencePassage("pl/refunds#1", "pl/refunds", "refunds", "d", ZWROT, 1, 0.9, shown=False, opened=False)
    evidence = Evidence(ASKED, "pl", "g1", "c1", answered=found, confidence=0.9, passages=(answering,) if found else ())
    record.add_verdict(Verdict(name, MACHINE, Finding.NOT_SHOWN, "", at), evidence)
    record.add_verdict(Verdict(name, by, finding, "", at + 1))


def test_past_questions_are_counted_by_people_and_the_most_asked_come_first(record: SqlRecord) -> None:
    solved(record, 1, by="v-ann")
    solved(record, 2, by="v-ann", at=NOON + HOUR)
    solved(record, 3, by="v-ben", at=NOON + HOUR)
    solved(record, 4, question=ASKED, locale="pl")
    solved(record, 5, question="متى تعود أموالي", locale="ar", at=NOON - DAY)

    found = past_questions(record.engine, since=NOON, until=LATER, most=10)

    assert found == [PastQuestion("when does money come back", "en", times=2), PastQuestion(ASKED, "pl")]
    assert past_questions(record.engine, since=NOON - DAY, until=LATER, most=1) == found[:1]


def test_what_was_withheld_or_is_past_its_retention_is_no_past_question(record: SqlRecord) -> None:
    record.submit(
        Append(
            interactions=[
                withheld("q1"),
                question("q2", question=None),
                question("q3", outcome="missed", reason="not_asked", shown=(), question="a ticket's text"),
            ]
        )
    ).result(5)

    assert past_questions(record.engine, since=0, until=LATER, most=10) == []
    assert [one.id for one in replayable(record.engine, most=10)] == ["q1"]


def test_an_answer_is_confirmed_by_everybody_who_says_so_once_the_window_is_over(record: SqlRecord) -> None:
    solved(record, 1, by="v-ann")
    solved(record, 2, by="v-ben", at=NOON + HOUR)
    solved(record, 3, by="v-eve", at=NOON + HOUR, solves=False)

    assert confirmed_answers(record.engine, now=NOON + DAY) == []
    assert confirmed_answers(record.engine, now=LATER) == [
        Confirmed(
            "when does money come back",
            "en",
            "en/refunds",
            "refunds",
            "en/refunds#1",
            digest_of(REFUNDS),
            REFUNDS,
            people=2,
            at=NOON + HOUR,
        )
    ]


def test_what_was_opened_last_is_confirmed_and_not_what_came_first(record: SqlRecord) -> None:
    record.submit(
        Append(
            interactions=[question("q1", shown=(passage("en/shipping"), passage("en/refunds", rank=2)))],
            events=[event("opened", NOON + 1, rank=2), event("solved", NOON + 2, rank=2)],
        )
    ).result(5)
    record.fold()

    assert [(one.page, one.matter) for one in confirmed_answers(record.engine, now=LATER)] == [
        ("en/refunds", "refunds")
    ]


@pytest.mark.parametrize("finding", [Finding.SHOWN_NOT_OPENED, Finding.OPENED_DID_NOT_HELP, Finding.NOT_SHOWN])
def test_an_answer_is_confirmed_by_staff_that_finds_it_in_the_docs(record: SqlRecord, finding: Finding) -> None:
    judged(record, 1, finding)

    assert confirmed_answers(record.engine, now=LATER) == [
        Confirmed(ASKED, "pl", "pl/refunds", "refunds", "pl/refunds#1", "d", ZWROT, by_staff=True, at=NOON + HOUR + 1)
    ]


def test_what_is_not_in_the_docs_or_only_the_machine_says_is_not_confirmed(record: SqlRecord) -> None:
    judged(record, 1, Finding.NOT_IN_DOCS)
    judged(record, 2, Finding.PARTLY_IN_DOCS)
    judged(record, 3, Finding.NOT_SHOWN, by=MACHINE)
    judged(record, 4, Finding.NOT_SHOWN, found=False)

    assert confirmed_answers(record.engine, now=LATER) == []


def test_visitors_and_staff_confirm_one_answer_together_and_only_the_latest_are_kept(record: SqlRecord) -> None:
    solved(record, 1, question=ASKED, locale="pl", shown=(passage("pl/refunds"),), at=NOON - DAY)
    solved(record, 2, at=NOON - 2 * DAY)
    judged(record, 3, Finding.NOT_SHOWN)

    (latest,) = confirmed_answers(record.engine, now=LATER, most=1)

    assert (latest.question, latest.people, latest.by_staff, latest.text) == (ASKED, 2, True, ZWROT)
    assert len(confirmed_answers(record.engine, now=LATER)) == 2


def test_a_question_is_found_by_its_id(record: SqlRecord) -> None:
    asked = question("q7", locale="pl", question=ASKED)
    record.submit(Append(interactions=[asked])).result(5)

    assert interaction(record.engine, "q7") == asked
    assert interaction(record.engine, "q8") is None
