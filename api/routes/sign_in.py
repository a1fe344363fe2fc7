"""Signing in: by the shop's signed identity, or by a one-time link in a mail."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import Services, ServicesDep
from api.errors import LetterRefused, TooMany
from api.flow import Flow, sent_view, show, sign_in_address
from api.i18n import texts_for
from api.rendering import render
from api.routes.support import keep_locale
from api.sending import address_of, record_if_sent
from api.sessions import Session
from api.speaking import locale_of
from api.visits import allow, visit_of
from assistant.errors import RecordUnavailable
from assistant.tickets.identity import Identity, IdentityRefused
from assistant.tickets.intake import RESERVED, UNVERIFIED_ACCOUNT, account_of_email
from assistant.tickets.models import Customer

router = APIRouter(include_in_schema=False)
_log = structlog.get_logger()


@router.get("/support/{locale}/sign-in")
def sign_in(request: Request, services: ServicesDep, locale: str) -> Response:
    """Show the ways to sign in."""
    spoken = locale_of(request, services, locale)
    return _page(request, services, spoken)


@router.post("/support/{locale}/sign-in")
def send_link(
    request: Request, services: ServicesDep, locale: str, email: Annotated[str, Form(max_length=400)] = ""
) -> Response:
    """Send a one-time link to an address."""
    spoken, visit = locale_of(request, services, locale), visit_of(request, services)
    texts = texts_for(spoken)
    try:
        address = address_of(email, services)
        allow("mails", visit, services, f"mail:{account_of_email(address)}")
        services.intake.ask_to_sign_in(address, spoken, at=visit.at)
    except LetterRefused:
        message = texts.gettext("That is no e-mail address. One looks like name@example.com.")
        return _page(request, services, spoken, message=message, email=email, status=422)
    except TooMany:
        message = texts.gettext("We have sent several links already. Please look in your mailbox, or try again later.")
        return _page(request, services, spoken, message=message, email=email, status=429)
    except RecordUnavailable:
        message = texts.gettext("That did not work. Nothing is lost; please try again.")
        return _page(request, services, spoken, message=message, email=email, status=503)
    return _page(request, services, spoken, sent_to=address)


@router.get("/support/{locale}/link/{secret}")
def look_at_link(request: Request, services: ServicesDep, locale: str, secret: str) -> Response:
    """Ask whoever opens a link to press a button: programs that look through mails open links, too."""
    spoken = locale_of(request, services, locale)
    link = services.intake.look_at_link(secret, at=services.clock())
    page = render(
        request,
        services,
        "open_link.html",
        spoken,
        private=True,
        status=200 if link is not None else 410,
        good=link is not None,
        with_ticket=link is not None and link.ticket is not None,
        email=link.email if link is not None else "",
        secret=secret,
    )
    page.headers["Referrer-Policy"] = "no-referrer"  # the address is the secret
    return page


@router.post("/support/{locale}/link/{secret}")
def open_link(request: Request, services: ServicesDep, locale: str, secret: str) -> Response:
    """Use a link: send the ticket that waits for it, and sign in."""
    spoken, visit = locale_of(request, services, locale), visit_of(request, services)
    opened = services.intake.open_link(secret, at=visit.at)
    if opened is None:
        return render(request, services, "open_link.html", spoken, status=410, good=False)
    customer = Customer(account_of_email(opened.email), email=opened.email)
    token, session = services.sessions.begin(customer, "mail", now=visit.at)
    if opened.ticket is not None:
        record_if_sent(opened.ticket, services)
        visit = replace(visit, session=session)
        response: Response = show(
            Flow(sent=sent_view(opened.ticket, services, visit)), request, services, spoken, visit
        )
    else:
        response = RedirectResponse(f"/support/{spoken}/tickets", 303)
    services.sessions.keep(response, token)
    return response


@router.post("/support/{locale}/identity")
def identified(
    request: Request, services: ServicesDep, locale: str, identity: Annotated[str, Form(max_length=8000)] = ""
) -> Response:
    """Sign in whom the shop's own server vouches for; its page sends the form here."""
    spoken = locale_of(request, services, locale)
    texts = texts_for(spoken)
    signed_in = sign_in_by_shop(identity, services)
    if signed_in is None:
        title = texts.gettext("You could not be signed in.")
        named = {"name": services.settings.site_name}
        detail = texts.gettext("Please go back to the website of %(name)s, sign in there, and try once more.") % named
        return render(request, services, "problem.html", spoken, status=403, title=title, detail=detail)
    token, _ = signed_in
    response = RedirectResponse(f"/support/{spoken}", 303)
    services.sessions.keep(response, token)
    keep_locale(response, spoken)
    return response


@router.post("/support/{locale}/sign-out")
def sign_out(request: Request, services: ServicesDep, locale: str) -> Response:
    """Sign out."""
    response = RedirectResponse(f"/support/{locale_of(request, services, locale)}", 303)
    services.sessions.end(response)
    # Whoever uses this browser next is not to find what was being written.
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


def sign_in_by_shop(token: str, services: Services) -> tuple[str, Session] | None:
    """Return a session for whom a signed identity stands for, ``None`` if it is refused.

    While identities are only observed, one that does not hold is let in unverified: it may write tickets, and neither
    sees any nor attaches files.
    """
    if services.identities is None:
        return None
    now = services.clock()
    try:
        identity = services.identities.read(token, now=now)
        if identity.external_id.startswith(RESERVED):
            raise IdentityRefused("claims", f"no account of a shop begins with {' or '.join(RESERVED)}")
        services.metrics.identities.labels("verified").inc()
        verified = True
    except IdentityRefused as exc:
        services.metrics.identities.labels(exc.reason).inc()
        _log.warning("identity.refused", reason=exc.reason, mode=services.settings.identity_mode)
        claimed = services.identities.claimed(token) if services.settings.identity_mode == "observe" else None
        if claimed is None:
            return None
        identity, verified = claimed, False
    return services.sessions.begin(customer_of(identity, verified=verified), "shop", now=now)


def customer_of(identity: Identity, *, verified: bool) -> Customer:
    """Return the customer whom an identity stands for; one that was not verified is kept apart from who it claims."""
    account = identity.external_id if verified else UNVERIFIED_ACCOUNT + identity.external_id
    return Customer(account, identity.name, identity.email, verified)


def _page(
    request: Request,
    services: Services,
    locale: str,
    *,
    status: int = 200,
    message: str = "",
    email: str = "",
    sent_to: str = "",
) -> Response:
    return render(
        request,
        services,
        "sign_in.html",
        locale,
        status=status,
        place="/sign-in",
        message=message,
        email=email,
        sent_to=sent_to,
        by_mail=services.settings.smtp_url is not None,
        sign_in_url=sign_in_address(request, services, locale),
    )
