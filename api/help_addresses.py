"""Addresses of the help centre as others are told them: absolute, and safe in any document."""

from __future__ import annotations

from fastapi import Request

from api.dependencies import Services
from api.links import shown_url
from corpus.page import Page


def base_address(request: Request, services: Services) -> str:
    """Return where the service is, without a slash at the end: as the operator says, else as the request was sent."""
    return (services.settings.public_url or str(request.base_url)).rstrip("/")


def absolute(page: Page, base: str) -> str:
    """Return the whole address of a page; one that is published elsewhere has its own."""
    url = shown_url(page.url)
    return f"{base}{url}" if url.startswith("/") else url


def alternates(by_locale: dict[str, str], default_locale: str) -> list[tuple[str, str]]:
    """Return (hreflang, address) for each language of a page, and for everybody else.

    Everybody else gets the page in the default locale, else in English, else in its first language. Nothing is
    returned for a page in one language only.
    """
    if len(by_locale) < 2:
        return []
    others = by_locale.get(default_locale) or by_locale.get("en") or next(iter(by_locale.values()))
    return [*by_locale.items(), ("x-default", others)]
