"""A page while it is being written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.record.events import Instant


class DraftState(StrEnum):
    """What has become of a draft."""

    OPEN = "open"
    PUBLISHED = "published"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Draft:
    """A page that somebody writes or changes.

    Attributes:
        id: its own.
        page: the page's id, which is its path below the folder of pages without its ending.
        source: its Markdown.
        by: who of the staff writes it.
        at: when it was changed last.
        base: the digest of the file's text when the change began, ``None`` for a page that is new.
        gap: the gap that it is written for.
        generation: the candidate that it was tried in last.
        preview: what was found then, as JSON.
    """

    id: str
    page: str
    source: str
    by: str
    at: Instant
    base: str | None = None
    gap: str | None = None
    state: DraftState = DraftState.OPEN
    generation: str | None = None
    preview: str | None = None
