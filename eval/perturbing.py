"""Questions as they come from a phone: without diacritics, with typing errors, in capitals."""

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


CHANGES: Mapping[str, Callable[[str], str]] = {
    "no diacritics": without_diacritics,
    "typing errors": with_typos,
    "capitals": in_capitals,
}
