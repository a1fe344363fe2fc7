"""Was a ticket's answer in the docs? The machine's finding, and the evidence that it and a person's verdict rest on."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.record.events import Event, EventType, Instant, Interaction


class Finding(StrEnum):
    """Where a ticket's answer was."""

    SHOWN_NOT_OPENED = "shown_not_opened"
    """It was shown, and the customer did not open it."""
    OPENED_DID_NOT_HELP = "opened_did_not_help"
    """It was shown and opened, and did not help."""
    NOT_SHOWN = "in_docs_not_shown"
    """It is in the docs, but we failed to show it (or, in the holdout, were not allowed to)."""
    PARTLY_IN_DOCS = "partly_in_docs"
    """The docs answer some of what it asks. Only people find this: the machine asks once."""
    NOT_IN_DOCS = "not_in_docs"
    """The docs do not answer it."""


MACHINE = "machine"
"""Who has judged, where nobody has."""


@dataclass(frozen=True, slots=True)
class EvidencePassage:
    """A passage that answers, or that was shown, as it read at that moment.

    ``rank`` and ``confidence`` are those of the answer to ``Evidence.question``; a passage that was shown for an
    earlier question and is not in that answer has neither. ``shown`` and ``opened`` are as of before the ticket.
    """

    passage: str
    page: str
    matter: str
    digest: str
    text: str
    rank: int | None
    confidence: float | None
    shown: bool
    opened: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """A snapshot that can be checked later: asking ``question`` of ``generation`` again gives the same passages.

    ``question`` is without personal data: the ticket's text, or where it has none the last question. ``curation`` is
    the digest of what writers had decided. ``answered`` is whether the docs answer it, by the policy's threshold, and
    ``confidence`` how sure the answer is, 0 where there is none. ``withheld``: shown nothing by lot. ``certified``: the
    answer comes from the search, by a policy whose risk was checked on other questions and is kept.
    """

    question: str
    locale: str
    generation: str
    curation: str
    answered: bool
    confidence: float
    passages: tuple[EvidencePassage, ...]
    withheld: bool = False
    certified: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who found what, when and why. ``by`` is ``machine`` or one of the staff; a later one stands beside an earlier."""

    ticket: str
    by: str
    finding: Finding
    reason: str
    at: Instant


def digest_of(text: str) -> str:
    """Return what stands for a passage's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def shown_before(
    at: Instant, interactions: Sequence[Interaction], events: Sequence[Event]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return what was shown as an answer, and what was opened, before a moment: passage id → what its page is about."""
    earlier = {one.id: one for one in interactions if one.at <= at and not one.held_out}
    shown = {passage.passage: passage.matter for one in earlier.values() if one.answered for passage in one.shown}
    opened = {
        passage.passage: passage.matter
        for event in events
        if event.type is EventType.OPENED and event.at <= at and event.scope in earlier
        for passage in earlier[event.scope].shown
        if passage.rank == event.rank
    }
    return shown, opened


def find(*, answering: Collection[str], shown: Collection[str], opened: Collection[str]) -> Finding:
    """Return where a ticket's answer was.

    Args:
        answering: what the pages are about that answer the ticket; none if the docs do not answer it.
        shown: what the pages were about that the customer was shown as answers before the ticket.
        opened: the same for those opened, whether they were called an answer or only related.
    """
    if not answering:
        return Finding.NOT_IN_DOCS
    if any(matter in opened for matter in answering):
        return Finding.OPENED_DID_NOT_HELP
    if any(matter in shown for matter in answering):
        return Finding.SHOWN_NOT_OPENED
    return Finding.NOT_SHOWN
