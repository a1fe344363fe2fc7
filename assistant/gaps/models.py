"""What the pages fail to answer: questions, and the gaps that they make."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.record.events import Instant


class Signal(StrEnum):
    """Why a question counts as one that the pages failed, the strongest last."""

    MISSED = "missed"
    """Nothing was shown for it, or nothing that we called an answer, and nothing shows that it helped."""
    FAILED = "failed"
    """An answer was shown, and a ticket followed or the customer said that it did not help."""
    NOT_IN_DOCS = "not_in_docs"
    """Staff says of its ticket that the docs do not answer it, or only in part."""


@dataclass(frozen=True, slots=True)
class GapQuestion:
    """A question that the pages failed.

    ``id`` is its interaction's, ``person`` whom it counts for, once however often they ask: the account, else the
    visitor, else the episode. ``text`` is without personal data, ``None`` once its retention has ended. ``ticket`` says
    that its episode led to a ticket, ``opened`` that a page was opened in it. ``gap`` is the gap that it belongs to.
    """

    id: str
    episode: str
    at: Instant
    person: str
    locale: str
    text: str | None
    signal: Signal
    ticket: bool = False
    opened: bool = False
    gap: str | None = None

    @property
    def language(self) -> str:
        """The language part of the locale."""
        return self.locale.split("-")[0]


class GapState(StrEnum):
    """How far a gap is dealt with."""

    NEW = "new"
    PLANNED = "planned"
    WRITTEN = "written"
    """A page was published for it; whether that helped shows in the weeks after."""
    VERIFIED = "verified"
    """It helped, as far as can be told."""
    DISMISSED = "dismissed"
    """Nothing will be written; the reason says why."""


class Diagnosis(StrEnum):
    """What is wrong with the pages about a gap."""

    NO_PAGE = "no_page"
    OTHER_WORDS = "other_words"
    """A page answers it, in other words: a synonym or an added question would lead there."""
    BURIED = "buried"
    """The answer is on a page, but deep in a part about something else: a heading of its own would lead there."""
    OTHER_LANGUAGE = "other_language"
    """A page answers it, only in another language: it wants a translation."""
    WRONG_OR_OLD = "wrong_or_old"
    """People open the page about it, and need a ticket all the same."""


OPEN = frozenset({GapState.NEW, GapState.PLANNED})
"""States of what is still to be written."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with the ends of its 80 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What a gap costs, and what a page would spare, per week.

    ``asked`` is how many people ask about it, ``ticket`` the chance, 0 to 1, that one of them writes a ticket,
    ``answered`` the chance that a page would keep them from it, ``tickets`` the tickets that it brings, ``spared``
    those that a page would spare.
    """

    asked: Interval
    ticket: Interval
    answered: Interval
    tickets: Interval
    spared: Interval


@dataclass(frozen=True, slots=True)
class NearPage:
    """A page near a gap: what it is called, and of how many of its questions it is the nearest, by share 0 to 1."""

    page: str
    title: str
    locale: str
    share: float


@dataclass(frozen=True, slots=True)
class GapFacts:
    """What was counted of a gap when it was last looked at.

    ``people`` and ``tickets`` are of all time that questions are kept; ``weeks`` are the people of each of the last
    weeks of seven days, the one that ends now last; ``languages`` is how many asked in each language, most first.
    ``near`` and ``diagnosis`` are of the generation named by ``looked_at``; ``hint`` is the passage that the diagnosis
    is about.
    """

    people: int = 0
    questions: int = 0
    tickets: int = 0
    said_missing: int = 0
    opened: int = 0
    first_at: Instant = 0
    last_at: Instant = 0
    weeks: tuple[int, ...] = ()
    languages: tuple[tuple[str, int], ...] = ()
    near: tuple[NearPage, ...] = ()
    diagnosis: Diagnosis | None = None
    hint: str = ""
    cost: Cost | None = None
    looked_at: str = ""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was expected of a page when it was published: tickets spared per week, and the baseline it rests on."""

    at: Instant
    tickets: float
    spared: Interval


@dataclass(frozen=True, slots=True)
class Gap:
    """A group of questions that the pages do not answer.

    ``names`` are questions of it that name it, an id for each language; ``terms`` are the words that set it apart, by
    language. ``page`` is what was published for it. ``said`` is a writer's word on what is wrong, before which the
    machine's diagnosis gives way. ``into`` is the gap that it has become part of.
    """

    id: str
    created_at: Instant
    changed_at: Instant
    names: tuple[tuple[str, str], ...] = ()
    terms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    state: GapState = GapState.NEW
    assignee: str | None = None
    reason: str = ""
    published_at: Instant | None = None
    page: str | None = None
    predicted: Prediction | None = None
    said: Diagnosis | None = None
    into: str | None = None
    facts: GapFacts = GapFacts()

    @property
    def diagnosis(self) -> Diagnosis | None:
        """What is wrong with the pages: as a writer says, else as the machine does."""
        return self.said or self.facts.diagnosis


@dataclass(frozen=True, slots=True)
class GapNote:
    """What somebody noted on a gap; ``by`` is an id of the staff."""

    gap: str
    by: str
    text: str
    at: Instant
