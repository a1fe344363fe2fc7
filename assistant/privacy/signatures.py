"""Names at the end of a message, and on lines of their own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import regex

from assistant.privacy import name_cues as cues
from assistant.privacy.models import BARRIER
from assistant.privacy.name_words import words
from assistant.privacy.naming import Name, ends_line, is_first_name, is_shouted, read_name

_REST = regex.compile(r"[^\n]*")
_COMMAS = regex.compile(r"[,.!:;]+[ \t]+|[ \t]+-+[ \t]+")
_AHEAD = regex.compile(r"(?:[ \t]*[,.!:;*)–—-])*[ \t]*")
_BLANK_LINES = regex.compile(r"(?:[ \t]*[,.!*]?[ \t]*\r?\n[ \t>*_-]*){1,4}")
_LINE_BREAK_OFF = regex.compile(r"[ \t]*[|,/(\n\r<&•·–—-]|[ \t]*\Z|[ \t]*" + BARRIER)
_CONTACT = regex.compile(r"[ \t.,]*\r?\n[ \t]*(?:[+(\d" + BARRIER + r"]|\S*@|(?i:tel|mob|phone|e-?mail|fax|www|http))")
_NAME_ALONE = regex.compile(r"(?m)^[ \t>]*(?=\p{Lu})")
_THANKS_AHEAD = re.compile(r"advance|voraus|voorbaat|avance|góry|gory", re.IGNORECASE)
_DEVICE = regex.compile(
    r"\s*\n[ \t>]*(?:sent from|get outlook|wys[łl]an[eo]|verstuurd|verzonden|von mein\w+|gesendet|envoy[ée])"
    r"[^\n]*\s*\Z",
    regex.IGNORECASE,
)
# How words for things and deeds end, not people's names: "Shipping Preferences", "Digitale Verwaltung".
_ABSTRACT_END = regex.compile(
    r"(?:ung(?:en|s)?|heit|keit|schaft|[cgst]i[oó]n(?:s|en|es)?|ments?|ings?|ingen|it(?:y|ies)|[ae]nces?|ters|teurs?|ures?"
    r"|[ae]ni(?:e|a|em|u)|acj(?:a|i|e|ą)|ość|ości|hei?den?|ieren|ías?|ques?|logs?|les|ros|ams)$",
    regex.IGNORECASE,
)
_CLOSING_WORDS = words(
    """
    regards sincerely cheers thanks wishes pozdrawiam pozdrowienia poważaniem dziękuję dzięki szacunkiem groeten
    groetjes vriendelijke hartelijke bedankt freundlichen grüßen grüße gruß liebe danke cordialement salutations
    journée merci vous pozdr
    """
)
_LINE_BEGIN = regex.compile(r"(?:(?<=\n)|(?<=[.!?][ \t]))(?:[\p{L}]+[ \t]{0,2}){1,3}")
_SLIP_AHEAD = regex.compile(r"(?:[ \t]*[,.!:;*)–—-])*[ \t]*(?:(?:\r?\n[ \t>]*){1,3})?")
_LETTERS = regex.compile(r"\p{L}+")
_LONGEST_CLOSING_LINE, _CLOSING_CHARS, _MOST_COMMAS = 70, 250, 5


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
    starts += [comma.end() for comma in islice(_COMMAS.finditer(plain, starts[0], line_end), _MOST_COMMAS)]
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
        is_last = stands_out and not _without_device(plain)[low.end :].strip(" .!\r\n")
        if low.is_known or low.has_title or (start == starts[0] and (cue["weak"] is None or is_last)):
            yield low
            return
    # "Kind regards and have a nice day John"
    for word in regex.finditer(r"(?<=[ \t])\p{Lu}[\p{L}'-]+", plain, pos=starts[0], endpos=line_end):
        name = read_name(plain, word.start()) if is_first_name(word.group()) else None
        if name is not None and name.ends:
            yield name
            return


def _without_device(plain: str) -> str:
    """Return a text without its last line if that says what it was sent from."""
    device = _DEVICE.search(plain, max(0, len(plain) - 120))
    return plain[: device.start()] if device else plain


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


def lone_names(plain: str, starts: list[int]) -> Iterator[Name]:
    """Yield names that have a line to themselves, and those behind the rule above a signature."""
    rules = list(cues.RULE.finditer(plain))
    for cue in rules:
        low = cue.group().strip(" \t\r\n>")
        name = read_name(plain, cue.end())
        if name is None and (low in {"~", "--"} or cue.group().endswith("\n") or (low == "/" and len(rules) == 1)):
            name = read_name(plain, cue.end(), cased=False, most=3)
            if name is not None and len(name.words) == 1 and low == "/" and not name.is_known:
                continue
        last = name is not None and not plain[name.end :].strip(" .\n")
        is_signature = cue.group().rstrip(" \t").endswith("\n")
        if (
            name is not None
            and ends_line(plain, name)
            and (name.is_known or is_signature or (last and len(rules) == 1 and plain[: cue.start()].strip()))
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
    yield from _in_last_line(plain)
    yield from _behind_slip(plain)


def _in_last_line(plain: str) -> Iterator[Name]:
    """Yield a name that is all of the last line: of two words, or of one below a closing with a slip in it."""
    sent = _without_device(plain)
    body = sent.rstrip()
    above, _, line = body.rpartition("\n")
    start = len(body) - len(line.lstrip(" \t>"))
    is_apart, above = above != above.rstrip(" \t\r\n>"), above.rstrip(" \t\r\n>").rpartition("\n")[2].strip(" \t>")
    if not above or len(line) > _LONGEST_CLOSING_LINE:
        return
    is_closed = is_like_closing(above)
    name = read_name(body, start)
    if name is None:
        name = read_name(body, start, cased=False, most=3)
        if name is not None and not is_closed and not (name.is_known and name.parts > 1):
            return
    if name is None or body[name.end :].strip(" .,!*") or is_shouted(plain, name):
        return
    # Below a sentence, and not below a signature that was read already: "Jan Lis\nLis Flowers".
    stands_apart = is_apart or above.endswith((".", "!", "?", ")")) or len(above.split()) > 2
    is_heading = above.endswith((":", ",")) or any(_ABSTRACT_END.search(word) for word in name.words)
    if is_closed or len(sent) < len(plain) or (1 < name.parts < 5 and stands_apart and not is_heading):
        yield name


def _behind_slip(plain: str) -> Iterator[Name]:
    """Yield names behind a closing with a slip in it, "Gruesse", "Podzrawiam", at the beginning of a line."""
    for line in _LINE_BEGIN.finditer(plain, max(0, len(plain) - _CLOSING_CHARS)):
        end = next((word.end() for word in _LETTERS.finditer(plain, *line.span()) if _is_slip(word.group().lower())), 0)
        ahead = _SLIP_AHEAD.match(plain, end) if end else None
        name = read_name(plain, ahead.end()) if ahead else None
        if name is None and ahead is not None:
            name = read_name(plain, ahead.end(), cased=False, most=3)
            if name is not None and name.parts < 2 and not name.is_known:
                continue
        if name is not None and ends_line(plain, name) and not is_shouted(plain, name):
            yield name


def is_like_closing(line: str) -> bool:
    """Tell whether a short line holds a closing word, as it should be or with letters swapped, lost or doubled."""
    found = line.lower().strip(" ,.!").split()
    return 0 < len(found) < 4 and any(_is_slip(word) for word in found)


def _is_slip(word: str) -> bool:
    if len(word) < 5:
        return False
    letters = Counter(word)
    return any((letters - Counter(other)).total() + (Counter(other) - letters).total() < 2 for other in _CLOSING_WORDS)
