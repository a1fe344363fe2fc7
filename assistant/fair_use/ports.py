"""What fair use needs of a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.fair_use.checklist import Checklist
from assistant.fair_use.models import ContestState, Ground, Standing, TicketFact
from assistant.fair_use.snapshots import Snapshot
from assistant.record.events import Instant


@dataclass(frozen=True, slots=True)
class KeptStanding:
    """A decision as it is kept. ``intact`` says that its snapshot is the one that was written."""

    number: int
    account: str
    at: Instant
    standing: Standing
    until: Instant | None
    snapshot: Snapshot
    intact: bool = True

    def holds_at(self, at: Instant) -> Standing:
        """Return the standing at a moment: a deferred one ends by itself."""
        return Standing.NORMAL if self.until is not None and self.until <= at else self.standing


@dataclass(frozen=True, slots=True)
class Contest:
    """What a customer says against a flag, and what staff has decided, with the reason that the customer reads."""

    ticket: str
    ground: Ground
    account: str
    text: str | None
    at: Instant
    state: ContestState = ContestState.OPEN
    decided_at: Instant | None = None
    by: str | None = None
    reason: str | None = None


class Standings(Protocol):
    """Keeps decisions on standings with what they rest on. Any of it may fail with ``RecordUnavailable``."""

    def facts(self, *, since: Instant, accounts: Sequence[str] | None = None) -> Mapping[str, Sequence[TicketFact]]:
        """Return what is known of the tickets sent since a moment, of some accounts or of all, by account."""
        ...

    def touched(self, *, since: Instant, until: Instant) -> Sequence[str]:
        """Return the accounts of which a ticket, a verdict, a message or a contest has come since a moment, and those
        whose standing has ended between the two."""
        ...

    def last(self, account: str, *, until: Instant | None = None) -> KeptStanding | None:
        """Return the last decision on an account, of those that were made until a moment."""
        ...

    def lasts(self, accounts: Sequence[str]) -> Mapping[str, KeptStanding]:
        """Return the last decision on each of some accounts on which there is one."""
        ...

    def deferred(self, at: Instant) -> Sequence[KeptStanding]:
        """Return the last decision on each account whose standing is deferred at a moment, by account."""
        ...

    def keep(self, account: str, taken: Snapshot) -> None:
        """Keep a decision; earlier ones stay."""
        ...

    def kept(self, *, after: int = 0, most: int = 1000) -> Sequence[KeptStanding]:
        """Return decisions in the order in which they were made, from the one after a number on."""
        ...

    def contest(self, contest: Contest) -> bool:
        """Keep a customer's word against a flag, once for each flag; return whether it is new."""
        ...

    def contests(self, *, account: str | None = None, only_open: bool = False, most: int = 200) -> Sequence[Contest]:
        """Return contests, of an account or of all, oldest first."""
        ...

    def settle(self, ticket: str, ground: Ground, *, upheld: bool, by: str, reason: str, at: Instant) -> Contest | None:
        """Decide an open contest; return it as it is then, ``None`` if there is none, or it is decided already."""
        ...

    def keep_checklist(self, ticket: str, checklist: Checklist) -> None:
        """Keep which steps of an earlier solution were tried, with the ticket that was written all the same."""
        ...

    def checklist(self, ticket: str) -> Checklist | None:
        """Return the checklist that came with a ticket."""
        ...
