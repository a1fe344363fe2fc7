"""The record on both databases: what is appended is there once, is folded, and is found again."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from assistant.adapters.sql import schema
from assistant.adapters.sql.engine import writing
from assistant.adapters.sql.record import SqlRecord
from assistant.errors import RecordUnavailable
from assistant.record.episodes import Windows, fold
from assistant.record.events import Event, Who
from assistant.record.evidence import Evidence, EvidencePassage, Finding, Verdict, digest_of
from assistant.record.ports import Append, Recorded
from tests.record_story import DAY, HOUR, NOON, REFUNDS, event, missed, passage, question, ticket, ticket_event

ASKED = question(question="kiedy wrócą pieniądze? מתי", locale="pl", who=Who("v-ann", "a-shop"), experiment="1@0.1")
OPENED = event("opened", NOON + 5, client_at=NOON - 7)
VOTED = event("voted", NOON + 9, helpful=False, reason="zażółć 日本", rank=2)


def test_what_was_appended_is_found_as_it_was(record: SqlRecord) -> None:
    record.submit(Append(interactions=[ASKED], events=[OPENED, VOTED], tickets=[ticket()])).result(5)

    interactions, events = record.story_of("e1")
    assert (list(interactions), set(events)) == ([ASKED], {OPENED, VOTED})
    assert record.ticket("T-1") == ticket()
    assert record.ticket("T-2") is None
    assert record.story_of("e2") == ([], [])
    assert record.waiting == 0


def test_a_repeat_changes_nothing_and_says_so(record: SqlRecord) -> None:
    first = record.submit(Append(interactions=[ASKED], events=[OPENED])).result(5)
    again = record.submit(
        Append(interactions=[replace(ASKED, question="other")], events=[replace(OPENED, at=0), VOTED])
    ).result(5)

    assert [set(first), set(again)] == [{("q1", OPENED.id)}, {("q1", VOTED.id)}]
    interactions, events = record.story_of("e1")
    assert (list(interactions), set(events)) == ([ASKED], {OPENED, VOTED})


def test_of_many_at_once_with_the_same_key_one_is_new(record: SqlRecord) -> None:
    together: list[Future[Recorded]] = [record.submit(Append(events=[OPENED, OPENED])) for _ in range(40)]

    recorded = [one.result(5) for one in together]
    assert recorded == [{("q1", OPENED.id)}, *([set()] * 39)]
    assert record.story_of("e1")[1] == [OPENED]


def test_the_same_id_in_another_scope_is_another_event(record: SqlRecord) -> None:
    elsewhere = replace(OPENED, scope="q2")

    assert len(record.submit(Append(events=[OPENED, elsewhere])).result(5)) == 2


@pytest.mark.parametrize(
    "unusable",
    [
        replace(VOTED, reason="not \0 for PostgreSQL"),
        replace(VOTED, reason="half a \ud83d character"),
        replace(VOTED, rank=1 << 80),
    ],
    ids=["nul", "surrogate", "number"],
)
def test_what_the_database_refuses_fails_alone_and_the_record_goes_on(record: SqlRecord, unusable: Event) -> None:
    with writing(record.engine) as busy:
        # While a table is locked, what is submitted gathers into one group.
        if busy.dialect.name == "postgresql":
            busy.execute(text("LOCK TABLE unfolded"))
        good = [record.submit(Append(events=[replace(OPENED, id=f"n{number}")])) for number in range(20)]
        bad = record.submit(Append(events=[replace(OPENED, id="beside"), unusable]))
        after = record.submit(Append(events=[replace(OPENED, id="after")]))

    assert all(one.result(10) for one in good)
    assert after.result(10)
    if bad.exception(10) is not None:  # SQLite takes more than PostgreSQL
        assert isinstance(bad.exception(), RecordUnavailable)
        assert "beside" not in {one.id for one in record.story_of("e1")[1]}
    assert record.submit(Append(events=[replace(VOTED, id="later")])).result(5)


def test_what_waits_is_committed_when_the_record_is_closed(database: str) -> None:
    closing = SqlRecord(database)
    futures = [closing.submit(Append(events=[replace(OPENED, id=f"n{number}")])) for number in range(1500)]
    closing.close()

    assert all(one.done() and one.result(0) for one in futures)
    late = closing.submit(Append(events=[VOTED]))
    assert isinstance(late.exception(1), RecordUnavailable)
    again = SqlRecord(database)
    assert len(again.story_of("e1")[1]) == 1500
    again.close()


def test_all_that_is_marked_is_folded_once(record: SqlRecord) -> None:
    asked = [question(f"q{number}", episode=f"e{number}") for number in range(1000)]
    opened = [event("opened", NOON + 1, scope=one.id, episode=one.episode) for one in asked]
    record.submit(Append(interactions=asked)).result(10)
    record.submit(Append(events=opened)).result(10)

    assert record.fold() >= 1000
    assert record.fold() == 0
    assert episodes(record) == {one.episode: fold([one], [two]).outcome for one, two in zip(asked, opened, strict=True)}


def test_an_event_ahead_of_its_question_is_folded_when_that_comes(record: SqlRecord) -> None:
    record.submit(Append(events=[OPENED])).result(5)
    record.fold()
    assert episodes(record) == {}
    record.submit(Append(interactions=[ASKED])).result(5)
    record.fold()

    assert episodes(record) == {"e1": "S"}


def test_no_event_is_lost_to_two_folders_at_once(database: str) -> None:
    one, other = SqlRecord(database), SqlRecord(database)
    names = [f"e{number}" for number in range(30)]
    one.submit(Append(interactions=[question(f"q-{name}", episode=name) for name in names])).result(10)
    appended = threading.Event()

    def keep_folding(record: SqlRecord) -> None:
        while not appended.is_set():
            record.fold()

    with ThreadPoolExecutor(2) as folders:
        folding = [folders.submit(keep_folding, record) for record in (one, other)]
        for step in range(6):
            kind = "solved" if step % 2 else "returned"
            followed = [event(kind, NOON + step, scope=f"q-{name}", episode=name) for name in names]
            (one if step % 2 else other).submit(Append(events=followed)).result(10)
        appended.set()
        for each in folding:
            each.result(30)
    one.fold()

    assert episodes(one) == dict.fromkeys(names, "C")
    assert one.fold() == 0
    one.close()
    other.close()


def test_all_is_folded_anew_after_the_rules_have_changed(database: str) -> None:
    before = SqlRecord(database)
    before.submit(Append(interactions=[ASKED], events=[OPENED, ticket_event(NOON + HOUR)])).result(5)
    before.fold()
    assert episodes(before) == {"e1": "F"}
    before.close()
    after = SqlRecord(database, windows=Windows(ticket_ms=HOUR // 2, durable_ms=DAY))

    assert after.folder.mark_all() == 1
    assert after.fold() == 1
    assert episodes(after) == {"e1": "S"}
    after.close()


def test_a_persons_questions_are_found_latest_first_and_nobody_elses(record: SqlRecord) -> None:
    ann, shop = Who("v-ann"), Who("v-ann", "a-shop")
    record.submit(
        Append(
            interactions=[
                question("q1", NOON, who=ann),
                question("q2", NOON + 2, who=shop, episode="e2", matter=None),
                question("q3", NOON + 1, who=Who("v-ann", "a-other"), episode="e3"),
                question("q4", NOON + 3, who=ann, episode="e4", with_ticket_intent=False),
                question("q5", NOON + 4, who=Who("v-ben"), episode="e5"),
                question("q6", NOON + 5, who=Who(None, "a-shop"), episode="e6"),
            ]
        )
    ).result(5)

    def found(who: Who, since: int, until: int) -> list[tuple[str, str | None, int]]:
        return list(record.last_asked(who, since=since, until=until))

    assert found(shop, NOON, NOON + 9) == [
        ("e6", "refunds", NOON + 5),
        ("e2", None, NOON + 2),
        ("e1", "refunds", NOON),
    ]
    assert [one[0] for one in found(Who(None, "a-shop"), NOON, NOON + 5)] == ["e6", "e2"]
    assert [one[0] for one in found(ann, NOON + 1, NOON + 9)] == ["e2", "e3"]


def test_an_episode_knows_its_last_question_and_whether_a_ticket_has_ended_it(record: SqlRecord) -> None:
    record.submit(Append(interactions=[question(), question("q2", NOON + HOUR)])).result(5)
    assert record.state_of("e1") == (NOON + HOUR, False)
    record.submit(Append(events=[ticket_event(NOON + DAY)], tickets=[ticket(at=NOON + DAY)])).result(5)

    assert record.state_of("e1") == (NOON + HOUR, True)
    assert record.state_of("nobody's") == (None, False)


def test_a_ticket_is_closed_once(record: SqlRecord) -> None:
    record.submit(Append(tickets=[ticket()])).result(5)
    record.close_ticket("T-1", NOON + DAY)
    record.close_ticket("T-1", NOON + 2 * DAY)
    record.close_ticket("T-unknown", NOON)

    assert record.ticket("T-1") == ticket(closed_at=NOON + DAY)


def evidence(text: str = REFUNDS) -> Evidence:
    shown = EvidencePassage("en/refunds#1", "en/refunds", "refunds", digest_of(text), text, 1, 0.9, True, False)
    return Evidence("gdzie są pieniądze", "pl", "g1", "c1", True, 0.91, (shown, replace(shown, rank=None)))


def test_verdicts_stand_beside_each_other_with_the_evidence_of_the_first(record: SqlRecord) -> None:
    record.submit(Append(tickets=[ticket(at=NOON + 1), ticket("T-0", NOON)])).result(5)
    assert [one.id for one in record.unchecked(most=9)] == ["T-0", "T-1"]
    machine = Verdict("T-1", "machine", Finding.SHOWN_NOT_OPENED, "it was shown", NOON + 2)
    person = Verdict("T-1", "Žofie", Finding.NOT_IN_DOCS, "it is about something else", NOON + 3)

    record.add_verdict(machine, evidence())
    record.add_verdict(person)
    record.add_verdict(replace(person, at=NOON + 4))

    assert record.verdicts_on("T-1") == [machine, person, replace(person, at=NOON + 4)]
    assert record.verdicts_on("T-0") == []
    assert record.evidence_of("T-1") == evidence()
    assert record.evidence_of("T-0") is None
    assert [one.id for one in record.unchecked(most=9)] == ["T-0"]


def test_people_who_judge_at_the_same_moment_are_all_heard(record: SqlRecord) -> None:
    record.submit(Append(tickets=[ticket()])).result(5)
    verdicts = [Verdict("T-1", f"person {number}", Finding.NOT_IN_DOCS, "", NOON) for number in range(16)]

    with ThreadPoolExecutor(8) as people:
        for done in [people.submit(record.add_verdict, one) for one in verdicts]:
            done.result(10)

    assert {one.by for one in record.verdicts_on("T-1")} == {one.by for one in verdicts}


def test_two_services_that_look_at_a_ticket_leave_one_finding_of_the_machine(record: SqlRecord) -> None:
    record.submit(Append(tickets=[ticket()])).result(5)
    machine = Verdict("T-1", "machine", Finding.NOT_SHOWN, "", NOON)

    record.add_verdict(machine, evidence())
    record.add_verdict(replace(machine, at=NOON + 1), evidence("other"))

    assert record.verdicts_on("T-1") == [machine]
    assert record.evidence_of("T-1") == evidence()


def test_texts_are_kept_once_by_their_digest(record: SqlRecord) -> None:
    texts = [(digest_of(one), one) for one in ("Zwroty", "החזרים")]
    record.submit(Append(texts=texts, curations=[("c1", "{}")])).result(5)
    record.submit(Append(texts=texts[:1], curations=[("c1", "{}")])).result(5)

    assert record.texts_of([texts[0][0], texts[1][0], "unknown"]) == dict(texts)
    assert record.texts_of([]) == {}
    assert (record.curation("c1"), record.curation("c2")) == ("{}", None)


def test_misses_are_what_led_to_a_ticket_and_what_nothing_was_shown_for(record: SqlRecord) -> None:
    stories = {
        "failed": (question, [ticket_event(NOON + 1)]),
        "silent miss": (missed, []),
        "helped": (question, [event("opened", NOON + 1)]),
        "withheld": (question, [ticket_event(NOON + 1)]),
        "browsing": (missed, []),
    }
    for place, (name, (make, followed)) in enumerate(stories.items()):
        asked = make(f"q{place}", NOON + place, episode=name, question=name, held_out=name == "withheld")
        asked = replace(asked, with_ticket_intent=name != "browsing")
        events = [replace(one, scope=f"q{place}", episode=name) for one in followed]
        record.submit(Append(interactions=[asked], events=events)).result(5)
    record.submit(Append(interactions=[missed("q9", NOON + 9, episode="unfolded", question=None)])).result(5)
    record.engine.dispose()
    today = record.folder.day_of(NOON)
    record.fold()

    found = record.misses(first_day=today, last_day=today, now=NOON + HOUR, most=9)
    assert [(one.question, one.outcome) for one in found] == [
        (None, "P"),
        ("browsing", None),
        ("silent miss", "P"),
        ("failed", "F"),
    ]
    assert found[-1].nearest == (passage("en/refunds"),)
    later = record.misses(first_day=today, last_day=today, now=NOON + 4 * DAY, most=1)
    assert [(one.question, one.outcome) for one in later] == [(None, "B")]
    assert record.misses(first_day=today + 1, last_day=today + 9, now=NOON, most=9) == []


def episodes(record: SqlRecord) -> dict[str, str]:
    with record.engine.connect() as connection:
        rows = connection.execute(select(schema.episodes.c.id, schema.episodes.c.outcome)).all()
    return {row.id: row.outcome for row in rows}
