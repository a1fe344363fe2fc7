"""What the way from a question to a ticket shows, as templates need it: on the page and in the widget alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import quote

from babel.numbers import format_currency
from babel.units import format_unit
from fastapi import Request
from fastapi.responses import HTMLResponse

from api.answering import Answered
from api.asking_again import Again
from api.dependencies import Services
from api.help_addresses import base_address
from api.i18n import N_, NP_, Texts, formatting_locale, js_texts, texts_for
from api.links import shown_url
from api.marking import marked
from api.promising import promise_in_words, promises_in
from api.rendering import render
from api.sessions import new_visitor
from api.speaking import offered_locales
from api.visits import Visit
from assistant.asking.assistant import Assistant
from assistant.asking.models import Answer, Shown
from assistant.tickets.fees import Fee
from assistant.tickets.models import DeskTicket, FeeState, File
from corpus.languages import language_name

PART_HEADER = "askfirst-part"
"""Sent by our scripts, which want parts of the page only: ``page``, or ``widget`` from another site."""
_MOST_SEEN = 60
_MOST_RELATED = 3
REASONS = {
    "other": N_("The answer is about something else"),
    "no_effect": N_("I tried it, but it did not work"),
    "unclear": N_("The answer is hard to follow"),
    "outdated": N_("The answer is out of date"),
}
"""Why an answer did not help, by the word that is recorded."""
_SCRIPTED: Mapping[str, str | tuple[str, str]] = {
    "suggestions": NP_("%(num)s suggestion", "%(num)s suggestions"),
    "no_suggestions": N_("No suggestions"),
    "looking": N_("Looking…"),
    "offline": N_("No connection. What you wrote is kept and will be sent as soon as you are online."),
    "failed": N_("That did not work. Nothing is lost; please try again."),
    "kept": N_("Kept in this browser"),
    "sending": N_("Sending…"),
    "uploading": N_("Adding the file…"),
    "remove": N_("Remove"),
}
"""What scripts say."""
_WITH_SCRIPTS = ("support.html", "_widget.html")


@dataclass(frozen=True, slots=True)
class FlowView:
    """What stands on the page: the question, what was found for it, and what goes along with the next step."""

    question: str = ""
    intent: Literal["browse", "ticket"] = "ticket"
    outcome: str = ""
    hits: Sequence[Mapping[str, Any]] = ()
    related: Sequence[Mapping[str, Any]] = ()
    token: str = ""
    episode: str = ""
    seen: str = ""
    message: str = ""
    vote: str = ""
    say: str = ""
    again: Again | None = None

    @property
    def passages_seen(self) -> frozenset[str]:
        """The passages that the visitor has been shown, by their ids."""
        return frozenset(self.seen.split("\n")) - {""}

    def having_seen(self, passages: Sequence[str]) -> FlowView:
        """Return the view after more passages were shown; it knows the last of them."""
        seen = list(dict.fromkeys((*filter(None, self.seen.split("\n")), *passages)))
        return replace(self, seen="\n".join(seen[-_MOST_SEEN:]))


@dataclass(frozen=True, slots=True)
class LetterView:
    """The ticket form as it is shown. ``before`` are answers that are shown once before it is sent."""

    key: str
    question: str = ""
    text: str = ""
    email: str = ""
    lane: str = "standard"
    files: Sequence[File] = ()
    checked: bool = False
    message: str = ""
    say: str = ""
    before: Sequence[Mapping[str, Any]] = ()
    again: Again | None = None


@dataclass(frozen=True, slots=True)
class SentView:
    """What is said once a ticket is sent, or waits to be confirmed."""

    id: str
    promise: str = ""
    fee: str = ""
    email: str = ""
    unconfirmed: bool = False
    spooled: bool = False
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Flow:
    """All that a response shows, and of which parts it consists if our script asked for parts."""

    view: FlowView = field(default_factory=FlowView)
    letter: LetterView | None = None
    sent: SentView | None = None
    parts: tuple[str, ...] = ("outcome", "ticket")
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def show(flow: Flow, request: Request, services: Services, locale: str, visit: Visit) -> HTMLResponse:
    """Return the support page, or the parts of it that a script asked for."""
    wanted = request.headers.get(PART_HEADER, "")
    elsewhere = wanted == "widget"
    template = "_parts.html" if wanted else "support.html"
    return show_as(template, flow, request, services, locale, visit, elsewhere=elsewhere)


def show_as(
    template: str, flow: Flow, request: Request, services: Services, locale: str, visit: Visit, *, elsewhere: bool
) -> HTMLResponse:
    """Return a template filled with a flow; ``elsewhere`` is on another site, where links need whole addresses."""
    settings = services.settings
    texts = texts_for(locale)
    customer = visit.customer
    base = base_address(request, services) if elsewhere else ""
    fee = Fee.parse(settings.fee)
    response = render(
        request,
        services,
        template,
        locale,
        status=flow.status,
        private=visit.customer is not None,
        here="support",
        view=_with_base(flow.view, base),
        letter=None if flow.letter is None else replace(flow.letter, before=_based(flow.letter.before, base)),
        sent=flow.sent,
        parts=flow.parts,
        base=base,
        elsewhere=elsewhere,
        customer=customer,
        may_attach=customer is not None and customer.verified and settings.attachment_count > 0,
        most_files=settings.attachment_count,
        most_size=size_words(settings.attachment_bytes, locale),
        by_mail=settings.smtp_url is not None,
        sign_in_url=sign_in_address(request, services, locale),
        priority=format_currency(fee.amount, fee.currency, locale=formatting_locale(locale))
        if settings.fee_url
        else "",
        promises=promises_in(services, locale, visit) if flow.letter is not None else {},
        scripted=_scripted(locale) if template in _WITH_SCRIPTS else {},
        reasons=reasons_in(texts),
        has_pages=locale in offered_locales(services),
    )
    response.headers.update(flow.headers)
    if visit.visitor is None and request.method == "POST" and not elsewhere:
        services.sessions.keep_visitor(response, new_visitor())
    return response


def sign_in_address(request: Request, services: Services, locale: str) -> str | None:
    """Return the shop's page that signs in and comes back here, if it has one."""
    address = services.settings.sign_in_url
    if address is None:
        return None
    back = quote(f"{base_address(request, services)}/support/{locale}", safe="")
    return f"{address}{'&' if '?' in address else '?'}return_to={back}"


def sent_view(ticket: DeskTicket, services: Services, visit: Visit, *, spooled: bool = False) -> SentView:
    """Return what is said of a ticket that was taken."""
    if ticket.sent_at is None:
        return SentView(ticket.id, email=ticket.customer.email or "", unconfirmed=True)
    texts = texts_for(ticket.locale)
    promised = ticket.promised_at or ticket.sent_at
    return SentView(
        ticket.id,
        promise=promise_in_words(promised, services, ticket.locale, now=visit.at),
        fee=fee_in_words(ticket, texts),
        spooled=spooled,
        listed=visit.customer is not None and visit.customer.verified,
    )


def fee_in_words(ticket: DeskTicket, texts: Texts) -> str:
    """Return what became of a ticket's fee, as a sentence; nothing where there is none."""
    return {
        FeeState.NONE: "",
        FeeState.ASKED: texts.gettext(
            "You asked for priority. As soon as the fee is confirmed, your ticket moves to the fast lane; until then "
            "it waits as a standard one."
        ),
        FeeState.PAID: texts.gettext("Priority: the fee is confirmed."),
        FeeState.REFUSED: texts.gettext(
            "The fee was not confirmed, so your ticket waits as a standard one, free of charge."
        ),
    }[ticket.fee]


def view_of(
    answered: Answered, question: str, locale: str, assistant: Assistant, *, before: FlowView | None = None
) -> FlowView:
    """Return what is shown for a question that was answered, or was not."""
    recorded, reply = answered.recorded, answered.reply
    hits = [hit_view(shown, locale, recorded.token) for shown in recorded.shown]
    texts = texts_for(locale)
    held_out = recorded.interaction.held_out
    view = FlowView(
        question=question,
        outcome="" if held_out else recorded.outcome,
        hits=hits,
        related=_related(answered, assistant) if isinstance(reply.outcome, Answer) and not held_out else (),
        token=recorded.token,
        episode=recorded.interaction.episode,
        seen=before.seen if before is not None else "",
        say=(
            texts.ngettext("%(num)s answer found", "%(num)s answers found", len(hits)) % {"num": len(hits)}
            if hits
            else texts.gettext("We have no page on this.")
            if not held_out
            else ""
        ),
    )
    return view.having_seen([shown.hit.passage.id for shown in recorded.shown])


@lru_cache
def _scripted(locale: str) -> Mapping[str, object]:
    return js_texts(texts_for(locale), _SCRIPTED)


def reasons_in(texts: Texts) -> list[tuple[str, str]]:
    """Return why an answer may not have helped: the word that is recorded, and its text."""
    return [(word, texts.gettext(text)) for word, text in REASONS.items()]


def hit_view(shown: Shown, locale: str, token: str) -> dict[str, Any]:
    """Return a shown passage as the templates show it."""
    passage = shown.hit.passage
    return {
        "rank": shown.hit.rank,
        "token": token,
        "title": passage.label,
        "page": passage.page_title,
        "url": shown_url(passage.url),
        "locale": passage.locale,
        "language": language_name(passage.language, in_locale=locale) if shown.hit.other_language else "",
        "extract": marked(shown.extract),
    }


def size_words(size_bytes: int, locale: str) -> str:
    """Return a size as people of a locale read it."""
    kilobytes = size_bytes / 1024
    number, unit = (kilobytes, "kilobyte") if kilobytes < 1000 else (kilobytes / 1024, "megabyte")
    rounded = max(1.0, round(number, 1 if number < 10 else 0))
    return format_unit(rounded, f"digital-{unit}", "short", locale=formatting_locale(locale))


def _related(answered: Answered, assistant: Assistant) -> list[dict[str, str]]:
    shown = {one.hit.passage.page_id for one in answered.reply.shown}
    pages = [assistant.index.pages[hit.passage.page_id] for hit in answered.reply.nearest]
    return [
        {"title": page.title, "url": shown_url(page.url), "locale": page.locale}
        for page in pages
        if page.id not in shown
    ][:_MOST_RELATED]


def _with_base(view: FlowView, base: str) -> FlowView:
    return replace(view, hits=_based(view.hits, base), related=_based(view.related, base)) if base else view


def _based(hits: Sequence[Mapping[str, Any]], base: str) -> list[Mapping[str, Any]]:
    """Return hits whose addresses are whole: in a page of another site they would lead to it."""
    return [{**hit, "url": base + hit["url"] if str(hit["url"]).startswith("/") else hit["url"]} for hit in hits]
