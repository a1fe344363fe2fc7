"""What a set of rules would have done to the tickets of the past, before anybody switches them on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.fair_use.models import FairUseRules, Ground, Standing, TicketFact
from assistant.fair_use.standing import decide
from assistant.record.events import Instant


@dataclass(frozen=True, slots=True)
class Deferral:
    """A ticket that would have given way: whose, when, and on which grounds."""

    account: str
    ticket: str
    at: Instant
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What rules would have done between two moments.

    ``tickets`` and ``accounts`` are all that there were; ``paid`` are priority tickets, which no rule touches.
    ``by_ground`` counts deferred tickets; one may be deferred on several grounds.
    """

    rules: FairUseRules
    tickets: int
    paid: int
    accounts: int
    deferrals: tuple[Deferral, ...]

    @property
    def accounts_deferred(self) -> int:
        """How many customers would have been deferred at least once."""
        return len({one.account for one in self.deferrals})

    @property
    def by_ground(self) -> dict[Ground, int]:
        """How many tickets would have been deferred on each ground."""
        return {ground: sum(ground in one.grounds for one in self.deferrals) for ground in Ground}


def replay(facts: Mapping[str, Sequence[TicketFact]], rules: FairUseRules, *, since: Instant, until: Instant) -> Effect:
    """Return what rules would have done to the tickets sent from ``since`` to before ``until``.

    A ticket's place is decided when it is sent, by what was known then: of the ticket itself only that it is there.

    Args:
        facts: each customer's tickets, with enough of the time before ``since`` to fill the rules' period.
        rules: those to try.
        since: the first moment.
        until: the moment after the last.
    """
    tickets = paid = accounts = 0
    deferrals: list[Deferral] = []
    for account, theirs in sorted(facts.items()):
        sent = [one for one in theirs if since <= one.at < until]
        accounts += bool(sent)
        for one in sent:
            tickets += 1
            paid += one.paid
            if not one.paid:
                deferrals += _deferral(account, one, theirs, rules)
    return Effect(rules, tickets, paid, accounts, tuple(sorted(deferrals, key=lambda one: (one.at, one.ticket))))


def _deferral(account: str, sent: TicketFact, facts: Iterable[TicketFact], rules: FairUseRules) -> list[Deferral]:
    before = [one for one in facts if one.at < sent.at]
    decision = decide(before, rules, at=sent.at)
    if decision.standing is Standing.NORMAL:
        return []
    return [Deferral(account, sent.ticket, sent.at, tuple(one.ground for one in decision.holding))]
