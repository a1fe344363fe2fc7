"""Two reports compared: shares, intervals, and the questions that moved."""

from __future__ import annotations

import math
from typing import Any

import pytest

from eval.comparison import compare, comparison_text
from eval.errors import EvalError


def judged(
    rank: int | None = 1, *, answered: bool = True, right: bool = True, answerable: bool = True, text: str = "Where?"
) -> dict[str, Any]:
    return {
        "text": text,
        "rank": rank,
        "answered": answered,
        "right": right,
        "confidence": 0.9,
        "answerable": answerable,
    }


WRONG = judged(4, right=False)
SILENT = judged(answered=False, right=False)
REFUSED = judged(None, answered=False, right=False, answerable=False)
FOOLED = judged(None, right=False, answerable=False)


def report(**sets: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "questions": {
            name: {f"q{number:03}": one for number, one in enumerate(questions)} for name, questions in sets.items()
        }
    }


def test_shares_before_and_after_are_over_the_questions_of_their_kind() -> None:
    before = report(faq=[WRONG, judged(), SILENT, judged(), FOOLED, REFUSED])
    after = report(faq=[judged(), judged(), SILENT, judged(), REFUSED, REFUSED])

    found = compare(before, after).sets["faq"]

    assert found.hit_at_1 is not None
    assert found.answered_right is not None
    assert found.answered_falsely is not None
    assert (found.hit_at_1.questions, found.hit_at_1.before, found.hit_at_1.after) == (4, 0.75, 1.0)
    assert (found.answered_right.before, found.answered_right.after) == (0.5, 0.75)
    assert found.answered_falsely.questions == 2
    assert found.answered_falsely.change == -0.5


def test_over_all_each_set_counts_the_same() -> None:
    before = report(large=[judged()] * 98 + [WRONG] * 2, small=[judged(), WRONG])
    after = report(large=[judged()] * 100, small=[WRONG, WRONG])

    overall = compare(before, after).overall.hit_at_1

    assert overall is not None
    assert overall.questions == 102
    assert [overall.before, overall.after] == pytest.approx([(0.98 + 0.5) / 2, 0.5])
    assert overall.change == pytest.approx((0.02 - 0.5) / 2)


def test_the_interval_is_that_of_paired_differences() -> None:
    before = report(faq=[WRONG] * 60 + [judged()] * 340)
    after = report(faq=[judged()] * 40 + [WRONG] * 20 + [judged()] * 320 + [WRONG] * 20)

    found = compare(before, after).sets["faq"].hit_at_1

    won, lost = 40 / 400, 20 / 400
    error = math.sqrt((won + lost - (won - lost) ** 2) / 400)
    assert found is not None
    assert found.change == pytest.approx(0.05)
    assert [found.low, found.high] == pytest.approx([0.05 - 1.96 * error, 0.05 + 1.96 * error], abs=0.004)
    assert not found.may_be_chance


def test_the_interval_over_all_is_that_of_the_mean_of_the_sets() -> None:
    before = report(one=[WRONG] * 50 + [judged()] * 150, two=[WRONG] * 10 + [judged()] * 40)
    after = report(one=[judged()] * 200, two=[judged()] * 40 + [WRONG] * 10)

    found = compare(before, after).overall.hit_at_1

    error = math.sqrt((0.25 - 0.25**2) / 200 + 0.4 / 50) / 2
    assert found is not None
    assert found.change == pytest.approx(0.125)
    assert [found.low, found.high] == pytest.approx([0.125 - 1.96 * error, 0.125 + 1.96 * error], abs=0.008)


def test_the_same_seed_gives_the_same_intervals() -> None:
    before, after = report(faq=[WRONG] * 30 + [judged()] * 70), report(faq=[judged()] * 60 + [WRONG] * 40)

    assert compare(before, after, seed=7) == compare(before, after, seed=7)


def test_equal_reports_have_no_difference_and_no_interval() -> None:
    same = report(faq=[judged(), WRONG, FOOLED])

    found = compare(same, same)

    assert found.overall.hit_at_1 is not None
    assert (found.overall.hit_at_1.low, found.overall.hit_at_1.high) == (0.0, 0.0)
    assert (found.better, found.worse) == ((), ())


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (WRONG, SILENT),
        (SILENT, judged()),
        (WRONG, judged()),
        (FOOLED, REFUSED),
        (judged(3), judged(1)),
        (judged(None, answered=False, right=False), judged(9, answered=False, right=False)),
        (judged(1, answered=False, right=False), judged(2)),
    ],
)
def test_a_right_answer_is_better_than_none_and_none_than_a_wrong_one(
    worse: dict[str, Any], better: dict[str, Any]
) -> None:
    forth, back = compare(report(faq=[worse]), report(faq=[better])), compare(report(faq=[better]), report(faq=[worse]))

    assert [len(forth.better), len(forth.worse)] == [1, 0]
    assert [len(back.better), len(back.worse)] == [0, 1]


def test_the_largest_gain_comes_first() -> None:
    before = report(faq=[judged(3), SILENT, WRONG, judged(2)])
    after = report(faq=[judged(1), judged(), judged(), judged(1)])

    found = compare(before, after).better

    assert [moved.id for moved in found] == ["q002", "q001", "q000", "q003"]
    assert (found[2].before.rank, found[2].after.rank) == (3, 1)


def test_questions_that_are_not_in_both_are_counted_and_left_out() -> None:
    before = report(faq=[judged(), judged(text="Old?"), judged()], gone=[judged(), judged()])
    after = report(faq=[judged(), judged(text="New?"), REFUSED, judged()])

    found = compare(before, after)

    assert (found.only_before, found.only_after, found.altered) == (2, 1, 2)
    assert list(found.sets) == ["faq"]
    assert found.overall.hit_at_1 is not None
    assert found.overall.hit_at_1.questions == 1
    assert found.overall.answered_falsely is None


@pytest.mark.parametrize("lacking", [{}, {"questions": {}}, {"questions": None}])
def test_a_report_without_questions_is_refused(lacking: dict[str, Any]) -> None:
    with pytest.raises(EvalError, match="the later report holds no questions"):
        compare(report(faq=[judged()]), lacking)


def test_a_report_that_cannot_be_understood_is_refused_with_the_place() -> None:
    with pytest.raises(EvalError, match=r"the earlier report .*questions\.faq\.q000\.rank"):
        compare({"questions": {"faq": {"q000": {"text": "Where?"}}}}, report(faq=[judged()]))


def test_reports_on_different_questions_are_refused() -> None:
    with pytest.raises(EvalError, match="no question in common"):
        compare(report(faq=[judged()]), report(docs=[judged()]))


def test_the_text_has_a_table_for_each_share_and_the_questions_that_moved() -> None:
    before = report(faq=[WRONG, judged(), judged()], docs=[judged(2, text="Où est\nma facture\x1b[31m ?"), FOOLED])
    after = report(faq=[judged(), judged(), SILENT], docs=[judged(1, text="Où est\nma facture\x1b[31m ?"), REFUSED])

    lines = comparison_text(compare(before, after))

    assert lines[0] == "right page first (hit@1), of the answerable questions"
    assert lines[2].split() == ["docs", "1", "0.0%", "100.0%", "+100.0", "(+100.0", "to", "+100.0)"]
    assert lines[4].startswith("  mean of the sets                   4   33.3%  100.0%   +66.7 (+50.0 to ")
    assert "better: 3 questions, 2 of them in what is shown" in lines
    assert "  docs q000: rank 2 → 1" in lines
    assert "    Où est ma facture [31m ?" in lines
    assert "  faq q000: answered wrongly → answered right, rank 4 → 1" in lines
    assert "  faq q002: answered right → not answered" in lines
    assert lines[-1] == "0 questions only before, 0 only after"


def test_a_difference_whose_interval_holds_zero_may_be_chance() -> None:
    lines = comparison_text(compare(report(faq=[WRONG, judged(), judged()]), report(faq=[judged()] * 3)))

    assert lines[2].endswith("may be chance")


def test_the_text_lists_fifteen_questions_and_counts_the_rest() -> None:
    lines = comparison_text(compare(report(faq=[judged()] * 20), report(faq=[WRONG] * 20)))

    assert sum(line.startswith("  faq q") for line in lines) == 15
    assert "  and 5 more" in lines
    assert "worse: 20 questions, 20 of them in what is shown" in lines
    assert "better: no question" in lines
