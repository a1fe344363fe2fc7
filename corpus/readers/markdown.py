"""Markdown files → pages."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin

from corpus.errors import PageUnreadable
from corpus.languages import parse_locale
from corpus.page import Block, Page, Section
from corpus.readers.front_matter import FrontMatter, split_front_matter
from corpus.readers.gitbook import plain_markdown
from corpus.readers.html import sections_of

READER_VERSION = 1
"""Raise it whenever the same file would give another page, so that pages kept from an earlier build are read again."""

MARKDOWN_ENDINGS = (".md", ".markdown")
MAX_FILE_BYTES = 5_000_000
PAGE_SCHEME = "page:"
"""A link to another page of the help centre reads ``page:<quoted page id>#<anchor>`` in a page's HTML."""

_markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(deflist_plugin)
_EXTERNAL = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_NUMBERED = re.compile(r"^\d+[-_. ]+")


def read_source(path: Path) -> str:
    """Return the text of a file.

    Raises:
        PageUnreadable: if it is too large, cannot be opened or is not UTF-8.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise PageUnreadable(
                path, f"it has {size / 1e6:.0f} MB; a help page may have {MAX_FILE_BYTES / 1e6:.0f} MB"
            )
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise PageUnreadable(path, f"it is not UTF-8: byte {exc.start} is 0x{exc.object[exc.start]:02x}") from exc
    except OSError as exc:
        raise PageUnreadable(path, f"it cannot be opened: {exc.strerror}") from exc


def source_digest(source: str, relative: PurePosixPath) -> str:
    """Return the SHA-256 by which a build knows that a file would give the page it gave before.

    Its place counts too, for its links start there, and so does the reader's version.
    """
    return hashlib.sha256(f"{READER_VERSION}\0{relative}\0{source}".encode()).hexdigest()


def page_id(relative: PurePosixPath) -> str:
    """Return the id of the page in a file: its path without the ending, a folder's own page by the folder's path."""
    bare = relative.with_suffix("")
    return str(bare.parent) if bare.name.lower() in ("readme", "index") and bare.parent.name else str(bare)


def read_markdown(path: Path, relative: PurePosixPath, source: str, *, locale: str) -> Page:
    """Make a page of one file's text.

    Args:
        path: where the file is, for messages.
        relative: its path below the pages folder; the page's id and links follow from it.
        source: its text.
        locale: the locale to assume where the front matter names none.

    Raises:
        PageUnreadable: if its front matter is broken or its elements are nested too deeply.
    """
    try:
        front, body = split_front_matter(source)
    except ValueError as exc:
        raise PageUnreadable(path, str(exc)) from exc
    except RecursionError as exc:
        raise PageUnreadable(path, "its front matter is nested too deeply") from exc
    spoken = front.locale or locale
    try:
        html = str(_markdown.render(plain_markdown(body)))
        sections, safe_html = sections_of(
            html, language=spoken.split("-")[0], resolve_link=lambda target: _resolve(target, relative)
        )
    except RecursionError as exc:
        raise PageUnreadable(path, "its lists, quotes or HTML elements are nested too deeply") from exc
    title, sections = _title(front, sections, relative)
    if front.description and not any(front.description in block.text for s in sections for block in s.blocks):
        sections = (Section(0, "", "", (Block(front.description, ""),)), *sections)
    identity = page_id(relative)
    matter = matter_of(identity, spoken)
    return Page(
        id=identity,
        matter=matter,
        title=title,
        locale=spoken,
        url=front.url or hosted_url(matter, spoken),
        hosted=front.url is None,
        sections=sections,
        html=safe_html,
        aliases=front.aliases,
        audience=front.audience,
        updated=front.updated,
        digest=source_digest(source, relative),
    )


def matter_of(identity: str, locale: str) -> str:
    """Return a page's id without the folder of its locale: ``faq/contact`` for ``pl/faq/contact``."""
    folder, _, rest = identity.partition("/")
    if not rest:
        return identity
    if _is_locale(folder, locale):
        return rest
    second, _, below = rest.partition("/")
    return f"{folder}/{below}" if below and _is_locale(second, locale) else identity


def hosted_url(matter: str, locale: str) -> str:
    """Return the address under which this service shows a page: ``/help/pl/faq/contact``."""
    return f"/help/{locale}/{quote(matter)}"


def _is_locale(folder: str, locale: str) -> bool:
    try:
        return parse_locale(folder) == locale
    except ValueError:
        return False


def _title(
    front: FrontMatter, sections: tuple[Section, ...], relative: PurePosixPath
) -> tuple[str, tuple[Section, ...]]:
    """Return the page's title and its sections without the headings that only repeat it."""
    first = next((section for section in sections if section.heading), None)
    heads_page = first is not None and first.level == 1
    if heads_page and first is not None and (not front.title or _same(front.title, first.heading)):
        return first.heading, _untitled(sections, first.heading)
    if front.title:
        return front.title, sections
    name = relative.stem if relative.stem.lower() not in ("readme", "index") else relative.parent.name or relative.stem
    return _NUMBERED.sub("", name).replace("-", " ").replace("_", " ").strip().capitalize(), sections


def _untitled(sections: tuple[Section, ...], title: str) -> tuple[Section, ...]:
    """Return a page's sections, those at its head that have no heading of their own put together into one."""
    lead: list[Block] = []
    for number, section in enumerate(sections):
        if section.heading and not _same(section.heading, title):
            rest = sections[number:]
            break
        lead += section.blocks
    else:
        rest = ()
    return (Section(0, "", "", tuple(lead)), *rest) if lead else rest


def _same(heading: str, title: str) -> bool:
    return heading.casefold() == title.casefold()


def _resolve(target: str, relative: PurePosixPath) -> str | None:
    """Return where a link leads: as written, or ``page:id#anchor`` on another page, ``#anchor`` on this one."""
    if not target or _EXTERNAL.match(target) or target.startswith(("/", "#")):
        return target or None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    steps: list[str] = list(relative.parent.parts)
    path = unquote(parts.path)
    for step in path.split("/"):
        if step == "..":
            if not steps:
                return None  # it leads out of the help centre
            steps.pop()
        elif step not in ("", "."):
            steps.append(step)
    found = PurePosixPath(*steps)
    if path.endswith("/") or path in (".", "..") or not found.suffix:
        found = found / "README.md" if not found.name.lower().startswith("readme") else found
    if found.suffix.lower() not in MARKDOWN_ENDINGS:
        return None  # a file that is not part of the help centre's text
    identity = page_id(found)
    if identity == page_id(relative):
        return fragment or None
    return f"{PAGE_SCHEME}{quote(identity)}{fragment}"
