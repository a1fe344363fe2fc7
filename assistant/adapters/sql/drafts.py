"""Drafts of pages in the record's database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Row, select, update

from assistant.adapters.sql import schema
from assistant.adapters.sql.engine import upsert
from assistant.adapters.sql.prepared import Prepared
from assistant.writing.models import Draft, DraftState

_rows = schema.drafts.c


class SqlDrafts(Prepared):
    """Keeps drafts; see ``DraftStore``."""

    def draft(self, draft: str) -> Draft | None:
        """See ``DraftStore``."""
        with self._reading() as connection:
            row = connection.execute(select(schema.drafts).where(_rows.id == draft)).one_or_none()
        return _draft(row) if row is not None else None

    def open_drafts(self, *, gap: str | None = None, most: int = 100) -> Sequence[Draft]:
        """See ``DraftStore``."""
        wanted = select(schema.drafts).where(_rows.state == DraftState.OPEN.value)
        if gap is not None:
            wanted = wanted.where(_rows.gap == gap)
        with self._reading() as connection:
            rows = connection.execute(wanted.order_by(_rows.at.desc(), _rows.id).limit(most))
            return [_draft(row) for row in rows]

    def keep(self, draft: Draft) -> None:
        """See ``DraftStore``."""
        with self._writing() as connection:
            connection.execute(upsert(schema.drafts, self._engine), [_values(draft)])

    def change(self, draft: str, change: Callable[[Draft], Draft]) -> Draft | None:
        """See ``DraftStore``."""
        with self._writing() as connection:
            row = connection.execute(select(schema.drafts).where(_rows.id == draft).with_for_update()).one_or_none()
            if row is None:
                return None
            changed = replace(change(_draft(row)), id=draft)
            connection.execute(update(schema.drafts).where(_rows.id == draft).values(_values(changed)))
        return changed


def _draft(row: Row[Any]) -> Draft:
    return Draft(**{**row._mapping, "state": DraftState(row.state)})


def _values(one: Draft) -> dict[str, Any]:
    return {**asdict(one), "state": one.state.value}
