"""Folds the episodes of which something new was recorded.

Appending leaves a mark with a number of its own in the same transaction, and folding takes away just the marks that
it saw before it read. So nothing is missed, whoever appends meanwhile; and a folder whose marks another has taken
away gives up its result, which may be older than the other's.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, delete, select

from assistant.adapters.sql import schema
from assistant.adapters.sql.engine import upsert, writing
from assistant.adapters.sql.rows import Values, episode_values, event_of, interaction_of
from assistant.record.episodes import Windows, fold
from assistant.record.events import Event, Instant, Interaction

_AT_ONCE = 400
"""Marks in one transaction: others wait to append while it commits, some milliseconds."""


class Folder:
    """Keeps the table of episodes up to date.

    Args:
        engine: the database.
        windows: how long to wait for tickets and returns.
        zone: in which an episode's day is told.
    """

    def __init__(self, engine: Engine, windows: Windows, zone: ZoneInfo) -> None:
        self._engine = engine
        self._windows = windows
        self._zone = zone

    def fold_all(self, *, stopping: Callable[[], bool] = lambda: False) -> int:
        """Fold all that is marked, unless it is time to stop, and return how many episodes that were."""
        folded = 0
        while not stopping() and (number := self._fold_some()) is not None:
            folded += number
        return folded

    def mark_all(self) -> int:
        """Mark all episodes whose events are still kept, for when rules have changed; return how many there are."""
        with writing(self._engine) as connection:
            episodes = connection.scalars(select(schema.interactions.c.episode).distinct()).all()
            if episodes:
                connection.execute(schema.unfolded.insert(), [{"episode": one} for one in episodes])
            return len(episodes)

    def _fold_some(self) -> int | None:
        marks = schema.unfolded
        with self._engine.connect() as connection:
            seen = connection.execute(select(marks).order_by(marks.c.number).limit(_AT_ONCE)).all()
            if not seen:
                return None
            wanted = sorted({mark.episode for mark in seen})
            interactions: dict[str, list[Interaction]] = defaultdict(list)
            for row in connection.execute(select(schema.interactions).where(schema.interactions.c.episode.in_(wanted))):
                interactions[row.episode].append(interaction_of(row))
            events: dict[str, list[Event]] = defaultdict(list)
            for row in connection.execute(select(schema.events).where(schema.events.c.episode.in_(wanted))):
                events[row.episode].append(event_of(row))
        folded: list[Values] = []
        for episode in wanted:
            if interactions[episode]:  # an event may be ahead of its question; its own mark brings it back
                made = fold(interactions[episode], events[episode], self._windows)
                folded.append(episode_values(made, day=self.day_of(made.started_at)))
        with self._engine.connect().execution_options(askfirst_writes=True) as connection, connection.begin() as done:
            taken = connection.execute(delete(marks).where(marks.c.number.in_([mark.number for mark in seen])))
            if taken.rowcount != len(seen):
                done.rollback()
                return 0
            if folded:
                connection.execute(upsert(schema.episodes, self._engine), folded)
        return len(folded)

    def day_of(self, at: Instant) -> int:
        """Return the day of a moment in the operator's time zone, as a proleptic Gregorian ordinal."""
        return datetime.datetime.fromtimestamp(at / 1000, self._zone).toordinal()

    def start_of(self, day: int) -> Instant:
        """Return the moment at which a day begins in the operator's time zone."""
        date = datetime.date.fromordinal(min(day, datetime.date.max.toordinal()))  # "until the end" is a day after it
        return int(datetime.datetime.combine(date, datetime.time(), self._zone).timestamp() * 1000)
