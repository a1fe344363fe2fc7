"""The shapes of requests and answers over HTTP, as the contract fixes them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.links import shown_url
from assistant.asking.models import Shown
from assistant.asking.suggesting import Suggestion

Visitor = Annotated[
    str,
    Field(
        min_length=8,
        max_length=64,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="A random id that the visitor's browser keeps; the record keeps a pseudonym of it.",
    ),
]
Account = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="The visitor's account; only the operator's own systems, with the API key, may name one.",
    ),
]
Entry = Annotated[
    str, Field(max_length=32, pattern=r"^[a-z0-9-]+$", description="Where the question was asked: support, checkout…")
]


class AnswersRequest(BaseModel):
    """A question."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(description="What the visitor typed, up to 10,000 characters.")]
    locale: Annotated[str | None, Field(description="Locale of the page it was typed on, BCP 47.")] = None
    intent: Annotated[
        Literal["browse", "ticket"], Field(description="Whether the visitor is looking around or about to write to us.")
    ] = "browse"
    episode: Annotated[
        str | None,
        Field(
            max_length=64, pattern=r"^[A-Za-z0-9_-]+$", description="The episode it goes on with, as it was returned."
        ),
    ] = None
    visitor: Visitor | None = None
    account: Account | None = None
    entry: Entry = "api"


class PageOut(BaseModel):
    """A page of the help centre."""

    id: str
    title: str
    url: str
    locale: str


class PassageOut(BaseModel):
    """A passage: ``text`` is the whole of it, ``heading_path`` the headings above, outermost first."""

    id: str
    heading_path: list[str]
    text: str
    url: str


class ExtractOut(BaseModel):
    """What to show of a passage; ``highlights`` are [start, end) offsets into ``text`` in code points."""

    text: str
    highlights: list[tuple[int, int]]


class AnswerOut(BaseModel):
    """One shown passage."""

    rank: int
    confidence: float
    score: float
    page: PageOut
    passage: PassageOut
    extract: ExtractOut
    other_language: bool

    @classmethod
    def of(cls, shown: Shown, *, page_url: str) -> AnswerOut:
        """Return a hit as it is sent."""
        hit, passage = shown.hit, shown.hit.passage
        return cls(
            rank=hit.rank,
            confidence=round(hit.confidence, 4),
            score=round(hit.score, 6),
            page=PageOut(id=passage.page_id, title=passage.page_title, url=page_url, locale=passage.locale),
            passage=PassageOut(
                id=passage.id, heading_path=list(passage.heading_path), text=passage.text, url=shown_url(passage.url)
            ),
            extract=ExtractOut(text=shown.extract.text, highlights=list(shown.extract.highlights)),
            other_language=hit.other_language,
        )


class AnswersResponse(BaseModel):
    """What became of a question. ``token`` goes with later events about this answer."""

    answer_id: str
    token: str
    episode: Annotated[str, Field(description="To be sent along with the next question on the same matter.")]
    outcome: Literal["answered", "related", "missed"]
    reason: str | None
    locale: str
    generation: str
    answers: list[AnswerOut]


class SuggestionOut(BaseModel):
    """A page or question that what was typed so far may be leading to."""

    text: str
    page: PageOut
    url: str

    @classmethod
    def of(cls, suggestion: Suggestion) -> SuggestionOut:
        """Return a suggestion as it is sent."""
        page = suggestion.page
        return cls(
            text=suggestion.text,
            page=PageOut(id=page.id, title=page.title, url=shown_url(page.url), locale=page.locale),
            url=shown_url(suggestion.url),
        )


class SuggestResponse(BaseModel):
    """Suggestions, best first, at most five."""

    locale: str
    generation: str
    suggestions: list[SuggestionOut]
