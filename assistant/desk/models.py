"""What checking a ticket yields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.asking.models import Extract, Hit
from assistant.desk.matters import Matter


class Answered(StrEnum):
    """Whether the docs answer a matter; ``PARTLY`` also where that cannot be told."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Overall(StrEnum):
    """Whether the docs answer a ticket as a whole."""

    FULL = "full"
    PARTLY = "partly"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CheckedPassage:
    """A passage near a matter, and whether the customer was shown it as an answer, or opened it, before."""

    hit: Hit
    extract: Extract
    shown_before: bool
    opened_before: bool


@dataclass(frozen=True, slots=True)
class CheckedMatter:
    """A matter of a ticket.

    ``confidence`` is the probability, 0 to 1, that the docs answer it; ``unknown`` are names in it that no page has.
    """

    matter: Matter
    answered: Answered
    confidence: float
    unknown: tuple[str, ...]
    passages: tuple[CheckedPassage, ...]


@dataclass(frozen=True, slots=True)
class TicketCheck:
    """Whether the docs answer a ticket, matter by matter.

    Checking ``text``, which is without personal data, again with the same ``generation`` and ``curation`` gives the
    same; spans of matters are offsets into it. ``curation`` is the digest of what writers had decided.
    """

    text: str
    locale: str
    generation: str
    curation: str
    overall: Overall
    matters: tuple[CheckedMatter, ...]
