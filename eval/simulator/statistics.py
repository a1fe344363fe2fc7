"""Whether the experiment's figures are right: many worlds without a service, where the truth is known of every episode.

What an experiment counts is what the record's own rules make of the events that reach it, some late, some lost.

Every visit is lived through twice, with answers and with the plain form. So the truth is not an estimate, and one pass
gives A/B worlds, in which an arm is offered answers, and A/A worlds, in which both arms are treated the same.
"""

from __future__ import annotations

import random
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.record.experiment import Effect, measure, power_to_find, sums_of
from assistant.record.holdout import lot
from eval.simulator.behaviour import USUAL, Habits, Seen, Turn, behave, is_helped, true_class
from eval.simulator.recorded import recorded_class
from eval.simulator.world import Plan, Topic, Visit, World, build_world

_FOREVER = 1e12
_PLAIN = Seen("missed", held_out=True, shown=0, right_rank=None)
Kind = Literal["A/A plain", "A/A answers", "A/B", "harm"]


@dataclass(frozen=True, slots=True)
class StandIn:
    """What shows answers in place of the service: shares, 0 to 1, of questions.

    Of questions that the pages answer ``answers`` get an answer, of others ``false_answers``. Of the rest ``related``
    get related pages. ``right`` is the share of answers that hold the right passage, where there is one, and
    ``related_right`` that of related pages.
    """

    answers: float = 0.7
    false_answers: float = 0.12
    related: float = 0.4
    right: float = 0.88
    related_right: float = 0.3

    def show(self, topic: Topic, rng: random.Random) -> Seen:
        """Return what a question about a topic brings."""
        if rng.random() < (self.answers if topic.documented else self.false_answers):
            return self._shown("answered", self.right, topic, rng)
        if rng.random() < self.related:
            return self._shown("related", self.related_right, topic, rng)
        return Seen("missed", held_out=False, shown=0, right_rank=None)

    def _shown(self, outcome: Literal["answered", "related"], right: float, topic: Topic, rng: random.Random) -> Seen:
        shown = 1 + int(rng.random() * 3)
        is_right = topic.documented and rng.random() < right
        return Seen(
            outcome, held_out=False, shown=shown, right_rank=1 + int(rng.random() ** 3 * shown) if is_right else None
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """A kind of world, with what is shown there and what people do about it."""

    plan: Plan
    topics: tuple[Topic, ...]
    stand_in: StandIn = StandIn()
    habits: Habits = USUAL


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a visit in both lives: its class under the plain form and with answers, and whether it was helped
    in the latter; and the classes that the record gives them, from the events that reach it."""

    visit: Visit
    plain: str
    offered: str
    helped: bool
    plain_recorded: str
    offered_recorded: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of the episodes of a kind of world, as shares of them, 0 to 1.

    ``effect`` is the ticket rate under the plain form less that with answers. Of those who would have written a ticket
    under the plain form: ``harm`` ended silent (B) and unhelped with answers, ``misled`` ended assumed (S), which is
    silent but for a page opened, and unhelped, ``silent`` ended B and helped. ``drawn_in`` would have been B under the
    plain form and did something with answers. The difference of B between the arms is harm + silent - drawn_in, plus
    what chance makes of people who are in B twice.
    """

    episodes: int
    plain: float
    offered: float
    harm: float
    misled: float
    silent: float
    drawn_in: float

    @property
    def effect(self) -> float:
        """The ticket rate under the plain form less that with answers."""
        return self.plain - self.offered


@dataclass(frozen=True, slots=True)
class Figures:
    """How an estimate does over many worlds; in points where it says so.

    ``counted`` worlds gave an estimate, ``not_yet`` did not; ``covered`` is the share of estimates whose interval holds
    the truth, ``found`` that whose interval leaves out zero, and ``power`` the mean chance of that which was stated for
    an effect as large as the true one. ``bias`` is the mean of estimate less truth, ``spread`` the standard deviation
    of the estimates, ``error`` the root of the mean squared standard error that was stated (all three in points).
    """

    kind: Kind
    share: float
    counted: int
    not_yet: int
    truth: float
    covered: float
    found: float
    power: float
    bias: float
    spread: float
    error: float


def live(visit: Visit, setting: Setting, rng: random.Random, *, held_out: bool) -> tuple[Turn, ...]:
    """Return the turns of a visitor's episode."""
    turns: list[Turn] = []
    at = visit.at
    while True:
        seen = _PLAIN if held_out else setting.stand_in.show(visit.topic, rng)
        acts = behave(visit, seen, rng, habits=setting.habits, turn=len(turns) + 1)
        turns.append(Turn(at, seen, acts))
        if not acts or acts[-1].type != "asked":
            return tuple(turns)
        at += acts[-1].after


def fates(world: World, setting: Setting) -> Iterator[Fate]:
    """Return what became of each visit of a world, in both lives."""
    rng = random.Random(f"lives {world.seed}")  # noqa: S311 - reproducible, not secret
    for visit in world.visits:
        plain, offered = (live(visit, setting, rng, held_out=held_out) for held_out in (True, False))
        yield Fate(
            visit=visit,
            plain=true_class(plain, report_at=_FOREVER),
            offered=true_class(offered, report_at=_FOREVER),
            helped=is_helped(visit, offered),
            plain_recorded=recorded_class(visit, plain, seed=world.seed),
            offered_recorded=recorded_class(visit, offered, seed=world.seed),
        )


def true_effect(setting: Setting, *, worlds: int, seed: int = 0) -> Truth:
    """Return what is true of a kind of world, from both lives of all visits of so many worlds."""
    tally = _Tally()
    for number in range(worlds):
        for fate in fates(build_world(setting.plan, setting.topics, seed=seed + number), setting):
            tally.add(fate)
    return tally.truth()


def run(
    setting: Setting,
    *,
    shares: Sequence[float],
    worlds: int,
    seed: int = 1_000_000,
    progress: Callable[[int, int], None] = lambda _, __: None,
) -> tuple[Truth, tuple[Figures, ...]]:
    """Return what is true of a kind of world, and how well so many experiments with each share of holdout tell it.

    The truth is that of all their visits together, both lives of each; a single world, of some accounts only, differs.
    """
    tally = _Tally()
    results: dict[tuple[float, Kind], list[Effect | None]] = defaultdict(list)
    for number in range(seed, seed + worlds):
        progress(number - seed + 1, worlds)
        clusters: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
        for fate in fates(build_world(setting.plan, setting.topics, seed=number), setting):
            tally.add(fate)
            sums = clusters[fate.visit.cluster]
            for place, counts in enumerate(
                (
                    True,
                    fate.plain_recorded in "FN",
                    fate.offered_recorded in "FN",
                    fate.plain_recorded == "B",
                    fate.offered_recorded == "B",
                )
            ):
                sums[place] += counts
        lots = {name: lot(str(number).encode(), name) for name in clusters}
        for share in shares:
            held = [sums for name, sums in clusters.items() if lots[name] < share]
            rest = [sums for name, sums in clusters.items() if lots[name] >= share]
            for kind, (in_rest, in_held) in _COLUMNS.items():
                effect = measure(
                    sums_of((sums[0], sums[in_rest]) for sums in rest),
                    sums_of((sums[0], sums[in_held]) for sums in held),
                    share=share,
                )
                results[share, kind].append(effect if isinstance(effect, Effect) else None)
    truth = tally.truth()
    return truth, tuple(_figures(kind, share, truth, found) for (share, kind), found in results.items())


_COLUMNS: dict[Kind, tuple[int, int]] = {"A/A plain": (1, 1), "A/A answers": (2, 2), "A/B": (2, 1), "harm": (4, 3)}
"""Which column of a cluster's sums is counted in the arm that is offered answers, and which in the holdout."""


def _figures(kind: Kind, share: float, truth: Truth, results: Sequence[Effect | None]) -> Figures:
    effects = [effect for effect in results if effect is not None]
    # More silence with answers is harm, while fewer tickets are the effect: hence the sign.
    sign, true = {"A/B": (1.0, truth.effect), "harm": (-1.0, truth.harm)}.get(kind, (1.0, 0.0))
    estimates = [sign * effect.difference for effect in effects]
    number = max(1, len(effects))
    return Figures(
        kind=kind,
        share=share,
        counted=len(effects),
        not_yet=len(results) - len(effects),
        truth=true,
        covered=sum(effect.low <= sign * true <= effect.high for effect in effects) / number,
        found=sum(effect.low > 0.0 or effect.high < 0.0 for effect in effects) / number,
        power=sum(power_to_find(abs(true), effect) for effect in effects) / number,
        bias=100.0 * (sum(estimates) / number - true),
        spread=100.0 * statistics.pstdev(estimates) if estimates else 0.0,
        error=100.0 * (sum(effect.standard_error**2 for effect in effects) / number) ** 0.5,
    )


class _Tally:
    """Counts of fates."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = defaultdict(int)

    def add(self, fate: Fate) -> None:
        counts = self._counts
        would_write, writes = fate.plain in "FN", fate.offered in "FN"
        counts["all"] += 1
        counts["plain"] += would_write
        counts["offered"] += writes
        if fate.offered == "B" and would_write:
            counts["silent" if fate.helped else "harm"] += 1
        elif fate.offered == "S" and would_write and not fate.helped:
            counts["misled"] += 1
        elif fate.plain == "B" and fate.offered != "B":
            counts["drawn_in"] += 1

    def truth(self) -> Truth:
        number = max(1, self._counts["all"])
        shares = {
            name: self._counts[name] / number for name in ("plain", "offered", "harm", "misled", "silent", "drawn_in")
        }
        return Truth(episodes=self._counts["all"], **shares)
