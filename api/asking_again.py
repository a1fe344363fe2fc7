"""Somebody asks again about what was solved before: their earlier solution comes first, as steps to tick off."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from api.dependencies import Services
from api.ticket_words import moment_words
from api.visits import Visit
from assistant.asking.assistant import Assistant
from assistant.asking.models import Answer, Question
from assistant.desk.earlier import NEAR_FROM, embedded
from assistant.fair_use.checklist import Checklist, steps_of, ticked
from assistant.helpdesks.models import By
from assistant.record.events import MS_PER_DAY
from assistant.tickets.models import Customer, DeskTicket, TicketState

_DAYS = 90
_MOST_TICKETS = 20
_NEAREST = 50
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Again:
    """An earlier solution on the same matter: of which ticket, when it was solved, and its steps."""

    ticket: str
    date: str
    steps: tuple[str, ...]
    tried: tuple[int, ...] = ()
    none_tried: bool = False


def earlier_solution(text: str, locale: str, services: Services, visit: Visit) -> Again | None:
    """Return what solved the same matter for the same customer before, if anything did.

    Whatever goes wrong here is no reason not to go on.
    """
    customer = visit.customer
    if customer is None or not customer.verified or not text.strip():
        return None
    try:
        return _found(text, locale, services, visit, customer)
    except Exception as exc:  # it is an offer; the text may quote what was asked
        _log.warning("solution.unsought", error=type(exc).__name__)
        return None


def checklist_of(earlier: str, given: tuple[str, ...], services: Services, visit: Visit) -> Checklist | None:
    """Return the checklist that a form came back with; ``None`` if it is of nobody's ticket, or another's.

    Args:
        earlier: the ticket that was solved.
        given: the places of the steps that are ticked, or ``none``; nothing ticked says nothing.
        services: know the ticket.
        visit: who sends the form.
    """
    ticket = services.intake.ticket_of(visit.customer, earlier) if visit.customer is not None and earlier else None
    solution = _solution_of(ticket, services) if ticket is not None else ""
    if ticket is None or not solution:
        return None
    steps = steps_of(solution, ticket.locale.split("-")[0])
    tried = ticked(given, len(steps)) if given else None
    return Checklist(ticket.id, steps, tried)


def _found(text: str, locale: str, services: Services, visit: Visit, customer: Customer) -> Again | None:
    solved = [
        one
        for one in services.intake.tickets_of(customer, most=_MOST_TICKETS)
        if one.state is TicketState.SOLVED and visit.at - one.written_at <= _DAYS * MS_PER_DAY
    ]
    if not solved:
        return None
    assistant = services.live.current()
    for one in _on_the_same(services.redactor.redact(text).text, locale, solved, assistant, services):
        steps = steps_of(_solution_of(one, services), one.locale.split("-")[0])
        if steps:
            when = one.answered_at if one.answered_at is not None else one.written_at
            return Again(one.id, moment_words(when, services.intake.calendar.zone, locale), steps)
    return None


def _on_the_same(
    text: str, locale: str, solved: list[DeskTicket], assistant: Assistant, services: Services
) -> list[DeskTicket]:
    """Return the tickets on the same matter: answered by the same page, or in nearly the same words; latest first."""
    outcome = assistant.answer(Question(text, locale)).outcome
    hits = outcome.hits if isinstance(outcome, Answer) else ()
    matters = {assistant.matter_of(one.passage.page_id) for one in hits[:1]}
    near = _near(text, locale, assistant, services)
    return [one for one in solved if one.id in near or _matter_of(one, services) in matters]


def _near(text: str, locale: str, assistant: Assistant, services: Services) -> set[str]:
    vector = embedded(text, locale.split("-")[0], assistant.index.embed)
    recipe = assistant.index.manifest.recipe.digest
    found = services.earlier.nearest(recipe, vector, most=_NEAREST, besides=None)
    return {ticket for ticket, similarity in found if similarity >= NEAR_FROM}


def _matter_of(ticket: DeskTicket, services: Services) -> str | None:
    evidence = services.record.evidence_of(ticket.id)
    if evidence is None or not evidence.answered:
        return None
    return next((one.matter for one in evidence.passages if one.rank == 1), None)


def _solution_of(ticket: DeskTicket, services: Services) -> str:
    """Return what staff wrote last."""
    written = [one.text or "" for one in services.conversations.of(ticket.id) if one.by is By.STAFF]
    return written[-1] if written else ""
