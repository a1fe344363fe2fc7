"""What a running service does on the side, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import structlog

from assistant.errors import RecordUnavailable
from indexer.errors import IndexNotReady

_log = structlog.get_logger()


class Chores:
    """Does the same things every so often, until it is stopped.

    Args:
        name: the thread's.
        parts: what to do; where one fails the others are done all the same.
        every_seconds: how long to rest between.
    """

    def __init__(self, name: str, parts: Sequence[Callable[[], object]], *, every_seconds: float) -> None:
        self._parts = parts
        self._every_seconds = every_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after what is under way."""
        self._stop.set()
        self._thread.join()

    def stopping(self) -> bool:
        """Say whether it is time to end."""
        return self._stop.is_set()

    def look(self) -> None:
        """Do all that is due now."""
        for part in self._parts:
            try:
                part()
            except RecordUnavailable:  # said where it was noticed first, and to be tried again
                return
            except IndexNotReady:  # readiness says so already
                continue
            except Exception as exc:  # whatever it was, it is tried again; the text may quote what was asked
                _log.error("upkeep.failed", error=type(exc).__name__)

    def _run(self) -> None:
        while not self._stop.wait(self._every_seconds):
            self.look()
