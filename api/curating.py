"""What writers edit, as it was last understood, while they edit it."""

from __future__ import annotations

from pathlib import Path

import structlog

from assistant.asking.assistant import Assistant
from assistant.asking.curation import FILES, NO_CURATION, load_curation
from assistant.errors import CurationUnusable

_State = tuple[tuple[int, ...], ...]

_log = structlog.get_logger()


class Curating:
    """Watches the folder of what writers decide; what cannot be understood leaves what was before.

    Args:
        folder: where the files are, or ``None`` where there are none to watch.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._seen: _State | None = None
        self.curation = NO_CURATION
        self.problem = ""

    def look(self) -> None:
        """Read the files again if they have changed since the last look."""
        if self._folder is None:
            return
        state = _state_of(self._folder)
        if state == self._seen:
            return
        self._seen = state
        try:
            self.curation = load_curation(self._folder)
        except Exception as exc:  # whatever is wrong with them, what answers now must go on answering
            if isinstance(exc, CurationUnusable) and isinstance(exc.__cause__, OSError):
                self._seen = None  # a file system may fail for a moment without the file being changed
            self._refuse(str(exc))
            return
        self.problem = ""
        _log.info(
            "curation.opened",
            synonyms=len(self.curation.synonyms),
            pins=len(self.curation.pins),
            hidden=len(self.curation.hidden),
        )

    def applied_to(self, assistant: Assistant) -> Assistant:
        """Return the assistant with what was last understood: the very same one if that is what it has."""
        if assistant.curation is self.curation:
            return assistant
        curated = assistant.with_curation(self.curation)
        for pin in curated.lost_pins:
            _log.warning("pin.ignored", page=pin.target, line=pin.line, reason="it is hidden, or not in the index")
        for one in curated.lost_hidden:
            _log.warning("hidden.ignored", page=one.target, line=one.line, reason="it is not in the index")
        return curated

    def _refuse(self, reason: str) -> None:
        problem = f"what writers have edited was refused: {reason}"
        if problem != self.problem:
            _log.error("curation.refused", reason=reason)
        self.problem = problem


def _state_of(folder: Path) -> _State:
    """Return what changes when a file does. Of the folder only whether it is there: editors make files of their own."""
    return ((int(folder.is_dir()),), *(_stamp_of(folder / name) for name in FILES))


def _stamp_of(path: Path) -> tuple[int, ...]:
    try:
        stat = path.stat()
    except OSError:
        return ()
    return (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)
