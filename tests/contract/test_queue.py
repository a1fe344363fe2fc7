"""The queue in both databases: the order of the pure function, by an index."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import text

from assistant.adapters.sql.desk import SqlTickets
from assistant.adapters.sql.queue import SqlQueue
from assistant.adapters.sql.record import SqlRecord
from assistant.fair_use.models import Standing
from assistant.record.events import MS_PER_HOUR
from assistant.tickets.models import Conversation, Customer, DeskTicket, FeeState, TicketState
from assistant.tickets.ports import PromisesKept
from assistant.tickets.promises import Lane
from assistant.tickets.queue import ONE_DAY, in_order, placed, turn_at

NOON = 1_795_431_600_000


def ticket(name: str, hours: int, lane: Lane = Lane.STANDARD, standing: Standing = Standing.NORMAL) -> DeskTicket:
    since = NOON + hours * MS_PER_HOUR
    return DeskTicket(
        id=name,
        key=name * 8,
        account="a-ann",
        customer=Customer("ann"),
        locale="pl",
        text="Gdzie są pieniądze?",
        wanted=lane,
        lane=lane,
        fee=FeeState.NONE,
        state=TicketState.RECEIVED,
        written_at=since,
        sent_at=since,
        promised_at=since + MS_PER_HOUR,
        conversation=Conversation(),
        standing=standing,
        since=since,
        turn_at=turn_at(lane, standing, since, ONE_DAY),
    )


def test_the_next_are_those_of_the_rule(record: SqlRecord) -> None:
    store, queue = SqlTickets(record.engine), SqlQueue(record.engine)
    kinds = [(lane, standing) for lane in Lane for standing in Standing]
    tickets = [ticket(f"T{number:02}", number * 7 % 30, *kinds[number % 4]) for number in range(40)]
    for one in tickets:
        store.add(one)
    waiting = [replace(one, state=TicketState.SOLVED) for one in tickets[::5]]
    for one in waiting:
        store.change(one.id, lambda _, after=one: after, sending=lambda _: ())  # type: ignore[misc]
    left = [one for number, one in enumerate(tickets) if number % 5]

    expected = [
        one.ticket for one in in_order(placed(one.id, one.lane, one.standing, one.since or 0, ONE_DAY) for one in left)
    ]
    assert [one.id for one in queue.next(most=100)] == expected
    assert [one.id for one in queue.next(most=5, skip=3)] == expected[3:8]
    assert [queue.before(one) for one in queue.next(most=100)] == list(range(len(left)))
    assert queue.length() == {
        Lane.PRIORITY: sum(one.lane is Lane.PRIORITY for one in left),
        Lane.STANDARD: sum(one.lane is Lane.STANDARD for one in left),
    }


def test_promises_are_counted(record: SqlRecord) -> None:
    store, queue = SqlTickets(record.engine), SqlQueue(record.engine)
    early, late = ticket("K", 0), ticket("M", 0)
    store.add(replace(early, answered_at=NOON + 1))
    store.add(replace(late, answered_at=NOON + 2 * MS_PER_HOUR))
    store.add(ticket("O", 0))
    store.add(ticket("A", 3))
    store.add(ticket("before", -50))

    assert queue.promises(since=NOON, now=NOON + 3 * MS_PER_HOUR) == PromisesKept(1, 1, 1, 1)


def test_the_next_are_found_by_an_index(record: SqlRecord) -> None:
    queue = SqlQueue(record.engine)
    assert queue.next(most=10) == []
    if record.engine.dialect.name == "sqlite":
        with record.engine.connect() as connection:
            plan = " ".join(
                row[3]
                for row in connection.execute(
                    text(
                        "EXPLAIN QUERY PLAN SELECT * FROM desk_tickets WHERE in_queue IS 1 "
                        "ORDER BY lane, turn_at, since, id LIMIT 10"
                    )
                )
            )
        assert "USING INDEX ix_desk_tickets_queue" in plan
        assert "B-TREE" not in plan
