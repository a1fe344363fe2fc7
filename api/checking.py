"""Checks a ticket for the staff and for programs: against the docs, the customer's story and earlier tickets.

Nothing of it is stored. What is checked is without personal data; so is what comes back of earlier tickets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from api.dependencies import Services
from api.i18n import texts_for
from api.links import shown_url
from assistant.asking.assistant import Assistant
from assistant.asking.curation import curation_from
from assistant.asking.query import MAX_QUESTION_CHARS, clean
from assistant.desk.earlier import SimilarTicket, earlier_on
from assistant.desk.models import CheckedPassage, TicketCheck
from assistant.desk.replies import reply_of
from assistant.desk.ticket_check import check_ticket
from assistant.errors import RecordUnavailable
from assistant.record.events import MS_PER_DAY, NOBODY, Event, Instant, Interaction, Who
from assistant.record.evidence import shown_before
from assistant.record.ports import Ticket
from corpus.page import Page

_STORY_DAYS = 90
"""How far back we look for what a customer was shown."""
_MOST_EPISODES = 20
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ToCheck:
    """What to check.

    Attributes:
        text: as it was written, or without personal data already.
        locale: the customer's, if known.
        who: the customer, as far as the record knows them.
        ticket: the ticket whose text it is, if that is in the record: its episode counts as the customer's, and it is
            not its own predecessor.
        name: the customer's, for the reply.
        signed: who signs the reply.
    """

    text: str
    locale: str | None = None
    who: Who = NOBODY
    ticket: Ticket | None = None
    name: str = ""
    signed: str = ""


@dataclass(frozen=True, slots=True)
class CheckedTicket:
    """A check with what goes along: the pages of its passages, earlier tickets, a reply ready to copy."""

    check: TicketCheck
    pages: Mapping[str, Page]
    earlier: tuple[SimilarTicket, ...]
    reply_locale: str
    reply: str


def check_text(services: Services, given: ToCheck, *, assistant: Assistant) -> CheckedTicket:
    """Check a ticket's text.

    Earlier tickets are left out where the record is away; a check without them is better than none.

    Args:
        services: take out personal data, know the record and the time.
        given: what to check.
        assistant: of the generation, and with the curation, to check against; see ``assistant_then``.

    Raises:
        QuestionUnusable: if the text is empty or too long, or the locale is none.
        RecordUnavailable: if what the customer was shown cannot be looked up.
    """
    clean(given.text)
    text = services.redactor.redact(given.text).text[:MAX_QUESTION_CHARS]
    shown, opened = _seen(services, given)
    check = check_ticket(text, given.locale, assistant, shown=shown, opened=opened)
    texts = texts_for(check.locale)
    reply = reply_of(
        check,
        texts,
        address_of=lambda one: address_of(one, services),
        name=" ".join(given.name.split()),
        signed=given.signed,
    )
    return CheckedTicket(
        check,
        assistant.index.pages,
        _earlier(services, given, check, assistant),
        texts.language,
        reply,
    )


def assistant_then(services: Services, ticket: Ticket) -> Assistant:
    """Return the assistant as it was when a ticket came: of its generation, with its curation.

    Raises:
        IndexNotReady: if that generation is not kept any more.
        RecordUnavailable: if the record is away.
    """
    assistant = services.live.of(ticket.generation)
    content = services.record.curation(ticket.curation)
    return assistant.with_curation(curation_from(content)) if content is not None else assistant


def address_of(one: CheckedPassage, services: Services) -> str:
    """Return the whole address of a passage, as far as the public address of this service is known."""
    url = shown_url(one.hit.passage.url)
    base = (services.settings.public_url or "").rstrip("/")
    return f"{base}{url}" if url.startswith("/") else url


def _seen(services: Services, given: ToCheck) -> tuple[frozenset[str], frozenset[str]]:
    """Return the passages that a customer was shown as answers, and those they opened, before."""
    ticket = given.ticket
    at = ticket.created_at if ticket is not None else services.clock()
    who = given.who if ticket is None or given.who.subject is not None else ticket.who
    episodes = [ticket.episode] if ticket is not None else []
    if who.subject is not None:
        asked = services.record.last_asked(who, since=at - _STORY_DAYS * MS_PER_DAY, until=at)
        episodes += [episode for episode, _, _ in asked]
    return _shown_in(services, list(dict.fromkeys(episodes))[:_MOST_EPISODES], at)


def _shown_in(services: Services, episodes: Sequence[str], at: Instant) -> tuple[frozenset[str], frozenset[str]]:
    interactions: list[Interaction] = []
    events: list[Event] = []
    for episode in episodes:
        asked, followed = services.record.story_of(episode)
        interactions += asked
        events += followed
    shown, opened = shown_before(at, interactions, events)
    return frozenset(shown), frozenset(opened)


def _earlier(services: Services, given: ToCheck, check: TicketCheck, assistant: Assistant) -> tuple[SimilarTicket, ...]:
    try:
        found = earlier_on(
            check.text,
            check.locale.split("-")[0],
            services.earlier,
            recipe=assistant.index.manifest.recipe.digest,
            embed=assistant.index.embed,
            verdicts_on=services.record.verdicts_on,
            solutions_of=services.earlier.solutions_of,
            besides=given.ticket.id if given.ticket is not None else None,
        )
    except RecordUnavailable as exc:
        _log.warning("tickets.unsearched", error=type(exc).__name__)
        return ()
    # What the staff wrote greets a customer by name, who may be another one.
    return tuple(
        replace(one, solution=services.redactor.redact(one.solution).text if one.solution else None) for one in found
    )
