"""Vectors of earlier tickets in the record's database, and what the staff wrote to them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Engine, and_, func, select

from assistant.adapters.sql import schema
from assistant.adapters.sql.engine import available, upsert, writing
from assistant.adapters.sql.packing import packed, unpacked
from assistant.desk.earlier import EarlierTicket
from indexer.ports import Vector

_LATEST = 50_000
"""Most tickets that are compared, the latest first: 40 MB of vectors."""
_STAFF = "staff"


class SqlEarlierTickets:
    """Keeps a vector of each ticket, as half-precision numbers in base 64, until its text is emptied or erased.

    Args:
        engine: the record's.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def without_vector(self, recipe: str, *, most: int) -> Sequence[EarlierTicket]:
        """See ``EarlierTickets``."""
        tickets, vectors = schema.tickets, schema.ticket_vectors
        joined = tickets.outerjoin(vectors, and_(vectors.c.ticket == tickets.c.id, vectors.c.recipe == recipe))
        statement = (
            select(tickets.c.id, tickets.c.created_at, tickets.c.locale, tickets.c.text)
            .select_from(joined)
            .where(tickets.c.text.is_not(None), vectors.c.ticket.is_(None))
            .order_by(tickets.c.created_at.desc(), tickets.c.id)
            .limit(most)
        )
        with available(), self._engine.connect() as connection:
            return [EarlierTicket(*row) for row in connection.execute(statement)]

    def keep(self, recipe: str, vectors: Sequence[tuple[str, Vector]]) -> None:
        """See ``EarlierTickets``."""
        if not vectors:
            return
        tickets = schema.tickets.c
        with available(), writing(self._engine) as connection:
            # Locked, so that none is erased or emptied between this look and the commit.
            ids = [ticket for ticket, _ in vectors]
            there = select(tickets.id).where(tickets.id.in_(ids), tickets.text.is_not(None)).with_for_update()
            known = set(connection.scalars(there))
            rows = [
                {"ticket": ticket, "recipe": recipe, "vector": packed(vector)}
                for ticket, vector in vectors
                if ticket in known
            ]
            if rows:
                connection.execute(upsert(schema.ticket_vectors, self._engine), rows)

    def nearest(self, recipe: str, vector: Vector, *, most: int, besides: str | None) -> Sequence[tuple[str, float]]:
        """See ``EarlierTickets``."""
        tickets, vectors = schema.tickets, schema.ticket_vectors
        statement = (
            select(vectors.c.ticket, vectors.c.vector)
            .join(tickets, tickets.c.id == vectors.c.ticket)
            .where(vectors.c.recipe == recipe, vectors.c.ticket != (besides or ""))
            .order_by(tickets.c.created_at.desc())
            .limit(_LATEST)
        )
        with available(), self._engine.connect() as connection:
            rows = connection.execute(statement).all()
        if not rows:
            return []
        similarities = np.stack([unpacked(row.vector) for row in rows]) @ np.asarray(vector, np.float32)
        order = np.argsort(-similarities, kind="stable")[:most]
        return [(rows[place].ticket, float(similarities[place])) for place in order]

    def tickets(self, ids: Sequence[str]) -> dict[str, EarlierTicket]:
        """See ``EarlierTickets``."""
        table = schema.tickets.c
        statement = select(table.id, table.created_at, table.locale, table.text).where(
            table.id.in_(list(ids)), table.text.is_not(None)
        )
        with available(), self._engine.connect() as connection:
            return {row.id: EarlierTicket(*row) for row in connection.execute(statement)}

    def solutions_of(self, tickets: Sequence[str]) -> dict[str, str]:
        """See ``EarlierTickets``."""
        table = schema.messages.c
        last = (
            select(table.ticket, func.max(table.number).label("number"))
            .where(table.ticket.in_(list(tickets)), table.by == _STAFF, table.text.is_not(None))
            .group_by(table.ticket)
            .subquery()
        )
        statement = select(table.ticket, table.text).join(
            last, and_(table.ticket == last.c.ticket, table.number == last.c.number)
        )
        with available(), self._engine.connect() as connection:
            return {row.ticket: row.text for row in connection.execute(statement)}
