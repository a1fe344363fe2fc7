"""``/desk``: the queue, a ticket with its check, and a check of any text, for staff who are signed in."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.checking import CheckedTicket, ToCheck, check_text
from api.dependencies import Services, ServicesDep
from api.desk.answering import answer, give_verdict, move
from api.desk.rendering import render_desk
from api.desk.signed_in import DeskVisit, desk_visit
from api.desk.views import check_view, in_docs_of, row_of, ticket_view
from api.downloads import as_download
from api.errors import NotFound
from api.ticket_words import moment_words, state_words
from assistant.errors import QuestionUnusable, RecordUnavailable
from assistant.record.events import MS_PER_DAY, Who
from assistant.staff.models import AuditEntry, Right
from assistant.tickets.conversations import message_id
from assistant.tickets.models import DeskTicket, TicketState
from indexer.errors import IndexerError, IndexNotReady

router = APIRouter(prefix="/desk", include_in_schema=False)
_ON_A_PAGE = 25
_PROMISE_DAYS = 30
_MOST_CHARS = 20_000
_SETTLED = (TicketState.WAITING, TicketState.SOLVED)

VisitDep = Annotated[DeskVisit, Depends(desk_visit(Right.TICKETS))]
# Browsers count the end of a line as one character, and send two.
TextForm = Annotated[str, Form(max_length=2 * _MOST_CHARS)]


@router.get("")
def queue(
    request: Request, services: ServicesDep, visit: VisitDep, page: Annotated[int, Query(ge=1, le=10_000)] = 1
) -> Response:
    """Show what is to be answered next, and why in this order."""
    length = services.queue.length()
    waiting = services.queue.next(most=_ON_A_PAGE, skip=(page - 1) * _ON_A_PAGE)
    return render_desk(
        request,
        services,
        visit,
        "desk/queue.html",
        here="queue",
        rows=[
            {**row_of(one, services, visit), "place": place}
            for place, one in enumerate(waiting, (page - 1) * _ON_A_PAGE + 1)
        ],
        length={lane.value: number for lane, number in length.items()},
        promises=services.queue.promises(since=visit.at - _PROMISE_DAYS * MS_PER_DAY, now=visit.at),
        days=_PROMISE_DAYS,
        page=page,
        more=sum(length.values()) > page * _ON_A_PAGE,
    )


@router.get("/next")
def next_ticket(services: ServicesDep, _: VisitDep, after: str = "") -> Response:
    """Lead to the ticket that is to be answered next: after one that still waits to the one behind it, so that several
    can be passed over; from the last of them, and from one that is done, to the first."""
    here = services.intake.store.ticket(after) if after else None
    skip = services.queue.before(here) + 1 if here is not None and here.in_queue else 0
    found = [*services.queue.next(most=1, skip=skip), *services.queue.next(most=2)]
    waiting = [one.id for one in found if one.id != after]
    return RedirectResponse(f"/desk/tickets/{waiting[0]}" if waiting else "/desk", 303)


@router.get("/tickets/{ticket}")
def one_ticket(request: Request, services: ServicesDep, visit: VisitDep, ticket: str, done: str = "") -> Response:
    """Show a ticket with all that is known of it, and what the docs say."""
    return _ticket_page(request, services, visit, _found(ticket, services), done=done)


@router.post("/tickets/{ticket}/verdict")
def judge(
    request: Request,
    services: ServicesDep,
    visit: VisitDep,
    ticket: str,
    said: Annotated[str, Form()],
    reason: TextForm = "",
) -> Response:
    """Take staff's word on whether the answer was in the docs."""
    found = _found(ticket, services)
    try:
        give_verdict(found, said, reason, services, visit)
    except ValueError:
        message = visit.texts.gettext("Say yes, in part or no.")
        return _ticket_page(request, services, visit, found, message=message, status=422)
    return RedirectResponse(f"/desk/tickets/{found.id}?done=judged#verdict", 303)


@router.post("/tickets/{ticket}/answer")
def send_answer(
    request: Request,
    services: ServicesDep,
    visit: VisitDep,
    ticket: str,
    key: Annotated[str, Form(max_length=64)],
    text: TextForm = "",
    state: Annotated[str, Form()] = "waiting",
    read: Annotated[int | None, Form(ge=0)] = None,
) -> Response:
    """Send an answer to the customer, unless something was written since the form was opened that nobody has read."""
    found, texts, text = _found(ticket, services), visit.texts, text.replace("\r\n", "\n").strip()
    moved_to = next((one for one in _SETTLED if one.value == state), None)
    if not text or moved_to is None:
        message = texts.gettext("Write an answer first.")
        return _ticket_page(request, services, visit, found, message=message, written=text, status=422)
    if len(text) > _MOST_CHARS:
        message = texts.gettext("Your message is too long. Please shorten it to 20,000 characters.")
        return _ticket_page(request, services, visit, found, message=message, written=text, status=422)
    written = services.conversations.of(found.id)
    if read is not None and len(written) > read and message_id(found.id, key) not in {one.id for one in written}:
        message = texts.gettext(
            "Something was written here in the meantime. Read it first; your answer is still here to be sent."
        )
        return _ticket_page(request, services, visit, found, message=message, written=text, key=key, status=409)
    try:
        answer(found, text, moved_to, key, services, visit)
    except RecordUnavailable:
        message = texts.gettext("The answer could not be kept just now. It is still here; please try again.")
        return _ticket_page(request, services, visit, found, message=message, written=text, key=key, status=503)
    return RedirectResponse(f"/desk/tickets/{found.id}?done={moved_to.value}", 303)


@router.post("/tickets/{ticket}/state")
def set_state(services: ServicesDep, visit: VisitDep, ticket: str, state: Annotated[str, Form()]) -> Response:
    """Move a ticket to another state."""
    found = _found(ticket, services)
    known = {one.value: one for one in TicketState if one is not TicketState.UNCONFIRMED}
    if state in known:
        move(found, known[state], services, visit)
    return RedirectResponse(f"/desk/tickets/{found.id}", 303)


@router.get("/tickets/{ticket}/files/{file}")
def attachment(services: ServicesDep, visit: VisitDep, ticket: str, file: str) -> Response:
    """Return a file of a ticket, as a download."""
    found = _found(ticket, services)
    kept = next((one for one in found.files if one.id == file), None)
    if kept is None:
        raise NotFound("there is no such file")
    services.accounts.store.note(AuditEntry(visit.at, visit.member.id, "file.read", found.id, kept.id))
    return as_download(services.files.content(kept.id), kept.name)


@router.get("/check")
def check_form(request: Request, services: ServicesDep, visit: VisitDep) -> Response:
    """Show the form to paste a ticket into."""
    return _check_page(request, services, visit)


@router.post("/check")
def check(
    request: Request, services: ServicesDep, visit: VisitDep, text: TextForm = "", account: Annotated[str, Form()] = ""
) -> Response:
    """Check a text: is it answered in our docs?"""
    texts = visit.texts
    try:
        given = ToCheck(text, who=services.keys.who(visitor=None, account=account.strip() or None))
        checked = check_text(services, given, assistant=services.live.current())
    except QuestionUnusable:
        message = texts.gettext("Paste the text of a ticket first.")
        return _check_page(request, services, visit, text=text, account=account, message=message, status=422)
    except (IndexNotReady, RecordUnavailable):
        message = texts.gettext("The docs cannot be searched right now. Please try again in a moment.")
        return _check_page(request, services, visit, text=text, account=account, message=message, status=503)
    return _check_page(request, services, visit, text=text, account=account, check=check_view(checked, services, visit))


def _check_page(
    request: Request, services: Services, visit: DeskVisit, *, status: int = 200, **context: Any
) -> Response:
    return render_desk(
        request,
        services,
        visit,
        "desk/check.html",
        status=status,
        **{"here": "check", "text": "", "account": "", "message": "", "check": None, **context},
    )


def _ticket_page(
    request: Request,
    services: Services,
    visit: DeskVisit,
    ticket: DeskTicket,
    *,
    status: int = 200,
    message: str = "",
    written: str = "",
    key: str = "",
    done: str = "",
) -> Response:
    checked = _checked(ticket, services, visit)
    view = check_view(checked, services, visit) if checked is not None else None
    texts = visit.texts
    said = {
        "judged": texts.gettext("Your verdict is recorded."),
        "waiting": texts.gettext("Your answer is on its way. The ticket waits for the customer."),
        "solved": texts.gettext("Your answer is on its way. The ticket is solved."),
    }.get(done, "")
    return render_desk(
        request,
        services,
        visit,
        "desk/ticket.html",
        status=status,
        here="queue",
        ticket=ticket_view(ticket, services, visit),
        check=view,
        verdicts=_verdicts(ticket, services, visit),
        states={one.value: words for one, words in state_words(texts).items() if one is not TicketState.UNCONFIRMED},
        message=message,
        said=said,
        sent=done in {one.value for one in _SETTLED},
        written=written,
        key=key or secrets.token_urlsafe(16),
    )


def _checked(ticket: DeskTicket, services: Services, visit: DeskVisit) -> CheckedTicket | None:
    """Return the check of a ticket against the docs as they are; ``None`` where it cannot be made now."""
    known = services.record.ticket(ticket.id)
    given = ToCheck(
        ticket.text,
        locale=ticket.locale,
        who=Who(visitor=ticket.conversation.visitor, account=ticket.account),
        ticket=known,
        name=ticket.customer.name or "",
        signed=visit.member.name,
    )
    try:
        return check_text(services, given, assistant=services.live.current())
    except (QuestionUnusable, IndexerError, RecordUnavailable):
        return None


def _verdicts(ticket: DeskTicket, services: Services, visit: DeskVisit) -> list[dict[str, str]]:
    names, zone = services.accounts.names(), services.intake.calendar.zone
    return [
        {
            "by": visit.texts.gettext("the machine") if one.by == "machine" else names.get(one.by, one.by),
            "words": in_docs_of(None, [one], visit.texts).words,
            "reason": one.reason if one.by != "machine" else "",
            "date": moment_words(one.at, zone, visit.locale),
        }
        for one in services.record.verdicts_on(ticket.id)
    ]


def _found(ticket: str, services: Services) -> DeskTicket:
    found = services.intake.store.ticket(ticket)
    if found is None or found.sent_at is None:
        raise NotFound("there is no such ticket")
    return found
