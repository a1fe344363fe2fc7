"""Speaks JSON over HTTP with a helpdesk: whatever it answers is either an answer, or unavailable, or refused."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2

from assistant.helpdesks.ports import SinkRefused, SinkUnavailable

TIMEOUT_SECONDS = 20.0
_MOST_BYTES = 8 * 1024 * 1024
_REASON_CHARS = 200
_REFUSED = frozenset({400, 409, 410, 413, 414, 415, 422})
"""What says something about what was sent; all else says something about the helpdesk, or how it is set up."""


class Api:
    """A helpdesk's API.

    Args:
        url: what all paths begin with.
        headers: sent with every request; they hold what we identify ourselves by.
        timeout_seconds: how long an answer may take, whole.
    """

    def __init__(
        self, url: str, headers: Mapping[str, str], *, timeout_seconds: float = TIMEOUT_SECONDS, **client: Any
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no address such as 'https://helpdesk.example.com'")
        self.url = url.rstrip("/")
        self._seconds = timeout_seconds
        self._client = httpx2.Client(
            headers={"accept": "application/json", "user-agent": "Askfirst", **headers},
            timeout=timeout_seconds,
            follow_redirects=False,
            **client,
        )

    def get(self, path: str, **query: str | int) -> Any:
        """Return what is there."""
        return self._ask("GET", path, params=query)

    def find(self, path: str, **query: str | int) -> Any | None:
        """Return what is there, ``None`` where there is nothing."""
        return self._ask("GET", path, params=query, missing_ok=True)

    def post(self, path: str, body: Any, *, headers: Mapping[str, str] | None = None, any_answer: bool = False) -> Any:
        """Add something. ``any_answer``: what is not JSON is no answer, and no error either."""
        return self._ask("POST", path, body=body, headers=headers, any_answer=any_answer)

    def put(self, path: str, body: Any) -> Any:
        """Change something."""
        return self._ask("PUT", path, body=body)

    def patch(self, path: str, body: Any) -> Any:
        """Change a part of something."""
        return self._ask("PATCH", path, body=body)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        missing_ok: bool = False,
        any_answer: bool = False,
    ) -> Any:
        content = None
        given = dict(headers or {})
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
            given["content-type"] = "application/json"
        until = time.monotonic() + self._seconds
        try:
            with self._client.stream(
                method, self.url + path, params=params or None, content=content, headers=given
            ) as response:
                said = _read(response, until)
        except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as exc:
            raise SinkUnavailable(f"the helpdesk did not answer ({type(exc).__name__})") from exc
        if response.is_success:
            try:
                return json.loads(said) if said.strip() else None
            except (ValueError, RecursionError) as exc:
                if any_answer:
                    return None
                raise SinkUnavailable("the helpdesk answered something else than JSON") from exc
        if response.status_code == 404 and missing_ok:
            return None
        raise _error(response, said)


def _read(response: httpx2.Response, until: float) -> bytes:
    pieces, size = [], 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > _MOST_BYTES or time.monotonic() > until:
            raise SinkUnavailable("the helpdesk's answer has no end")
        pieces.append(piece)
    return b"".join(pieces)


def _error(response: httpx2.Response, said: bytes) -> SinkUnavailable | SinkRefused:
    status = response.status_code
    reason = " ".join(said[: 4 * _REASON_CHARS].decode("utf-8", "replace").split())[:_REASON_CHARS]
    message = f"the helpdesk answered {status}" + (f": {reason}" if reason else "")
    if status in _REFUSED:
        return SinkRefused(message)
    if response.is_redirect:
        return SinkUnavailable(
            f"{message}; it sends us elsewhere, so its address in ASKFIRST_HELPDESK_URL is not right"
        )
    # 502 to 504 come from what stands before a helpdesk that is away.
    return SinkUnavailable(message, retry_seconds=_retry_seconds(response), failing=status in (500, 501))


def _retry_seconds(response: httpx2.Response) -> float | None:
    """Return how long the helpdesk asks us to wait; no longer than an hour."""
    try:
        return max(0.0, min(3600.0, float(response.headers.get("retry-after", ""))))
    except ValueError:
        return None
