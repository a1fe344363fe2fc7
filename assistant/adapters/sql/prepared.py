"""A database whose schema is brought up to date before its first use, once it is there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy import Connection, Engine

from assistant.adapters.sql.engine import available, writing
from assistant.adapters.sql.migrating import upgrade


class Prepared:
    """What reads and writes in such a database.

    Args:
        engine: the record's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._prepared = False

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        with available():
            self._prepare()
            with writing(self._engine) as connection:
                yield connection

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        with available():
            self._prepare()
            with self._engine.connect() as connection:
                yield connection

    def _prepare(self) -> None:
        if not self._prepared:
            upgrade(self._engine)
            self._prepared = True
