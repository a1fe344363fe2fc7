"""The folder of Markdown files that a help centre is made of: what a page's file says, and writing it."""

from __future__ import annotations

import hashlib
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from filelock import FileLock

from assistant.errors import AssistantError
from corpus.errors import PageUnreadable
from corpus.readers.markdown import MARKDOWN_ENDINGS, page_id, read_source
from indexer.manifest import write_durably

_LOCK_SECONDS = 10.0
_MOST_CHARS = 200
_MOST_BYTES = 200
"""Of a file's name; file systems take 255, and a scratch file's is longer."""
_CONTENTS = "summary"  # a table of contents is no page
_PART = re.compile(r"[^\W_][\w.-]*")


class PageUnwritable(AssistantError):
    """A page cannot be written; ``reason`` says why, ``changed`` that somebody else has changed it meanwhile."""

    def __init__(self, reason: str, *, changed: bool = False) -> None:
        super().__init__(reason)
        self.changed = changed


@dataclass(frozen=True, slots=True)
class PageFile:
    """A page's file: where it is below the folder, its text, and what stands for that."""

    relative: PurePosixPath
    source: str

    @property
    def digest(self) -> str:
        """What stands for the text."""
        return digest_of_source(self.source)


class PageFolder:
    """Reads and writes the files of pages by their ids.

    Args:
        root: the folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def file(self, page: str) -> PageFile | None:
        """Return a page's file, or ``None`` if there is none.

        Raises:
            PageUnreadable: if there is one that cannot be read.
        """
        if not is_page_id(page):
            return None
        for relative in _candidates(page):
            path = self.root / relative
            if path.is_file() and page_id(relative) == page:
                return PageFile(relative, read_source(path))
        return None

    def place_of(self, page: str) -> PurePosixPath:
        """Return where a page's file is, or would be."""
        found = self.file(page)
        return found.relative if found is not None else PurePosixPath(f"{page}.md")

    def write(self, page: str, source: str, *, base: str | None) -> Path:
        """Write a page's file in one step; return where.

        Args:
            page: its id.
            source: its text.
            base: the digest of the text that was changed, ``None`` for a new page.

        Raises:
            PageUnwritable: if the id is none, if the file is another than the one that was changed, or there is one
                where a new page is to be, or it cannot be written.
        """
        if not is_page_id(page):
            raise PageUnwritable(f"{page!r} is no page id such as 'pl/faq/returns'")
        try:
            with FileLock(_lock_of(self.root), timeout=_LOCK_SECONDS):
                there = self.file(page)
                # What is there already was written before something kept it from being served.
                if there is not None and there.digest == digest_of_source(source):
                    return self.root / there.relative
                if (there.digest if there is not None else None) != base:
                    raise PageUnwritable("the page was changed by somebody else in the meantime", changed=True)
                path = self.root / (there.relative if there is not None else PurePosixPath(f"{page}.md"))
                path.parent.mkdir(parents=True, exist_ok=True)
                write_durably(path, source.encode())
        except PageUnreadable as exc:
            raise PageUnwritable(exc.reason) from exc
        except OSError as exc:
            raise PageUnwritable(f"the page's file cannot be written: {exc.strerror or exc}") from exc
        return path


def is_page_id(page: str) -> bool:
    """Say whether a text can be the id of a page: parts of letters, digits, dots and dashes between slashes.

    ``pl/README`` and ``pl/index`` are none: such a file is the page ``pl``.
    """
    parts = page.split("/")
    return (
        0 < len(page) <= _MOST_CHARS
        and all(_PART.fullmatch(part) and ".." not in part and len(part.encode()) <= _MOST_BYTES for part in parts)
        and page_id(PurePosixPath(f"{page}.md")) == page
        and parts[-1].lower() != _CONTENTS
    )


def digest_of_source(source: str) -> str:
    """Return what stands for a page's text."""
    return hashlib.sha256(source.encode()).hexdigest()


def _candidates(page: str) -> list[PurePosixPath]:
    names = [f"{page}{ending}" for ending in MARKDOWN_ENDINGS]
    names += [f"{page}/{own}{ending}" for own in ("README", "readme", "index") for ending in MARKDOWN_ENDINGS]
    return [PurePosixPath(name) for name in names]


def _lock_of(root: Path) -> Path:
    """Return the file that is locked while a page is written; not in the folder, where a repository would show it."""
    return Path(tempfile.gettempdir()) / f"askfirst-pages-{digest_of_source(str(root.resolve()))[:16]}.lock"
