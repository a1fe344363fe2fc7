"""Runs of digits: phones, cards, accounts, and ids without letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from assistant.privacy.context import is_card_code, is_of_goods, kind_after, kind_before
from assistant.privacy.identifying import is_short_phone, kind_of_digits
from assistant.privacy.models import BARRIER, PersonalData, Place
from assistant.privacy.ordinary import without_ordinary

ALWAYS_PERSONAL = 9
"""A run of so many digits is replaced unless it is plainly something else: nobody needs it to find a help page."""
_CARD_DIGITS = 16
_CURRENCY_SIGNS = {"$", "€", "£"}
_SHORTEST, _SHORTEST_WITH_WORDS_AFTER = 5, 7

_SEPARATORS = r"[ \t.\-/()_*·•\\~]{0,5}"
_RUN = re.compile(rf"\d(?:{_SEPARATORS}(?:\r?\n[ \t>.\-]{{0,4}})?\d)*")
_COMMA_RUN = re.compile(r"(?<![\d,.])\d{2,4}(?:, ?\d{2,4}){2,5}(?![\d,]|\.\d)")
_EXTENSION = re.compile(
    r"[ ,]{0,2}(?:ext\.?|x|wew\.?|wewn\.?|poste|toestel|tst\.?|durchwahl|dw\.?)[ .:]{0,2}\d{1,5}(?!\d)", re.IGNORECASE
)
_LINES = re.compile(r"\r?\n[ \t>.\-]*")


def find_digits(plain: str, taken: tuple[Place, ...] = ()) -> Iterator[Place]:
    """Yield the places of numbers without letters, outside the places taken."""
    bare = without_ordinary(_without(plain, taken))
    for found in _COMMA_RUN.finditer(bare):
        digits = re.sub(r"\D", "", found.group())
        if len(digits) >= ALWAYS_PERSONAL and (digits.startswith("0") or kind_before(bare, found.start())):
            yield Place(found.start(), found.end(), PersonalData.PHONE)
    for found in _RUN.finditer(bare):
        if found.end() - found.start() < 3:
            continue
        for start, end in _parts(found):
            kind = _kind(bare, start, end)
            if kind is not None:
                yield _whole(bare, start, end, kind)


def _without(plain: str, taken: tuple[Place, ...]) -> str:
    parts, past = [], 0
    for place in taken:
        parts += [plain[past : place.start], BARRIER * (place.end - place.start)]
        past = place.end
    return "".join([*parts, plain[past:]])


def _parts(run: re.Match[str]) -> list[tuple[int, int]]:
    """Return the numbers of a run: its lines, unless one of them is too short to be a number of its own."""
    text = run.group()
    if "\n" not in text:
        return [run.span()]
    bounds, place = [], 0
    for line in _LINES.finditer(text):
        bounds.append((place, line.start()))
        place = line.end()
    bounds.append((place, len(text)))
    are_own = all(_count(text[start:end]) >= ALWAYS_PERSONAL - 1 for start, end in bounds)
    if are_own or (len(bounds) > 2 and _count(text) != _CARD_DIGITS):
        return [(run.start() + start, run.start() + end) for start, end in bounds]
    return [run.span()]


def _kind(plain: str, start: int, end: int) -> PersonalData | None:
    text = plain[start:end]
    digits = re.sub(r"\D", "", text)
    if len(digits) in {3, 4} and is_card_code(plain, start):
        return PersonalData.CARD
    if len(digits) < _SHORTEST:
        return None
    if len(digits) < ALWAYS_PERSONAL and plain[start - 1 : start] in _CURRENCY_SIGNS and start:
        return None
    said = kind_before(plain, start)
    if len(digits) >= ALWAYS_PERSONAL:
        if said is None and (_is_list(text) or is_of_goods(plain, start)):
            return None
        return kind_of_digits(digits, said, has_plus=plain[max(0, start - 2) : start].endswith(("+", "+(")))
    if plain[start - 1 : start] == "+" and len(digits) > _SHORTEST + 1:
        return PersonalData.PHONE
    if is_of_goods(plain, start):
        return None
    if said is not None and (len(digits) > _SHORTEST or kind_before(plain, start, reach=20)):
        return said
    if is_short_phone(text, digits) and not plain[end : end + 1].isalpha():
        return PersonalData.PHONE
    return kind_after(plain, end) if len(digits) >= _SHORTEST_WITH_WORDS_AFTER else None


def _is_list(text: str) -> bool:
    groups = re.findall(r"\d+", text)
    if max(map(len, groups)) > 4:
        return False
    numbers = [int(group) for group in groups]
    counts_up = len(numbers) > 2 and all(after - before == 1 for before, after in pairwise(numbers))
    return counts_up or (len(numbers) > 1 and all(1900 <= number < 2100 for number in numbers))


def _whole(plain: str, start: int, end: int, kind: PersonalData) -> Place:
    """Return the place of a number with the plus and the parenthesis that open it, and a phone's extension."""
    if ")" in plain[start:end].split("(")[0] and plain[start - 1 : start] == "(":
        start -= 1
    if plain[start - 1 : start] == "+" and start:
        start -= 1
        if ")" in plain[start:end].split("(")[0] and plain[start - 1 : start] == "(":
            start -= 1
    extension = _EXTENSION.match(plain, end) if kind is PersonalData.PHONE else None
    return Place(start, extension.end() if extension else end, kind)


def _count(text: str) -> int:
    return sum(map(str.isdigit, text))
