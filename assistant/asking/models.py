"""What goes into the assistant and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from corpus.passage import Passage
from corpus.sentences import Span


@dataclass(frozen=True, slots=True)
class Question:
    """What a visitor typed, verbatim, and the locale of the page they typed it on, if known (BCP 47)."""

    text: str
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its place.

    ``rank`` starts at 1. ``score`` is a similarity, comparable within one recipe only; ``confidence`` is the estimated
    probability, 0 to 1, that the page is the first in its ranking that answers the question: of the first hit that it
    is right, of several together, added up, that one of them is. It is not estimated beyond the fifth and 0 there.
    ``best_window`` is which of the passage's windows is nearest. ``other_language`` marks a page that is not in the
    language of the question. ``pinned`` marks one that a writer, and not the search, has put first for this question;
    its score is 0 where the search did not come near it.
    """

    passage: Passage
    rank: int
    score: float
    confidence: float
    best_window: int
    other_language: bool
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Extract:
    """The part of a passage that is shown: its text, and the spans in it that answer, in code points."""

    text: str
    highlights: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit as a visitor sees it."""

    hit: Hit
    extract: Extract


class RelatedReason(StrEnum):
    """Why pages are offered as related and not as the answer."""

    UNSURE = "unsure"
    NO_POLICY = "no_policy"


class MissReason(StrEnum):
    """Why nothing is shown."""

    NOTHING_NEAR = "nothing_near"
    NO_WORDS = "no_words"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer set: passages one of which answers, best first, at least one; ``confidence`` is how likely that is."""

    hits: tuple[Hit, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Related:
    """Passages near the question, none sure enough to be called its answer."""

    hits: tuple[Hit, ...]
    reason: RelatedReason


@dataclass(frozen=True, slots=True)
class Miss:
    """We chose to show nothing."""

    reason: MissReason


Outcome = Answer | Related | Miss


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a question.

    ``locale`` is the one the visitor is taken to read; ``shown`` are the outcome's hits with their extracts;
    ``nearest`` are the hits considered, at most ten, one a page, best first, whether shown or not.
    """

    question: Question
    locale: str
    outcome: Outcome
    shown: tuple[Shown, ...]
    nearest: tuple[Hit, ...]
    generation: str


def outcome_of(reply: Reply) -> tuple[Literal["answered", "related", "missed"], str | None]:
    """Return an outcome's name and reason."""
    match reply.outcome:
        case Answer():
            return "answered", None
        case Related(reason=reason):
            return "related", str(reason)
        case Miss(reason=reason):
            return "missed", str(reason)
