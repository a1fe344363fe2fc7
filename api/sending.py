"""Takes what customers send, for the pages and the API alike: checked, kept, recorded."""

from __future__ import annotations

import re
from dataclasses import dataclass

import structlog
from email_validator import EmailNotValidError, validate_email

from api.answering import Answered, Asked, answer_if_new
from api.asking_again import checklist_of
from api.dependencies import Services
from api.errors import LetterRefused, TooMany
from api.ticketing import record_sent
from api.visits import Visit, allow
from assistant.errors import AssistantError, RecordUnavailable
from assistant.tickets.intake import Taken, account_of_email
from assistant.tickets.models import Conversation, Customer, DeskTicket, Letter
from assistant.tickets.promises import Lane
from indexer.errors import IndexNotReady

MOST_CHARS = 20_000
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wants to send, as it was typed."""

    key: str
    text: str
    locale: str
    email: str = ""
    lane: str = "standard"
    files: tuple[str, ...] = ()
    token: str = ""
    episode: str = ""
    entry: str = "support"
    earlier: str = ""
    tried: tuple[str, ...] = ()


def checked(written: Written, visit: Visit, services: Services) -> tuple[Letter, Customer, bool]:
    """Return what is written as a letter, who writes it, and whether that is known.

    Raises:
        LetterRefused: if something is missing or wrong.
    """
    if not written.text.strip():
        raise LetterRefused("empty", "text: write what you need help with")
    if len(written.text) > MOST_CHARS:
        raise LetterRefused("too_long", f"text: at most {MOST_CHARS:,} characters")
    if _KEY.fullmatch(written.key) is None:
        raise LetterRefused("key", "key: send 8 to 64 letters and digits, the same each time that it is sent again")
    # Nobody is charged on a word that does not hold.
    may_be_charged = services.settings.fee_url is not None and (visit.customer is None or visit.customer.verified)
    lane = Lane.PRIORITY if written.lane == "priority" and may_be_charged else Lane.STANDARD
    conversation = Conversation(written.token or None, visit.who.visitor, written.entry)
    files = tuple(dict.fromkeys(written.files))[: services.files.rules.most]
    letter = Letter(written.key, written.text, written.locale, lane, files, conversation)
    if visit.customer is not None:
        return letter, visit.customer, True
    address = address_of(written.email, services)
    return letter, Customer(account_of_email(address), email=address), False


def address_of(email: str, services: Services) -> str:
    """Return an e-mail address that a link can be sent to.

    Raises:
        LetterRefused: if it is none, or nobody signs in by mail here.
    """
    if services.settings.smtp_url is None:
        raise LetterRefused("sign_in", "sign in first: a ticket needs an account")
    if not email.strip():
        raise LetterRefused("no_email", "email: say where the link may be sent, or sign in")
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized
    except EmailNotValidError as exc:
        raise LetterRefused("email", f"email: {exc}") from exc


def unseen_answer(written: Written, visit: Visit, services: Services, *, seen: frozenset[str]) -> Answered | None:
    """Return an answer to what is written, if there is one of which not all was shown; it is being recorded.

    Whatever goes wrong here is no reason not to send the ticket.
    """
    try:
        allow("questions", visit, services)
        assistant = services.live.current()
        asking = Asked(written.text, written.locale, written.entry, True, written.episode or None)
        return answer_if_new(asking, visit, assistant, services, seen=seen)
    except (AssistantError, IndexNotReady, TooMany):
        return None
    except Exception as exc:  # a bug in what answers must not keep a ticket back; the text may quote what was asked
        _log.error("question.failed", error=type(exc).__name__)
        return None


def take(written: Written, visit: Visit, services: Services) -> Taken:
    """Keep what is written as a ticket, and have it recorded.

    Raises:
        LetterRefused: if something is missing or wrong.
        TooMany: if it is too much.
        RecordUnavailable: if it cannot be kept.
    """
    letter, customer, confirmed = checked(written, visit, services)
    if services.intake.known(letter, customer) is None:  # what was sent already counts once, however often it comes
        allow("tickets", visit, services, f"account:{customer.account}")
        if not confirmed:
            allow("mails", visit, services, f"mail:{customer.account}")
    taken = services.intake.take(letter, customer, at=visit.at, confirmed=confirmed)
    services.metrics.tickets.labels("spooled" if taken.spooled else "sent" if confirmed else "unconfirmed").inc(
        1 if taken.new else 0
    )
    if taken.new and not taken.spooled:
        _keep_checklist(taken.ticket, written, visit, services)
        record_if_sent(taken.ticket, services)
    return taken


def _keep_checklist(ticket: DeskTicket, written: Written, visit: Visit, services: Services) -> None:
    """Keep what was tried of an earlier solution; without it the ticket is sent all the same."""
    try:
        checklist = checklist_of(written.earlier, written.tried, services, visit)
        if checklist is not None:
            services.fair_use.standings.keep_checklist(ticket.id, checklist)
    except RecordUnavailable:
        _log.warning("checklist.lost")


def record_if_sent(ticket: DeskTicket, services: Services) -> None:
    """Have a ticket recorded if it is one already; what fails here is made up for later."""
    if ticket.sent_at is None:
        return
    try:
        record_sent(ticket, services)
    except (RecordUnavailable, TimeoutError):
        services.metrics.unrecorded.inc()
