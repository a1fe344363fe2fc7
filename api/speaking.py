"""Which locale a visitor is spoken to in."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request

from api.dependencies import Services
from api.i18n import preferences
from corpus.languages import parse_locale
from indexer.errors import IndexNotReady

LOCALE_COOKIE = "askfirst_locale"
"""Keeps the locale that a visitor has chosen."""


def spoken_locale(
    offered: Sequence[str], *, wanted: str = "", kept: str = "", accept_language: str = "", default: str
) -> str:
    """Return the locale to speak: the path's, else the visitor's kept one, else the browser's, else the default.

    A locale without pages stands for another of the same language that has some: ``pt`` for ``pt-BR``. Only the
    path may name one whose language has none: what is asked for there is what is missing there.
    """
    asked_for = _parsed(wanted)
    if asked_for:
        return _closest(asked_for, offered) or asked_for
    for preference in (kept, *preferences(accept_language)):
        found = _closest(_parsed(preference), offered)
        if found:
            return found
    return default


def locale_of(request: Request, services: Services, wanted: str = "") -> str:
    """Return the locale to speak to the visitor who sent a request; ``wanted`` is what its path says."""
    return spoken_locale(
        offered_locales(services),
        wanted=wanted,
        kept=request.cookies.get(LOCALE_COOKIE, ""),
        accept_language=request.headers.get("accept-language", ""),
        default=services.settings.default_locale,
    )


def offered_locales(services: Services) -> list[str]:
    """Return the locales that have pages; the default alone while there is no index."""
    try:
        return list(services.live.current().index.manifest.counts.pages_by_locale)
    except IndexNotReady:
        return [services.settings.default_locale]


def _parsed(tag: str) -> str:
    try:
        return parse_locale(tag) if tag else ""
    except ValueError:
        return ""


def _closest(locale: str, offered: Sequence[str]) -> str:
    """Return a locale itself if it is offered, else the first of its language, else nothing."""
    if locale in offered:
        return locale
    language = locale.split("-")[0]
    return next((one for one in offered if language and one.split("-")[0] == language), "")
