"""Vectors of earlier tickets, on both databases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import func, insert, select

from assistant.adapters.sql import schema
from assistant.adapters.sql.earlier import SqlEarlierTickets
from assistant.adapters.sql.engine import writing
from assistant.adapters.sql.persons import delete_episodes
from assistant.adapters.sql.record import SqlRecord
from assistant.adapters.sql.retention import Retention, retain
from assistant.desk.earlier import earlier_on, embed_new
from assistant.record.evidence import MACHINE, Finding, Verdict
from assistant.record.ports import Append, Ticket
from indexer.ports import Vector
from tests.fakes import WordEncoder
from tests.record_story import DAY, NOON, ticket

EAST, NORTH = np.eye(4, dtype=np.float32)[:2]
BETWEEN = ((EAST + NORTH) / np.sqrt(2)).astype(np.float32)


@pytest.fixture
def store(record: SqlRecord) -> SqlEarlierTickets:
    return SqlEarlierTickets(record.engine)


def add(record: SqlRecord, *tickets: Ticket) -> None:
    record.submit(Append(tickets=tickets)).result(5)


def named(name: str, text: str | None = "where is my parcel", days: int = 0) -> Ticket:
    return replace(ticket(), id=name, episode=f"e-{name}", text=text, created_at=NOON + days * DAY)


def embed(text: str) -> Vector:
    row: Vector = WordEncoder().embed_queries([text])[0]
    return row


def test_the_nearest_come_first_with_their_cosine(record: SqlRecord, store: SqlEarlierTickets) -> None:
    add(record, named("T-1"), named("T-2"), named("T-3"))
    store.keep("r1", [("T-1", NORTH), ("T-2", BETWEEN), ("T-3", -EAST)])

    found = store.nearest("r1", EAST, most=5, besides=None)

    assert [ticket for ticket, _ in found] == ["T-2", "T-1", "T-3"]
    assert [round(similarity, 3) for _, similarity in found] == [0.707, 0.0, -1.0]
    assert [ticket for ticket, _ in store.nearest("r1", EAST, most=1, besides="T-2")] == ["T-1"]
    assert store.nearest("r2", EAST, most=5, besides=None) == []


def test_tickets_without_a_vector_of_the_recipe_wait_the_latest_first(
    record: SqlRecord, store: SqlEarlierTickets
) -> None:
    add(record, named("old", days=-1), named("new", days=1), named("emptied", text=None), named("known"))
    store.keep("r1", [("known", EAST)])

    assert [one.id for one in store.without_vector("r1", most=5)] == ["new", "old"]
    assert [one.id for one in store.without_vector("r1", most=1)] == ["new"]
    assert [one.id for one in store.without_vector("r2", most=5)] == ["new", "known", "old"]


def test_a_vector_of_another_recipe_takes_the_place_of_the_one_before(
    record: SqlRecord, store: SqlEarlierTickets
) -> None:
    add(record, named("T-1"))
    store.keep("r1", [("T-1", EAST)])
    store.keep("r2", [("T-1", NORTH)])

    assert store.nearest("r1", EAST, most=5, besides=None) == []
    assert store.nearest("r2", NORTH, most=5, besides=None) == [("T-1", 1.0)]


def test_none_is_kept_of_a_ticket_that_is_not_there_or_was_emptied(record: SqlRecord, store: SqlEarlierTickets) -> None:
    add(record, named("emptied", text=None))
    store.keep("r1", [("emptied", EAST), ("erased", EAST)])

    assert vectors(record) == 0


def test_vectors_go_with_the_texts_and_with_the_tickets(record: SqlRecord, store: SqlEarlierTickets) -> None:
    add(record, named("old", days=-40), named("new"), named("theirs"))
    store.keep("r1", [("old", EAST), ("new", EAST), ("theirs", EAST)])

    retain(record.engine, Retention(text_days=30, event_days=300, episode_days=300), now=NOON)
    assert vectors(record) == 2
    with writing(record.engine) as connection:
        gone = delete_episodes(connection, ["e-theirs"])
    assert gone["ticket_vectors"] == 1
    assert [one for one, _ in store.nearest("r1", EAST, most=5, besides=None)] == ["new"]


def test_the_last_message_of_the_staff_is_how_it_was_solved(record: SqlRecord, store: SqlEarlierTickets) -> None:
    messages = [("staff", "look here"), ("customer", "thank you"), ("staff", "you are welcome"), ("customer", "bye")]
    with writing(record.engine) as connection:
        for number, (by, text) in enumerate(messages, start=1):
            row = {"id": f"m{number}", "ticket": "T-1", "number": number, "by": by, "author": None, "text": text}
            connection.execute(insert(schema.messages).values(**row, at=NOON, delivered=True))

    assert store.solutions_of(["T-1", "T-2"]) == {"T-1": "you are welcome"}


def test_earlier_tickets_on_the_same_matter_are_found_with_finding_and_solution(
    record: SqlRecord, store: SqlEarlierTickets
) -> None:
    add(record, named("T-1", "Hello,\nwhere is my parcel from Monday?"), named("T-2", "please change my password"))
    record.add_verdict(Verdict("T-1", "ann", Finding.NOT_SHOWN, "", NOON))
    record.add_verdict(Verdict("T-1", MACHINE, Finding.NOT_IN_DOCS, "", NOON + 1))

    found = earlier_on(
        "Good morning,\nwhere is my parcel from Friday?",
        "en",
        store,
        recipe="r1",
        embed=embed,
        verdicts_on=record.verdicts_on,
        solutions_of=lambda tickets: dict.fromkeys(tickets, "it was at the neighbour's"),
    )

    assert [(one.ticket.id, one.finding, one.solution) for one in found] == [
        ("T-1", Finding.NOT_SHOWN, "it was at the neighbour's")
    ]
    assert found[0].similarity > 0.8
    assert embed_new(store, "r1", embed) == 0


def vectors(record: SqlRecord) -> int:
    with record.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(schema.ticket_vectors)) or 0
