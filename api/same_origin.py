"""Which requests a browser was made to send by another site, told by the headers that no page can forge."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_PORTS = {"http": 80, "https": 443}


def refuse_reason(
    headers: Mapping[str, str], *, method: str, own_origin: str, allowed_origins: Collection[str]
) -> str | None:
    """Return why a request is refused, as a sentence, or ``None`` where it is not.

    What changes nothing is always allowed, and so is what comes from no browser: that has neither header.

    Source: the rules of ``CrossOriginProtection`` in Go's net/http.

    Args:
        headers: the request's, by names in small letters.
        method: the request's.
        own_origin: scheme, host and port as the browser sees them, such as ``https://shop.example``.
        allowed_origins: other origins whose pages may send.
    """
    if method.upper() in _SAFE:
        return None
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if origin is not None and _normal(origin) in {_normal(allowed) for allowed in allowed_origins} - {None}:
        return None
    if site is not None:
        if site in ("same-origin", "none"):
            return None
        return "a page of another site sent this; its origin is not among those that may"
    if origin is None:
        return None
    if origin == "null":
        return "a page without an origin of its own sent this"
    normal = _normal(origin)
    if normal is None or normal != _normal(own_origin):
        return "a page of another origin sent this; its origin is not among those that may"
    return None


def _normal(origin: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port, so that the same origin written in two ways is the same."""
    try:
        parts = urlsplit(origin)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or port is None or parts.path not in ("", "/") or parts.query or parts.username is not None:
        return None
    return parts.scheme, parts.hostname, port
