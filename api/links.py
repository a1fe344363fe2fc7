"""Addresses of pages as a browser needs them."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from corpus.page import Page
from corpus.readers.markdown import PAGE_SCHEME

_HREF = re.compile(r'href="' + re.escape(PAGE_SCHEME) + r'([^"#]*)(#[^"]*)?"')


def shown_url(url: str) -> str:
    """Return a page's or passage's address with everything escaped that an address must not hold bare."""
    return quote(url, safe=":/?#[]@!$&'()*+,;=%~-._")


def linked_html(page: Page, pages: Mapping[str, Page]) -> str:
    """Return a page's HTML with its links to other pages of the help centre leading to where those are now.

    A link to a page that there is not loses its address and keeps its text.
    """

    def address(link: re.Match[str]) -> str:
        target = pages.get(unquote(html.unescape(link.group(1))))
        if target is None:
            return ""
        return f'href="{html.escape(shown_url(target.url) + (link.group(2) or ""))}"'

    return _HREF.sub(address, page.html)
