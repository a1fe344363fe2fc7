"""Tickets in words: for customers in My tickets, and for staff at the desk."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from api.dependencies import Services
from api.i18n import Texts, formatting_locale, texts_for
from api.promising import promise_in_words
from assistant.record.events import Instant
from assistant.tickets.models import DeskTicket, TicketState

_TITLE_CHARS = 90


def title_of(text: str) -> str:
    """Return the beginning of a ticket's text, on one line."""
    first = " ".join(text.split())
    return first if len(first) <= _TITLE_CHARS else first[:_TITLE_CHARS].rsplit(" ", 1)[0] + "…"


def listed(ticket: DeskTicket, services: Services, locale: str, *, now: Instant) -> dict[str, Any]:
    """Return a ticket as it is listed."""
    texts = texts_for(locale)
    zone = services.intake.calendar.zone
    kept = ticket.kept(now)
    return {
        "id": ticket.id,
        "number": texts.gettext("Ticket %(number)s") % {"number": ticket.id},
        "title": title_of(ticket.text),
        "date": moment_words(ticket.written_at, zone, locale),
        "state": ticket.state.value,
        "state_words": state_words(texts)[ticket.state],
        "promise": promised(ticket, kept, services, locale, now=now),
        "kept": {True: "kept", False: "late", None: ""}[kept],
    }


def messages_view(ticket: DeskTicket, services: Services, locale: str) -> list[dict[str, str]]:
    """Return what was written after a ticket, as it is read."""
    zone = services.intake.calendar.zone
    return [
        {
            "by": one.by.value,
            "author": one.author or "",
            "text": one.text or "",
            "date": moment_words(one.at, zone, locale),
        }
        for one in services.conversations.of(ticket.id)
    ]


def promised(ticket: DeskTicket, kept: bool | None, services: Services, locale: str, *, now: Instant) -> str:
    """Return what was promised, and whether it was kept, as a sentence."""
    texts, zone = texts_for(locale), services.intake.calendar.zone
    if ticket.promised_at is None:
        return ""
    if kept is None:
        return promise_in_words(ticket.promised_at, services, locale, now=now)
    promised = moment_words(ticket.promised_at, zone, locale)
    if ticket.answered_at is None:
        return texts.gettext("We promised an answer by %(promised)s. We are late; sorry.") % {"promised": promised}
    said = {"promised": promised, "answered": moment_words(ticket.answered_at, zone, locale)}
    if kept:
        return texts.gettext("Answered on %(answered)s, on time (promised for %(promised)s).") % said
    return texts.gettext("Answered on %(answered)s, later than promised (%(promised)s).") % said


def state_words(texts: Texts) -> dict[TicketState, str]:
    """Return where a ticket stands, as its customer is told."""
    return {
        TicketState.UNCONFIRMED: texts.gettext("Waiting for you to open the link in our mail"),
        TicketState.RECEIVED: texts.gettext("Received"),
        TicketState.IN_PROGRESS: texts.gettext("In progress"),
        TicketState.WAITING: texts.gettext("Waiting for you"),
        TicketState.SOLVED: texts.gettext("Solved"),
    }


def moment_words(at: Instant, zone: ZoneInfo, locale: str) -> str:
    """Return a moment as a date and a time."""
    moment = datetime.fromtimestamp(at / 1000, UTC)
    written = formatting_locale(locale)
    day = format_date(moment.astimezone(zone), "medium", locale=written)
    return f"{day}, {format_time(moment, 'short', tzinfo=zone, locale=written)}"
