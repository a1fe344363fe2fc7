"""Earlier tickets on the same matter, and how those were solved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from assistant.desk.letters import sentences_of
from assistant.record.events import Instant
from assistant.record.evidence import MACHINE, Finding, Verdict
from indexer.ports import Vector

MOST_EARLIER = 3
NEAR_FROM = 0.8
"""Least cosine similarity of two tickets on one matter, by the bundled model."""
_AT_ONCE = 20
"""Most tickets that one check embeds: half a second. The rest waits for the next, or for ``embed_new``."""
_MOST_CHARS = 1200

SolutionsOf = Callable[[Sequence[str]], Mapping[str, str]]
"""Returns what the staff wrote to tickets, by ticket, of those that have such a reply."""


@dataclass(frozen=True, slots=True)
class EarlierTicket:
    """A ticket as it is kept; its text is without personal data."""

    id: str
    created_at: Instant
    locale: str
    text: str


@dataclass(frozen=True, slots=True)
class SimilarTicket:
    """An earlier ticket near to another one.

    ``finding`` is where its answer was: a person's latest verdict, else the machine's. ``solution`` is what the staff
    wrote, if that is known.
    """

    ticket: EarlierTicket
    similarity: float
    finding: Finding | None
    solution: str | None


class EarlierTickets(Protocol):
    """Keeps a vector of each earlier ticket that still has its text, and knows what the staff wrote to them."""

    def without_vector(self, recipe: str, *, most: int) -> Sequence[EarlierTicket]:
        """Return tickets without a vector of a recipe, latest first."""
        ...

    def keep(self, recipe: str, vectors: Sequence[tuple[str, Vector]]) -> None:
        """Keep vectors by ticket, each in the place of one by another recipe; none of a text that has gone."""
        ...

    def nearest(self, recipe: str, vector: Vector, *, most: int, besides: str | None) -> Sequence[tuple[str, float]]:
        """Return (ticket, cosine similarity), nearest first.

        Args:
            recipe: of the vectors to compare.
            vector: unit length.
            most: how many at most.
            besides: a ticket to leave out.
        """
        ...

    def tickets(self, ids: Sequence[str]) -> Mapping[str, EarlierTicket]:
        """Return tickets that still have their text, by id."""
        ...

    def solutions_of(self, tickets: Sequence[str]) -> Mapping[str, str]:
        """Return what the staff wrote last to tickets, verbatim, by ticket, of those that have such a message."""
        ...


def embedded(text: str, language: str, embed: Callable[[str], Vector]) -> Vector:
    """Return the vector of a ticket: of what it says, without greeting, signature and the like."""
    said = " ".join(one.text for one in sentences_of(text, language)) or text
    vector: Vector = np.asarray(embed(said[:_MOST_CHARS]), np.float32)
    return vector


def embed_new(store: EarlierTickets, recipe: str, embed: Callable[[str], Vector], *, most: int = _AT_ONCE) -> int:
    """Embed tickets that have no vector yet, latest first; return how many those were."""
    waiting = store.without_vector(recipe, most=most)
    store.keep(recipe, [(one.id, embedded(one.text, one.locale.split("-")[0], embed)) for one in waiting])
    return len(waiting)


def earlier_on(
    text: str,
    language: str,
    store: EarlierTickets,
    *,
    recipe: str,
    embed: Callable[[str], Vector],
    verdicts_on: Callable[[str], Sequence[Verdict]],
    solutions_of: SolutionsOf,
    besides: str | None = None,
    near_from: float = NEAR_FROM,
) -> tuple[SimilarTicket, ...]:
    """Return the earlier tickets nearest to a text, at most ``MOST_EARLIER``, nearest first.

    Args:
        text: of the ticket, without personal data.
        language: of the text.
        store: the earlier tickets.
        recipe: digest of the recipe by which ``embed`` embeds.
        embed: makes a query's vector.
        verdicts_on: returns the verdicts on a ticket, oldest first.
        solutions_of: returns the staff's replies.
        besides: the ticket itself, if it is one of them.
        near_from: least similarity.
    """
    embed_new(store, recipe, embed)
    found = store.nearest(recipe, embedded(text, language, embed), most=MOST_EARLIER, besides=besides)
    near = {ticket: similarity for ticket, similarity in found if similarity >= near_from}
    if not near:
        return ()
    tickets = store.tickets(list(near))
    solutions = solutions_of(list(tickets))
    return tuple(
        SimilarTicket(tickets[one], round(similarity, 4), _finding(verdicts_on(one)), solutions.get(one))
        for one, similarity in near.items()
        if one in tickets
    )


def _finding(verdicts: Sequence[Verdict]) -> Finding | None:
    by_people = [one for one in verdicts if one.by != MACHINE]
    latest = (by_people or list(verdicts))[-1:]
    return latest[0].finding if latest else None
