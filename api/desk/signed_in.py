"""Who is signed in at the desk, and what they may do there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request, Response

from api.dependencies import Services, ServicesDep
from api.i18n import LANGUAGES, Texts, texts_for
from api.limiting import client_address
from api.speaking import LOCALE_COOKIE, spoken_locale
from assistant.record.events import MS_PER_HOUR, Instant
from assistant.staff.models import Right, StaffMember

STAFF_COOKIE = "askfirst_staff"


class DeskSignInNeeded(Exception):
    """A page of the desk was asked for by nobody who is signed in there."""


class DeskRefused(Exception):
    """Somebody at the desk asks for what their role does not allow."""

    def __init__(self, visit: DeskVisit) -> None:
        super().__init__(visit.member.role.value)
        self.visit = visit


@dataclass(frozen=True, slots=True)
class DeskVisit:
    """Who works at the desk, in which language, and when."""

    member: StaffMember
    locale: str
    at: Instant

    @property
    def texts(self) -> Texts:
        """The texts in their language."""
        return texts_for(self.locale)


def desk_visit(right: Right | None) -> Callable[[Request, Services], DeskVisit]:
    """Return a dependency that lets in only those who may do something; ``None``: whoever is signed in."""

    # Not async: it asks the database.
    def let_in(request: Request, services: ServicesDep) -> DeskVisit:
        now = services.clock()
        member = member_of(request, services, now)
        if member is None:
            raise DeskSignInNeeded
        visit = DeskVisit(member, desk_locale(request, services), now)
        if right is not None and not member.may(right):
            raise DeskRefused(visit)
        return visit

    return let_in


def desk_locale(request: Request, services: Services) -> str:
    """Return the language to speak at the desk, whether there are pages in it or not."""
    return spoken_locale(
        LANGUAGES,
        kept=request.cookies.get(LOCALE_COOKIE, ""),
        accept_language=request.headers.get("accept-language", ""),
        default=services.settings.default_locale,
    )


def member_of(request: Request, services: Services, now: Instant) -> StaffMember | None:
    """Return who of the staff sends a request, ``None`` if nobody who is signed in."""
    return services.accounts.of(request.cookies.get(STAFF_COOKIE, ""), at=now)


def keep_signed_in(response: Response, token: str, services: Services) -> None:
    """Have the browser keep a session for as long as it lasts."""
    response.set_cookie(
        STAFF_COOKIE,
        token,
        max_age=round(services.settings.staff_session_hours * MS_PER_HOUR / 1000),
        path="/",
        secure=is_secure(services),
        httponly=True,
        samesite="lax",  # "strict" would sign out whoever comes from a link in a helpdesk
    )


def forget_signed_in(response: Response, services: Services) -> None:
    """Have the browser forget its session."""
    response.delete_cookie(STAFF_COOKIE, path="/", secure=is_secure(services), httponly=True, samesite="lax")


def is_secure(services: Services) -> bool:
    """Say whether cookies are to be sent over HTTPS only."""
    return (services.settings.public_url or "").startswith("https://")


def address_key(request: Request, services: Services) -> str:
    """Return what attempts to sign in are counted by."""
    return f"address:{client_address(request.scope, services.settings.trusted_proxies)}"
