"""Carrying a policy over to an adapted model: the same places on another scale are judged the same."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.asking.carrying_over import carry_over
from assistant.asking.policy import Evidence, Policy
from tests.unit.test_policy import FULL

SEEN = [
    [
        Evidence(0.90 + 0.01 * number, 0.02 * number, 0.03 * number, 0.5, 2.0),
        Evidence(0.90 + 0.01 * number, 0.03 * number + 0.01, 0.03 * number, 0.6, 2.0),
    ]
    for number in range(1, 7)
]


def policy() -> Policy:
    sloped = replace(FULL.same_language.sets[0], score=30.0, lead=20.0, standing=10.0, coverage=2.0, words=-0.4)
    return replace(FULL, same_language=replace(FULL.same_language, sets=(sloped,) * 5), carried_over="")


def on_another_scale(one: Evidence, *, scale: float, shift: float) -> Evidence:
    return replace(one, score=scale * one.score + shift, lead=scale * one.lead, standing=scale * one.standing)


@given(scale=st.floats(0.2, 5.0), shift=st.floats(-1.0, 1.0))
def test_what_is_only_on_another_scale_gets_the_same_confidence(scale: float, shift: float) -> None:
    after = [[on_another_scale(one, scale=scale, shift=shift) for one in sets] for sets in SEEN]

    carried = carry_over(policy(), recipe="new", before=SEEN, after=after)

    for old, new in zip(SEEN, after, strict=True):
        before = policy().same_language.confidences(old, language="pl")
        assert carried.same_language.confidences(new, language="pl") == pytest.approx(before, rel=1e-6)
    assert carried.same_language.lone_lead == pytest.approx(scale * policy().same_language.lone_lead)


def test_a_carried_policy_is_for_the_new_recipe_guarantees_nothing_and_says_where_it_is_from() -> None:
    once = carry_over(policy(), recipe="new", before=SEEN, after=SEEN)
    twice = carry_over(once, recipe="newer", before=SEEN, after=SEEN)

    assert (once.recipe, once.carried_over, once.guarantee) == ("new", policy().recipe, None)
    assert (twice.recipe, twice.carried_over) == ("newer", policy().recipe)
    assert once.answer_at == policy().answer_at


def test_values_without_spread_are_shifted_and_not_scaled() -> None:
    flat = [[Evidence(0.8, 0.0, 0.0, 0.5, 2.0)] for _ in range(3)]

    carried = carry_over(policy(), recipe="new", before=SEEN, after=flat)

    assert all(math.isfinite(slope) for one in carried.same_language.sets for slope in (one.score, one.intercept))
    assert carried.same_language.sets[0].score == 30.0


def test_there_must_be_a_question_to_go_by() -> None:
    with pytest.raises(ValueError, match="no question"):
        carry_over(policy(), recipe="new", before=[], after=SEEN)
