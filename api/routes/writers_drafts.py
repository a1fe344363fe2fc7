"""``/writers/drafts``: write a page, try it on what people asked, publish it."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import Services, ServicesDep
from api.desk.rendering import render_desk
from api.desk.signed_in import DeskVisit, desk_visit
from api.errors import NotFound
from api.i18n import Texts
from api.writers.deciding import move_to
from api.writers.showing import found_view
from api.writers.trying import drop_candidate, is_candidate, promote, publishing, try_draft, warm_up
from api.writers.views import name_of
from assistant.errors import AssistantError
from assistant.gaps.models import Gap, GapState
from assistant.staff.models import AuditEntry, Right
from assistant.writing.models import Draft, DraftState
from assistant.writing.page_files import PageUnwritable, digest_of_source, is_page_id
from corpus.errors import CorpusError, PageUnreadable
from indexer.errors import IndexerError

router = APIRouter(prefix="/writers/drafts", include_in_schema=False)
_MOST_CHARS = 200_000

WritesDep = Annotated[DeskVisit, Depends(desk_visit(Right.PAGES))]
SourceForm = Annotated[str, Form(max_length=2 * _MOST_CHARS)]


@router.get("/new")
def new_draft(
    request: Request,
    services: ServicesDep,
    visit: WritesDep,
    gap: str = "",
    page: str = "",
    like: str = "",
    heading: bool = False,
) -> Response:
    """Show an empty page to be written, one that there is, or a place for the translation of one.

    With a ``heading``, a gap's question is put under the page as one, for its answer to be written or moved there.
    """
    for_gap = services.writers.gaps.standing(gap) if gap else None
    there = _file(page, services) if page else None
    source = there.source if there is not None else _beginning(for_gap, services, visit)
    if heading and there is not None and for_gap is not None:
        source = f"{source.rstrip()}\n\n## {_question_of(for_gap, services, page.split('/')[0])}\n\n"
    original = _file(like, services) if like else None
    if original is not None and for_gap is not None:
        page, source = _translated_place(like, for_gap), original.source
    draft = Draft(
        id="",
        page=page,
        source=source,
        by=visit.member.id,
        at=visit.at,
        base=there.digest if there is not None else None,
        gap=for_gap.id if for_gap is not None else None,
    )
    return _editor(request, services, visit, draft)


@router.get("/{draft}")
def one_draft(request: Request, services: ServicesDep, visit: WritesDep, draft: str, done: str = "") -> Response:
    """Show a draft with what was found when it was tried."""
    return _editor(request, services, visit, _found(draft, services), done=done)


@router.post("")
def save(
    request: Request,
    services: ServicesDep,
    visit: WritesDep,
    page: Annotated[str, Form(max_length=250)] = "",
    source: SourceForm = "",
    draft: Annotated[str, Form(max_length=16)] = "",
    gap: Annotated[str, Form(max_length=16)] = "",
    base: Annotated[str, Form(max_length=64)] = "",
    at: Annotated[int, Form(description="When the draft that is shown was kept last.")] = 0,
    action: Annotated[str, Form()] = "try",
    anyway: Annotated[bool, Form()] = False,
) -> Response:
    """Keep a draft; try it, publish it, or drop it."""
    texts = visit.texts
    kept = services.writers.drafts.draft(draft) if draft else None
    written = Draft(
        id=kept.id if kept is not None else secrets.token_hex(8),
        page=page.strip().strip("/"),
        source=source.replace("\r\n", "\n"),
        by=visit.member.id,
        at=visit.at,
        base=base or None,
        gap=gap or None,
    )
    if (
        kept is not None
        and kept.state is DraftState.OPEN
        and (kept.page, kept.source) == (written.page, written.source)
    ):
        written = replace(written, generation=kept.generation, preview=kept.preview)
    elif kept is not None:
        written = replace(written, generation=kept.generation)
    overtaken = kept is not None and kept.by != written.by and at != kept.at and kept.source != written.source
    if action == "drop":
        if not overtaken:
            _drop(written, services)
        return RedirectResponse(f"/writers/gaps/{gap}" if gap else "/writers/gaps", 303)
    if overtaken:
        # Somebody else has gone on with this draft since it was opened: both texts are kept.
        written = replace(written, id=secrets.token_hex(8), generation=None, preview=None)
        services.writers.drafts.keep(written)
        return _editor(request, services, visit, written, message=_changed(texts), status=409)
    if not is_page_id(written.page):
        message = texts.gettext(
            "Give the page a place, such as pl/faq/returns: letters, digits and dashes between slashes."
        )
        return _editor(request, services, visit, written, message=message, status=422)
    if not written.source.strip():
        return _editor(request, services, visit, written, message=texts.gettext("Write something first."), status=422)
    services.writers.drafts.keep(written)
    if action == "download":
        return _download(written)
    try:
        if action == "publish":
            with publishing:
                return _publish(request, written, services, visit, anyway=anyway)
        try_draft(written, services, at=visit.at)
    except PageUnreadable as exc:
        message = texts.gettext("This cannot become a page: %(reason)s") % {"reason": exc.reason}
        return _editor(request, services, visit, written, message=message, status=422)
    except (IndexerError, CorpusError, AssistantError) as exc:
        message = texts.gettext("It could not be tried just now (%(reason)s). Your text is kept.") % {"reason": exc}
        return _editor(request, services, visit, written, message=message, status=503)
    return RedirectResponse(f"/writers/drafts/{written.id}#tried", 303)


def _publish(request: Request, draft: Draft, services: Services, visit: DeskVisit, *, anyway: bool) -> Response:
    texts, folder = visit.texts, services.writers.candidates.folder
    if folder is None:
        message = texts.gettext("Pages are not kept here. Download this one, and publish it where they are.")
        return _editor(request, services, visit, draft, message=message, status=409)
    found = json.loads(draft.preview) if draft.preview else None
    live = services.live.current().index.manifest.id
    if found is None or found["before"] != live or not is_candidate(draft.generation, services):
        draft = try_draft(draft, services, at=visit.at)
        message = (
            texts.gettext("It was tried first. Look at what it changes, and publish it.")
            if found is None
            else texts.gettext(
                "The pages have changed since this was tried, so it was tried again. Look, and publish it."
            )
        )
        return _editor(request, services, visit, draft, message=message, status=409)
    if not found["gate"]["passed"] and not anyway:
        message = texts.gettext(
            "Answers that helped people would be lost. Look at the list, mend the page, or publish it anyway."
        )
        return _editor(request, services, visit, draft, message=message, status=409)
    try:
        folder.write(draft.page, draft.source, base=draft.base)
    except PageUnwritable as exc:
        message = (
            _changed(texts)
            if exc.changed
            else texts.gettext("The page could not be written: %(reason)s") % {"reason": exc}
        )
        return _editor(request, services, visit, draft, message=message, status=409)
    promote(draft.generation or "", services)
    published = replace(draft, state=DraftState.PUBLISHED, base=digest_of_source(draft.source))
    services.writers.drafts.keep(published)
    losses = len(found["gate"]["losses"])
    details = f"{draft.generation} losses={losses}" if losses else draft.generation or ""
    services.accounts.store.note(AuditEntry(visit.at, visit.member.id, "page.published", draft.page, details))
    gap = services.writers.gaps.standing(draft.gap) if draft.gap else None
    if gap is None:
        return RedirectResponse(f"/writers/drafts/{draft.id}?done=published", 303)
    asked = found["gap"]["asked"]
    move_to(
        gap,
        GapState.WRITTEN,
        services,
        visit.member.id,
        at=visit.at,
        page=draft.page,
        answered=found["gap"]["answered"] / asked if asked else None,
        tried=asked,
    )
    return RedirectResponse(f"/writers/gaps/{gap.id}?done=written", 303)


def _editor(
    request: Request,
    services: Services,
    visit: DeskVisit,
    draft: Draft,
    *,
    message: str = "",
    status: int = 200,
    done: str = "",
) -> Response:
    warm_up(services, at=visit.at)  # while somebody writes there is time for it
    gap = services.writers.gaps.standing(draft.gap) if draft.gap else None
    names = services.writers.gaps.store.texts([one for _, one in gap.names]) if gap is not None else {}
    found: dict[str, Any] | None = json.loads(draft.preview) if draft.preview else None
    texts = visit.texts
    return render_desk(
        request,
        services,
        visit,
        "writers/draft.html",
        status=status,
        here="pages",
        draft=draft,
        gap_name=name_of(gap, names, visit.locale)[0] if gap is not None else "",
        **found_view(found, texts),
        hosted=services.writers.candidates.folder is not None,
        message=message,
        said=texts.gettext("Published. It answers from now on.") if done == "published" else "",
    )


def _changed(texts: Texts) -> str:
    return texts.gettext(
        "Somebody else has changed this page meanwhile. Your text is kept; open the page anew beside it."
    )


def _drop(draft: Draft, services: Services) -> None:
    services.writers.drafts.change(draft.id, lambda one: replace(one, state=DraftState.DROPPED, preview=None))
    if draft.generation is not None:
        drop_candidate(draft.generation, services)


def _download(draft: Draft) -> Response:
    name = draft.page.rsplit("/", 1)[-1]
    return Response(
        draft.source,
        media_type="text/markdown; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name.encode("ascii", "ignore").decode() or "page"}.md"',
            "Cache-Control": "private, no-store",
        },
    )


def _beginning(gap: Gap | None, services: Services, visit: DeskVisit) -> str:
    """Return what a new page begins with: the gap's question as its title."""
    if gap is None:
        return f"# {visit.texts.gettext('Title')}\n\n"
    return f"# {_question_of(gap, services, visit.locale)}\n\n"


def _question_of(gap: Gap, services: Services, locale: str) -> str:
    """Return the question that names a gap for readers of a language, with a capital."""
    name, _ = name_of(gap, services.writers.gaps.store.texts([one for _, one in gap.names]), locale)
    return name[:1].upper() + name[1:]


def _translated_place(page: str, gap: Gap) -> str:
    """Return where the translation of a page would be: the same place below the language of most who ask."""
    language = gap.facts.languages[0][0] if gap.facts.languages else ""
    first, _, rest = page.partition("/")
    return f"{language}/{rest}" if rest and language and first != language else page


def _file(page: str, services: Services) -> Any:
    folder = services.writers.candidates.folder
    if folder is None:
        return None
    found = folder.file(page)
    if found is None:
        raise NotFound(f"there is no file of the page {page!r}")
    return found


def _found(draft: str, services: Services) -> Draft:
    found = services.writers.drafts.draft(draft)
    if found is None:
        raise NotFound("there is no such draft")
    return found
