"""A small shop of ours that embeds the widget as any shop would: its pages, and its server's part of the agreement."""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from api.demo_shop.fees import RequestRefused, Till
from api.demo_shop.mailbox import Mailbox, receive
from api.demo_shop.signing import Person, SigningKey
from api.demo_shop.words import WORDS
from api.dependencies import Clock, system_clock
from api.i18n import preferences
from api.same_origin import refuse_reason

ANNA = Person("shop-1042", "Anna Nowak", "anna@example.com")
_SESSION_COOKIE, _LOCALE_COOKIE = "kramik_session", "kramik_locale"
_HERE = Path(__file__).parent
_SUPPORT = re.compile(r"/support/([A-Za-z-]{2,35})(?:[/?#]|$)")


@dataclass(frozen=True)
class Agreement:
    """What the shop and the operator of its help have agreed on.

    Attributes:
        askfirst: where Askfirst is, without a slash at the end.
        key: what the shop signs identities with.
        till: what charges fees.
    """

    askfirst: str
    key: SigningKey
    till: Till


def create_shop(
    agreement: Agreement, mailbox: Mailbox, *, mail_port: socket.socket | None = None, clock: Clock = system_clock
) -> FastAPI:
    """Return the shop. It receives mails as long as it runs, if it is given a port for them."""
    askfirst, till = agreement.askfirst, agreement.till
    policy = (
        f"default-src 'none'; script-src 'self' {askfirst}; connect-src 'self' {askfirst}; style-src 'self'; "
        f"img-src 'self'; form-action 'self' {askfirst}; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types askfirst"
    )
    templates = Jinja2Templates(_HERE / "templates")
    templates.env.trim_blocks = templates.env.lstrip_blocks = True
    signed_in: set[str] = set()
    confirming: set[asyncio.Task[bool]] = set()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        server = await receive(mailbox, mail_port) if mail_port is not None else None
        yield
        for task in confirming:
            task.cancel()
        if server is not None:
            server.close()

    shop = FastAPI(lifespan=lifespan, openapi_url=None)
    shop.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")

    @shop.middleware("http")
    async def guard(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        own = f"{request.url.scheme}://{request.headers.get('host', '')}"
        refused = refuse_reason(request.headers, method=request.method, own_origin=own, allowed_origins=())
        response = PlainTextResponse(refused, 403) if refused is not None else await go_on(request)
        response.headers["Content-Security-Policy"] = policy
        # "same-origin" would send the form that signs in to Askfirst without its origin, and Askfirst would refuse it.
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def person_of(request: Request) -> Person | None:
        return ANNA if request.cookies.get(_SESSION_COOKIE) in signed_in else None

    def page(request: Request, template: str, locale: str, **context: Any) -> HTMLResponse:
        person = person_of(request)
        shown = {"words": WORDS[locale], "locale": locale, "askfirst": askfirst, "person": person, **context}
        response = templates.TemplateResponse(request, template, shown)
        response.headers["Cache-Control"] = "no-store"
        response.set_cookie(_LOCALE_COOKIE, locale, httponly=True, samesite="lax")
        return response

    def identity_for(person: Person, locale: str) -> str:
        return agreement.key.identity(person, locale, now=clock())

    def hand_over(request: Request, return_to: str, person: Person) -> Response:
        """Go back to a page of the shop's own, or tell Askfirst who came from there."""
        if _is_own(return_to):
            return RedirectResponse(return_to, 303)
        locale = _spoken(request)
        found = _SUPPORT.match(return_to.removeprefix(askfirst))
        support = found.group(1) if found is not None else locale
        action = f"{askfirst}/support/{support}/identity"
        return page(request, "hand_over.html", locale, action=action, identity=identity_for(person, support))

    @shop.get("/")
    def start(request: Request) -> Response:
        return RedirectResponse(f"/{_spoken(request)}", 302)

    @shop.get("/contact")
    def contact_anywhere(request: Request) -> Response:
        return RedirectResponse(f"/{_spoken(request)}/contact", 302)

    @shop.get("/identity")
    def identity(request: Request) -> Response:
        person = person_of(request)
        no_store = {"Cache-Control": "no-store"}
        if person is None:
            return Response(status_code=204, headers=no_store)
        return PlainTextResponse(identity_for(person, _spoken(request)), headers=no_store)

    @shop.get("/sign-in")
    def sign_in_page(request: Request, return_to: str = "") -> Response:
        person = person_of(request)
        if person is not None:
            return hand_over(request, return_to, person)
        return page(request, "sign_in.html", _spoken(request), return_to=return_to)

    @shop.post("/sign-in")
    def sign_in(request: Request, return_to: Annotated[str, Form()] = "") -> Response:
        session = secrets.token_urlsafe(16)
        signed_in.add(session)
        response = hand_over(request, return_to, ANNA)
        response.set_cookie(_SESSION_COOKIE, session, httponly=True, samesite="lax")
        return response

    @shop.post("/sign-out")
    def sign_out(request: Request) -> Response:
        signed_in.discard(request.cookies.get(_SESSION_COOKIE, ""))
        response = RedirectResponse(f"/{_spoken(request)}", 303)
        response.delete_cookie(_SESSION_COOKIE)
        return response

    @shop.post("/fees")
    async def fees(request: Request) -> Response:
        try:
            charge = till.take(await request.body(), request.headers)
        except RequestRefused as exc:
            return PlainTextResponse(str(exc), 403)
        if charge is not None:
            task = asyncio.create_task(till.confirm(charge))
            confirming.add(task)
            task.add_done_callback(confirming.discard)
        return Response(status_code=202)

    @shop.get("/mailbox")
    def mails(request: Request) -> Response:
        return page(request, "mailbox.html", _spoken(request), mails=mailbox.mails(), running=mail_port is not None)

    @shop.get("/{locale}")
    def home(request: Request, locale: str) -> Response:
        return page(request, "home.html", locale) if locale in WORDS else _nothing_here()

    @shop.get("/{locale}/contact")
    def contact(request: Request, locale: str) -> Response:
        return page(request, "contact.html", locale) if locale in WORDS else _nothing_here()

    @shop.post("/{locale}/contact")
    def written(
        request: Request,
        locale: str,
        subject: Annotated[str, Form()] = "",
        message: Annotated[str, Form()] = "",
        askfirst: Annotated[str, Form()] = "",
    ) -> Response:
        if locale not in WORDS:
            return _nothing_here()
        arrived = {"subject": subject, "message": message, "askfirst": askfirst}
        return page(request, "contact.html", locale, arrived=arrived)

    return shop


def _nothing_here() -> Response:
    return PlainTextResponse("There is no such page.", 404)


def _is_own(address: str) -> bool:
    """Say whether an address is a path of this site; ``//`` and ``/\\`` begin those of others."""
    return address.startswith("/") and not address.startswith(("//", "/\\"))


def _spoken(request: Request) -> str:
    """Return the language that was spoken last, else the first that the browser asks for and the shop speaks."""
    wanted = (request.cookies.get(_LOCALE_COOKIE, ""), *preferences(request.headers.get("accept-language", "")))
    return next((one[:2].lower() for one in wanted if one[:2].lower() in WORDS), "en")
