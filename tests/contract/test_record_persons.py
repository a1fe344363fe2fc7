"""One person's data on both databases: what is past its time goes, exports are whole, erasure leaves no trace."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event as event_of_engine
from sqlalchemy import inspect, select, text

from assistant.adapters.sql import persons, schema
from assistant.adapters.sql.engine import open_engine
from assistant.adapters.sql.record import SqlRecord
from assistant.adapters.sql.retention import Retention, retain
from assistant.record.events import Who
from assistant.record.evidence import Evidence, Finding, Verdict
from assistant.record.keys import Keys, secret_bytes
from assistant.record.ports import Append
from tests.record_story import DAY, NOON, event, question, ticket, ticket_event

KEYS = Keys(secret_bytes("a secret of the tests"))
ANN = KEYS.who(visitor="ann-s-browser", account=None)
ANN_SIGNED_IN = KEYS.who(visitor="ann-s-browser", account="ann")
ANN_ON_HER_PHONE = KEYS.who(visitor="ann-s-phone-1", account="ann")
BEN = KEYS.who(visitor="ben-s-browser", account="ben")
BEN_AT_ANNS = KEYS.who(visitor="ann-s-browser", account="ben")
EVIDENCE = Evidence("", "en", "g1", "c1", False, 0.0, ())
KEPT = Retention(text_days=10, event_days=100, episode_days=1000)


def live(record: SqlRecord, name: str, who: Who, *, at: int = NOON) -> None:
    """Let a person ask, open, vote and write; every text of theirs holds the name."""
    asked = question(f"q-{name}", at, episode=f"e-{name}", who=who, question=f"{name} asks: gdzie są pieniądze")
    number = f"T-{name}"
    voted = event(
        "voted", at + 2, scope=asked.id, episode=asked.episode, helpful=False, reason=f"{name} was not helped"
    )
    written = replace(ticket_event(at + 3, ticket=number), episode=asked.episode)
    wrote = ticket(number, at + 3, episode=asked.episode, text=f"{name} writes: החזר")
    record.submit(Append(interactions=[asked], events=[voted, written], tickets=[wrote])).result(5)
    record.add_verdict(
        Verdict(number, "machine", Finding.NOT_IN_DOCS, f"nothing for {name}", at + 4),
        replace(EVIDENCE, question=f"{name} writes: החזר"),
    )
    record.add_verdict(Verdict(number, "Žofie", Finding.NOT_SHOWN, f"{name} is right", at + 5))


def everything(record: SqlRecord) -> str:
    """Return every value of every table of the database, those of its statistics too."""
    with record.engine.connect() as connection:
        tables = [f'"{name}"' for name in inspect(connection).get_table_names()]
        if connection.dialect.name == "postgresql":
            tables.append("pg_stats WHERE schemaname = 'public'")
        return "\n".join(str(row) for one in tables for row in connection.execute(text(f"SELECT * FROM {one}")))  # noqa: S608


def files_of(database: str) -> bytes:
    """Return what the files of an SQLite database hold."""
    path = Path(database.removeprefix("sqlite:///"))
    return b"".join(one.read_bytes() for one in sorted(path.parent.glob(path.name + "*")))


def people_in(found: dict[str, list[dict[str, object]]]) -> set[str]:
    return {str(row["id"]).removeprefix("e-") for row in found["episodes"]}


def erased(record: SqlRecord, who: Who, *, at: int = NOON) -> persons.Erased:
    return persons.erase(record.engine, persons.person_of(record.engine, who), keys=KEYS, at=at)


def test_an_export_holds_all_of_one_person_and_nothing_of_another(record: SqlRecord) -> None:
    for name, who in [("before", ANN), ("shop", ANN_SIGNED_IN), ("phone", ANN_ON_HER_PHONE), ("ben", BEN)]:
        live(record, name, who)
    record.fold()
    account = KEYS.who(visitor=None, account="ann")

    found = persons.export(record.engine, persons.person_of(record.engine, account))

    assert people_in(found) == {"before", "shop", "phone"}
    assert {name: len(rows) for name, rows in found.items()} == {
        "interactions": 3,
        "events": 6,
        "episodes": 3,
        "tickets": 3,
        "verdicts": 6,
        "desk_tickets": 0,
        "desk_files": 0,
        "gap_questions": 0,
        "messages": 0,
        "deliveries": 0,
        "checklists": 0,
        "standings": 0,
        "contests": 0,
    }
    assert "ben" not in json.dumps(found, ensure_ascii=False)


def test_an_account_is_not_whoever_else_signed_in_with_the_same_browser(record: SqlRecord) -> None:
    live(record, "shop", ANN_SIGNED_IN)
    live(record, "guest", BEN_AT_ANNS)
    record.fold()
    account = KEYS.who(visitor=None, account="ann")

    assert people_in(persons.export(record.engine, persons.person_of(record.engine, account))) == {"shop"}
    erased(record, account)
    assert record.story_of("e-shop") == ([], [])
    assert len(record.story_of("e-guest")[0]) == 1


def test_a_browser_is_all_that_was_asked_in_it(record: SqlRecord) -> None:
    for name, who in [("before", ANN), ("shop", ANN_SIGNED_IN), ("phone", ANN_ON_HER_PHONE)]:
        live(record, name, who)
    record.fold()

    assert people_in(persons.export(record.engine, persons.person_of(record.engine, ANN))) == {"before", "shop"}


@pytest.mark.parametrize("folded", [True, False])
def test_erasure_leaves_no_trace_in_any_table_or_file(database: str, folded: bool) -> None:
    record, running = SqlRecord(database), SqlRecord(database)
    for name, who in [("shop", ANN_SIGNED_IN), ("phone", ANN_ON_HER_PHONE), ("ben", BEN)]:
        live(record, name, who)
    if folded:
        running.fold()
    with record.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    known = {str(one) for one in (*vars_of(ANN_SIGNED_IN), *vars_of(ANN_ON_HER_PHONE))}
    traces = {*known, "shop asks", "shop was not", "shop writes", "for shop", "shop is", "phone asks", "e-phone"}
    assert traces <= found_in(everything(running), traces)

    done = erased(record, KEYS.who(visitor=None, account="ann"))

    assert done.swept
    assert done.rows["interactions"] == done.rows["tickets"] == 2
    assert found_in(everything(running), traces) == set()
    if database.startswith("sqlite"):
        assert found_in(files_of(database).decode("utf-8", "replace"), traces) == set()
    assert len(record.story_of("e-ben")[0]) == 1
    assert record.ticket("T-ben") is not None
    running.close()
    record.close()


def vars_of(who: Who) -> tuple[str, str]:
    assert who.visitor is not None
    assert who.account is not None
    return who.visitor, who.account


def found_in(where: str, traces: Collection[str]) -> set[str]:
    return {one for one in traces if one in where}


def test_an_erasure_that_a_reader_keeps_from_the_files_says_so(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/record.db"
    record, impatient = SqlRecord(database), open_engine(database)
    event_of_engine.listen(impatient, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 50"))
    live(record, "ann", ANN)
    with record.engine.connect() as reading:
        reading.execute(select(schema.interactions)).all()
        assert not persons.erase(impatient, persons.person_of(impatient, ANN), keys=KEYS, at=NOON).swept

    assert erased(record, ANN).swept
    assert b"ann asks" not in files_of(database)
    impatient.dispose()
    record.close()


def test_a_ticket_that_an_account_wrote_on_somebodys_question_is_the_accounts_too(record: SqlRecord) -> None:
    asker, writer = Who("v-1"), Who(None, "a-1")
    record.submit(
        Append(
            interactions=[question("q1", who=asker)],
            events=[ticket_event(NOON + 1)],
            tickets=[ticket("T-1", NOON + 1, who=writer, text="the account's own words")],
        )
    ).result(5)

    exported = persons.export(record.engine, persons.person_of(record.engine, writer))
    erased(record, writer)

    assert [row["id"] for row in exported["tickets"]] == ["T-1"]
    assert record.ticket("T-1") is None
    assert "the account's own words" not in everything(record)


def test_whoever_was_never_here_can_be_erased_too(record: SqlRecord) -> None:
    live(record, "ben", BEN)

    assert sum(erased(record, ANN).rows.values()) == 0
    assert KEYS.erasure_mark(ANN.visitor or "") in everything(record)


def test_texts_are_emptied_after_their_days_and_the_rest_stays(record: SqlRecord) -> None:
    live(record, "old", ANN, at=NOON - 10 * DAY - 9)
    live(record, "new", BEN, at=NOON - 10 * DAY + 9)
    record.fold()

    done = retain(record.engine, KEPT, now=NOON)

    assert (done.texts, done.stories, done.episodes) == (3, 0, 0)
    (asked,), events = record.story_of("e-old")
    assert (asked.question, {one.reason for one in events}, len(events)) == (None, {None}, 2)
    old, new = record.ticket("T-old"), record.ticket("T-new")
    assert old is not None
    assert new is not None
    assert (old.text, new.text) == (None, "new writes: החזר")
    evidence = record.evidence_of("T-old")
    assert evidence == EVIDENCE
    assert found_in(everything(record), ["old asks", "old was", "old writes"]) == set()
    assert found_in(everything(record), ["new asks", "new was", "new writes"]) == {"new asks", "new was", "new writes"}
    assert retain(record.engine, KEPT, now=NOON).texts == 0


def test_events_go_after_their_days_all_of_an_episode_together(record: SqlRecord) -> None:
    live(record, "old", ANN, at=NOON - 100 * DAY - 9)
    live(record, "new", BEN, at=NOON - 100 * DAY + 9)
    live(record, "long", ANN_ON_HER_PHONE, at=NOON - 105 * DAY)
    again = question("q-again", NOON - 99 * DAY, episode="e-long", who=ANN_ON_HER_PHONE)
    record.submit(Append(interactions=[again])).result(5)
    record.fold()

    assert retain(record.engine, KEPT, now=NOON).stories == 1
    assert record.story_of("e-old") == ([], [])
    assert [len(part) for name in ("new", "long") for part in record.story_of(f"e-{name}")] == [1, 2, 2, 2]
    record.folder.mark_all()
    record.fold()
    with record.engine.connect() as connection:
        left = set(connection.scalars(select(schema.episodes.c.id)))
    assert left == {"e-old", "e-new", "e-long"}
    assert record.ticket("T-old") is not None


def test_episodes_go_last_with_their_tickets_and_verdicts(record: SqlRecord) -> None:
    live(record, "old", ANN, at=NOON - 1000 * DAY - 9)
    live(record, "new", BEN, at=NOON - 1000 * DAY + 9)
    record.fold()

    assert retain(record.engine, KEPT, now=NOON).episodes == 1
    assert record.ticket("T-old") is None
    assert record.verdicts_on("T-old") == []
    assert record.ticket("T-new") is not None
    assert "old" not in everything(record)


def test_of_a_record_that_is_young_nothing_goes(record: SqlRecord) -> None:
    live(record, "new", ANN, at=NOON)
    record.fold()
    before = everything(record)

    done = retain(record.engine, KEPT, now=NOON + 10 * DAY)
    assert (done.texts, done.stories, done.episodes) == (0, 0, 0)
    assert everything(record) == before
