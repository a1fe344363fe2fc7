"""``/writers/gaps``: what the pages do not answer, what each gap costs, and what is done about it."""

from __future__ import annotations

import csv
import io
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import Services, ServicesDep
from api.desk.rendering import render_desk
from api.desk.signed_in import DeskVisit, desk_visit
from api.errors import NotFound
from api.writers.deciding import assign, move_to, note, say
from api.writers.feed import feed_address, feed_of
from api.writers.followed import saving_of_gap
from api.writers.views import (
    diagnosis_choices,
    gap_rows,
    gap_view,
    question_rows,
    saving_view,
    writers_of,
)
from api.writers.words import state_names
from assistant.gaps.keeping import LEAST_PEOPLE
from assistant.gaps.models import OPEN, Diagnosis, Gap, GapState
from assistant.staff.models import Right

router = APIRouter(prefix="/writers", include_in_schema=False)
_ON_A_PAGE = 25
_QUESTIONS = 60
_MOST_CHARS = 2000

SeesDep = Annotated[DeskVisit, Depends(desk_visit(Right.FIGURES))]
WritesDep = Annotated[DeskVisit, Depends(desk_visit(Right.PAGES))]


@router.get("/gaps")
def gaps(
    request: Request,
    services: ServicesDep,
    visit: SeesDep,
    state: str = "open",
    mine: bool = False,
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Response:
    """List gaps, those first whose page would spare most tickets."""
    store = services.writers.gaps.store
    known = {one.value: one for one in GapState}
    states = OPEN if state not in known else {known[state]}
    found = store.gaps(
        states=states,
        least_people=LEAST_PEOPLE,
        assignee=visit.member.id if mine else None,
        most=_ON_A_PAGE + 1,
        skip=(page - 1) * _ON_A_PAGE,
    )
    counted = store.counted(least_people=LEAST_PEOPLE)
    names = state_names(visit.texts)
    return render_desk(
        request,
        services,
        visit,
        "writers/gaps.html",
        here="gaps",
        rows=gap_rows(found[:_ON_A_PAGE], services, visit),
        tabs=[
            ("open", visit.texts.gettext("To write"), sum(counted[one] for one in OPEN)),
            *((one.value, names[one], counted[one]) for one in GapState if one not in OPEN),
        ],
        state=state if state in known else "open",
        mine=mine,
        page=page,
        more=len(found) > _ON_A_PAGE,
        least=LEAST_PEOPLE,
        feed=feed_address(services),
        query=urlencode({"state": state, **({"mine": "true"} if mine else {})}),
    )


@router.get("/gaps.csv")
def gaps_csv(services: ServicesDep, visit: SeesDep) -> Response:
    """Return all gaps as a table for a spreadsheet."""
    rows = gap_rows(services.writers.gaps.store.gaps(least_people=LEAST_PEOPLE, most=10_000), services, visit)
    file = io.StringIO()
    columns = (
        "id",
        "name",
        "terms",
        "state",
        "assignee",
        "people",
        "tickets",
        "asked",
        "brings",
        "spares",
        "diagnosis",
        "languages",
    )
    writer = csv.DictWriter(file, columns, extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _plain(row[name]) for name in columns})
    # A byte order mark, or spreadsheets take it for another encoding.
    return Response(
        "\ufeff" + file.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="gaps.csv"', "Cache-Control": "private, no-store"},
    )


@router.get("/gaps.atom")
def gaps_feed(request: Request, services: ServicesDep, key: str = "") -> Response:
    """Return the latest gaps as an Atom feed, for whoever has its address."""
    return feed_of(request, services, key)


@router.get("/gaps/{gap}")
def one_gap(
    request: Request,
    services: ServicesDep,
    visit: SeesDep,
    gap: str,
    page: Annotated[int, Query(ge=1)] = 1,
    done: str = "",
) -> Response:
    """Show a gap."""
    found = _found(gap, services)
    if found.id != gap:
        return RedirectResponse(f"/writers/gaps/{found.id}", 303)
    return gap_page(request, services, visit, found, page=page, done=done)


@router.post("/gaps/{gap}/state")
def set_state(
    request: Request,
    services: ServicesDep,
    visit: WritesDep,
    gap: str,
    state: Annotated[str, Form()],
    reason: Annotated[str, Form(max_length=_MOST_CHARS)] = "",
    page: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Move a gap to another state."""
    found = _found(gap, services)
    known = {one.value: one for one in GapState}
    if state not in known:
        return gap_page(request, services, visit, found, message=visit.texts.gettext("Choose a state."), status=422)
    if known[state] is GapState.DISMISSED and not reason.strip():
        message = visit.texts.gettext("Say why nothing will be written, so that nobody has to find out again.")
        return gap_page(request, services, visit, found, message=message, status=422)
    move_to(found, known[state], services, visit.member.id, at=visit.at, reason=reason.strip(), page=page.strip())
    return RedirectResponse(f"/writers/gaps/{found.id}?done={state}", 303)


@router.post("/gaps/{gap}/assignee")
def set_assignee(services: ServicesDep, visit: WritesDep, gap: str, assignee: Annotated[str, Form()] = "") -> Response:
    """Give a gap to somebody, or to nobody."""
    found = _found(gap, services)
    if assignee and assignee not in {one.id for one in writers_of(services)}:
        raise NotFound("there is no such writer")
    assign(found, assignee or None, services, visit.member.id, at=visit.at)
    return RedirectResponse(f"/writers/gaps/{found.id}", 303)


@router.post("/gaps/{gap}/diagnosis")
def set_diagnosis(
    services: ServicesDep, visit: WritesDep, gap: str, diagnosis: Annotated[str, Form()] = ""
) -> Response:
    """Take a writer's word on what is wrong with the pages."""
    found = _found(gap, services)
    known = {one.value: one for one in Diagnosis}
    say(found, known.get(diagnosis), services, visit.member.id, at=visit.at)
    return RedirectResponse(f"/writers/gaps/{found.id}", 303)


@router.post("/gaps/{gap}/notes")
def add_note(
    services: ServicesDep, visit: SeesDep, gap: str, text: Annotated[str, Form(max_length=_MOST_CHARS)] = ""
) -> Response:
    """Keep a note on a gap."""
    found = _found(gap, services)
    if text.strip():
        note(found, text.strip(), services, visit.member.id, at=visit.at)
    return RedirectResponse(f"/writers/gaps/{found.id}#notes", 303)


def gap_page(
    request: Request,
    services: Services,
    visit: DeskVisit,
    gap: Gap,
    *,
    page: int = 1,
    status: int = 200,
    message: str = "",
    done: str = "",
) -> Response:
    """Return a gap's page."""
    store = services.writers.gaps.store
    questions = store.questions(gap.id, most=_QUESTIONS + 1, skip=(page - 1) * _QUESTIONS)
    said = {
        "planned": visit.texts.gettext("Planned. Write the page, or hand it to somebody."),
        "written": visit.texts.gettext("Written. What it spares will show here in the weeks to come."),
        "verified": visit.texts.gettext("Verified. Well done."),
        "dismissed": visit.texts.gettext("Dismissed."),
        "new": visit.texts.gettext("It is open again."),
    }.get(done, "")
    return render_desk(
        request,
        services,
        visit,
        "writers/gap.html",
        status=status,
        here="gaps",
        gap=gap_view(gap, services, visit),
        questions=question_rows(questions[:_QUESTIONS], services, visit),
        page=page,
        more=len(questions) > _QUESTIONS,
        saving=saving_view(saving_of_gap(gap, services, visit.at), visit),
        drafts=services.writers.drafts.open_drafts(gap=gap.id),
        writers=writers_of(services),
        choices=diagnosis_choices(visit),
        may_write=visit.member.may(Right.PAGES),
        message=message,
        said=said,
    )


def _found(gap: str, services: Services) -> Gap:
    found = services.writers.gaps.standing(gap)
    if found is None or found.facts.people < LEAST_PEOPLE:
        raise NotFound("there is no such gap")
    return found


def _plain(value: object) -> object:
    """Return a value that a spreadsheet does not take for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value
