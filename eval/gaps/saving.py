"""Do predicted savings come true? A made-up year of gaps whose rates and chances are known, with the product's rules.

People who ask about a gap are log-normal over gaps, drift in a random walk, rise with a season that all share, and vary
from week to week by more than chance (a gamma mix of Poisson counts). Whether one of them writes a ticket, and whether
a page keeps them from it, are chances of the gap's own. Every week a writer publishes the gaps that promise most, and
one by lot, so that not only promising ones are measured. What is predicted then is compared with what the product says
eight weeks later, against gaps that nobody touched, and with what was truly spared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from assistant.gaps.models import Interval
from assistant.gaps.ranking import WEEKS, Asked, Experience, draws_of
from assistant.gaps.savings import Saving, Watched, predicted_saving, saving_of

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]

MEASURED_AFTER = 8
"""Weeks from a page to the measure of what it saved."""
TUNING_SEEDS = range(100, 110)
"""Years that the rules' constants were chosen on; figures are of others."""


@dataclass(frozen=True, slots=True)
class World:
    """How gaps behave.

    Attributes:
        gaps: how many there are.
        weeks: how long it is looked at.
        typical: median people a week.
        spread: standard deviation of the logarithm of rates over gaps.
        drift: standard deviation of a week's change in the logarithm of a rate.
        gathered: shape of the gamma that a week's rate is mixed with; less is more uneven.
        ticket: mean and strength of the chance of a ticket.
        helps: mean and strength of the chance that a page helps.
        christmas: how many times as many ask in the six weeks before Christmas.
        promising: gaps published each week because they promise most.
        by_lot: gaps published each week by lot.
    """

    gaps: int = 240
    weeks: int = 52
    typical: float = 1.2
    spread: float = 0.9
    drift: float = 0.06
    gathered: float = 4.0
    ticket: tuple[float, float] = (0.45, 8.0)
    helps: tuple[float, float] = (0.6, 6.0)
    christmas: float = 1.8
    promising: int = 2
    by_lot: int = 1


@dataclass(frozen=True, slots=True)
class Lived:
    """A page of the year: what it was ``predicted`` to be seen to spare a week, and ``spared`` by its cost, what was
    ``measured``, and the ``truth``.

    ``promising`` says that it was published for its promise, and not by lot; ``flat`` is what the last four weeks alone
    would have predicted, without any leaning on others: tickets a week.
    """

    week: int
    promising: bool
    predicted: Interval
    spared: float
    measured: Saving
    truth: float
    flat: float


@dataclass(frozen=True, slots=True)
class _Year:
    asked: Counts
    tickets: Counts
    rates: Numbers
    ticket: Numbers
    helps: Numbers


def live_a_year(world: World, seed: int) -> list[Lived]:
    """Return the pages of a year, each predicted when it was published and measured eight weeks later."""
    rng = np.random.default_rng(seed)
    year = _year(world, rng)
    published: dict[int, int] = {}
    predicted: dict[int, tuple[bool, Interval, float, float, float]] = {}
    lived: list[Lived] = []
    for week in range(WEEKS, world.weeks):
        due = [pair for pair in published.items() if week - pair[1] == MEASURED_AFTER]
        others = _untouched(year, published, week - MEASURED_AFTER, week) if due else []
        weeks = float(MEASURED_AFTER)
        for gap, since in due:
            promising, interval, spared, expected, flat = predicted[gap]
            measured = saving_of(Watched(expected, int(year.tickets[gap, since:week].sum()), weeks), others)
            truth = float((year.rates[gap, since:week] * year.ticket[gap] * year.helps[gap]).mean())
            if measured is not None:
                lived.append(Lived(since, promising, interval, spared, measured, truth, flat))
        if week + MEASURED_AFTER > world.weeks:
            continue
        known = Experience()
        for one in lived:
            known = known.with_more(one.measured.spared.mean * MEASURED_AFTER, one.measured.expected * MEASURED_AFTER)
        candidates = [gap for gap in range(world.gaps) if gap not in published and year.asked[gap, :week].sum() > 0]
        asked = [_asked(year, gap, week) for gap in candidates]
        draws = draws_of(asked, known)
        promise = [float((one.asked * one.ticket * one.answered).mean()) for one in draws]
        order = sorted(range(len(candidates)), key=lambda place: -promise[place])
        chosen = [(place, True) for place in order[: world.promising]]
        chosen += [(int(place), False) for place in rng.choice(order[world.promising :], world.by_lot, replace=False)]
        for place, promising in chosen:
            gap = candidates[place]
            published[gap] = week
            flat = float(year.tickets[gap, week - 4 : week].mean())
            expected = float((draws[place].asked * draws[place].ticket).mean())
            interval = predicted_saving(draws[place], weeks=MEASURED_AFTER)
            predicted[gap] = (promising, interval, promise[place], expected, flat)
            _help(year, gap, week, rng)
    return lived


def _year(world: World, rng: np.random.Generator) -> _Year:
    level = np.log(world.typical) + world.spread * rng.standard_normal(world.gaps)
    drift = np.cumsum(world.drift * rng.standard_normal((world.gaps, world.weeks)), axis=1)
    weeks = np.arange(world.weeks)
    # The year begins in a January week; a slow wave runs through it, and the weeks before Christmas rise.
    start = int(rng.integers(world.weeks))
    season = 1.0 + 0.1 * np.sin(2.0 * np.pi * (weeks + start) / 52.0)
    season = np.where((weeks + start) % 52 >= 45, season * world.christmas, season)
    rates = np.exp(level[:, None] + drift) * season
    mixed = rates * rng.gamma(world.gathered, 1.0 / world.gathered, rates.shape)
    asked = rng.poisson(mixed)
    ticket = _chances(world.ticket, world.gaps, rng)
    return _Year(asked, rng.binomial(asked, ticket[:, None]), rates, ticket, _chances(world.helps, world.gaps, rng))


def _chances(of: tuple[float, float], number: int, rng: np.random.Generator) -> Numbers:
    mean, strength = of
    return rng.beta(mean * strength, (1.0 - mean) * strength, number)


def _help(year: _Year, gap: int, week: int, rng: np.random.Generator) -> None:
    """Take from a gap, from a week on, the tickets that its page spares."""
    year.tickets[gap, week:] -= rng.binomial(year.tickets[gap, week:], year.helps[gap])


def _asked(year: _Year, gap: int, week: int) -> Asked:
    """Return what is known of a gap at the beginning of a week, as ``asked_of`` has it."""
    first = int(np.flatnonzero(year.asked[gap])[0])
    weeks = year.asked[gap, max(first, week - WEEKS) : week]
    return Asked(tuple(map(int, weeks)), int(year.asked[gap, :week].sum()), int(year.tickets[gap, :week].sum()))


def _untouched(year: _Year, published: Mapping[int, int], since: int, now: int) -> list[Watched]:
    """Return what the gaps brought for which nothing was published."""
    untouched = [one for one in range(len(year.asked)) if one not in published and year.asked[one, :since].sum() > 0]
    return [
        Watched(float((draws.asked * draws.ticket).mean()), int(year.tickets[one, since:now].sum()), float(now - since))
        for one, draws in zip(untouched, draws_of([_asked(year, one, since) for one in untouched]), strict=True)
    ]


def report_of(years: Sequence[Sequence[Lived]]) -> dict[str, Any]:
    """Return the measures over years, each a mean with the 95 % interval of a mean over years."""
    return {
        "years": len(years),
        "pages": sum(map(len, years)),
        "spearman": _over(years, lambda year: _rank(year, lambda one: one.measured.spared.mean)),
        "spearman_truth": _over(years, lambda year: _rank(year, lambda one: one.truth)),
        "spearman_flat": _over(
            years, lambda year: _spearman([one.flat for one in year], [one.measured.spared.mean for one in year])
        ),
        "covered": _over(years, lambda year: _covered(year, lambda one: one.measured.spared.mean)),
        "covered_truth": _over(years, lambda year: _covered(year, lambda one: one.truth)),
        "measured_covers_truth": _over(
            years,
            lambda year: float(
                np.mean([one.measured.spared.low <= one.truth <= one.measured.spared.high for one in year])
            ),
        ),
        "promising": _means(years, promising=True),
        "by_lot": _means(years, promising=False),
        "said_to_help": _over(years, lambda year: float(np.mean([one.measured.helped for one in year]))),
    }


def _means(years: Sequence[Sequence[Lived]], *, promising: bool) -> dict[str, dict[str, float]]:
    """Return what was predicted, measured and true on the whole: where they differ, luck was taken for need."""
    of = [[one for one in year if one.promising is promising] for year in years]
    return {
        "predicted": _over(of, lambda year: float(np.mean([one.spared for one in year]))),
        "measured": _over(of, lambda year: float(np.mean([one.measured.spared.mean for one in year]))),
        "truth": _over(of, lambda year: float(np.mean([one.truth for one in year]))),
        "flat": _over(of, lambda year: float(np.mean([one.flat for one in year]))),
    }


def _over(years: Sequence[Sequence[Lived]], measure: Callable[[Sequence[Lived]], float]) -> dict[str, float]:
    values = np.array([measure(year) for year in years])
    # 1.96 standard errors of a mean over years that are independent.
    half = 1.96 * float(values.std(ddof=1)) / len(values) ** 0.5 if len(values) > 1 else 0.0
    mean = float(values.mean())
    return {"mean": mean, "low": mean - half, "high": mean + half}


def _rank(year: Sequence[Lived], of: Callable[[Lived], float]) -> float:
    return _spearman([one.predicted.mean for one in year], [of(one) for one in year])


def _spearman(left: Sequence[float], right: Sequence[float]) -> float:
    return float(spearmanr(left, right).statistic)


def _covered(year: Sequence[Lived], of: Callable[[Lived], float]) -> float:
    return float(np.mean([one.predicted.low <= of(one) <= one.predicted.high for one in year]))
