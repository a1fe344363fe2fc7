"""What a decision rested on, as text: whoever doubts it can have it made again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from assistant.fair_use.models import Decision, FairUseRules, TicketFact
from assistant.fair_use.standing import decide
from assistant.record.events import Instant


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a decision is a function of, and the decision. ``version`` is that of the rules' code."""

    facts: tuple[TicketFact, ...]
    rules: FairUseRules
    at: Instant
    decision: Decision
    version: int


RULES_VERSION = 1
"""Goes up when the same facts and rules may lead to another decision."""
_adapter = TypeAdapter(Snapshot)


def snapshot(facts: Sequence[TicketFact], rules: FairUseRules, *, at: Instant) -> Snapshot:
    """Decide, and return the decision with all that it rests on."""
    known = tuple(sorted((one for one in facts if one.at <= at), key=lambda one: (one.at, one.ticket)))
    return Snapshot(known, rules, at, decide(known, rules, at=at), RULES_VERSION)


def dump_snapshot(taken: Snapshot) -> str:
    """Return a snapshot as JSON."""
    return _adapter.dump_json(taken).decode()


def load_snapshot(text: str) -> Snapshot:
    """Return a snapshot from JSON.

    Raises:
        ValueError: if it is none.
    """
    return _adapter.validate_json(text)


def digest_of_snapshot(text: str) -> str:
    """Return what stands for a snapshot, so that a change to it shows."""
    return hashlib.sha256(text.encode()).hexdigest()


def differences(taken: Snapshot) -> list[str]:
    """Make a decision again; return how it differs from the one that was made, empty if it is the same."""
    again, was = decide(taken.facts, taken.rules, at=taken.at), taken.decision
    found = []
    if taken.version != RULES_VERSION:
        found.append(f"made by version {taken.version} of the rules, made again by version {RULES_VERSION}")
    if again.standing is not was.standing:
        found.append(f"{again.standing} instead of {was.standing}")
    if again.until != was.until:
        found.append(f"ends at {again.until} instead of {was.until}")
    for now, then in zip(again.grounds, was.grounds, strict=True):
        if now != then:
            found.append(f"{now.ground}: {now.count} of {now.out_of} instead of {then.count} of {then.out_of}")
    return found
