"""The risk and its interval, against published numbers."""

from __future__ import annotations

import pytest

from eval.risk import Risk, Verdict, is_shown, labels_needed, mixed, risk_of, upper_bound


def verdicts(count: int, *, right: bool | None, answerable: bool = True, dataset: str = "shop") -> list[Verdict]:
    return [Verdict(dataset, f"{dataset}-{answerable}-{right}-{n}", answerable, right) for n in range(count)]


@pytest.mark.parametrize(
    ("wrong", "answered", "upper"),
    [
        # 1 - 0.05 ^ (1 / n) where none is wrong: the "rule of three".
        (0, 100, 0.0295),
        (0, 10, 0.2589),
        # From tables of one-sided 95 % limits.
        (1, 10, 0.3942),
        (5, 100, 0.1023),
        (9, 10, 0.9949),
    ],
)
def test_the_upper_end_is_clopper_and_pearsons(wrong: int, answered: int, upper: float) -> None:
    assert upper_bound(wrong, answered) == pytest.approx(upper, abs=1e-4)


def test_where_nothing_or_only_wrong_is_known_anything_is_possible() -> None:
    assert [upper_bound(0, 0), upper_bound(3, 3)] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("answerable", "unanswerable", "kept"), [(400, 300, (400, 100)), (400, 10, (40, 10)), (8, 2, (8, 2))]
)
def test_the_mix_is_80_to_20_and_as_large_as_can_be(answerable: int, unanswerable: int, kept: tuple[int, int]) -> None:
    mix = mixed([*verdicts(answerable, right=True), *verdicts(unanswerable, right=False, answerable=False)])

    assert (sum(one.answerable for one in mix), sum(not one.answerable for one in mix)) == kept
    assert len(set(mix)) == len(mix)


def test_each_set_is_mixed_by_itself_and_one_of_one_kind_taken_whole() -> None:
    mix = mixed(
        [
            *verdicts(40, right=True, dataset="a"),
            *verdicts(40, right=None, answerable=False, dataset="a"),
            *verdicts(7, right=True, dataset="b"),
            *verdicts(9, right=False, answerable=False, dataset="c"),
        ]
    )

    assert [sum(one.dataset == name for one in mix) for name in "abc"] == [50, 7, 9]


def test_the_mix_does_not_depend_on_the_order_of_the_questions() -> None:
    questions = [*verdicts(40, right=True), *verdicts(40, right=False, answerable=False)]

    assert mixed(questions[::-1]) == mixed(questions)


def test_the_risk_is_the_share_of_wrong_answers_among_those_given() -> None:
    risk = risk_of(
        [
            *verdicts(30, right=True),
            *verdicts(6, right=False),
            *verdicts(4, right=None),
            *verdicts(10, right=False, answerable=False),
        ]
    )

    assert (risk.answered, risk.wrong, risk.share) == (46, 16, 16 / 46)
    assert risk.upper == upper_bound(16, 46)
    assert risk.answer_rate == 36 / 40


def test_no_answer_is_no_wrong_one_and_shows_nothing() -> None:
    risk = risk_of(verdicts(40, right=None))

    assert (risk.answered, risk.share, risk.upper, risk.answer_rate) == (0, 0.0, 1.0, 0.0)
    assert not is_shown(risk, 0.9)
    assert risk_of([]).answer_rate == 0.0


@pytest.mark.parametrize(
    ("wrong", "upper", "shown"), [(5, 0.069, True), (5, 0.071, False), (6, 0.06, False), (0, 0.01, True)]
)
def test_a_risk_is_shown_by_the_estimate_and_nearly_by_its_interval(wrong: int, upper: float, shown: bool) -> None:
    assert is_shown(Risk(answered=100, wrong=wrong, upper=upper, answer_rate=0.5), 0.05) is shown


def test_a_smaller_risk_takes_more_labels_to_show() -> None:
    needed = [labels_needed(most, expected=0.04, answer_rate=0.7) for most in (0.05, 0.07, 0.1, 0.2)]

    assert needed == sorted(needed, reverse=True)
    assert len(set(needed)) == 4


def test_labels_needed_are_enough_to_show_it() -> None:
    needed = labels_needed(0.05, expected=0.03, answer_rate=0.5)

    answered = needed // 2
    assert is_shown(Risk(answered, round(0.03 * answered), upper_bound(round(0.03 * answered), answered), 0.5), 0.05)
    assert upper_bound(round(0.03 * (answered - 10)), answered - 10) > 0.07


def test_the_fewer_are_answered_the_more_labels_it_takes() -> None:
    assert labels_needed(0.05, expected=0.03, answer_rate=0.25) == 2 * labels_needed(
        0.05, expected=0.03, answer_rate=0.5
    )
