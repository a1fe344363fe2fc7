"""A ticket as a helpdesk gets it, with what is known about it by then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from api.dependencies import Services
from api.fair_use_words import deferred_because
from api.i18n import texts_for
from api.links import shown_url
from assistant.helpdesks.models import Asked, Handover, Noted, NotedPassage
from assistant.helpdesks.notes import subject_of
from assistant.record.events import Event, EventType, Instant, Interaction
from assistant.record.evidence import MACHINE, Evidence, Finding
from assistant.tickets.models import DeskTicket
from corpus.page import Page
from indexer.errors import IndexNotReady

FINDINGS = {
    Finding.SHOWN_NOT_OPENED: "yes; it was shown, and not opened",
    Finding.OPENED_DID_NOT_HELP: "yes; it was opened, and did not help",
    Finding.NOT_SHOWN: "yes, but it was not shown",
    Finding.NOT_IN_DOCS: "no",
}
_MOST_PASSAGES = 3


def composing(services: Services) -> Callable[[str], Handover | None]:
    """Return what makes the handover of a ticket; ``None`` where its text is gone, or it was never sent."""

    def compose(ticket: str) -> Handover | None:
        found = services.intake.store.ticket(ticket)
        if found is None or found.sent_at is None or not found.text:
            return None
        return _handover(found, found.sent_at, services)

    return compose


def _handover(ticket: DeskTicket, sent_at: Instant, services: Services) -> Handover:
    settings = services.settings
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    pages = _pages(services)
    known = services.record.ticket(ticket.id)
    interactions, events = services.record.story_of(known.episode) if known is not None else ((), ())
    evidence = services.record.evidence_of(ticket.id)
    finding = next((one.finding for one in services.record.verdicts_on(ticket.id) if one.by == MACHINE), None)
    return Handover(
        ticket=ticket.id,
        subject=subject_of(ticket.text, otherwise=f"Ticket {ticket.id}"),
        text=ticket.text,
        locale=ticket.locale,
        lane=ticket.lane,
        account=ticket.customer.account,
        sent_at=sent_at,
        name=ticket.customer.name,
        email=ticket.customer.email,
        promised=_wall(ticket.promised_at, ZoneInfo(settings.time_zone)),
        files=tuple((one.name, f"{base}/desk/tickets/{ticket.id}/files/{one.id}") for one in ticket.files),
        link=f"{base}/desk/tickets/{ticket.id}",
        noted=Noted(
            conversation=_asked(interactions, events, pages, until=sent_at),
            finding=FINDINGS[finding] if finding is not None else None,
            confidence=evidence.confidence if evidence is not None and evidence.answered else None,
            passages=_passages(evidence, pages, base),
            standing=ticket.standing.value,
            reasons=tuple(deferred_because(ticket, services, texts_for("en"))),
        ),
        complete=finding is not None,
    )


def _pages(services: Services) -> dict[str, Page]:
    try:
        return dict(services.live.current().index.pages)
    except IndexNotReady:
        return {}


def _asked(
    interactions: Sequence[Interaction], events: Sequence[Event], pages: dict[str, Page], *, until: Instant
) -> tuple[Asked, ...]:
    asked = []
    for one in sorted(interactions, key=lambda one: one.at):
        if one.at > until or one.question is None:
            continue
        ranks = {event.rank for event in events if event.scope == one.id and event.type is EventType.OPENED}
        titles = {} if one.held_out else {shown.rank: _title(shown.page, pages) for shown in one.shown}
        opened = tuple(title for rank, title in titles.items() if rank in ranks)
        asked.append(Asked(one.question, tuple(titles.values()), opened))
    return tuple(asked)


def _passages(evidence: Evidence | None, pages: dict[str, Page], base: str) -> tuple[NotedPassage, ...]:
    if evidence is None or not evidence.answered:
        return ()
    ranked = sorted((one for one in evidence.passages if one.rank is not None), key=lambda one: one.rank or 0)
    return tuple(
        NotedPassage(_title(one.page, pages), _address(one.page, pages, base), one.text)
        for one in ranked[:_MOST_PASSAGES]
    )


def _title(page: str, pages: dict[str, Page]) -> str:
    return pages[page].title if page in pages else page


def _address(page: str, pages: dict[str, Page], base: str) -> str:
    url = shown_url(pages[page].url) if page in pages else ""
    return f"{base}{url}" if url.startswith("/") else url


def _wall(moment: Instant | None, zone: ZoneInfo) -> str | None:
    if moment is None:
        return None
    return datetime.fromtimestamp(moment / 1000, zone).strftime("%Y-%m-%d %H:%M %Z")
