"""Measures against numbers worked out by hand."""

from __future__ import annotations

import math

import pytest

from eval.measures import auroc, hit_at, ndcg_at, reciprocal_rank_at, selective


def test_hit_at_looks_at_the_first_k_only() -> None:
    assert [hit_at(["x", "a"], {"a": 1}, k) for k in (1, 2)] == [0.0, 1.0]


def test_reciprocal_rank_is_that_of_the_first_relevant_page() -> None:
    assert reciprocal_rank_at(["x", "a", "b"], {"a": 1, "b": 2}, 10) == 0.5
    assert reciprocal_rank_at(["x", "a"], {"a": 1}, 1) == 0.0


def test_ndcg_weighs_grades_and_places() -> None:
    best = 3.0 + 1.0 / math.log2(3.0)
    turned = 1.0 + 3.0 / math.log2(3.0)

    assert ndcg_at(["b", "a"], {"a": 1, "b": 2}, 10) == pytest.approx(1.0)
    assert ndcg_at(["a", "b"], {"a": 1, "b": 2}, 10) == pytest.approx(turned / best)


def test_auroc_counts_pairs_and_ties_half() -> None:
    assert auroc([0.9, 0.5], [0.5, 0.1]) == pytest.approx((1 + 1 + 0.5 + 1) / 4)


def test_auroc_of_one_kind_alone_is_unknown() -> None:
    assert auroc([0.9], []) is None


def test_risk_is_stated_over_the_mix_of_80_to_20() -> None:
    measured = selective(
        confidence=[0.9, 0.8, 0.7, 0.6],
        right=[True, False, True, False],
        answered=[True, True, False, True],
        answerable=[True, True, True, False],
    )

    given = 0.8 * 2 / 3 + 0.2
    assert measured.answer_rate == pytest.approx(2 / 3)
    assert measured.risk == pytest.approx((0.8 / 3 + 0.2) / given)


def test_without_unanswerable_questions_risk_is_over_the_answerable() -> None:
    measured = selective([0.9, 0.8], [True, False], [True, True], [True, True])

    assert measured.risk == pytest.approx(0.5)


def test_coverage_at_ten_percent_risk_is_the_most_that_keeps_it() -> None:
    measured = selective(
        confidence=[0.9, 0.8, 0.7, 0.6],
        right=[True, True, False, True],
        answered=[True] * 4,
        answerable=[True] * 4,
    )

    assert measured.coverage_at_risk_10 == pytest.approx(0.5)


def test_a_threshold_cannot_part_equal_confidences() -> None:
    measured = selective([0.9, 0.9], [True, False], [True, True], [True, True])

    assert measured.coverage_at_risk_10 == 0.0


def test_a_perfect_order_has_the_least_area() -> None:
    good = selective([0.9, 0.1], [True, False], [True, True], [True, True])
    bad = selective([0.1, 0.9], [True, False], [True, True], [True, True])

    assert [good.aurc, bad.aurc] == pytest.approx([0.25, 0.75])
