"""How well failed questions are grouped, how stable the groups are from week to week, and how long it takes."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import HDBSCAN
from sklearn.metrics import adjusted_rand_score

from assistant.gaps.carrying_on import carry_on
from assistant.gaps.grouping import LOOSE, Grouper, Grouping, Labels, neutralised
from eval.gaps.year import DAYS, Asked, part_of
from indexer.ports import Vectors

SHOWN_FROM = 3
"""People behind a gap that is shown."""
_DAYS_A_WEEK = 7
_OF_ITS_QUESTIONS = 0.5


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well groups agree with what the questions are about.

    Attributes:
        questions: how many were scored, without a person's repeats.
        ari: adjusted Rand index; a one-off is a class of its own, with its repeats where it was drawn several times,
            and each loose question is a group of its own.
        topical: the same without one-offs.
        noise_shown: share of the one-offs that are in a group that would be shown and is mostly about something else.
        groups: how many have at least three people.
        pure: share of the questions in these groups that are about what most of their group is about.
    """

    questions: int
    ari: float
    topical: float
    noise_shown: float
    groups: int
    pure: float


def agreement(asked: Sequence[Asked], labels: Labels, *, part: str | None = None) -> Agreement:
    """Compare groups with the truth; with a ``part``, only questions of its topics and its one-offs are scored."""
    matters_by_group: dict[int, Counter[str]] = defaultdict(Counter)
    for one, label in zip(asked, labels, strict=True):
        if label != LOOSE:
            matters_by_group[int(label)][one.matter] += 1
    scored = [
        (one, int(label), place)
        for place, (one, label) in enumerate(zip(asked, labels, strict=True))
        if part is None or part_of(one.matter) == part
    ]
    truth = [one.matter for one, _, _ in scored]
    found = [f"loose {place}" if label == LOOSE else str(label) for _, label, place in scored]
    topical = [place for place, (one, _, _) in enumerate(scored) if not one.noise]
    shown = {group for group, matters in matters_by_group.items() if sum(matters.values()) >= SHOWN_FROM}
    in_shown = [(one, matters_by_group[label]) for one, label, _ in scored if label in shown]
    wrong = sum(one.noise and matters.most_common(1)[0][0] != one.matter for one, matters in in_shown)
    right = sum(matters.most_common(1)[0][0] == one.matter for one, matters in in_shown)
    return Agreement(
        len(scored),
        float(adjusted_rand_score(truth, found)),
        float(adjusted_rand_score([truth[place] for place in topical], [found[place] for place in topical])),
        wrong / max(1, sum(one.noise for one, _, _ in scored)),
        len(shown),
        right / max(1, len(in_shown)),
    )


@dataclass(frozen=True, slots=True)
class Stability:
    """How many shown gaps of one week are there in the next, under the same id and with most of their questions."""

    weeks: int
    gaps: int
    kept: int

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.kept / max(1, self.gaps)


def live_through(
    asked: Sequence[Asked], vectors: Vectors, settings: Grouping, *, regroup_every_days: int = _DAYS_A_WEEK
) -> tuple[Stability, Labels]:
    """Group a year as the product does: each day's new questions join, each week all are grouped anew.

    Args:
        asked: without a person's repeats, in their order in time.
        vectors: theirs.

    Returns:
        The stability from week to week, and each question's gap at the year's end as a number.
    """
    grouper = Grouper(settings)
    spoken = [one.language for one in asked]
    days = np.array([one.day for one in asked])
    labels = np.empty(0, np.int64)
    ids: dict[int, str] = {}
    made = 0
    gaps = kept = weeks = 0
    last: dict[str, frozenset[int]] = {}

    def new_id() -> str:
        nonlocal made
        made += 1
        return f"g{made}"

    for day in range(DAYS):
        before, now = len(labels), int(np.searchsorted(days, day, side="right"))
        old, new = grouper.extend(vectors[:before], spoken[:before], labels, vectors[before:now], spoken[before:now])
        labels = np.concatenate([old, new])
        for label in np.unique(labels[labels != LOOSE]):
            if int(label) not in ids:
                ids[int(label)] = new_id()
        if day % regroup_every_days != regroup_every_days - 1:
            continue
        regrouped = grouper.regroup(vectors[:now], spoken[:now])
        carried = carry_on(_by_question(labels, ids), _grouped(regrouped), new_id=new_id)
        labels, ids = regrouped, dict(carried.ids)
        members = {ids[label]: frozenset(places) for label, places in _members(labels).items()}
        for gap, places in last.items():
            gaps += 1
            kept += len(places & members.get(gap, frozenset())) > _OF_ITS_QUESTIONS * len(places)
        weeks += bool(last)
        last = {gap: places for gap, places in members.items() if len(places) >= SHOWN_FROM}
    return Stability(weeks, gaps, kept), labels


def _by_question(labels: Labels, ids: Mapping[int, str]) -> dict[str, str]:
    return {str(place): ids[int(label)] for place, label in enumerate(labels) if label != LOOSE}


def _grouped(labels: Labels) -> dict[str, int]:
    return {str(place): int(label) for place, label in enumerate(labels) if label != LOOSE}


def _members(labels: Labels) -> dict[int, list[int]]:
    members: dict[int, list[int]] = defaultdict(list)
    for place, label in enumerate(labels):
        if label != LOOSE:
            members[int(label)].append(place)
    return members


@dataclass(frozen=True, slots=True)
class Speed:
    """How long grouping takes, in seconds."""

    questions: int
    regroup_seconds: float
    news: int
    extend_seconds: float


def measure_speed(
    vectors: Vectors, languages: Sequence[str], settings: Grouping, *, questions: int, news: int, seed: int = 1
) -> Speed:
    """Group that many distinct vectors, and then some new ones: the given ones again and again, each moved a little.

    The move is a random direction of length 0.3 beside the vector's own 1, so that the copies of one question are as
    unlike as typing errors and fillers make them.
    """
    rng = np.random.default_rng(seed)
    picked = rng.integers(len(vectors), size=questions + news)
    moves = rng.standard_normal((len(picked), vectors.shape[1]), dtype=np.float32)
    moved = vectors[picked] + 0.3 * moves / np.linalg.norm(moves, axis=1, keepdims=True)
    moved /= np.linalg.norm(moved, axis=1, keepdims=True)
    spoken = [languages[place] for place in picked]
    grouper = Grouper(settings)
    began = time.perf_counter()
    labels = grouper.regroup(moved[:questions], spoken[:questions])
    grouped = time.perf_counter()
    grouper.extend(moved[:questions], spoken[:questions], labels, moved[questions:], spoken[questions:])
    return Speed(questions, grouped - began, news, time.perf_counter() - grouped)


def by_language(vectors: Vectors, languages: Sequence[str], settings: Grouping) -> Labels:
    """Group each language apart, for comparison."""
    spoken = np.asarray(languages)
    labels = np.full(len(spoken), LOOSE, np.int64)
    for language in np.unique(spoken):
        mine = np.flatnonzero(spoken == language)
        found = Grouper(settings).regroup(vectors[mine], spoken[mine].tolist())
        labels[mine] = np.where(found == LOOSE, LOOSE, found + labels.max() + 1)
    return labels


def uncentred(vectors: Vectors, settings: Grouping) -> Labels:
    """Group with one mean taken out instead of each language's own, for comparison."""
    return Grouper(settings).regroup(vectors, ["xx"] * len(vectors))


def plain_hdbscan(vectors: Vectors, languages: Sequence[str] | None = None) -> Labels:
    """Group as scikit-learn's HDBSCAN does it by itself, with the languages' means taken out if they are given."""
    rows = vectors if languages is None else neutralised(vectors, np.asarray(languages), shrinkage=5.0)
    return np.asarray(HDBSCAN(min_cluster_size=SHOWN_FROM, algorithm="brute", copy=True).fit_predict(rows), np.int64)
