"""``/v1/sessions``, ``/v1/tickets``, ``/v1/attachments``: tickets for programs, and what the shop reports of them."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response, UploadFile
from fastapi.concurrency import run_in_threadpool

from api.answering import response_of
from api.dependencies import OperatorOnly, ServicesDep
from api.downloads import as_download
from api.errors import PROBLEMS, NotAllowed, NotFound, SignInNeeded
from api.recording import await_commit
from api.routes.sign_in import sign_in_by_shop
from api.schemas_tickets import (
    FileOut,
    SendResponse,
    SessionOut,
    SessionRequest,
    StateOut,
    StateRequest,
    TicketOut,
    TicketRequest,
    TicketsResponse,
)
from api.sending import Written, take, unseen_answer
from api.speaking import locale_of
from api.ticketing import record_solved
from api.visits import allow, visit_of
from api.webhooks import SignatureRefused
from assistant.record.events import Instant
from assistant.tickets.models import Customer, DeskTicket, File, TicketState

router = APIRouter(prefix="/v1", tags=["tickets"])


@router.post("/sessions", responses=PROBLEMS, status_code=201)
def begin_session(asked: SessionRequest, response: Response, services: ServicesDep) -> SessionOut:
    """Sign in whom the shop's own server vouches for; the session goes along as ``Askfirst-Session``."""
    response.headers["Cache-Control"] = "no-store"
    begun = sign_in_by_shop(asked.identity, services)
    if begun is None:
        raise NotAllowed("the identity is not one that this service accepts; its log and metrics say why")
    token, session = begun
    customer = session.customer
    return SessionOut(
        session=token,
        name=customer.name,
        verified=customer.verified,
        expires_at=_moment(session.expires_at),
    )


@router.post("/tickets", responses=PROBLEMS)
def send(asked: TicketRequest, request: Request, response: Response, services: ServicesDep) -> SendResponse:
    """Send a ticket. If the pages hold an answer that was not shown yet, it comes back once, to be shown first."""
    visit = visit_of(request, services, visitor=asked.visitor)
    written = Written(
        key=asked.key,
        text=asked.text,
        locale=locale_of(request, services, asked.locale or ""),
        email=asked.email or "",
        lane=asked.lane,
        files=tuple(asked.files),
        token=asked.token or "",
        episode=asked.episode or "",
        entry=asked.entry,
    )
    if not asked.checked and asked.text.strip():
        answered = unseen_answer(written, visit, services, seen=frozenset(asked.seen))
        if answered is not None:
            await_commit(answered.recorded, services)
            answer = response_of(answered, services.live.current())
            return SendResponse(outcome="suggested", answer=answer)
    taken = take(written, visit, services)
    confirmed = taken.ticket.sent_at is not None
    response.status_code = 201 if confirmed else 202
    return SendResponse(outcome="sent" if confirmed else "unconfirmed", ticket=_ticket_out(taken.ticket, visit.at))


@router.get("/tickets", responses=PROBLEMS)
def mine(request: Request, response: Response, services: ServicesDep) -> TicketsResponse:
    """Return the tickets of whoever is signed in."""
    response.headers["Cache-Control"] = "private, no-store"
    visit = visit_of(request, services)
    tickets = services.intake.tickets_of(_signed_in(visit.customer))
    return TicketsResponse(tickets=[_ticket_out(one, visit.at) for one in tickets])


@router.post("/tickets/{ticket}/state", responses=PROBLEMS, dependencies=[OperatorOnly])
def report_state(ticket: str, asked: StateRequest, services: ServicesDep) -> StateOut:
    """Report where a ticket stands; for the helpdesk, with the API key."""
    now = services.clock()
    at = min(int(asked.at.timestamp() * 1000), now) if asked.at is not None else now
    moved = services.intake.move(ticket, TicketState(asked.state), at=at)
    if moved is None:
        raise NotFound(f"there is no ticket {ticket[:20]!r}")
    if moved.state is TicketState.SOLVED:
        record_solved(moved, services)
    return _state_out(moved)


@router.post("/tickets/{ticket}/fee", responses=PROBLEMS)
async def report_fee(ticket: str, request: Request, services: ServicesDep) -> StateOut:
    """Report whether a ticket's fee is paid: ``{"type": "fee.paid"}`` or ``{"type": "fee.refused"}``, signed as
    Standard Webhooks have it, with the same secret as the message that asked for it."""
    if services.fees is None:
        raise NotFound("there are no priority tickets here")
    try:
        paid = services.fees.answer(await request.body(), request.headers, ticket=ticket)
    except SignatureRefused as exc:
        raise NotAllowed(str(exc)) from exc
    settled = await run_in_threadpool(services.intake.settle_fee, ticket, paid=paid, at=services.clock())
    if settled is None:
        raise NotFound(f"there is no ticket {ticket[:20]!r}")
    if paid:  # what is paid does not count
        await run_in_threadpool(services.fair_use.look_if_on, settled.account, at=services.clock())
    return _state_out(settled)


@router.post("/attachments", responses=PROBLEMS, status_code=201)
async def upload(file: UploadFile, request: Request, services: ServicesDep) -> FileOut:
    """Keep a file until it goes with a ticket; for customers who are signed in."""
    visit = visit_of(request, services)
    customer = _signed_in(visit.customer)
    await run_in_threadpool(allow, "files", visit, services)
    content = await file.read()
    kept = await run_in_threadpool(services.files.keep, file.filename or "", content, customer, at=visit.at)
    return _file_out(kept.file)


@router.delete("/attachments/{file}", responses=PROBLEMS, status_code=204)
def take_back(file: str, request: Request, services: ServicesDep) -> Response:
    """Forget a file that has not been sent."""
    kept = services.files.of([file], _signed_in(visit_of(request, services).customer))
    if not kept or kept[0].ticket is not None:
        raise NotFound("there is no such file that was not sent yet")
    services.files.drop(kept[0])
    return Response(status_code=204)


@router.get("/attachments/{file}", responses=PROBLEMS, response_class=Response)
def download(file: str, request: Request, services: ServicesDep) -> Response:
    """Return a file to whoever sent it, or to the operator's own systems; only to be saved, never to be shown."""
    if services.may_administer(request):
        kept = list(services.intake.store.files([file]))
    else:
        kept = services.files.of([file], _signed_in(visit_of(request, services).customer))
    if not kept:
        raise NotFound("there is no such file")
    return as_download(services.files.content(file), kept[0].file.name)


def _signed_in(customer: Customer | None) -> Customer:
    if customer is None or not customer.verified:
        raise SignInNeeded("sign in first: send the session as 'Askfirst-Session'")
    return customer


def _ticket_out(ticket: DeskTicket, now: Instant) -> TicketOut:
    return TicketOut(
        ticket=ticket.id,
        state=ticket.state,
        lane=ticket.lane.value,
        fee=ticket.fee.value,
        written_at=_moment(ticket.written_at),
        sent_at=_moment_or_none(ticket.sent_at),
        promised_at=_moment_or_none(ticket.promised_at),
        answered_at=_moment_or_none(ticket.answered_at),
        kept=ticket.kept(now),
        text=ticket.text,
        files=[_file_out(one) for one in ticket.files],
    )


def _state_out(ticket: DeskTicket) -> StateOut:
    return StateOut(
        ticket=ticket.id,
        state=ticket.state,
        lane=ticket.lane.value,
        fee=ticket.fee.value,
        promised_at=_moment_or_none(ticket.promised_at),
        answered_at=_moment_or_none(ticket.answered_at),
    )


def _file_out(file: File) -> FileOut:
    return FileOut(id=file.id, name=file.name, kind=file.kind, size_bytes=file.size_bytes)


def _moment(at: Instant) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _moment_or_none(at: Instant | None) -> datetime | None:
    return _moment(at) if at is not None else None
