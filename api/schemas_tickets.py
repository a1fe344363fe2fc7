"""The shapes of tickets over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.schemas import AnswersResponse, Entry, Visitor
from assistant.tickets.models import TicketState

Key = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-]{8,64}$",
        description="Made by the sender, the same each time that the same ticket is sent again.",
    ),
]


class SessionRequest(BaseModel):
    """The shop's signed identity of a customer."""

    model_config = ConfigDict(extra="forbid")

    identity: Annotated[str, Field(max_length=8000, description="A JSON Web Token, signed by the shop's server.")]


class SessionOut(BaseModel):
    """A session: ``session`` goes along as the header ``Askfirst-Session``."""

    session: str
    name: str | None
    verified: bool
    expires_at: AwareDatetime


class TicketRequest(BaseModel):
    """A ticket to be sent."""

    model_config = ConfigDict(extra="forbid")

    key: Key
    text: Annotated[str, Field(max_length=20_000)]
    locale: str | None = None
    email: Annotated[str | None, Field(max_length=254, description="Where a link is sent to who has no session.")] = (
        None
    )
    lane: Literal["standard", "priority"] = "standard"
    files: Annotated[list[str], Field(max_length=20, description="Ids of files that were uploaded before.")] = []
    token: Annotated[str | None, Field(max_length=2000, description="That of the last answer that was shown.")] = None
    episode: Annotated[str | None, Field(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")] = None
    visitor: Visitor | None = None
    entry: Entry = "api"
    seen: Annotated[
        list[str], Field(max_length=200, description="Passages that the customer was shown, by their ids.")
    ] = []
    checked: Annotated[
        bool, Field(description="Whether the customer has seen what else may answer it and sends it all the same.")
    ] = False


class TicketOut(BaseModel):
    """A ticket as its customer sees it. ``kept`` says whether the promise was kept, ``null`` while that is open."""

    ticket: str
    state: TicketState
    lane: Literal["standard", "priority"]
    fee: Literal["none", "asked", "paid", "refused"]
    written_at: AwareDatetime
    sent_at: AwareDatetime | None
    promised_at: AwareDatetime | None
    answered_at: AwareDatetime | None
    kept: bool | None
    text: str
    files: list[FileOut]


class FileOut(BaseModel):
    """A file that was sent along."""

    id: str
    name: str
    kind: str
    size_bytes: int


class SendResponse(BaseModel):
    """What became of a ticket: *sent*; *unconfirmed*, a link was mailed; or *suggested*, an answer that was not shown
    yet, to be shown before the same is sent again with ``checked``."""

    outcome: Literal["sent", "unconfirmed", "suggested"]
    ticket: TicketOut | None = None
    answer: AnswersResponse | None = None


class TicketsResponse(BaseModel):
    """A customer's tickets, latest first."""

    tickets: list[TicketOut]


class StateRequest(BaseModel):
    """Where a ticket stands, as the helpdesk reports it."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["received", "in_progress", "waiting", "solved"]
    at: AwareDatetime | None = None


class StateOut(BaseModel):
    """A ticket after a report."""

    ticket: str
    state: TicketState
    lane: Literal["standard", "priority"]
    fee: Literal["none", "asked", "paid", "refused"]
    promised_at: AwareDatetime | None
    answered_at: AwareDatetime | None


TicketOut.model_rebuild()
