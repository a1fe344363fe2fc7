"""What ``askfirst doctor`` finds about the support page: who can sign in, where files go, what is promised."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date

from api.dependencies import system_clock
from api.desk.oidc import ProviderUnavailable
from api.settings import Settings
from api.wiring import make_calendar, make_fees, make_files, make_identities, make_keys, make_post
from api.wiring_desk import make_provider
from api.wiring_helpdesk import make_sink
from assistant.adapters.attachment_store import AttachmentStore
from assistant.adapters.sql.deliveries import SqlDeliveries
from assistant.adapters.sql.desk import SqlTickets
from assistant.adapters.sql.engine import open_engine
from assistant.helpdesks.models import DeliveryState


def check_support(settings: Settings) -> Iterator[tuple[bool, str]]:
    """Return what is set up, and what of it is wrong; a setting that cannot be used is raised as such."""
    yield from _signing_in(settings)
    yield from _attachments(settings)
    calendar = make_calendar(settings)
    days = ", ".join(_DAYS[day] for day in sorted(calendar.standard))
    holidays = f"; public holidays of {settings.holidays}" if settings.holidays else "; no public holidays"
    yield True, f"standard tickets are answered on {len(calendar.standard)} days a week ({days}){holidays}"
    if settings.holidays:
        yield date(2027, 1, 1) in calendar.holidays, "New Year's Day is a public holiday there"
    if make_fees(settings) is None:
        yield True, "no priority tickets; ASKFIRST_FEE_URL names where the shop charges them"
    else:
        yield True, f"priority tickets cost {settings.fee}, charged at {settings.fee_url}"

    yield from _helpdesk(settings)
    yield from _desk(settings)


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _helpdesk(settings: Settings) -> Iterator[tuple[bool, str]]:
    sink = make_sink(settings, system_clock)
    if sink is None:
        yield True, "tickets wait in the built-in queue; ASKFIRST_HELPDESK names a helpdesk to hand them over to"
        return
    for found in sink.check():
        yield True, found
    engine = open_engine(settings.database)
    try:
        figures = SqlDeliveries(engine).figures(now=system_clock())
    finally:
        engine.dispose()
    stuck = figures.states.get(DeliveryState.REFUSED, 0) + figures.states.get(DeliveryState.ASIDE, 0)
    waiting = figures.states.get(DeliveryState.WAITING, 0)
    mend = "; see 'askfirst helpdesk status'" if stuck else ""
    yield not stuck, f"{waiting:,} tickets are on their way there, {stuck:,} were not taken{mend}"


def _desk(settings: Settings) -> Iterator[tuple[bool, str]]:
    provider = make_provider(settings)
    if provider is None:
        yield True, "staff signs in at /desk with a password; 'askfirst staff add' makes an account"
        return
    try:
        keys = len(provider.discover(at=system_clock()).keys)
    except ProviderUnavailable as exc:
        yield False, f"staff cannot sign in by {provider.issuer} (ASKFIRST_OIDC_ISSUER): {exc}"
        return
    number = "one key" if keys == 1 else f"{keys} keys"
    yield (
        True,
        f"staff signs in by {provider.issuer}, which has {number}; the role is read from {settings.oidc_role_claim}",
    )


def _signing_in(settings: Settings) -> Iterator[tuple[bool, str]]:
    identities, post = make_identities(settings), make_post(settings)
    if identities is None and post is None:
        yield (
            True,
            "nobody can sign in yet, so nobody can send a ticket: set ASKFIRST_IDENTITY_KEYS for the shop's accounts, "
            "or ASKFIRST_SMTP_URL for links by e-mail",
        )
        return
    if identities is not None:
        yield True, f"the shop signs customers in, by the keys in {settings.identity_keys}"
        if settings.identity_mode == "observe":
            yield True, "identities are only observed: what does not hold may write tickets (ASKFIRST_IDENTITY_MODE)"
        if not settings.origins:
            yield False, "ASKFIRST_ORIGINS is empty, so the shop's page that signs in is refused: name its origin there"
    if post is not None:
        named = settings.public_url is not None
        mend = "" if named else "; set ASKFIRST_PUBLIC_URL, or the links in mails lead to this machine only"
        yield named, f"links are sent by e-mail, from {settings.mail_from}{mend}"


def _attachments(settings: Settings) -> Iterator[tuple[bool, str]]:
    engine = open_engine(settings.database)
    try:
        make_files(settings, make_keys(settings), SqlTickets(engine))
    finally:
        engine.dispose()
    store, key = AttachmentStore(settings.attachments), secrets.token_hex(16)
    store.put(key, b"a trial")
    whole = store.get(key) == b"a trial"
    store.delete(key)
    yield whole, f"attachments can be kept in {settings.attachments.partition('?')[0]}"
    if settings.attachment_scanner is None:
        yield True, "attachments are not scanned; ASKFIRST_ATTACHMENT_SCANNER names what does"
