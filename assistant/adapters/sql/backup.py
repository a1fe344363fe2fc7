"""A backup: one file that holds every table as lines of JSON, whatever the database, and goes into either kind.

::

    manifest.json         the schema's revision, when it was made, and each table's rows and digest
    <table>.jsonl         one row a line, as a list in the order of the manifest's columns
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, func, insert, select, text

from assistant.adapters.sql import persons, schema
from assistant.adapters.sql.deliveries import doubt
from assistant.adapters.sql.engine import writing
from assistant.adapters.sql.migrating import current, newest, take_to, upgrade
from assistant.errors import RecordUnusable
from assistant.record.events import Instant
from assistant.record.keys import Keys

_FORMAT = 1
_ROWS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds: rows by table."""

    revision: str
    rows: dict[str, int]


def back_up(engine: Engine, path: Path, *, at: Instant) -> BackedUp:
    """Write a backup of one moment while others go on writing; the file appears when it is whole.

    Raises:
        RecordUnusable: if the database has no record.
    """
    revision = current(engine)
    if revision is None:
        raise RecordUnusable("there is nothing to back up: the database has no record yet")
    tables: dict[str, dict[str, Any]] = {}
    partial = path.with_name(path.name + ".partial")
    try:
        with (
            zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as file,
            _snapshot(engine) as connection,
        ):
            for table in _tables(connection).sorted_tables:
                tables[table.name] = _write(file, connection, table)
            manifest = {"format": _FORMAT, "revision": revision, "at": at, "tables": tables}
            file.writestr("manifest.json", json.dumps(manifest, indent=2))
        with partial.open("rb+") as written:
            os.fsync(written.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return BackedUp(revision, {name: table["rows"] for name, table in tables.items()})


def restore(engine: Engine, path: Path, *, keys: Keys, force: bool) -> BackedUp:
    """Put a backup in the place of what the database has; whoever was erased since stays erased.

    Everything is checked first and put in by one transaction: if anything fails, the database is as it was.

    Args:
        engine: the database, empty or not.
        path: the backup.
        keys: those of the service that made it.
        force: whether a record that is there already may be replaced.

    Raises:
        RecordUnusable: if the file is no whole backup, is of a newer version, or would replace a record.
    """
    manifest = _checked(path)
    upgrade(engine)
    with writing(engine) as connection:
        if not force and connection.scalar(select(func.count()).select_from(schema.interactions)):
            raise RecordUnusable("the database holds a record already; add --force to replace it by the backup")
        erased = [dict(row._mapping) for row in connection.execute(select(schema.erasures))]
        take_to(connection, manifest["revision"])
        tables = _tables(connection)
        if tables.tables.keys() != manifest["tables"].keys():
            raise RecordUnusable(f"{path}: not a backup of a record; it has other tables")
        with zipfile.ZipFile(path) as file:
            for name, table in manifest["tables"].items():
                connection.execute(tables.tables[name].delete())
                for rows in _read(file, name, table["columns"]):
                    connection.execute(insert(tables.tables[name]), rows)
        take_to(connection, newest())
        _go_on_numbering(connection)
        doubt(connection)
        persons.add_marks(connection, erased)
        persons.delete_person(connection, persons.erased_among(connection, keys=keys))
    persons.sweep(engine)
    return BackedUp(manifest["revision"], {name: table["rows"] for name, table in manifest["tables"].items()})


def _tables(connection: Connection) -> MetaData:
    """Return the record's tables as they are in a database, whose schema may be an earlier one."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name in schema.metadata.tables)
    return found


def _go_on_numbering(connection: Connection) -> None:
    """Number new marks after those restored; SQLite does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text(
                "SELECT setval(numbers, greatest(nextval(numbers), (SELECT max(number) FROM unfolded)))"
                " FROM CAST(pg_get_serial_sequence('unfolded', 'number') AS regclass) AS numbers"
            )
        )


def _snapshot(engine: Engine) -> Connection:
    """Return a connection that sees one moment: SQLite's readers do, PostgreSQL's if they ask for it."""
    if engine.dialect.name == "sqlite":
        return engine.connect()
    return engine.connect().execution_options(isolation_level="REPEATABLE READ")


def _write(file: zipfile.ZipFile, connection: Connection, table: Table) -> dict[str, Any]:
    digest, rows = hashlib.sha256(), 0
    statement = select(table).execution_options(yield_per=_ROWS_AT_ONCE)
    with file.open(f"{table.name}.jsonl", "w", force_zip64=True) as out:
        for some in connection.execute(statement).partitions(_ROWS_AT_ONCE):
            lines = "".join(json.dumps(list(row), ensure_ascii=False, separators=(",", ":")) + "\n" for row in some)
            digest.update(lines.encode())
            out.write(lines.encode())
            rows += len(some)
    return {"columns": [column.name for column in table.columns], "rows": rows, "sha256": digest.hexdigest()}


def _read(file: zipfile.ZipFile, table: str, columns: list[str]) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    with file.open(f"{table}.jsonl") as lines:
        for line in io.TextIOWrapper(lines, "utf-8", newline="\n"):
            rows.append(dict(zip(columns, json.loads(line), strict=True)))
            if len(rows) == _ROWS_AT_ONCE:
                yield rows
                rows = []
    if rows:
        yield rows


def _checked(path: Path) -> dict[str, Any]:
    """Return a backup's manifest after comparing every table with it."""
    try:
        with zipfile.ZipFile(path) as file:
            manifest: dict[str, Any] = json.loads(file.read("manifest.json"))
            if manifest["format"] != _FORMAT:
                raise RecordUnusable(f"{path}: a backup of a newer version; restore it with that")
            if not isinstance(manifest["revision"], str):
                raise TypeError("a revision is a text")
            for name, table in manifest["tables"].items():
                digest = hashlib.sha256()
                with file.open(f"{name}.jsonl") as lines:
                    while piece := lines.read(1 << 20):
                        digest.update(piece)
                if digest.hexdigest() != table["sha256"]:
                    raise RecordUnusable(f"{path}: the table {name} is damaged; take another backup")
    except RecordUnusable:
        raise
    except OSError as exc:
        raise RecordUnusable(f"{path}: {exc.strerror or exc}") from exc
    except Exception as exc:  # in a file that is damaged or not ours, anything may be wrong
        raise RecordUnusable(f"{path}: not a backup, or not whole ({type(exc).__name__}); take another") from exc
    return manifest
