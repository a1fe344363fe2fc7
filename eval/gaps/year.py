"""A made-up year of questions that the pages fail, of which it is known what each is about.

Topics differ in how often they are asked; some begin or end during the year, some grow. Beside them there are
one-offs, each about something else. What is asked is one of a topic's wordings, changed as people type. Where there
are fewer one-offs than the year needs, they are drawn again and changed otherwise.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eval.perturbing import in_capitals, with_typos, within_a_story, without_diacritics
from eval.training.typed import CLOSINGS, OPENINGS

OWN = Path(__file__).parents[1] / "data" / "own_gaps"
"""300 topics with twelve wordings each in five languages, and one-offs; all written for this."""
DAYS = 364
SHARES: Mapping[str, float] = {"pl": 0.40, "en": 0.20, "de": 0.15, "nl": 0.15, "fr": 0.10}
"""How much of what is asked is in which language."""
NOISE_SHARE = 0.3
Part = Literal["tune", "final"]


@dataclass(frozen=True, slots=True)
class Wording:
    """A text and what it is about; a one-off is about itself."""

    matter: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the year; ``noise`` says that it is a one-off and about no topic."""

    id: str
    day: int
    person: str
    matter: str
    noise: bool
    language: str
    text: str


def part_of(matter: str) -> Part:
    """Return whether thresholds may be chosen by a topic or a one-off, a third of them, or only measured."""
    return "tune" if int(hashlib.sha256(matter.encode("utf-8")).hexdigest()[:8], 16) % 3 == 0 else "final"


def load_topics(folder: Path = OWN) -> list[Wording]:
    """Return the wordings of all topics."""
    return [Wording(row["topic"], row["lang"], row["text"]) for row in _rows(folder / "topics.jsonl")]


def load_noise(folder: Path = OWN) -> list[Wording]:
    """Return the one-offs."""
    return [Wording(row["id"], row["lang"], row["text"]) for row in _rows(folder / "noise.jsonl")]


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def live(topics: Sequence[Wording], noise: Sequence[Wording], *, questions: int, seed: int) -> list[Asked]:
    """Return a year's questions in their order in time.

    Args:
        topics: wordings of matters that many ask about.
        noise: one-offs.
        questions: how many are asked without a person's repeats; 30 % of them are one-offs.
        seed: decides what is asked, when and by whom.
    """
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    odd = round(questions * NOISE_SHARE)
    topical = questions - odd
    one_offs = [wording for _ in range(-(-odd // len(noise))) for wording in chance.sample(list(noise), len(noise))]
    asked: list[tuple[int, str, Wording, bool]] = [
        (chance.randrange(DAYS), f"n{number}", wording, True) for number, wording in enumerate(one_offs[:odd])
    ]
    by_matter: dict[str, dict[str, list[str]]] = {}
    for wording in topics:
        by_matter.setdefault(wording.matter, {}).setdefault(wording.language, []).append(wording.text)
    matters = sorted(by_matter)
    chance.shuffle(matters)
    popularity = [1 / (rank + 6) for rank in range(len(matters))]  # Zipf's law as Mandelbrot amended it
    seasons = {matter: _season(chance) for matter in matters}
    people = max(1, topical // 3)
    counted: set[tuple[str, str]] = set()
    while len(counted) < topical:
        matter = chance.choices(matters, popularity)[0]
        language = chance.choices(list(SHARES), list(SHARES.values()))[0]
        person = f"p{chance.randrange(people)}"
        text = chance.choice(by_matter[matter][language])
        day = _day(chance, *seasons[matter])
        if (person, matter) in counted:
            continue
        counted.add((person, matter))
        # Who gets no answer asks again, a few of them very often.
        for _ in range(chance.choices((1, 2, 3, 12), (90, 7, 2.5, 0.5))[0]):
            asked.append((min(DAYS - 1, day + chance.randrange(3)), person, Wording(matter, language, text), False))
    asked.sort(key=lambda one: (one[0], one[1], one[2].matter))
    return [
        Asked(f"q{number:06}", day, person, one.matter, odd, one.language, as_typed(one.text, one.language, chance))
        for number, (day, person, one, odd) in enumerate(asked)
    ]


def once_per_person(asked: Sequence[Asked]) -> list[Asked]:
    """Return the questions without a person's repeats about a matter, the first of each."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for one in asked:
        if (one.person, one.matter) not in seen:
            seen.add((one.person, one.matter))
            kept.append(one)
    return kept


def _season(chance: random.Random) -> tuple[int, int, float]:
    """Return the first and the last day of a topic and how much it grows meanwhile."""
    kind = chance.random()
    growth = chance.choice((0.0, 0.0, 1.0, -0.6))
    if kind < 0.15:
        return chance.randrange(60, DAYS - 60), DAYS, growth
    if kind < 0.25:
        return 0, chance.randrange(60, DAYS - 60), growth
    return 0, DAYS, growth


def _day(chance: random.Random, first: int, last: int, growth: float) -> int:
    while True:
        place = chance.random()
        if chance.random() * max(1.0, 1.0 + growth) <= 1.0 + growth * place:
            return min(DAYS - 1, first + int(place * (last - first)))


_FILLERS: Mapping[str, Sequence[str]] = {
    "pl": ("hej, {}", "{} pomocy", "mam pytanie: {}", "{} proszę o info", "dzień dobry {}", "no i {}"),
    "en": ("hi, {}", "{} pls help", "quick question: {}", "{} any idea", "hello {}", "so {}"),
    "de": ("hallo, {}", "{} bitte um hilfe", "kurze frage: {}", "{} danke", "moin {}", "also {}"),
    "nl": ("hoi, {}", "{} graag hulp", "vraagje: {}", "{} alvast bedankt", "goedemorgen {}", "dus {}"),
    "fr": ("bonjour, {}", "{} merci d’avance", "petite question : {}", "{} svp", "salut {}", "alors {}"),
}


def as_typed(text: str, language: str, chance: random.Random) -> str:
    """Return a text changed in some of the ways in which people type."""
    if chance.random() < 0.35:
        text = chance.choice(_FILLERS[language]).format(text)
    if chance.random() < 0.25:
        text = with_typos(text)
    if chance.random() < 0.25:
        text = without_diacritics(text)
    if chance.random() < 0.2:
        text = text[:1].upper() + text[1:]
    if chance.random() < 0.2:
        text += chance.choice(("?", "??", "...", "!", "."))
    if chance.random() < 0.04:
        text = in_capitals(text)
    if chance.random() < 0.06:
        text = f"{chance.choice(OPENINGS[language])} {text} {chance.choice(CLOSINGS[language])}"
    elif chance.random() < 0.03:
        text = within_a_story(text, language)
    return text
