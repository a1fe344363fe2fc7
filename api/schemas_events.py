"""The shapes of events over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.schemas import Account, Entry, Visitor
from assistant.record.events import EventType

EventId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
TicketId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:#/-]*$")]


class EventIn(BaseModel):
    """Something that happened.

    Visitors report with the ``token`` that came with the answer. ``ticket_created`` and ``ticket_closed`` need the API
    key; a ticket belongs to the answer of its token, else to the person's last episode.
    """

    model_config = ConfigDict(extra="forbid")

    event_id: Annotated[EventId, Field(description="Made by the reporter; the same one again changes nothing.")]
    type: EventType
    token: Annotated[str | None, Field(max_length=1000)] = None
    at: Annotated[AwareDatetime | None, Field(description="When it happened, by the reporter's clock.")] = None
    rank: Annotated[int | None, Field(ge=1, description="Which of the shown passages: opened, voted.")] = None
    helpful: Annotated[bool | None, Field(description="What a vote says.")] = None
    reason: Annotated[str | None, Field(max_length=1000, description="What the visitor adds to a vote.")] = None
    ticket: Annotated[TicketId | None, Field(description="The ticket's number at the helpdesk.")] = None
    text: Annotated[str | None, Field(max_length=10_000, description="The ticket's text.")] = None
    locale: Annotated[str | None, Field(max_length=35)] = None
    visitor: Visitor | None = None
    account: Account | None = None
    entry: Entry = "direct"


AnyEvent = Annotated[EventIn | Any, Field(union_mode="left_to_right")]
"""One that does not fit is refused by itself, and the others are recorded."""


class EventOut(BaseModel):
    """What became of an event."""

    event_id: str
    status: Literal["recorded", "repeated", "refused"]
    reason: str | None = None
    detail: str | None = None


class EventsResponse(BaseModel):
    """One result for each event, in their order."""

    results: list[EventOut]
