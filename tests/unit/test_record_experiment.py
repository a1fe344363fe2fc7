"""The experiment's figures, against hand-made examples, other methods, and what must hold of any numbers."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, ttest_ind

from assistant.record.experiment import (
    ArmSums,
    Effect,
    NotYet,
    check_split,
    design_effect,
    measure,
    power_to_find,
    size_class,
    sums_of,
    total,
)

Clusters = list[tuple[int, int]]

_CLUSTERS = st.lists(
    st.one_of(st.integers(1, 5), st.integers(1, 400)).flatmap(
        lambda size: st.tuples(st.just(size), st.integers(0, size))
    ),
    max_size=60,
)
_SOME: Clusters = [(8, 2), (4, 1), (4, 3), (4, 4), (4, 0)]


def effect_of(offered: Clusters, holdout: Clusters, *, share: float = 0.5, look_for: float = 0.05) -> Effect:
    effect = measure(sums_of(offered), sums_of(holdout), share=share, look_for=look_for)
    assert isinstance(effect, Effect)
    return effect


def random_clusters(rng: random.Random, number: int, rate: float, *, most: int = 40) -> Clusters:
    clusters = []
    for _ in range(number):
        size, own = min(most, int(rng.paretovariate(1.0))), rng.betavariate(4.0 * rate, 4.0 * (1.0 - rate))
        clusters.append((size, sum(rng.random() < own for _ in range(size))))
    return clusters


def by_matrices(offered: Clusters, holdout: Clusters) -> tuple[float, float]:
    """Return the difference and its variance by weighted least squares: a level for each size class, and the arm."""
    both = {size_class(n) for n, _ in offered} & {size_class(n) for n, _ in holdout}
    rows = [(n, y, arm, size_class(n)) for arm, some in enumerate((offered, holdout)) for n, y in some]
    rows = [row for row in rows if row[3] in both]
    n, y, arm = (np.array([row[place] for row in rows], float) for place in range(3))
    x = np.column_stack([arm, *[np.array([row[3] == number for row in rows], float) for number in sorted(both)]])
    bread = np.linalg.inv((x * n[:, None]).T @ x)
    left = y - n * (x @ (bread @ (x.T @ y)))
    pull = x @ bread[0]
    hat = n * np.einsum("ij,jk,ik->i", x, bread, x)
    kept = (pull**2 * n * (1.0 - hat)).sum() / (pull**2 * n).sum()
    return float(bread[0] @ (x.T @ y)), float((pull**2 * left**2).sum() / kept)


def test_the_sums_are_those_of_the_clusters_by_size_class() -> None:
    arm = sums_of([(3, 1), (4, 4), (1, 0)])

    assert arm == {2: ArmSums(2, 7, 5, nn=25, ny=19, yy=17, nnn=91, nnnn=337), 0: ArmSums(1, 1, 0, 1, 0, 0, 1, 1)}
    assert total(arm) == ArmSums(3, 8, 5, nn=26, ny=19, yy=17, nnn=92, nnnn=338)


def test_a_size_class_goes_up_to_twice_the_one_before() -> None:
    assert [size_class(n) for n in (1, 2, 3, 4, 5, 8, 9, 16, 17, 1024, 1025)] == [0, 1, 2, 2, 3, 3, 4, 4, 5, 10, 11]


def test_the_difference_is_that_worked_out_by_hand() -> None:
    # Of those who came once: 6 of 10 against 10 of 30. Of those who came ten times: 16 of 20 against 20 of 40.
    offered = [(1, 1)] * 10 + [(1, 0)] * 20 + [(10, 2), (10, 4), (10, 6), (10, 8)]
    holdout = [(1, 1)] * 6 + [(1, 0)] * 4 + [(10, 7), (10, 9)]

    effect = effect_of(offered, holdout)

    # They weigh 30 · 10 / 40 and 40 · 20 / 60.
    assert effect.difference == pytest.approx((7.5 * 8 / 30 + 40 / 3 * 0.3) / (7.5 + 40 / 3))
    assert (effect.offered.numerator, effect.offered.denominator) == (30, 70)
    assert (effect.holdout.numerator, effect.holdout.denominator) == (22, 30)
    assert effect.compared == 1.0


def test_the_difference_and_its_error_are_those_of_weighted_least_squares() -> None:
    rng = random.Random(7)  # noqa: S311 - reproducible, not secret
    offered, holdout = random_clusters(rng, 200, 0.5, most=200), random_clusters(rng, 40, 0.6, most=200)

    effect = effect_of(offered, holdout)

    difference, variance = by_matrices(offered, holdout)
    assert effect.difference == pytest.approx(difference)
    assert effect.standard_error == pytest.approx(math.sqrt(variance))


def test_as_many_clusters_of_one_size_in_each_arm_give_students_interval_of_their_means() -> None:
    offered = [(10, y) for y in (1, 2, 9, 4, 5, 8, 0, 7, 3, 3)]
    holdout = [(10, y) for y in (9, 2, 10, 6, 7, 10, 3, 9, 0, 8)]

    effect = effect_of(offered, holdout)

    student = ttest_ind([y / 10 for _, y in holdout], [y / 10 for _, y in offered])
    interval = student.confidence_interval()
    assert effect.degrees == pytest.approx(float(student.df))
    assert (effect.low, effect.high) == pytest.approx((float(interval.low), float(interval.high)))


def test_large_accounts_that_write_less_are_no_effect_though_the_holdout_has_none() -> None:
    small, large = [(1, 1)] * 8 + [(1, 0)] * 2, [(60, 12), (50, 10), (40, 8)]

    effect = effect_of(small * 40 + large, small * 4, share=0.1)

    rates = [(one.share or 0.0) for one in (effect.offered, effect.holdout)]
    assert effect.difference == pytest.approx(0.0)
    assert rates[1] - rates[0] > 0.1
    assert effect.compared == pytest.approx(440 / 590)


def test_sums_of_all_sizes_together_are_one_class() -> None:
    rng = random.Random(9)  # noqa: S311 - reproducible, not secret
    offered, holdout = (total(sums_of(random_clusters(rng, number, 0.5))) for number in (200, 60))

    effect = measure({0: offered}, {0: holdout}, share=0.25)

    assert isinstance(effect, Effect)
    assert effect.difference == pytest.approx(holdout.outcomes / holdout.episodes - offered.outcomes / offered.episodes)


def test_the_design_effect_of_clusters_that_agree_within_is_their_size() -> None:
    agreeing = total(sums_of([(5, 5), (5, 0)] * 500))
    mixed = total(sums_of([(1, 1), (1, 0)] * 500))

    assert design_effect(agreeing) == pytest.approx(5.0, rel=0.01)
    assert design_effect(mixed) == pytest.approx(1.0, rel=0.01)
    assert design_effect(total(sums_of([]))) == design_effect(total(sums_of([(300, 100)]))) == 1.0


def test_the_standard_error_is_near_that_of_drawing_clusters_again() -> None:
    rng = random.Random(5)  # noqa: S311 - reproducible, not secret
    offered, holdout = random_clusters(rng, 400, 0.5), random_clusters(rng, 150, 0.7)

    effect = effect_of(offered, holdout)

    draws = []
    for _ in range(700):
        again = effect_of(rng.choices(offered, k=len(offered)), rng.choices(holdout, k=len(holdout)))
        draws.append(again.difference)
    assert effect.standard_error == pytest.approx(float(np.std(draws)), rel=0.12)
    assert (effect.low, effect.high) == pytest.approx(tuple(np.quantile(draws, (0.025, 0.975))), abs=0.025)


def test_two_accounts_with_half_of_the_episodes_leave_few_degrees_of_freedom() -> None:
    even = effect_of([(4, 0), (4, 4)] * 50, [(4, 0), (4, 4)] * 50)
    giants = effect_of([(4, 0), (4, 4)] * 50 + [(200, 100)], [(4, 0), (4, 4)] * 50 + [(200, 90)])

    assert even.degrees == pytest.approx(198.0)
    assert giants.degrees < 10.0


def test_arms_where_everyone_or_no_one_writes_are_still_uncertain() -> None:
    effect = effect_of([(1, 0)] * 30, [(1, 1)] * 30)

    assert effect.standard_error > 0.0
    assert effect.low < effect.difference == 1.0
    assert effect.design_effect == pytest.approx(1.0)


def test_the_episodes_needed_are_those_of_the_textbook_where_each_is_its_own_cluster() -> None:
    effect = effect_of([(1, 0)] * 110 + [(1, 1)] * 90, [(1, 0)] * 100 + [(1, 1)] * 100)

    # (1.96 + 0.8416)² (0.5 · 0.5 + 0.45 · 0.55) / 0.05² = 1562 in each arm.
    assert 400 + effect.more_episodes_needed == pytest.approx(2 * 1562, rel=0.02)
    assert effect.detectable == pytest.approx(2.8016 * effect.standard_error, rel=0.01)
    assert effect.power == pytest.approx(0.17, abs=0.01)


def test_the_power_at_the_detectable_effect_is_80_percent() -> None:
    effect = effect_of([(2, 1), (1, 0)] * 200, [(2, 2), (1, 0)] * 50)

    assert power_to_find(effect.detectable, effect) == pytest.approx(0.8, abs=0.005)


def test_with_the_episodes_that_were_missing_there_are_enough() -> None:
    offered, holdout = [(3, 1), (1, 0), (5, 4)] * 20, [(3, 2), (1, 1), (5, 3)] * 5
    before = effect_of(offered, holdout)
    times = math.ceil(1 + before.more_episodes_needed / (before.offered.denominator + before.holdout.denominator))

    after = effect_of(offered * times, holdout * times)

    assert before.more_episodes_needed > 0
    assert after.more_episodes_needed == 0
    assert after.power >= 0.8


def test_empty_arms_say_how_many_are_missing() -> None:
    # One in ten is held out, so an episode of someone who comes once is worth 0.1 · 0.9 of one beside an endless rest,
    # and fifteen of those are needed.
    assert measure({}, {}, share=0.1) == NotYet(167, 167, check_split(0, 0, share=0.1))


def test_a_giant_alone_in_the_holdout_is_not_an_experiment_yet() -> None:
    result = measure(sums_of([(2, 1)] * 500), sums_of([(300, 100)]), share=0.1)

    assert isinstance(result, NotYet)
    # It has no peers, so nothing is known, and others may be as large.
    assert result.more_clusters > 500
    assert result.more_episodes == pytest.approx(result.more_clusters * 1300 / 501, abs=2)


def test_an_arm_that_gets_what_was_missing_is_enough() -> None:
    small, large = [(3, 1), (1, 0), (5, 4)], [(3, 2), (1, 1), (5, 3)]
    before = measure(sums_of(small * 3), sums_of(large), share=0.25)

    assert isinstance(before, NotYet)
    times = 1 + math.ceil(before.more_clusters / 12)
    assert isinstance(measure(sums_of(small * 3 * times), sums_of(large * times), share=0.25), Effect)


@pytest.mark.parametrize(("offered", "holdout"), [(450, 50), (10, 0), (3, 7), (0, 4), (880, 120)])
def test_the_chance_of_a_split_is_exact(offered: int, holdout: int) -> None:
    split = check_split(offered, holdout, share=0.1)

    tails = [binomtest(holdout, offered + holdout, 0.1, alternative=side).pvalue for side in ("less", "greater")]
    assert split.p_value == pytest.approx(min(1.0, 2.0 * min(tails)))


@pytest.mark.parametrize(("holdout", "mismatch"), [(500, False), (560, False), (600, True), (400, True)])
def test_a_split_far_from_its_share_is_a_mismatch(holdout: int, mismatch: bool) -> None:
    assert check_split(5000 - holdout, holdout, share=0.1).mismatch is mismatch


def test_a_mismatch_is_counted_in_clusters_not_in_episodes() -> None:
    effect = effect_of([(1, 0), (1, 1)] * 450, [(20, 10)] * 40 + [(1, 1)] * 60, share=0.1)

    assert not effect.split.mismatch
    assert (effect.split.held_out, effect.split.clusters) == (100, 1000)


@given(_CLUSTERS, _CLUSTERS, st.floats(0.01, 0.99), st.floats(0.001, 0.5))
@settings(deadline=None, max_examples=60)
def test_whatever_was_counted_the_figures_are_numbers(
    offered: Clusters, holdout: Clusters, share: float, look_for: float
) -> None:
    result = measure(sums_of(offered), sums_of(holdout), share=share, look_for=look_for)

    assert 0.0 <= result.split.p_value <= 1.0
    if isinstance(result, NotYet):
        assert result.more_clusters > 0
        assert result.more_episodes > 0
    else:
        assert result.low < result.difference < result.high
        assert result.degrees >= 1.0
        assert result.design_effect >= 1.0
        assert 0.0 < result.power <= 1.0
        assert math.isfinite(result.detectable)
        assert (result.more_episodes_needed == 0) == (result.power >= 0.8)


@given(_CLUSTERS, _CLUSTERS)
@settings(deadline=None, max_examples=60)
def test_arms_that_change_places_change_the_sign(one: Clusters, other: Clusters) -> None:
    there = measure(sums_of(one), sums_of(other), share=0.5)
    back = measure(sums_of(other), sums_of(one), share=0.5)

    if isinstance(there, Effect) and isinstance(back, Effect):
        assert (back.low, back.high) == pytest.approx((-there.high, -there.low))
        assert back.standard_error == pytest.approx(there.standard_error)
    else:
        assert type(there) is type(back)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.5])
def test_an_experiment_without_a_holdout_or_without_a_rest_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="holdout"):
        measure(sums_of(_SOME), sums_of(_SOME), share=share)


@pytest.mark.parametrize("look_for", [0.0, -0.05, 1.0])
def test_an_effect_of_nothing_cannot_be_looked_for(look_for: float) -> None:
    with pytest.raises(ValueError, match="look for"):
        measure(sums_of(_SOME), sums_of(_SOME), share=0.5, look_for=look_for)


@pytest.mark.parametrize("counts", [(1, 2, 3), (3, 2, 1), (0, 2, 1), (1, 1, -1)])
def test_sums_that_cannot_be_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="episodes"):
        ArmSums(*counts, nn=4, ny=2, yy=1, nnn=8, nnnn=16)
