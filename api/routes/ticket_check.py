"""``POST /v1/tickets/check``: whether the docs answer a ticket, for programs."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.checking import ToCheck, assistant_then, check_text
from api.dependencies import OperatorOnly, ServicesDep
from api.errors import PROBLEMS, NotFound
from api.schemas_check import CheckRequest, CheckResponse

router = APIRouter(prefix="/v1", tags=["desk"], dependencies=[OperatorOnly], responses=PROBLEMS)


# Not async: embedding blocks, and the framework runs plain functions in threads.
@router.post("/tickets/check")
def check(asked: CheckRequest, response: Response, services: ServicesDep) -> CheckResponse:
    """Check a ticket's text, matter by matter; with what its customer was shown, earlier tickets, and a reply."""
    response.headers["Cache-Control"] = "no-store"
    ticket = services.record.ticket(asked.ticket) if asked.ticket is not None else None
    if asked.ticket is not None and ticket is None:
        raise NotFound(f"no ticket {asked.ticket!r} was reported")
    text = asked.text if asked.text is not None else ticket.text if ticket is not None else None
    if text is None:
        raise NotFound(f"the text of {asked.ticket!r} is not kept any more; send it along")
    given = ToCheck(
        text=text,
        locale=asked.locale or (ticket.locale if ticket is not None else None),
        who=services.keys.who(visitor=asked.visitor, account=asked.account),
        ticket=ticket,
        name=asked.name,
    )
    then = ticket if asked.generation == "then" else None
    assistant = assistant_then(services, then) if then is not None else services.live.current()
    return CheckResponse.of(check_text(services, given, assistant=assistant))
