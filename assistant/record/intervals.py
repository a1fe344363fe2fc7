"""A share with its 95 % interval: the form in which every rate is reported."""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A count out of a count, with the ends of the 95 % interval of the share, 0 to 1."""

    numerator: int
    denominator: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        """The share itself, 0 to 1; ``None`` where nothing was counted."""
        return self.numerator / self.denominator if self.denominator else None


def rate(numerator: int, denominator: int, *, design_effect: float = 1.0) -> Rate:
    """Return a rate with its interval; from 0 to 1 where nothing was counted.

    Args:
        numerator: how many of them, 0 to ``denominator``.
        denominator: how many there are.
        design_effect: by how much the variance exceeds that of independent trials. The interval is that of a sample
            smaller by this factor. Source: Franco, Little, Louis & Slud, J. Survey Statistics and Methodology 2019.

    Raises:
        ValueError: if the counts are no share, or the design effect is not above 0.
    """
    if not 0 <= numerator <= denominator:
        raise ValueError(f"{numerator} of {denominator} is no share")
    if design_effect <= 0.0:
        raise ValueError(f"a design effect is above 0, not {design_effect}")
    if not denominator:
        return Rate(0, 0, 0.0, 1.0)
    low, high = wilson(numerator / denominator, denominator / design_effect)
    return Rate(numerator, denominator, low, high)


def wilson(share: float, trials: float) -> tuple[float, float]:
    """Return the ends of the 95 % score interval of a share, seen in ``trials`` independent trials, above 0.

    Source: Wilson, JASA 1927; recommended by Brown, Cai & DasGupta, Statistical Science 2001.
    """
    square = _Z * _Z
    middle = (share + square / (2.0 * trials)) / (1.0 + square / trials)
    half = _Z / (1.0 + square / trials) * math.sqrt(share * (1.0 - share) / trials + square / (4.0 * trials * trials))
    # Rounding must not put the share itself outside, where it is 0 or 1.
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
