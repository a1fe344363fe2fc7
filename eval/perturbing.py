"""Questions as they come from a phone: without diacritics, with typing errors, in capitals, after a story."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping

import regex

from indexer.lexical import fold

_WORD = regex.compile(r"\p{L}{4,}")
_TYPO_SHARE = 1 / 5
"""Share of the words of four letters and more that get one typing error."""


def without_diacritics(text: str) -> str:
    """Return a text as typed on a keyboard without them: ``zwrot pieniędzy`` → ``zwrot pieniedzy``."""
    return "".join(fold(character) if character.islower() else fold(character.lower()).upper() for character in text)


def with_typos(text: str) -> str:
    """Return a text with a typing error in every fifth longer word, at least in one: the same errors every time.

    A letter is left out, doubled, or exchanged with the next; the first letter stays.
    """
    chance = random.Random(hashlib.sha256(text.encode("utf-8")).digest())  # noqa: S311 - reproducible, not secret
    words = list(_WORD.finditer(text))
    if not words:
        return text
    chosen = chance.sample(words, max(1, round(len(words) * _TYPO_SHARE)))
    for word in sorted(chosen, key=lambda match: -match.start()):
        letters = word.group()
        place = chance.randrange(1, len(letters) - 1)
        errors = (
            letters[:place] + letters[place + 1 :],
            letters[:place] + letters[place] + letters[place:],
            letters[:place] + letters[place + 1] + letters[place] + letters[place + 2 :],
        )
        typed = chance.choice([error for error in errors if error != letters])
        text = text[: word.start()] + typed + text[word.end() :]
    return text


def in_capitals(text: str) -> str:
    """Return a text in capital letters."""
    return text.upper()


_STORIES: Mapping[str, tuple[str, str]] = {
    "pl": (
        "Witam serdecznie. Od tygodnia zakładam u was sklep i bardzo mi się podoba, ale utknęłam.",
        "Z góry dziękuję za pomoc i pozdrawiam, Ania",
    ),
    "en": (
        "Hi there! I have been setting up my shop since last week and so far I like it, but now I am stuck.",
        "Thanks in advance, kind regards, Tom",
    ),
    "de": (
        "Hallo zusammen! Ich richte seit letzter Woche meinen Shop ein und bin bisher zufrieden, aber jetzt komme ich "
        "nicht weiter.",
        "Vielen Dank im Voraus und freundliche Grüße, Jens",
    ),
    "nl": (
        "Hoi allemaal! Ik ben sinds vorige week bezig met mijn winkel en het bevalt goed, maar nu loop ik vast.",
        "Alvast bedankt, met vriendelijke groet, Sanne",
    ),
    "fr": (
        "Bonjour à tous ! Je monte ma boutique depuis la semaine dernière et j’en suis contente, mais là je bloque.",
        "Merci d’avance, cordialement, Julie",
    ),
}
"""None of these is among the openings and closings that the adapter was trained with; see ``eval.training.typed``."""


def within_a_story(text: str, language: str) -> str:
    """Return a text after a greeting and what happened before, and thanks after it; as it is where we have none."""
    if language not in _STORIES:
        return text
    before, after = _STORIES[language]
    return f"{before} {text} {after}"


Change = Callable[[str, str], str]
"""Takes a question and its language."""

CHANGES: Mapping[str, Change] = {
    "no diacritics": lambda text, language: without_diacritics(text),
    "typing errors": lambda text, language: with_typos(text),
    "capitals": lambda text, language: in_capitals(text),
    "within a story": within_a_story,
}
