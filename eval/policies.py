"""Make a policy of labelled sets: fitted on their tuning parts, checked on their test parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.asking.policy import MOST_SHOWN, Basis, Calibration, Guarantee, Policy, Weights
from eval.calibration import choose_answer_at, fit_basis, verdict_of
from eval.errors import EvalError
from eval.fitting import Signals, fit_weights
from eval.risk import is_shown, risk_of

_RELATED_AT = 0.5
"""Three pages are offered when one of them is more likely right than not."""
_PRINTED = 6
_LEAST_TUNING = 20
_NEVER = Calibration(-8.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Gathered:
    """What was found for the questions of some sets by one recipe.

    Attributes:
        signals: of the tuning and the test parts.
        recipe: digest of the recipe.
        reranker: digest of the reranker; empty for none.
        generations: the generation that was asked, by set.
        data: SHA-256 of the questions and labels, by set.
    """

    signals: Sequence[Signals]
    recipe: str
    reranker: str
    generations: Mapping[str, str]
    data: Mapping[str, str]


def fit_policy(
    gathered: Gathered,
    *,
    base: Policy | None,
    most_risk: float,
    current: Policy | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Policy:
    """Return a policy with what it guarantees.

    Args:
        gathered: labelled questions.
        base: gives the shares of the signals, and how pages in other languages are judged where no question tells;
            with ``None`` the shares are fitted as well.
        most_risk: the share of wrong answers to keep, 0 to 1.
        current: where shares are fitted, those of this policy stay unless others are clearly better.
        say: told what was tried.

    Raises:
        EvalError: if there are too few questions to fit anything on.
    """
    tuning = [one for one in gathered.signals if one.part == "tune"]
    answerable = sum(bool(one.relevant) for one in tuning)
    if answerable < _LEAST_TUNING:
        raise EvalError(
            f"only {answerable} answerable questions fall into the half that a policy is fitted on; "
            f"it takes at least {_LEAST_TUNING}, and some hundreds to guarantee anything"
        )
    bases = []
    for foreign in (False, True):
        chosen = [one for one in tuning if one.foreign == foreign]
        if not any(one.relevant for one in chosen):
            bases.append(_basis_without_data(base, gathered.recipe, foreign=foreign))
            continue
        if base is not None:
            weights = base.basis(foreign=foreign).weights
        else:
            in_use = current.basis(foreign=foreign).weights if current is not None else None
            weights = _tried(chosen, in_use, foreign=foreign, say=say)
        bases.append(fit_basis(chosen, weights, foreign=foreign))
    policy = Policy(
        recipe=gathered.recipe,
        same_language=bases[0],
        other_language=bases[1],
        answer_at=1.0,
        related_at=_RELATED_AT,
        fitted_on=dict(sorted(Counter(one.dataset for one in tuning).items())),
        reranker=gathered.reranker,
    )
    policy = replace(policy, answer_at=choose_answer_at(tuning, policy, most_risk=most_risk))
    policy = replace(policy, related_at=min(_RELATED_AT, policy.answer_at))
    test = [one for one in gathered.signals if one.part == "test"]
    risk = risk_of([verdict_of(one, policy) for one in test])
    guarantee = Guarantee(
        risk=most_risk,
        answered=risk.answered,
        wrong=risk.wrong,
        upper=risk.upper,
        answer_rate=risk.answer_rate,
        shown=is_shown(risk, most_risk),
        generations=tuple(sorted(set(gathered.generations.values()))),
        data=gathered.data,
    )
    return replace(policy, guarantee=guarantee)


def _tried(
    signals: Sequence[Signals], current: Weights | None, *, foreign: bool, say: Callable[[str], None]
) -> Weights:
    weights, table = fit_weights(signals, foreign=foreign, current=current)
    for tried in table[:_PRINTED]:
        sets = "  ".join(f"{name} {first:.3f}/{third:.3f}" for name, (first, third) in tried.sets.items())
        say(f"{tried.mean:.4f}  {tried.weights}  {sets}")
    return weights


def _basis_without_data(base: Policy | None, recipe: str, *, foreign: bool) -> Basis:
    """Return the base's where it was fitted for this recipe, else one that is never sure."""
    if base is not None and base.recipe == recipe:
        return base.basis(foreign=foreign)
    weights = base.basis(foreign=foreign).weights if base is not None else Weights(0.5, 0.5, 0.0, 0.0, 0.7)
    return Basis(weights, (_NEVER,) * MOST_SHOWN, lone_lead=0.0)
