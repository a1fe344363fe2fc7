"""Messages with planted personal data: does any of it come through, and what is lost that is none?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

import regex

from assistant.privacy.reading import read
from assistant.privacy.redaction import PLACEHOLDER, PersonalData, Redactor
from eval.canary_ids import NATIONAL, TAX
from eval.canary_numbers import card, digits, disguised, iban, phone
from eval.canary_sentences import COMPLAINTS, PLANTS
from eval.canary_texts import (  # fmt: skip
    CLOSINGS,
    FIRST_NAMES,
    GREETINGS,
    INTRODUCTIONS,
    LAST_NAMES,
    SIGNATURES,
    TITLES,
)

LANGUAGES = ("pl", "en", "nl", "de", "fr")
ORDER_PATTERN = r"(?i)\bZAM[-/ ]?\d{4}[-/ ]?\d{2,6}\b"
"""What the order numbers of the canaries look like; for the redactor they are tried on."""

_KINDS = tuple(PersonalData)
_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}'’-]*")
_BARE = regex.compile(r"[^\p{L}\p{N}]")
_COMMON = frozenset(["van", "de", "der", "den", "ten", "von", "zu", "le", "la", "du"])


@dataclass(frozen=True, slots=True)
class Canary:
    """A message with one planted secret; other personal data may stand around it.

    Attributes:
        kind: what the secret is.
        secret: it, exactly as it stands in the text.
    """

    language: str
    kind: PersonalData
    secret: str
    text: str


def canaries(count: int, seed: int) -> Iterator[Canary]:
    """Yield believable messages with secrets, all kinds and languages in turn, the same for the same seed."""
    rng = Random(seed)  # noqa: S311 - reproducible, not secret
    for number in range(count):
        language = LANGUAGES[number % len(LANGUAGES)]
        kind = _KINDS[number // len(LANGUAGES) % len(_KINDS)]
        secret, text = _name(rng, language) if kind is PersonalData.NAME else _planted(rng, language, kind)
        yield Canary(language, kind, secret, text)


def leaks(canary: Canary, text: str) -> bool:
    """Tell whether the secret still stands in a text: a name by any of its words, a number by its digits in order."""
    plain = read(text).plain.lower()
    if canary.kind is PersonalData.NAME:
        words = {word.lower() for word in _WORD.findall(read(canary.secret).plain) if len(word) > 1} - _COMMON
        return not words.isdisjoint(word.lower() for word in _WORD.findall(PLACEHOLDER.sub(" ", text)))
    secret = read(canary.secret).plain.lower()
    if canary.kind is PersonalData.EMAIL:
        return secret in plain
    return secret in plain or _BARE.sub("", secret) in _BARE.sub("", plain)


@dataclass(frozen=True, slots=True)
class Loss:
    """An ordinary text of which the redactor took something away."""

    before: str
    after: str
    words: int


def wrongly_replaced(texts: Iterable[str], redactor: Redactor) -> tuple[int, list[Loss]]:
    """Return the number of words of texts that hold no personal data, and what was replaced all the same."""
    words, losses = 0, []
    for text in texts:
        words += len(text.split())
        redacted = redactor.redact(text)
        if redacted.found:
            kept = len(PLACEHOLDER.sub(" ", redacted.text).split())
            losses.append(Loss(text, redacted.text, max(1, len(text.split()) - kept)))
    return words, losses


def _planted(rng: Random, language: str, kind: PersonalData) -> tuple[str, str]:
    word, secret = _secret(rng, language, kind)
    plant = rng.choice(PLANTS[language]).format(word=word, secret=secret)
    if rng.random() < 0.35:
        plant = secret if rng.random() < 0.1 and word == "" else plant
        return secret, rng.choice([f"{plant}?", plant, f"{rng.choice(COMPLAINTS[language])} {plant}"])
    _, letter = _name(rng, language, inside=f"{rng.choice(COMPLAINTS[language])}{rng.choice([' ', chr(10)])}{plant}")
    if rng.random() < 0.3:
        other, value = _secret(rng, language, rng.choice(_KINDS[:6]))
        letter += f"\n{other}{rng.choice([': ', ' ', '. '])}{value}"
    return secret, letter


def _secret(rng: Random, language: str, kind: PersonalData) -> tuple[str, str]:
    match kind:
        case PersonalData.EMAIL:
            return rng.choice(["e-mail", "mail", "e-mail:"]), _address(rng, language)
        case PersonalData.PHONE:
            return rng.choice(["tel.", "tel", "Tel", "", ""]), disguised(rng, phone(rng, language))
        case PersonalData.IBAN:
            return rng.choice(["IBAN", "iban:", "", ""]), disguised(rng, iban(rng, language))
        case PersonalData.CARD:
            return rng.choice(["Visa", "", ""]), disguised(rng, card(rng, language))
        case PersonalData.ORDER:
            return "", rng.choice(["ZAM-{}-{}", "zam/{}/{}", "ZAM{}{}", "ZAM {} {}"]).format(
                digits(rng, 4), digits(rng, 4)
            )
        case PersonalData.TAX_ID | PersonalData.NATIONAL_ID:
            word, make = rng.choice((TAX if kind is PersonalData.TAX_ID else NATIONAL)[language])
            number = make(rng)
            # People mistype, and the number is theirs all the same.
            if rng.random() < 0.1:
                number = number[:-1] + str((int(number[-1], 36) + 1) % 10)
            return word, disguised(rng, number) if number.count(" ") < 3 else number
        case _:
            return "", _full_name(rng, language)


def _address(rng: Random, language: str) -> str:
    first, last = (rng.choice(names[language]).lower().replace(" ", "") for names in (FIRST_NAMES, LAST_NAMES))
    local = rng.choice(
        [
            f"{first}.{last}",
            f"{first[0]}.{last}",
            f"{first}{rng.randrange(1, 99)}",
            f"{first}+{rng.choice(['sklep', 'shop'])}",
            f"{first}_{last}",
            f"{last}-{first}",
            first,
        ]
    )
    host = rng.choice(
        [
            "gmail",
            "wp",
            "onet",
            "poczta.onet",
            "ziggo",
            "web",
            "gmx",
            "orange",
            "mail.example",
            "żółta-łódź",
            "müller-söhne",
            "hotmail",
            "o2",
            "firma",
        ]
    )
    end = rng.choice(["com", "pl", "nl", "de", "fr", "co.uk", "eu", "be", "io", "net"])
    chance = rng.random()
    if chance < 0.1:
        at = rng.choice([" (at) ", "(at)", " [at] ", "[at]", "{at}", " AT ", " at "])
        dot = rng.choice([" (dot) ", "(dot)", " [dot] ", " dot "])
        return f"{local}{at}{host.replace('.', dot)}{dot}{end.replace('.', dot)}"
    if chance < 0.14:
        word, dot = {
            "pl": ("małpa", "kropka"),
            "nl": ("apenstaartje", "punt"),
            "de": ("at", "punkt"),
            "fr": ("arobase", "point"),
            "en": ("at", "dot"),
        }[language]
        return f"{local} {word} {host.replace('.', f' {dot} ')} {dot} {end.replace('.', f' {dot} ')}"
    if chance < 0.18:
        return f"{local}＠{host}.{end}"
    if chance < 0.22:
        return f"{local}{rng.choice([' @ ', '@ ', ' @'])}{host}.{end}"
    written = f"{local}@{host}.{end}"
    return rng.choice([written, written, written.upper(), f"mailto:{written}", f"<{written}>", f'"{written}"'])


def _full_name(rng: Random, language: str) -> str:
    first, last = rng.choice(FIRST_NAMES[language]), rng.choice(LAST_NAMES[language])
    return rng.choice(
        [
            f"{first} {last}",
            f"{first} {last}",
            first,
            f"{first[0]}. {last}",
            f"{first} {rng.choice('ABCDKMPRS')}. {last}",
        ]
    )


def _name(rng: Random, language: str, inside: str = "") -> tuple[str, str]:
    """Return a name and a letter of which it is a part: its greeting, its introduction or its end."""
    body = inside or rng.choice(COMPLAINTS[language])
    name, place = _full_name(rng, language), rng.choice(["greeting", "introduction", "closing", "closing", "signature"])
    if place == "greeting":
        title = rng.choice(TITLES[language])
        called = f"{title} {rng.choice(LAST_NAMES[language])}" if title else rng.choice(FIRST_NAMES[language])
        name = called.removeprefix(title).strip()
        greeting = rng.choice(GREETINGS[language]).format(called)
        return name, f"{greeting}{rng.choice([', ', ',' + chr(10), ',' + chr(10) * 2, '! '])}{body}"
    if place == "introduction":
        return name, f"{rng.choice(INTRODUCTIONS[language]).format(name)} {body}"
    written = rng.choice([name, name, name.lower(), name.upper()])
    if place == "signature":
        return name, f"{body}\n\n{rng.choice(SIGNATURES).format(name=name)}"
    closing = rng.choice(CLOSINGS[language])
    gap = rng.choice([",\n", "\n", "\n\n", ", ", " ", ",\r\n"])
    return written, f"{body}{rng.choice([chr(10), chr(10) * 2, ' '])}{closing}{gap}{written}"
