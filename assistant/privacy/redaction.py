"""Personal data out of a text, before it is stored, indexed, logged or sent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import regex

from assistant.privacy.addresses import find_addresses
from assistant.privacy.digits import find_digits
from assistant.privacy.documents import find_documents, find_papers
from assistant.privacy.models import BARRIER, PLACEHOLDER, PersonalData, Place
from assistant.privacy.names import find_names
from assistant.privacy.reading import read

__all__ = ["PLACEHOLDER", "PersonalData", "Redacted", "Redactor", "without_placeholders"]

_SPACED = regex.compile(rf"[ \t]*(?:{PLACEHOLDER.pattern})")
_FEWEST_DIGITS = 3
_AROUND_DIGITS = 80
_STRETCH = re.compile(rf"\d(?:\D{{0,{2 * _AROUND_DIGITS}}}\d)*")


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without its personal data.

    Attributes:
        text: with a placeholder for each.
        found: what they stand for, in their order. Placeholders that were there before do not count.
    """

    text: str
    found: tuple[PersonalData, ...]


class Redactor:
    """Puts placeholders where personal data stands; immutable, safe to use from many threads.

    Args:
        order_pattern: a regular expression for the operator's order numbers; none are looked for without one.

    Raises:
        ValueError: if the pattern is no regular expression, or matches an empty text.
    """

    def __init__(self, *, order_pattern: str | None = None) -> None:
        self._orders = None if order_pattern is None else _compiled(order_pattern)

    def redact(self, text: str) -> Redacted:
        """Return a text with placeholders for personal data; what stands around them is kept byte for byte.

        A text that was redacted stays as it is when it is redacted again.
        """
        found: list[tuple[int, PersonalData]] = []
        # What was hidden by its neighbour may show once that is gone. Each turn leaves less to replace.
        while places := self._places(text):
            text, found = _replaced(text, places, found)
        return Redacted(text, tuple(kind for _, kind in found))

    def _places(self, text: str) -> list[Place]:
        reading = read(text)
        plain = reading.plain
        places: list[Place] = []
        if "@" in plain or _may_hold_address(plain):
            places += find_addresses(plain)
        if self._orders is not None:
            found = self._orders.finditer(plain)
            places += (
                Place(*each.span(), PersonalData.ORDER)
                for each in found
                if each.group() and BARRIER not in each.group()
            )
        places = _apart(places)
        places += _numbers(plain, places)
        places += find_names(plain)
        return [Place(*reading.original(place.start, place.end), place.kind) for place in _apart(places)]


def _numbers(plain: str, taken: list[Place]) -> list[Place]:
    """Return the places of numbers, looked for around digits only."""
    found: list[Place] = []
    for stretch in _STRETCH.finditer(plain):
        first = max(0, stretch.start() - _AROUND_DIGITS)
        part = plain[first : stretch.end() + _AROUND_DIGITS]
        digits = sum(map(str.isdigit, stretch.group()))
        hidden = [
            Place(max(place.start - first, 0), min(place.end - first, len(part)), place.kind)
            for place in taken
            if place.start < first + len(part) and place.end > first
        ]
        inside = _apart([*hidden, *(find_documents(part) if digits > _FEWEST_DIGITS else find_papers(part))])
        if digits >= _FEWEST_DIGITS:
            inside = _apart([*inside, *find_digits(part, tuple(inside))])
        found += (Place(place.start + first, place.end + first, place.kind) for place in inside if place not in hidden)
    return found


def without_placeholders(text: str) -> str:
    """Return a text without its placeholders, nor the spaces they leave behind."""
    return _SPACED.sub("", text).strip() if "[" in text else text


def _compiled(pattern: str) -> regex.Pattern[str]:
    try:
        compiled = regex.compile(pattern)
    except regex.error as exc:
        raise ValueError(f"the pattern for order numbers, {pattern!r}, is no regular expression: {exc}") from exc
    if compiled.search(""):
        raise ValueError(
            f"the pattern for order numbers, {pattern!r}, matches an empty text, so it would match everywhere"
        )
    return compiled


_ADDRESS_HINT = regex.compile(
    r"%40|&#|&commat|\b(?:dot|kropka|punkt|punt|point|pkt|at|ät|arobas|arobase|chez|ma[łl]pa|ape?n?staartje"
    r"|aapje|klammeraffe)\b|[\[({<]\s?[@a]\s?[\])}>]"
    r"|_at_",
    regex.IGNORECASE,
)


def _may_hold_address(plain: str) -> bool:
    return _ADDRESS_HINT.search(plain) is not None


def _apart(places: Iterable[Place]) -> list[Place]:
    """Return places that do not overlap, in the order of the text; of two that do, the one found first."""
    kept: list[Place] = []
    taken = bytearray(max((place.end for place in places), default=0)) if (places := list(places)) else bytearray()
    for place in places:
        if not any(taken[place.start : place.end]):
            taken[place.start : place.end] = b"\x01" * (place.end - place.start)
            kept.append(place)
    return sorted(kept, key=lambda place: place.start)


def _replaced(
    text: str, places: list[Place], found: list[tuple[int, PersonalData]]
) -> tuple[str, list[tuple[int, PersonalData]]]:
    """Return the text with placeholders, and all kinds found so far with their places in it."""
    parts: list[str] = []
    moved: list[tuple[int, PersonalData]] = []
    earlier = list(found)
    past = length = 0
    for place in places:
        while earlier and earlier[0][0] < place.start:
            at, kind = earlier.pop(0)
            moved.append((at - past + length, kind))
        parts += [text[past : place.start], place.kind.placeholder]
        length += place.start - past
        moved.append((length, place.kind))
        length += len(place.kind.placeholder)
        past = place.end
    moved += [(at - past + length, kind) for at, kind in earlier]
    return "".join([*parts, text[past:]]), moved
