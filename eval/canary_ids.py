"""Made-up numbers of people and firms, with right checksums where there are any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from stdnum import luhn
from stdnum.be import nn
from stdnum.de import idnr
from stdnum.fr import nir
from stdnum.nl import bsn
from stdnum.pl import nip, pesel, regon

from eval.canary_numbers import digits, grouped, letters


def _birthday(rng: Random) -> tuple[int, int, int]:
    return rng.randrange(1940, 2006), rng.randrange(1, 13), rng.randrange(1, 29)


def _pesel(rng: Random) -> str:
    year, month, day = _birthday(rng)
    number = f"{year % 100:02}{month + 20 * (year >= 2000):02}{day:02}{digits(rng, 4)}"
    return number + str(pesel.calc_check_digit(number))


def _bsn(rng: Random) -> str:
    while True:
        number = digits(rng, 9)
        if bsn.is_valid(number):
            return grouped(rng, number, (4, 2, 3), rng.choice(["", "", ".", " "]))


def _idnr(rng: Random) -> str:
    # Of the first ten digits one is missing and another stands twice.
    pool = rng.sample("0123456789", 9)
    number = [*pool, pool[rng.randrange(8)]]
    rng.shuffle(number)
    if number[0] == "0":
        number.sort(key=lambda digit: digit == "0")
    stem = "".join(number)
    for check in "0123456789":
        if idnr.is_valid(stem + check):
            return grouped(rng, stem + check, (2, 3, 3, 3), rng.choice(["", " "]))
    return _idnr(rng)


def _nir(rng: Random) -> str:
    year, month, _ = _birthday(rng)
    number = f"{rng.choice('12')}{year % 100:02}{month:02}{rng.randrange(1, 95):02}{digits(rng, 6)}"
    number += str(nir.calc_check_digits(number))
    return rng.choice([number, grouped(rng, number, (1, 2, 2, 2, 3, 3, 2), " ")])


def _rijksregister(rng: Random) -> str:
    year, month, day = _birthday(rng)
    stem = f"{year % 100:02}{month:02}{day:02}{rng.randrange(1, 998):03}"
    check = 97 - int(("2" if year >= 2000 else "") + stem) % 97
    number = f"{stem}{check:02}"
    assert nn.is_valid(number)  # noqa: S101 - of our own making
    return rng.choice([number, f"{number[:2]}.{number[2:4]}.{number[4:6]}-{number[6:9]}.{number[9:]}"])


def _polish_card(rng: Random) -> str:
    series, number = letters(rng, 3), digits(rng, 5)
    weights = (7, 3, 1, 7, 3, 1, 7, 3)
    values = [int(character, 36) for character in series + number]
    check = sum(value * weight for value, weight in zip(values, weights, strict=True)) % 10
    return series + rng.choice(["", " "]) + str(check) + number


def _nino(rng: Random) -> str:
    number = f"{rng.choice('ABCEHJKLMS')}{rng.choice('ABCEHJKLM')}{digits(rng, 6)}{rng.choice('ABCD')}"
    return rng.choice([number, grouped(rng, number, (2,), " "), number.lower()])


def _nip(rng: Random) -> str:
    while True:
        stem = rng.choice("123456789") + digits(rng, 8)
        number = stem + digits(rng, 1)
        if nip.is_valid(number):
            return rng.choice(
                [
                    number,
                    grouped(rng, number, (3, 3, 2, 2), "-"),
                    grouped(rng, number, (3, 2, 2, 3), "-"),
                    f"PL{number}",
                    f"PL {number}",
                ]
            )


def _regon(rng: Random) -> str:
    stem = digits(rng, 8)
    return stem + str(regon.calc_check_digit(stem))


def _siret(rng: Random) -> str:
    siren = digits(rng, 8)
    siren += str(luhn.calc_check_digit(siren))
    stem = siren + f"{rng.randrange(1, 999):04}"
    number = f"{stem}{luhn.calc_check_digit(stem)}"
    tva = f"FR{(12 + 3 * (int(siren) % 97)) % 97:02}{siren}"
    return rng.choice(
        [
            siren,
            grouped(rng, siren, (3,), " "),
            number,
            grouped(rng, number, (3, 3, 3, 5), " "),
            tva,
            f"FR {tva[2:4]} {siren}",
        ]
    )


NATIONAL: dict[str, Sequence[tuple[str, Callable[[Random], str]]]] = {
    "pl": (
        ("PESEL", _pesel),
        ("pesel", _pesel),
        ("numer dowodu", _polish_card),
        ("dowód osobisty", _polish_card),
        ("nr paszportu", lambda rng: f"{letters(rng, 2)}{digits(rng, 7)}"),
    ),
    "nl": (
        ("BSN", _bsn),
        ("burgerservicenummer", _bsn),
        ("paspoortnummer", lambda rng: f"N{letters(rng, 2)}{digits(rng, 2)}{letters(rng, 2)}{digits(rng, 2)}"),
        ("rijksregisternummer", _rijksregister),
        ("paspoort", lambda rng: f"S{letters(rng, 7)}{digits(rng, 1)}"),
    ),
    "de": (
        ("Personalausweis", lambda rng: f"L{digits(rng, 2)}{letters(rng, 1)}{digits(rng, 5)}"),
        ("Reisepassnummer", lambda rng: f"C{digits(rng, 2)}{letters(rng, 2)}{digits(rng, 4)}"),
        (
            "Sozialversicherungsnummer",
            lambda rng: f"{digits(rng, 2)} 1508{digits(rng, 2)} {letters(rng, 1)} {digits(rng, 3)}",
        ),
    ),
    "fr": (
        ("numéro de sécurité sociale", _nir),
        ("sécu", _nir),
        ("passeport n°", lambda rng: f"{digits(rng, 2)}{letters(rng, 2)}{digits(rng, 5)}"),
        ("carte d'identité", lambda rng: digits(rng, 12)),
        ("numéro national", _rijksregister),
    ),
    "en": (
        ("National Insurance number", _nino),
        ("NI number", _nino),
        ("passport number", lambda rng: digits(rng, 9)),
        ("SSN", lambda rng: grouped(rng, digits(rng, 9), (3, 2, 4), "-")),
    ),
}
TAX: dict[str, Sequence[tuple[str, Callable[[Random], str]]]] = {
    "pl": (("NIP", _nip), ("nip", _nip), ("REGON", _regon)),
    "nl": (
        ("btw-nummer", lambda rng: f"NL{digits(rng, 9)}B{digits(rng, 2)}"),
        ("KvK", lambda rng: digits(rng, 8)),
        ("Kamer van Koophandel", lambda rng: digits(rng, 8)),
        ("btw", lambda rng: f"BE0{digits(rng, 9)}"),
    ),
    "de": (
        ("Steuer-ID", _idnr),
        ("Steuernummer", lambda rng: f"{digits(rng, 2)}/{digits(rng, 3)}/{digits(rng, 5)}"),
        ("USt-IdNr.", lambda rng: f"DE{rng.choice(['', ' '])}{digits(rng, 9)}"),
        ("UID", lambda rng: f"ATU{digits(rng, 8)}"),
    ),
    "fr": (("SIRET", _siret), ("SIREN", _siret), ("TVA", _siret)),
    "en": (
        (
            "VAT number",
            lambda rng: f"GB{rng.choice(['', ' '])}{grouped(rng, digits(rng, 9), (3, 4, 2), rng.choice(['', ' ']))}",
        ),
        ("UTR", lambda rng: digits(rng, 10)),
        ("EIN", lambda rng: grouped(rng, digits(rng, 9), (2, 7), "-")),
    ),
}
