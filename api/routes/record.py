"""The record's figures, for the operator's own systems: deflection, misses, tickets and their verdicts."""

from __future__ import annotations

import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query

from api.dependencies import OperatorOnly, Services, ServicesDep
from api.errors import PROBLEMS, NotFound, QueryUnusable
from api.recording import recordable
from api.schemas_events import TicketId
from api.schemas_record import (
    DeflectionResponse,
    MissesResponse,
    MissOut,
    TicketResponse,
    VerdictIn,
    VerdictOut,
)
from assistant.record.deflection import Dimension
from assistant.record.evidence import Verdict
from assistant.record.summary import summarise

router = APIRouter(prefix="/v1", tags=["record"], dependencies=[OperatorOnly], responses=PROBLEMS)
_DAYS = 30
_MOST_MISSES = 1000

From = Annotated[datetime.date | None, Query(alias="from", description="First day; by default 30 days back.")]
TicketPath = Annotated[TicketId, Path(description="The ticket's number at the helpdesk.")]
To = Annotated[datetime.date | None, Query(description="Last day, included; by default today.")]


@router.get("/metrics/deflection")
def deflection(
    services: ServicesDep, first: From = None, to: To = None, by: Dimension = Dimension.TOTAL
) -> DeflectionResponse:
    """Return what became of the episodes that began in a period; each rate with what it is out of, and its interval."""
    services.record.fold()
    first_day, last_day = _days(services, first, to)
    summary = summarise(services.record, by, first_day=first_day, last_day=last_day, now=services.clock())
    return DeflectionResponse.of(summary)


@router.get("/misses")
def misses(
    services: ServicesDep,
    first: From = None,
    to: To = None,
    most: Annotated[int, Query(ge=1, le=_MOST_MISSES)] = 100,
) -> MissesResponse:
    """Return what the pages did not answer, latest first: what led to a ticket, and what nothing was shown for."""
    services.record.fold()
    first_day, last_day = _days(services, first, to)
    found = services.record.misses(first_day=first_day, last_day=last_day, now=services.clock(), most=most)
    return MissesResponse(misses=[MissOut.of(one) for one in found])


@router.get("/tickets/{ticket:path}/evidence")
def evidence(ticket: TicketPath, services: ServicesDep) -> TicketResponse:
    """Return whether a ticket's answer was in the docs: the evidence, and every verdict with who, when and why."""
    known = services.record.ticket(ticket)
    if known is None:
        raise NotFound(f"no ticket {ticket!r} was reported")
    return TicketResponse.of(known, services.record.evidence_of(ticket), services.record.verdicts_on(ticket))


@router.post("/tickets/{ticket:path}/verdicts", status_code=201)
def judge(ticket: TicketPath, given: VerdictIn, services: ServicesDep) -> VerdictOut:
    """Put a person's verdict beside the machine's."""
    if services.record.ticket(ticket) is None:
        raise NotFound(f"no ticket {ticket!r} was reported")
    reason = recordable(given.reason, services) or ""
    verdict = Verdict(ticket, given.by, given.finding, reason, services.clock())
    services.record.add_verdict(verdict)
    return VerdictOut.of(verdict)


def _days(services: Services, first: datetime.date | None, last: datetime.date | None) -> tuple[int, int]:
    """Return a period's first and last day as ordinals.

    Raises:
        QueryUnusable: if it ends before it begins.
    """
    zone = ZoneInfo(services.settings.time_zone)
    until = last or datetime.datetime.fromtimestamp(services.clock() / 1000, zone).date()
    since = first or datetime.date.fromordinal(max(1, until.toordinal() - _DAYS + 1))
    if since > until:
        raise QueryUnusable(f"the period begins on {since} and ends before it, on {until}")
    return since.toordinal(), until.toordinal()
