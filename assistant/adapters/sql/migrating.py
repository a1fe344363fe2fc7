"""Schema changes: Alembic's revisions, applied in one transaction each way.

A revision may only add what code of the revision before can live with (columns that may be empty, tables, indexes), so
services need not stop for it; what is dropped is dropped one revision later.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from assistant.adapters.sql.engine import writing
from assistant.errors import RecordUnusable

_LOCK = 4_127_551  # any number; PostgreSQL's advisory locks go by it


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Bring the database to this version's schema; return the revisions before and after.

    Raises:
        RecordUnusable: if the database is of a newer version than this, or cannot be used.
    """
    try:
        with writing(engine) as connection:
            _lock(connection)
            before = _current(connection)
            if before != newest():
                _run(connection, "upgrade", newest())
    except DBAPIError as exc:
        # SQLite calls its own kind of mistake "operational" as well: a table of somebody else's is not an absence.
        mistaken = getattr(exc.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
        if isinstance(exc, OperationalError | InterfaceError) and not mistaken:
            raise
        said = str(exc.orig).strip().partition("\n")[0]
        raise RecordUnusable(f"the record's database cannot be used: {said}") from exc
    return before, newest()


def downgrade(engine: Engine, revision: str) -> tuple[str | None, str]:
    """Take the database back to a revision, ``base`` for none; return the revisions before and after.

    Raises:
        RecordUnusable: if there is no such revision.
    """
    with writing(engine) as connection:
        _lock(connection)
        before = _current(connection)
        _run(connection, "downgrade", revision)
    return before, revision


def take_to(connection: Connection, revision: str) -> None:
    """Take a database to a revision, in the transaction under way.

    Raises:
        RecordUnusable: if there is no such revision.
    """
    now = _current(connection)
    if now != revision:
        _run(connection, "upgrade" if now is None or now < revision else "downgrade", revision)


def current(engine: Engine) -> str | None:
    """Return the revision that the database is at, ``None`` for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def newest() -> str:
    """Return the revision of this version's schema."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RecordUnusable("the package has no schema; install it again")
    return head


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _run(connection: Connection, way: str, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    try:
        getattr(command, way)(config, revision)
    except CommandError as exc:
        raise RecordUnusable(
            f"the record's schema cannot be taken to {revision!r} ({exc}); one of a newer version needs that version"
        ) from exc


def _lock(connection: Connection) -> None:
    """Let one process at a time change the schema; in SQLite the transaction itself does."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
