"""Changing what writers decide: the three files as texts, checked before they are written."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass
from pathlib import Path

from filelock import FileLock

from assistant.asking.curation import FILES, Curation, curation_of, read_source
from assistant.errors import CurationChanged, CurationUnusable
from indexer.manifest import write_durably

_LOCK = ".curation.lock"
_LOCK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Sources:
    """The texts of the three files; one that is not there is empty."""

    synonyms: str = ""
    pinned: str = ""
    hidden: str = ""

    @property
    def digests(self) -> tuple[str, ...]:
        """What stands for each text, for ``save_curation`` to know what its caller had read."""
        return tuple(hashlib.sha256(text.encode()).hexdigest() for text in astuple(self))


def read_sources(folder: Path) -> Sources:
    """Return the texts of a folder's files, whether or not they can be understood.

    Raises:
        CurationUnusable: if there is no such folder, or a file cannot be read.
    """
    if not folder.is_dir():
        raise CurationUnusable(str(folder), None, "there is no such folder; make it, or mend ASKFIRST_CURATION")
    return Sources(*(read_source(folder / name) for name in FILES))


def check_sources(*, synonyms: str = "", pinned: str = "", hidden: str = "") -> Curation:
    """Return what the texts say, for a preview or before they are saved.

    Raises:
        CurationUnusable: if one cannot be understood; it names the file, the line and what to do.
    """
    return curation_of(synonyms=synonyms, pinned=pinned, hidden=hidden)


def save_curation(folder: Path, sources: Sources, *, read: tuple[str, ...]) -> None:
    """Write those of the files whose texts are new, each in one step; a running service takes them up at once.

    Args:
        folder: where the files are.
        sources: what they are to say.
        read: the ``digests`` of what the writer had before them.

    Raises:
        CurationUnusable: if a text cannot be understood, or a file cannot be read.
        CurationChanged: if a file that is to be written has changed since it was read. Nothing is written then.
    """
    check_sources(synonyms=sources.synonyms, pinned=sources.pinned, hidden=sources.hidden)
    with FileLock(folder / _LOCK, timeout=_LOCK_SECONDS):
        there = read_sources(folder)
        texts = zip(FILES, astuple(sources), sources.digests, there.digests, read, strict=True)
        written = [(name, text, is_now != was) for name, text, new, is_now, was in texts if new not in (is_now, was)]
        changed = [name for name, _, is_changed in written if is_changed]
        if changed:
            raise CurationChanged(changed)
        for name, text, _ in written:
            write_durably(folder / name, text.encode())
