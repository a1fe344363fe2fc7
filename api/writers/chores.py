"""Looks after gaps, and counts how pages do, while the service runs."""

from __future__ import annotations

from api.chores import Chores
from api.dependencies import Services
from api.writers.health_chores import health_parts
from assistant.asking.query_vectors import QueryVectors
from assistant.gaps.diagnosis import diagnose
from assistant.gaps.ranking import Experience
from assistant.gaps.refreshing import embed_questions, learnt
from assistant.record.events import MS_PER_DAY, Instant

_EMBEDDED_AT_ONCE = 16
"""Some 150 ms, after which a visitor's question has its turn."""
_GATHERED_EVERY = 60
_COUNTED_EVERY = 600
"""In rests between chores, which last a second unless set otherwise."""


class GapChores:
    """Takes up what the pages failed, every minute, and counts what gaps cost, every ten.

    Args:
        services: what is worked with.
        every_seconds: how long the rests between are.
    """

    def __init__(self, services: Services, *, every_seconds: float) -> None:
        self._services = services
        self._rest_ms = every_seconds * 1000.0
        self._all_diagnosed_in = ""
        self._learnt: tuple[Instant, Experience] | None = None
        self._gathered_at: Instant | None = None
        self._counted_at: Instant | None = None
        self._ungrouped = True
        self._vectors = QueryVectors()

    def gather(self) -> None:
        """Take up what the pages failed."""
        now = self._services.clock()
        if self._is_due(self._gathered_at, now, _GATHERED_EVERY):
            self._services.writers.gaps.gather(now)
            self._gathered_at = now

    def embed(self) -> None:
        """Embed some of the new questions; once all are, group them."""
        assistant = self._services.live.current()
        recipe, gaps = assistant.index.manifest.recipe.digest, self._services.writers.gaps
        done = gaps.embed(recipe, lambda some: embed_questions(assistant.index, some), most=_EMBEDDED_AT_ONCE)
        if done:
            self._ungrouped = True
        elif self._ungrouped:
            gaps.group(recipe, self._services.clock(), anchors=assistant.index.label_means)
            self._ungrouped = False
            self._counted_at = None

    def count(self) -> None:
        """Count what gaps cost."""
        now = self._services.clock()
        if not self._ungrouped and self._is_due(self._counted_at, now, _COUNTED_EVERY):
            gaps = self._services.writers.gaps
            if self._learnt is None or now - self._learnt[0] >= MS_PER_DAY:
                self._learnt = (now, learnt(gaps, now))
            gaps.count(now, experience=self._learnt[1])
            self._counted_at = now
            self._all_diagnosed_in = ""

    def diagnose(self) -> None:
        """Look at one gap that nobody has looked at."""
        assistant = self._services.live.current()
        generation = assistant.index.manifest.id
        if generation == self._all_diagnosed_in:
            return
        done = self._services.writers.gaps.diagnose(
            lambda sample: diagnose(assistant, sample, vectors=self._vectors), generation, most=1
        )
        if not done:
            self._all_diagnosed_in = generation

    def _is_due(self, last: Instant | None, now: Instant, rests: int) -> bool:
        return last is None or now - last >= rests * self._rest_ms


def gap_chores(services: Services, *, every_seconds: float) -> Chores:
    """Return what looks after gaps while the service runs."""
    chores = GapChores(services, every_seconds=every_seconds)
    parts = (chores.gather, chores.embed, chores.count, chores.diagnose, *health_parts(services))
    return Chores("gaps", parts, every_seconds=every_seconds)
