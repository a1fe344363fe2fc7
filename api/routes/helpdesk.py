"""``/v1/helpdesk/changes``: what a helpdesk that sends webhooks tells us."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.dependencies import ServicesDep
from api.errors import PROBLEMS, NotAllowed, NotFound
from api.helpdesk_chores import returning_of
from assistant.helpdesks.ports import MessageRefused

router = APIRouter(prefix="/v1/helpdesk", tags=["tickets"])


@router.post("/changes", responses=PROBLEMS, status_code=204)
async def report_change(request: Request, services: ServicesDep) -> Response:
    """Report that a ticket was opened, answered or closed: ``ticket.opened``, ``ticket.waiting``, ``ticket.closed`` or
    ``ticket.replied``, signed as Standard Webhooks have it; the same message may come as often as it likes."""
    sink, changes = services.helpdesk.sink, services.helpdesk.changes
    if sink is None or changes is None:
        raise NotFound("no helpdesk reports here: ASKFIRST_HELPDESK is not 'webhook'")
    try:
        change = changes.change_in(await request.body(), request.headers)
    except MessageRefused as exc:
        raise NotAllowed(str(exc)) from exc
    if not await run_in_threadpool(returning_of(services, sink).apply, [change]):
        raise NotFound(f"the helpdesk was given no ticket {change.remote_id[:20]!r}")
    return Response(status_code=204)
