"""Names in greetings, introductions and signatures, as far as rules go."""

from __future__ import annotations

import re
from collections.abc import Iterator

import regex

from assistant.privacy import name_cues as cues
from assistant.privacy.models import PersonalData, Place
from assistant.privacy.name_words import TITLES, words
from assistant.privacy.naming import Name, ends_line, is_shouted, is_stop_word, read_name
from assistant.privacy.quotes import name_before, quoted_names
from assistant.privacy.signatures import lone_names, signed_names

_WORD = re.compile(r"[^\W\d_]+")
_LAYOUT = re.compile(r"[\n<~]|[.!?][ ]?[-/]{1,2}[ ]?\w")
_WROTE = ("wrote", "writes", "napisa", "pisze", "schrieb", "schreef", "crit")
_ANSWERS = ("here", "speaking", "hier", "appar", "lijn", "tutaj", "strony", "telefonie")
_AND = regex.compile(r"[ \t]*(?:[,&+/]|and|i|oraz|en|und|et)[ \t]*(?=\p{Lu})")
_NAME_LABEL = re.compile(r"name|naam|nazwisko|nom|inhaber|holder|titulaire", re.IGNORECASE)
_NOUN_END = re.compile(r"(?:er|in|ung|heit|keit|schaft|kunde|mitglied|inhaber|mann|frau)$", re.IGNORECASE)
_INSTRUMENTAL = re.compile(r"(?:ym|im|em|ą)$", re.IGNORECASE)
_BEGIN_GERMAN = words("ich wir wie wo wann wieso warum mein meine habe haben könnt könnten bitte")
_TITLES = TITLES | words("m de herrn")
_WRITTEN_BY = words("by door przez par")
_MIN_REPEATED = 3
_MOST_LOW, _NONE_LOW = 3, 9


def find_names(plain: str) -> Iterator[Place]:
    """Yield the places of names; a name that was found is found again wherever it stands in the text."""
    starts = [word.start() for word in _WORD.finditer(plain) if word.group().lower() in cues.FIRST_WORDS]
    if not starts and not _LAYOUT.search(plain) and not _holds(plain, (*_WROTE, *_ANSWERS)):
        return
    names = [name for rule in _RULES for name in rule(plain, starts)]
    names += [other for name in names for other in _with(plain, name)]
    for name in names:
        yield Place(name.start, name.end, PersonalData.NAME)
    yield from _repeated(plain, names)


def _of(plain: str, starts: list[int], first: frozenset[str]) -> list[int]:
    """Return those of the words' places at which one of some words stands."""
    return [start for start in starts if (word := _WORD.match(plain, start)) and word.group().lower() in first]


def _holds(plain: str, parts: tuple[str, ...]) -> bool:
    low = plain.lower()
    return any(part in low for part in parts)


def _greeted(plain: str, starts: list[int]) -> Iterator[Name]:
    for cue in cues.found_at(plain, starts, cues.GREETING):
        name = read_name(plain, cue.end())
        if name is None or is_shouted(plain, name):
            low = read_name(plain, cue.end(), cased=False)
            if low is not None and _is_called(plain, low, starts=not plain[: cue.start()].rpartition("\n")[2].strip()):
                yield low
        elif "," in cue["gap"]:
            is_called = plain[name.end : name.end + 1] in {",", "!", "\n", ""}
            if (
                is_called
                or name.follows == "here"
                or ((name.is_known or name.has_title) and (name.ends or name.goes_on))
            ):
                yield name
        elif (
            name.has_title
            or name.is_known
            or name.ends
            or (name.goes_on and (not _is_german(cue["cue"]) or name.follows in _BEGIN_GERMAN))
        ):
            yield name


def _is_called(plain: str, name: Name, *, starts: bool) -> bool:
    """Tell whether words in small letters behind a greeting are whom it greets."""
    if name.is_known or name.has_title:
        return len(name.words) < 3 or name.ends
    return starts and len(name.words) < 3 and plain[name.end : name.end + 1] in {",", "!", "\n"} and name.ends


def _is_german(cue: str) -> bool:
    """Tell whether any noun behind a greeting has a capital letter."""
    return cue.lower().startswith(("hallo", "guten", "moin", "servus", "danke", "tach"))


def _introduced(plain: str, starts: list[int]) -> Iterator[Name]:
    for cue in cues.found_at(plain, starts, cues.STRONG_INTRODUCTION):
        name = read_name(plain, cue.end())
        if name is None or is_shouted(plain, name):
            name = read_name(plain, cue.end(), cased=False)
            if name is not None and len(name.words) > 3 and not name.is_known:
                name = None
        if name is not None:
            yield name
    for cue in cues.found_at(plain, starts, cues.WEAK_INTRODUCTION):
        name = read_name(plain, cue.end())
        if name is None or is_shouted(plain, name):
            name = read_name(plain, cue.end(), cased=False)
            if name is not None and name.is_known and (name.ends or (name.goes_on and len(name.words) < 3)):
                yield name
        elif name.is_known or name.has_title or _is_introduced(plain, cue.group().lower(), name):
            yield name


def _is_introduced(plain: str, cue: str, name: Name) -> bool:
    """Tell whether what follows "I am" is a name and not what somebody is: nouns have capitals in German."""
    may_be_noun = cue.startswith(("ich", "jestem"))
    if name.follows in cues.AFTER_INTRODUCTION and (name.parts > 1 or not may_be_noun):
        return True
    if name.parts == 1:
        if cue.startswith(("moi c'est", "call me", "u spreekt")) and ends_line(plain, name):
            return True
        is_noun = may_be_noun and (_NOUN_END if cue.startswith("ich") else _INSTRUMENTAL).search(name.words[0])
        return plain[name.end : name.end + 1] in {".", ",", "!"} and not is_noun
    return name.parts < 5 and (name.ends or (name.goes_on and not may_be_noun))


def _named(plain: str, starts: list[int]) -> Iterator[Name]:
    """Yield in whose name something is, whom it is for, and who answers: "in the name of …", "… here"."""
    for cue in cues.found_at(plain, _of(plain, starts, cues.NAMED_WORDS), cues.NAMED):
        name = read_name(plain, cue.end())
        is_sure = cue["sure"] is not None
        if name is None or is_shouted(plain, name):
            name = read_name(plain, cue.end(), cased=False)
            may_be_one = is_sure and cue["sure"].lower().startswith(("naz", "naam v", "namen"))
            if name is None or len(name.words) > _MOST_LOW:
                continue
            if (name.is_known and (name.ends or name.goes_on)) or (
                is_sure and name.ends and (name.parts > 1 or may_be_one)
            ):
                yield name
        elif (
            name.is_known
            or name.has_title
            or ((is_sure or name.parts > 1) and (name.ends or name.goes_on))
            or (name.ends and cue.group().lower().strip() in _WRITTEN_BY)
        ):
            yield name
    for answer in cues.ANSWERS.finditer(plain) if _holds(plain, _ANSWERS) else ():
        for name in name_before(plain, answer.start(), low=2 if answer["sure"] else _NONE_LOW):
            opens = not plain[: name.start].rstrip(" \t") or plain[: name.start].rstrip(" \t")[-1] in ".!?,;:\n>(-"
            if opens and (name.is_known or name.parts > 1):
                yield name


def _titled(plain: str, starts: list[int]) -> Iterator[Name]:
    starts = _of(plain, starts, _TITLES)
    for cue in cues.found_at(plain, starts, cues.TITLE):
        name = read_name(plain, cue.start())
        if name is None or not name.has_title or not name.words[0][0].isupper():
            continue
        # "PAN MOŻE" is no name, "MR SMITH" is one.
        if not is_shouted(plain, name) or not plain.startswith(("PAN ", "PANI ", "PANU ", "PANA "), cue.start()):
            yield name
    for cue in cues.found_at(plain, starts, cues.SHORT_TITLE):
        name = read_name(plain, cue.end())
        if name is not None:
            yield name
    for cue in cues.found_at(plain, starts, cues.LOW_TITLE):
        name = read_name(plain, cue.end(), cased=False, most=_MOST_LOW)
        if name is not None and not (name.ends and len(name.words) < _MOST_LOW):
            # "mrs smith called me": what follows the first word may be of the sentence.
            name = read_name(plain, cue.end(), cased=False, most=2 if name.is_known else 1)
        if name is None or cue["sure"] is not None:
            is_meant = name is not None
        else:
            is_meant = len(name.words) <= (1 if cue["polish"] is None else 2) and (
                name.ends or (name.goes_on and cue["german"] is not None)
            )
        if name is not None and is_meant:
            yield name


def _labelled(plain: str, starts: list[int]) -> Iterator[Name]:
    for cue in cues.found_at(plain, starts, cues.LABEL):
        name = read_name(plain, cue.end())
        if name is not None and (name.ends or name.is_known):
            yield name
        elif name is None:
            name = read_name(plain, cue.end(), cased=False)
            if (
                name is not None
                and len(name.words) < 4
                and (
                    name.is_known
                    or (name.parts > 1 and (ends_line(plain, name) or (name.ends and _NAME_LABEL.search(cue.group()))))
                )
            ):
                yield name


def _with(plain: str, name: Name) -> Iterator[Name]:
    """Yield who is named with somebody: "Dear John and Mary"."""
    joint = _AND.match(plain, name.end)
    other = read_name(plain, joint.end()) if joint else None
    if other is not None and (other.is_known or other.has_title or other.ends) and not is_shouted(plain, other):
        yield other


def _repeated(plain: str, names: list[Name]) -> Iterator[Place]:
    words = {word for name in names for word in name.words if len(word) >= _MIN_REPEATED and not is_stop_word(word)}
    if not words:
        return
    # A word that also stands in small letters was taken for a name, or is one that cannot be told from it.
    words -= {word.title() for word in _WORD.findall(plain) if word.islower()}
    forms = {form for word in words for form in (word.title(), word.upper(), word) if form[0].isupper()}
    if forms:
        for found in regex.finditer(r"(?<![\p{L}\p{N}])\L<forms>(?:'s)?(?![\p{L}\p{N}])", plain, forms=sorted(forms)):
            yield Place(found.start(), found.end(), PersonalData.NAME)


_RULES = (_greeted, _introduced, signed_names, _labelled, _named, _titled, quoted_names, lone_names)
