"""Carry a policy over to an adapted model, where no labelled questions can say how sure that one may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean, pstdev

from assistant.asking.policy import Basis, Calibration, Evidence, Policy

_LEAST_SPREAD = 1e-6


def carry_over(
    policy: Policy, *, recipe: str, before: Sequence[Sequence[Evidence]], after: Sequence[Sequence[Evidence]]
) -> Policy:
    """Return the policy for another recipe: its similarities are read on the scale of the recipe it was fitted for.

    Mean and spread of each kind of evidence over the same questions are matched. The guarantee is lost: it was
    measured for the other recipe.

    Args:
        policy: fitted for the recipe that gave ``before``.
        recipe: digest of the recipe that gave ``after``.
        before: the evidence for the answer sets of each of some questions.
        after: the same for the same questions under the new recipe.

    Raises:
        ValueError: if there is no evidence to go by.
    """
    if not before or not after:
        raise ValueError("there is no question to carry a policy over by")
    basis = policy.same_language
    lead_scale, _ = _scale([one[0].lead for one in before], [one[0].lead for one in after])
    carried = Basis(
        weights=basis.weights,
        sets=tuple(
            _carried(
                calibration,
                [one[min(size, len(one) - 1)] for one in before],
                [one[min(size, len(one) - 1)] for one in after],
            )
            for size, calibration in enumerate(basis.sets)
        ),
        lone_lead=basis.lone_lead / lead_scale,
        languages=basis.languages,
    )
    return replace(
        policy,
        recipe=recipe,
        same_language=carried,
        guarantee=None,
        carried_over=policy.carried_over or policy.recipe,
    )


def _carried(calibration: Calibration, before: Sequence[Evidence], after: Sequence[Evidence]) -> Calibration:
    intercept, slopes = calibration.intercept, {}
    for name in ("score", "lead", "standing"):
        scale, shift = _scale([getattr(one, name) for one in before], [getattr(one, name) for one in after])
        slope = getattr(calibration, name)
        slopes[name] = slope * scale
        intercept += slope * shift
    return replace(calibration, intercept=intercept, **slopes)


def _scale(before: Sequence[float], after: Sequence[float]) -> tuple[float, float]:
    """Return (scale, shift) that take values of ``after`` to the mean and spread of those of ``before``."""
    spread = pstdev(after)
    scale = pstdev(before) / spread if spread > _LEAST_SPREAD else 1.0
    return scale, fmean(before) - scale * fmean(after)
