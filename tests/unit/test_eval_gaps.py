"""The made-up year of failed questions, and how their grouping is scored."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest

from assistant.gaps.grouping import LOOSE, Grouping
from eval.gaps.measure import agreement, live_through, measure_speed
from eval.gaps.year import DAYS, SHARES, Asked, live, load_noise, load_topics, once_per_person, part_of


def test_each_of_300_topics_is_worded_in_five_languages() -> None:
    by_topic: dict[str, Counter[str]] = defaultdict(Counter)
    for wording in load_topics():
        by_topic[wording.matter][wording.language] += 1

    assert len(by_topic) == 300
    assert {tuple(sorted(counts.items())) for counts in by_topic.values()} == {
        (("de", 2), ("en", 3), ("fr", 2), ("nl", 2), ("pl", 3))
    }


def test_no_text_stands_twice_among_the_topics_and_one_offs() -> None:
    texts = Counter(wording.text for wording in [*load_topics(), *load_noise()])

    assert [text for text, many in texts.items() if many > 1] == []


def test_there_are_600_one_offs_in_five_languages() -> None:
    noise = load_noise()

    assert len(noise) >= 600
    assert {one.language for one in noise} == set(SHARES)


def test_about_a_third_of_the_topics_is_for_tuning() -> None:
    parts = Counter(part_of(topic) for topic in {wording.matter for wording in load_topics()})

    assert parts == {"final": 193, "tune": 107}


@pytest.fixture(scope="module")
def year() -> list[Asked]:
    return live(load_topics(), load_noise(), questions=2000, seed=3)


def test_the_same_seed_makes_the_same_year(year: list[Asked]) -> None:
    assert live(load_topics(), load_noise(), questions=2000, seed=3) == year
    assert live(load_topics(), load_noise(), questions=2000, seed=4) != year


def test_a_year_without_repeats_has_the_wanted_questions_and_a_third_less_a_bit_of_noise(year: list[Asked]) -> None:
    once = once_per_person(year)

    assert len(year) > len(once) == 2000
    assert sum(one.noise for one in once) == 600
    assert all(0 <= one.day < DAYS for one in year)
    assert [one.day for one in year] == sorted(one.day for one in year)


def test_topics_are_asked_in_the_languages_by_their_shares(year: list[Asked]) -> None:
    spoken = Counter(one.language for one in once_per_person(year) if not one.noise)

    for language, share in SHARES.items():
        assert spoken[language] / 1400 == pytest.approx(share, abs=0.05)


def test_some_topics_are_asked_much_more_often_than_others(year: list[Asked]) -> None:
    often = [many for _, many in Counter(one.matter for one in once_per_person(year) if not one.noise).most_common()]

    assert often[0] > 8 * often[len(often) // 2]


def test_questions_are_mostly_typed_in_their_own_way(year: list[Asked]) -> None:
    texts = [one.text for one in once_per_person(year)]

    assert len(set(texts)) > 0.85 * len(texts)


def _asked(*matters: str, noise: str = "") -> list[Asked]:
    return [
        Asked(f"q{place}", place, f"p{place}", matter, matter in noise.split(), "pl", matter)
        for place, matter in enumerate(matters)
    ]


def test_groups_that_are_the_topics_agree_wholly() -> None:
    asked = _asked("a", "a", "a", "b", "b", "x", noise="x")

    score = agreement(asked, np.array([0, 0, 0, 1, 1, LOOSE]))

    assert (score.ari, score.topical, score.noise_shown, score.groups, score.pure) == (1.0, 1.0, 0.0, 1, 1.0)


def test_a_one_off_in_a_shown_group_is_counted() -> None:
    asked = _asked("a", "a", "a", "x", "y", noise="x y")

    score = agreement(asked, np.array([0, 0, 0, 0, LOOSE]))

    assert score.noise_shown == 0.5
    assert score.pure == 0.75
    assert score.topical == 1.0
    assert score.ari < 1.0


def test_everything_in_one_group_agrees_no_better_than_chance() -> None:
    assert agreement(_asked("a", "a", "b", "b"), np.zeros(4, np.int64)).ari == 0.0


def test_gaps_of_a_year_in_which_nothing_is_doubtful_keep_their_ids() -> None:
    rng = np.random.default_rng(5)
    matters = rng.integers(5, size=300)
    asked = [
        Asked(f"q{place}", place * DAYS // 300, f"p{place}", str(matter), False, "pl", "")
        for place, matter in enumerate(matters)
    ]
    vectors = np.eye(64, dtype=np.float32)[matters] + 0.05 * rng.standard_normal((300, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)

    stability, labels = live_through(asked, vectors, Grouping())

    assert (stability.weeks, stability.share) == (50, 1.0)  # no gap has three people after one week
    assert stability.gaps > 200
    assert agreement(asked, labels).ari == 1.0


def test_the_speed_is_of_as_many_questions_as_asked_for() -> None:
    vectors = np.eye(16, dtype=np.float32)

    took = measure_speed(vectors, ["pl", "en"] * 8, Grouping(), questions=200, news=10)

    assert (took.questions, took.news) == (200, 10)
    assert min(took.regroup_seconds, took.extend_seconds) > 0
