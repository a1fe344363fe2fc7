"""A fresh, empty database for each test of the record: a file of SQLite, and one on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from assistant.adapters.sql.record import SqlRecord

_END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    return empty_database(request.param, request, tmp_path)


@pytest.fixture
def other_database(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of the other kind."""
    return empty_database("postgresql" if database.startswith("sqlite") else "sqlite", request, tmp_path)


@pytest.fixture
def record(database: str) -> Iterator[SqlRecord]:
    """A record in that database."""
    opened = SqlRecord(database)
    yield opened
    opened.close()


def empty_database(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder}/contract.db"
    address: str = request.getfixturevalue("postgres").url
    # As good as a new database, and made in a fifth of the time.
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(_END_OTHERS)
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return address
