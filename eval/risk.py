"""The share of wrong answers among those given, with an exact interval, over a mix of questions."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import beta

from eval.measures import ANSWERABLE_SHARE

_CONFIDENCE = 0.95
_MARGIN = 0.02
"""How far the upper end of the interval may be above the risk that is promised."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a question: whether its answer set held a right page, or ``None`` where none was given."""

    dataset: str
    question_id: str
    answerable: bool
    right: bool | None


@dataclass(frozen=True, slots=True)
class Risk:
    """Of a mix of questions, how many were answered and how many of those answers were wrong.

    ``upper`` is the upper end of the exact 95 % interval, one-sided; ``answer_rate`` is over all answerable questions.
    """

    answered: int
    wrong: int
    upper: float
    answer_rate: float

    @property
    def share(self) -> float:
        """The risk itself, 0 to 1."""
        return self.wrong / self.answered if self.answered else 0.0


def risk_of(verdicts: Sequence[Verdict]) -> Risk:
    """Return the risk over the mix of ``mixed``."""
    given = [verdict.right for verdict in mixed(verdicts) if verdict.right is not None]
    wrong = given.count(False)
    answerable = [verdict for verdict in verdicts if verdict.answerable]
    answered = sum(verdict.right is not None for verdict in answerable)
    return Risk(
        answered=len(given),
        wrong=wrong,
        upper=upper_bound(wrong, len(given)),
        answer_rate=answered / len(answerable) if answerable else 0.0,
    )


def mixed(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the questions of each set that make a mix of 80 % answerable ones, as many as there can be.

    Of the more numerous kind some are left out, by the hash of their id: wrong answers can then be counted, and their
    number is binomial. A set with one kind only is taken whole.
    """
    by_set: dict[str, dict[bool, list[Verdict]]] = defaultdict(lambda: {True: [], False: []})
    for verdict in sorted(verdicts, key=lambda one: hashlib.sha256(one.question_id.encode("utf-8")).hexdigest()):
        by_set[verdict.dataset][verdict.answerable].append(verdict)
    ratio = ANSWERABLE_SHARE / (1.0 - ANSWERABLE_SHARE)
    mix: list[Verdict] = []
    for _, kinds in sorted(by_set.items()):
        answerable, unanswerable = kinds[True], kinds[False]
        if answerable and unanswerable:
            unanswerable = unanswerable[: max(1, round(len(answerable) / ratio))]
            answerable = answerable[: round(len(unanswerable) * ratio)]
        mix += answerable + unanswerable
    return mix


def upper_bound(wrong: int, answered: int) -> float:
    """Return the upper end of the exact 95 % interval, one-sided, of a share; 1 where there is nothing to go by.

    Source: Clopper & Pearson, Biometrika 1934.
    """
    return 1.0 if wrong >= answered else float(beta.ppf(_CONFIDENCE, wrong + 1, answered - wrong))


def is_shown(risk: Risk, most: float) -> bool:
    """Say whether the data show that a risk is kept: by the estimate, and by its interval but for two points."""
    return risk.answered > 0 and risk.share <= most and risk.upper <= most + _MARGIN


def labels_needed(most_risk: float, *, expected: float, answer_rate: float) -> int:
    """Return how many labelled questions show a risk of at most ``most_risk`` if it is really ``expected``.

    Args:
        most_risk: the risk to keep, 0 to 1.
        expected: the share of wrong answers that is really there.
        answer_rate: the share of questions that are answered, 0 to 1.
    """
    answered = next(
        (
            number
            for number in range(10, 20_000, 10)
            if upper_bound(round(expected * number), number) <= most_risk + _MARGIN
        ),
        20_000,
    )
    return round(answered / answer_rate)
