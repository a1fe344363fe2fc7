"""The shapes of the record's figures over HTTP."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from assistant.record.deflection import Deflection
from assistant.record.episodes import WINDOWS, EpisodeClass
from assistant.record.events import MS_PER_DAY, MS_PER_HOUR, Instant
from assistant.record.evidence import MACHINE, Evidence, EvidencePassage, Finding, Verdict
from assistant.record.experiment import Effect, NotYet
from assistant.record.intervals import Rate
from assistant.record.ports import LoggedMiss, Ticket
from assistant.record.summary import ExperimentSummary, Summary


def moment(at: Instant) -> datetime.datetime:
    """Return a moment as it is sent, in UTC."""
    return datetime.datetime.fromtimestamp(at / 1000, datetime.UTC)


class RateOut(BaseModel):
    """A share with its 95 % interval; without a denominator there is none."""

    numerator: int
    denominator: int
    share: float | None
    low: float
    high: float

    @classmethod
    def of(cls, rate: Rate) -> RateOut:
        """Return a rate as it is sent."""
        return cls(
            numerator=rate.numerator,
            denominator=rate.denominator,
            share=round(rate.share, 6) if rate.share is not None else None,
            low=round(rate.low, 6),
            high=round(rate.high, 6),
        )


class DeflectionOut(BaseModel):
    """What became of the episodes of one value: classes C, S, F, B, N and P, and rates out of the closed ones."""

    value: str
    counts: dict[EpisodeClass, int]
    deflection: RateOut
    confirmed: RateOut
    assumed: RateOut
    failed: RateOut
    unanswered: RateOut
    abandoned: RateOut
    durable: RateOut

    @classmethod
    def of(cls, line: Deflection) -> DeflectionOut:
        """Return a line as it is sent."""
        return cls(
            value=line.value,
            counts=dict(line.counts),
            deflection=RateOut.of(line.deflection),
            confirmed=RateOut.of(line.confirmed),
            assumed=RateOut.of(line.assumed),
            failed=RateOut.of(line.failed),
            unanswered=RateOut.of(line.unanswered),
            abandoned=RateOut.of(line.abandoned),
            durable=RateOut.of(line.durable),
        )


class EffectOut(BaseModel):
    """The rate of the holdout less that of the rest. Not a finding while ``more_episodes_needed`` is above 0."""

    is_finding: bool
    offered: RateOut | None = None
    holdout: RateOut | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    look_for: float | None = None
    power: float | None = None
    detectable: float | None = None
    design_effect: float | None = None
    more_episodes_needed: int

    @classmethod
    def of(cls, effect: Effect | NotYet) -> EffectOut:
        """Return an effect as it is sent, or how many episodes are missing."""
        if isinstance(effect, NotYet):
            return cls(is_finding=False, more_episodes_needed=effect.more_episodes)
        return cls(
            is_finding=not effect.more_episodes_needed and not effect.split.mismatch,
            offered=RateOut.of(effect.offered),
            holdout=RateOut.of(effect.holdout),
            difference=round(effect.difference, 6),
            low=round(effect.low, 6),
            high=round(effect.high, 6),
            look_for=effect.look_for,
            power=round(effect.power, 4),
            detectable=round(effect.detectable, 6),
            design_effect=round(effect.design_effect, 4),
            more_episodes_needed=effect.more_episodes_needed,
        )


class SplitOut(BaseModel):
    """Whether the lot split visitors as it should; a mismatch makes the experiment worthless."""

    held_out: int
    subjects: int
    share: float
    p_value: float
    mismatch: bool


class ExperimentOut(BaseModel):
    """The holdout: ``tickets`` is the incremental deflection, ``silence`` the harm meter's (a negative one is harm)."""

    name: str
    share: float
    tickets: EffectOut
    silence: EffectOut
    split: SplitOut

    @classmethod
    def of(cls, experiment: ExperimentSummary) -> ExperimentOut:
        """Return an experiment as it is sent."""
        split = experiment.tickets.split
        return cls(
            name=experiment.name,
            share=experiment.share,
            tickets=EffectOut.of(experiment.tickets),
            silence=EffectOut.of(experiment.silence),
            split=SplitOut(
                held_out=split.held_out,
                subjects=split.clusters,
                share=split.share,
                p_value=round(split.p_value, 6),
                mismatch=split.mismatch,
            ),
        )


class DeflectionResponse(BaseModel):
    """Deflection of the episodes that began in a period. Deflection = (C + S) / (C + S + F + B + N)."""

    first_day: datetime.date
    last_day: datetime.date
    as_of: datetime.datetime
    window_hours: int
    durable_days: int
    by: str
    total: DeflectionOut
    lines: list[DeflectionOut]
    design_effect: float
    experiment: ExperimentOut | None

    @classmethod
    def of(cls, summary: Summary) -> DeflectionResponse:
        """Return a report as it is sent."""
        return cls(
            first_day=datetime.date.fromordinal(summary.first_day),
            last_day=datetime.date.fromordinal(summary.last_day),
            as_of=moment(summary.now),
            window_hours=WINDOWS.ticket_ms // MS_PER_HOUR,
            durable_days=WINDOWS.durable_ms // MS_PER_DAY,
            by=summary.by.value,
            total=DeflectionOut.of(summary.total),
            lines=[DeflectionOut.of(line) for line in summary.lines],
            design_effect=round(summary.design_effect, 4),
            experiment=ExperimentOut.of(summary.experiment) if summary.experiment is not None else None,
        )


class NearOut(BaseModel):
    """A page that was near a question."""

    page: str
    passage: str
    confidence: float
    score: float


class MissOut(BaseModel):
    """A question that the pages did not answer; ``became`` is its episode's class, if it has one."""

    at: datetime.datetime
    question: str | None
    locale: str
    entry: str
    outcome: str
    became: EpisodeClass | None
    generation: str
    episode: str
    nearest: list[NearOut]
    finding: Finding | None = None
    """What staff says of the ticket that it led to."""

    @classmethod
    def of(cls, miss: LoggedMiss) -> MissOut:
        """Return a miss as it is sent."""
        return cls(
            at=moment(miss.at),
            question=miss.question,
            locale=miss.locale,
            entry=miss.entry,
            outcome=miss.shown,
            became=miss.outcome,
            generation=miss.generation,
            episode=miss.episode,
            finding=miss.finding,
            nearest=[
                NearOut(page=one.page, passage=one.passage, confidence=one.confidence, score=one.score)
                for one in miss.nearest
            ],
        )


class MissesResponse(BaseModel):
    """Misses, latest first."""

    misses: list[MissOut]


class VerdictIn(BaseModel):
    """A person's verdict. ``by`` is how your staff are known to each other; ``machine`` is taken."""

    model_config = ConfigDict(extra="forbid")

    by: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w.@+ -]+$")]
    finding: Finding
    reason: Annotated[str, Field(max_length=1000)] = ""

    @field_validator("by")
    @classmethod
    def _is_a_person(cls, by: str) -> str:
        if by.strip().lower() == MACHINE:
            raise ValueError(f"{MACHINE!r} is what Askfirst itself is called here; say who you are")
        return by


class VerdictOut(BaseModel):
    """Who found what, when and why."""

    by: str
    finding: Finding
    reason: str
    at: datetime.datetime

    @classmethod
    def of(cls, verdict: Verdict) -> VerdictOut:
        """Return a verdict as it is sent."""
        return cls(by=verdict.by, finding=verdict.finding, reason=verdict.reason, at=moment(verdict.at))


class EvidencePassageOut(BaseModel):
    """A passage that answers, or that was shown, as it read then."""

    passage: str
    page: str
    digest: str
    text: str
    rank: int | None
    confidence: float | None
    shown: bool
    opened: bool

    @classmethod
    def of(cls, one: EvidencePassage) -> EvidencePassageOut:
        """Return a passage as it is sent."""
        return cls(
            passage=one.passage,
            page=one.page,
            digest=one.digest,
            text=one.text,
            rank=one.rank,
            confidence=one.confidence,
            shown=one.shown,
            opened=one.opened,
        )


class EvidenceOut(BaseModel):
    """What the machine's finding rests on."""

    question: str
    locale: str
    generation: str
    answered: bool
    confidence: float
    withheld: bool
    passages: list[EvidencePassageOut]

    @classmethod
    def of(cls, evidence: Evidence) -> EvidenceOut:
        """Return evidence as it is sent."""
        return cls(
            question=evidence.question,
            locale=evidence.locale,
            generation=evidence.generation,
            answered=evidence.answered,
            confidence=evidence.confidence,
            withheld=evidence.withheld,
            passages=[EvidencePassageOut.of(one) for one in evidence.passages],
        )


class TicketResponse(BaseModel):
    """A ticket, and whether its answer was in the docs. Before the machine has looked there is no evidence."""

    ticket: str
    created_at: datetime.datetime
    closed_at: datetime.datetime | None
    status: Literal["checked", "waiting"]
    evidence: EvidenceOut | None
    verdicts: list[VerdictOut]

    @classmethod
    def of(cls, ticket: Ticket, evidence: Evidence | None, verdicts: Sequence[Verdict]) -> TicketResponse:
        """Return a ticket as it is sent."""
        return cls(
            ticket=ticket.id,
            created_at=moment(ticket.created_at),
            closed_at=moment(ticket.closed_at) if ticket.closed_at is not None else None,
            status="checked" if evidence is not None else "waiting",
            evidence=EvidenceOut.of(evidence) if evidence is not None else None,
            verdicts=[VerdictOut.of(one) for one in verdicts],
        )
