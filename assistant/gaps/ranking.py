"""What gaps cost: people who ask × chance of a ticket × chance that a page would answer them, each with an interval.

Of a gap with few questions little is known, so each of the three leans on what is known of all gaps (empirical Bayes):
a rate on a gamma, a chance on a beta distribution. Products and their intervals come from draws of the three.
Source: Gelman et al., Bayesian Data Analysis, 3rd edition, 2.6 and 5.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.gaps.models import Cost, Interval

WEEKS = 12
"""Complete weeks that are looked at, at most; a recent one says more of the next than an early one."""
_HALF_LIFE_WEEKS = 6.0
_DRAWS = 4000
_SEED = 20260907
_LOW, _HIGH = 0.1, 0.9
_STRENGTH = 6.0
"""People whom the chance of a ticket over all gaps counts as, in one of them."""
_ALIKE = 6.0
"""How alike pages are in what they spare: the strength of the beta distribution that each page's chance is from."""

Draws = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """How often a gap was asked about.

    ``weeks`` are the people of each complete week, the latest last; of those who asked at all, ``people``, so many
    wrote ``tickets``. ``answered`` is the share, 0 to 1, of its questions that a page which was tried would answer, and
    ``tried`` how many of them were; ``None`` where none was.
    """

    weeks: tuple[int, ...]
    people: int
    tickets: int
    answered: float | None = None
    tried: int = 0


@dataclass(frozen=True, slots=True)
class Experience:
    """What pages that were written for gaps have done: of ``asked`` people who would have written a ticket, so many
    were ``spared`` it. As given it is a guess that a dozen of them outweigh, until there is experience."""

    spared: float = 6.0
    asked: float = 10.0

    def with_more(self, spared: float, asked: float) -> Experience:
        """Return what is known with the experience of more gaps."""
        return Experience(self.spared + max(0.0, min(spared, asked)), self.asked + asked)


@dataclass(frozen=True, slots=True)
class CostDraws:
    """Draws of a gap's three parts, shape (draws,) each: people a week, and two chances."""

    asked: Draws
    ticket: Draws
    answered: Draws

    def cost(self) -> Cost:
        """Return the parts and products with their intervals."""
        tickets = self.asked * self.ticket
        return Cost(
            asked=interval_of(self.asked),
            ticket=interval_of(self.ticket),
            answered=interval_of(self.answered),
            tickets=interval_of(tickets),
            spared=interval_of(tickets * self.answered),
        )


def costs_of(gaps: Sequence[Asked], experience: Experience | None = None) -> list[Cost]:
    """Return what each gap costs; they are looked at together, since each leans on all."""
    return [draws.cost() for draws in draws_of(gaps, experience)]


def draws_of(gaps: Sequence[Asked], experience: Experience | None = None) -> list[CostDraws]:
    """Return draws of each gap's parts; the same gaps give the same draws, in whichever order."""
    if not gaps:
        return []
    known = experience or Experience()
    weighed = [_weighed(one.weeks) for one in gaps]
    # In one order whichever they are given in, so that not even rounding depends on it.
    counts, exposures = np.array(sorted(weighed)).T
    shape, rate = _gamma_prior(counts, exposures)
    chance = (sum(one.tickets for one in gaps) + 1.0) / (sum(one.people for one in gaps) + 2.0)
    found = []
    for one, (count, exposure) in zip(gaps, weighed, strict=True):
        # The same lots for each: what sets two gaps apart is what is known of them.
        rng = np.random.default_rng(_SEED)
        found.append(
            CostDraws(
                asked=rng.gamma(shape + count, 1.0 / (rate + exposure), _DRAWS),
                ticket=rng.beta(
                    _STRENGTH * chance + one.tickets, _STRENGTH * (1.0 - chance) + one.people - one.tickets, _DRAWS
                ),
                answered=_answered(one, known, rng),
            )
        )
    return found


def interval_of(draws: Draws) -> Interval:
    """Return the mean and the 80 % interval of draws; where they are so lopsided that it does not hold the mean, it is
    widened to."""
    low, high = np.quantile(draws, (_LOW, _HIGH))
    mean = float(draws.mean())
    return Interval(mean, min(float(low), mean), max(float(high), mean))


def _answered(one: Asked, known: Experience, rng: np.random.Generator) -> Draws:
    """Return how likely a page spares a ticket; one that was tried does so only where it answers.

    However well it is known how pages do on the whole, one page differs from another.
    """
    usual = np.clip(rng.beta(max(known.spared, 0.5), max(known.asked - known.spared, 0.5), _DRAWS), 0.01, 0.99)
    helped: Draws = rng.beta(_ALIKE * usual, _ALIKE * (1.0 - usual), _DRAWS)
    if one.answered is None:
        return helped
    found = one.answered * one.tried
    reached: Draws = rng.beta(found + 1.0, one.tried - found + 1.0, _DRAWS)
    return helped * reached


def _weighed(weeks: Sequence[int]) -> tuple[float, float]:
    """Return people and weeks, each week weighed by how recent it is."""
    latest = weeks[-WEEKS:]
    weights = [0.5 ** (age / _HALF_LIFE_WEEKS) for age in reversed(range(len(latest)))]
    return sum(weight * people for weight, people in zip(weights, latest, strict=True)), sum(weights)


def _gamma_prior(counts: Draws, exposures: Draws) -> tuple[float, float]:
    """Return shape and rate of the distribution of rates over gaps, by moments."""
    known = exposures > 0.0
    if not known.any():
        return 0.5, 1.0
    rates = counts[known] / exposures[known]
    mean = float(rates.mean())
    if mean <= 0.0:
        return 0.5, 1.0
    spread = float(rates.var()) - mean * float((1.0 / exposures[known]).mean())
    rate = mean / max(spread, 0.05 * mean * mean, 1e-9)
    shape = min(max(mean * rate, 0.1), 50.0)
    return shape, shape / mean
