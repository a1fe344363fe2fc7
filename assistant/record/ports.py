"""What the record needs of a database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from assistant.record.episodes import EpisodeClass
from assistant.record.events import NOBODY, Event, Instant, Interaction, ShownPassage, Who
from assistant.record.evidence import Evidence, Finding, Verdict
from assistant.record.summary import Figures


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request that reached a person. ``text`` is without personal data, ``None`` once its retention has ended."""

    id: str
    episode: str
    created_at: Instant
    locale: str
    generation: str
    curation: str
    text: str | None
    closed_at: Instant | None = None
    who: Who = NOBODY


@dataclass(frozen=True, slots=True)
class LoggedMiss:
    """A question that the pages did not answer well: it led to a ticket, or nothing was shown for it.

    ``outcome`` is its episode's class, ``None`` for somebody who was only looking around. ``question`` is ``None`` once
    its retention has ended. ``finding`` is what staff says of the ticket that it led to: the page is missing, or is
    there and was not shown.
    """

    at: Instant
    question: str | None
    locale: str
    entry: str
    shown: str
    outcome: EpisodeClass | None
    generation: str
    nearest: tuple[ShownPassage, ...]
    episode: str
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Append:
    """What is committed together. ``texts`` and ``curations`` are by their digests, and kept once."""

    interactions: Sequence[Interaction] = ()
    events: Sequence[Event] = ()
    tickets: Sequence[Ticket] = ()
    texts: Sequence[tuple[str, str]] = ()
    curations: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Retained:
    """What was deleted: texts emptied, episodes whose events went, episodes that went.

    ``files`` are attachments that are listed nowhere any more; their contents are still to be deleted.
    """

    texts: int
    stories: int
    episodes: int
    files: tuple[str, ...] = ()


Recorded = frozenset[tuple[str, str]]
"""The events, as (scope, id), that were not there before."""


class Record(Figures, Protocol):
    """Appends, the few questions that have to be answered while somebody waits, and what reports are made of.

    Every question may fail with ``RecordUnavailable`` while the database is away.
    """

    @property
    def waiting(self) -> int:
        """How many appends wait to be committed."""
        ...

    def submit(self, append: Append) -> Future[Recorded]:
        """Take something to be recorded; the future is done when it is committed, and not before.

        While the database is away it waits, in order; the future fails with ``RecordUnavailable`` if it had to be
        given up.
        """
        ...

    @property
    def away(self) -> bool:
        """Whether the database was away when something was to be committed last."""
        ...

    def fold(self, *, stopping: Callable[[], bool] = ...) -> int:
        """Fold all episodes of which something was recorded, unless it is time to stop; return how many that were."""
        ...

    def last_asked(self, who: Who, *, since: Instant, until: Instant) -> Sequence[tuple[str, str | None, Instant]]:
        """Return a person's questions with ticket intent: episode, matter, moment; latest first.

        Of an account these are also the ones asked in the same browser before signing in.
        """
        ...

    def state_of(self, episode: str) -> tuple[Instant | None, bool]:
        """Return when the last question of an episode was asked, and whether a ticket has ended it."""
        ...

    def story_of(self, episode: str) -> tuple[Sequence[Interaction], Sequence[Event]]:
        """Return all that is recorded of an episode."""
        ...

    def ticket(self, ticket: str) -> Ticket | None:
        """Return a ticket, if it is known."""
        ...

    def close_ticket(self, ticket: str, at: Instant) -> None:
        """Note that a ticket was closed; the first time counts."""
        ...

    def unchecked(self, *, most: int) -> Sequence[Ticket]:
        """Return tickets that the machine has not looked at, oldest first."""
        ...

    def add_verdict(self, verdict: Verdict, evidence: Evidence | None = None) -> None:
        """Put a verdict beside those that are there; the machine's comes with its evidence, and its first counts."""
        ...

    def verdicts_on(self, ticket: str) -> Sequence[Verdict]:
        """Return all verdicts on a ticket, oldest first."""
        ...

    def evidence_of(self, ticket: str) -> Evidence | None:
        """Return what the machine's finding on a ticket rests on."""
        ...

    def texts_of(self, digests: Collection[str]) -> Mapping[str, str]:
        """Return passages' texts by their digests."""
        ...

    def curation(self, digest: str) -> str | None:
        """Return what writers had decided, as it was recorded."""
        ...

    def misses(self, *, first_day: int, last_day: int, now: Instant, most: int) -> Sequence[LoggedMiss]:
        """Return what the pages did not answer, latest first."""
        ...
