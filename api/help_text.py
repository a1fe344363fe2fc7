"""One help page as a browser, a search engine and a language model read it."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from api.i18n import Texts
from api.links import linked_html
from corpus.page import Page
from corpus.passage import Passage

_ATTRIBUTES = r'((?:\s[^\s=>]+(?:="[^"]*")?)*)'
_HEADING = re.compile(rf"<h([1-6]){_ATTRIBUTES}>(.*?)</h\1>", re.DOTALL)
_ID = re.compile(r'\sid="([^"]*)"')
_SCROLLING = re.compile(r"<(?:(/?)table|pre|img)(?=[\s>])")
_TAG = re.compile(r"<[^>]*>")
_DESCRIPTION_CHARS = 160
_LEAST_DESCRIPTION = 60


def body_of(page: Page, pages: Mapping[str, Page], texts: Texts) -> Markup:
    """Return a page's HTML for showing below its title.

    A first heading that repeats the title is left out. Headings lead to themselves, tables and code can be scrolled
    with the keyboard, pictures load when they are reached.
    """
    at_start = True

    def heading(match: re.Match[str]) -> str:
        nonlocal at_start
        level, attributes, inner = match.groups()
        repeats = at_start and level == "1" and _plain(inner).casefold() == page.title.casefold()
        at_start = False
        identity = _ID.search(attributes)
        if repeats:
            return f'<span id="{identity.group(1)}"></span>' if identity else ""
        if identity is None or "<a " in inner or not _plain(inner):
            return match.group()
        return f'<h{level}{attributes}><a class="self" href="#{identity.group(1)}">{inner}</a></h{level}>'

    def scrolling(match: re.Match[str]) -> str:
        if match.group() == "<table":
            return f'<div class="table" role="group" tabindex="0" aria-label="{label}"><table'
        return {"</table": "</table", "<pre": '<pre tabindex="0"', "<img": '<img loading="lazy"'}[match.group()]

    label = html.escape(texts.gettext("Table"))
    shown = _HEADING.sub(heading, linked_html(page, pages))
    shown = _SCROLLING.sub(scrolling, shown).replace("</table>", "</table></div>")
    return Markup(shown)  # noqa: S704 - sanitised when the page was read


def description_of(page: Page, questions: Sequence[Passage] = ()) -> str:
    """Return what a page is about in a line of at most 160 characters: the questions it answers, else how it begins."""
    found = " ".join(passage.question or "" for passage in questions)
    if found:
        return _shortened(found)
    for section in page.sections:
        for block in section.blocks:
            found = f"{found} {' '.join(block.text.split())}".strip()
            if len(found) >= _LEAST_DESCRIPTION:
                return _shortened(found)
    return _shortened(found)


def markdown_of(page: Page) -> str:
    """Return a page's text with its headings marked, as Markdown readers and language models like it."""
    parts = [f"# {page.title}"]
    for section in page.sections:
        if section.heading:
            parts.append(f"{'#' * min(max(section.level, 2), 6)} {section.heading}")
        parts += [block.text for block in section.blocks]
    return "\n\n".join(parts) + "\n"


def _plain(inner: str) -> str:
    return html.unescape(_TAG.sub("", inner)).strip()


def _shortened(text: str) -> str:
    if len(text) <= _DESCRIPTION_CHARS:
        return text
    cut = text[:_DESCRIPTION_CHARS]
    word = cut.rfind(" ")
    return (cut[:word] if word > _LEAST_DESCRIPTION else cut[:-1]).rstrip(" ,;:–-") + "…"
