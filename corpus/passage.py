"""A passage: the part of a page that is scored and shown, and the windows of it that are embedded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """One section of a page, or a part of a long one.

    ``id`` is made of the page's id and the headings' anchors, and so survives edits elsewhere on the page. ``url`` is
    the deep link. ``question`` is set where the section answers one: an FAQ entry. ``windows`` are the spans of
    ``text`` that are embedded, as (start, end) offsets in code points, in order, together covering the text.
    """

    id: str
    page_id: str
    page_title: str
    locale: str
    url: str
    heading_path: tuple[str, ...]
    question: str | None
    text: str
    windows: tuple[tuple[int, int], ...]

    @property
    def language(self) -> str:
        """The language part of the locale: ``pt`` for ``pt-BR``."""
        return self.locale.split("-")[0]

    @property
    def label(self) -> str:
        """What the passage is called: its question, else its nearest heading, else its page's title."""
        return self.question or (self.heading_path[-1] if self.heading_path else self.page_title)
