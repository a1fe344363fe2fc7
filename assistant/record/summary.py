"""A report: what became of the episodes of a period, and what would have happened anyway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.record.arms import SILENCE, Outcomes, Repeat, Subjects
from assistant.record.deflection import Count, Deflection, Dimension, tell
from assistant.record.episodes import SUCCESS, TICKET, EpisodeClass
from assistant.record.events import Instant
from assistant.record.experiment import Effect, NotYet, design_effect, measure, total


class Figures(Protocol):
    """What a report needs to know of the record; days are ordinals, and included."""

    def counts(self, by: Dimension, *, first_day: int, last_day: int, now: Instant) -> Sequence[Count]:
        """Return how many episodes there are of each value of a dimension, each class and each arm."""
        ...

    def repeats(self, *, first_day: int, last_day: int, now: Instant) -> Sequence[Repeat]:
        """Return how many subjects have several closed episodes, by how many of each class they have."""
        ...


@dataclass(frozen=True, slots=True)
class ExperimentSummary:
    """What a holdout says. ``tickets`` is the incremental deflection: the ticket rate of the holdout less that of the
    rest. ``silence`` is the harm meter's: the share that ended in silence in the holdout less that of the rest, so harm
    is a *negative* difference. Turned round it is those harmed, and those who were helped by what they read and left,
    less those who would have left anyway and looked at an answer; the share of silence itself is all that harm can be.
    """

    name: str
    share: float
    tickets: Effect | NotYet
    silence: Effect | NotYet


@dataclass(frozen=True, slots=True)
class Summary:
    """A report over the days ``first_day`` to ``last_day`` (ordinals), as of ``now``."""

    first_day: int
    last_day: int
    now: Instant
    by: Dimension
    total: Deflection
    lines: Sequence[Deflection]
    design_effect: float
    experiment: ExperimentSummary | None


def summarise(figures: Figures, by: Dimension, *, first_day: int, last_day: int, now: Instant) -> Summary:
    """Return the report of a period, told by a dimension."""
    counts = figures.counts(by, first_day=first_day, last_day=last_day, now=now)
    subjects = Subjects(counts, figures.repeats(first_day=first_day, last_day=last_day, now=now))
    whole = subjects.arm(SUCCESS, held_out=False, experiments=[None, *subjects.experiments()])
    effect = design_effect(total(whole))
    whole_line = tell([replace(one, value=None) for one in counts], Dimension.TOTAL, design_effect=effect)
    return Summary(
        first_day=first_day,
        last_day=last_day,
        now=now,
        by=by,
        total=whole_line[0] if whole_line else tell([_NOTHING], Dimension.TOTAL)[0],
        lines=tell(counts, by, design_effect=effect),
        design_effect=effect,
        experiment=_experiment(subjects),
    )


def _experiment(subjects: Subjects) -> ExperimentSummary | None:
    """Return what the latest experiment of the period says."""
    experiments = subjects.experiments()
    if not experiments:
        return None
    latest = experiments[-1]
    name, _, share = latest.rpartition("@")

    def measured(outcomes: Outcomes) -> Effect | NotYet:
        offered, holdout = (subjects.arm(outcomes, held_out=one, experiments=[latest]) for one in (False, True))
        return measure(offered, holdout, share=float(share))

    return ExperimentSummary(name, float(share), measured(TICKET), measured(SILENCE))


_NOTHING = Count(None, EpisodeClass.PENDING, 0, 0, 0)
