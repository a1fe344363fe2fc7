"""``/support/{locale}``: ask, say whether it helped, or go on to a ticket. Everything works without a script."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from api.answering import Asked, answer_if_new, answer_question
from api.asking_again import earlier_solution
from api.dependencies import Services, ServicesDep
from api.errors import TooMany
from api.flow import REASONS, Flow, FlowView, show, show_as, view_of
from api.i18n import texts_for
from api.promising import promises_in
from api.recording import await_commit, recordable
from api.sessions import is_random_id
from api.speaking import LOCALE_COOKIE, locale_of
from api.tokens import TokenRefused
from api.visits import Visit, allow, visit_of
from assistant.errors import AssistantError, QuestionUnusable, RecordUnavailable
from assistant.record.events import Event, EventType
from indexer.errors import IndexNotReady

router = APIRouter(include_in_schema=False)
_READING = ["GET", "HEAD"]
_COMMIT_SECONDS = 2.0
_MOST_FILES, _MOST_FIELDS, _MOST_FIELD_BYTES = 40, 400, 256 * 1024
_WIDGET = Path(__file__).parent.parent / "static" / "widget.js"


async def _form(request: Request) -> AsyncIterator[FormData]:
    """Give a form as it was sent, and let go of its files after."""
    async with request.form(max_files=_MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=_MOST_FIELD_BYTES) as form:
        yield form


FormDep = Annotated[FormData, Depends(_form)]


def field(form: FormData, name: str) -> str:
    """Return a field of a form as text, empty if it is not there."""
    value = form.get(name, "")
    return "" if isinstance(value, UploadFile) else value


@router.api_route("/", methods=_READING)
@router.api_route("/support", methods=_READING)
def start(request: Request, services: ServicesDep) -> Response:
    """Lead to the support page in the visitor's language."""
    return RedirectResponse(
        f"/support/{locale_of(request, services)}", 302, headers={"Vary": "Accept-Language, Cookie"}
    )


@router.api_route("/support/{locale}", methods=_READING)
def support(request: Request, services: ServicesDep, locale: str) -> Response:
    """Show the page to ask on."""
    spoken = locale_of(request, services, locale)
    response = show(Flow(), request, services, spoken, visit_of(request, services))
    keep_locale(response, spoken)
    return response


@router.post("/support/{locale}")
def asked(request: Request, services: ServicesDep, locale: str, form: FormDep) -> Response:
    """Answer. A form, not a link: addresses end up in logs."""
    spoken, visit = locale_of(request, services, locale), visit_from(request, services, form)
    before, texts = flow_view(form), texts_for(spoken)
    parts = ("outcome",)
    try:
        headers = allow("questions", visit, services).headers()
        assistant = services.live.current()
        asking = Asked(before.question, spoken, entry_of(form), before.intent == "ticket", before.episode or None)
        answered = answer_question(asking, visit, assistant, services)
    except QuestionUnusable:
        message = texts.gettext("That is too long to search for. Please shorten it to 10,000 characters.")
        if not before.question.strip():
            message = texts.gettext("Type your question first.")
        return show(Flow(replace(before, message=message), parts=parts, status=422), request, services, spoken, visit)
    except IndexNotReady:
        message = texts.gettext("The help pages are being prepared. You can write to us all the same.")
        return show(Flow(replace(before, message=message), parts=parts, status=503), request, services, spoken, visit)
    except TooMany as exc:
        return show(too_many(exc, before, spoken, parts), request, services, spoken, visit)
    await_commit(answered.recorded, services)
    view = view_of(answered, before.question, spoken, assistant, before=before)
    if before.intent == "ticket":
        view = replace(view, again=earlier_solution(before.question, spoken, services, visit))
    return show(
        Flow(replace(view, intent=before.intent), parts=parts, headers=headers), request, services, spoken, visit
    )


@router.post("/support/{locale}/votes")
def voted(request: Request, services: ServicesDep, locale: str, form: FormDep) -> Response:
    """Take whether it helped, and say thank you; the page goes on as it is."""
    spoken, visit = locale_of(request, services, locale), visit_from(request, services, form)
    before = flow_view(form)
    vote, reason = field(form, "vote"), field(form, "reason")
    report_vote(vote, reason, before.token, visit, services)
    shown_vote: Literal["solved", "failed", "thanks"] = (
        "solved" if vote == "solved" else "thanks" if vote == "reason" else "failed"
    )
    texts = texts_for(spoken)
    say = {
        "solved": texts.gettext("Good to hear. Thank you for telling us."),
        "failed": texts.gettext("Sorry about that. What was wrong?"),
        "thanks": texts.gettext("Thank you. That helps us to write better pages."),
    }[shown_vote]
    view = replace(before, vote=shown_vote, say=say)
    # What was solved needs no ticket any more: the form closes.
    parts = ("vote", "ticket") if vote == "solved" else ("vote",)
    return show(Flow(view, parts=parts), request, services, spoken, visit)


@router.post("/support/{locale}/beside")
def beside(request: Request, services: ServicesDep, locale: str, form: FormDep) -> Response:
    """Return answers to what is being written, if there are any that were not shown yet; else nothing."""
    spoken, visit = locale_of(request, services, locale), visit_from(request, services, form)
    before = flow_view(form)
    nothing = Response(status_code=204)
    try:
        allow("questions", visit, services)
        assistant = services.live.current()
        asking = Asked(field(form, "text"), spoken, entry_of(form), True, before.episode or None)
        answered = answer_if_new(asking, visit, assistant, services, seen=before.passages_seen)
    except (AssistantError, IndexNotReady, TooMany):  # it was an offer; nobody waits for it
        return nothing
    if answered is None:
        return nothing
    await_commit(answered.recorded, services)
    view = view_of(answered, before.question, spoken, assistant, before=before)
    return show(Flow(view, parts=("beside",)), request, services, spoken, visit)


@router.get("/v1/promises")
def promises(request: Request, services: ServicesDep, locale: str = "") -> Response:
    """Return both reply-time promises for a ticket that is sent now, in words."""
    spoken = locale_of(request, services, locale)
    said = promises_in(services, spoken, visit_of(request, services))
    return JSONResponse(said, headers={"Cache-Control": "no-store"})


@router.api_route("/widget.js", methods=_READING)
def widget_script() -> Response:
    """Return the widget's script."""
    return FileResponse(_WIDGET, media_type="text/javascript", headers={"Cache-Control": "public, max-age=300"})


@router.api_route("/widget/{locale}", methods=_READING)
def widget(request: Request, services: ServicesDep, locale: str) -> Response:
    """Return what the widget shows in a page of another site."""
    spoken = locale_of(request, services, locale)
    return show_as("_widget.html", Flow(), request, services, spoken, visit_of(request, services), elsewhere=True)


def keep_locale(response: Response, locale: str) -> None:
    """Have the browser keep the locale that was chosen."""
    response.set_cookie(LOCALE_COOKIE, locale, max_age=365 * 24 * 3600, path="/", httponly=True, samesite="lax")


def visit_from(request: Request, services: Services, form: FormData) -> Visit:
    """Return who sends a form; the widget, which has no cookies here, names its browser in it."""
    visitor = field(form, "visitor")
    return visit_of(request, services, visitor=visitor if is_random_id(visitor) else None)


def entry_of(form: FormData) -> str:
    """Return where a question was asked, as the record files it."""
    entry = field(form, "entry")[:32]
    return entry if entry and entry.replace("-", "").isalnum() and entry.isascii() and entry.islower() else "support"


def flow_view(form: FormData) -> FlowView:
    """Return what stood on the page that a form was sent from, as far as it goes along."""
    return FlowView(
        question=field(form, "question")[:20_000],
        intent="browse" if field(form, "intent") == "browse" else "ticket",
        token=field(form, "token")[:2000],
        episode=episode_of(form),
        seen=field(form, "seen").replace("\r", "")[:20_000],
    )


def episode_of(form: FormData) -> str:
    """Return the episode that a form goes on with, empty if it is none."""
    episode = field(form, "episode")
    return episode if is_random_id(episode) else ""


def too_many(exc: TooMany, before: FlowView, locale: str, parts: tuple[str, ...]) -> Flow:
    """Return the page for somebody who asks too much at once: what they wrote stays."""
    minutes = max(1, -(-exc.allowance.reset_seconds // 60))
    texts = texts_for(locale)
    message = texts.ngettext(
        "That was a lot at once. Please wait %(num)s minute; what you wrote stays here.",
        "That was a lot at once. Please wait %(num)s minutes; what you wrote stays here.",
        minutes,
    ) % {"num": minutes}
    return Flow(replace(before, message=message), parts=parts, status=429, headers=exc.allowance.headers())


def report_vote(vote: str, reason: str, token: str, visit: Visit, services: Services) -> None:
    """Have a vote recorded. One that cannot be is lost: it is no reason to show an error to somebody who is helped."""
    try:
        interacted = services.tokens.read(token, now=visit.at)
    except TokenRefused:
        return
    details: dict[str, Any] = {"type": EventType.SOLVED}
    if vote != "solved":
        known = recordable(REASONS.get(reason) and reason, services)
        details = {"type": EventType.VOTED, "helpful": False, "reason": known}
    event = Event(
        scope=interacted.answer_id,
        id=f"{vote[:10] or 'vote'}-{uuid.uuid4().hex[:12]}",
        episode=interacted.episode,
        at=visit.at,
        received_at=visit.at,
        **details,
    )
    try:
        services.recorder.followed([event]).result(_COMMIT_SECONDS)
    except (RecordUnavailable, TimeoutError):
        services.metrics.unrecorded.inc()
