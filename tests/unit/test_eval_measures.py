"""Measures against numbers worked out by hand."""

from __future__ import annotations

import math

import pytest

from eval.measures import (
    Choice,
    auroc,
    expected_calibration_error,
    hit_at,
    mix_weights,
    ndcg_at,
    reciprocal_rank_at,
    selective,
)


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


def alone(confidence: float, *, right: bool, answerable: bool = True) -> Choice:
    """A question with one answer set."""
    return Choice(answerable, ((confidence, right),))


def test_a_choice_is_the_smallest_set_that_is_sure_enough() -> None:
    choice = Choice(answerable=True, sets=((0.5, False), (0.7, False), (0.9, True)))

    assert [choice.at(threshold) for threshold in (0.5, 0.7, 0.71, 0.9, 0.91)] == [False, False, True, True, None]


def test_a_question_for_which_nothing_is_near_is_never_answered() -> None:
    assert Choice(answerable=True, sets=()).at(0.0) is None


def test_risk_is_stated_over_the_mix_of_80_to_20() -> None:
    measured = selective(
        [
            alone(0.9, right=True),
            alone(0.8, right=False),
            alone(0.3, right=True),
            alone(0.6, right=False, answerable=False),
        ],
        answer_at=0.6,
    )

    given = 0.8 * 2 / 3 + 0.2
    assert measured.answer_rate == pytest.approx(2 / 3)
    assert measured.risk == pytest.approx((0.8 / 3 + 0.2) / given)


def test_without_unanswerable_questions_risk_is_over_the_answerable() -> None:
    measured = selective([alone(0.9, right=True), alone(0.8, right=False)], answer_at=0.8)

    assert measured.answer_rate == 1.0
    assert measured.risk == pytest.approx(0.5)


def test_without_an_answer_there_is_no_risk() -> None:
    measured = selective([alone(0.9, right=True)], answer_at=0.95)

    assert (measured.answer_rate, measured.risk) == (0.0, None)


def test_nothing_asked_gives_nothing() -> None:
    measured = selective([], answer_at=0.5)

    assert (measured.answer_rate, measured.risk, measured.coverage_at_risk_10, measured.aurc) == (0.0, None, 0.0, 0.0)
    assert measured.curve == ()


def test_a_larger_set_may_be_right_where_a_smaller_one_is_wrong() -> None:
    asked = [Choice(answerable=True, sets=((0.6, False), (0.8, True)))]

    assert [selective(asked, answer_at=at).risk for at in (0.6, 0.7)] == [1.0, 0.0]


def test_coverage_at_ten_percent_risk_is_the_most_that_keeps_it() -> None:
    rights = {0.9: True, 0.8: True, 0.7: False, 0.6: True}

    measured = selective([alone(confidence, right=right) for confidence, right in rights.items()], answer_at=0.0)

    assert measured.coverage_at_risk_10 == pytest.approx(0.5)
    assert [rate for rate, _ in measured.curve] == pytest.approx([0.25, 0.5, 0.75, 1.0])
    assert [risk for _, risk in measured.curve] == pytest.approx([0.0, 0.0, 1 / 3, 0.25])


def test_a_threshold_cannot_part_equal_confidences() -> None:
    measured = selective([alone(0.9, right=True), alone(0.9, right=False)], answer_at=0.0)

    assert measured.coverage_at_risk_10 == 0.0


def test_a_perfect_order_has_the_least_area() -> None:
    good = selective([alone(0.9, right=True), alone(0.1, right=False)], answer_at=0.0)
    bad = selective([alone(0.1, right=True), alone(0.9, right=False)], answer_at=0.0)

    # Trapezia over the answer rates 0, ½ and 1: under the risks 0, 0, ½ and under 1, 1, ½.
    assert [good.aurc, bad.aurc] == pytest.approx([0.125, 0.875])


def test_the_mix_is_four_fifths_answerable_however_many_there_are() -> None:
    weights = mix_weights([True, True, False, True, True, True])

    assert weights == pytest.approx([0.16, 0.16, 0.2, 0.16, 0.16, 0.16])


@pytest.mark.parametrize("answerable", [True, False])
def test_one_kind_alone_is_the_whole_mix(answerable: bool) -> None:
    assert mix_weights([answerable] * 4) == [0.25] * 4
    assert mix_weights([]) == []


def test_calibrated_confidence_has_no_error() -> None:
    confidence, right = [0.25] * 4 + [0.75] * 4, [True, False, False, False, True, True, True, False]

    error, rows = expected_calibration_error(confidence, right, [1.0] * 8, bins=2)

    assert error == pytest.approx(0.0)
    assert rows == [(0.25, 0.25, 4), (0.75, 0.75, 4)]


def test_the_calibration_error_is_the_mean_distance_by_weight() -> None:
    error, rows = expected_calibration_error([0.9, 0.5, 0.1, 0.6], [True, True, False, False], [1, 3, 3, 1], bins=2)

    # By rising confidence: 0.1 weighs 3 of 8; the middle of 0.5's weight is at 4.5 of 8, so it is in the upper half.
    assert sum(count for _, _, count in rows) == 4
    low, high = rows
    assert list(low) == pytest.approx([0.1, 0.0, 1])
    assert list(high) == pytest.approx([(3 * 0.5 + 0.6 + 0.9) / 5, 4 / 5, 3])
    assert error == pytest.approx(3 / 8 * 0.1 + 5 / 8 * abs(0.6 - 0.8))


def test_bins_hold_equal_weight() -> None:
    _, rows = expected_calibration_error([n / 100 for n in range(100)], [True] * 100, [1.0] * 100)

    assert [count for _, _, count in rows] == [10] * 10


def test_no_confidence_has_no_error() -> None:
    assert expected_calibration_error([], [], []) == (0.0, [])
