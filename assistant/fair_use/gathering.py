"""The record of a ticket → what fair use may know of it: only what was recorded at that time, and by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.fair_use.models import ContestState, Ground, TicketFact
from assistant.record.events import Instant
from assistant.record.evidence import MACHINE, Evidence, Finding, Verdict


@dataclass(frozen=True, slots=True)
class RecordedTicket:
    """What is recorded of a ticket, as far as fair use asks.

    Attributes:
        ticket: its number.
        account: whose it is, by their pseudonym.
        at: when it was sent.
        solved_at: when it was, if it was.
        paid: whether it was answered as a priority ticket.
        evidence: what the machine found with it; ``None`` while it has not looked.
        verdicts: who found what, in the order in which it was said.
        asked_about: what the last question before it was about, where there was one.
        displayed: what the answers were about that the customer's browser said it displayed before the ticket.
        messages_at: when the customer wrote again.
        earlier: the solved ticket whose steps the customer was asked about, if they were.
        tried: whether they tried any of them.
        contests: their word against flags.
    """

    ticket: str
    account: str
    at: Instant
    solved_at: Instant | None = None
    paid: bool = False
    evidence: Evidence | None = None
    verdicts: Sequence[Verdict] = ()
    asked_about: str | None = None
    displayed: frozenset[str] = frozenset()
    messages_at: Sequence[Instant] = ()
    earlier: str | None = None
    tried: bool | None = None
    contests: Mapping[Ground, ContestState] = field(default_factory=dict)


def facts_of(tickets: Sequence[RecordedTicket]) -> list[TicketFact]:
    """Return what is known of one customer's tickets, oldest first."""
    facts: list[TicketFact] = []
    solved: dict[str, tuple[str, Instant]] = {}
    for one in sorted(tickets, key=lambda one: (one.at, one.ticket)):
        fact = _fact_of(one)
        if fact.repeats is None and fact.matter is not None:
            before = solved.get(fact.matter)
            if before is not None and before[1] <= one.at:
                fact = replace(fact, repeats=before[0])
        if one.solved_at is not None and fact.matter is not None:
            solved[fact.matter] = (one.ticket, one.solved_at)
        facts.append(fact)
    return facts


def _fact_of(one: RecordedTicket) -> TicketFact:
    by_staff = [verdict for verdict in one.verdicts if verdict.by != MACHINE]
    latest = (by_staff or list(one.verdicts))[-1:]
    answering = _answering(one.evidence)
    shown = {passage.matter for passage in one.evidence.passages if passage.shown} if one.evidence is not None else ()
    seen = set(answering).intersection(shown)
    return TicketFact(
        ticket=one.ticket,
        at=one.at,
        messages_at=(one.at, *one.messages_at),
        matter=answering[0] if answering else one.asked_about,
        paid=one.paid,
        finding=latest[0].finding if latest else None,
        by_staff=bool(by_staff),
        certified=one.evidence is not None and one.evidence.certified,
        displayed=bool(seen & one.displayed),
        visible=bool(seen) and one.evidence is not None and not one.evidence.withheld,
        known_at=latest[0].at if latest else None,
        repeats=one.earlier,
        tried=one.tried,
        contests=dict(one.contests),
    )


def _answering(evidence: Evidence | None) -> list[str]:
    if evidence is None or not evidence.answered:
        return []
    ranked = sorted((one for one in evidence.passages if one.rank is not None), key=lambda one: one.rank or 0)
    return list(dict.fromkeys(one.matter for one in ranked))


def finding_of_staff(said: str, machine: Evidence | None, opened: Finding | None) -> Finding:
    """Return what staff's “yes”, “no” or “in part” means, by what the record knows of the customer.

    A “yes” says that the docs answer it, and not that what was shown does: only what answers it, and was shown, was
    shown to the customer. Where the machine has found no answer, we have failed to show it.

    Args:
        said: ``yes``: the answer was in the docs; ``part``: some of it; ``no``: it was not.
        machine: the evidence, where the machine has looked.
        opened: what the machine found.

    Raises:
        ValueError: if it is none of the three.
    """
    if said == "no":
        return Finding.NOT_IN_DOCS
    if said == "part":
        return Finding.PARTLY_IN_DOCS
    if said != "yes":
        raise ValueError(f"a verdict is yes, part or no, not {said!r}")
    if machine is None:
        return Finding.NOT_SHOWN
    if opened is Finding.OPENED_DID_NOT_HELP or any(one.opened for one in machine.passages):
        return Finding.OPENED_DID_NOT_HELP
    shown = {one.matter for one in machine.passages if one.shown}
    return Finding.SHOWN_NOT_OPENED if shown.intersection(_answering(machine)) else Finding.NOT_SHOWN
