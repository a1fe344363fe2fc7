"""Two reports, question by question: what got better, what got worse, and what may be chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from eval.errors import EvalError

_RESAMPLES = 10_000
_MIDDLE = (2.5, 97.5)
_LISTED = 15
_NAME_CHARS = 26
_TEXT_CHARS = 90
_NOTHING = (0, 0.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """A question as one report has it.

    ``rank`` is that of the first right page among the ten nearest; ``right`` says whether the shown answer set holds a
    right page.
    """

    text: str
    rank: int | None
    answered: bool
    right: bool
    answerable: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A question that the two reports judge differently."""

    dataset: str
    id: str
    before: Judged
    after: Judged

    @property
    def gain(self) -> tuple[int, float]:
        """What the customer gained, above zero if anything: first in what is shown, then in 1 / rank.

        A right answer is worth more than none, and none more than a wrong one.
        """
        shown = _shown(self.after) - _shown(self.before)
        return shown, _closeness(self.after) - _closeness(self.before)


@dataclass(frozen=True, slots=True)
class Difference:
    """A share before and after, and the 95 % interval of what lies between them, ``low`` to ``high``; all 0 to 1."""

    questions: int
    before: float
    after: float
    low: float
    high: float

    @property
    def change(self) -> float:
        """Of the share, above zero where it grew."""
        return self.after - self.before

    @property
    def may_be_chance(self) -> bool:
        """Whether the interval holds zero."""
        return self.low <= 0.0 <= self.high


@dataclass(frozen=True, slots=True)
class Differences:
    """What changed over some questions; ``None`` where there are none of the kind.

    Attributes:
        hit_at_1: answerable questions whose first page is right.
        answered_right: answerable questions with an answer that holds a right page.
        answered_falsely: unanswerable questions with an answer.
    """

    hit_at_1: Difference | None
    answered_right: Difference | None
    answered_falsely: Difference | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two reports say of the questions that both have.

    Attributes:
        sets: by name.
        overall: means over the sets, each counting the same.
        better: the largest gain first.
        worse: the largest loss first.
        only_before: how many questions the later report lacks.
        only_after: how many questions the earlier report lacks.
        altered: how many have another text or another label, and so were not compared.
    """

    sets: Mapping[str, Differences]
    overall: Differences
    better: tuple[Moved, ...]
    worse: tuple[Moved, ...]
    only_before: int
    only_after: int
    altered: int


_Key = tuple[str, str]
_Share = Callable[[Judged], bool]
_adapter = TypeAdapter(dict[str, dict[str, Judged]])


def compare(before: Mapping[str, Any], after: Mapping[str, Any], *, seed: int = 0) -> Comparison:
    """Compare two reports of ``askfirst eval report``.

    The intervals are those of the paired bootstrap (percentile method): questions are drawn anew within each set, both
    judgements of one together. Source: Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13. They
    take the questions of a set as independent, so they are somewhat narrow where several ask the same.

    Args:
        before: the earlier report, as its JSON has it.
        after: the later one.
        seed: of the draws; the same seed gives the same intervals.

    Raises:
        EvalError: if a report lacks its questions, or they have none in common.
    """
    earlier, later = _judged(before, "earlier"), _judged(after, "later")
    both = [key for key in earlier if key in later]
    same = [key for key in both if _is_same(earlier[key], later[key])]
    if not same:
        raise EvalError("the two reports have no question in common")
    pairs: dict[str, list[Moved]] = {}
    for name, id_ in sorted(same):
        pairs.setdefault(name, []).append(Moved(name, id_, earlier[name, id_], later[name, id_]))
    names = list(pairs)
    random = np.random.default_rng(seed)
    first = _differences(pairs, lambda one: one.rank == 1, random, answerable=True)
    right = _differences(pairs, lambda one: one.answered and one.right, random, answerable=True)
    false = _differences(pairs, lambda one: one.answered, random, answerable=False)
    worst_first = sorted(chain.from_iterable(pairs.values()), key=lambda pair: pair.gain)
    best_first = sorted(chain.from_iterable(pairs.values()), key=lambda pair: pair.gain, reverse=True)
    return Comparison(
        sets={name: Differences(first.get(name), right.get(name), false.get(name)) for name in names},
        overall=Differences(first.get(None), right.get(None), false.get(None)),
        better=tuple(pair for pair in best_first if pair.gain > _NOTHING),
        worse=tuple(pair for pair in worst_first if pair.gain < _NOTHING),
        only_before=len(earlier) - len(both),
        only_after=len(later) - len(both),
        altered=len(both) - len(same),
    )


def comparison_text(comparison: Comparison) -> list[str]:
    """Return the comparison as lines for a terminal, plain text without markup."""
    lines = []
    for title, choose in (
        ("right page first (hit@1), of the answerable questions", lambda found: found.hit_at_1),
        ("answered right, of the answerable questions", lambda found: found.answered_right),
        ("answered all the same, of the unanswerable questions: fewer is better", lambda found: found.answered_falsely),
    ):
        lines += _table(title, comparison, choose)
    lines += _listed("better", comparison.better)
    lines += _listed("worse", comparison.worse)
    compared = f"{_questions(comparison.only_before)} only before, {comparison.only_after} only after"
    altered = f", {comparison.altered} left out because text or label changed" if comparison.altered else ""
    return [*lines, compared + altered]


def _judged(report: Mapping[str, Any], which: str) -> dict[_Key, Judged]:
    if not report.get("questions"):
        raise EvalError(f"the {which} report holds no questions to compare")
    try:
        sets = _adapter.validate_python(report["questions"])
    except ValidationError as exc:
        error = exc.errors()[0]
        place = ".".join(str(part) for part in error["loc"])
        raise EvalError(f"the {which} report cannot be understood: questions.{place} {error['msg']}") from exc
    return {(name, id_): judged for name, questions in sets.items() for id_, judged in questions.items()}


def _is_same(one: Judged, other: Judged) -> bool:
    return (one.text, one.answerable) == (other.text, other.answerable)


def _shown(judged: Judged) -> int:
    if not judged.answered:
        return 0
    return 1 if judged.right and judged.answerable else -1


def _closeness(judged: Judged) -> float:
    return 1.0 / judged.rank if judged.rank else 0.0


def _differences(
    pairs: Mapping[str, Sequence[Moved]], share: _Share, random: np.random.Generator, *, answerable: bool
) -> dict[str | None, Difference]:
    """Return the differences of a share by set, and over all under ``None``; sets without such questions have none."""
    found: dict[str | None, Difference] = {}
    draws: list[NDArray[np.float64]] = []
    for name, moved in pairs.items():
        chosen = [pair for pair in moved if pair.before.answerable == answerable]
        if not chosen:
            continue
        earlier = np.array([share(pair.before) for pair in chosen])
        later = np.array([share(pair.after) for pair in chosen])
        draws.append(_resampled(earlier, later, random))
        found[name] = _difference(len(chosen), float(earlier.mean()), float(later.mean()), draws[-1])
    if found:
        sets = list(found.values())
        found[None] = _difference(
            sum(one.questions for one in sets),
            float(np.mean([one.before for one in sets])),
            float(np.mean([one.after for one in sets])),
            np.mean(draws, axis=0),
        )
    return found


def _resampled(
    earlier: NDArray[np.bool_], later: NDArray[np.bool_], random: np.random.Generator
) -> NDArray[np.float64]:
    """Return the difference in each resample, shape (_RESAMPLES,).

    A question is lost, kept or won; drawing n questions with replacement draws their three counts from a multinomial
    distribution, so the counts are all that need drawing.
    """
    n = len(earlier)
    lost, won = int((earlier & ~later).sum()), int((~earlier & later).sum())
    counts = random.multinomial(n, [lost / n, (n - lost - won) / n, won / n], size=_RESAMPLES)
    return np.asarray((counts[:, 2] - counts[:, 0]) / n, dtype=np.float64)


def _difference(questions: int, before: float, after: float, draws: NDArray[np.float64]) -> Difference:
    low, high = np.percentile(draws, _MIDDLE)
    return Difference(questions, before, after, float(low), float(high))


def _table(title: str, comparison: Comparison, choose: Callable[[Differences], Difference | None]) -> list[str]:
    rows = [(name, choose(found)) for name, found in comparison.sets.items()]
    if len(rows) > 1:
        rows.append(("mean of the sets", choose(comparison.overall)))
    lines = [_row(name, found) for name, found in rows if found is not None]
    if not lines:
        return []
    heading = f"  {'':{_NAME_CHARS}} {'questions':>9} {'before':>7} {'after':>7}   points (95 % interval)"
    return [title, heading, *lines, ""]


def _row(name: str, found: Difference) -> str:
    change, low, high = (_points(share) for share in (found.change, found.low, found.high))
    chance = "  may be chance" if found.change and found.may_be_chance else ""
    return (
        f"  {_short(name, _NAME_CHARS):{_NAME_CHARS}} {found.questions:>9,} {found.before:>7.1%} {found.after:>7.1%} "
        f"  {change} ({low} to {high}){chance}"
    )


def _points(share: float) -> str:
    return f"{round(100.0 * share, 1) + 0.0:+.1f}"  # adding zero turns -0.0 into 0.0


def _listed(title: str, moved: Sequence[Moved]) -> list[str]:
    if not moved:
        return [f"{title}: no question", ""]
    shown = sum(pair.gain[0] != 0 for pair in moved)
    lines = [f"{title}: {_questions(len(moved))}, {shown} of them in what is shown"]
    for pair in moved[:_LISTED]:
        name = pair.id if pair.id.startswith(pair.dataset) else f"{pair.dataset} {pair.id}"
        lines.append(f"  {name}: {_what_moved(pair)}")
        lines.append(f"    {_short(pair.after.text, _TEXT_CHARS)}")
    if len(moved) > _LISTED:
        lines.append(f"  and {len(moved) - _LISTED:,} more")
    return [*lines, ""]


def _what_moved(pair: Moved) -> str:
    shown = [_named(judged) for judged in (pair.before, pair.after)]
    parts = [] if shown[0] == shown[1] else [" → ".join(shown)]
    if pair.before.rank != pair.after.rank:
        parts.append(f"rank {pair.before.rank or '–'} → {pair.after.rank or '–'}")
    return ", ".join(parts)


def _named(judged: Judged) -> str:
    return {1: "answered right", 0: "not answered", -1: "answered wrongly"}[_shown(judged)]


def _questions(count: int) -> str:
    return "1 question" if count == 1 else f"{count:,} questions"


def _short(text: str, chars: int) -> str:
    """Return a text on one line, without characters that steer a terminal."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= chars else line[: chars - 1] + "…"
