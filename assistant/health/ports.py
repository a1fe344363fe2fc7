"""What page health and the overview need of a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from assistant.health.behind import ListedEpisode, QuestionCount, Wanted
from assistant.health.models import PageDay, PageUse
from assistant.record.events import Instant


class PageDays(Protocol):
    """Counts what became of pages; every method may fail with ``RecordUnavailable`` while the database is away.

    Days are ordinals in the operator's time zone, and included.
    """

    def count(self, now: Instant, *, most_days: int) -> int:
        """Count the days that may have changed, at most so many; return how many days were counted."""
        ...

    def uses(self, *, first_day: int, last_day: int) -> Mapping[str, PageUse]:
        """Return what became of each page in a period."""
        ...

    def days_of(self, page: str, *, first_day: int, last_day: int) -> Sequence[PageDay]:
        """Return the days of a page, in their order, without those on which nothing was asked about it."""
        ...

    def first_day(self) -> int | None:
        """Return the first day that anything was counted on."""
        ...


class Episodes(Protocol):
    """Finds the episodes behind figures."""

    def number(self, wanted: Wanted, *, now: Instant) -> int:
        """Return how many episodes are wanted."""
        ...

    def listed(self, wanted: Wanted, *, now: Instant, most: int, skip: int = 0) -> Sequence[ListedEpisode]:
        """Return those that are wanted, latest first."""
        ...

    def questions(self, *, first_day: int, last_day: int, settled: int) -> Sequence[QuestionCount]:
        """Return what the questions of a period got; days before ``settled`` do not change any more."""
        ...

    def gaps_of(self, episode: str) -> Mapping[str, str]:
        """Return the gap that each question of an episode belongs to, of those that belong to one that people see."""
        ...
