"""The shapes of checking a ticket over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.checking import CheckedTicket
from api.links import shown_url
from api.schemas import Account, ExtractOut, PageOut, PassageOut, Visitor
from api.schemas_events import TicketId
from assistant.desk.earlier import SimilarTicket
from assistant.desk.models import CheckedMatter, CheckedPassage
from assistant.record.evidence import Finding
from corpus.page import Page


class CheckRequest(BaseModel):
    """A ticket's text, or the number of one that is in the record."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str | None, Field(description="What the customer wrote, up to 10,000 characters.")] = None
    ticket: Annotated[
        TicketId | None,
        Field(description="A ticket that is in the record; its text is checked, unless another is given."),
    ] = None
    locale: Annotated[str | None, Field(max_length=35, description="The customer's locale, BCP 47.")] = None
    account: Account | None = None
    visitor: Visitor | None = None
    name: Annotated[str, Field(max_length=200, description="The customer's name, for the reply; not kept.")] = ""
    generation: Annotated[
        Literal["live", "then"],
        Field(description="Check against the docs as they are, or as they were when the ticket came."),
    ] = "live"

    @model_validator(mode="after")
    def _names_something(self) -> CheckRequest:
        if self.text is None and self.ticket is None:
            raise ValueError("give a text, or a ticket")
        if self.generation == "then" and self.ticket is None:
            raise ValueError("only a ticket has a generation of its own: give one, or leave 'generation' out")
        return self


class CheckedPassageOut(BaseModel):
    """A passage near a matter."""

    page: PageOut
    passage: PassageOut
    extract: ExtractOut
    confidence: float
    shown_before: bool
    opened_before: bool

    @classmethod
    def of(cls, one: CheckedPassage, page: Page) -> CheckedPassageOut:
        """Return a passage as it is sent."""
        passage = one.hit.passage
        return cls(
            page=PageOut(id=page.id, title=passage.page_title, url=shown_url(page.url), locale=passage.locale),
            passage=PassageOut(
                id=passage.id, heading_path=list(passage.heading_path), text=passage.text, url=shown_url(passage.url)
            ),
            extract=ExtractOut(text=one.extract.text, highlights=list(one.extract.highlights)),
            confidence=round(one.hit.confidence, 4),
            shown_before=one.shown_before,
            opened_before=one.opened_before,
        )


class MatterOut(BaseModel):
    """A matter that the ticket asks about; ``spans`` are [start, end) offsets into the checked text."""

    text: str
    spans: list[tuple[int, int]]
    answered: Literal["yes", "partly", "no"]
    confidence: Annotated[float, Field(description="Probability that the docs answer it, 0 to 1.")]
    unknown: Annotated[list[str], Field(description="Names in it that stand on no page.")]
    passages: list[CheckedPassageOut]

    @classmethod
    def of(cls, one: CheckedMatter, pages: dict[str, Page]) -> MatterOut:
        """Return a matter as it is sent."""
        return cls(
            text=one.matter.text,
            spans=list(one.matter.spans),
            answered=one.answered.value,
            confidence=one.confidence,
            unknown=list(one.unknown),
            passages=[CheckedPassageOut.of(each, pages[each.hit.passage.page_id]) for each in one.passages],
        )


class EarlierOut(BaseModel):
    """An earlier ticket near to this one, and how it was solved."""

    ticket: str
    similarity: float
    created_at: datetime
    text: str
    finding: Finding | None
    solution: str | None

    @classmethod
    def of(cls, one: SimilarTicket) -> EarlierOut:
        """Return an earlier ticket as it is sent."""
        return cls(
            ticket=one.ticket.id,
            similarity=one.similarity,
            created_at=datetime.fromtimestamp(one.ticket.created_at / 1000, UTC),
            text=one.ticket.text,
            finding=one.finding,
            solution=one.solution,
        )


class ReplyOut(BaseModel):
    """A reply ready to copy, in the customer's language, as plain text."""

    locale: str
    text: str


class CheckResponse(BaseModel):
    """Whether the docs answer a ticket; ``text`` is what was checked, without personal data."""

    text: str
    locale: str
    generation: str
    curation: str
    overall: Literal["full", "partly", "none"]
    matters: list[MatterOut]
    earlier: list[EarlierOut]
    reply: ReplyOut

    @classmethod
    def of(cls, checked: CheckedTicket) -> CheckResponse:
        """Return a check as it is sent."""
        check = checked.check
        return cls(
            text=check.text,
            locale=check.locale,
            generation=check.generation,
            curation=check.curation,
            overall=check.overall.value,
            matters=[MatterOut.of(one, dict(checked.pages)) for one in check.matters],
            earlier=[EarlierOut.of(one) for one in checked.earlier],
            reply=ReplyOut(locale=checked.reply_locale, text=checked.reply),
        )
