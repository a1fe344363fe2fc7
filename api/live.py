"""The assistant that answers now, exchanged for a new one when another generation is promoted."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from api.curating import Curating
from assistant.asking.assistant import Assistant
from assistant.asking.curation import NO_CURATION
from assistant.asking.policy import POLICY
from indexer.errors import IndexerError, IndexNotReady
from indexer.generations import Generations, Pointer

Open = Callable[[str], Assistant]
"""Opens a generation by its id."""

_Stamp = tuple[int, int, int] | None

_log = structlog.get_logger()


class LiveAssistant:
    """Follows the pointer of a directory of generations.

    A request asks for ``current`` once and keeps what it got: an exchange in between does not concern it. A
    generation that cannot be opened is refused, and the one before goes on answering. What writers edit is taken up
    around the same generation, without anything opened or embedded again. The one that answered before stays open, so
    that going back to it takes no time.
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
        self._previous: tuple[Assistant, _Stamp] | None = None
        self._opened: _Stamp = None
        self._seen: Pointer | None = None
        self._refreshing = threading.Lock()
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
        kept = self._kept(generation)
        return kept.with_curation(NO_CURATION) if kept is not None else self._open(generation)

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

        Whoever has just promoted or edited something may call it, and need not wait for the next look. A promotion that
        was refused is not tried again before the next one.
        """
        with self._refreshing:
            self._curating.look()
            if self._assistant is not None:
                self._assistant = self._curating.applied_to(self._assistant)
            pointer = self._generations.pointer()
            if pointer is None or pointer == self._seen:
                return
            self._seen = pointer
            self._take_up(pointer.generation)

    def _take_up(self, generation: str) -> None:
        old = self._assistant
        held = old.index.manifest.id if old is not None else None
        stamp = self._stamp_of(generation)
        try:
            assistant = self._curating.applied_to(self._kept(generation) or self._open(generation))
        except Exception as exc:  # whatever is wrong with it, what answers now must go on answering
            self._refused = f"generation {generation} was refused; the log says why"
            _log.error("generation.refused", generation=generation, reason=str(exc), held=held)
            return
        # Promoted again, it was opened anew, and the one before it is still the one to go back to.
        if old is not None and held != generation:
            self._previous = (old, self._opened)
        self._assistant, self._opened = assistant, stamp
        self._refused = ""
        _log.info(
            "generation.opened",
            generation=generation,
            before=held,
            pages=len(assistant.index.pages),
            trusted=assistant.trusted,
        )

    def _kept(self, generation: str) -> Assistant | None:
        """Return the assistant that answered before, if it is of this generation and its policy is the same."""
        if self._previous is None:
            return None
        assistant, stamp = self._previous
        same = assistant.index.manifest.id == generation and stamp == self._stamp_of(generation)
        return assistant if same and stamp is not None else None

    def _stamp_of(self, generation: str) -> _Stamp:
        """Return what changes when a generation's policy does, the only file of it that may; ``None`` without one."""
        try:
            stat = (self._generations.folder(generation) / POLICY).stat()
        except (IndexerError, OSError):
            return None
        return (stat.st_mtime_ns, stat.st_size, stat.st_ino)

    def _follow(self) -> None:
        while not self._stop.wait(self._every_seconds):
            self._look()

    def _look(self) -> None:
        try:
            self.refresh()
        except Exception as exc:  # a file system may fail for a moment; the next look may find it well again
            _log.error("generation.unreadable", reason=str(exc))
