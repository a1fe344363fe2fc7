"""The queue in the record's database, in the order of ``assistant.tickets.queue.place_of`` by an index."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select

from assistant.adapters.sql import schema
from assistant.adapters.sql.desk import tickets_in
from assistant.adapters.sql.prepared import Prepared
from assistant.record.events import Instant
from assistant.tickets.models import DeskTicket
from assistant.tickets.ports import PromisesKept
from assistant.tickets.promises import Lane

_rows = schema.desk_tickets.c
_ORDER = (_rows.lane, _rows.turn_at, _rows.since, _rows.id)  # "priority" comes before "standard"


class SqlQueue(Prepared):
    """What waits for staff; see ``Queue``."""

    def next(self, *, most: int, skip: int = 0) -> Sequence[DeskTicket]:
        """Return the tickets to be answered next, in order."""
        waiting = select(schema.desk_tickets).where(_rows.in_queue.is_(True)).order_by(*_ORDER)
        with self._reading() as connection:
            return tickets_in(connection, waiting.limit(most).offset(skip))

    def length(self) -> dict[Lane, int]:
        """Return how many wait in each lane."""
        counted = select(_rows.lane, func.count()).where(_rows.in_queue.is_(True)).group_by(_rows.lane)
        with self._reading() as connection:
            found = {row[0]: row[1] for row in connection.execute(counted)}
        return {lane: found.get(lane.value, 0) for lane in Lane}

    def before(self, ticket: DeskTicket) -> int:
        """Return how many are to be answered before a ticket."""
        lane = ticket.lane.value
        turn, since = ticket.turn_at, ticket.since
        earlier = or_(
            _rows.lane < lane,
            and_(_rows.lane == lane, _rows.turn_at < turn),
            and_(_rows.lane == lane, _rows.turn_at == turn, _rows.since < since),
            and_(_rows.lane == lane, _rows.turn_at == turn, _rows.since == since, _rows.id < ticket.id),
        )
        counted = select(func.count()).where(_rows.in_queue.is_(True), earlier)
        with self._reading() as connection:
            return connection.scalar(counted) or 0

    def promises(self, *, since: Instant, now: Instant) -> PromisesKept:
        """Return what became of the promises for tickets sent since a moment."""
        answered = _rows.answered_at.is_not(None)
        sums = select(
            func.count().filter(answered, _rows.answered_at <= _rows.promised_at),
            func.count().filter(answered, _rows.answered_at > _rows.promised_at),
            func.count().filter(_rows.answered_at.is_(None), _rows.promised_at < now),
            func.count().filter(_rows.answered_at.is_(None), _rows.promised_at >= now),
        ).where(_rows.sent_at >= since, _rows.promised_at.is_not(None))
        with self._reading() as connection:
            return PromisesKept(*connection.execute(sums).one())
