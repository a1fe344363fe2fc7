"""Keeps page health at hand while the service runs, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from api.dependencies import Services
from api.writers.plots import warm_up


def health_parts(services: Services) -> Sequence[Callable[[], object]]:
    """Return what there is to do again and again: the pages of a new generation are looked at, and what became of pages
    is counted every ten minutes; a year that was never counted takes a minute, some days at a time."""

    def look() -> None:
        warm_up()
        services.writers.health.look_at(services.live.current().index)

    def count() -> None:
        services.writers.health.count(services.clock())

    return look, count
