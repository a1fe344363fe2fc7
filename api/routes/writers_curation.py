"""``/writers/curation``: synonyms, pinned answers and hidden pages, tried and saved as plain files."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import Services, ServicesDep
from api.desk.rendering import render_desk
from api.desk.signed_in import DeskVisit, desk_visit
from api.writers.showing import found_view
from api.writers.trying import told, try_candidate
from assistant.asking.curation import FILES
from assistant.asking.editing import Sources, check_sources, read_sources, save_curation
from assistant.errors import CurationChanged, CurationUnusable, RecordUnavailable
from assistant.staff.models import AuditEntry, Right
from indexer.errors import IndexNotReady

router = APIRouter(prefix="/writers/curation", include_in_schema=False)
_MOST_CHARS = 200_000

WritesDep = Annotated[DeskVisit, Depends(desk_visit(Right.PAGES))]
SourceForm = Annotated[str, Form(max_length=2 * _MOST_CHARS)]


@router.get("")
def curation(request: Request, services: ServicesDep, visit: WritesDep, done: str = "") -> Response:
    """Show what writers have decided by hand."""
    folder = services.settings.curation
    if folder is None:
        return _page(request, services, visit, None)
    try:
        sources = read_sources(folder)
    except CurationUnusable as exc:
        return _page(request, services, visit, None, message=str(exc), status=503)
    said = visit.texts.gettext("Saved. It holds from now on.") if done == "saved" else ""
    return _page(request, services, visit, sources, read=sources.digests, said=said)


@router.post("")
def save(
    request: Request,
    services: ServicesDep,
    visit: WritesDep,
    synonyms: SourceForm = "",
    pinned: SourceForm = "",
    hidden: SourceForm = "",
    read: Annotated[str, Form(max_length=400)] = "",
    action: Annotated[str, Form()] = "try",
) -> Response:
    """Try what was written on past questions, or save it."""
    folder, texts = services.settings.curation, visit.texts
    if folder is None:
        return _page(request, services, visit, None, status=409)
    sources = Sources(*(text.replace("\r\n", "\n") for text in (synonyms, pinned, hidden)))
    seen = tuple(read.split())
    try:
        written = check_sources(synonyms=sources.synonyms, pinned=sources.pinned, hidden=sources.hidden)
        if action == "save" and len(seen) == len(FILES):
            save_curation(folder, sources, read=seen)
            services.live.refresh()
            services.accounts.store.note(AuditEntry(visit.at, visit.member.id, "curation.saved", "", ""))
            return RedirectResponse("/writers/curation?done=saved", 303)
        started = time.perf_counter()
        before = services.live.current()
        after = before.with_curation(written)
        tried = try_candidate(before, after, services, gap=None, at=visit.at)
        found = told(tried, time.perf_counter() - started)
    except CurationUnusable as exc:
        message = texts.gettext("This cannot be understood: %(reason)s") % {"reason": exc}
        return _page(request, services, visit, sources, read=seen, message=message, status=422)
    except CurationChanged:
        message = texts.gettext(
            "Somebody else has saved meanwhile. Copy what you wrote, open this page anew, and add it."
        )
        return _page(request, services, visit, sources, read=seen, message=message, status=409)
    except OSError as exc:
        message = texts.gettext("It could not be saved: %(reason)s") % {"reason": exc.strerror or exc}
        return _page(request, services, visit, sources, read=seen, message=message, status=503)
    except (IndexNotReady, RecordUnavailable):
        message = texts.gettext("It could not be tried just now. Please try again in a moment.")
        return _page(request, services, visit, sources, read=seen, message=message, status=503)
    lost = [
        *(one.target for one in after.lost_pins),
        *(one.target for one in after.lost_hidden),
    ]
    return _page(request, services, visit, sources, read=seen, found=found, lost=lost)


def _page(
    request: Request,
    services: Services,
    visit: DeskVisit,
    sources: Sources | None,
    *,
    read: tuple[str, ...] = (),
    message: str = "",
    said: str = "",
    status: int = 200,
    found: dict[str, Any] | None = None,
    lost: list[str] | None = None,
) -> Response:
    return render_desk(
        request,
        services,
        visit,
        "writers/curation.html",
        status=status,
        here="curation",
        sources=sources,
        read=" ".join(read),
        message=message,
        said=said,
        lost=lost or [],
        **found_view(found, visit.texts),
    )
