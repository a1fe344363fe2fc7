"""The assistant that answers now, exchanged for a new one when another generation is promoted."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from api.curating import Curating
from assistant.asking.assistant import Assistant
from indexer.errors import IndexNotReady
from indexer.generations import Generations, Pointer

Open = Callable[[str], Assistant]
"""Opens a generation by its id."""

_log = structlog.get_logger()


class LiveAssistant:
    """Follows the pointer of a directory of generations.

    A request asks for ``current`` once and keeps what it got: an exchange in between does not concern it. A
    generation that cannot be opened is refused, and the one before goes on answering. What writers edit is taken up
    around the same generation, without anything opened or embedded again.
    """

    def __init__(
        self,
        generations: Generations,
        open_generation: Open,
        *,
        every_seconds: float,
        curating: Curating | None = None,
    ) -> None:
        self._generations = generations
        self._open = open_generation
        self._every_seconds = every_seconds
        self._curating = curating or Curating(None)
        self._assistant: Assistant | None = None
        self._seen: Pointer | None = None
        self._refused = "the help pages have not been indexed yet"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="generations", daemon=True)

    @property
    def problem(self) -> str:
        """What was refused last and not yet mended, of generations and of what writers edit; empty if nothing."""
        return "; ".join(filter(None, (self._refused, self._curating.problem)))

    def current(self) -> Assistant:
        """Return the assistant of the live generation.

        Raises:
            IndexNotReady: if there is none yet.
        """
        assistant = self._assistant
        if assistant is None:
            raise IndexNotReady(self._refused)
        return assistant

    def of(self, generation: str) -> Assistant:
        """Return the assistant of a generation: the live one, or an earlier one, opened for it and without curation.

        Raises:
            IndexerError: if it is not kept any more, or cannot be opened.
        """
        assistant = self._assistant
        if assistant is not None and assistant.index.manifest.id == generation:
            return assistant
        return self._open(generation)

    def start(self) -> None:
        """Open the live generation, if there is one, and go on watching."""
        self._look()
        self._thread.start()

    def stop(self) -> None:
        """End watching."""
        self._stop.set()
        self._thread.join()

    def refresh(self) -> None:
        """Take up what was promoted or edited since the last look, if anything was.

        A promotion that was refused is not tried again before the next one.
        """
        self._curating.look()
        if self._assistant is not None:
            self._assistant = self._curating.applied_to(self._assistant)
        pointer = self._generations.pointer()
        if pointer is None or pointer == self._seen:
            return
        held = self._assistant.index.manifest.id if self._assistant is not None else None
        self._seen = pointer
        try:
            assistant = self._curating.applied_to(self._open(pointer.generation))
        except Exception as exc:  # whatever is wrong with it, what answers now must go on answering
            self._refused = f"generation {pointer.generation} was refused; the log says why"
            _log.error("generation.refused", generation=pointer.generation, reason=str(exc), held=held)
            return
        self._assistant = assistant
        self._refused = ""
        _log.info(
            "generation.opened",
            generation=pointer.generation,
            before=held,
            pages=len(assistant.index.pages),
            trusted=assistant.trusted,
        )

    def _follow(self) -> None:
        while not self._stop.wait(self._every_seconds):
            self._look()

    def _look(self) -> None:
        try:
            self.refresh()
        except Exception as exc:  # a file system may fail for a moment; the next look may find it well again
            _log.error("generation.unreadable", reason=str(exc))
