"""``/desk/sign-in``, ``/desk/accounts``, ``/desk/audit``: who works at the desk, and what was done there."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import Services, ServicesDep
from api.desk.inside import inside
from api.desk.rendering import render_desk
from api.desk.signed_in import (
    STAFF_COOKIE,
    DeskVisit,
    address_key,
    desk_locale,
    desk_visit,
    forget_signed_in,
    keep_signed_in,
    member_of,
)
from api.i18n import LANGUAGES, texts_for
from api.rendering import render
from api.routes.support import keep_locale
from api.ticket_words import moment_words
from assistant.errors import RecordUnavailable
from assistant.staff.accounts import Locked, SignedIn, StaffRefused
from assistant.staff.models import Right, Role
from assistant.staff.passwords import LEAST_CHARS, PasswordUnusable, new_password

router = APIRouter(prefix="/desk", include_in_schema=False)
_ON_A_PAGE = 100

AnybodyDep = Annotated[DeskVisit, Depends(desk_visit(None))]
AdminDep = Annotated[DeskVisit, Depends(desk_visit(Right.ACCOUNTS))]
Password = Annotated[str, Form(max_length=400)]


@router.get("/sign-in")
def sign_in_form(request: Request, services: ServicesDep, to: str = "") -> Response:
    """Show the ways to sign in at the desk."""
    if member_of(request, services, services.clock()) is not None:
        return RedirectResponse(inside(to), 303)
    return sign_in_page(request, services, to=to)


@router.post("/sign-in")
def sign_in(
    request: Request,
    services: ServicesDep,
    email: Annotated[str, Form(max_length=400)] = "",
    password: Password = "",
    to: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Sign in by password."""
    texts = texts_for(desk_locale(request, services))
    allowance = services.limits.hit("sign-ins", address_key(request, services))
    if not allowance.allowed:
        message = texts.gettext("There were too many attempts from here. Please wait a while.")
        return sign_in_page(request, services, to=to, email=email, message=message, status=429)
    try:
        done = services.accounts.sign_in(email, password, at=services.clock())
    except RecordUnavailable:
        message = texts.gettext("Signing in does not work right now. Please try again in a moment.")
        return sign_in_page(request, services, to=to, email=email, message=message, status=503)
    if isinstance(done, SignedIn):
        response = RedirectResponse(inside(to), 303)
        keep_signed_in(response, done.token, services)
        return response
    if isinstance(done, Locked):
        minutes = max(1, -(-(done.until - services.clock()) // 60_000))
        message = texts.ngettext(
            "There were too many wrong passwords. Please wait %(num)s minute.",
            "There were too many wrong passwords. Please wait %(num)s minutes.",
            minutes,
        ) % {"num": minutes}
        return sign_in_page(request, services, to=to, email=email, message=message, status=429)
    message = texts.gettext("This address and password do not go together.")
    return sign_in_page(request, services, to=to, email=email, message=message, status=403)


@router.post("/sign-out")
def sign_out(request: Request, services: ServicesDep) -> Response:
    """Sign out."""
    services.accounts.sign_out(request.cookies.get(STAFF_COOKIE, ""), at=services.clock())
    response = RedirectResponse("/desk/sign-in", 303)
    forget_signed_in(response, services)
    return response


@router.post("/language")
def set_language(locale: Annotated[str, Form()], back: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Speak another language."""
    response = RedirectResponse(inside(back), 303)
    if locale in LANGUAGES:
        keep_locale(response, locale)
    return response


@router.get("/password")
def password_form(request: Request, services: ServicesDep, visit: AnybodyDep) -> Response:
    """Show the form for a new password."""
    return _password_page(request, services, visit)


@router.post("/password")
def set_own_password(
    request: Request, services: ServicesDep, visit: AnybodyDep, old: Password = "", new: Password = ""
) -> Response:
    """Give oneself a new password, and sign in anew with it."""
    texts = visit.texts
    try:
        changed = services.accounts.change_own_password(visit.member, old, new, at=visit.at)
    except PasswordUnusable:
        return _password_page(request, services, visit, message=_unusable(visit), status=422)
    if changed is None:
        return _password_page(
            request, services, visit, message=texts.gettext("Your present password is another one."), status=403
        )
    response = RedirectResponse("/desk", 303)
    keep_signed_in(response, services.accounts.begin(changed, "password", at=visit.at).token, services)
    return response


@router.get("/accounts")
def accounts(request: Request, services: ServicesDep, visit: AdminDep) -> Response:
    """Show the desk's accounts."""
    return _accounts_page(request, services, visit)


@router.post("/accounts")
def add_account(
    request: Request,
    services: ServicesDep,
    visit: AdminDep,
    email: Annotated[str, Form(max_length=254)] = "",
    name: Annotated[str, Form(max_length=100)] = "",
    role: Annotated[str, Form()] = Role.STAFF.value,
) -> Response:
    """Make an account with a password that is shown once."""
    texts = visit.texts
    if "@" not in email.strip("@ ") or role not in {one.value for one in Role}:
        message = texts.gettext("That is no e-mail address. One looks like name@example.com.")
        return _accounts_page(request, services, visit, message=message, status=422)
    password = new_password()
    try:
        made = services.accounts.add(email, name, Role(role), password=password, by=visit.member.id, at=visit.at)
    except StaffRefused:
        message = texts.gettext("This address has an account already.")
        return _accounts_page(request, services, visit, message=message, status=409)
    return _accounts_page(request, services, visit, new_password=password, new_for=made.name)


@router.post("/accounts/{staff}")
def change_account(
    request: Request,
    services: ServicesDep,
    visit: AdminDep,
    staff: str,
    what: Annotated[str, Form()],
    role: Annotated[str, Form()] = "",
) -> Response:
    """Change an account: another role, a new password, off or on."""
    done: dict[str, Any] = {}
    if what == "password" and staff == visit.member.id:  # nobody would be left to read it
        return RedirectResponse("/desk/password", 303)
    try:
        if what == "role" and role in {one.value for one in Role}:
            services.accounts.set_role(staff, Role(role), by=visit.member.id, at=visit.at)
        elif what in ("disable", "enable"):
            services.accounts.disable(staff, disabled=what == "disable", by=visit.member.id, at=visit.at)
        elif what == "password":
            password = new_password()
            member = services.accounts.set_password(staff, password, by=visit.member.id, at=visit.at)
            done = {"new_password": password, "new_for": member.name}
    except StaffRefused:
        message = visit.texts.gettext("That cannot be done: somebody has to be left who keeps the accounts.")
        return _accounts_page(request, services, visit, message=message, status=409)
    still = member_of(request, services, visit.at)
    if still is None or not still.may(Right.ACCOUNTS):  # it was oneself
        return RedirectResponse("/desk", 303)
    return _accounts_page(request, services, visit, **done)


@router.get("/audit")
def audit(
    request: Request, services: ServicesDep, visit: AdminDep, before: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """Show what was done at the desk, latest first."""
    names, zone = services.accounts.names(), services.intake.calendar.zone
    entries = services.accounts.store.entries(most=_ON_A_PAGE, before=before)
    return render_desk(
        request,
        services,
        visit,
        "desk/audit.html",
        here="audit",
        entries=[
            {
                "date": moment_words(one.at, zone, visit.locale),
                "by": names.get(one.by, one.by),
                "action": one.action,
                "about": names.get(one.about, one.about),
                "details": one.details,
            }
            for one in entries
        ],
        more=entries[-1].number if len(entries) == _ON_A_PAGE else None,
    )


def sign_in_page(
    request: Request, services: Services, *, to: str = "", email: str = "", message: str = "", status: int = 200
) -> Response:
    """Return the page to sign in at the desk on."""
    return render(
        request,
        services,
        "desk/sign_in.html",
        desk_locale(request, services),
        status=status,
        private=True,
        to=to,
        email=email,
        message=message,
        by_provider=services.settings.oidc_issuer is not None,
        languages=[],
        member=None,
    )


def sign_in_first(request: Request) -> Response:
    """Lead whoever is not signed in to where they can be, and back again."""
    to = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    back = to if request.method == "GET" else "/desk"
    return RedirectResponse(f"/desk/sign-in?to={quote(back, safe='/')}", 303)


def _accounts_page(
    request: Request, services: Services, visit: DeskVisit, *, status: int = 200, **context: Any
) -> Response:
    zone = services.intake.calendar.zone
    members = [
        {
            "id": one.id,
            "name": one.name,
            "email": one.email,
            "role": one.role.value,
            "disabled": one.disabled,
            "by_provider": one.subject is not None,
            "since": moment_words(one.created_at, zone, visit.locale),
            "self": one.id == visit.member.id,
        }
        for one in services.accounts.members()
    ]
    shown = {"message": "", "new_password": "", "new_for": "", **context}
    return render_desk(
        request, services, visit, "desk/accounts.html", status=status, here="accounts", members=members, **shown
    )


def _password_page(
    request: Request, services: Services, visit: DeskVisit, *, message: str = "", status: int = 200
) -> Response:
    return render_desk(
        request, services, visit, "desk/password.html", status=status, here="", message=message, least=LEAST_CHARS
    )


def _unusable(visit: DeskVisit) -> str:
    return visit.texts.gettext("Take a longer password, one that nobody guesses: %(least)s characters or more.") % {
        "least": LEAST_CHARS
    }
