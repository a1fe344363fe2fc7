"""What the API says of gaps."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from assistant.gaps.models import Cost, Diagnosis, Gap, GapState, Interval
from assistant.record.events import Instant


class IntervalOut(BaseModel):
    """An estimate with its 80 % interval."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, one: Interval) -> IntervalOut:
        """Return an estimate as the API says it."""
        return cls(mean=one.mean, low=one.low, high=one.high)


class CostOut(BaseModel):
    """What a gap costs, per week."""

    people: IntervalOut = Field(description="People who ask.")
    ticket_chance: IntervalOut = Field(description="Chance that one of them writes a ticket, 0 to 1.")
    answered_chance: IntervalOut = Field(description="Chance that a page would keep them from it, 0 to 1.")
    tickets: IntervalOut = Field(description="Tickets that it brings.")
    spared: IntervalOut = Field(description="Tickets that a page would spare.")

    @classmethod
    def of(cls, one: Cost) -> CostOut:
        """Return a cost as the API says it."""
        return cls(
            people=IntervalOut.of(one.asked),
            ticket_chance=IntervalOut.of(one.ticket),
            answered_chance=IntervalOut.of(one.answered),
            tickets=IntervalOut.of(one.tickets),
            spared=IntervalOut.of(one.spared),
        )


class GapOut(BaseModel):
    """A group of questions that the pages do not answer."""

    id: str
    names: dict[str, str] = Field(description="A typical question for readers of each language.")
    terms: dict[str, list[str]] = Field(description="The words that set it apart, by language.")
    state: GapState
    assignee: str | None
    reason: str
    diagnosis: Diagnosis | None
    people: int
    questions: int
    tickets: int
    languages: dict[str, int] = Field(description="People by the language that they asked in.")
    weeks: list[int] = Field(description="People in each of the last weeks of seven days, the latest last.")
    cost: CostOut | None
    page: str | None = Field(description="The page that was published for it.")
    published_at: datetime.datetime | None
    predicted: IntervalOut | None = Field(description="Tickets a week that the page was expected to spare.")
    changed_at: datetime.datetime

    @classmethod
    def of(cls, gap: Gap, texts: Mapping[str, str]) -> GapOut:
        """Return a gap as the API says it; ``texts`` are of the questions that name it."""
        return cls(
            id=gap.id,
            names={language: texts[question] for language, question in gap.names if question in texts},
            terms={language: list(words) for language, words in gap.terms},
            state=gap.state,
            assignee=gap.assignee,
            reason=gap.reason,
            diagnosis=gap.diagnosis,
            people=gap.facts.people,
            questions=gap.facts.questions,
            tickets=gap.facts.tickets,
            languages=dict(gap.facts.languages),
            weeks=list(gap.facts.weeks),
            cost=CostOut.of(gap.facts.cost) if gap.facts.cost is not None else None,
            page=gap.page,
            published_at=_moment(gap.published_at),
            predicted=IntervalOut.of(gap.predicted.spared) if gap.predicted is not None else None,
            changed_at=_moment(gap.changed_at) or datetime.datetime.fromtimestamp(0, datetime.UTC),
        )


class GapsResponse(BaseModel):
    """Gaps, those first whose page would spare most tickets."""

    gaps: list[GapOut]


class GapIn(BaseModel):
    """A gap's new state."""

    model_config = ConfigDict(extra="forbid")

    state: GapState
    reason: Annotated[str, Field(max_length=2000, description="Why it is dismissed.")] = ""
    page: Annotated[str, Field(max_length=250, description="The page that was published for it.")] = ""


def _moment(at: Instant | None) -> datetime.datetime | None:
    return datetime.datetime.fromtimestamp(at / 1000, datetime.UTC) if at is not None else None
