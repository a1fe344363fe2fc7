"""A visitor's story in few words: questions and what followed, for the tests of the record."""

from __future__ import annotations

from typing import Any

from assistant.record.events import MS_PER_DAY, MS_PER_HOUR, Event, EventType, Interaction, ShownPassage, Who
from assistant.record.evidence import digest_of
from assistant.record.ports import Ticket

NOON = 1_789_992_000_000
"""Noon, UTC, of 21 September 2026: when stories begin."""
HOUR = MS_PER_HOUR
DAY = MS_PER_DAY
REFUNDS = "Money comes back within ten days."


def passage(page: str, *, rank: int = 1, text: str = REFUNDS, confidence: float = 0.9) -> ShownPassage:
    """Return a shown passage of a page; what the page is about is its name without the language."""
    return ShownPassage(rank, f"{page}#1", page, page.partition("/")[2], digest_of(text), confidence, 0.8)


def question(name: str = "q1", at: int = NOON, **changed: Any) -> Interaction:
    """Return a question that was answered with two pages, as changed."""
    values: dict[str, Any] = {
        "id": name,
        "episode": "e1",
        "at": at,
        "with_ticket_intent": True,
        "locale": "en",
        "entry": "support",
        "who": Who(visitor="v-ann"),
        "question": "when does money come back",
        "outcome": "answered",
        "reason": None,
        "generation": "g1",
        "curation": "c1",
        "matter": "refunds",
        "shown": (passage("en/refunds"), passage("en/shipping", rank=2)),
        "nearest": (passage("en/refunds"),),
    }
    return Interaction(**{**values, **changed})


def missed(name: str = "q1", at: int = NOON, **changed: Any) -> Interaction:
    """Return a question for which nothing was shown."""
    without = {"outcome": "missed", "reason": "nothing_near", "shown": (), "matter": None}
    return question(name, at, **{**without, **changed})


def withheld(name: str = "q1", at: int = NOON, **changed: Any) -> Interaction:
    """Return a question whose answer the lot kept back."""
    kept_back = {"outcome": "missed", "reason": "holdout", "shown": (), "held_out": True, "experiment": "1@0.1"}
    return question(name, at, **{**kept_back, **changed})


def event(kind: str, at: int, *, name: str = "", scope: str = "q1", **changed: Any) -> Event:
    """Return something that followed the first question."""
    values: dict[str, Any] = {
        "scope": scope,
        "id": name or f"{kind}-{at}",
        "episode": "e1",
        "type": EventType(kind),
        "at": at,
        "received_at": at,
        "rank": 1 if kind == "opened" else None,
    }
    return Event(**{**values, **changed})


def ticket_event(at: int, *, ticket: str = "T-1", **changed: Any) -> Event:
    """Return what the helpdesk reports of a new ticket."""
    return event("ticket_created", at, scope=f"ticket:{ticket}", ticket=ticket, **changed)


def ticket(identity: str = "T-1", at: int = NOON, **changed: Any) -> Ticket:
    """Return a ticket, as changed."""
    values: dict[str, Any] = {
        "id": identity,
        "episode": "e1",
        "created_at": at,
        "locale": "en",
        "generation": "g1",
        "curation": "c1",
        "text": "where is my money",
    }
    return Ticket(**{**values, **changed})
