"""What the desk works with, as the settings describe it."""

from __future__ import annotations

from urllib.parse import urlsplit

from sqlalchemy import Engine

from api.desk.oidc import Provider
from api.desk.parts import Desk
from api.settings import Settings, SettingsUnusable
from assistant.adapters.sql.desk import SqlTickets
from assistant.adapters.sql.fair_use import SqlStandings
from assistant.adapters.sql.queue import SqlQueue
from assistant.adapters.sql.staff import SqlStaff
from assistant.fair_use.models import FairUseRules, Standing
from assistant.fair_use.overseeing import FairUse, Mode
from assistant.staff.accounts import Accounts
from assistant.tickets.calendar import Calendar
from assistant.tickets.states import restored

_MOST_OPEN = 500
_OWN_HOSTS = ("localhost", "127.0.0.1", "::1")


def make_accounts(settings: Settings, engine: Engine) -> Accounts:
    """Return the desk's accounts."""
    return Accounts(SqlStaff(engine), session_hours=settings.staff_session_hours)


def make_fair_use(settings: Settings, engine: Engine, calendar: Calendar) -> FairUse:
    """Return what decides on standings."""
    store = SqlTickets(engine)

    def restore(account: str) -> None:
        deferred = [one for one in store.of(account, most=_MOST_OPEN) if one.standing is Standing.DEFERRED]
        for ticket in deferred:
            store.change(ticket.id, lambda one: restored(one, calendar=calendar), sending=lambda _: ())

    return FairUse(SqlStandings(engine), fair_use_rules(settings), Mode(settings.fair_use), restore=restore)


def make_desk(settings: Settings, engine: Engine, fair_use: FairUse) -> Desk:
    """Return what the desk works with.

    Raises:
        SettingsUnusable: if the identity provider is set up in part only.
    """
    return Desk(make_accounts(settings, engine), SqlQueue(engine), fair_use, make_provider(settings))


def make_provider(settings: Settings) -> Provider | None:
    """Return the identity provider by which staff signs in, if one is set up.

    Raises:
        SettingsUnusable: if it is in part only.
    """
    issuer, client_id, secret = settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret
    if issuer is None:
        if client_id is not None or secret is not None:
            raise SettingsUnusable("ASKFIRST_OIDC_CLIENT_ID and its secret need ASKFIRST_OIDC_ISSUER, the provider")
        return None
    if client_id is None:
        raise SettingsUnusable("ASKFIRST_OIDC_ISSUER needs ASKFIRST_OIDC_CLIENT_ID, what this service is called there")
    if settings.public_url is None:
        raise SettingsUnusable("ASKFIRST_OIDC_ISSUER needs ASKFIRST_PUBLIC_URL, where it sends people back to")
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in _OWN_HOSTS:
        raise SettingsUnusable("ASKFIRST_OIDC_ISSUER has to begin with https://, except on this machine")
    return Provider(
        issuer,
        client_id,
        secret.get_secret_value() if secret is not None else None,
        callback=f"{settings.public_url}/desk/oidc/callback",
        role_claim=settings.oidc_role_claim,
    )


def fair_use_rules(settings: Settings) -> FairUseRules:
    """Return the rules of fair use."""
    return FairUseRules(
        days=settings.fair_use_days,
        messages=settings.fair_use_messages,
        burst_hours=settings.fair_use_burst_hours,
        in_docs=settings.fair_use_in_docs,
        in_docs_share=settings.fair_use_in_docs_share,
        repeats=settings.fair_use_repeats,
    )
