"""Numbers that hold letters: IBANs, VAT numbers, and the ids of people and papers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import regex
from stdnum import iban, numdb
from stdnum.es import cif
from stdnum.eu import vat

from assistant.privacy.context import kind_before
from assistant.privacy.models import PersonalData, Place

_EDGE, _END = r"(?<![\p{L}\p{N}])", r"(?![\p{L}\p{N}])"
_GAP = r"(?:[ \t.\-/_]{0,3}|[ \t]?\r?\n[ \t>]{0,3})"

_IBAN_HEAD = regex.compile(r"(?:(?<![\p{L}\p{N}])|(?<=(?i:iban)))[A-Za-z]{2}[ \-.:]{0,2}\d[ \-.]?\d")
_IBAN = regex.compile(rf"[A-Za-z]{{2}}(?:(?:[ :]{{0,2}}|{_GAP})[A-Za-z0-9])+")
_MIN_IBAN_DIGITS = 10
_VAT = regex.compile(
    rf"(?:{_EDGE}|(?<=(?i:vat|tva|btw)))(?P<whole>"
    r"(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|GR|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI|CHE)[ .\-:]{0,2}"
    r"(?:[A-Z0-9]{1,2}[ .\-]{0,2})?\d(?:[ .\-]{0,2}\d){5,11}(?:(?P<suffix>[ .\-]{0,2}[A-Z]{1,2}"
    r"(?:[ .]?\d{2})?)(?![\p{L}\p{N}]))?)",
    regex.IGNORECASE,
)
_SMALL_WORDS = frozenset(["at ", "be ", "de ", "es ", "fi ", "it ", "lu ", "se ", "si "])
_LETTERS = regex.compile(r"[A-Za-z]")
_BETWEEN = regex.compile(r"[^A-Za-z0-9]")
_MIN_CODE_DIGITS = 4
_CHECK_WEIGHTS = (7, 3, 1)


def find_documents(plain: str) -> Iterator[Place]:
    """Yield the places of numbers that hold letters."""
    yield from _ibans(plain)
    yield from _vat_numbers(plain)
    for pattern, is_sound in _SHAPES:
        for found in pattern.finditer(plain):
            if is_sound is None or is_sound(_compact(found.group())):
                kind = PersonalData.TAX_ID if is_sound is cif.is_valid else PersonalData.NATIONAL_ID
                yield Place(found.start(), found.end(), kind)
    yield from _after_words(plain)
    yield from find_papers(plain)


def _ibans(plain: str) -> Iterator[Place]:
    for head in _IBAN_HEAD.finditer(plain):
        length = _iban_length(head.group()[:2].upper())
        end = _end_of(plain, head.start(), length) if length else None
        if end is None or not _IBAN.fullmatch(plain, head.start(), end):
            continue
        number = _compact(plain[head.start() : end])
        is_mistyped = sum(map(str.isdigit, number)) >= _MIN_IBAN_DIGITS and not plain[end : end + 1].isalpha()
        if iban.is_valid(number, check_country=False) or is_mistyped:
            yield Place(head.start(), end, PersonalData.IBAN)


@cache
def _iban_length(country: str) -> int | None:
    parts = numdb.get("iban").info(country)
    shape = str(parts[0][1].get("bban", "")) if parts else ""
    counts = regex.findall(r"(\d+)!?[nac]", shape)
    return 4 + sum(map(int, counts)) if counts else None


def _end_of(plain: str, start: int, length: int) -> int | None:
    for at in range(start, min(len(plain), start + 3 * length)):
        length -= plain[at].isascii() and plain[at].isalnum()
        if length == 0:
            return at + 1
    return None


def _vat_numbers(plain: str) -> Iterator[Place]:
    for found in _VAT.finditer(plain, overlapped=True):
        start, end = found.span("whole")
        if plain[start : start + 3] in _SMALL_WORDS:
            continue
        ends = [end, found.start("suffix")] if found["suffix"] else [end]
        sound = [each for each in ends if vat.is_valid(_compact(plain[start:each]))]
        if sound:
            yield Place(start, sound[0], PersonalData.TAX_ID)
        elif kind_before(plain, start) is PersonalData.TAX_ID:
            yield Place(start, end, PersonalData.TAX_ID)


def _compact(number: str) -> str:
    return _BETWEEN.sub("", number).upper()


def _is_sound_paper(number: str) -> bool:
    """Check the digit of papers read by machines: letters count from ten, weights 7, 3, 1. Source: ICAO 9303-3, 4.9."""
    number = number.removesuffix("D")
    body, check = number[:-1], number[-1]
    weighted = sum(int(character, 36) * _CHECK_WEIGHTS[at % 3] for at, character in enumerate(body))
    return _has_digits(number) and check.isdigit() and weighted % 10 == int(check)


def _is_sound_polish_card(number: str) -> bool:
    """Check digit four of a Polish identity card by all the other digits and letters."""
    values = [int(character, 36) for character in number]
    weighted = sum(value * weight for value, weight in zip(values, (7, 3, 1, 9, 7, 3, 1, 7, 3), strict=True))
    return weighted % 10 == 0


def _is_sound_polish_passport(number: str) -> bool:
    values = [int(character, 36) for character in number]
    weighted = sum(value * weight for value, weight in zip(values, (7, 3, 9, 1, 7, 3, 1, 7, 3), strict=True))
    return weighted % 10 == 0


def _has_digits(number: str) -> bool:
    return sum(map(str.isdigit, number)) >= _MIN_CODE_DIGITS


def _is_sound_dni(number: str) -> bool:
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number[:-1].translate(str.maketrans("XYZ", "012"))) % 23] == number[-1]


_SHAPES: tuple[tuple[regex.Pattern[str], Callable[[str], bool] | None], ...] = tuple(
    (regex.compile(_EDGE + shape + _END, regex.IGNORECASE), is_sound)
    for shape, is_sound in (
        # Great Britain: national insurance
        (r"[A-Z]{2}[ .\-]{0,2}\d\d[ .\-]{0,2}\d\d[ .\-]{0,2}\d\d[ .\-]{0,2}[A-D]", None),
        # Great Britain: driving licence
        (r"[A-Z9]{5}[ .\-]?\d{6}[ .\-]?[A-Z9]{2}[ .\-]?\d[A-Z]{2}(?:[ .\-]?\d\d)?", None),
        # Italy: codice fiscale, with the letters that stand for digits where two people would share one
        (
            r"[A-Z]{3}[ ]?[A-Z]{3}[ ]?[\dL-NP-V]{2}[ ]?[A-EHLMPR-T][ ]?[\dL-NP-V]{2}[ ]?[A-Z]"
            r"[ ]?[\dL-NP-V]{3}[ ]?[A-Z]",
            _has_digits,
        ),
        # Germany: pension insurance
        (r"\d\d[ .\-]?\d\d[ .\-]?\d\d[ .\-]?\d\d[ .\-]?[A-Z][ .\-]?\d\d[ .\-]?\d", None),
        # France: social security of people born in Corsica
        (r"[1-4][ .\-]?\d\d[ .\-]?\d\d[ .\-]?2[AB][ .\-]?\d{3}[ .\-]?\d{3}(?:[ .\-/]{0,3}\d\d)?", None),
        # Spain: of citizens, of foreigners, of companies
        (r"(?:\d{2}[ .]?\d{3}[ .]?\d{3}|[XYZ][ \-]?\d{7})[ \-]?[A-Z]", _is_sound_dni),
        (r"[A-HJNP-SUVW][ \-]?\d{7}[ \-]?[0-9A-J]", cif.is_valid),
        # VAT numbers of Austria, which nothing else looks like
        (r"ATU[ ]?\d{8}", None),
        # Passports of Poland and France, in capitals as they are printed
        (r"(?-i:[A-Z]{2})\d{7}|\d{2}(?-i:[A-Z]{2})\d{5}", None),
        # Poland: identity card, passport
        (r"[A-Z]{3}[ \-]?\d{3}[ ]?\d{3}", _is_sound_polish_card),
        (r"[A-Z]{2}[ \-]?\d{7}", _is_sound_polish_passport),
        # Germany: identity card and passport with their check digit
        (r"[CFGHJ-NPRTV-Z][CFGHJ-NPRTV-Z\d]{8}[ ]?\dD?", _is_sound_paper),
    )
)

_PAPER_WORDS = regex.compile(
    r"(?<![\p{L}\p{N}])(?:dow[oó]d\w{0,3}|dow\. ?os|(?-i:DO)(?=:)|paszport\w*"
    r"|seri[aięe]\w*|praw[oa] jazdy|paspoort\w*|rijbewijs\w*"
    r"|document(?:en)?-?n(?:umme)?r|identiteits\w+"
    r"|id-?kaart\w*|legitimatie\w*|\w*ausweis\w*|perso(?:-?n(?:umme)?r)?|(?:reise)?pass-?n(?:umme)?r|reise-?pass\w*|führerschein\w*|\w*versicherung\w*|sv-?n(?:umme)?r"
    r"|carte (?:nationale )?d'identit[ée]|pi[èe]ce d'identit[ée]|cnie?|passe?port\w*|permis de conduire"
    r"|titre de s[ée]jour"
    r"|national insurance|nino|ni (?:no|num)\w*|driv\w+ licen[cs]e|identity (?:card|document|number)|id (?:card"
    r"|number|no|document)"
    r"|national id\w*|residence permit|codice fiscale|dni|nie|nif|cif|vat|tva|btw\w*|ust\W?id\w*|ustid\w*|uid"
    r"|umsatzsteuer\w*|company (?:reg\w* )?n\w+"
    r"|tax (?:id|number|no|code|ref)\w*)(?!\p{L})",
    regex.IGNORECASE,
)
_PAPER_NUMBER = regex.compile(
    r"(?:(?<=[^\p{L}\p{N}])(?:[A-Z]{1,5}[ \-]|(?i:[A-Z]{3})[ ](?:(?:nr|numer|no)\.?[ ])?(?=\d{3} ?\d{3}(?!\d)))?)"
    r"(?<![\p{L}\p{N}])(?:(?i:[A-Z]{0,6})\d(?i:[A-Z0-9]*)(?:[ \-./](?i:[A-Z0-9]*)\d(?i:[A-Z0-9]*)"
    r"|[ \-./][A-Z]{1,2}(?![\p{L}\p{N}])){0,8})",
)
# Dutch and German papers mix letters and digits; a German serial number may hold no digit, and never a vowel.
_MIXED_NUMBER = regex.compile(
    rf"{_EDGE}(?:(?=[A-Z]{{0,9}}\d)(?=\d{{0,9}}[A-Z])[A-Z\d]{{8,10}}|(?-i:[CFGHJ-NPRTV-Z]{{9}})){_END}",
    regex.IGNORECASE,
)
# Without its name only where digits stand among the letters: a code for a discount, "BLACK2024", has them at its end.
_MIXED_SHAPE = regex.compile(
    r"(?<![\p{L}\p{N}_/.-])(?=[A-Z]*\d+[A-Z])(?:(?=(?:[A-Z]*\d){2})[A-NP-Z]{2}[A-NP-Z\d]{6}\d"
    r"|(?=(?:[A-Z]*\d){3})[CFGHJ-NPRTV-Z][CFGHJ-NPRTV-Z\d]{8})(?![\p{L}\p{N}_/-]|\.\w)"
)
_MIN_PAPER_DIGITS, _MIN_PAPER_CHARS, _PAPER_REACH = 3, 6, 40


def find_papers(plain: str) -> Iterator[Place]:
    """Yield the places of numbers with hardly a digit in them, behind the name of a paper or shaped like its number."""
    for word in _PAPER_WORDS.finditer(plain):
        found = _MIXED_NUMBER.search(plain, word.end(), word.end() + _PAPER_REACH)
        if found is not None and "\n\n" not in plain[word.end() : found.start()]:
            yield Place(found.start(), found.end(), PersonalData.NATIONAL_ID)
    for found in _MIXED_SHAPE.finditer(plain):
        yield Place(found.start(), found.end(), PersonalData.NATIONAL_ID)


def _after_words(plain: str) -> Iterator[Place]:
    """Yield what follows the name of a paper and looks like its number, however it is written."""
    for word in _PAPER_WORDS.finditer(plain):
        found = _PAPER_NUMBER.search(plain, word.end(), word.end() + _PAPER_REACH + 30)
        if found is None or found.start() > word.end() + _PAPER_REACH or "\n\n" in plain[word.end() : found.start()]:
            continue
        number = _compact(found.group())
        digits = sum(map(str.isdigit, number))
        if digits < _MIN_PAPER_DIGITS or len(number) < _MIN_PAPER_CHARS or not _LETTERS.search(number):
            continue
        kind = kind_before(plain, found.start()) or PersonalData.NATIONAL_ID
        yield Place(found.start(), found.end(), kind)
