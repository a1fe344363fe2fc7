"""The words of a matter that stand on no help page: what is not there in any words cannot be answered there."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from assistant.privacy.name_words import words
from indexer.lexical import LexicalIndex

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_SENTENCE_START = regex.compile(r"(?:\A|[.!?:;\n„“”\"«»(])\s*\Z")
_LOOKED_BACK = 4
_CAPITALISING = frozenset({"de"})
"""Languages that write every noun with a capital."""
_DAYS = words(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december
    """
)


@dataclass(frozen=True, slots=True)
class UnknownWords:
    """What of a text the pages of its language never say.

    Attributes:
        share: of its different words, 0 to 1.
        names: those that are written as names are, in their order: another firm's product, mostly.
    """

    share: float
    names: tuple[str, ...]


def unknown_words(text: str, lexical: LexicalIndex, language: str) -> UnknownWords:
    """Return what of a text is unknown to the pages of its language."""
    terms = set(lexical.terms(text))
    if not terms:
        return UnknownWords(0.0, ())
    share = sum(not lexical.knows(term) for term in terms) / len(terms)
    names = (
        word.group()
        for word in _WORD.finditer(text)
        if _is_name(word.group(), text[max(0, word.start() - _LOOKED_BACK) : word.start()], language)
        and not any(lexical.knows(term) for term in lexical.terms(word.group()))
    )
    return UnknownWords(share, tuple(dict.fromkeys(names)))


def _is_name(word: str, before: str, language: str) -> bool:
    """Say whether a word is written as a name: with a capital inside it, a digit among letters, or begun with one."""
    if word.isdigit() or len(word) < 2 or word.lower() in _DAYS:
        return False
    if any(letter.isupper() for letter in word[1:]) or any(letter.isdigit() for letter in word):
        return True
    return word[0].isupper() and language not in _CAPITALISING and _SENTENCE_START.search(before) is None
