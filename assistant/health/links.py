"""Links between the help centre's own pages that lead nowhere. Other sites are not asked."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from urllib.parse import unquote

from assistant.health.models import BrokenLink
from corpus.page import Page
from corpus.readers.markdown import PAGE_SCHEME

_LINK = re.compile(r"<a\b[^>]*?\bhref=\"([^\"]*)\"[^>]*>(.*?)</a>", re.DOTALL | re.IGNORECASE)
_ID = re.compile(r"\b(?:id|name)=\"([^\"]*)\"")
_TAG = re.compile(r"<[^>]*>")
_HOSTED = "/help/"


def broken_links(pages: Mapping[str, Page]) -> dict[str, tuple[BrokenLink, ...]]:
    """Return the links of each page that lead to a page, or a place on one, that is not there; pages with any only."""
    by_url = {unquote(page.url): page for page in pages.values() if page.hosted}
    ids: dict[str, frozenset[str]] = {}

    def places(page: Page) -> frozenset[str]:
        if page.id not in ids:
            inside = {html.unescape(one) for one in _ID.findall(page.html)}
            ids[page.id] = frozenset(inside | {section.anchor for section in page.sections})
        return ids[page.id]

    def broken(page: Page, target: str, text: str) -> BrokenLink | None:
        place, _, anchor = target.partition("#")
        if place.startswith(PAGE_SCHEME):
            found = pages.get(unquote(place.removeprefix(PAGE_SCHEME)))
            shown = unquote(target.removeprefix(PAGE_SCHEME))
        elif place.startswith(_HOSTED) and place.removeprefix(_HOSTED).strip("/").count("/"):
            found, shown = by_url.get(unquote(place).rstrip("/")), unquote(target)
        elif not place and anchor:
            found, shown = page, unquote(target)
        else:
            return None
        if found is None:
            return BrokenLink(text, shown, anchor_only=False)
        if anchor and unquote(anchor) not in places(found):
            return BrokenLink(text, shown, anchor_only=True)
        return None

    result: dict[str, tuple[BrokenLink, ...]] = {}
    for page in pages.values():
        links = ((html.unescape(href), _words(text)) for href, text in _LINK.findall(page.html))
        found = tuple(one for href, text in links if (one := broken(page, href, text)) is not None)
        if found:
            result[page.id] = found
    return result


def _words(inner: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", inner)).split())
