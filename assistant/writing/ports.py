"""What drafts need of a database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from assistant.writing.models import Draft


class DraftStore(Protocol):
    """Keeps drafts; every method may fail with ``RecordUnavailable`` while the database is away."""

    def draft(self, draft: str) -> Draft | None:
        """Return a draft, or ``None`` if there is none of that id."""
        ...

    def open_drafts(self, *, gap: str | None = None, most: int = 100) -> Sequence[Draft]:
        """Return drafts that are neither published nor dropped, of a gap or all, latest first."""
        ...

    def keep(self, draft: Draft) -> None:
        """Keep a draft as it is now."""
        ...

    def change(self, draft: str, change: Callable[[Draft], Draft]) -> Draft | None:
        """Change a draft in one transaction; return it as it is then, ``None`` if there is none of that id."""
        ...
