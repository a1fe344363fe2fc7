"""Names above what a message quotes, before an address, and before words that say who wrote or speaks."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from assistant.privacy import name_cues as cues
from assistant.privacy.models import BARRIER
from assistant.privacy.naming import Name, read_name

_ADDRESS = regex.compile(r"(?<=[\p{L}\"'.])[ \t]*[<(](?=" + BARRIER + r"|mailto:|[^\s<>()]{1,64}@)")
_WORD = regex.compile(r"(?<![\p{L}\p{N}'-])\p{L}")
_STRUCTURE = regex.compile(r"(?:[,.;:!?>\"\d]|^|(?:schrieb|schreef|uhr)(?=[ \t]))[ \t>\"]*", regex.IGNORECASE)
_MAX_WORDS = 4


def quoted_names(plain: str, starts: list[int]) -> Iterator[Name]:
    for cue in cues.WROTE_BEFORE.finditer(plain):
        yield from name_before(plain, cue.start(), low=2)
    for cue in cues.found_at(plain, starts, cues.WROTE_AFTER):
        name = read_name(plain, cue.end()) or read_name(plain, cue.end(), cased=False, most=_MAX_WORDS)
        if name is not None and (name.ends if name.words[0][0].isupper() else _opens_quote(plain, name)):
            yield name
    for cue in _ADDRESS.finditer(plain):
        yield from name_before(plain, cue.start(), low=2)


def name_before(plain: str, end: int, *, low: int) -> Iterator[Name]:
    """Yield the longest name that ends at a place: up to four words before it.

    Args:
        plain: the text.
        end: where it ends, blanks and quotes aside.
        low: how many words one in small letters must have at least; a name that is common may have one.
    """
    before = max(plain.rfind("\n", 0, end) + 1, end - 60)
    for word in _WORD.finditer(plain, pos=before, endpos=end):
        name = read_name(plain, word.start())
        if name is not None and not plain[name.end : end].strip(" \"'"):
            yield name
            return
    # In small letters only what stands apart: behind a comma, a time, at the start of the line.
    for part in _STRUCTURE.finditer(plain, pos=before, endpos=end):
        if part.end() < end:
            name = read_name(plain, part.end(), cased=False, most=_MAX_WORDS)
            is_whole = name is not None and not plain[name.end : end].strip(" \"'")
            if name is not None and is_whole and (name.is_known or len(name.words) >= low):
                yield name
                return


def _opens_quote(plain: str, name: Name) -> bool:
    return len(name.words) > 1 and plain[name.end :].lstrip(" \t")[:1] in {":", "<", "("}
