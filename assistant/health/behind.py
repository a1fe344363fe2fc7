"""The episodes behind a figure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.record.episodes import EpisodeClass
from assistant.record.events import Instant


class PagePart(StrEnum):
    """What a page can have been to an episode, as ``PageUse`` counts it."""

    ASKED = "asked"
    SHOWN = "shown"
    OPENED = "opened"
    SOLVED = "solved"
    FAILED = "failed"
    HELPFUL = "helpful"
    UNHELPFUL = "unhelpful"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which episodes: those that began on the days from ``first_day`` to ``last_day``, ordinals, and included.

    ``outcomes`` are the classes that count, none for all. ``asked`` is what a question of it got: ``answered``,
    ``related`` or ``missed``. ``part`` is what ``page`` was to it. ``gap`` is one that a question of it belongs to.
    ``held_out`` picks an arm; a figure's episodes are those that were offered answers.
    """

    first_day: int
    last_day: int
    outcomes: frozenset[EpisodeClass] = frozenset()
    asked: str | None = None
    locale: str | None = None
    page: str | None = None
    part: PagePart = PagePart.SHOWN
    gap: str | None = None
    held_out: bool | None = None


@dataclass(frozen=True, slots=True)
class ListedEpisode:
    """An episode as it is listed. ``question`` is its first, ``None`` once its text is not kept any more."""

    id: str
    at: Instant
    locale: str
    outcome: EpisodeClass
    counts: bool
    held_out: bool
    questions: int
    question: str | None


@dataclass(frozen=True, slots=True)
class QuestionCount:
    """How many questions of a day and a locale got one outcome; those that the lot kept answers from left out."""

    day: int
    locale: str
    outcome: str
    questions: int
