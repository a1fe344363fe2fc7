"""``POST /v1/events``: what visitors do with an answer, and what the helpdesk reports of tickets."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Body, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError

from api.dependencies import Services, ServicesDep
from api.errors import PROBLEMS
from api.recording import recordable
from api.schemas_events import AnyEvent, EventIn, EventOut, EventsResponse
from api.ticketing import EventRefused, report_ticket
from api.tokens import TokenRefused
from assistant.errors import RecordUnavailable
from assistant.record.events import TICKET_EVENTS, Event, EventType, Instant, believed

router = APIRouter(prefix="/v1", tags=["record"])
_MOST_AT_ONCE = 200
_COMMIT_SECONDS = 10.0


@router.post("/events", responses=PROBLEMS)
async def report(
    events: Annotated[list[AnyEvent], Body(min_length=1, max_length=_MOST_AT_ONCE)],
    request: Request,
    services: ServicesDep,
) -> EventsResponse:
    """Record events. ``recorded`` and ``repeated`` are committed; ``refused`` is as long as its reason holds.

    An error (503) says nothing about any of them: send all again, with the same ids.
    """
    now = services.clock()
    trusted = services.may_administer(request)
    results: dict[int, EventOut] = {}
    visits: dict[int, Event] = {}
    for place, given in enumerate(events):
        try:
            if not isinstance(given, EventIn):
                raise EventRefused("invalid", _what_is_wrong(given))
            if given.type not in TICKET_EVENTS:
                visits[place] = _visit(given, services, now=now)
            elif trusted:
                results[place] = await run_in_threadpool(report_ticket, given, services, now=now)
            else:
                raise EventRefused("needs_key", "tickets are reported by the helpdesk, with the API key")
        except (EventRefused, TokenRefused) as exc:
            results[place] = EventOut(event_id=_id_of(given), status="refused", reason=exc.reason, detail=str(exc))
    if visits:
        recorded = set(await _committed(list(visits.values()), services))
        for place, event in visits.items():
            key = (event.scope, event.id)
            results[place] = EventOut(event_id=event.id, status="recorded" if key in recorded else "repeated")
            recorded.discard(key)
    for result in results.values():
        services.metrics.events.labels(result.status).inc()
    return EventsResponse(results=[results[place] for place in range(len(events))])


async def _committed(visits: Sequence[Event], services: Services) -> frozenset[tuple[str, str]]:
    try:
        future = asyncio.wrap_future(services.recorder.followed(visits))
        return await asyncio.wait_for(future, _COMMIT_SECONDS)
    except TimeoutError as exc:
        raise RecordUnavailable("the events could not be recorded yet; send them again") from exc


def _visit(given: EventIn, services: Services, *, now: Instant) -> Event:
    """Return what a visitor reports of the answer that the token came with.

    Raises:
        TokenRefused: if it is not one of ours, or has expired.
        EventRefused: if it does not fit the answer.
    """
    if given.token is None:
        raise EventRefused("no_token", "send the token that came with the answer")
    interacted = services.tokens.read(given.token, now=now)
    if given.type is EventType.OPENED and given.rank is None:
        raise EventRefused("no_rank", "say by 'rank' which of the shown passages was opened")
    if given.type is EventType.VOTED and given.helpful is None:
        raise EventRefused("no_vote", "say by 'helpful' whether it helped")
    if given.rank is not None and given.rank > interacted.shown:
        raise EventRefused("no_such_rank", f"that answer showed {interacted.shown} passages, not {given.rank}")
    client_at = int(given.at.timestamp() * 1000) if given.at is not None else None
    return Event(
        scope=interacted.answer_id,
        id=given.event_id,
        episode=interacted.episode,
        type=given.type,
        at=believed(client_at, not_before=interacted.at, received_at=now),
        received_at=now,
        client_at=client_at,
        rank=given.rank,
        helpful=given.helpful,
        reason=recordable(given.reason, services),
    )


def _what_is_wrong(given: object) -> str:
    """Return what does not fit, without a word of what was sent."""
    try:
        EventIn.model_validate(given)
    except ValidationError as exc:
        return "; ".join(f"{'/'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in exc.errors())
    return "it is not an event"


def _id_of(given: object) -> str:
    if isinstance(given, EventIn):
        return given.event_id
    identity = str(given.get("event_id", "")) if isinstance(given, dict) else ""
    return identity[:64].encode(errors="replace").decode()
