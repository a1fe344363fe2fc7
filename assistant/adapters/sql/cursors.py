"""How far something that is looked through again and again has been seen."""

from __future__ import annotations

from sqlalchemy import select

from assistant.adapters.sql import schema
from assistant.adapters.sql.engine import upsert
from assistant.adapters.sql.prepared import Prepared
from assistant.record.events import Instant

_cursors = schema.cursors.c


class KeepsCursors(Prepared):
    """What remembers how far it has seen, by names."""

    def cursor(self, name: str) -> str | None:
        """Return how far something was seen."""
        with self._reading() as connection:
            value: str | None = connection.scalar(select(_cursors.value).where(_cursors.name == name))
        return value

    def move_cursor(self, name: str, value: str, *, at: Instant) -> None:
        """Note how far something was seen."""
        with self._writing() as connection:
            connection.execute(upsert(schema.cursors, self._engine), [{"name": name, "value": value, "at": at}])
