"""Does fair use flag those whom it means? Made-up customers, honest and not, through the real record and rules.

Each customer's kind is known. What they do is recorded as a service records it; the machine errs, staff errs, and we
fail to show what we have. A customer is flagged who is deferred on any evening.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from scipy.stats import beta

from assistant.fair_use.checklist import Checklist
from assistant.fair_use.gathering import finding_of_staff
from assistant.fair_use.models import FairUseRules, Ground, Standing
from assistant.fair_use.overseeing import FairUse, Mode
from assistant.fair_use.ports import KeptStanding, Standings
from assistant.fair_use.snapshots import differences
from assistant.record.events import MS_PER_DAY, MS_PER_HOUR, Event, EventType, Instant, Interaction, ShownPassage, Who
from assistant.record.evidence import MACHINE, Evidence, EvidencePassage, Verdict, find
from assistant.record.ports import Append, Record, Ticket

BEGINS: Instant = 1_788_220_800_000
"""The first of September 2026, midnight, UTC."""
_LOCALE, _GENERATION = "pl", "g1"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of customer.

    Attributes:
        name: for the table.
        abuses: which ground they give, if any: what fair use is to find.
        tickets: about how many they write in the time.
        in_docs: share of their questions that our pages answer.
        shown: share of those for which we show the answer before the ticket.
        opens: share of what is shown that they open.
        displayed: whether their browser says what it shows.
        withheld: whether they are in the holdout.
        burst: messages they write about one matter within a day, at most.
        again: share of their tickets that repeat a solved one.
        tries: share of repeats for which they say that they tried a step.
    """

    name: str
    abuses: Ground | None
    tickets: tuple[int, int]
    in_docs: float = 0.35
    shown: float = 0.6
    opens: float = 0.75
    displayed: bool = True
    withheld: bool = False
    burst: int = 1
    again: float = 0.05
    tries: float = 0.8


KINDS: tuple[tuple[int, Kind], ...] = (
    (240, Kind("honest, writes now and then", None, (1, 5))),
    (60, Kind("honest, a busy shop", None, (8, 16), burst=3)),
    (30, Kind("honest, in a hurry: opens little", None, (2, 5), opens=0.3)),
    (30, Kind("honest, our misses: we never show it", None, (6, 12), in_docs=0.9, shown=0.0)),
    (20, Kind("honest, in the holdout", None, (6, 12), in_docs=0.8, withheld=True)),
    (20, Kind("honest, without scripts", None, (6, 12), in_docs=0.8, shown=0.9, displayed=False)),
    (20, Kind("honest, a stubborn fault: asks again, has tried", None, (6, 10), in_docs=0.1, again=0.6, tries=0.9)),
    (30, Kind("does not open what is shown", Ground.IN_DOCS, (10, 20), in_docs=0.85, shown=0.9, opens=0.05)),
    (25, Kind("floods", Ground.MESSAGES, (60, 90), in_docs=0.3, burst=2)),
    (25, Kind("tries nothing", Ground.REPEATS, (10, 18), in_docs=0.15, again=0.7, tries=0.05)),
)
"""How many of each kind there are."""


@dataclass(frozen=True, slots=True)
class World:
    """How we err.

    Attributes:
        days: how long it lasts.
        judged: share of tickets that staff says something about.
        staff_errs: share of these in which they take an answer for none, or none for one.
        machine_errs: share of tickets in which the machine takes a page for an answer that is none, or the other way.
        certified: whether the policy's risk was checked, so that the machine's word counts without staff.
        asked_again: share of repeats in which the customer is shown the steps of the earlier solution, and says
            which they tried.
    """

    days: int = 60
    judged: float = 0.5
    staff_errs: float = 0.05
    machine_errs: float = 0.12
    certified: bool = False
    asked_again: float = 0.8


@dataclass(frozen=True, slots=True)
class Flagging:
    """What came of it. ``by_kind`` is (customers, flagged) by the kind's name."""

    precision: tuple[int, int]
    recall: tuple[int, int]
    never_visible: int
    decisions: int
    reproduced: int
    by_kind: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def precision_low(self) -> float:
        """The lower end of the exact one-sided 95 % interval of the precision. Source: Clopper & Pearson 1934."""
        right, flagged = self.precision
        return float(beta.ppf(0.05, right, flagged - right + 1)) if right else 0.0


OpenRecord = Callable[[], AbstractContextManager[tuple[Record, Standings]]]
"""Opens an empty record, and what keeps standings in it."""


def run(open_record: OpenRecord, worlds: Sequence[tuple[int, World]], rules: FairUseRules) -> Flagging:
    """Let customers live through worlds, each by its seed, and return whom fair use has flagged."""
    right = flagged = abusers = found = never_visible = decisions = reproduced = 0
    by_kind: dict[str, tuple[int, int]] = {}
    for seed, world in worlds:
        with open_record() as (record, standings):
            lived = _live(record, standings, world, rules, seed)
        decisions += lived.decisions
        reproduced += lived.reproduced
        never_visible += lived.never_visible
        for kind, was_flagged in lived.customers:
            all_of, so_far = by_kind.get(kind.name, (0, 0))
            by_kind[kind.name] = all_of + 1, so_far + was_flagged
            flagged += was_flagged
            right += was_flagged and kind.abuses is not None
            abusers += kind.abuses is not None
            found += was_flagged and kind.abuses is not None
    return Flagging((right, flagged), (found, abusers), never_visible, decisions, reproduced, by_kind)


@dataclass(frozen=True, slots=True)
class _Lived:
    customers: list[tuple[Kind, bool]]
    never_visible: int
    decisions: int
    reproduced: int


@dataclass(frozen=True, slots=True)
class _Written:
    """A ticket as it will be written, and what is true of it."""

    account: str
    kind: Kind
    at: Instant
    matter: str
    visible: bool
    again: str | None = None


def _live(record: Record, standings: Standings, world: World, rules: FairUseRules, seed: int) -> _Lived:
    rnd = random.Random(seed)  # noqa: S311
    fair = FairUse(standings, rules, Mode.ON, restore=lambda _: None)
    kinds = {f"{seed}-{number}-{place}": kind for place, (many, kind) in enumerate(KINDS) for number in range(many)}
    flagged: set[str] = set()
    truly_visible: dict[str, bool] = {}
    letters = sorted((one for name, kind in kinds.items() for one in _letters(name, kind, world, rnd)), key=_when)
    place = 0
    for day in range(world.days + 1):
        evening = BEGINS + (day + 1) * MS_PER_DAY
        today = []
        while place < len(letters) and letters[place].at < evening:
            today.append((f"T{seed}x{place}", letters[place]))
            place += 1
        _record(record, standings, today, world, rnd, truly_visible)
        fair.look_at_news(evening)
        flagged |= {name for name in kinds if fair.standing_of(name, evening) is Standing.DEFERRED}
    kept: list[KeptStanding] = []
    while more := standings.kept(after=kept[-1].number if kept else 0):
        kept += more
    counted = [
        ticket
        for one in kept
        for ground in one.snapshot.decision.grounds
        if ground.ground is Ground.IN_DOCS
        for ticket in ground.tickets
    ]
    return _Lived(
        [(kind, name in flagged) for name, kind in kinds.items()],
        sum(not truly_visible[ticket] for ticket in counted),
        len(kept),
        sum(one.intact and not differences(one.snapshot) for one in kept),
    )


def _letters(name: str, kind: Kind, world: World, rnd: random.Random) -> Iterator[_Written]:
    number = max(1, round(rnd.uniform(*kind.tickets) * world.days / 60))
    moments = sorted(BEGINS + round(rnd.random() * world.days * MS_PER_DAY) for _ in range(number))
    before: list[str] = []
    for count, at in enumerate(moments):
        repeats = bool(before) and rnd.random() < kind.again
        matter = rnd.choice(before[-3:]) if repeats else f"{name}/{count}"
        before.append(matter)
        visible = rnd.random() < kind.in_docs and rnd.random() < kind.shown and not kind.withheld
        for message in range(rnd.randint(1, kind.burst)):
            yield _Written(name, kind, at + message * 2 * MS_PER_HOUR, matter, visible, matter if repeats else None)


def _record(
    record: Record,
    standings: Standings,
    today: Sequence[tuple[str, _Written]],
    world: World,
    rnd: random.Random,
    truly_visible: dict[str, bool],
) -> None:
    """Record a day's letters as the service does: what was asked and shown, the ticket, what machine and staff find."""
    asked: list[Interaction] = []
    followed: list[Event] = []
    tickets: list[Ticket] = []
    findings: list[tuple[Verdict, Evidence]] = []
    for ticket, one in today:
        truly_visible[ticket] = one.visible
        who = Who(visitor=f"v-{one.account}", account=one.account)
        passage = ShownPassage(1, f"{one.matter}#1", one.matter, one.matter, "d", 0.9, 0.8)
        episode, name = f"e-{ticket}", f"q-{ticket}"
        opened = one.visible and rnd.random() < one.kind.opens
        asked_at = one.at - 5 * 60_000
        asked.append(
            Interaction(
                name,
                episode,
                asked_at,
                True,
                _LOCALE,
                "support",
                who,
                "q",
                "answered" if one.visible else "missed",
                None if one.visible else "nothing_near",
                _GENERATION,
                "c",
                one.matter if one.visible else None,
                (passage,) if one.visible else (),
                (),
                held_out=one.kind.withheld,
            )
        )
        if one.visible and one.kind.displayed:
            followed.append(_event(name, episode, EventType.SHOWN, asked_at + 1000))
            if opened:
                followed.append(_event(name, episode, EventType.OPENED, asked_at + 60_000, rank=1))
        told_opened = opened and one.kind.displayed
        followed.append(_event(f"ticket:{ticket}", episode, EventType.TICKET_CREATED, one.at, ticket=ticket))
        tickets.append(
            Ticket(ticket, episode, one.at, _LOCALE, _GENERATION, "c", "text", one.at + 12 * MS_PER_HOUR, who)
        )
        in_docs = one.visible or rnd.random() < one.kind.in_docs
        answered = in_docs if rnd.random() >= world.machine_errs else not in_docs
        matter = one.matter if in_docs or rnd.random() < 0.5 else f"{one.matter}/else"
        evidence = Evidence(
            "q",
            _LOCALE,
            _GENERATION,
            "c",
            answered,
            0.9 if answered else 0.0,
            (
                EvidencePassage(
                    f"{matter}#1",
                    matter,
                    matter,
                    "d",
                    "",
                    1,
                    0.9,
                    shown=one.visible and matter == one.matter,
                    opened=told_opened and matter == one.matter,
                ),
            )
            if answered or one.visible
            else (),
            withheld=one.kind.withheld,
            certified=world.certified and answered,
        )
        shown = {one.matter} if one.visible else set()
        finding = find(answering={matter} if answered else set(), shown=shown, opened=shown if told_opened else set())
        findings.append((Verdict(ticket, MACHINE, finding, "", one.at + 1000), evidence))
    record.submit(Append(interactions=asked, events=followed, tickets=tickets)).result(60)
    for (ticket, one), (verdict, evidence) in zip(today, findings, strict=True):
        record.add_verdict(verdict, evidence)
        if rnd.random() < world.judged:
            says = one.visible or (evidence.answered and rnd.random() < 0.7)
            right = rnd.random() >= world.staff_errs
            said = "yes" if says is right else "no"
            record.add_verdict(
                Verdict(ticket, "zofia", finding_of_staff(said, evidence, verdict.finding), "", one.at + MS_PER_HOUR)
            )
        if one.again is not None and rnd.random() < world.asked_again:
            tried = (0,) if rnd.random() < one.kind.tries else ()
            standings.keep_checklist(ticket, Checklist("earlier", ("Open it.", "Press it."), tried))


def _event(
    scope: str, episode: str, kind: EventType, at: Instant, *, rank: int | None = None, ticket: str | None = None
) -> Event:
    return Event(scope, f"{kind.value}-{at}", episode, kind, at, at, rank=rank, ticket=ticket)


def _when(one: _Written) -> tuple[Instant, str]:
    return one.at, one.account


def share(of: tuple[int, int]) -> float:
    """Return a count out of a count as a share, not a number where nothing was counted."""
    return of[0] / of[1] if of[1] else math.nan
