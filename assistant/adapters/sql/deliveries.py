"""What the helpdesk has of each ticket, in the record's database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, case, func, or_, select, update

from assistant.adapters.sql import schema
from assistant.adapters.sql.cursors import KeepsCursors
from assistant.adapters.sql.engine import insert_new
from assistant.helpdesks.models import Delivery, DeliveryFigures, DeliveryState, RemoteState, RemoteTicket
from assistant.record.events import Instant
from assistant.tickets.promises import Lane

_rows = schema.deliveries
_MENDABLE = (DeliveryState.REFUSED.value, DeliveryState.ASIDE.value)


class SqlDeliveries(KeepsCursors):
    """Keeps deliveries; see ``Deliveries``."""

    def take(self, *, now: Instant, until: Instant) -> Delivery | None:
        """Hold until a moment what is to be done next, and count the attempt; ``None`` if nothing is due."""
        waits = _rows.c.state == DeliveryState.WAITING.value
        free = or_(_rows.c.held_until.is_(None), _rows.c.held_until <= now)
        with self._writing() as connection:
            first = connection.execute(
                select(_rows)
                .where(waits, _rows.c.due_at.is_not(None))
                .order_by(_rows.c.queued_at, _rows.c.ticket)
                .limit(1)
            ).one_or_none()
            if first is not None and (first.due_at > now or (first.held_until or 0) > now):
                first = None
            other = connection.execute(
                select(_rows)
                .where(~waits, _rows.c.due_at <= now, free)
                .order_by(_rows.c.due_at, _rows.c.ticket)
                .limit(1)
            ).one_or_none()
            row = min((one for one in (first, other) if one is not None), key=_since, default=None)
            if row is None:
                return None
            values = {"held_until": until, "attempts": row.attempts + 1}
            # Somebody else may have been faster; they hold it now.
            held = connection.execute(update(_rows).where(_rows.c.ticket == row.ticket, free).values(values)).rowcount
        return replace(_delivery(row), **values) if held else None

    def keep(self, taken: Delivery, after: Delivery) -> Delivery | None:
        """Keep how a delivery stands after something was done; ``None`` if it is no longer held by who took it."""
        ours = (_rows.c.ticket == taken.ticket, _rows.c.held_until == taken.held_until)
        values = _values(after)
        for name in ("ticket", "queued_at", "wakes", "remote_state"):
            del values[name]
        if after.held_until is None:
            news = _rows.c.wakes != taken.wakes
            values["due_at"] = case((news, _rows.c.due_at), else_=after.due_at)
        else:
            del values["due_at"]
        with self._writing() as connection:
            changed = connection.execute(update(_rows).where(*ours).values(values).returning(_rows)).one_or_none()
        return _delivery(changed) if changed is not None else None

    def delivery(self, ticket: str) -> Delivery | None:
        """Return how the delivery of a ticket stands."""
        with self._reading() as connection:
            row = connection.execute(select(_rows).where(_rows.c.ticket == ticket)).one_or_none()
        return _delivery(row) if row is not None else None

    def by_remote(self, sink: str, remote_id: str) -> Delivery | None:
        """Return the delivery of the ticket that a helpdesk knows by an id."""
        known = select(_rows).where(_rows.c.sink == sink, _rows.c.remote_id == remote_id).limit(1)
        with self._reading() as connection:
            row = connection.execute(known).one_or_none()
        return _delivery(row) if row is not None else None

    def note_state(self, ticket: str, state: RemoteState) -> bool:
        """Note the state in which the helpdesk has a ticket; return whether that is news."""
        other = or_(_rows.c.remote_state.is_(None), _rows.c.remote_state != state.value)
        noted = update(_rows).where(_rows.c.ticket == ticket, other).values(remote_state=state.value)
        with self._writing() as connection:
            return connection.execute(noted).rowcount == 1

    def figures(self, *, now: Instant) -> DeliveryFigures:
        """Return how deliveries stand."""
        with self._reading() as connection:
            counted = connection.execute(select(_rows.c.state, func.count()).group_by(_rows.c.state)).all()
            due = connection.scalar(select(func.count()).where(_rows.c.due_at <= now)) or 0
            oldest = connection.scalar(
                select(func.min(_rows.c.queued_at)).where(_rows.c.state == DeliveryState.WAITING.value)
            )
        return DeliveryFigures({DeliveryState(state): number for state, number in counted}, due, oldest)

    def troubled(self, *, most: int) -> Sequence[Delivery]:
        """Return tickets that were refused or set aside, oldest first."""
        found = select(_rows).where(_rows.c.state.in_(_MENDABLE)).order_by(_rows.c.queued_at, _rows.c.ticket)
        with self._reading() as connection:
            return [_delivery(row) for row in connection.execute(found.limit(most))]

    def retry(self, ticket: str | None, *, at: Instant) -> int:
        """Make one ticket that was refused or set aside, or all of them, due again; return how many that are."""
        meant = [_rows.c.state.in_(_MENDABLE), *([_rows.c.ticket == ticket] if ticket is not None else [])]
        again = update(_rows).where(*meant).values(state=DeliveryState.ASIDE.value, due_at=at)
        with self._writing() as connection:
            return connection.execute(again).rowcount


def wake(connection: Connection, ticket: str, *, at: Instant) -> None:
    """Note, in a transaction under way, that there is something of a ticket for the helpdesk.

    A ticket that waits for its delivery keeps its place, and the moment to which it was put off.
    """
    new = _values(Delivery(ticket, queued_at=at, due_at=at))
    waits = (_rows.c.state == DeliveryState.WAITING.value) & _rows.c.due_at.is_not(None)
    if connection.execute(insert_new(_rows, connection.engine).values(new).returning(_rows.c.ticket)).first() is None:
        woken = {"wakes": _rows.c.wakes + 1, "due_at": case((waits, _rows.c.due_at), else_=at)}
        connection.execute(update(_rows).where(_rows.c.ticket == ticket).values(woken))


def doubt(connection: Connection) -> None:
    """Have all that is due looked up first: in a backup that was restored, nobody knows what was done since."""
    connection.execute(update(_rows).where(_rows.c.attempts == 0).values(attempts=1))


def _since(row: Row[Any]) -> tuple[Instant, str]:
    return (row.queued_at if row.state == DeliveryState.WAITING.value else row.due_at, row.ticket)


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        ticket=row.ticket,
        queued_at=row.queued_at,
        due_at=row.due_at,
        held_until=row.held_until,
        wakes=row.wakes,
        attempts=row.attempts,
        state=DeliveryState(row.state),
        sink=row.sink,
        remote=RemoteTicket(row.remote_id, row.url) if row.remote_id is not None else None,
        delivered_at=row.delivered_at,
        lane=Lane(row.lane) if row.lane is not None else None,
        noted=row.noted,
        remote_state=RemoteState(row.remote_state) if row.remote_state is not None else None,
        error=row.error,
    )


def _values(one: Delivery) -> dict[str, Any]:
    return {
        "ticket": one.ticket,
        "queued_at": one.queued_at,
        "due_at": one.due_at,
        "held_until": one.held_until,
        "wakes": one.wakes,
        "attempts": one.attempts,
        "state": one.state.value,
        "sink": one.sink,
        "remote_id": one.remote.id if one.remote is not None else None,
        "url": one.remote.url if one.remote is not None else None,
        "delivered_at": one.delivered_at,
        "lane": one.lane.value if one.lane is not None else None,
        "noted": one.noted,
        "remote_state": one.remote_state.value if one.remote_state is not None else None,
        "error": one.error[:300] if one.error is not None else None,
    }
