"""What offering answers changed: the ticket rate of the holdout less that of the rest, by intention to treat.

The lot falls on accounts, not on episodes, so accounts are the unit: episodes of one account resemble each other, and a
few accounts have hundreds. Accounts are compared with those of about their size. A small holdout has few large ones or
none, by chance; without this, whatever large accounts do differently would look like an effect. All figures come from
sums over accounts, which a database can make.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scipy.special import bdtr, bdtrc, stdtr, stdtrit

from assistant.record.intervals import Rate, rate

_POWER = 0.8
_MISMATCH = 0.001
"""Below this chance a split is called wrong: so low, as it is looked at daily. The check: Fabijan et al., KDD 2019."""
_LEAST_CLUSTERS = 4.0
"""What the comparison must be worth in clusters that count alike; with fewer, a variance is not known at all."""
_LEAST_EPISODES = 15.0
"""How many episodes of a holdout beside an endless rest it must be worth; with fewer, one moves a rate by 7 points."""


@dataclass(frozen=True, slots=True)
class ArmSums:
    """What is known of an arm's clusters of one size class, where n is a cluster's episodes and y those with a ticket.

    ``clusters``, ``episodes`` and ``outcomes`` are the number of clusters, Σn and Σy; ``nn``, ``ny`` and ``yy`` are
    Σn², Σn·y and Σy², ``nnn`` and ``nnnn`` Σn³ and Σn⁴. Add the latter up as floats: the fourth power of 55,000 is
    beyond 64 bits. A cluster without episodes is none.
    """

    clusters: int
    episodes: int
    outcomes: int
    nn: float
    ny: float
    yy: float
    nnn: float
    nnnn: float

    def __post_init__(self) -> None:
        if not (0 <= self.outcomes <= self.episodes and 0 <= self.clusters <= self.episodes):
            raise ValueError(f"{self.clusters} clusters, {self.episodes} episodes, {self.outcomes} outcomes")
        if self.episodes and not self.clusters:
            raise ValueError(f"{self.episodes} episodes are of no cluster")


Arm = Mapping[int, ArmSums]
"""An arm: the sums over its clusters of each size class; classes without clusters may be left out."""


@dataclass(frozen=True, slots=True)
class Split:
    """Whether the lot did what it should: clusters held out, clusters in all, the share that was set, and the chance
    of a split at least as far off; ``mismatch`` if that is below 0.001. Then no figure of the experiment is to be
    trusted: something other than the lot decides who is counted in which arm.
    """

    held_out: int
    clusters: int
    share: float
    p_value: float
    mismatch: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """Tickets that offering answers avoided, per episode.

    ``offered`` and ``holdout`` are the arms' ticket rates as counted. ``difference`` is the latter less the former
    among accounts of like size (so it is not quite the difference of the two), ``low`` to ``high`` its 95 % interval;
    it is a finding only if ``more_episodes_needed`` is 0. ``compared`` is the share of all episodes, 0 to 1, that are
    of accounts with peers in the other arm. ``power`` is the chance to find an effect of ``look_for``, at 5 % on two
    sides; ``detectable`` is the effect found with a chance of 80 %. ``more_episodes_needed`` is over both arms, until
    ``look_for`` is found with that chance, at the present mix of arms and the present ``design_effect``: the variance
    relative to that of independent episodes. ``degrees`` are those of Student's t.
    """

    offered: Rate
    holdout: Rate
    difference: float
    low: float
    high: float
    standard_error: float
    degrees: float
    design_effect: float
    compared: float
    look_for: float
    power: float
    detectable: float
    more_episodes_needed: int
    split: Split


@dataclass(frozen=True, slots=True)
class NotYet:
    """Nothing can be said: an arm is empty or too small. How many more of each, over both arms, until something can."""

    more_clusters: int
    more_episodes: int
    split: Split


@dataclass(frozen=True, slots=True)
class _Cell:
    """An arm's clusters of one size class: their sums, by how much each episode pulls at the difference (above 0 in the
    holdout), the ticket rate that is expected of them, and the mean share of itself in that expectation (leverage)."""

    sums: ArmSums
    pull: float
    expected: float
    leverage: float

    @property
    def squares(self) -> float:
        """The sum over clusters of (y - expected·n)²."""
        sums = self.sums
        return max(0.0, sums.yy - 2.0 * self.expected * sums.ny + self.expected**2 * sums.nn)


def size_class(episodes: int) -> int:
    """Return the size class of a cluster with so many episodes, at least 1: class k has up to 2 to the power k."""
    return (episodes - 1).bit_length()


def sums_of(clusters: Iterable[tuple[int, int]]) -> dict[int, ArmSums]:
    """Return an arm of clusters, each given as its episodes, at least 1, and those of them with a ticket."""
    classes: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for n, y in clusters:
        classes[size_class(n)].append((n, y))
    return {
        number: ArmSums(
            clusters=len(members),
            episodes=sum(n for n, _ in members),
            outcomes=sum(y for _, y in members),
            nn=sum(n * n for n, _ in members),
            ny=sum(n * y for n, y in members),
            yy=sum(y * y for _, y in members),
            nnn=sum(n**3 for n, _ in members),
            nnnn=sum(n**4 for n, _ in members),
        )
        for number, members in classes.items()
    }


def total(arm: Arm) -> ArmSums:
    """Return an arm's sums over the clusters of all size classes."""
    sums = list(arm.values())
    return ArmSums(
        clusters=sum(one.clusters for one in sums),
        episodes=sum(one.episodes for one in sums),
        outcomes=sum(one.outcomes for one in sums),
        nn=sum(one.nn for one in sums),
        ny=sum(one.ny for one in sums),
        yy=sum(one.yy for one in sums),
        nnn=sum(one.nnn for one in sums),
        nnnn=sum(one.nnnn for one in sums),
    )


def measure(offered: Arm, holdout: Arm, *, share: float, look_for: float = 0.05) -> Effect | NotYet:
    """Return what offering answers changed, or how much is missing until that can be said.

    The difference is Mantel and Haenszel's over size classes (Greenland & Robins, Biometrics 1985): a class counts by
    the episodes that both arms have in it. Its variance adds up squares over clusters, with the factor that makes it
    unbiased where episodes are independent (of the kind of CR2: Bell & McCaffrey, Survey Methodology 2002), and is
    never below that of independent episodes. Degrees of freedom are the effective number of clusters (Carter, Schnepel
    & Steigerwald, Review of Economics and Statistics 2017), at the resemblance within clusters that is seen.

    How often a cluster comes must not depend on its arm; that is so as long as a return on the same matter continues
    the episode.

    Args:
        offered: the arm that was offered answers, by size class. Sums over clusters of all sizes are taken as one
            class; then an effect may be seen where a small holdout has other sizes than the rest.
        holdout: the arm that by lot got the plain form.
        share: the share of clusters that the lot holds out, above 0 and below 1, the same over the whole period.
        look_for: the smallest effect worth finding, in tickets per episode, above 0.

    Raises:
        ValueError: if ``share`` or ``look_for`` is out of range.
    """
    if not 0.0 < share < 1.0:
        raise ValueError(f"a holdout is a share above 0 and below 1, not {share}")
    if not 0.0 < look_for < 1.0:
        raise ValueError(f"an effect to look for is above 0 and below 1, not {look_for}")
    whole, held = total(offered), total(holdout)
    split = check_split(whole.clusters, held.clusters, share=share)
    difference, cells = _compare(offered, holdout)
    weight = sum(cell.pull**2 * cell.sums.episodes for cell in cells)
    worth = _effective(cells, resemblance=0.0)
    if worth < _LEAST_CLUSTERS or weight < _LEAST_EPISODES:
        return _not_yet(whole, held, split, clusters=_LEAST_CLUSTERS - worth, episodes=_LEAST_EPISODES - weight)
    plain = _plain_variance(cells) / weight**2
    squares = sum(cell.pull**2 * cell.squares for cell in cells)
    kept = sum(cell.pull**2 * cell.sums.episodes * (1.0 - cell.leverage) for cell in cells) / weight
    variance = max(squares / kept / weight**2, plain)
    error = math.sqrt(variance)
    classes = len(cells) // 2
    most = sum(cell.sums.clusters for cell in cells) - classes - 1.0
    degrees = max(1.0, min(most, _effective(cells, resemblance=_resemblance(cells))))
    half = error * _quantile(degrees, 0.975)
    episodes = whole.episodes + held.episodes
    return Effect(
        offered=_rate(whole),
        holdout=_rate(held),
        difference=difference,
        low=difference - half,
        high=difference + half,
        standard_error=error,
        degrees=degrees,
        design_effect=variance / plain,
        compared=sum(cell.sums.episodes for cell in cells) / episodes,
        look_for=look_for,
        power=_power(look_for, error, degrees),
        detectable=error * (_quantile(degrees, 0.975) + _quantile(degrees, _POWER)),
        more_episodes_needed=_more_needed(look_for, error, degrees, episodes),
        split=split,
    )


def check_split(offered: int, holdout: int, *, share: float) -> Split:
    """Return whether so many clusters in each arm are what a lot with this share gives: a binomial test, exact.

    The chance is twice that of the smaller tail, at most 1.
    """
    clusters = offered + holdout
    at_most = float(bdtr(holdout, clusters, share))
    at_least = float(bdtrc(holdout - 1, clusters, share)) if holdout else 1.0
    p_value = min(1.0, 2.0 * min(at_most, at_least))
    return Split(holdout, clusters, share, p_value, p_value < _MISMATCH)


def design_effect(arm: ArmSums) -> float:
    """Return by how much the variance of an arm's rate exceeds that of independent episodes; 1 where that is unknown.

    The rate is a ratio of sums over clusters. Source: Cochran, Sampling Techniques, 1977, chapter 6.
    """
    if not arm.episodes or arm.episodes**2 < _LEAST_CLUSTERS * arm.nn:
        return 1.0
    share = arm.outcomes / arm.episodes
    squares = arm.yy - 2.0 * share * arm.ny + share**2 * arm.nn
    independent = _smooth(arm.outcomes, arm.episodes) * (arm.episodes - arm.nn / arm.episodes)
    return max(1.0, squares / independent)


def power_to_find(size: float, effect: Effect) -> float:
    """Return the chance that an effect of another size than was looked for is found, with what there is."""
    return _power(size, effect.standard_error, effect.degrees)


def _compare(offered: Arm, holdout: Arm) -> tuple[float, list[_Cell]]:
    """Return the difference, and the cells of the classes that both arms have: two for each."""
    both = [
        (offered[number], holdout[number])
        for number in sorted(offered.keys() & holdout.keys())
        if offered[number].episodes and holdout[number].episodes
    ]
    weight = sum(rest.episodes * held.episodes / (rest.episodes + held.episodes) for rest, held in both)
    gained = sum(
        (held.outcomes * rest.episodes - rest.outcomes * held.episodes) / (rest.episodes + held.episodes)
        for rest, held in both
    )
    difference = gained / weight if both else 0.0
    cells = []
    for rest, held in both:
        n = rest.episodes + held.episodes
        level = (rest.outcomes + held.outcomes - difference * held.episodes) / n
        for sums, pull, expected in (
            (rest, -held.episodes / n, level),
            (held, rest.episodes / n, level + difference),
        ):
            cells.append(_Cell(sums, pull, expected, sums.nn / sums.episodes * (1.0 / n + pull**2 / weight)))
    return difference, cells


def _rate(arm: ArmSums) -> Rate:
    """Return an arm's ticket rate, with the interval of a sample of clusters."""
    return rate(arm.outcomes, arm.episodes, design_effect=design_effect(arm))


def _smooth(outcomes: int, episodes: int) -> float:
    """Return the variance of one episode's outcome, never 0: two are added, one with a ticket.

    Source: Agresti & Caffo, The American Statistician 2000.
    """
    share = (outcomes + 1.0) / (episodes + 2.0)
    return share * (1.0 - share)


def _plain_variance(cells: list[_Cell]) -> float:
    """Return what the variance were, times the squared weight, if episodes of an arm were independent and alike."""
    variance = 0.0
    for arm in (cells[::2], cells[1::2]):
        smooth = _smooth(sum(cell.sums.outcomes for cell in arm), sum(cell.sums.episodes for cell in arm))
        variance += smooth * sum(cell.pull**2 * cell.sums.episodes for cell in arm)
    return variance


def _resemblance(cells: list[_Cell]) -> float:
    """Return the correlation of episodes of one cluster, 0 to 1, by moments: squares seen against squares expected."""
    seen = possible = 0.0
    for cell in cells:
        sums, kept = cell.sums, 1.0 - cell.leverage
        seen += cell.squares / _smooth(sums.outcomes, sums.episodes) - sums.episodes * kept
        possible += (sums.nn - sums.episodes) * kept
    return min(1.0, max(0.0, seen / possible)) if possible > 0.0 else 0.0


def _effective(cells: list[_Cell], *, resemblance: float) -> float:
    """Return how many clusters, each counting alike, the comparison is worth: (Σv)²/Σv² of their parts of the variance.

    A cluster's part v is pull²·n·(1 + (n-1)·resemblance).
    """
    apart = 1.0 - resemblance
    whole = squares = 0.0
    for cell in cells:
        sums = cell.sums
        whole += cell.pull**2 * (apart * sums.episodes + resemblance * sums.nn)
        squares += cell.pull**4 * (
            apart**2 * sums.nn + 2.0 * apart * resemblance * sums.nnn + resemblance**2 * sums.nnnn
        )
    return whole**2 / squares if squares > 0.0 else 0.0


def _not_yet(whole: ArmSums, held: ArmSums, split: Split, *, clusters: float, episodes: float) -> NotYet:
    """Return what is missing, if clusters to come are as those that came; of one episode each if none came.

    ``clusters`` and ``episodes`` are what the comparison must become worth more than it is.
    """
    number, seen = whole.clusters + held.clusters, whole.episodes + held.episodes
    size = seen / number if number else 1.0
    square = (whole.nn + held.nn) / number if number else 1.0
    share = split.share
    mixed = share * (1.0 - share)
    a_cluster = mixed * size**2 / (square * ((1.0 - share) ** 3 + share**3))
    more = max(clusters / a_cluster, episodes / (mixed * size), 1.0)
    return NotYet(math.ceil(more), math.ceil(more * size), split)


def _quantile(degrees: float, chance: float) -> float:
    return float(stdtrit(degrees, chance))


def _power(effect: float, error: float, degrees: float) -> float:
    """Return the chance that an effect is found. Source: the shifted t of Bloom, Evaluation Review 1995."""
    bar, shift = _quantile(degrees, 0.975), effect / error
    return float(stdtr(degrees, shift - bar) + stdtr(degrees, -shift - bar))


def _more_needed(effect: float, error: float, degrees: float, episodes: int) -> int:
    """Return how many more episodes give the power, if variance falls and degrees of freedom rise in proportion."""

    def is_enough(number: int) -> bool:
        growth = number / episodes
        return _power(effect, error / math.sqrt(growth), degrees * growth) >= _POWER

    if is_enough(episodes):
        return 0
    enough = episodes * 2
    while not is_enough(enough):
        enough *= 2
    short = enough // 2
    while enough - short > 1:
        middle = (short + enough) // 2
        short, enough = (short, middle) if is_enough(middle) else (middle, enough)
    return enough - episodes
