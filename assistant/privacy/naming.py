"""Reading a name: where it begins and ends, once something before it says that a name may follow."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from assistant.privacy.models import BARRIER
from assistant.privacy.name_words import ALSO_NAMES, FIRST_NAMES, PARTICLES, STOP_WORDS, TEAM_WORDS, TITLES, words
from indexer.lexical import fold

_TOKEN = regex.compile(
    r"[ \t]*(?P<word>\p{L}\.(?:[ \-]?\p{L}\.)*|'[tTsS](?=\s)"
    r"|\p{L}[\p{L}\p{M}]*(?:['\-]\p{L}[\p{L}\p{M}]*)*'?)(?P<dot>\.?)"
)
_END = regex.compile(r"[ \t]*(?:[,!.;:|()\n\r/<>\[*_&+•·–—-]|\Z|\ufdd0|[^\p{L}\p{N}\s])")
_ENDS_HERE = regex.compile(r"[ \t]*(?:,|\r?\n|\Z)|(?<=\.)")
_LINE_END = regex.compile(rf"[ \t*_]*[.,!;:)]*[ \t*_]*(?:\r?\n|\Z|{BARRIER})")
_NEXT_WORD = regex.compile(r"[ \t]+([\p{L}'\-]+)")
_INNER_CAPITAL = regex.compile(r"(?<!^Mc|^Mac|^De|^La|^Le|^Di|^Van|^Von|^Fitz)(?<=\p{Ll})\p{Lu}")
_MAX_WORDS, _LONGEST_WORD = 5, 30

_INNER_PARTICLES = words("der des das en y e st het zum in op di do")
_STOP = STOP_WORDS | {fold(word) for word in STOP_WORDS}
_TEAM = TEAM_WORDS | {fold(word) for word in TEAM_WORDS}
_FIRST = FIRST_NAMES | {fold(word) for word in FIRST_NAMES}


@dataclass(frozen=True, slots=True)
class Name:
    """A name that was read; titles before it stay outside.

    Attributes:
        words: what it consists of, without particles and initials.
        parts: how many words and initials it has.
        has_title: whether titles stand before it.
        is_known: whether its first word is a common first name.
        ends: whether nothing of the sentence follows: a comma, the end of the line.
        follows: the word that follows it in the line, in small letters, or "".
    """

    start: int
    end: int
    words: tuple[str, ...]
    parts: int
    has_title: bool
    is_known: bool
    ends: bool
    follows: str

    @property
    def goes_on(self) -> bool:
        """Whether a sentence goes on behind it with a word that is no part of a name."""
        return self.follows in _STOP


def is_stop_word(word: str) -> bool:
    return word.lower() in _STOP


def is_first_name(word: str) -> bool:
    return word.lower() in _FIRST


def read_name(plain: str, start: int, *, cased: bool = True, most: int = _MAX_WORDS) -> Name | None:
    """Return the name that begins at a place, or None.

    Args:
        plain: the text.
        start: where it may begin; blanks are passed over.
        cased: whether only capitalised words count. Without, any word does that is not a common one.
        most: how many words it may have, not counting initials and particles.
    """
    first = last = lead_end = -1
    found: list[str] = []
    has_title, place, initials = False, start, 0
    for _ in range(2 * _MAX_WORDS):
        token = _TOKEN.match(plain, place)
        if token is None:
            break
        word, low = token["word"], token["word"].lower().rstrip(".'")
        if low in _TEAM or not _TEAM.isdisjoint(low.split("-")):
            return None
        if not found and low in TITLES and (len(low) > 1 or (cased and (token["dot"] or "." in word))):
            has_title, place = True, token.end()
            continue
        # Behind an initial or a particle any word is a name: "F. van der Meer", "J. Best".
        led_in = last >= 0 and last == lead_end and (word[0].isupper() or not cased) and len(word) > 1
        if _is_lead(plain, token, started=first >= 0, words=found, cased=cased):
            last = lead_end = token.end()
            initials += low not in PARTICLES or "." in word
        elif len(found) < most and (
            led_in
            or _is_name_word(word, cased=cased or has_title)
            or (not found and _is_all(plain, token, low))
            # "Samira Vos": a surname that is a common word too, at the end of what is said.
            or (cased and len(found) == 1 and last == place and word.istitle() and _ENDS_HERE.match(plain, token.end()))
        ):
            last = token.end("word")
            found.append(word)
        else:
            break
        first = token.start("word") if first < 0 else first
        if found and token["dot"] and last == token.end("word") and low not in {"st", "jr", "sr"}:
            break
        place = token.end()
    if not found or plain[last : last + 1] == "@":
        return None
    following = _NEXT_WORD.match(plain, last)
    return Name(
        first,
        last,
        tuple(found),
        len(found) + initials,
        has_title,
        is_known=is_first_name(found[0]) or is_first_name(found[0].split("-")[0]),
        ends=_END.match(plain, last) is not None,
        follows=following[1].lower() if following else "",
    )


def _is_all(plain: str, token: regex.Match[str], low: str) -> bool:
    """Tell whether a word that is common too, "ben", is a first name: nothing or a name comes behind it."""
    if low not in _STOP or low not in FIRST_NAMES | ALSO_NAMES:
        return False
    following = _TOKEN.match(plain, token.end())
    return following is None or _END.match(plain, token.end()) is not None or following["word"].lower() not in _STOP


def _is_lead(plain: str, token: regex.Match[str], *, started: bool, words: list[str], cased: bool) -> bool:
    """Tell whether a token is an initial, or a particle with more of the name behind it."""
    word = str(token["word"])
    low = word.lower().rstrip(".'")
    if _is_initial(word, words, cased=cased):
        return True
    return low in PARTICLES and (started or low not in _INNER_PARTICLES) and _leads_on(plain, token, cased)


def _is_initial(word: str, words: list[str], *, cased: bool) -> bool:
    if "." in word:
        return word[0].isupper() or bool(words) or not cased
    return len(word) == 1 and word.isupper() and bool(words) and not is_stop_word(word)


def _leads_on(plain: str, token: regex.Match[str], cased: bool) -> bool:
    """Tell whether a particle is followed by more of the name."""
    place = token.end("word")
    for _ in range(3):
        following = _TOKEN.match(plain, place)
        if following is None:
            return False
        if _is_name_word(following["word"], cased=cased) or following["word"][0].isupper() or not cased:
            return True
        if following["word"].lower() not in PARTICLES:
            return False
        place = following.end("word")
    return False


def _is_name_word(word: str, *, cased: bool) -> bool:
    if not 2 <= len(word) <= _LONGEST_WORD:
        return False
    if word.lower() in _STOP:
        # "Ben" and "Dan" are names, "ben" and "dan" Dutch words.
        return word[0].isupper() and word.lower() in FIRST_NAMES
    if word.lower().startswith(("d'", "l'")) and word[2:3].isupper():
        return True
    return not cased or (word[0].isupper() and not _INNER_CAPITAL.search(word))


def is_shouted(plain: str, name: Name) -> bool:
    """Tell whether a name is in capitals and what stands around it too, so that they prove nothing."""
    if not all(word.isupper() for word in name.words):
        return False
    around = plain[max(0, name.start - 40) : name.start] + plain[name.end : name.end + 40]
    letters = [letter for letter in around if letter.isalpha()]
    return len(letters) > 3 and sum(letter.isupper() for letter in letters) > len(letters) / 2


def ends_line(plain: str, name: Name) -> bool:
    return _LINE_END.match(plain, name.end) is not None
