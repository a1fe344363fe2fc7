"""Names at the end of a message, above it in what it quotes, and on lines of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

import regex

from assistant.privacy import name_cues as cues
from assistant.privacy.models import BARRIER
from assistant.privacy.naming import Name, ends_line, is_first_name, is_shouted, read_name

_REST = regex.compile(r"[^\n]*")
_COMMAS = regex.compile(r"[,.!:;]+[ \t]+|[ \t]+-+[ \t]+")
_AHEAD = regex.compile(r"[ \t]*[,.!:;*)–—-]*[ \t]*")
_BLANK_LINES = regex.compile(r"(?:[ \t]*[,.!*]?[ \t]*\r?\n[ \t>*_-]*){1,4}")
_LINE_BREAK_OFF = regex.compile(r"[ \t]*[|,/(\n\r<&•·–—-]|[ \t]*\Z|[ \t]*" + BARRIER)
_CONTACT = regex.compile(r"[ \t.,]*\r?\n[ \t]*(?:[+(\d" + BARRIER + r"]|\S*@|(?i:tel|mob|phone|e-?mail|fax|www|http))")
_NAME_ALONE = regex.compile(r"(?m)^[ \t>]*(?=\p{Lu})")
_THANKS_AHEAD = re.compile(r"advance|voraus|voorbaat|avance|góry|gory", re.IGNORECASE)
_LONGEST_CLOSING_LINE = 70


def signed_names(plain: str, starts: list[int]) -> Iterator[Name]:
    for cue in cues.found_at(plain, starts, cues.CLOSING):
        rest = _REST.match(plain, cue.end())
        line_end = rest.end() if rest else len(plain)
        found = list(_in_line(plain, cue, min(line_end, cue.end() + _LONGEST_CLOSING_LINE)))
        yield from found
        if not found and line_end - cue.end() <= _LONGEST_CLOSING_LINE:
            yield from _in_next_line(plain, line_end)


def _in_line(plain: str, cue: regex.Match[str], line_end: int) -> Iterator[Name]:
    ahead = _AHEAD.match(plain, cue.end())
    starts = [ahead.end() if ahead else cue.end()]
    starts += [comma.end() for comma in _COMMAS.finditer(plain, starts[0], line_end)]
    for start in starts:
        name = read_name(plain, start)
        between = plain[cue.end() : start]
        if name is not None and not is_shouted(plain, name) and (name.ends or (name.is_known and name.goes_on)):
            if (
                cue["weak"] is None
                or name.is_known
                or name.has_title
                or (ends_line(plain, name) and "." not in between)
            ):
                yield name
                return
            continue
        low = read_name(plain, start, cased=False)
        if low is None or not ends_line(plain, low) or len(low.words) > 3:
            continue
        before = plain[max(0, cue.start() - 20) : cue.start()].rstrip(" \t")
        opens = not before or before[-1] in ".!?\n"
        stands_out = low.parts > 1 or _THANKS_AHEAD.search(cue.group()) or (opens and before)
        is_last = stands_out and not plain[low.end :].strip(" .!\r\n")
        if low.is_known or low.has_title or (start == starts[0] and (cue["weak"] is None or is_last)):
            yield low
            return
    # "Kind regards and have a nice day John"
    for word in regex.finditer(r"(?<=[ \t])\p{Lu}[\p{L}'-]+", plain, pos=starts[0], endpos=line_end):
        name = read_name(plain, word.start()) if is_first_name(word.group()) else None
        if name is not None and name.ends:
            yield name
            return


def _in_next_line(plain: str, line_end: int) -> Iterator[Name]:
    blank = _BLANK_LINES.match(plain, line_end)
    if blank is None:
        return
    name = read_name(plain, blank.end())
    if name is not None and not is_shouted(plain, name) and _LINE_BREAK_OFF.match(plain, name.end):
        yield name
        return
    name = read_name(plain, blank.end(), cased=False) or name
    if name is not None and len(name.words) < 4 and ends_line(plain, name):
        yield name


def quoted_names(plain: str, starts: list[int]) -> Iterator[Name]:
    for cue in cues.WROTE_BEFORE.finditer(plain):
        yield from _ending_at(plain, cue.start())
    for cue in cues.found_at(plain, starts, cues.WROTE_AFTER):
        name = read_name(plain, cue.end())
        if name is not None and name.ends:
            yield name
    for cue in regex.finditer(r"(?<=[\p{L}\"'.])[ \t]*[<(](?=" + BARRIER + r"|mailto:|[^\s<>()]{1,64}@)", plain):
        yield from _ending_at(plain, cue.start())


def _ending_at(plain: str, end: int) -> Iterator[Name]:
    """Yield the longest name that ends at a place: up to four words before it."""
    before = max(plain.rfind("\n", 0, end) + 1, end - 60)
    for word in regex.finditer(r"(?<![\p{L}\p{N}'-])\p{L}", plain, pos=before, endpos=end):
        name = read_name(plain, word.start())
        if name is not None and not plain[name.end : end].strip(" \"'"):
            yield name
            return


def lone_names(plain: str, starts: list[int]) -> Iterator[Name]:
    """Yield names that have a line to themselves, and those behind the rule above a signature."""
    rules = list(cues.RULE.finditer(plain))
    for cue in rules:
        name = read_name(plain, cue.end())
        last = name is not None and not plain[name.end :].strip(" .\n")
        if (
            name is not None
            and ends_line(plain, name)
            and (name.is_known or (last and len(rules) == 1 and plain[: cue.start()].strip()))
        ):
            yield name
    if "\n" not in plain:
        return
    for line in _NAME_ALONE.finditer(plain):
        name = read_name(plain, line.end())
        if name is None or not _LINE_BREAK_OFF.match(plain, name.end):
            continue
        stands_out = name.parts > 1 or plain[: line.start()].endswith(("\n\n", "\n\r\n"))
        by_contact = stands_out and _CONTACT.match(plain, name.end)
        if by_contact or (ends_line(plain, name) and (name.has_title or name.is_known)):
            yield name
