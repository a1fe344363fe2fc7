"""Looks after gaps, and counts how pages do, while the service runs."""

from __future__ import annotations

from collections.abc import Callable

from api.chores import Chores
from api.dependencies import Services
from api.writers.health_chores import health_parts
from api.writers.trying import is_asking
from assistant.asking.query_vectors import QueryVectors
from assistant.gaps.diagnosis import diagnose
from assistant.gaps.ranking import Experience
from assistant.gaps.refreshing import embed_questions, learnt
from assistant.record.events import MS_PER_DAY, Instant

_EMBEDDED_AT_ONCE = 16
"""Some 150 ms, after which a visitor's question has its turn."""
_RESTS = 5
"""So many times as long as other chores these rest: nobody waits for them."""
_GATHERED_EVERY = 12
_COUNTED_EVERY = 120
"""In rests of these chores, which last five seconds unless set otherwise."""
_BLOCKS_AT_ONCE = 10


class GapChores:
    """Takes up what the pages failed, every minute, and counts what gaps cost, every ten.

    Args:
        services: what is worked with.
        every_seconds: how long the rests between are.
    """

    def __init__(self, services: Services, *, every_seconds: float) -> None:
        self._services = services
        self._rest_ms = every_seconds * 1000.0
        self.stopping: Callable[[], bool] = lambda: False
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
        for _ in range(_BLOCKS_AT_ONCE):
            if not gaps.embed(recipe, lambda some: embed_questions(assistant.index, some), most=_EMBEDDED_AT_ONCE):
                break
            self._ungrouped = True
            if self.stopping():
                return
        else:
            return
        if self._ungrouped:
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
        if generation == self._all_diagnosed_in or is_asking():  # a writer waits for the processor
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
    rest = _RESTS * every_seconds
    gaps = GapChores(services, every_seconds=rest)
    parts = (gaps.gather, gaps.embed, gaps.count, gaps.diagnose, *health_parts(services))
    chores = Chores("gaps", parts, every_seconds=rest)
    gaps.stopping = chores.stopping
    return chores
