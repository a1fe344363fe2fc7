"""What became of each page on each day, counted from the record."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Row, delete, func, insert, select

from assistant.adapters.sql import schema
from assistant.adapters.sql.cursors import KeepsCursors
from assistant.adapters.sql.rows import passages_of
from assistant.health.models import PageDay, PageUse
from assistant.record.episodes import SUCCESS, EpisodeClass
from assistant.record.events import EventType, Instant

_asked, _episodes, _events, _days = (
    schema.interactions.c,
    schema.episodes.c,
    schema.events.c,
    schema.page_days.c,
)
_CURSOR = "page_days"
_OPEN_DAYS = 11
"""Until then an episode may go on: ten days in which a matter may come up again, and the day that it began on."""
_ENDED = {**{one.value: "solved" for one in SUCCESS}, EpisodeClass.FAILED.value: "failed"}
_COUNTED = ("asked", "shown", "opened", "solved", "failed", "helpful", "unhelpful")
_FOLLOWED = (EventType.OPENED.value, EventType.VOTED.value)


class SqlPageDays(KeepsCursors):
    """Counts what became of pages; see ``PageDays``.

    Everything is counted on the day of its episode, so that the episodes of a period are those behind its figures.

    Args:
        engine: the record's database.
        zone: in which days are told.
    """

    def __init__(self, engine: Engine, zone: ZoneInfo) -> None:
        super().__init__(engine)
        self._zone = zone

    def count(self, now: Instant, *, most_days: int) -> int:
        """See ``PageDays``."""
        today = datetime.datetime.fromtimestamp(now / 1000, self._zone).toordinal()
        first = self._first_open(today)
        if first is None:
            return 0
        last = min(today, first + most_days - 1)
        for day in range(first, last + 1):
            self._count_day(day, now)
        self.move_cursor(_CURSOR, str(last), at=now)
        return last - first + 1

    def uses(self, *, first_day: int, last_day: int) -> Mapping[str, PageUse]:
        """See ``PageDays``."""
        wanted = (
            select(_days.page, *(func.sum(_days[name]).label(name) for name in _COUNTED))
            .where(_days.day.between(first_day, last_day))
            .group_by(_days.page)
        )
        with self._reading() as connection:
            return {row.page: _use(row) for row in connection.execute(wanted)}

    def days_of(self, page: str, *, first_day: int, last_day: int) -> Sequence[PageDay]:
        """See ``PageDays``."""
        wanted = select(schema.page_days).where(_days.page == page, _days.day.between(first_day, last_day))
        with self._reading() as connection:
            return [PageDay(row.page, row.day, _use(row)) for row in connection.execute(wanted.order_by(_days.day))]

    def first_day(self) -> int | None:
        """See ``PageDays``."""
        with self._reading() as connection:
            found: int | None = connection.scalar(select(func.min(_days.day)))
        return found

    def _first_open(self, today: int) -> int | None:
        """Return the first day whose figures may have changed; ``None`` where nothing is recorded."""
        seen = self.cursor(_CURSOR)
        if seen is not None:
            return min(int(seen) + 1, today - _OPEN_DAYS)
        with self._reading() as connection:
            found: int | None = connection.scalar(select(func.min(_episodes.day)))
        return found

    def _count_day(self, day: int, now: Instant) -> None:
        with self._reading() as connection:
            rows = connection.execute(asked_on(day, day)).all()
            followed = events_after(connection, [row.id for row in rows])
        counted = use_of(rows, followed, now)
        with self._writing() as connection:
            connection.execute(delete(schema.page_days).where(_days.day == day))
            if counted:
                connection.execute(
                    insert(schema.page_days),
                    [{"page": page, "day": day, **_values(use)} for page, use in sorted(counted.items())],
                )


def asked_on(first_day: int, last_day: int) -> Any:
    """Return what selects the questions of the episodes that began in a period, with what became of them."""
    return (
        select(
            _asked.id,
            _asked.episode,
            _asked.held_out,
            _asked.shown,
            _asked.nearest,
            _episodes.with_ticket_intent.label("counts"),
            _episodes.outcome.label("became"),
            _episodes.closes_at,
            _episodes.page.label("credited"),
        )
        .join_from(schema.episodes, schema.interactions, _asked.episode == _episodes.id)
        .where(_episodes.with_ticket_intent.in_([True, False]), _episodes.day.between(first_day, last_day))
    )


def events_after(connection: Any, interactions: Sequence[str]) -> list[Row[Any]]:
    """Return what was opened and voted on after some questions, in the order in which it happened."""
    found: list[Row[Any]] = []
    for start in range(0, len(interactions), 500):
        wanted = select(_events.scope, _events.type, _events.rank, _events.helpful, _events.at).where(
            _events.scope.in_(interactions[start : start + 500]), _events.type.in_(_FOLLOWED)
        )
        found += connection.execute(wanted.order_by(_events.at, _events.id)).all()
    return found


def use_of(rows: Iterable[Any], followed: Iterable[Any], now: Instant) -> dict[str, PageUse]:
    """Return what became of each page in some episodes.

    Args:
        rows: all their questions, as ``asked_on`` selects them.
        followed: what was opened and voted on, in the order in which it happened.
        now: what is not over then has neither solved nor failed.
    """
    numbers: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_COUNTED, 0))
    pages: dict[str, list[tuple[int, str]]] = {}
    ended: dict[str, tuple[str, str]] = {}
    for row in rows:
        shown = () if row.held_out else passages_of(row.shown)
        first = shown or passages_of(row.nearest)
        if first:
            numbers[first[0].page]["asked"] += 1
        pages[row.id] = [(one.rank, one.page) for one in shown]
        for page in {one.page for one in shown}:
            numbers[page]["shown"] += 1
        if not row.counts or row.closes_at > now:
            continue
        if row.became in _ENDED and row.credited and not row.held_out:
            ended[row.episode] = (row.credited, _ENDED[row.became])
    for page, end in ended.values():
        numbers[page][end] += 1
    opened, votes = set(), {}
    for event in followed:
        on = _page_at(pages.get(event.scope, []), event.rank)
        if on is None:
            continue
        if event.type == EventType.OPENED.value:
            opened.add((event.scope, on))
        else:
            votes[(event.scope, on)] = bool(event.helpful)
    for _, page in opened:
        numbers[page]["opened"] += 1
    for (_, page), helpful in votes.items():
        numbers[page]["helpful" if helpful else "unhelpful"] += 1
    return {page: PageUse(**counts) for page, counts in numbers.items()}


def _page_at(shown: Sequence[tuple[int, str]], rank: int | None) -> str | None:
    """Return the page at a rank; who votes without one means the answer, which is the first."""
    if rank is None:
        return shown[0][1] if shown else None
    return next((page for one, page in shown if one == rank), None)


def _use(row: Any) -> PageUse:
    return PageUse(**{name: int(getattr(row, name) or 0) for name in _COUNTED})


def _values(use: PageUse) -> dict[str, int]:
    return {name: getattr(use, name) for name in _COUNTED}
