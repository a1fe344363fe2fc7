"""What staff does with a ticket: a verdict, an answer, a state; each is recorded, and noted with who did it."""

from __future__ import annotations

from api.dependencies import Services
from api.desk.signed_in import DeskVisit
from api.errors import NotFound
from api.recording import recordable
from api.ticketing import record_sent, record_solved
from assistant.fair_use.gathering import finding_of_staff
from assistant.record.evidence import MACHINE, Finding, Verdict
from assistant.staff.models import AuditEntry
from assistant.tickets.models import DeskTicket, TicketState


def give_verdict(ticket: DeskTicket, said: str, reason: str, services: Services, visit: DeskVisit) -> Finding:
    """Put staff's “yes”, “in part” or “no” beside the machine's finding; return what it means.

    Raises:
        ValueError: if it is none of the three.
        NotFound: if the record has no such ticket.
        RecordUnavailable: if it cannot be recorded.
    """
    record_sent(ticket, services)
    if services.record.ticket(ticket.id) is None:
        raise NotFound(f"the record has no ticket {ticket.id}")
    machine = next((one for one in services.record.verdicts_on(ticket.id) if one.by == MACHINE), None)
    finding = finding_of_staff(
        said, services.record.evidence_of(ticket.id), machine.finding if machine is not None else None
    )
    verdict = Verdict(ticket.id, visit.member.id, finding, recordable(reason, services) or "", visit.at)
    services.record.add_verdict(verdict)
    services.accounts.store.note(AuditEntry(visit.at, visit.member.id, "ticket.judged", ticket.id, finding.value))
    services.fair_use.look_if_on(ticket.account, at=visit.at)
    return finding


def answer(
    ticket: DeskTicket, text: str, state: TicketState, key: str, services: Services, visit: DeskVisit
) -> DeskTicket | None:
    """Send an answer to a customer; return the ticket as it is then.

    Raises:
        RecordUnavailable: if it cannot be kept.
    """
    moved = services.conversations.answer(ticket.id, text, visit.member.name, state, visit.at, key=key)
    services.accounts.store.note(AuditEntry(visit.at, visit.member.id, "ticket.answered", ticket.id, state.value))
    if moved is not None and moved.state is TicketState.SOLVED:
        record_solved(moved, services)
    return moved


def move(ticket: DeskTicket, state: TicketState, services: Services, visit: DeskVisit) -> DeskTicket | None:
    """Move a ticket to another state without a word to the customer."""
    moved = services.intake.move(ticket.id, state, at=visit.at)
    services.accounts.store.note(AuditEntry(visit.at, visit.member.id, "ticket.moved", ticket.id, state.value))
    if moved is not None and moved.state is TicketState.SOLVED:
        record_solved(moved, services)
    return moved
