"""A database that goes away: what was acknowledged is there afterwards, what waits is recorded, callers are told."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.adapters.sql.record import SqlRecord
from assistant.errors import RecordUnavailable
from assistant.record.deflection import Dimension
from assistant.record.events import Who
from assistant.record.evidence import Finding, Verdict
from assistant.record.ports import Append, Recorded
from assistant.record.summary import summarise
from eval.postgres import Postgres, postgres_server
from tests.conftest import PROJECT
from tests.record_story import NOON, event, question

_APPEND_FOREVER = """
import sys
from assistant.adapters.sql.record import SqlRecord
from assistant.record.ports import Append
from tests.record_story import event
record = SqlRecord(sys.argv[1])
for number in range(10**9):
    record.submit(Append(events=[event("opened", number, name=f"n{number:08}")])).result()
    print(f"n{number:08}", flush=True)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server of these tests alone, which they may kill."""
    with postgres_server() as started:
        yield started
        started.kill()


@pytest.fixture
def record(server: Postgres) -> Iterator[SqlRecord]:
    server.run("dropdb", "--if-exists", "--force", "askfirst")
    server.run("createdb", "askfirst")
    opened = SqlRecord(server.url)
    yield opened
    opened.close()


@contextmanager
def away(server: Postgres) -> Iterator[None]:
    server.kill()
    try:
        yield
    finally:
        server.start()


def stored(record: SqlRecord) -> set[str]:
    return {one.id for one in record.story_of("e1")[1]}


def test_what_was_acknowledged_is_there_after_the_server_is_killed_under_load(
    server: Postgres, record: SqlRecord
) -> None:
    acknowledged: list[str] = []
    stop = threading.Event()

    def keep_appending(person: int) -> None:
        number = 0
        while not stop.is_set():
            name = f"n{person}-{number}"
            if record.submit(Append(events=[event("opened", NOON, name=name)])).result(30):
                acknowledged.append(name)
            number += 1

    with ThreadPoolExecutor(8) as people:
        working = [people.submit(keep_appending, person) for person in range(8)]
        for _ in range(2):
            time.sleep(0.2)
            with away(server):
                time.sleep(0.1)
        until = time.monotonic() + 10
        before = len(acknowledged)
        while len(acknowledged) == before and time.monotonic() < until:
            time.sleep(0.05)
        stop.set()
        for one in working:
            one.result(30)

    assert len(acknowledged) > before
    assert set(acknowledged) <= stored(record)


def test_while_the_server_is_away_appends_wait_and_questions_say_so(server: Postgres, record: SqlRecord) -> None:
    record.submit(Append(interactions=[question()])).result(5)
    verdict = Verdict("T-1", "Žofie", Finding.NOT_IN_DOCS, "", NOON)
    questions: list[Callable[[], object]] = [
        record.fold,
        lambda: record.last_asked(Who("v-ann"), since=0, until=NOON),
        lambda: record.state_of("e1"),
        lambda: record.story_of("e1"),
        lambda: record.ticket("T-1"),
        lambda: record.close_ticket("T-1", NOON),
        lambda: record.unchecked(most=1),
        lambda: record.add_verdict(verdict),
        lambda: record.verdicts_on("T-1"),
        lambda: record.evidence_of("T-1"),
        lambda: record.texts_of(["d1"]),
        lambda: record.curation("c1"),
        lambda: record.misses(first_day=1, last_day=9, now=NOON, most=1),
        lambda: summarise(record, Dimension.WEEK, first_day=1, last_day=9, now=NOON),
    ]
    waiting: list[Future[Recorded]] = []

    with away(server):
        for number in range(600):
            waiting.append(record.submit(Append(events=[event("opened", NOON, name=f"n{number}")])))
        for ask in questions:
            with pytest.raises(RecordUnavailable, match="try again"):
                ask()
        assert not any(one.done() for one in waiting)
        assert record.waiting > 0

    assert all(one.result(10) for one in waiting)
    assert len(stored(record)) == 600
    assert record.fold() > 0


def test_what_is_too_much_to_wait_is_refused_at_once(server: Postgres, record: SqlRecord) -> None:
    with away(server):
        appended = [record.submit(Append()) for _ in range(21_000)]
        waiting = [one for one in appended if not one.done()]

    refused = set(appended).difference(waiting)
    assert 20_000 <= len(waiting) < 21_000
    assert all(isinstance(one.exception(), RecordUnavailable) for one in refused)
    assert all(one.result(20) == set() for one in waiting)


def test_a_record_closed_while_its_server_is_away_tells_those_who_wait(server: Postgres) -> None:
    server.run("createdb", "closing")
    record = SqlRecord(server.database("closing"))
    with away(server):
        waiting = record.submit(Append(events=[event("opened", NOON)]))
        time.sleep(0.1)
        begun = time.monotonic()
        record.close()

    assert time.monotonic() - begun < 15.0
    assert isinstance(waiting.exception(0), RecordUnavailable)


def test_what_was_acknowledged_is_there_after_a_process_with_sqlite_is_killed(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/record.db"
    with subprocess.Popen(
        [sys.executable, "-c", _APPEND_FOREVER, database], stdout=subprocess.PIPE, text=True, cwd=PROJECT
    ) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(100)]
        process.kill()
        acknowledged += process.stdout.read().split()

    record = SqlRecord(database)
    assert {one for one in acknowledged if len(one) == 9} <= stored(record)
    record.close()
