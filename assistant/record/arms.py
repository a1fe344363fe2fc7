"""Counts of episodes → the sums over subjects that an experiment is measured by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.record.deflection import Count
from assistant.record.episodes import SUCCESS, TICKET, EpisodeClass
from assistant.record.experiment import Arm, ArmSums, size_class

Outcomes = tuple[EpisodeClass, ...]
"""What is counted: ``SUCCESS``, ``TICKET`` or ``SILENCE``."""
SILENCE: Outcomes = (EpisodeClass.ABANDONED,)


@dataclass(frozen=True, slots=True)
class Repeat:
    """How many ``subjects`` of an arm have as many closed ``episodes``, at least two, and as many of them a success
    and a ticket; the rest were abandoned."""

    experiment: str | None
    held_out: bool
    episodes: int
    successes: int
    tickets: int
    subjects: int

    def of(self, outcomes: Outcomes) -> int:
        """Return how many of the episodes have one of some classes."""
        if outcomes == SUCCESS:
            return self.successes
        return self.tickets if outcomes == TICKET else self.episodes - self.successes - self.tickets


@dataclass(frozen=True, slots=True)
class Subjects:
    """Everybody who asked in a period, by how many episodes of which class they have."""

    counts: Sequence[Count]
    repeats: Sequence[Repeat]

    def experiments(self) -> list[str]:
        """Return the experiments, the latest to begin last."""
        began: dict[str, int] = {}
        for count in self.counts:
            if count.experiment is not None:
                began[count.experiment] = min(began.get(count.experiment, count.first_day), count.first_day)
        return sorted(began, key=lambda name: (began[name], name))

    def arm(self, outcomes: Outcomes, *, held_out: bool, experiments: Iterable[str | None]) -> Arm:
        """Return the sums of an arm over its subjects, with some classes as what is counted.

        Args:
            outcomes: ``SUCCESS``, ``TICKET`` or ``SILENCE``: what is counted.
            held_out: whether the holdout is meant, or those who were offered answers.
            experiments: whose episodes; ``None`` stands for those of none.
        """
        cells = {(name, held_out) for name in experiments}
        clusters: dict[tuple[int, int], int] = defaultdict(int)
        for count in self.counts:
            if (count.experiment, count.held_out) in cells and count.outcome is not EpisodeClass.PENDING:
                clusters[1, int(count.outcome in outcomes)] += count.episodes
        for repeat in self.repeats:
            if (repeat.experiment, repeat.held_out) in cells:
                n, y = repeat.episodes, repeat.of(outcomes)
                clusters[n, y] += repeat.subjects
                clusters[1, 1] -= y * repeat.subjects
                clusters[1, 0] -= (n - y) * repeat.subjects
        return _sums(clusters)


def _sums(clusters: Mapping[tuple[int, int], int]) -> dict[int, ArmSums]:
    """Return the sums of so many clusters of n episodes each, y of which count."""
    classes: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for (n, y), number in clusters.items():
        if number > 0:
            classes[size_class(n)].append((n, y, number))
    return {
        size: ArmSums(
            clusters=sum(number for _, _, number in members),
            episodes=sum(n * number for n, _, number in members),
            outcomes=sum(y * number for _, y, number in members),
            nn=float(sum(n**2 * number for n, _, number in members)),
            ny=float(sum(n * y * number for n, y, number in members)),
            yy=float(sum(y**2 * number for _, y, number in members)),
            nnn=float(sum(n**3 * number for n, _, number in members)),
            nnnn=float(sum(n**4 * number for n, _, number in members)),
        )
        for size, members in classes.items()
    }
