"""Gaps in both databases: what counts as one, how questions come together, and what people decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from assistant.adapters.sql import persons, schema
from assistant.adapters.sql.engine import writing
from assistant.adapters.sql.gaps import SqlGaps
from assistant.adapters.sql.record import SqlRecord
from assistant.adapters.sql.retention import Retention, retain
from assistant.gaps.following_up import by_gap, experience_of, predict, savings_of
from assistant.gaps.keeping import Diagnosed, GapKeeper
from assistant.gaps.models import Diagnosis, Gap, GapNote, GapQuestion, GapState, NearPage, Signal
from assistant.record.events import Who
from assistant.record.evidence import Finding, Verdict
from assistant.record.keys import Keys
from assistant.record.ports import Append
from indexer.ports import Vectors
from tests.record_story import DAY, HOUR, NOON, event, missed, question, ticket, ticket_event

KEYS = Keys(b"0" * 32)
RECIPE = "r" * 16
SUBJECTS = ("refund", "zwrot", "invoice", "faktura", "stamp")
WEEK = 7 * DAY


@pytest.fixture
def store(record: SqlRecord) -> SqlGaps:
    return SqlGaps(record.engine)


@pytest.fixture
def keeper(store: SqlGaps) -> GapKeeper:
    return GapKeeper(store)


def embed(questions: Sequence[GapQuestion]) -> Vectors:
    """Return vectors by which questions that share a first word are near, and “zwrot” is “refund” in Polish."""
    rows = []
    for one in questions:
        word = (one.text or "").split()[0]
        place = {"refund": 0, "zwrot": 0, "invoice": 1, "faktura": 1}.get(word, 2)
        row = np.full(24, 0.02, np.float32)
        row[place] = 1.0
        row[12 if one.language == "pl" else 13] = 0.6
        row[14 + sum(map(ord, one.text or "")) % 9] += 0.05
        rows.append(row / np.linalg.norm(row))
    return np.stack(rows)


def ask(record: SqlRecord, number: int, text: str, *, at: int | None = None, locale: str = "en", who: str = "") -> str:
    """Record that somebody asked and was shown nothing; return the question's id."""
    name, when = f"q{number}", at if at is not None else NOON + number * HOUR
    asked = missed(name, when, episode=f"e{number}", question=text, locale=locale, who=Who(visitor=who or f"v{number}"))
    record.submit(Append(interactions=[asked])).result(5)
    return name


def grouped(record: SqlRecord, keeper: GapKeeper, *, now: int, anew: bool = False) -> None:
    record.fold()
    keeper.gather(now)
    keeper.embed(RECIPE, embed, most=999)
    keeper.group(RECIPE, now, anew=anew)
    keeper.count(now)


def there(store: SqlGaps, gap: str) -> Gap:
    found = store.gap(gap)
    assert found is not None
    return found


def some_questions(record: SqlRecord) -> None:
    texts = ("refund when", "refund how long", "refund status", "invoice again", "invoice copy", "invoice by mail")
    polish = ("zwrot kiedy", "zwrot ile trwa", "faktura jeszcze raz", "faktura kopia")
    for number, text in enumerate((*texts, *polish)):
        ask(record, number, text, locale="pl" if text in polish else "en")


def test_what_the_pages_failed_is_taken_up_and_let_go_when_it_was_helped(record: SqlRecord, store: SqlGaps) -> None:
    record.submit(
        Append(
            interactions=[
                missed("missed", NOON, episode="e1"),
                question("failed", NOON, episode="e2"),
                question("helped", NOON, episode="e3"),
                question("unhelpful", NOON, episode="e4"),
                missed("no words", NOON, episode="e5", reason="no_words"),
                question("said", NOON, episode="e6", outcome="related", reason="unsure"),
            ],
            events=[
                ticket_event(NOON + HOUR, ticket="T-2", episode="e2"),
                event("opened", NOON + 1, scope="helped", episode="e3", rank=1),
                event("voted", NOON + 1, scope="unhelpful", episode="e4", rank=1, helpful=False),
                ticket_event(NOON + HOUR, ticket="T-6", episode="e6"),
            ],
            tickets=[ticket("T-2", NOON + HOUR, episode="e2"), ticket("T-6", NOON + HOUR, episode="e6")],
        )
    ).result(5)
    record.add_verdict(Verdict("T-6", "zofia", Finding.NOT_IN_DOCS, "", NOON + DAY))
    record.fold()
    number = store.gather(since=NOON - DAY, now=NOON + DAY)
    found = {one.id: (one.signal, one.ticket) for one in store.without_vector(RECIPE, most=99)}
    solved = Append(events=[event("solved", NOON + 2 * HOUR, scope="missed", episode="e1")])
    record.submit(solved).result(5)
    record.fold()
    store.gather(since=NOON - DAY, now=NOON + DAY)

    assert number == 4
    assert found == {
        "missed": (Signal.MISSED, False),
        "failed": (Signal.FAILED, True),
        "unhelpful": (Signal.FAILED, False),
        "said": (Signal.NOT_IN_DOCS, True),
    }
    left = {one.id for one in store.without_vector(RECIPE, most=99)}
    assert left == {"failed", "unhelpful", "said"}


def test_questions_of_all_languages_come_together_and_gaps_keep_their_ids(
    record: SqlRecord, store: SqlGaps, keeper: GapKeeper
) -> None:
    some_questions(record)
    grouped(record, keeper, now=NOON + DAY)
    first = store.gaps(least_people=3)
    ask(record, 20, "zwrot pieniędzy", at=NOON + 2 * DAY, locale="pl")
    grouped(record, keeper, now=NOON + 3 * DAY)
    grown = store.gaps(least_people=3)
    grouped(record, keeper, now=NOON + 4 * DAY, anew=True)
    anew = store.gaps(least_people=3)

    assert sorted(one.facts.people for one in first) == [5, 5]
    assert dict(first[0].facts.languages) == {"en": 3, "pl": 2}
    assert {one.id for one in first} == {one.id for one in grown} == {one.id for one in anew}
    assert sorted(one.facts.people for one in grown) == sorted(one.facts.people for one in anew) == [5, 6]
    assert sum(one.facts.weeks[-1] for one in anew) == 11
    named = {store.texts([question for _, question in one.names])[dict(one.names)["pl"]].split()[0] for one in anew}
    assert named == {"zwrot", "faktura"}


def test_who_asks_a_hundred_times_counts_once(record: SqlRecord, store: SqlGaps, keeper: GapKeeper) -> None:
    some_questions(record)
    for number in range(12):
        ask(record, 50 + number, "refund status", who="v-spam")
    grouped(record, keeper, now=NOON + 5 * DAY)
    facts = sorted((one.facts.people, one.facts.questions) for one in store.gaps())

    assert facts == [(5, 5), (6, 17)]
    assert [one.facts.people for one in store.gaps(least_people=6)] == [6]


def test_what_people_decide_outlives_counting_and_grouping(
    record: SqlRecord, store: SqlGaps, keeper: GapKeeper
) -> None:
    some_questions(record)
    grouped(record, keeper, now=NOON + DAY)
    gap = store.gaps()[0].id
    store.change(gap, lambda one: replace(one, state=GapState.PLANNED, assignee="zofia", said=Diagnosis.NO_PAGE))
    store.add_note(GapNote(gap, "zofia", "Piszę w piątek.", NOON + DAY))
    grouped(record, keeper, now=NOON + 9 * DAY)
    kept = store.gap(gap)

    assert kept is not None
    assert (kept.state, kept.assignee, kept.diagnosis) == (GapState.PLANNED, "zofia", Diagnosis.NO_PAGE)
    assert [one.text for one in store.notes(gap)] == ["Piszę w piątek."]
    assert store.change("nosuch", lambda one: one) is None
    assert store.counted(least_people=3) == {**dict.fromkeys(GapState, 0), GapState.NEW: 1, GapState.PLANNED: 1}


def test_a_gap_is_looked_at_once_in_a_generation_and_again_when_it_has_doubled(
    record: SqlRecord, store: SqlGaps, keeper: GapKeeper
) -> None:
    some_questions(record)
    grouped(record, keeper, now=NOON + DAY)
    asked: list[int] = []

    def diagnose(sample: Sequence[GapQuestion]) -> Diagnosed:
        asked.append(len(sample))
        return Diagnosed(Diagnosis.BURIED, "en/refunds#how", (NearPage("en/refunds", "Refunds", "en", 0.75),))

    done = [keeper.diagnose(diagnose, "g1", most=9) for _ in range(2)]
    again = keeper.diagnose(diagnose, "g2", most=1)

    assert (done, again, asked) == ([2, 0], 1, [5, 5, 5])
    assert {one.facts.diagnosis for one in store.gaps()} == {Diagnosis.BURIED}
    assert store.gaps()[0].facts.near == (NearPage("en/refunds", "Refunds", "en", 0.75),)


def test_of_whoever_is_erased_nothing_is_left_in_a_gap(record: SqlRecord, store: SqlGaps, keeper: GapKeeper) -> None:
    some_questions(record)
    grouped(record, keeper, now=NOON + DAY)
    person = persons.person_of(record.engine, Who(visitor="v0"))
    told = persons.export(record.engine, person)["gap_questions"]
    persons.erase(record.engine, person, keys=KEYS, at=NOON + DAY)
    keeper.count(NOON + DAY)

    assert [row["interaction"] for row in told] == ["q0"]
    assert store.texts(["q0", "q1"]) == {"q1": "refund how long"}
    assert sorted(one.facts.people for one in store.gaps()) == [4, 5]
    assert all("q0" not in dict(one.names).values() for one in store.gaps())


def test_vectors_go_with_the_texts_and_gaps_stay(record: SqlRecord, store: SqlGaps, keeper: GapKeeper) -> None:
    some_questions(record)
    grouped(record, keeper, now=NOON + DAY)
    before = {one.id for one in store.gaps()}
    retain(record.engine, Retention(text_days=10, event_days=400, episode_days=400), now=NOON + 40 * DAY)
    left = store.embedded(RECIPE)
    grouped(record, keeper, now=NOON + 41 * DAY, anew=True)

    assert left == []
    assert {one.id for one in store.gaps()} == before
    with writing(record.engine) as connection:
        assert connection.execute(schema.gap_questions.select()).all()[0].vector is None


def test_of_a_gap_that_nobody_is_left_in_no_word_and_no_cost_stays(
    record: SqlRecord, store: SqlGaps, keeper: GapKeeper
) -> None:
    some_questions(record)
    grouped(record, keeper, now=NOON + DAY)
    before = {one.terms != () and one.facts.cost is not None for one in store.gaps()}
    touched = store.gaps()[0].id
    store.change(touched, lambda one: replace(one, state=GapState.WRITTEN))
    people = there(store, touched).facts.people
    for number in range(10):
        person = persons.person_of(record.engine, Who(visitor=f"v{number}"))
        persons.erase(record.engine, person, keys=KEYS, at=NOON + DAY)
    keeper.count(NOON + DAY)
    (other,) = (one for one in store.gaps() if one.id != touched)

    assert before == {True}
    assert (other.names, other.terms, other.facts.people, other.facts.cost) == ((), (), 0, None)
    assert (there(store, touched).terms, there(store, touched).facts.people) == ((), people)


def test_what_has_become_part_of_another_gap_takes_its_old_questions_along(
    record: SqlRecord, store: SqlGaps, keeper: GapKeeper
) -> None:
    some_questions(record)
    ask(record, 50, "refund of long ago", at=NOON - 30 * DAY)
    grouped(record, keeper, now=NOON + DAY)
    refunds = next(one.id for one in store.gaps() if one.facts.people == 6)
    store.keep([Gap("elsewhere", NOON, NOON)])
    store.assign({"q0": "elsewhere", "q50": "elsewhere"})
    retain(record.engine, Retention(text_days=10, event_days=400, episode_days=400), now=NOON + DAY)
    stale = there(store, "elsewhere")
    grouped(record, keeper, now=NOON + DAY, anew=True)
    store.keep([stale])  # as somebody would who has counted meanwhile

    assert there(store, "elsewhere").into == refunds
    assert keeper.standing("elsewhere") == there(store, refunds)
    assert {one.id for one in store.questions(refunds)} >= {"q0", "q50"}
    assert store.questions("elsewhere") == []


def test_names_of_any_number_of_gaps_are_read(store: SqlGaps) -> None:
    assert store.texts([f"q{number}" for number in range(70_000)]) == {}


def test_what_a_page_has_spared_is_told_beside_gaps_that_nobody_touched(record: SqlRecord, store: SqlGaps) -> None:
    store.keep([Gap("mended", NOON, NOON), Gap("left", NOON, NOON)])
    asked = []
    for week in range(16):
        for person in range(6):
            for gap in ("mended", "left"):
                if gap == "mended" and week >= 10 and person:
                    continue
                at = NOON + week * WEEK + person * HOUR
                asked.append(
                    GapQuestion(
                        f"{gap}{week}-{person}",
                        "e",
                        at,
                        f"{week}-{person}",
                        "en",
                        "?",
                        Signal.MISSED,
                        ticket=True,
                        gap=gap,
                    )
                )
    questions = by_gap(asked)
    published = NOON + 10 * WEEK
    prediction = predict("mended", questions, at=published)
    store.change(
        "mended",
        lambda one: replace(one, state=GapState.WRITTEN, published_at=published, predicted=prediction, page="en/x"),
    )
    saving = savings_of(store.gaps(), questions, now=NOON + 16 * WEEK)["mended"]

    assert prediction.tickets == pytest.approx(5.5, abs=0.6)
    assert prediction.spared.low < 3.3 < prediction.spared.high
    assert saving.came == pytest.approx(1.0)
    assert saving.spared.low < 5.0 < saving.spared.high
    assert saving.helped
    assert experience_of({"mended": saving}).spared > 20.0
