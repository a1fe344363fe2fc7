"""The assistant that answers now, exchanged for a new one when another generation is promoted."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from assistant.asking.assistant import Assistant
from indexer.errors import IndexNotReady
from indexer.generations import Generations

Open = Callable[[str], Assistant]
"""Opens a generation by its id."""

_log = structlog.get_logger()


class LiveAssistant:
    """Follows the pointer of a directory of generations.

    A request asks for ``current`` once and keeps what it got: an exchange in between does not concern it. A
    generation that cannot be opened is refused, and the one before goes on answering.
    """

    def __init__(self, generations: Generations, open_generation: Open, *, every_seconds: float) -> None:
        self._generations = generations
        self._open = open_generation
        self._every_seconds = every_seconds
        self._assistant: Assistant | None = None
        self._refused: str | None = None
        self.problem: str = "the index has not been opened yet"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="generations", daemon=True)

    def current(self) -> Assistant:
        """Return the assistant of the live generation.

        Raises:
            IndexNotReady: if there is none yet.
        """
        assistant = self._assistant
        if assistant is None:
            raise IndexNotReady(self.problem)
        return assistant

    def start(self) -> None:
        """Open the live generation, if there is one, and go on watching."""
        self.refresh()
        self._thread.start()

    def stop(self) -> None:
        """End watching."""
        self._stop.set()
        self._thread.join()

    def refresh(self) -> None:
        """Take up the generation that is live now, if it is another."""
        try:
            live = self._generations.live()
        except IndexNotReady as exc:
            self.problem = str(exc)
            return
        held = self._assistant.index.manifest.id if self._assistant is not None else None
        if live in (held, self._refused):
            return
        try:
            assistant = self._open(live)
        except Exception as exc:  # whatever is wrong with it, what answers now must go on answering
            self._refused = live
            self.problem = str(exc)
            _log.error("generation.refused", generation=live, reason=str(exc), held=held)
            return
        self._assistant = assistant
        self._refused = None
        self.problem = ""
        _log.info(
            "generation.opened",
            generation=live,
            before=held,
            pages=len(assistant.index.pages),
            trusted=assistant.trusted,
        )

    def _follow(self) -> None:
        while not self._stop.wait(self._every_seconds):
            self.refresh()
