"""``/writers/generations``: what was served and when, going back, trying a folder or a branch, and the time machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import Services, ServicesDep
from api.desk.rendering import render_desk
from api.desk.signed_in import DeskVisit, desk_visit
from api.errors import NotFound
from api.links import shown_url
from api.ticket_words import moment_words
from api.writers.showing import found_view
from api.writers.trying import drop_candidate, promote, told, try_candidate
from api.writers.words import percent
from assistant.asking.assistant import Assistant
from assistant.asking.curation import curation_from
from assistant.asking.models import Question, Reply, outcome_of
from assistant.errors import AssistantError, RecordUnusable
from assistant.preview.replaying import replay
from assistant.record.events import Interaction
from assistant.staff.models import AuditEntry, Right
from corpus.errors import CorpusError
from indexer.errors import IndexerError

router = APIRouter(prefix="/writers", include_in_schema=False)

SeesDep = Annotated[DeskVisit, Depends(desk_visit(Right.FIGURES))]
WritesDep = Annotated[DeskVisit, Depends(desk_visit(Right.PAGES))]


@router.get("/generations")
def generations(request: Request, services: ServicesDep, visit: WritesDep, done: str = "") -> Response:
    """List the generations, the latest first."""
    texts = visit.texts
    said = {
        "back": texts.gettext("The generation before is live again."),
        "promoted": texts.gettext("It is live now."),
        "dropped": texts.gettext("It is deleted."),
    }.get(done, "")
    return _page(request, services, visit, said=said)


@router.post("/generations/back")
def back(request: Request, services: ServicesDep, visit: WritesDep) -> Response:
    """Go back to the generation that was live before this one."""
    known = services.writers.candidates.generations

    def act() -> str:
        pointer = known.rollback()
        services.live.refresh()
        return pointer.generation

    return _done(act, "back", "generation.rolled_back", request, services, visit)


@router.post("/generations/try")
def try_source(
    request: Request, services: ServicesDep, visit: WritesDep, source: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Build what a folder or a branch holds, and try it."""
    started = time.perf_counter()
    try:
        before = services.live.current()
        made = services.writers.candidates.of_source(source)
        after = services.live.of(made.manifest.id).with_curation(before.curation)
        tried = try_candidate(before, after, services, gap=None, at=visit.at)
    except (CorpusError, IndexerError, AssistantError) as exc:
        message = visit.texts.gettext("It could not be tried: %(reason)s") % {"reason": exc}
        return _page(request, services, visit, message=message, status=422)
    found = told(tried, time.perf_counter() - started)
    return _page(request, services, visit, found=found, candidate=made.manifest.id, source=source)


@router.post("/generations/{generation}/promote")
def make_live(
    request: Request,
    services: ServicesDep,
    visit: WritesDep,
    generation: str,
    anyway: Annotated[bool, Form()] = False,
) -> Response:
    """Make a generation the live one, unless too many answers that helped people would be lost."""
    started = time.perf_counter()
    try:
        before = services.live.current()
        after = services.live.of(generation).with_curation(before.curation)
        tried = try_candidate(before, after, services, gap=None, at=visit.at)
    except (IndexerError, AssistantError) as exc:
        message = visit.texts.gettext("It could not be tried: %(reason)s") % {"reason": exc}
        return _page(request, services, visit, message=message, status=422)
    if not tried.gate.passed and not anyway:
        message = visit.texts.gettext("Answers that helped people would be lost. Look at the list first.")
        found = told(tried, time.perf_counter() - started)
        return _page(request, services, visit, found=found, candidate=generation, message=message, status=409)

    def act() -> str:
        promote(generation, services)
        return f"{generation} losses={len(tried.gate.losses)}"

    return _done(act, "promoted", "generation.promoted", request, services, visit)


@router.post("/generations/{generation}/drop")
def drop(request: Request, services: ServicesDep, visit: WritesDep, generation: str) -> Response:
    """Delete a candidate."""

    def act() -> str:
        drop_candidate(generation, services)
        return generation

    return _done(act, "dropped", "generation.dropped", request, services, visit)


@router.get("/replay/{interaction}")
def time_machine(
    request: Request, services: ServicesDep, visit: SeesDep, interaction: str, generation: str = ""
) -> Response:
    """Show a past question as it was answered, and ask it again of the generation that served it, or of another."""
    asked = services.writers.interaction(interaction)
    if asked is None:
        raise NotFound("there is no such question")
    texts, message, same = visit.texts, "", None
    differences: tuple[str, ...] = ()
    reply: Reply | None = None
    assistant: Assistant | None = None
    wanted = generation or asked.generation
    try:
        assistant = _then(asked, wanted, services)
        replayed = replay(asked, assistant)
        same, differences = replayed.same, replayed.differences
        reply = assistant.answer(Question(asked.question or "", asked.locale))
    except RecordUnusable:
        message = texts.gettext("The question’s text is no longer kept, so it cannot be asked again.")
    except (IndexerError, AssistantError):
        message = texts.gettext("This generation is not kept any more, or cannot be opened. Choose another.")
    zone = services.intake.calendar.zone
    return render_desk(
        request,
        services,
        visit,
        "writers/replay.html",
        here="generations",
        asked=asked,
        date=moment_words(asked.at, zone, visit.locale),
        then=[_shown_then(one, services, visit) for one in asked.shown],
        now=_shown_now(reply, assistant, visit) if reply is not None and assistant is not None else [],
        outcomes=_outcomes(visit),
        outcome=outcome_of(reply)[0] if reply is not None else "",
        same=same,
        differences=differences,
        wanted=wanted,
        generations=[one["id"] for one in _rows(services, visit)],
        message=message,
    )


def _then(asked: Interaction, generation: str, services: Services) -> Assistant:
    """Return the assistant of a generation with what writers had decided when a question was asked."""
    assistant = services.live.of(generation)
    content = services.record.curation(asked.curation)
    return assistant.with_curation(curation_from(content)) if content is not None else assistant


def _outcomes(visit: DeskVisit) -> dict[str, str]:
    texts = visit.texts
    return {
        "answered": texts.gettext("an answer"),
        "related": texts.gettext("related pages"),
        "missed": texts.gettext("nothing"),
    }


def _shown_then(one: Any, services: Services, visit: DeskVisit) -> dict[str, str]:
    text = services.record.texts_of([one.digest]).get(one.digest, "")
    return {
        "title": one.page,
        "text": text[:300],
        "confidence": percent(one.confidence, visit.texts),
        "lang": one.page.split("/")[0],
        "url": "",
    }


def _shown_now(reply: Reply, assistant: Assistant, visit: DeskVisit) -> list[dict[str, str]]:
    return [
        {
            "title": one.hit.passage.page_id,
            "text": one.hit.passage.text[:300],
            "confidence": percent(one.hit.confidence, visit.texts),
            "lang": one.hit.passage.locale,
            "url": shown_url(assistant.index.pages[one.hit.passage.page_id].url),
        }
        for one in reply.shown
    ]


def _done(
    act: Callable[[], str], done: str, action: str, request: Request, services: Services, visit: DeskVisit
) -> Response:
    try:
        about = act()
    except (IndexerError, OSError) as exc:
        return _page(request, services, visit, message=str(exc), status=409)
    services.accounts.store.note(AuditEntry(visit.at, visit.member.id, action, about))
    return RedirectResponse(f"/writers/generations?done={done}", 303)


def _page(
    request: Request,
    services: Services,
    visit: DeskVisit,
    *,
    message: str = "",
    said: str = "",
    status: int = 200,
    found: dict[str, Any] | None = None,
    candidate: str = "",
    source: str = "",
) -> Response:
    pointer = services.writers.candidates.generations.pointer()
    return render_desk(
        request,
        services,
        visit,
        "writers/generations.html",
        status=status,
        here="generations",
        rows=_rows(services, visit),
        sources=services.writers.candidates.sources(),
        can_go_back=pointer is not None and bool(pointer.before),
        message=message,
        said=said,
        candidate=candidate,
        source=source,
        **found_view(found, visit.texts),
    )


def _rows(services: Services, visit: DeskVisit) -> list[dict[str, Any]]:
    """Return the generations as they are listed, the latest first."""
    known = services.writers.candidates.generations
    pointer, zone = known.pointer(), services.intake.calendar.zone
    before = set(pointer.before) if pointer is not None else set()
    return [
        {
            "id": one.id,
            "live": one.live,
            "served": one.live or one.id in before,
            "date": (
                moment_words(round(one.manifest.created_at.timestamp() * 1000), zone, visit.locale)
                if one.manifest is not None
                else ""
            ),
            "pages": one.manifest.counts.pages if one.manifest is not None else 0,
            "problem": one.problem,
        }
        for one in reversed(known.all())
    ]
