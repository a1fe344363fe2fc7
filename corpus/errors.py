"""What can go wrong while reading a help centre."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class CorpusError(Exception):
    """Base of everything the corpus package raises on purpose."""


class PageUnreadable(CorpusError):
    """One file cannot become a page; ``reason`` says why, in a sentence that its writer can act on."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason

    def __reduce__(self) -> tuple[type[PageUnreadable], tuple[Path, str]]:
        # Pages are read in several processes, and an exception is rebuilt from its arguments on the way back.
        return PageUnreadable, (self.path, self.reason)


class PagesUnreadable(CorpusError):
    """Several files cannot become pages and the caller asked for all or nothing."""

    def __init__(self, problems: Sequence[PageUnreadable]) -> None:
        super().__init__(f"{len(problems)} of the files cannot be read:\n" + "\n".join(f"  {p}" for p in problems))
        self.problems = tuple(problems)


class NoPages(CorpusError):
    """A folder was named in which there is nothing to read."""
