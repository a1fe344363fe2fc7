"""``/support/{locale}/ticket``: the form that is always there; and My tickets."""

from __future__ import annotations

import secrets
from dataclasses import replace
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from api.asking_again import Again, earlier_solution
from api.dependencies import Services, ServicesDep
from api.errors import LetterRefused, TooMany
from api.flow import (
    Flow,
    FlowView,
    LetterView,
    fee_in_words,
    hit_view,
    sent_view,
    show,
    size_words,
    view_of,
)
from api.i18n import Texts, texts_for
from api.my_standing import contest, flags_of, standing_view
from api.recording import await_commit
from api.rendering import render
from api.routes.support import FormDep, entry_of, field, flow_view, visit_from
from api.sending import MOST_CHARS, Written, take, unseen_answer
from api.sessions import is_random_id
from api.speaking import locale_of
from api.ticket_words import listed, messages_view
from api.visits import Visit, allow, visit_of
from assistant.errors import RecordUnavailable
from assistant.fair_use.checklist import ticked
from assistant.fair_use.models import Ground
from assistant.tickets.attachments import AttachmentRefused
from assistant.tickets.models import File, TicketState

router = APIRouter(include_in_schema=False)
_PARTS = ("ticket",)


@router.get("/support/{locale}/ticket")
def ticket_form(request: Request, services: ServicesDep, locale: str) -> Response:
    """Show the form to write on."""
    spoken = locale_of(request, services, locale)
    flow = Flow(letter=LetterView(key=_new_key()), parts=_PARTS)
    return show(flow, request, services, spoken, visit_of(request, services))


@router.post("/support/{locale}/ticket")
async def ticket(request: Request, services: ServicesDep, locale: str, form: FormDep) -> Response:
    """Open the form with the question in it, or send what is written."""
    uploads = [(one.filename or "", await one.read()) for one in form.getlist("files") if isinstance(one, UploadFile)]
    return await run_in_threadpool(_ticket, request, services, locale, form, [one for one in uploads if one[0]])


@router.post("/support/{locale}/files")
async def add_file(request: Request, services: ServicesDep, locale: str, form: FormDep) -> Response:
    """Keep a file while the ticket is still being written; say in the visitor's language if that cannot be."""
    upload = form.get("file")
    if not isinstance(upload, UploadFile):
        return JSONResponse({"message": ""}, 422)
    content, name = await upload.read(), upload.filename or ""
    along = field(form, "along")
    return await run_in_threadpool(
        _add_file, request, services, locale, name, content, int(along) if along.isdecimal() and len(along) < 4 else 0
    )


@router.get("/support/{locale}/tickets")
def my_tickets(request: Request, services: ServicesDep, locale: str, done: str = "") -> Response:
    """Show a customer's tickets."""
    spoken, visit = locale_of(request, services, locale), visit_of(request, services)
    customer, texts, message = visit.customer, texts_for(spoken), ""
    if customer is None or not customer.verified:
        return RedirectResponse(f"/support/{spoken}/sign-in", 303)
    try:
        tickets = services.intake.tickets_of(customer)
    except RecordUnavailable:
        tickets, message = (
            (),
            texts.gettext("Your tickets cannot be shown right now. They are safe; please try again later."),
        )
    return render(
        request,
        services,
        "tickets.html",
        spoken,
        private=True,
        status=503 if message else 200,
        here="tickets",
        customer=customer,
        message=message,
        said=_said(done, texts),
        tickets=[listed(one, services, spoken, now=visit.at) for one in tickets],
        standing=standing_view(services, spoken, visit),
    )


@router.get("/support/{locale}/tickets/{ticket}")
def my_ticket(request: Request, services: ServicesDep, locale: str, ticket: str, done: str = "") -> Response:
    """Show one of a customer's tickets."""
    return _my_ticket(request, services, locale, ticket, done=done)


@router.post("/support/{locale}/tickets/{ticket}/reply")
def reply(request: Request, services: ServicesDep, locale: str, ticket: str, form: FormDep) -> Response:
    """Take what a customer writes after their ticket; it is open again by it."""
    spoken, visit = locale_of(request, services, locale), visit_of(request, services)
    texts, text, key = texts_for(spoken), field(form, "text").replace("\r\n", "\n").strip(), field(form, "key")
    shown = {"written": text, "key": key}
    try:
        found = services.intake.ticket_of(visit.customer, ticket) if visit.customer is not None else None
    except RecordUnavailable:
        return _unsent(request, services, locale, ticket, "reply", **shown)
    if found is None:
        return _my_ticket(request, services, locale, ticket)
    if not text or len(text) > MOST_CHARS or not is_random_id(key):
        message = texts.gettext("Write your reply first.")
        if len(text) > MOST_CHARS:
            message = texts.gettext("Your message is too long. Please shorten it to 20,000 characters.")
        return _my_ticket(request, services, locale, ticket, message=message, status=422, **shown)
    try:
        allow("tickets", visit, services)
        kept = services.conversations.reply(found.id, text, key, visit.at)
    except TooMany:
        message = texts.gettext("That was a lot at once. Please wait a little and try again.")
        return _my_ticket(request, services, locale, ticket, message=message, status=429, **shown)
    except RecordUnavailable:
        return _unsent(request, services, locale, ticket, "reply", **shown)
    if kept is None:
        return _my_ticket(request, services, locale, ticket, message=_refusal("", texts), status=422, **shown)
    return RedirectResponse(f"/support/{spoken}/tickets/{found.id}?done=replied", 303)


@router.post("/support/{locale}/tickets/{ticket}/contest")
def contest_flag(request: Request, services: ServicesDep, locale: str, ticket: str, form: FormDep) -> Response:
    """Take a customer's word against what counts under fair use."""
    spoken, visit = locale_of(request, services, locale), visit_of(request, services)
    ground = next((one for one in Ground if one.value == field(form, "ground")), None)
    if visit.customer is None or not visit.customer.verified or ground is None:
        return _my_ticket(request, services, locale, ticket)
    text = field(form, "text").replace("\r\n", "\n")
    try:
        contested = contest(ticket, ground, text[:2000], services, visit)
        here = services.intake.ticket_of(visit.customer, ticket) is not None
    except RecordUnavailable:
        return _unsent(request, services, locale, ticket, "contest", written=text, ground=ground.value)
    page = f"/support/{spoken}/tickets/{quote(ticket, safe='')}" if here else f"/support/{spoken}/tickets"
    return RedirectResponse(f"{page}?done=contested" if contested else page, 303)


def _my_ticket(
    request: Request,
    services: Services,
    locale: str,
    ticket: str,
    *,
    status: int = 200,
    message: str = "",
    written: str = "",
    key: str = "",
    done: str = "",
) -> Response:
    spoken, visit = locale_of(request, services, locale), visit_of(request, services)
    if visit.customer is None or not visit.customer.verified:
        return RedirectResponse(f"/support/{spoken}/sign-in", 303)
    found = services.intake.ticket_of(visit.customer, ticket)
    texts = texts_for(spoken)
    if found is None:
        title, detail = (
            texts.gettext("There is no such ticket."),
            texts.gettext("Perhaps it was sent from another account."),
        )
        return render(request, services, "problem.html", spoken, status=404, title=title, detail=detail)
    summary = listed(found, services, spoken, now=visit.at)
    files = [{"id": one.id, "name": one.name, "size": size_words(one.size_bytes, spoken)} for one in found.files]
    one = {
        **summary,
        "text": found.text,
        "fee": fee_in_words(found, texts),
        "files": files,
        "messages": messages_view(found, services, spoken),
        "solved": found.state is TicketState.SOLVED,
    }
    return render(
        request,
        services,
        "ticket.html",
        spoken,
        private=True,
        status=status,
        here="tickets",
        ticket=one,
        flags=flags_of(found, services, spoken, visit),
        key=key or _new_key(),
        written=written,
        message=message,
        said=_said(done, texts),
    )


def _unsent(
    request: Request,
    services: Services,
    locale: str,
    ticket: str,
    what: str,
    *,
    written: str,
    key: str = "",
    ground: str = "",
) -> Response:
    """Return what is written after a ticket with the form to send it again, while the ticket cannot be shown."""
    spoken = locale_of(request, services, locale)
    sent = {"ticket": ticket, "what": what, "written": written, "key": key, "ground": ground}
    return render(request, services, "unsent.html", spoken, private=True, status=503, here="tickets", **sent)


def _said(done: str, texts: Texts) -> str:
    return {
        "replied": texts.gettext("Your reply has been sent."),
        "contested": texts.gettext("Thank you. It does not count until we have looked at it."),
    }.get(done, "")


def _add_file(
    request: Request, services: Services, locale: str, name: str, content: bytes, along_with: int
) -> Response:
    texts, visit = texts_for(locale_of(request, services, locale)), visit_of(request, services)
    try:
        allow("files", visit, services)
        kept = services.files.keep(name, content, visit.customer, at=visit.at, along_with=along_with)
    except AttachmentRefused as exc:
        return JSONResponse({"message": refused_file(exc, name, texts)}, 422)
    except TooMany as exc:
        message = texts.gettext("Files cannot be taken right now. You can send your message without them.")
        return JSONResponse({"message": message}, 429, headers=dict(exc.allowance.headers()))
    except RecordUnavailable:
        message = texts.gettext("Files cannot be taken right now. You can send your message without them.")
        return JSONResponse({"message": message}, 503)
    return JSONResponse({"id": kept.file.id, "name": kept.file.name})


def _ticket(
    request: Request, services: Services, locale: str, form: FormData, uploads: list[tuple[str, bytes]]
) -> Response:
    spoken, visit = locale_of(request, services, locale), visit_from(request, services, form)
    before = flow_view(form)
    if field(form, "step") != "send":
        text = field(form, "text") or before.question
        again = earlier_solution(text, spoken, services, visit)
        letter = LetterView(_new_key(), question=before.question, text=text, again=again)
        return show(Flow(before, letter, parts=_PARTS), request, services, spoken, visit)
    written = Written(
        key=field(form, "key") or _new_key(),
        text=field(form, "text").replace("\r\n", "\n"),
        locale=spoken,
        email=field(form, "email"),
        lane=field(form, "lane"),
        files=tuple(one for one in form.getlist("file") if isinstance(one, str)),
        token=before.token,
        episode=before.episode,
        entry=entry_of(form),
        earlier=field(form, "earlier"),
        tried=tuple(one for one in form.getlist("tried") if isinstance(one, str)),
    )
    flow = _sending(written, before, uploads, spoken, visit, services, seen_once=field(form, "checked") == "1")
    return show(flow, request, services, spoken, visit)


def _sending(
    written: Written,
    before: FlowView,
    uploads: list[tuple[str, bytes]],
    locale: str,
    visit: Visit,
    services: Services,
    *,
    seen_once: bool,
) -> Flow:
    texts = texts_for(locale)
    written, refused = _with_uploads(written, uploads, texts, visit, services)
    letter = LetterView(
        key=written.key,
        question=before.question,
        text=written.text,
        email=written.email,
        lane=written.lane,
        files=_files_of(written.files, visit, services),
        checked=seen_once,
        message=refused,
        again=_again(written, locale, services, visit),
    )
    if refused:
        return Flow(before, letter, parts=_PARTS, status=422)
    if not seen_once and written.text.strip():
        answered = unseen_answer(written, visit, services, seen=before.passages_seen)
        if answered is not None:
            await_commit(answered.recorded, services)
            view = view_of(answered, before.question, locale, services.live.current(), before=before)
            hits = [
                hit_view(one, locale, answered.recorded.token)
                for one in answered.recorded.shown
                if one.hit.passage.id not in before.passages_seen
            ]
            say = texts.gettext("Before you send: does this help?")
            shown = replace(before, token=view.token, episode=view.episode, seen=view.seen)
            return Flow(shown, replace(letter, before=hits, checked=True, say=say), parts=_PARTS)
    try:
        taken = take(written, visit, services)
    except LetterRefused as exc:
        message = _refusal(exc.reason, texts)
        return Flow(before, replace(letter, message=message, checked=seen_once), parts=_PARTS, status=422)
    except TooMany as exc:
        minutes = max(1, -(-exc.allowance.reset_seconds // 60))
        message = texts.ngettext(
            "You have sent a lot at once. Your message is kept here; please send it in %(num)s minute.",
            "You have sent a lot at once. Your message is kept here; please send it in %(num)s minutes.",
            minutes,
        ) % {"num": minutes}
        headers = exc.allowance.headers()
        return Flow(before, replace(letter, message=message), parts=_PARTS, status=429, headers=headers)
    except RecordUnavailable:
        message = texts.gettext(
            "Your message could not be sent just now. It is kept here; please try again in a moment."
        )
        return Flow(before, replace(letter, message=message), parts=_PARTS, status=503)
    sent = sent_view(taken.ticket, services, visit, spooled=taken.spooled)
    return Flow(replace(before, token="", episode="", seen=""), sent=sent, parts=_PARTS)


def _again(written: Written, locale: str, services: Services, visit: Visit) -> Again | None:
    """Return the checklist that was in the form, with what is ticked."""
    if not written.earlier:
        return None
    again = earlier_solution(written.text, locale, services, visit)
    if again is None or again.ticket != written.earlier:
        return None
    return replace(again, tried=ticked(written.tried, len(again.steps)), none_tried="none" in written.tried)


def _files_of(ids: tuple[str, ...], visit: Visit, services: Services) -> list[File]:
    """Return what is known of files that go along; while the database is away they go along unlisted."""
    try:
        return [one.file for one in services.files.of(ids, visit.customer)]
    except RecordUnavailable:
        return []


def _with_uploads(
    written: Written, uploads: list[tuple[str, bytes]], texts: Texts, visit: Visit, services: Services
) -> tuple[Written, str]:
    """Return what is written with the files that came along, and what is wrong with the first that cannot be taken."""
    kept = list(written.files)
    for name, content in uploads:
        try:
            allow("files", visit, services)
            kept.append(services.files.keep(name, content, visit.customer, at=visit.at, along_with=len(kept)).file.id)
        except AttachmentRefused as exc:
            return replace(written, files=tuple(kept)), refused_file(exc, name, texts)
        except (RecordUnavailable, TooMany):
            message = texts.gettext("Files cannot be taken right now. You can send your message without them.")
            return replace(written, files=tuple(kept)), message
    return replace(written, files=tuple(kept)), ""


def refused_file(exc: AttachmentRefused, name: str, texts: Texts) -> str:
    """Return why a file was not taken, as a sentence."""
    sentences = {
        "empty": texts.gettext("“%(name)s” is empty."),
        "too_large": texts.gettext("“%(name)s” is too large."),
        "kind": texts.gettext(
            "“%(name)s” is of a kind that we cannot take. Send it as JPG, PNG, WebP, PDF, CSV, TXT or ZIP."
        ),
        "infected": texts.gettext("“%(name)s” seems to hold a virus and was not taken."),
        "too_many": texts.gettext("“%(name)s” was not taken: there are too many files."),
        "sign_in": texts.gettext("“%(name)s” was not taken: to attach files, sign in first."),
    }
    fallback = texts.gettext("“%(name)s” could not be checked and was not taken. Please try again later.")
    return sentences.get(exc.reason, fallback) % {"name": name[:80]}


def _refusal(reason: str, texts: Texts) -> str:
    return {
        "empty": texts.gettext("Write what you need help with first."),
        "too_long": texts.gettext("Your message is too long. Please shorten it to 20,000 characters."),
        "sign_in": texts.gettext("Please sign in first. What you wrote stays here."),
        "no_email": texts.gettext("Say where we may send the link to, or sign in."),
        "email": texts.gettext("That is no e-mail address. One looks like name@example.com."),
    }.get(reason, texts.gettext("That did not work. Nothing is lost; please try again."))


def _new_key() -> str:
    return secrets.token_urlsafe(16)
