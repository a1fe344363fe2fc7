"""Schema changes on a filled database: there and back with nothing lost, by one process at a time."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, select, text

from assistant.adapters.sql import migrating, schema
from assistant.adapters.sql.engine import database_url, open_engine
from assistant.adapters.sql.record import SqlRecord
from assistant.errors import RecordUnusable
from assistant.record.evidence import Finding, Verdict
from assistant.record.ports import Append
from tests.conftest import PROJECT
from tests.record_story import NOON, event, question, ticket, ticket_event

_UPGRADE = """
import sys
from assistant.adapters.sql.engine import open_engine
from assistant.adapters.sql.migrating import upgrade
print(upgrade(open_engine(sys.argv[1]))[0])
"""
MIGRATIONS = Path(migrating.__file__).parent / "migrations"
REVISIONS = [one.revision for one in reversed(list(ScriptDirectory(MIGRATIONS).walk_revisions()))]


@pytest.fixture
def engine(database: str) -> Engine:
    return open_engine(database)


def fill(database: str) -> None:
    record = SqlRecord(database)
    record.submit(
        Append(
            interactions=[question("q1", question="zażółć"), question("q2", NOON + 1, episode="e2")],
            events=[event("voted", NOON + 2, helpful=False, reason="nein"), ticket_event(NOON + 3)],
            tickets=[ticket(at=NOON + 3)],
            texts=[("d1", "Tekst")],
            curations=[("c1", "[]")],
        )
    ).result(5)
    record.add_verdict(Verdict("T-1", "Žofie", Finding.NOT_IN_DOCS, "", NOON))
    record.fold()
    record.submit(Append(interactions=[question("q3", NOON + 4, episode="e3")])).result(5)
    record.close()


Rows = dict[str, list[dict[str, Any]]]
"""Tables and their rows, each by its columns' names."""


def rows_of(engine: Engine) -> Rows:
    """Return the rows of the tables that are there, as far as this version knows their columns."""
    found: Rows = {}
    with engine.connect() as connection:
        for name, table in schema.metadata.tables.items():
            if inspect(connection).has_table(name):
                there = {one["name"] for one in inspect(connection).get_columns(name)}
                columns = [column for column in table.columns if column.name in there]
                rows = [dict(row._mapping) for row in connection.execute(select(*columns))]
                found[name] = sorted(rows, key=lambda row: repr([row[column.name] for column in table.primary_key]))
    return found


def as_in(rows: Rows, earlier: Rows) -> Rows:
    """Return rows as far as an earlier schema has their tables and columns."""
    return {
        name: [{column: row[column] for column in was} for row, was in zip(rows[name], earlier_rows, strict=True)]
        for name, earlier_rows in earlier.items()
    }


def differences(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, schema.metadata))


def test_revisions_make_the_tables_that_the_code_uses(engine: Engine) -> None:
    assert migrating.upgrade(engine) == (None, REVISIONS[-1])

    assert differences(engine) == []
    assert migrating.current(engine) == migrating.newest() == REVISIONS[-1]
    engine.dispose()


def test_revisions_make_the_indexes_that_the_code_uses(engine: Engine) -> None:
    migrating.upgrade(engine)

    with engine.connect() as connection:
        for name, table in schema.metadata.tables.items():
            found = {str(one["name"]): one["column_names"] for one in inspect(connection).get_indexes(name)}
            assert found == {str(one.name): [column.name for column in one.columns] for one in table.indexes}
    engine.dispose()


@pytest.mark.parametrize("revision", ["base", *REVISIONS])
def test_going_back_and_forth_keeps_what_the_earlier_schema_has(database: str, engine: Engine, revision: str) -> None:
    fill(database)
    before = rows_of(engine)

    migrating.downgrade(engine, revision)
    between = rows_of(engine)
    migrating.upgrade(engine)

    after = rows_of(engine)
    assert between == as_in(before, between)
    assert between == as_in({name: after[name] for name in between}, between)
    assert all(after[name] == [] for name in after if name not in between)
    assert (between == {}) is (revision == "base")
    assert differences(engine) == []
    engine.dispose()


def test_every_revision_can_be_gone_back_one_by_one(database: str, engine: Engine) -> None:
    fill(database)

    for later, earlier in zip(reversed(REVISIONS), [*reversed(REVISIONS[:-1]), "base"], strict=True):
        assert migrating.downgrade(engine, earlier) == (later, earlier)
    assert migrating.current(engine) is None
    assert rows_of(engine) == {}
    engine.dispose()


def test_a_record_goes_on_after_going_back_and_forth(database: str, engine: Engine) -> None:
    fill(database)
    migrating.downgrade(engine, REVISIONS[0])
    engine.dispose()

    record = SqlRecord(database)
    assert record.submit(Append(events=[event("solved", NOON + 9, scope="q2", episode="e2")])).result(5)
    assert record.fold() == 2
    record.close()


def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(database: str, engine: Engine) -> None:
    fill(database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = rows_of(engine)

    with pytest.raises(RecordUnusable, match=r"9999.*newer version"):
        SqlRecord(database)
    with pytest.raises(RecordUnusable, match="newer version"):
        migrating.downgrade(engine, REVISIONS[0])

    assert rows_of(engine) == before
    engine.dispose()


def test_a_revision_that_there_is_not_is_refused(database: str, engine: Engine) -> None:
    fill(database)
    before = rows_of(engine)

    with pytest.raises(RecordUnusable, match="'0000'"):
        migrating.downgrade(engine, "0000")

    assert rows_of(engine) == before
    engine.dispose()


def test_a_revision_ahead_is_none_to_go_back_to(database: str, engine: Engine) -> None:
    fill(database)
    migrating.downgrade(engine, REVISIONS[0])

    with pytest.raises(RecordUnusable, match=REVISIONS[-1]):
        migrating.downgrade(engine, REVISIONS[-1])

    assert migrating.current(engine) == REVISIONS[0]
    engine.dispose()


def test_many_threads_that_open_an_empty_database_at_once_find_it_whole(database: str) -> None:
    def open_one(_: int) -> str | None:
        engine = open_engine(database)
        try:
            return migrating.upgrade(engine)[0]
        finally:
            engine.dispose()

    with ThreadPoolExecutor(6) as threads:
        before = list(threads.map(open_one, range(6)))

    assert sorted(before, key=str) == [*([REVISIONS[-1]] * 5), None]


def test_two_processes_that_start_at_once_find_it_whole(database: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _UPGRADE, database], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=PROJECT
        )
        for _ in range(2)
    ]
    said = [one.communicate(timeout=30) for one in processes]

    assert sorted(out.decode().strip() for out, _ in said) == sorted(["None", REVISIONS[-1]])
    assert [errors.decode() for _, errors in said] == ["", ""]


def test_a_failing_revision_leaves_the_database_as_it_was(database: str, engine: Engine) -> None:
    with engine.begin() as connection:  # something of somebody else's, in the way of the last table
        connection.execute(text("CREATE TABLE verdicts (id integer)"))

    with pytest.raises(RecordUnusable, match="verdicts"):
        migrating.upgrade(engine)

    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) - {"alembic_version"} == {"verdicts"}
    engine.dispose()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("record.db", "no address of a database"),
        ("", "no address of a database"),
        ("mysql://localhost/record", "SQLite or PostgreSQL, not in 'mysql'"),
        ("sqlite://", "a database in memory would be lost"),
        ("sqlite:///:memory:", "a database in memory would be lost"),
    ],
)
def test_an_address_that_cannot_be_used_says_what_to_write(address: str, says: str) -> None:
    with pytest.raises(RecordUnusable, match=says):
        open_engine(address)


def test_an_address_may_be_written_as_people_do() -> None:
    assert database_url("postgresql://ann@db.example/record").drivername == "postgresql+psycopg"
    assert create_engine(database_url("sqlite:///x.db")).dialect.name == "sqlite"
