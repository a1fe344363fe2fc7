"""What the desk shows of tickets, as templates need it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import format_timedelta

from api.checking import CheckedTicket
from api.dependencies import Services
from api.desk.signed_in import DeskVisit
from api.fair_use_words import deferred_because
from api.flow import fee_in_words, size_words
from api.i18n import Texts, formatting_locale
from api.links import shown_url
from api.marking import marked
from api.ticket_words import listed, messages_view, moment_words
from assistant.fair_use.models import Standing
from assistant.record.evidence import Evidence, Finding, Verdict
from assistant.tickets.models import DeskTicket
from assistant.tickets.promises import Lane
from corpus.languages import language_name


@dataclass(frozen=True, slots=True)
class InDocs:
    """Whether a ticket's answer is in the docs, in a word for styles and in one for people."""

    kind: str
    words: str


def row_of(ticket: DeskTicket, services: Services, visit: DeskVisit) -> dict[str, Any]:
    """Return a ticket as it stands in the queue, with why it stands there."""
    texts = visit.texts
    since = ticket.since if ticket.since is not None else ticket.written_at
    return {
        **listed(ticket, services, visit.locale, now=visit.at),
        "customer": name_of(ticket, texts),
        "language": language_name(ticket.locale.split("-")[0], in_locale=visit.locale),
        "lang": ticket.locale,
        "priority": ticket.lane is Lane.PRIORITY,
        "deferred": ticket.standing is Standing.DEFERRED and ticket.lane is not Lane.PRIORITY,
        "waits": format_timedelta(
            max(0, visit.at - since) // 1000, locale=formatting_locale(visit.locale), threshold=1.2
        ),
        "why": place_words(ticket, services, visit),
        "in_docs": in_docs_of(services.record.evidence_of(ticket.id), services.record.verdicts_on(ticket.id), texts),
    }


def place_words(ticket: DeskTicket, services: Services, visit: DeskVisit) -> str:
    """Return why a ticket stands where it does in the queue."""
    texts = visit.texts
    if ticket.lane is Lane.PRIORITY:
        return texts.gettext("priority: the fee is paid")
    if ticket.standing is not Standing.DEFERRED:
        return ""
    reasons = deferred_because(ticket, services, texts)
    counts_as = moment_words(ticket.turn_at or visit.at, services.intake.calendar.zone, visit.locale)
    said = {"why": "; ".join(reasons) or texts.gettext("by an earlier decision"), "when": counts_as}
    return texts.gettext("deferred: %(why)s. It counts as sent on %(when)s.") % said


def in_docs_of(evidence: Evidence | None, verdicts: Sequence[Verdict], texts: Texts) -> InDocs:
    """Return whether a ticket's answer is in the docs: as staff says, else as the machine has found."""
    if not verdicts:
        return InDocs("open", texts.gettext("not looked at yet"))
    staff = [one for one in verdicts if one.by != "machine"]
    finding = (staff or list(verdicts))[-1].finding
    words = {
        Finding.SHOWN_NOT_OPENED: texts.gettext("in the docs, shown and not opened"),
        Finding.OPENED_DID_NOT_HELP: texts.gettext("in the docs, opened, did not help"),
        Finding.NOT_SHOWN: texts.gettext("in the docs, not shown"),
        Finding.PARTLY_IN_DOCS: texts.gettext("in part in the docs"),
        Finding.NOT_IN_DOCS: texts.gettext("not in the docs"),
    }[finding]
    kind = {Finding.NOT_IN_DOCS: "no", Finding.PARTLY_IN_DOCS: "partly"}.get(finding, "yes")
    if staff:
        return InDocs(kind, texts.gettext("%(finding)s (staff)") % {"finding": words})
    if evidence is None or not evidence.answered:
        return InDocs(kind, words)
    return InDocs(kind, f"{words} ({evidence.confidence:.0%})")


def ticket_view(ticket: DeskTicket, services: Services, visit: DeskVisit) -> dict[str, Any]:
    """Return a ticket as its own page shows it."""
    texts = visit.texts
    checklist = services.fair_use.standings.checklist(ticket.id)
    return {
        **row_of(ticket, services, visit),
        "text": ticket.text,
        "email": ticket.customer.email or "",
        "verified": ticket.customer.verified,
        "account": ticket.customer.account,
        "fee": fee_in_words(ticket, texts),
        "before": services.queue.before(ticket) if ticket.in_queue else None,
        "files": [
            {"id": one.id, "name": one.name, "size": size_words(one.size_bytes, visit.locale)} for one in ticket.files
        ],
        "messages": messages_view(ticket, services, visit.locale),
        "checklist": None
        if checklist is None
        else {
            "earlier": checklist.earlier,
            "asked": checklist.tried is not None,
            "steps": [
                {"text": step, "tried": place in (checklist.tried or ())} for place, step in enumerate(checklist.steps)
            ],
        },
        "conversation": conversation_of(ticket.id, services),
    }


def conversation_of(ticket: str, services: Services) -> list[dict[str, Any]]:
    """Return what a customer asked before a ticket, what they were shown for it, and what they opened."""
    known = services.record.ticket(ticket)
    if known is None:
        return []
    interactions, events = services.record.story_of(known.episode)
    opened = {(one.scope, one.rank) for one in events if one.rank is not None and one.type.value == "opened"}
    pages = services.live.current().index.pages
    return [
        {
            "question": one.question or "",
            "held_out": one.held_out,
            "shown": [
                {
                    "title": pages[passage.page].title if passage.page in pages else passage.page,
                    "url": shown_url(pages[passage.page].url) if passage.page in pages else "",
                    "opened": (one.id, passage.rank) in opened,
                }
                for passage in one.shown
            ],
        }
        for one in sorted(interactions, key=lambda one: one.at)
        if one.at <= known.created_at and (one.shown or one.question != known.text)
    ]


def check_view(checked: CheckedTicket, services: Services, visit: DeskVisit) -> dict[str, Any]:
    """Return a check as the desk shows it."""
    texts, zone = visit.texts, services.intake.calendar.zone
    check = checked.check
    words = {
        "yes": texts.gettext("answered in our docs"),
        "partly": texts.gettext("answered in part"),
        "no": texts.gettext("not in our docs"),
    }
    overall = {
        "full": ("yes", texts.gettext("Answered in our docs")),
        "partly": ("partly", texts.gettext("Partly answered in our docs")),
        "none": ("no", texts.gettext("Not answered in our docs")),
    }[str(check.overall)]
    return {
        "kind": overall[0],
        "overall": overall[1],
        "lang": check.locale,
        "matters": [
            {
                "text": one.matter.text,
                "kind": str(one.answered),
                "words": words[str(one.answered)],
                "confidence": f"{one.confidence:.0%}",
                "passages": [
                    {
                        "title": passage.hit.passage.label,
                        "page": passage.hit.passage.page_title,
                        "url": shown_url(passage.hit.passage.url),
                        "lang": passage.hit.passage.locale,
                        "extract": marked(passage.extract),
                        "shown": passage.shown_before,
                        "opened": passage.opened_before,
                    }
                    for passage in one.passages
                ],
            }
            for one in check.matters
        ],
        "earlier": [
            {
                "ticket": one.ticket.id,
                "date": moment_words(one.ticket.created_at, zone, visit.locale),
                "text": one.ticket.text,
                "lang": one.ticket.locale,
                "solution": one.solution or "",
                "here": services.intake.store.ticket(one.ticket.id) is not None,
            }
            for one in checked.earlier
        ],
        "reply": checked.reply,
        "reply_lang": checked.reply_locale,
    }


def name_of(ticket: DeskTicket, texts: Texts) -> str:
    """Return whom a ticket is from."""
    customer = ticket.customer
    return customer.name or customer.email or customer.account or texts.gettext("somebody whose data were erased")
