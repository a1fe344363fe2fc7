"""What gaps need of a database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.gaps.models import Gap, GapNote, GapQuestion, GapState
from assistant.record.events import Instant
from indexer.ports import Vector


@dataclass(frozen=True, slots=True)
class Embedded:
    """A question that the pages failed, with its vector; ``gap`` is ``None`` before it was looked at, and empty where
    it was found to be in none."""

    id: str
    at: Instant
    person: str
    language: str
    gap: str | None
    vector: Vector


class GapStore(Protocol):
    """Keeps gaps and their questions; every method may fail with ``RecordUnavailable`` while the database is away."""

    def gather(self, *, since: Instant, now: Instant) -> int:
        """Take up questions of a period that the pages failed, and let go of those that have been helped since;
        return how many there are."""
        ...

    def without_vector(self, recipe: str, *, most: int) -> Sequence[GapQuestion]:
        """Return questions with a text and without a vector by a recipe, latest first."""
        ...

    def keep_vectors(self, recipe: str, vectors: Sequence[tuple[str, Vector]]) -> None:
        """Keep vectors by their questions' ids; of questions that were emptied meanwhile they are dropped."""
        ...

    def embedded(self, recipe: str) -> Sequence[Embedded]:
        """Return all questions that have a vector by a recipe, oldest first."""
        ...

    def vectors(self, questions: Collection[str]) -> Mapping[str, Vector]:
        """Return the vectors of questions that have one, by their ids."""
        ...

    def assign(self, gaps: Mapping[str, str]) -> None:
        """Put questions, by their ids, into gaps; an empty one says that a question is in none."""
        ...

    def questions(self, gap: str, *, most: int = 200, skip: int = 0) -> Sequence[GapQuestion]:
        """Return a gap's questions, latest first."""
        ...

    def texts(self, questions: Collection[str]) -> Mapping[str, str]:
        """Return the texts of questions that are kept, by their ids."""
        ...

    def all_questions(self, *, since: Instant) -> Sequence[GapQuestion]:
        """Return all questions in any gap since a moment, oldest first."""
        ...

    def gap(self, gap: str) -> Gap | None:
        """Return a gap, or ``None`` if there is none of that id."""
        ...

    def gaps(
        self,
        *,
        states: Collection[GapState] | None = None,
        least_people: int = 0,
        assignee: str | None = None,
        most: int = 500,
        skip: int = 0,
    ) -> Sequence[Gap]:
        """Return gaps that are part of no other, those that cost most first."""
        ...

    def counted(self, *, least_people: int) -> Mapping[GapState, int]:
        """Return how many gaps there are in each state with at least so many people behind them."""
        ...

    def keep(self, gaps: Sequence[Gap]) -> None:
        """Keep gaps as they are found: new ones whole, of others all but what people decide."""
        ...

    def change(self, gap: str, change: Callable[[Gap], Gap]) -> Gap | None:
        """Change a gap in one transaction; return it as it is then, ``None`` if there is none of that id."""
        ...

    def add_note(self, note: GapNote) -> None:
        """Keep a note."""
        ...

    def notes(self, gap: str) -> Sequence[GapNote]:
        """Return a gap's notes, oldest first."""
        ...

    def cursor(self, name: str) -> str | None:
        """Return how far something was seen."""
        ...

    def move_cursor(self, name: str, value: str, *, at: Instant) -> None:
        """Note how far something was seen."""
        ...
