"""Gaps for the operator's own systems."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.dependencies import OperatorOnly, ServicesDep
from api.errors import PROBLEMS, NotFound, QueryUnusable
from api.schemas_gaps import GapIn, GapOut, GapsResponse
from api.writers.deciding import move_to
from assistant.gaps.keeping import LEAST_PEOPLE
from assistant.gaps.models import OPEN, GapState

router = APIRouter(prefix="/v1", tags=["gaps"], dependencies=[OperatorOnly], responses=PROBLEMS)

GapPath = Annotated[str, Path(description="The gap's id.", max_length=16)]


@router.get("/gaps")
def gaps(
    services: ServicesDep,
    state: Annotated[GapState | None, Query(description="By default what is still to be written.")] = None,
    most: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> GapsResponse:
    """Return what the pages do not answer, those gaps first whose page would spare most tickets."""
    store = services.writers.gaps.store
    found = store.gaps(states=OPEN if state is None else {state}, least_people=LEAST_PEOPLE, most=most)
    texts = store.texts([question for one in found for _, question in one.names])
    return GapsResponse(gaps=[GapOut.of(one, texts) for one in found])


@router.get("/gaps/{gap}")
def one_gap(services: ServicesDep, gap: GapPath) -> GapOut:
    """Return a gap; one that has become part of another is that one."""
    store = services.writers.gaps.store
    found = services.writers.gaps.standing(gap)
    if found is None or found.facts.people < LEAST_PEOPLE:
        raise NotFound(f"there is no gap {gap}")
    return GapOut.of(found, store.texts([question for _, question in found.names]))


@router.post("/gaps/{gap}/state")
def set_state(services: ServicesDep, gap: GapPath, body: GapIn) -> GapOut:
    """Move a gap to another state, such as to ``written`` once its page is published."""
    store = services.writers.gaps.store
    found = services.writers.gaps.standing(gap)
    if found is None or found.facts.people < LEAST_PEOPLE:
        raise NotFound(f"there is no gap {gap}")
    if body.state is GapState.DISMISSED and not body.reason.strip():
        raise QueryUnusable("give a 'reason' why the gap is dismissed")
    moved = move_to(
        found, body.state, services, "API", at=services.clock(), reason=body.reason.strip(), page=body.page.strip()
    )
    return GapOut.of(moved or found, store.texts([question for _, question in found.names]))
