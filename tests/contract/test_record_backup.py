"""Backups: whole, of either database into either, refused when they are not ours; whoever was erased stays erased."""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from assistant.adapters.sql import migrating, persons, schema
from assistant.adapters.sql.backup import back_up, restore
from assistant.adapters.sql.engine import open_engine
from assistant.adapters.sql.record import SqlRecord
from assistant.errors import RecordUnusable
from assistant.record.evidence import Evidence, Finding, Verdict
from assistant.record.keys import Keys, secret_bytes
from assistant.record.ports import Append
from tests.record_story import NOON, event, missed, question, ticket, ticket_event

KEYS = Keys(secret_bytes("a secret of the tests"))
ANN = KEYS.who(visitor="ann-s-browser", account="ann")
BEN = KEYS.who(visitor="ann-s-browser", account="ben")
CARL = KEYS.who(visitor="carls-browser", account=None)


def fill(record: SqlRecord) -> None:
    asked = [
        question("q1", who=ANN, question="Zażółć gęślą jaźń\n\"quoted\" 'too' \\ 日本 מתי"),
        missed("q2", NOON + 1, episode="e2", who=BEN, question=None, nearest=()),
        question("q3", NOON + 2, episode="e3", who=CARL, held_out=True, experiment="1@0.1"),
    ]
    events = [event("opened", NOON + 1), event("voted", NOON + 2, helpful=False, reason="nein"), ticket_event(NOON + 3)]
    record.submit(
        Append(
            interactions=asked,
            events=events,
            tickets=[ticket(at=NOON + 3)],
            texts=[("d1", "Tekst strony")],
            curations=[("c1", '["",""]')],
        )
    ).result(5)
    evidence = Evidence("where", "en", "g1", "c1", True, 0.1 + 0.2, ())
    record.add_verdict(Verdict("T-1", "machine", Finding.NOT_SHOWN, "", NOON), evidence)
    record.add_verdict(Verdict("T-1", "Žofie", Finding.NOT_IN_DOCS, "", NOON))
    record.fold()
    record.submit(Append(events=[event("solved", NOON + 5, scope="q2", episode="e2")])).result(5)


def tables_of(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in schema.metadata.sorted_tables
        }


@pytest.fixture
def filled(record: SqlRecord) -> SqlRecord:
    fill(record)
    return record


@pytest.fixture
def backup(filled: SqlRecord, tmp_path: Path) -> Path:
    back_up(filled.engine, tmp_path / "backup.zip", at=NOON)
    return tmp_path / "backup.zip"


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Engine]:
    """A filled database to restore to, for files that are refused before any database is looked at."""
    record = SqlRecord(f"sqlite:///{tmp_path}/target.db")
    fill(record)
    yield record.engine
    record.close()


def test_a_backup_goes_into_the_other_kind_of_database_and_back(
    filled: SqlRecord, other_database: str, tmp_path: Path
) -> None:
    before = tables_of(filled.engine)
    other = open_engine(other_database)

    there = back_up(filled.engine, tmp_path / "there.zip", at=NOON)
    restore(other, tmp_path / "there.zip", keys=KEYS, force=False)
    assert tables_of(other) == before
    back = back_up(other, tmp_path / "back.zip", at=NOON)
    restore(filled.engine, tmp_path / "back.zip", keys=KEYS, force=True)

    assert tables_of(filled.engine) == before
    assert there == back
    assert there.rows == {name: len(rows) for name, rows in before.items()}
    assert there.rows["unfolded"] == 1
    other.dispose()


def test_a_restored_record_goes_on_where_it_was(filled: SqlRecord, backup: Path, other_database: str) -> None:
    other = open_engine(other_database)
    restore(other, backup, keys=KEYS, force=False)
    other.dispose()
    restored = SqlRecord(other_database)

    for step in range(5):
        followed = event("solved", NOON + 9 + step, scope="q2", episode="e2")
        assert len(restored.submit(Append(events=[followed])).result(5)) == 1
    assert restored.fold() == 1
    restored.close()


def test_a_backup_holds_one_moment_while_others_go_on_writing(filled: SqlRecord, tmp_path: Path) -> None:
    futures = [
        filled.submit(
            Append(
                interactions=[question(f"n{number}", episode=f"n{number}")],
                events=[event("opened", NOON, scope=f"n{number}", episode=f"n{number}")],
            )
        )
        for number in range(300)
    ]
    back_up(filled.engine, tmp_path / "backup.zip", at=NOON)
    for one in futures:
        one.result(10)

    with zipfile.ZipFile(tmp_path / "backup.zip") as file:
        asked, followed = (
            {json.loads(line)[place] for line in file.read(f"{table}.jsonl").splitlines()}
            for table, place in (("interactions", 0), ("events", 0))
        )
    assert {one for one in followed if one.startswith("n")} == {one for one in asked if one.startswith("n")}


def test_a_record_that_is_there_is_replaced_only_by_force(filled: SqlRecord, backup: Path) -> None:
    filled.submit(Append(interactions=[question("q9", episode="e9")])).result(5)
    before = tables_of(filled.engine)

    with pytest.raises(RecordUnusable, match="add --force to replace it"):
        restore(filled.engine, backup, keys=KEYS, force=False)
    assert tables_of(filled.engine) == before
    restore(filled.engine, backup, keys=KEYS, force=True)
    assert filled.story_of("e9") == ([], [])


def test_whoever_was_erased_does_not_come_back_by_an_older_backup(filled: SqlRecord, backup: Path) -> None:
    account = KEYS.who(visitor=None, account="ann")
    persons.erase(filled.engine, persons.person_of(filled.engine, account), keys=KEYS, at=NOON)

    restore(filled.engine, backup, keys=KEYS, force=True)

    assert filled.story_of("e1") == ([], [])
    assert (filled.ticket("T-1"), filled.verdicts_on("T-1")) == (None, [])
    assert len(filled.story_of("e2")[0]) == len(filled.story_of("e3")[0]) == 1


def test_whoever_was_erased_does_not_come_back_by_the_backup_after_one_without_them(
    filled: SqlRecord, backup: Path, tmp_path: Path
) -> None:
    persons.erase(filled.engine, persons.person_of(filled.engine, CARL), keys=KEYS, at=NOON)
    empty = SqlRecord(f"sqlite:///{tmp_path}/empty.db")
    back_up(empty.engine, tmp_path / "empty.zip", at=NOON)
    empty.close()

    restore(filled.engine, tmp_path / "empty.zip", keys=KEYS, force=True)
    restore(filled.engine, backup, keys=KEYS, force=True)

    assert filled.story_of("e3") == ([], [])
    assert len(filled.story_of("e1")[0]) == 1


def test_a_backup_of_an_older_schema_is_brought_up_to_date(filled: SqlRecord, database: str, tmp_path: Path) -> None:
    migrating.downgrade(filled.engine, "0001")
    old = back_up(filled.engine, tmp_path / "old.zip", at=NOON)
    migrating.upgrade(filled.engine)

    restore(filled.engine, tmp_path / "old.zip", keys=KEYS, force=True)

    assert old.revision == "0001"
    assert migrating.current(filled.engine) == migrating.newest()
    assert filled.story_of("e1")[0][0].question == "Zażółć gęślą jaźń\n\"quoted\" 'too' \\ 日本 מתי"
    assert filled.unchecked(most=9) == []


def test_a_file_with_any_byte_changed_is_refused_or_says_the_same(target: Engine, tmp_path: Path) -> None:
    back_up(target, tmp_path / "backup.zip", at=NOON)
    whole = (tmp_path / "backup.zip").read_bytes()
    before = tables_of(target)
    chance = random.Random(7)  # noqa: S311
    damaged = tmp_path / "damaged.zip"
    refused = 0

    for place in chance.sample(range(len(whole)), 150):
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :])
        try:
            restore(target, damaged, keys=KEYS, force=True)
        except RecordUnusable as exc:
            refused += 1
            assert str(exc).startswith(f"{damaged}: ")  # noqa: PT017
    assert refused > 75
    assert tables_of(target) == before


def zipped(path: Path, **files: str) -> None:
    with zipfile.ZipFile(path, "w") as file:
        for name, text in files.items():
            file.writestr(name.replace("_", "."), text)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (None, "not a backup, or not whole"),
        ({"readme_txt": "hello"}, "not a backup, or not whole"),
        ({"manifest_json": "["}, "not a backup, or not whole"),
        ({"manifest_json": "[]"}, "not a backup, or not whole"),
        ({"manifest_json": '{"format": 2}'}, "a backup of a newer version"),
        ({"manifest_json": '{"format": 1}'}, "not a backup, or not whole"),
        ({"manifest_json": '{"format": 1, "tables": []}'}, "not a backup, or not whole"),
        ({"manifest_json": '{"format": 1, "tables": {}}'}, "not a backup, or not whole"),
        ({"manifest_json": '{"format": 1, "tables": {"events": {}}}'}, "not a backup, or not whole"),
        (
            {
                "manifest_json": '{"format": 1, "revision": "0002", "tables": {"users": {"sha256":'
                ' "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}}',
                "users_jsonl": "",
            },
            "not a backup of a record; it has other tables",
        ),
    ],
)
def test_a_file_that_is_no_backup_of_ours_is_refused_and_nothing_is_changed(
    target: Engine, tmp_path: Path, files: dict[str, str] | None, says: str
) -> None:
    before = tables_of(target)
    if files is None:
        (tmp_path / "other.zip").write_text("dear diary", "utf-8")
    else:
        zipped(tmp_path / "other.zip", **files)

    with pytest.raises(RecordUnusable, match=says):
        restore(target, tmp_path / "other.zip", keys=KEYS, force=True)

    assert tables_of(target) == before
    assert migrating.current(target) == migrating.newest()


def test_a_file_cut_off_or_missing_is_refused(target: Engine, tmp_path: Path) -> None:
    back_up(target, tmp_path / "backup.zip", at=NOON)
    (tmp_path / "short.zip").write_bytes((tmp_path / "backup.zip").read_bytes()[:-100])

    with pytest.raises(RecordUnusable, match="not whole"):
        restore(target, tmp_path / "short.zip", keys=KEYS, force=True)
    with pytest.raises(RecordUnusable, match="No such file"):
        restore(target, tmp_path / "missing.zip", keys=KEYS, force=True)


def test_what_fails_half_way_changes_nothing(filled: SqlRecord, tmp_path: Path) -> None:
    before = tables_of(filled.engine)
    zipped(tmp_path / "newer.zip", manifest_json='{"format": 1, "revision": "0099", "tables": {}}')
    zipped(tmp_path / "older.zip", manifest_json='{"format": 1, "revision": "0001", "tables": {}}')

    with pytest.raises(RecordUnusable, match="0099"):
        restore(filled.engine, tmp_path / "newer.zip", keys=KEYS, force=True)
    with pytest.raises(RecordUnusable, match="other tables"):
        restore(filled.engine, tmp_path / "older.zip", keys=KEYS, force=True)

    assert tables_of(filled.engine) == before
    assert migrating.current(filled.engine) == migrating.newest()


def test_of_a_database_without_a_record_there_is_nothing_to_back_up(database: str, tmp_path: Path) -> None:
    engine = open_engine(database)

    with pytest.raises(RecordUnusable, match="nothing to back up"):
        back_up(engine, tmp_path / "backup.zip", at=NOON)
    assert list(tmp_path.glob("backup*")) == []
    engine.dispose()
