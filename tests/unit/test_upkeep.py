"""What a service does on the side: nothing that fails there keeps anything else from being done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.upkeep import Upkeep
from api.wiring import open_assistant
from assistant.adapters.sql.record import SqlRecord
from assistant.asking.assistant import Assistant
from assistant.asking.curation import curation_of, snapshot_of
from assistant.errors import RecordUnavailable
from assistant.record.events import Instant
from assistant.record.ports import Append, Retained
from indexer.adapters.numpy_store import NumpyFormat
from indexer.errors import IndexNotReady
from indexer.generations import Generations
from tests.api.conftest import build_small
from tests.api.record_desk import eventually
from tests.fakes import WordEncoder
from tests.record_story import DAY, NOON, ticket


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    root = tmp_path_factory.mktemp("index")
    build_small(root)
    generations = Generations(root)
    return open_assistant(generations, generations.live(), encoder_of=lambda _: WordEncoder(), store=NumpyFormat())


@pytest.fixture
def record(tmp_path: Path) -> Iterator[SqlRecord]:
    opened = SqlRecord(f"sqlite:///{tmp_path}/record.db")
    yield opened
    opened.close()


class Service:
    """Upkeep of a record, with all that it needs: ``failing`` are generations that cannot be opened, and why."""

    def __init__(self, record: SqlRecord, assistant: Assistant) -> None:
        self.failing: dict[str, Exception] = {}
        self.retained: list[Instant] = []
        self.now = NOON
        self._assistant = assistant
        self.upkeep = Upkeep(record, self._open, clock=lambda: self.now, retain=self._retain, every_seconds=0.01)

    def _open(self, generation: str) -> Assistant:
        if generation in self.failing:
            raise self.failing[generation]
        return self._assistant

    def _retain(self, now: Instant) -> Retained:
        self.retained.append(now)
        return Retained(0, 0, 0)


@pytest.fixture
def service(record: SqlRecord, assistant: Assistant) -> Service:
    return Service(record, assistant)


def write(record: SqlRecord, identity: str, **changed: Any) -> None:
    given = {"text": "when does money come back", **changed}
    record.submit(Append(tickets=[ticket(identity, episode=identity, **given)])).result(5)


def findings(record: SqlRecord, *tickets: str) -> list[str | None]:
    return [next((one.finding.value for one in record.verdicts_on(ticket)), None) for ticket in tickets]


def test_tickets_are_looked_at_once(record: SqlRecord, service: Service) -> None:
    write(record, "T-1")
    service.upkeep.look()
    service.upkeep.look()

    assert findings(record, "T-1") == ["in_docs_not_shown"]
    assert len(record.verdicts_on("T-1")) == 1


@pytest.mark.parametrize("passing", [RecordUnavailable("away"), IndexNotReady("not yet")])
def test_what_does_not_last_is_tried_again(record: SqlRecord, service: Service, passing: Exception) -> None:
    write(record, "T-1")
    service.failing = {"g1": passing}
    service.upkeep.look()
    assert findings(record, "T-1") == [None]

    service.failing = {}
    service.upkeep.look()
    assert findings(record, "T-1") == ["in_docs_not_shown"]


def test_a_ticket_that_cannot_be_looked_at_is_in_nobodys_way(record: SqlRecord, service: Service) -> None:
    service.failing = {"gone": ValueError("whatever")}
    for number in range(25):
        write(record, f"T-{number}", generation="gone")
    write(record, "T-98", text=None)
    write(record, "T-99")
    for _ in range(3):
        service.upkeep.look()

    assert findings(record, "T-0", "T-98", "T-99") == [None, None, "in_docs_not_shown"]
    assert service.retained == [NOON]


def test_what_is_past_its_time_is_deleted_once_a_day(service: Service) -> None:
    for now in (NOON, NOON + 1, NOON + DAY, NOON + DAY + 1):
        service.now = now
        service.upkeep.look()

    assert service.retained == [NOON, NOON + DAY]


def test_a_ticket_is_looked_at_with_what_writers_had_decided_when_it_came(record: SqlRecord, service: Service) -> None:
    pinned = curation_of(pinned="- page: en/shipping\n  questions: [quantum lecture]\n")
    digest, content = snapshot_of(pinned.sources)
    record.submit(Append(curations=[(digest, content)])).result(5)
    write(record, "T-1", text="quantum lecture", curation=digest)
    write(record, "T-2", text="quantum lecture", curation="unknown")
    service.upkeep.look()

    assert findings(record, "T-1", "T-2") == ["in_docs_not_shown", "not_in_docs"]


def test_upkeep_goes_on_until_it_is_stopped(record: SqlRecord, service: Service) -> None:
    service.upkeep.start()
    write(record, "T-1")
    eventually(lambda: findings(record, "T-1") != [None])
    service.upkeep.stop()
    write(record, "T-2")

    assert findings(record, "T-2") == [None]
