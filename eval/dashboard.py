"""A made-up year of a help centre, and how fast its overview opens."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import httpx2

from assistant.record.events import (
    MS_PER_DAY,
    MS_PER_HOUR,
    Event,
    EventType,
    Instant,
    Interaction,
    ShownPassage,
    Who,
)
from corpus.page import Page

_ANSWERED = {"pl": 0.66, "en": 0.68, "de": 0.6, "nl": 0.62, "fr": 0.5}
_WEIGHTS = {"pl": 5, "en": 3, "de": 2, "nl": 1, "fr": 1}
_QUESTIONS = (0.55, 0.3, 0.1, 0.05)
"""How likely an episode has one, two, three and four questions: 1.65 on average."""
_EXPERIMENT = "1@0.1"
_SPREAD = 0.7
"""Of the Pareto distribution of pages: some are asked about every day, most now and then."""


@dataclass(frozen=True, slots=True)
class Story:
    """An episode: its questions, and what followed."""

    interactions: tuple[Interaction, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Speed:
    """How long the overview took to open: the first time after the service had started, and then; milliseconds."""

    first_ms: float
    then_ms: tuple[float, ...]
    bytes: int


def made_up_year(pages: Sequence[Page], *, episodes: int, ends_at: Instant, days: int, seed: int) -> Iterator[Story]:
    """Return episodes, oldest first, about pages that there are.

    Args:
        pages: of the help centre.
        episodes: how many.
        ends_at: the moment of the last.
        days: over how many they are spread.
        seed: which year.
    """
    dice = random.Random(seed)  # noqa: S311 - reproducible, not secret
    by_language: dict[str, list[Page]] = {}
    for page in pages:
        by_language.setdefault(page.language, []).append(page)
    for some in by_language.values():
        dice.shuffle(some)
    languages = sorted(by_language)
    weights = list(accumulate(_WEIGHTS.get(one, 1) for one in languages))
    numbers = list(accumulate(_QUESTIONS))
    step = days * MS_PER_DAY / episodes
    for place in range(episodes):
        language = dice.choices(languages, cum_weights=weights)[0]
        at = round(ends_at - days * MS_PER_DAY + (place + dice.random()) * step)
        yield _story(dice, by_language, language, at, place, dice.choices(range(1, 5), cum_weights=numbers)[0])


def _story(
    dice: random.Random, by_language: Mapping[str, Sequence[Page]], language: str, at: Instant, place: int, many: int
) -> Story:
    some = by_language[language]
    account = f"a-{int(dice.paretovariate(1.1) * 3) if dice.random() < 0.4 else place}"
    held = int(account.removeprefix("a-")) % 10 == 3  # as good as a lot, and one account stays in one arm
    episode = uuid.UUID(int=dice.getrandbits(128), version=4).hex
    about = min(len(some) - 1, int(dice.paretovariate(_SPREAD)) - 1)
    interactions, events = [], []
    for _ in range(many):
        answered = not held and dice.random() < _ANSWERED.get(language, 0.6)
        near = tuple(_shown(some[(about + rank - 1) % len(some)], rank) for rank in range(1, 4))
        asked = Interaction(
            id=uuid.UUID(int=dice.getrandbits(128), version=4).hex,
            episode=episode,
            at=at,
            with_ticket_intent=True,
            locale=some[about].locale,
            entry=dice.choice(("support", "support", "widget", "checkout")),
            who=Who(visitor=f"v-{place}", account=account),
            question=f"{some[about].title}? ({dice.randrange(1000)})",
            outcome="answered" if answered else dice.choice(("missed", "missed", "related")) if not held else "missed",
            reason=None if answered else "holdout" if held else "nothing_near",
            generation="20261001T000000000-00000000",
            curation="0" * 64,
            matter=some[about].matter,
            shown=near[: dice.randint(1, 3)] if answered else (),
            nearest=near,
            experiment=_EXPERIMENT,
            held_out=held,
        )
        interactions.append(asked)
        at += dice.randrange(20_000, 200_000)
        if answered:
            if dice.random() < 0.55:
                events.append(_event(asked, EventType.OPENED, at, dice, rank=1))
            if dice.random() < 0.1:
                events.append(_event(asked, EventType.VOTED, at + 1000, dice, rank=1, helpful=dice.random() < 0.75))
        at += dice.randrange(20_000, 200_000)
    solved = any(one.answered for one in interactions)
    if solved and dice.random() < 0.25:
        events.append(_event(interactions[-1], EventType.SOLVED, at, dice))
    elif dice.random() < (0.12 if solved else 0.4):
        at += dice.randrange(MS_PER_HOUR)
        events.append(_event(interactions[-1], EventType.TICKET_CREATED, at, dice))
    return Story(tuple(interactions), tuple(events))


def measure_overview(address: str, cookies: Mapping[str, str], *, times: int) -> Speed:
    """Open the overview again and again.

    Raises:
        RuntimeError: if it does not open.
    """
    taken, size = [], 0
    with httpx2.Client(base_url=address, cookies=dict(cookies), timeout=60.0) as client:
        for _ in range(times + 1):
            begun = time.perf_counter()
            response = client.get("/writers", follow_redirects=False)
            taken.append((time.perf_counter() - begun) * 1000.0)
            if response.status_code != 200:
                raise RuntimeError(f"the overview answered {response.status_code}")
            size = len(response.content)
    return Speed(taken[0], tuple(taken[1:]), size)


def _shown(page: Page, rank: int) -> ShownPassage:
    return ShownPassage(rank, f"{page.id}#1", page.id, page.matter, page.digest or "0" * 64, 0.8, 0.8)


def _event(
    asked: Interaction, kind: EventType, at: Instant, dice: random.Random, *, rank: int | None = None,
    helpful: bool | None = None,
) -> Event:  # fmt: skip
    identity = uuid.UUID(int=dice.getrandbits(128), version=4).hex
    return Event(asked.id, identity, asked.episode, kind, at, at, rank=rank, helpful=helpful)
