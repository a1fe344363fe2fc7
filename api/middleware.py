"""What happens to every request: an id, a limit to its body, security headers, a log line, a count."""

from __future__ import annotations

import re
import time
import traceback
import uuid
from collections.abc import Collection
from pathlib import Path

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.content_policy import content_policy
from api.errors import BodyTooLarge, internal_error, problem
from api.metrics import Metrics
from api.problem_pages import problem_page, wants_page
from api.same_origin import refuse_reason

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_TICKET_PATH = re.compile(r"/support/[^/]+/(ticket|files)")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_SECURITY = {
    "Content-Security-Policy": content_policy(),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_log = structlog.get_logger()


class RequestMiddleware:
    """Wraps the application; pure ASGI, so that streaming and cancellation stay as they are."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        max_body_bytes: int,
        max_upload_bytes: int,
        origins: Collection[str],
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._max_body_bytes = max_body_bytes
        self._max_upload_bytes = max_upload_bytes
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _accepted(headers.get("x-request-id"))
        status = 500
        started = time.perf_counter()

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                out = MutableHeaders(scope=message)
                out["X-Request-ID"] = request_id
                for name, value in _SECURITY.items():
                    out.setdefault(name, value)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                refused = refuse_reason(
                    headers,
                    method=scope["method"],
                    own_origin=_own_origin(scope, headers),
                    allowed_origins=self._origins,
                )
                if refused is not None:
                    shown = (
                        problem_page(403, headers)
                        if wants_page(headers)
                        else problem(403, "This was sent from another site", refused)
                    )
                    await shown(scope, receive, sent)
                elif _takes_files(scope):
                    await self._app(scope, _counted(receive, headers, self._max_upload_bytes), sent)
                else:
                    await self._app(scope, await self._whole_body(receive, headers), sent)
            except ClientDisconnect:
                status = 499  # nobody is left to answer; half a question is not a question
            except BodyTooLarge as exc:
                too_large = problem(413, "The request is too large", str(exc))
                await (problem_page(413, headers) if wants_page(headers) else too_large)(scope, receive, sent)
            except Exception as exc:
                if status != 500:  # the answer had begun; the server has to cut it off
                    raise
                # Neither the message nor the chain: either may quote what was asked.
                last = traceback.extract_tb(exc.__traceback__)[-1]
                place = f"{Path(last.filename).name}:{last.lineno} in {last.name}"
                _log.error("request.failed", route=_route(scope), error=type(exc).__name__, place=place)
                await (problem_page(500, headers) if wants_page(headers) else internal_error())(scope, receive, sent)
            finally:
                route = _route(scope)
                method = scope["method"] if scope["method"] in _METHODS else "other"
                self._metrics.requests.labels(method, route, str(status)).inc()
                if route not in ("/healthz", "/readyz", "/metrics"):
                    _log.info(
                        "request.served",
                        method=method,
                        route=route,
                        status=status,
                        ms=round((time.perf_counter() - started) * 1000.0, 1),
                    )

    async def _whole_body(self, receive: Receive, headers: Headers) -> Receive:
        """Read the body, as far as it is allowed to go, and return what hands it on."""
        declared = headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > self._max_body_bytes:
            raise BodyTooLarge(self._max_body_bytes)
        body = b""
        message: Message = {"more_body": True}
        while message.get("more_body", False):
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            body += message.get("body", b"")
            if len(body) > self._max_body_bytes:
                raise BodyTooLarge(self._max_body_bytes)
        handed_on = False

        async def hand_on() -> Message:
            nonlocal handed_on
            if handed_on:
                return await receive()
            handed_on = True
            return {"type": "http.request", "body": body, "more_body": False}

        return hand_on


def _takes_files(scope: Scope) -> bool:
    path = scope["path"]
    return scope["method"] == "POST" and (path == "/v1/attachments" or bool(_TICKET_PATH.fullmatch(path)))


def _counted(receive: Receive, headers: Headers, most: int) -> Receive:
    """Return what hands a body on piece by piece, as far as it is allowed to go: whoever reads it keeps it on disk."""
    declared = headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > most:
        raise BodyTooLarge(most)
    read = 0

    async def hand_on() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise BodyTooLarge(most)
        return message

    return hand_on


def _own_origin(scope: Scope, headers: Headers) -> str:
    return f"{scope.get('scheme', 'http')}://{headers.get('host', '')}"


def _accepted(request_id: str | None) -> str:
    """Return the caller's id for the request if it is one, else a new one."""
    return request_id if request_id and _REQUEST_ID.fullmatch(request_id) else uuid.uuid4().hex


def _route(scope: Scope) -> str:
    # The route's pattern, not the path: paths of visitors would be labels without end.
    return getattr(scope.get("route"), "path", "unmatched")
