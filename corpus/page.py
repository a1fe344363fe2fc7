"""A page: one published help page in one locale, as readable text and as HTML that is safe to show."""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list, table or piece of code.

    ``text`` is what a person would read, lines separated by a newline; ``anchor`` is the id of the element in the
    page's HTML, so that a link can open the page there.
    """

    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the blocks under it, up to the next heading of any level.

    ``level`` is 1 to 6 as in HTML, deeper for questions inside a section; 0, with an empty heading, is what a page
    says before its first heading.
    """

    level: int
    heading: str
    anchor: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One help page in one locale.

    ``id`` is the path below the pages folder without its ending, stable across builds; ``matter`` is that path without
    its locale's folder, which a page shares with its translations. ``url`` is where visitors find
    the page; ``hosted`` says that it is served from ``html`` by this service under ``/help``. ``html`` is sanitised
    and every anchor in ``sections`` is an id in it. ``digest`` tells whether the file it
    was made from has changed.
    """

    id: str
    title: str
    locale: str
    url: str
    sections: tuple[Section, ...]
    html: str = ""
    hosted: bool = False
    aliases: tuple[str, ...] = ()
    audience: str | None = None
    updated: datetime.date | None = None
    digest: str = ""
    matter: str = ""

    @property
    def language(self) -> str:
        """The language part of the locale: ``pt`` for ``pt-BR``."""
        return self.locale.split("-")[0]
