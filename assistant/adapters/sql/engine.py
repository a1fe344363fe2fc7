"""The database: where it is, and how its connections behave."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError

from assistant.errors import RecordUnavailable, RecordUnusable

_BUSY_SECONDS = 30.0


def database_url(given: str) -> URL:
    """Return a database's address as SQLAlchemy takes it; ``postgresql://`` means psycopg.

    Raises:
        RecordUnusable: if it is none, or of another kind of database.
    """
    try:
        url = make_url(given)
    except ArgumentError as exc:
        raise RecordUnusable(
            "ASKFIRST_DATABASE is no address of a database; write sqlite:///path/to/file.db or postgresql://user@host/name"
        ) from exc
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise RecordUnusable(f"the record is kept in SQLite or PostgreSQL, not in {url.get_backend_name()!r}")
    return url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url


def open_engine(given: str) -> Engine:
    """Return the engine for a database's address; the folder of an SQLite file is made.

    Raises:
        RecordUnusable: if the address cannot be used, or the driver is missing.
    """
    url = database_url(given)
    # Parameters hold questions: they stay out of every error message.
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise RecordUnusable("the record needs a file: a database in memory would be lost with the process")
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=10)
    except ImportError as exc:
        raise RecordUnusable("PostgreSQL needs the 'postgresql' extra: pip install 'askfirst[postgresql]'") from exc


def insert_new(table: Table, engine: Engine) -> Insert:
    """Return an insert that leaves out rows whose key is there already."""
    if engine.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def upsert(table: Table, engine: Engine) -> Insert:
    """Return an insert that takes the place of a row with the same key."""
    keys = [column.name for column in table.primary_key]
    if engine.dialect.name == "sqlite":
        lite = sqlite.insert(table)
        return lite.on_conflict_do_update(
            index_elements=keys, set_={c.name: c for c in lite.excluded if c.name not in keys}
        )
    post = postgresql.insert(table)
    return post.on_conflict_do_update(
        index_elements=keys, set_={c.name: c for c in post.excluded if c.name not in keys}
    )


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Begin a transaction that will write, and commit it; in SQLite it waits for its turn now and not half-way."""
    with engine.connect().execution_options(askfirst_writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def available() -> Iterator[None]:
    """Say in our own words that the database is away.

    Raises:
        RecordUnavailable: if it is.
    """
    try:
        yield
    except (OperationalError, InterfaceError) as exc:
        raise RecordUnavailable("the record's database is away; try again in a moment") from exc


def _set_up_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver would begin by itself, and too late
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # committed means on the disk, not only in the system's memory
    cursor.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
    cursor.execute("PRAGMA cache_size = -65536")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    writes = options.get("askfirst_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
