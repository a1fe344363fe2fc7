"""The made-up year on which the overview is measured."""

from __future__ import annotations

from collections import Counter

from assistant.record.episodes import EpisodeClass, fold
from assistant.record.events import MS_PER_DAY
from eval.dashboard import made_up_year
from tests.fakes import page
from tests.record_story import NOON

PAGES = [page(f"{locale}/p{number}", "P", "x", locale=locale) for locale in ("en", "pl", "fr") for number in range(9)]


def test_a_made_up_year_is_the_same_again_and_like_a_year() -> None:
    year = list(made_up_year(PAGES, episodes=3000, ends_at=NOON, days=365, seed=7))
    assert year == list(made_up_year(PAGES, episodes=3000, ends_at=NOON, days=365, seed=7))
    assert year != list(made_up_year(PAGES, episodes=3000, ends_at=NOON, days=365, seed=8))
    questions = [asked for one in year for asked in one.interactions]
    assert 1.55 < len(questions) / len(year) < 1.75
    assert all(NOON - 365 * MS_PER_DAY <= one.interactions[0].at <= NOON for one in year)
    assert {asked.nearest[0].page for asked in questions} <= {one.id for one in PAGES}
    assert all(not asked.shown for asked in questions if asked.held_out)
    classes = Counter(fold(one.interactions, one.events).outcome for one in year)
    assert min(classes[one] for one in EpisodeClass if one is not EpisodeClass.PENDING) > 100


def test_the_lot_falls_on_people_not_on_episodes() -> None:
    arms: dict[str | None, set[bool]] = {}
    for one in made_up_year(PAGES, episodes=2000, ends_at=NOON, days=365, seed=7):
        arms.setdefault(one.interactions[0].who.account, set()).add(one.interactions[0].held_out)
    assert {len(some) for some in arms.values()} == {1}
    assert 0.05 < sum(some == {True} for some in arms.values()) / len(arms) < 0.2
