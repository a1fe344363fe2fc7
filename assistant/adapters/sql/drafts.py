"""Drafts of pages in the record's database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Row, select, update

from assistant.adapters.sql import schema
from assistant.adapters.sql.engine import upsert
from assistant.adapters.sql.prepared import Prepared
from assistant.writing.models import Draft, DraftState

_rows = schema.drafts.c
_asked = schema.interactions.c.question
_QUOTES = ("text", "question")
_AT_ONCE = 500


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


def empty_previews(connection: Connection) -> int:
    """Delete what was found for drafts where it quotes a question that is no longer kept; return how many that were.

    Whoever writes tries the page again.
    """
    rows = connection.execute(select(_rows.id, _rows.preview).where(_rows.preview.is_not(None))).all()
    quoted = {row.id: set(_quoted(json.loads(row.preview))) for row in rows}
    texts = sorted({text for some in quoted.values() for text in some})
    kept: set[str] = set()
    for start in range(0, len(texts), _AT_ONCE):
        wanted = select(_asked).where(_asked.in_(texts[start : start + _AT_ONCE])).distinct()
        kept.update(connection.scalars(wanted))
    gone = sorted(draft for draft, some in quoted.items() if not some <= kept)
    for start in range(0, len(gone), _AT_ONCE):
        some = gone[start : start + _AT_ONCE]
        connection.execute(update(schema.drafts).where(_rows.id.in_(some)).values(preview=None))
    return len(gone)


def _quoted(found: Any) -> Iterator[str]:
    """Yield the questions' texts in what was found, wherever they are."""
    if isinstance(found, list):
        for one in found:
            yield from _quoted(one)
    elif isinstance(found, dict):
        for name, value in found.items():
            if name in _QUOTES and isinstance(value, str):
                yield value
            else:
                yield from _quoted(value)


def _draft(row: Row[Any]) -> Draft:
    return Draft(**{**row._mapping, "state": DraftState(row.state)})


def _values(one: Draft) -> dict[str, Any]:
    return {**asdict(one), "state": one.state.value}
