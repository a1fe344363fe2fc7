"""Gaps keep their ids when all questions are grouped anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

_FIRST = 1_000_000.0
"""What a gap that a writer has touched weighs more than one that nobody has, for each question."""


@dataclass(frozen=True, slots=True)
class CarriedOn:
    """What a new grouping means for the gaps there were.

    Attributes:
        ids: each new group's gap.
        merged: each gap that is no more, with the one that most of its questions are in now.
        emptied: gaps whose questions are in no group any more; they stay as they are, without growing.
    """

    ids: Mapping[int, str]
    merged: Mapping[str, str]
    emptied: frozenset[str]


def carry_on(
    before: Mapping[str, str], after: Mapping[str, int], *, new_id: Callable[[], str], touched: Collection[str] = ()
) -> CarriedOn:
    """Match new groups to the gaps there were by the questions that they share, as many as possible.

    Args:
        before: the gap of each question that was in one.
        after: the new group of each question that is in one.
        new_id: makes the id of a gap that was not there before.
        touched: gaps that a writer has planned, written or noted something about: they keep their ids before others.
    """
    shared = Counter((gap, after[question]) for question, gap in before.items() if question in after)
    ids = _matched(shared, frozenset(touched))
    for group in sorted(set(after.values()) - set(ids)):
        ids[group] = new_id()
    kept = set(ids.values())
    merged: dict[str, str] = {}
    emptied = set()
    for gap in set(before.values()) - kept:
        parts = [(many, -group) for (old, group), many in shared.items() if old == gap]
        if parts:
            merged[gap] = ids[-max(parts)[1]]
        else:
            emptied.add(gap)
    return CarriedOn(ids, merged, frozenset(emptied))


def _matched(shared: Counter[tuple[str, int]], touched: frozenset[str]) -> dict[int, str]:
    """Return the gap of each group that goes on; solved apart for gaps that have nothing to do with each other."""
    if not shared:
        return {}
    gaps = sorted({gap for gap, _ in shared})
    groups = sorted({group for _, group in shared})
    row_of = {gap: row for row, gap in enumerate(gaps)}
    column_of = {group: column for column, group in enumerate(groups)}
    rows = np.array([row_of[gap] for gap, _ in shared])
    columns = np.array([column_of[group] for _, group in shared])
    weights = np.array([many * (_FIRST if gap in touched else 1.0) for (gap, _), many in shared.items()])
    size = len(gaps) + len(groups)
    _, parts = connected_components(coo_matrix((weights, (rows, columns + len(gaps))), shape=(size, size)))
    ids: dict[int, str] = {}
    order = np.argsort(parts[rows], kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(parts[rows][order])) + 1):
        mine, theirs = np.unique(rows[part]), np.unique(columns[part])
        table = np.zeros((len(mine), len(theirs)))
        table[np.searchsorted(mine, rows[part]), np.searchsorted(theirs, columns[part])] = weights[part]
        for row, column in zip(*linear_sum_assignment(table, maximize=True), strict=True):
            if table[row, column] > 0:
                ids[groups[theirs[column]]] = gaps[mine[row]]
    return ids
