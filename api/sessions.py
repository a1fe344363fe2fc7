"""Who is using the pages: signed proof, kept in a cookie or by the widget. The service keeps nothing of it itself, so a
restart signs nobody out."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Literal

from fastapi import Request, Response
from itsdangerous import BadData, URLSafeSerializer

from assistant.record.events import MS_PER_HOUR, Instant
from assistant.tickets.models import Customer

SESSION_COOKIE = "askfirst_session"
SESSION_HEADER = "askfirst-session"
VISITOR_COOKIE = "askfirst_visitor"
_RANDOM_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_VISITOR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Session:
    """A customer who has signed in, until when, and how: by the shop or by a link in a mail."""

    customer: Customer
    by: Literal["shop", "mail"]
    expires_at: Instant


class Sessions:
    """Makes and reads sessions.

    Args:
        key: what they are signed with.
        hours: how long one lasts.
        secure: whether cookies are sent over HTTPS only.
    """

    def __init__(self, key: bytes, *, hours: float, secure: bool) -> None:
        self._serializer = URLSafeSerializer(key, salt="askfirst.session")
        self._lifetime_ms = round(hours * MS_PER_HOUR)
        self._secure = secure

    def begin(self, customer: Customer, by: Literal["shop", "mail"], *, now: Instant) -> tuple[str, Session]:
        """Return a new session, and its token."""
        session = Session(customer, by, now + self._lifetime_ms)
        one = customer
        token = self._serializer.dumps([one.account, one.name, one.email, one.verified, by, session.expires_at])
        return token if isinstance(token, str) else token.decode(), session

    def of(self, request: Request, *, now: Instant) -> Session | None:
        """Return the session that a request comes with, ``None`` if it has none that still holds."""
        token = request.headers.get(SESSION_HEADER) or request.cookies.get(SESSION_COOKIE, "")
        try:
            account, name, email, verified, by, expires_at = self._serializer.loads(token)
        except (BadData, ValueError, TypeError):
            return None
        if expires_at <= now:
            return None
        return Session(Customer(account, name, email, verified), by, expires_at)

    def keep(self, response: Response, token: str) -> None:
        """Have the browser keep a session for as long as it lasts."""
        self._set(response, SESSION_COOKIE, token, seconds=self._lifetime_ms // 1000)

    def end(self, response: Response) -> None:
        """Have the browser forget its session."""
        response.delete_cookie(SESSION_COOKIE, path="/", secure=self._secure, httponly=True, samesite="lax")

    def visitor_of(self, request: Request) -> str | None:
        """Return the random id that the browser keeps, if it keeps one."""
        visitor = request.cookies.get(VISITOR_COOKIE, "")
        return visitor if is_random_id(visitor) else None

    def keep_visitor(self, response: Response, visitor: str) -> None:
        """Have the browser keep its random id."""
        self._set(response, VISITOR_COOKIE, visitor, seconds=_VISITOR_SECONDS)

    def _set(self, response: Response, name: str, value: str, *, seconds: int) -> None:
        response.set_cookie(name, value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax")


def is_random_id(text: str) -> bool:
    """Say whether a text looks like a random id that a browser may keep: 8 to 64 letters, digits, ``-`` and ``_``."""
    return _RANDOM_ID.fullmatch(text) is not None


def new_visitor() -> str:
    """Return a random id for a browser."""
    return secrets.token_urlsafe(16)
