"""Values of the record ↔ rows of its tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from sqlalchemy import Row

from assistant.record.episodes import Episode
from assistant.record.events import Event, EventType, Interaction, ShownPassage, Who
from assistant.record.evidence import Evidence, EvidencePassage
from assistant.record.ports import Ticket

Values = dict[str, Any]


def interaction_values(one: Interaction) -> Values:
    """Return an interaction as a row."""
    return {
        "id": one.id,
        "episode": one.episode,
        "at": one.at,
        "with_ticket_intent": one.with_ticket_intent,
        "locale": one.locale,
        "entry": one.entry,
        "visitor": one.who.visitor,
        "account": one.who.account,
        "question": one.question,
        "outcome": one.outcome,
        "reason": one.reason,
        "generation": one.generation,
        "curation": one.curation,
        "matter": one.matter,
        "shown": _passages_text(one.shown),
        "nearest": _passages_text(one.nearest),
        "experiment": one.experiment,
        "held_out": one.held_out,
    }


def interaction_of(row: Row[Any]) -> Interaction:
    """Return the interaction of a row."""
    return Interaction(
        id=row.id,
        episode=row.episode,
        at=row.at,
        with_ticket_intent=row.with_ticket_intent,
        locale=row.locale,
        entry=row.entry,
        who=Who(row.visitor, row.account),
        question=row.question,
        outcome=row.outcome,
        reason=row.reason,
        generation=row.generation,
        curation=row.curation,
        matter=row.matter,
        shown=passages_of(row.shown),
        nearest=passages_of(row.nearest),
        experiment=row.experiment,
        held_out=row.held_out,
    )


def event_values(one: Event) -> Values:
    """Return an event as a row."""
    return {
        "scope": one.scope,
        "id": one.id,
        "episode": one.episode,
        "type": one.type.value,
        "at": one.at,
        "received_at": one.received_at,
        "client_at": one.client_at,
        "rank": one.rank,
        "helpful": one.helpful,
        "reason": one.reason,
        "ticket": one.ticket,
    }


def event_of(row: Row[Any]) -> Event:
    """Return the event of a row."""
    return Event(
        scope=row.scope,
        id=row.id,
        episode=row.episode,
        type=EventType(row.type),
        at=row.at,
        received_at=row.received_at,
        client_at=row.client_at,
        rank=row.rank,
        helpful=row.helpful,
        reason=row.reason,
        ticket=row.ticket,
    )


def ticket_values(one: Ticket) -> Values:
    """Return a ticket as a row."""
    return {
        "id": one.id,
        "episode": one.episode,
        "created_at": one.created_at,
        "closed_at": one.closed_at,
        "locale": one.locale,
        "generation": one.generation,
        "curation": one.curation,
        "text": one.text,
        "visitor": one.who.visitor,
        "account": one.who.account,
    }


def ticket_of(row: Row[Any]) -> Ticket:
    """Return the ticket of a row."""
    return Ticket(
        id=row.id,
        episode=row.episode,
        created_at=row.created_at,
        closed_at=row.closed_at,
        locale=row.locale,
        generation=row.generation,
        curation=row.curation,
        text=row.text,
        who=Who(row.visitor, row.account),
    )


def evidence_in(text: str) -> Evidence:
    """Return the evidence of a column."""
    values = json.loads(text)
    passages = tuple(EvidencePassage(**one) for one in values.pop("passages"))
    return Evidence(**values, passages=passages)


def episode_values(one: Episode, *, day: int) -> Values:
    """Return an episode as a row, filed under a day."""
    return {
        "id": one.id,
        "day": day,
        "started_at": one.started_at,
        "last_at": one.last_at,
        "with_ticket_intent": one.with_ticket_intent,
        "locale": one.locale,
        "entry": one.entry,
        "page": one.page,
        "visitor": one.visitor,
        "account": one.account,
        "subject": one.subject,
        "experiment": one.experiment,
        "held_out": one.held_out,
        "questions": one.questions,
        "answered": one.answered,
        "opened": one.opened,
        "taken_back": one.taken_back,
        "outcome": one.outcome.value,
        "closes_at": one.closes_at,
        "durable_at": one.durable_at,
        "lasts": one.lasts,
        "ticket_at": one.ticket_at,
    }


def _passages_text(passages: Sequence[ShownPassage]) -> str:
    return json.dumps([astuple(one) for one in passages], ensure_ascii=False, separators=(",", ":"))


def passages_of(text: str) -> tuple[ShownPassage, ...]:
    """Return the passages of a column."""
    return tuple(ShownPassage(*fields) for fields in json.loads(text))
