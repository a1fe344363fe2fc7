"""How pages do: what became of them in the record, and what is wrong with them as they are."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assistant.record.intervals import Rate, rate


@dataclass(frozen=True, slots=True)
class PageUse:
    """What became of a page in a period.

    ``asked`` counts questions that it was first for, ``shown`` those it was shown for, ``opened`` those after which it
    was opened, ``helpful`` and ``unhelpful`` the votes on it, one a question. ``solved`` and ``failed`` count episodes
    that are credited to it, as it was opened last or else shown first, and ended well, or in a ticket all the same.
    """

    asked: int = 0
    shown: int = 0
    opened: int = 0
    solved: int = 0
    failed: int = 0
    helpful: int = 0
    unhelpful: int = 0

    @property
    def found_helpful(self) -> Rate:
        """The share of the votes that say it helped."""
        return rate(self.helpful, self.helpful + self.unhelpful)

    @property
    def failing(self) -> Rate:
        """The share of tickets among the episodes whose end tells something of the page.

        As if there were half as many: of hundreds of pages some are outside of a 95 % interval by chance.
        """
        return rate(self.failed, self.solved + self.failed, design_effect=2.0)


@dataclass(frozen=True, slots=True)
class PageDay:
    """What became of a page on a day, an ordinal in the operator's time zone."""

    page: str
    day: int
    use: PageUse


class Problem(StrEnum):
    """What can be wrong with a page, the gravest first."""

    CONTRADICTS = "contradicts"
    """Another page seems to say something else."""
    FAILS = "fails"
    """More often than other pages it is shown and a ticket follows."""
    BROKEN_LINKS = "broken_links"
    OLDER = "older"
    """A translation was changed later."""
    MISSING = "missing"
    """It is not there in each language of the help centre."""
    NEAR_DUPLICATE = "near_duplicate"
    NOT_SERVED = "not_served"
    """Its file was changed, and what is served is as it was before."""
    UNREAD = "unread"
    """Nobody has opened it from an answer for long."""


class Difference(StrEnum):
    """In what two statements about the same thing differ."""

    QUANTITY = "quantity"
    """A number of the same unit."""
    NEGATION = "negation"
    """One says that it is so, the other that it is not."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sentences that seem to be about the same and differ; ``ours`` is of the pair's first page."""

    ours: str
    theirs: str
    difference: Difference


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pages in one language that are near each other, for people to judge.

    ``similarity`` is the cosine of what they are about as a whole, ``duplicate`` says that they say nearly the same.
    """

    page: str
    other: str
    similarity: float
    duplicate: bool
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """A link that leads nowhere: its words, where it points, and whether only the place on the page is missing."""

    text: str
    target: str
    anchor_only: bool


@dataclass(frozen=True, slots=True)
class PageLook:
    """What was found on one page.

    ``missing`` are languages without it, ``newer`` its translations that were changed later. ``changed`` is the day of
    its last change, as its front matter or its file says.
    """

    missing: tuple[str, ...] = ()
    newer: tuple[str, ...] = ()
    broken: tuple[BrokenLink, ...] = ()
    pairs: tuple[Pair, ...] = ()
    changed: datetime.date | None = None
    served_at: datetime.datetime | None = None

    @property
    def contradicts(self) -> bool:
        """Whether another page seems to say something else."""
        return any(one.contradictions for one in self.pairs)

    @property
    def has_duplicate(self) -> bool:
        """Whether another page says nearly the same."""
        return any(one.duplicate for one in self.pairs)


@dataclass(frozen=True, slots=True)
class Look:
    """What was found on the pages of a generation."""

    generation: str
    pages: Mapping[str, PageLook]
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Staleness:
    """How long changes wait. ``waiting`` are pages whose file is newer than what is served, each with its
    moment;
    ``served_after_ms`` is how long the newest change that is served had waited when its generation was promoted.
    """

    waiting: Mapping[str, int] = field(default_factory=dict)
    served_after_ms: int | None = None
