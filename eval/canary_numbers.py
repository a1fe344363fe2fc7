"""Made-up numbers with right checksums, in the ways people write them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from stdnum import luhn
from stdnum.iso7064 import mod_97_10

SPACES = (" ", "\u00a0", "\u2009", "\u202f")


def digits(rng: Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def letters(rng: Random, count: int) -> str:
    return "".join(rng.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=count))


def grouped(rng: Random, number: str, sizes: Sequence[int], gap: str) -> str:
    """Return a number cut into groups of the sizes, the last again and again."""
    parts: list[str] = []
    place = 0
    while place < len(number):
        size = sizes[min(len(parts), len(sizes) - 1)]
        parts.append(number[place : place + size])
        place += size
    return gap.join(parts)


def disguised(rng: Random, number: str) -> str:
    """Return a number with what copying and other keyboards put into it; most stay as they are."""
    chance = rng.random()
    if chance < 0.03:
        return number.translate({ord(digit): ord(digit) - ord("0") + ord("０") for digit in "0123456789"})
    if chance < 0.05:
        return number.translate({ord(digit): ord(digit) - ord("0") + ord("٠") for digit in "0123456789"})
    if chance < 0.09:
        place = rng.randrange(1, len(number))
        return number[:place] + rng.choice(["\u00ad", "\u200b", "\u2060", "\ufeff"]) + number[place:]
    if chance < 0.12 and " " in number:
        return number.replace(" ", "\n", 1)
    if chance < 0.18:
        return number.replace(" ", rng.choice(SPACES))
    return number


def phone(rng: Random, language: str) -> str:
    """Return a phone number of a country where the language, or another one served, is spoken."""
    country, prefix, national, shapes = rng.choice(
        _PHONES[language] if rng.random() < 0.8 else [phone for phones in _PHONES.values() for phone in phones]
    )
    number = rng.choice(national) if rng.random() < 0.9 else national[0]
    number = "".join(digits(rng, 1) if character == "#" else character for character in number)
    sizes = rng.choice(shapes)
    gap = rng.choice([" ", " ", "-", ".", "/", "", " - ", "  "])
    trunk = number.startswith("0") and country != "IT"
    chance = rng.random()
    if chance < 0.45:
        area = sizes[0]
        if chance < 0.1:
            return f"({number[:area]}) {grouped(rng, number[area:], sizes[1:] or (4,), rng.choice([' ', '-', '']))}"
        if chance < 0.2:
            return f"{number[:area]}/{grouped(rng, number[area:], sizes[1:] or (4,), rng.choice([' ', '-', '']))}"
        return grouped(rng, number, sizes, gap)
    rest = number[1:] if trunk else number
    sign = rng.choice([f"+{prefix}", f"00{prefix}", f"+{prefix}", f"(+{prefix})", f"+ {prefix}"])
    if trunk and chance > 0.85:
        rest = f"(0){rest}"
        return f"{sign} {grouped(rng, rest, (sizes[0] + 2, *sizes[1:]), rng.choice([' ', '-', '']))}"
    return sign + rng.choice(["", " ", "-", "."]) + grouped(rng, rest, (max(1, sizes[0] - trunk), *sizes[1:]), gap)


_Phone = tuple[str, str, tuple[str, ...], tuple[tuple[int, ...], ...]]
_PHONES: dict[str, list[_Phone]] = {
    "pl": [
        (
            "PL",
            "48",
            ("60#######", "51#######", "79#######", "22#######", "61#######"),
            ((3, 3, 3), (2, 3, 2, 2), (3, 2, 2, 2), (9,)),
        )
    ],
    "nl": [
        (
            "NL",
            "31",
            ("06########", "020#######", "010#######", "0341######"),
            ((2, 8), (3, 3, 2, 2), (2, 2, 2, 2, 2), (4, 3, 3), (3, 7)),
        ),
        ("BE", "32", ("04########", "02#######", "09#######"), ((4, 2, 2, 2), (2, 3, 2, 2), (4, 3, 3))),
    ],
    "de": [
        (
            "DE",
            "49",
            ("0151#######", "0176########", "030########", "089######", "0221#######", "04131######"),
            ((4, 7), (5, 3, 3), (3, 2, 2, 2, 2), (4, 4)),
        ),
        ("AT", "43", ("0664#######", "01#######", "0662######"), ((4, 3, 4), (2, 3, 2, 2), (4, 7))),
    ],
    "fr": [
        ("FR", "33", ("06########", "07########", "01########", "04########"), ((2, 2, 2, 2, 2), (4, 3, 3), (10,))),
        ("BE", "32", ("04########", "02#######"), ((4, 2, 2, 2), (2, 3, 2, 2))),
    ],
    "en": [
        (
            "GB",
            "44",
            ("07#########", "020########", "0161#######", "01632######"),
            ((5, 6), (3, 4, 4), (5, 3, 3), (11,)),
        ),
        ("US", "1", ("212555####", "415555####", "6465550###"), ((3, 3, 4), (10,))),
        ("IT", "39", ("06########", "347#######"), ((2, 4, 4), (3, 3, 4))),
        ("ES", "34", ("6########", "91#######"), ((3, 3, 3), (3, 2, 2, 2))),
        ("CZ", "420", ("60#######", "77#######"), ((3, 3, 3), (9,))),
    ],
}

_IBANS = (
    ("PL", "########################"),
    ("NL", "INGB##########"),
    ("DE", "##################"),
    ("FR", "#######################"),
    ("GB", "BARC##############"),
    ("BE", "############"),
    ("AT", "################"),
    ("IT", "X######################"),
    ("ES", "####################"),
    ("CZ", "####################"),
    ("MT", "MALT#####XXXXXXXXXXXXXXXXXX"),
    ("LT", "################"),
    ("CH", "#################"),
    ("NO", "###########"),
    ("IE", "AIBK##############"),
    ("SE", "####################"),
)


def iban(rng: Random, language: str) -> str:
    country, shape = rng.choice(_IBANS)
    body = "".join(digits(rng, 1) if c == "#" else letters(rng, 1) if c == "X" else c for c in shape)
    number = country + mod_97_10.calc_check_digits(f"{body}{country}") + body
    written = grouped(rng, number, (4,), rng.choice(["", " ", " ", " ", "-", "."]))
    return written.lower() if rng.random() < 0.15 else written


def card(rng: Random, language: str) -> str:
    start, length, sizes = rng.choice(
        [
            ("4", 16, (4,)),
            ("51", 16, (4,)),
            ("2221", 16, (4,)),
            ("34", 15, (4, 6, 5)),
            ("6759", 16, (4,)),
            ("36", 14, (4, 6, 4)),
            ("4", 13, (4,)),
            ("6304", 19, (4,)),
        ]
    )
    number = start + digits(rng, length - len(start) - 1)
    return grouped(rng, number + luhn.calc_check_digit(number), sizes, rng.choice(["", " ", " ", "-", ".", "  "]))
