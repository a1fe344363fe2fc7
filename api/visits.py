"""Who sends a request, as far as it can be told."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from api.dependencies import Services
from api.errors import TooMany
from api.limiting import Allowance, client_address
from api.sessions import Session
from assistant.record.events import Instant, Who
from assistant.tickets.models import Customer


@dataclass(frozen=True, slots=True)
class Visit:
    """Who sends a request: signed in or not, with which random id of their browser, from which address, and when."""

    session: Session | None
    visitor: str | None
    who: Who
    address: str
    at: Instant

    @property
    def customer(self) -> Customer | None:
        """The customer, if signed in."""
        return self.session.customer if self.session is not None else None


def visit_of(request: Request, services: Services, *, visitor: str | None = None, account: str | None = None) -> Visit:
    """Return who sends a request.

    Args:
        request: the request.
        services: what tells identities.
        visitor: the id that the browser says it keeps, where it is not in a cookie.
        account: the account that the operator's own systems name.
    """
    now = services.clock()
    session = services.sessions.of(request, now=now)
    if session is not None and not session.customer.verified and services.settings.identity_mode == "enforce":
        session = None  # it was let in while identities were observed
    kept = visitor or services.sessions.visitor_of(request)
    if account is None and session is not None and session.customer.verified:
        account = session.customer.account
    who = services.keys.who(visitor=kept, account=account)
    return Visit(session, kept, who, client_address(request.scope, services.settings.trusted_proxies), now)


def allow(policy: str, visit: Visit, services: Services, *more: str) -> Allowance:
    """Count something against what a visitor and their address are allowed.

    Raises:
        TooMany: if it is too much.
    """
    keys = [*more, *([f"subject:{visit.who.subject}"] if visit.who.subject is not None else [])]
    # Offices and mobile networks have one address for many: it is allowed ten times as much.
    allowance = services.limits.hit(f"{policy}-by-address", f"address:{visit.address}")
    if allowance.allowed and keys:
        allowance = services.limits.hit(policy, *keys)
    if not allowance.allowed:
        services.metrics.limited.labels(policy).inc()
        raise TooMany(allowance)
    return allowance
