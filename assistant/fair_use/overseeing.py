"""Keeps standings up to date: decides when something has come, and when one has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from threading import Lock

import structlog

from assistant.fair_use.models import Decision, FairUseRules, Standing, TicketFact
from assistant.fair_use.ports import KeptStanding, Standings
from assistant.fair_use.replay import Effect, replay
from assistant.fair_use.snapshots import snapshot
from assistant.record.events import MS_PER_DAY, MS_PER_HOUR, Instant

_OVERLAP_MS = 10_000
"""How far back is looked again: clocks of several processes differ."""
_FAR_MS = MS_PER_HOUR
"""How often is looked back so far: what a helpdesk reports late has an earlier time."""
_EFFECT_MS = 10 * 60_000
_AT_ONCE = 200
"""Accounts of which the facts are looked up together."""
_log = structlog.get_logger()


class Mode(StrEnum):
    """What fair use does: nothing; decide without any effect, for staff to see; or put deferred tickets back."""

    OFF = "off"
    OBSERVE = "observe"
    ON = "on"


class FairUse:
    """Decides on standings, and says which one holds.

    Args:
        standings: where facts come from and decisions go.
        rules: what the operator allows.
        mode: whether decisions have an effect.
        restore: takes what is open of an account whose standing is normal again back to its place.
    """

    def __init__(
        self, standings: Standings, rules: FairUseRules, mode: Mode, *, restore: Callable[[str], None]
    ) -> None:
        self.standings = standings
        self.rules = rules
        self.mode = mode
        self._restore = restore
        self._looked_at: Instant = 0
        self._looked_far_at: Instant = 0
        self._looking = Lock()
        self._effect: tuple[Instant, Effect] | None = None

    def standing_of(self, account: str, at: Instant) -> Standing:
        """Return the standing that counts for a ticket sent at a moment; normal where fair use is not on.

        If it cannot be told, it is normal: nobody is deferred by a fault of ours.
        """
        if self.mode is not Mode.ON:
            return Standing.NORMAL
        try:
            last = self.standings.last(account)
        except Exception as exc:  # whatever it is, a ticket is taken all the same
            _log.warning("standing.unknown", error=type(exc).__name__)
            return Standing.NORMAL
        return last.holds_at(at) if last is not None else Standing.NORMAL

    def decision_on(self, account: str, *, at: Instant) -> KeptStanding | None:
        """Return the decision on an account that still holds, ``None`` if its standing is normal."""
        last = self.standings.last(account)
        return last if last is not None and last.holds_at(at) is Standing.DEFERRED else None

    def facts_on(self, account: str, *, at: Instant) -> Sequence[TicketFact]:
        """Return what counts of an account: its tickets of two periods, for what began in the one before."""
        return self.standings.facts(since=at - 2 * self.rules.period_ms, accounts=[account]).get(account, ())

    def look(self, account: str, *, at: Instant) -> Decision | None:
        """Decide on an account, and keep it if it is another decision than the last one; return it then."""
        last = self.standings.last(account)
        taken = snapshot(self.facts_on(account, at=at), self.rules, at=at)
        if _same(last, taken.decision, at):
            return None
        if taken.decision.standing is Standing.NORMAL:
            self._restore(account)  # first: if it fails, all of it is tried again
        self.standings.keep(account, taken)
        return taken.decision

    def look_if_on(self, account: str, *, at: Instant) -> None:
        """Decide on an account now, and not only when the news is looked at, unless fair use is off."""
        if self.mode is not Mode.OFF:
            self.look(account, at=at)

    def look_at_news(self, at: Instant) -> int:
        """Decide on all accounts of which something has come; return of how many the decision is another.

        While another thread is at it, nothing is done. At first all who are deferred are looked at, too: the rules may
        be others than they were.
        """
        if self.mode is Mode.OFF or not self._looking.acquire(blocking=False):
            return 0
        try:
            return self._look_at_news(at)
        finally:
            self._looking.release()

    def effect(self, *, days: int, at: Instant) -> Effect:
        """Return what the rules would have done in the last days; for some minutes the same: it goes through all of it.

        Raises:
            RecordUnavailable: if it cannot be told.
        """
        kept = self._effect
        if kept is None or not 0 <= at - kept[0] < _EFFECT_MS:
            since = at - days * MS_PER_DAY
            facts = self.standings.facts(since=since - 2 * self.rules.period_ms)
            kept = self._effect = at, replay(facts, self.rules, since=since, until=at)
        return kept[1]

    def _look_at_news(self, at: Instant) -> int:
        since = self._looked_at - _OVERLAP_MS
        deferred = self.standings.deferred(at) if not self._looked_at else ()
        if at - self._looked_far_at >= _FAR_MS:
            since = self._looked_far_at - _FAR_MS if self._looked_far_at else at - 2 * self.rules.period_ms
            self._looked_far_at = at
        touched = {*self.standings.touched(since=since, until=at), *(one.account for one in deferred)}
        decided = sum(self.look(one, at=at) is not None for one in self._changed(sorted(touched), at))
        self._looked_at = at
        return decided

    def _changed(self, accounts: Sequence[str], at: Instant) -> Iterator[str]:
        """Return of which accounts the decision is another; most are as they were, and looked up together."""
        for start in range(0, len(accounts), _AT_ONCE):
            some = accounts[start : start + _AT_ONCE]
            last = self.standings.lasts(some)
            facts = self.standings.facts(since=at - 2 * self.rules.period_ms, accounts=some)
            for one in some:
                if not _same(last.get(one), snapshot(facts.get(one, ()), self.rules, at=at).decision, at):
                    yield one


def _same(last: KeptStanding | None, decision: Decision, at: Instant) -> bool:
    if last is None:
        return decision.standing is Standing.NORMAL
    if decision.standing is Standing.NORMAL:
        return last.standing is Standing.NORMAL  # that a deferred one has ended is a decision, too
    before = last.snapshot.decision
    return (
        last.holds_at(at) is decision.standing
        and last.until == decision.until
        and [(one.ground, one.tickets) for one in before.holding]
        == [(one.ground, one.tickets) for one in decision.holding]
    )
