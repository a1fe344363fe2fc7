"""A customer's tickets → their standing: pure, so that every decision can be made again from what it rested on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.fair_use.models import ContestState, Decision, FairUseRules, Ground, Measured, Standing, TicketFact
from assistant.record.events import Instant
from assistant.record.evidence import Finding

_Counted = tuple[list[str], int]
"""The tickets that count, one entry for each time that they do, and what they are out of."""


def decide(facts: Sequence[TicketFact], rules: FairUseRules, *, at: Instant) -> Decision:
    """Return a customer's standing at a moment.

    Args:
        facts: what is known of all their tickets; those sent later, and findings made later, are left out.
        rules: what the operator allows.
        at: the moment.
    """
    grounds = measure(facts, rules, at=at)
    if not any(one.holds for one in grounds):
        return Decision(Standing.NORMAL, at, None, grounds)
    return Decision(Standing.DEFERRED, at, _ends(facts, rules, at), grounds)


def measure(facts: Sequence[TicketFact], rules: FairUseRules, *, at: Instant) -> tuple[Measured, ...]:
    """Return the three grounds as they are at a moment, in the order of the policy."""
    known = sorted((one for one in facts if one.at <= at), key=lambda one: (one.at, one.ticket))
    since = at - rules.period_ms
    return (
        _measured(Ground.MESSAGES, rules, _messages(known, rules, since=since, at=at)),
        _measured(Ground.IN_DOCS, rules, _in_docs(known, since=since, at=at)),
        _measured(Ground.REPEATS, rules, _repeats(known, since=since)),
    )


def shown_and_left(fact: TicketFact) -> bool:
    """Say whether a ticket's answer was in the docs in the sense of fair use.

    Only what was shown and not opened, in a browser that says what it shows and what is opened, of pages that the
    customer could see, confirmed by a person or by a policy whose risk was checked. What we failed to show, were not
    allowed to show, or showed in vain, never counts.
    """
    return (
        fact.finding is Finding.SHOWN_NOT_OPENED
        and fact.displayed
        and fact.visible
        and (fact.by_staff or fact.certified)
    )


def _messages(facts: Iterable[TicketFact], rules: FairUseRules, *, since: Instant, at: Instant) -> _Counted:
    """Count bursts: what is written on one matter from the first message on, for as long as a burst lasts.

    Messages of which nobody knows the matter are taken to be about the same one: in doubt for the customer.
    """
    written = sorted(
        (when, one.matter or "", one.ticket)
        for one in facts
        if not one.paid and not _is_contested(one, Ground.MESSAGES)
        for when in (one.messages_at or (one.at,))
        if when <= at
    )
    began: dict[str, Instant] = {}
    bursts: list[str] = []
    messages = 0
    for when, matter, ticket in written:
        first = began.get(matter)
        if first is None or when - first > rules.burst_ms:
            began[matter] = when
            if when > since:
                bursts.append(ticket)
        messages += when > since
    return bursts, messages


def _in_docs(facts: Iterable[TicketFact], *, since: Instant, at: Instant) -> _Counted:
    told = [
        one
        for one in facts
        if one.at > since and one.finding is not None and (one.known_at is None or one.known_at <= at)
    ]
    counted = [one.ticket for one in told if shown_and_left(one) and not _is_contested(one, Ground.IN_DOCS)]
    return counted, len(told)


def _repeats(facts: Iterable[TicketFact], *, since: Instant) -> _Counted:
    repeats = [one for one in facts if one.at > since and one.repeats is not None]
    counted = [one.ticket for one in repeats if one.tried is False and not _is_contested(one, Ground.REPEATS)]
    return counted, len(repeats)


def _measured(ground: Ground, rules: FairUseRules, counted: _Counted) -> Measured:
    tickets, out_of = counted
    holds = rules.on(ground) and len(tickets) >= rules.least(ground)
    if ground is Ground.IN_DOCS:
        holds = holds and len(tickets) >= rules.in_docs_share * out_of
    return Measured(ground, len(tickets), out_of, tuple(dict.fromkeys(tickets)), holds)


def _is_contested(fact: TicketFact, ground: Ground) -> bool:
    return fact.contests.get(ground) in (ContestState.OPEN, ContestState.UPHELD)


def _ends(facts: Sequence[TicketFact], rules: FairUseRules, at: Instant) -> Instant:
    """Return the first moment at which no ground holds any more, if nothing is added.

    Between two moments at which something leaves the period, nothing changes.
    """
    leave = {
        when + rules.period_ms for one in facts if one.at <= at for when in (one.at, *one.messages_at) if when <= at
    }
    then = [_as_of(one, at) for one in facts if one.at <= at]
    for moment in sorted(when for when in leave if when > at):
        if not any(one.holds for one in measure(then, rules, at=moment)):
            return moment
    raise AssertionError("with nothing in the period no ground holds")


def _as_of(fact: TicketFact, at: Instant) -> TicketFact:
    """Return what is known of a ticket at a moment: nothing that was found or written after it."""
    if (fact.known_at is None or fact.known_at <= at) and all(when <= at for when in fact.messages_at):
        return fact
    late = fact.known_at is not None and fact.known_at > at
    return replace(
        fact,
        messages_at=tuple(when for when in fact.messages_at if when <= at),
        finding=None if late else fact.finding,
    )
