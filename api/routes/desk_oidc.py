"""``/desk/oidc``: signing in at the desk by the company's identity provider."""

from __future__ import annotations

import secrets
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from itsdangerous import BadData, URLSafeSerializer

from api.dependencies import Services, ServicesDep
from api.desk.inside import inside
from api.desk.oidc import Attempt, Provider, ProviderRefused, ProviderUnavailable, error_code
from api.desk.signed_in import address_key, desk_locale, is_secure, keep_signed_in, member_of
from api.errors import NotFound
from api.i18n import Texts, texts_for
from api.routes.desk_accounts import sign_in_page
from assistant.errors import RecordUnavailable
from assistant.record.events import Instant
from assistant.staff.identities import NotLetIn, sign_in_by_identity
from assistant.staff.models import AuditEntry

router = APIRouter(prefix="/desk", include_in_schema=False)
ATTEMPT_COOKIE = "askfirst_oidc"
_PATH = "/desk/oidc"
_ATTEMPT_MS = 10 * 60_000
_log = structlog.get_logger()

Parameter = Annotated[str, Query(max_length=4000)]


@router.get("/oidc")
def start(request: Request, services: ServicesDep, to: Parameter = "") -> Response:
    """Send the browser to the identity provider."""
    provider, now = _provider(services), services.clock()
    if member_of(request, services, now) is not None:
        return RedirectResponse(inside(to), 303)
    try:
        attempt = provider.begin(at=now)
    except ProviderUnavailable as exc:
        return _unavailable(request, services, exc, to)
    response = RedirectResponse(attempt.url, 303, headers={"Cache-Control": "no-store"})
    _keep(response, attempt, inside(to), services, now)
    return response


@router.get("/oidc/callback")
def callback(
    request: Request, services: ServicesDep, code: Parameter = "", state: Parameter = "", error: Parameter = ""
) -> Response:
    """Take what the browser comes back with, and sign in whom the identity provider names."""
    provider, now = _provider(services), services.clock()
    texts = texts_for(desk_locale(request, services))
    if not services.limits.hit("sign-ins", address_key(request, services)).allowed:
        message = texts.gettext("There were too many attempts from here. Please wait a while.")
        return sign_in_page(request, services, message=message, status=429)
    attempt = _kept(request, services, now)
    if attempt is None or not secrets.compare_digest(attempt[0].state.encode(), state.encode()):
        services.accounts.store.note(AuditEntry(now, "", "sign_in.refused", details="state"))
        message = texts.gettext("This sign-in was not begun here, or it took too long. Please begin again.")
        return _over(sign_in_page(request, services, message=message, status=403), services)
    begun, to = attempt
    try:
        if error or not code:
            raise ProviderRefused(f"it refuses{error_code(error)}")
        identity = provider.finish(code, nonce=begun.nonce, verifier=begun.verifier, at=now)
        done = sign_in_by_identity(services.accounts, identity, at=now)
    except ProviderUnavailable as exc:
        return _over(_unavailable(request, services, exc, to), services)
    except ProviderRefused as exc:
        _log.warning("sign_in.refused", reason=str(exc))
        services.accounts.store.note(AuditEntry(now, "", "sign_in.refused", details="oidc"))
        message = texts.gettext("Your company account did not sign you in. Please try again.")
        return _over(sign_in_page(request, services, to=to, message=message, status=403), services)
    except RecordUnavailable:
        message = texts.gettext("Signing in does not work right now. Please try again in a moment.")
        return _over(sign_in_page(request, services, to=to, message=message, status=503), services)
    if isinstance(done, NotLetIn):
        message = _why(done, services, texts)
        return _over(sign_in_page(request, services, to=to, message=message, status=403), services)
    response = RedirectResponse(to, 303, headers={"Cache-Control": "no-store"})
    keep_signed_in(response, done.token, services)
    return _over(response, services)


def _provider(services: Services) -> Provider:
    provider = services.desk.provider
    if provider is None:
        raise NotFound("no identity provider is set up here")
    return provider


def _unavailable(request: Request, services: Services, exc: ProviderUnavailable, to: str) -> Response:
    _log.warning("sign_in.refused", reason=str(exc))
    texts = texts_for(desk_locale(request, services))
    message = texts.gettext("Signing in with a company account does not work right now. Please try again in a moment.")
    return sign_in_page(request, services, to=to, message=message, status=503)


def _why(refused: NotLetIn, services: Services, texts: Texts) -> str:
    claim = {"claim": services.settings.oidc_role_claim}
    return {
        NotLetIn.NO_ROLE: texts.gettext(
            "Your company account has no role at this desk. Ask the administrator of your company accounts to give "
            "you one: “%(claim)s” has to say staff, writer or admin."
        )
        % claim,
        NotLetIn.DISABLED: texts.gettext(
            "Your account at this desk is switched off. Ask an administrator of the desk."
        ),
        NotLetIn.NO_ADDRESS: texts.gettext(
            "Your company account tells us no e-mail address. Ask the administrator of your company accounts."
        ),
        NotLetIn.UNVERIFIED: texts.gettext(
            "The e-mail address of your company account is not verified yet. Verify it there, then sign in again."
        ),
        NotLetIn.TAKEN: texts.gettext(
            "Your e-mail address has an account at this desk already, which does not belong to your company account. "
            "Sign in with its password, or ask an administrator of the desk."
        ),
    }[refused]


def _keep(response: Response, attempt: Attempt, to: str, services: Services, now: Instant) -> None:
    kept = _serializer(services).dumps([attempt.state, attempt.nonce, attempt.verifier, to, now + _ATTEMPT_MS])
    response.set_cookie(
        ATTEMPT_COOKIE,
        kept if isinstance(kept, str) else kept.decode(),
        max_age=_ATTEMPT_MS // 1000,
        path=_PATH,
        secure=is_secure(services),
        httponly=True,
        samesite="lax",  # it has to come along when the provider sends the browser back
    )


def _kept(request: Request, services: Services, now: Instant) -> tuple[Attempt, str] | None:
    try:
        state, nonce, verifier, to, until = _serializer(services).loads(request.cookies.get(ATTEMPT_COOKIE, ""))
    except (BadData, ValueError, TypeError):
        return None
    return (Attempt("", state, nonce, verifier), inside(to)) if now < until else None


def _over(response: Response, services: Services) -> Response:
    """Have the browser forget its attempt: each is good for one try."""
    response.delete_cookie(ATTEMPT_COOKIE, path=_PATH, secure=is_secure(services), httponly=True, samesite="lax")
    return response


def _serializer(services: Services) -> URLSafeSerializer:
    return URLSafeSerializer(services.keys.derive("oidc"), salt="askfirst.oidc")
