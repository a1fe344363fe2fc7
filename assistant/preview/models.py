"""What is tried before it is published: past questions, what becomes of each, and answers that were confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from assistant.record.events import Instant


@dataclass(frozen=True, slots=True)
class PastQuestion:
    """What visitors asked, without personal data, and how many ``times``.

    ``right`` is what the page is about that is known to answer it, where somebody has said so.
    """

    text: str
    locale: str
    times: int = 1
    right: str | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """An answer that helped: a visitor said so, or staff says that it answers a ticket.

    ``page`` is the page that was shown and ``matter`` what it is about; ``passage``, ``digest`` and ``text`` are of the
    passage as it read then, empty where that is not known. ``people`` is for how many it was confirmed, ``by_staff``
    whether staff was among them, ``at`` when it was last.
    """

    question: str
    locale: str
    page: str
    matter: str
    passage: str = ""
    digest: str = ""
    text: str = ""
    people: int = 1
    by_staff: bool = False
    at: Instant = 0


class Change(StrEnum):
    """What becomes of a question, the worst first."""

    LOST = "lost"
    """It was answered, and is not any more, or the page that answered it is gone."""
    CHANGED = "changed"
    """Another page comes first."""
    NEWLY_ANSWERED = "newly_answered"
    """It was not answered, and is now."""
    UNCHANGED = "unchanged"
    """It is answered with the same page first, or still not answered."""


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page that is shown for a question."""

    page: str
    matter: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a visitor sees for a question, pages best first; ``confidence`` is how likely one of them answers it."""

    outcome: Literal["answered", "related", "missed"]
    pages: tuple[ShownPage, ...]
    confidence: float

    @property
    def answered(self) -> bool:
        """Whether what is shown is called an answer."""
        return self.outcome == "answered"


@dataclass(frozen=True, slots=True)
class Compared:
    """A question with what is seen for it before and after."""

    question: PastQuestion
    before: Seen
    after: Seen
    change: Change


@dataclass(frozen=True, slots=True)
class Comparison:
    """Questions asked of two generations, the most asked first; ``before`` and ``after`` are the generations' ids."""

    before: str
    after: str
    compared: Sequence[Compared]

    def of(self, change: Change) -> list[Compared]:
        """Return the questions that one thing becomes of."""
        return [one for one in self.compared if one.change is change]

    def times(self, change: Change | None = None) -> int:
        """Return how many times such questions were asked, or all of them."""
        return sum(one.question.times for one in self.compared if change is None or one.change is change)


class LossReason(StrEnum):
    """Why a confirmed answer would be lost."""

    GONE = "gone"
    """The page is gone, and its address with it."""
    HIDDEN = "hidden"
    """A writer has hidden the page."""
    EMPTIED = "emptied"
    """Little is left of the page's text."""
    LANGUAGE = "language"
    """The page, or a part of it, is in another language than its own."""
    MEANING = "meaning"
    """The page does not say any more what was confirmed."""
    RETITLED = "retitled"
    """The page's title does not name any more what it is about."""
    NOT_SHOWN = "not_shown"
    """The question is still answered, without this page."""
    NOT_ANSWERED = "not_answered"
    """The page is there, and the question is not answered any more."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A confirmed answer that would be lost, and why; ``title`` and ``url`` are those of the page before.

    ``detail`` names what the reason alone does not: the other language, the new title, the share of text that is left.
    """

    confirmed: Confirmed
    reason: LossReason
    title: str
    url: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class GateReport:
    """What a promotion would lose. ``checked`` confirmed answers were given ``before`` and looked at; the rest of
    ``known`` were not given any more, and cannot be lost. ``allowed`` is how many may be."""

    before: str
    after: str
    known: int
    checked: int
    losses: tuple[Loss, ...]
    allowed: int

    @property
    def passed(self) -> bool:
        """Whether the generation may be promoted."""
        return len(self.losses) <= self.allowed


@dataclass(frozen=True, slots=True)
class Replayed:
    """A recorded question, asked again. ``differences`` are sentences, none if the answer is the same to the last
    digit; ``generation`` is the one asked now, ``recorded`` the one that answered then."""

    interaction: str
    recorded: str
    generation: str
    differences: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the answer is the very same."""
        return not self.differences
