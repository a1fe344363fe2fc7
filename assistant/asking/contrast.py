"""What a part of a letter says that the rest of it does not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.ports import Vector

_SHARE = 0.3
"""Tried from .1 to .4 on the tuning third of ``eval/tickets``: from .1 on, the right page is among the first three for
8 of 12 matters, and for 7 without."""


def apart_from(vector: Vector, others: Sequence[Vector], *, share: float = _SHARE) -> Vector:
    """Return a unit vector with a share of the mean of others taken out of it.

    All parts of a letter have its tone and its trade in common; without them more is left of what one part asks.
    """
    rest: Vector = vector - share * np.mean(np.stack(others), axis=0)
    length = float(np.linalg.norm(rest))
    unit: Vector = (rest / length).astype(np.float32) if length > 0.0 else vector
    return unit
