"""The policy: what is in its file, and what it makes of evidence."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.asking.policy import (
    MOST_SHOWN,
    SHIPPED,
    Basis,
    Calibration,
    Evidence,
    Guarantee,
    Policy,
    Weights,
    dump_policy,
    read_policy,
)
from assistant.errors import PolicyUnusable
from tests.api.conftest import word_policy

FLAT = Calibration(intercept=0.0, score=0.0, lead=0.0, standing=0.0, coverage=0.0, words=0.0)
WEIGHTS = Weights(label=0.2, window=0.5, page=0.3, words=0.03, alias=0.7)
GUARANTEE = Guarantee(
    risk=0.05,
    answered=400,
    wrong=12,
    upper=0.048,
    answer_rate=0.71,
    shown=True,
    generations=("20260101T000000000-aaaabbbb",),
    data={"własny zestaw": "ab" * 32},
)
FULL = Policy(
    recipe="b01cd1e7e923",
    same_language=Basis(WEIGHTS, (replace(FLAT, score=3.5),) * MOST_SHOWN, lone_lead=0.03, languages={"pl": -0.25}),
    other_language=Basis(WEIGHTS, (FLAT,) * MOST_SHOWN, lone_lead=0.0),
    answer_at=0.875,
    related_at=0.5,
    fitted_on={"عربي": 512},
    guarantee=GUARANTEE,
    carried_over="a01cd1e7e923",
    reranker="0123456789ab",
)
OLD = {
    "recipe": "b01cd1e7e923",
    "same_language": {
        "weights": {"label": 0.2, "window": 0.5, "page": 0.3, "words": 0.03, "alias_discount": 0.02},
        "calibration": {"intercept": -30.0, "score": 33.0, "lead": 76.0},
        "lone_lead": 0.029,
    },
    "answer_at": 0.6,
    "related_at": 0.2,
    "shown_at": 0.2,
    "most_shown": 3,
    "fitted_on": {},
}


@pytest.mark.parametrize("policy", [FULL, word_policy()])
def test_a_policy_survives_its_file(tmp_path: Path, policy: Policy) -> None:
    path = tmp_path / "policy.json"
    path.write_bytes(dump_policy(policy))

    assert read_policy(path) == policy
    assert dump_policy(read_policy(path)) == dump_policy(policy)


def test_a_policy_of_before_answer_sets_names_the_field_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(OLD), "utf-8")

    with pytest.raises(PolicyUnusable, match=r"policy\.json cannot be understood: same_language\.weights\.alias Field"):
        read_policy(path)


@pytest.mark.parametrize("content", [b"", b"{}", b'{"recipe": 1}', b"\xff"])
def test_a_broken_policy_names_its_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "policy.json"
    path.write_bytes(content)

    with pytest.raises(PolicyUnusable, match=r"policy\.json cannot be understood"):
        read_policy(path)


def test_a_missing_policy_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyUnusable, match=r"policy\.json cannot be read: No such file"):
        read_policy(tmp_path / "policy.json")


def test_the_shipped_policy_can_answer_with_up_to_five_pages() -> None:
    policy = read_policy(SHIPPED)

    assert 0.0 < policy.related_at <= policy.answer_at < 1.0
    for basis in (policy.same_language, policy.other_language):
        weights = basis.weights
        assert weights.label + weights.window + weights.page == pytest.approx(1.0)
        assert len(basis.sets) == MOST_SHOWN
    assert policy.other_language.weights.words == 0.0


def test_the_logit_is_the_sum_of_all_the_evidence() -> None:
    calibration = Calibration(intercept=-1.0, score=2.0, lead=3.0, standing=5.0, coverage=7.0, words=-11.0)
    evidence = Evidence(score=0.5, lead=0.1, standing=0.2, coverage=0.3, words=0.25)

    # -1 + 1 + 0.3 + 1 + 2.1 - 2.75 = 0.65
    assert calibration.probability(evidence) == pytest.approx(1 / (1 + math.exp(-0.65)))
    assert calibration.probability(evidence, offset=-0.65) == pytest.approx(0.5)


def test_confidence_grows_with_score_and_stays_a_probability() -> None:
    calibration = replace(FLAT, intercept=-500.0, score=1000.0)

    values = [calibration.probability(evidence(score=score)) for score in (0.0, 0.5, 1.0)]

    assert values == [pytest.approx(0.0), pytest.approx(0.5), pytest.approx(1.0)]


def test_a_larger_set_is_never_less_sure() -> None:
    sets = tuple(replace(FLAT, intercept=logit) for logit in (0.0, -2.0, 1.0, 0.5, 3.0))

    sure = Basis(WEIGHTS, sets, lone_lead=0.0).confidences([evidence()] * MOST_SHOWN, language="en")

    assert sure == pytest.approx([1 / (1 + math.exp(-logit)) for logit in (0.0, 0.0, 1.0, 1.0, 3.0)])


numbers = st.floats(-100.0, 100.0)
calibrations = st.builds(Calibration, numbers, numbers, numbers, numbers, numbers, numbers)
seen = st.builds(Evidence, *(st.floats(-1.0, 2.0),) * 5)


@given(sets=st.lists(calibrations, min_size=MOST_SHOWN, max_size=MOST_SHOWN), found=st.lists(seen, max_size=MOST_SHOWN))
@settings(deadline=None)
def test_confidences_never_fall_and_are_probabilities(sets: list[Calibration], found: list[Evidence]) -> None:
    sure = Basis(WEIGHTS, tuple(sets), lone_lead=0.0).confidences(found, language="en")

    assert len(sure) == len(found)
    assert sure == sorted(sure)
    assert all(0.0 <= one <= 1.0 for one in sure)


def test_an_offset_shifts_the_logit_of_its_language_alone() -> None:
    plain = Basis(WEIGHTS, (replace(FLAT, score=1.0),) * MOST_SHOWN, lone_lead=0.0)
    shifted = replace(plain, languages={"pl": -0.75})
    found = [evidence(score=score) for score in (0.1, 0.2, 0.3, 0.4, 0.5)]

    polish, arabic, without = (
        basis.confidences(found, language=language)
        for basis, language in ((shifted, "pl"), (shifted, "ar"), (plain, "pl"))
    )

    assert arabic == without
    assert [math.log(one / (1 - one)) for one in polish] == pytest.approx(
        [math.log(one / (1 - one)) - 0.75 for one in without]
    )


def evidence(*, score: float = 0.5) -> Evidence:
    return Evidence(score=score, lead=0.0, standing=0.0, coverage=0.0, words=0.0)
