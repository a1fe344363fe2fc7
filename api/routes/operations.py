"""Health, readiness and metrics, for whoever keeps the service running."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from api.dependencies import ServicesDep
from api.metrics import CONTENT_TYPE
from assistant.asking.assistant import Assistant
from indexer.errors import IndexNotReady

router = APIRouter(tags=["operations"])


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz")
def healthz() -> dict[str, str]:
    """Say that the process is alive."""
    return {"status": "ok"}


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz")
def readyz(services: ServicesDep, response: Response) -> dict[str, Any]:
    """Say whether questions can be answered, by which generation, and whether its policy was fitted for it."""
    try:
        assistant = services.live.current()
    except IndexNotReady as exc:
        response.status_code = 503
        return {"status": "not ready", "problem": str(exc)}
    manifest = assistant.index.manifest
    ready: dict[str, Any] = {
        "status": "ready",
        "generation": manifest.id,
        "recipe": manifest.recipe.digest,
        "pages": manifest.counts.pages,
        "policy": _policy_says(assistant),
    }
    if services.record.away:
        ready["record"] = f"the database is away: {services.record.waiting} writes wait for it"
    problems = [services.live.problem, services.identities.problem if services.identities is not None else ""]
    if any(problems):
        ready["problem"] = "; ".join(filter(None, problems))
    return ready


def _policy_says(assistant: Assistant) -> str:
    if not assistant.trusted:
        return "not fitted for this recipe: nothing is called an answer"
    if assistant.policy.carried_over:
        return "carried over to an adapted model: nothing is guaranteed"
    return "fitted"


@router.get("/metrics")
def metrics(services: ServicesDep) -> Response:
    """Return counters in Prometheus' text format."""
    try:
        assistant = services.live.current()
        services.metrics.pages.set(len(assistant.index.pages))
        services.metrics.ready.set(1)
    except IndexNotReady:
        services.metrics.ready.set(0)
    services.metrics.waiting.set(services.record.waiting)
    return Response(services.metrics.exposition(), media_type=CONTENT_TYPE)
