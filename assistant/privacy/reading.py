"""The text as the rules read it: one kind of digit, space, dash and apostrophe, nothing invisible."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import regex

from assistant.privacy.models import BARRIER, PLACEHOLDER

# U+034F joins graphemes, shows nothing, and stands between the combining marks.
_UNUSUAL = regex.compile(PLACEHOLDER.pattern + r"|[^\x00-\x7f\u00c0-\u024f\u0300-\u034e\u0350-\u036f\u0370-\u052f]")
_INVISIBLE = regex.compile(r"[\p{Cf}\p{Default_Ignorable_Code_Point}\u20e3\ufffc]")
_APOSTROPHES = frozenset("´‘’‛ʼʹ′＇")
_MAX_EXPANSION = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """A text made plain, and where in the original each of its characters comes from.

    Attributes:
        plain: what the rules look at.
        origins: for each character of ``plain`` its place in the original, as (start, end); empty if they are the same.
    """

    plain: str
    origins: tuple[tuple[int, int], ...] = ()

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the original of a part of ``plain`` that is not empty."""
        if not self.origins:
            return start, end
        return self.origins[start][0], self.origins[end - 1][1]


def read(text: str) -> Reading:
    """Return a text as the rules read it."""
    if _UNUSUAL.search(text) is None:
        return Reading(text)
    parts: list[str] = []
    origins: list[tuple[int, int]] = []
    place = 0
    for found in _UNUSUAL.finditer(text):
        start, end = found.span()
        parts.append(text[place:start])
        origins.extend((at, at + 1) for at in range(place, start))
        plain = BARRIER if end - start > 1 else _plain(found.group())
        parts.append(plain)
        origins.extend([(start, end)] * len(plain))
        place = end
    parts.append(text[place:])
    origins.extend((at, at + 1) for at in range(place, len(text)))
    return Reading("".join(parts), tuple(origins))


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if _INVISIBLE.match(character):
        return ""
    if character in _APOSTROPHES:
        return "'"
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category == "Zs":
        return " "
    if category in {"Zl", "Zp"}:
        return "\n"
    if category == "Pd" or character in "\u2212\u2043":
        return "-"
    alike = unicodedata.normalize("NFKC", character)
    return alike if len(alike) <= _MAX_EXPANSION else character
