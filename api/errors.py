"""Errors as RFC 9457 problems. The only table from error to status code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api.limiting import Allowance
from api.problem_pages import problem_page, wants_page
from assistant.errors import QuestionUnusable, RecordUnavailable
from assistant.tickets.attachments import AttachmentRefused
from assistant.tickets.ports import AttachmentMissing
from indexer.errors import IndexNotReady


class NotAllowed(Exception):
    """Something was asked for that only the operator's own systems may do."""


class SignInNeeded(Exception):
    """Something was asked for that only a customer who is signed in may do."""


class LetterRefused(Exception):
    """A letter cannot be taken as it is; ``reason`` is a word for programs and for choosing the text that says so."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class TooMany(Exception):
    """Somebody asks or sends more than the operator allows; the allowance says when it goes on."""

    def __init__(self, allowance: Allowance) -> None:
        super().__init__(f"that was too much at once; go on in {max(1, allowance.reset_seconds)} seconds")
        self.allowance = allowance


class NotFound(Exception):
    """What was asked for is not there."""


class QueryUnusable(Exception):
    """A query makes no sense, though each of its parts does."""


_STATUS: Mapping[type[Exception], tuple[int, str]] = {
    QuestionUnusable: (422, "The question cannot be used"),
    IndexNotReady: (503, "There is nothing to search yet"),
    RecordUnavailable: (503, "The record cannot be reached"),
    NotAllowed: (401, "This needs the API key"),
    SignInNeeded: (401, "Sign in first"),
    LetterRefused: (422, "The ticket cannot be taken as it is"),
    AttachmentRefused: (422, "The file cannot be taken"),
    AttachmentMissing: (404, "The file is no longer there"),
    NotFound: (404, "There is no such thing"),
    QueryUnusable: (422, "The query cannot be used"),
}
_log = structlog.get_logger()


_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": description, "content": {"application/problem+json": {"schema": _PROBLEM_SCHEMA}}}
    for status, description in (
        (413, "The request's body is too large."),
        (422, "The question or another part of the request cannot be used."),
        (503, "The help pages have not been indexed yet."),
    )
}
"""What a route that answers questions may return besides; for the OpenAPI document."""


class BodyTooLarge(Exception):
    """A request's body is larger than the service reads."""

    def __init__(self, most: int) -> None:
        super().__init__(f"the request's body may have at most {most:,} bytes")


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    kind: str = "about:blank",
    errors: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return a problem document; it carries the request's id, to be quoted to whoever runs the service."""
    body: dict[str, Any] = {"type": kind, "title": title, "status": status, "detail": detail}
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id:
        body["request_id"] = request_id
    if errors:
        body["errors"] = list(errors)
    return JSONResponse(body, status, headers=dict(headers or {}), media_type="application/problem+json")


def install_error_handlers(app: FastAPI) -> None:
    """Turn every error that leaves a route into a problem."""
    for error, (status, title) in _STATUS.items():
        app.add_exception_handler(error, _handler(error, status, title))

    @app.exception_handler(TooMany)
    async def too_many(request: Request, exc: TooMany) -> Response:
        if wants_page(request.headers):
            return problem_page(429, request.headers)
        kind = "urn:askfirst:problem:too-many"
        return problem(429, "That was too much at once", str(exc), kind=kind, headers=exc.allowance.headers())

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, exc: RequestValidationError) -> Response:
        if wants_page(request.headers):
            return problem_page(422, request.headers)
        # What was sent is left out: it may be a question's text.
        errors = [
            {"pointer": "/" + "/".join(str(part) for part in error["loc"][1:]), "detail": error["msg"]}
            for error in exc.errors()
        ]
        detail = "; ".join(f"{error['pointer']}: {error['detail']}" for error in errors)
        return problem(422, "The request is not valid", detail, kind="urn:askfirst:problem:invalid", errors=errors)

    @app.exception_handler(HTTPException)
    async def http(request: Request, exc: HTTPException) -> Response:
        if wants_page(request.headers):
            return problem_page(exc.status_code, request.headers)
        return problem(exc.status_code, str(exc.detail), str(exc.detail), headers=exc.headers)


def internal_error() -> JSONResponse:
    """Return the problem for a bug of ours, without a word of what it was."""
    return problem(
        500, "Something went wrong here", "The request failed through no fault of yours; quote its id to the operator."
    )


def _handler(error: type[Exception], status: int, title: str) -> Any:
    words = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in error.__name__).lstrip("-")

    async def handle(request: Request, exc: Exception) -> Response:
        if wants_page(request.headers):
            return problem_page(status, request.headers)
        headers = {503: {"Retry-After": "5"}, 401: {"WWW-Authenticate": "Bearer"}}.get(status)
        return problem(status, title, str(exc), kind=f"urn:askfirst:problem:{words}", headers=headers)

    return handle
