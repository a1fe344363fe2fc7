"""What kind of number a run of digits most plausibly is."""

from __future__ import annotations

import re

import phonenumbers
from stdnum import luhn
from stdnum.at import vnr
from stdnum.be import nn
from stdnum.cz import rc
from stdnum.de import idnr
from stdnum.fr import nir, siren, siret
from stdnum.nl import bsn
from stdnum.pl import nip, pesel, regon

from assistant.privacy.models import PersonalData

_COUNTRIES = ("PL", "NL", "DE", "FR", "GB", "BE", "AT", "IT", "ES", "CZ", "US")
_SHORT_PHONE = re.compile(r"\(?0\d{1,4}[ \-/).]+\d[\d \-/.]*")
_CARD_LENGTHS = range(13, 20)
_ACCOUNT_DIGITS = 20
_BY_CHECKSUM = (
    (pesel, PersonalData.NATIONAL_ID),
    (nir, PersonalData.NATIONAL_ID),
    (nn, PersonalData.NATIONAL_ID),
    (idnr, PersonalData.TAX_ID),
    (siret, PersonalData.TAX_ID),
    (nip, PersonalData.TAX_ID),
    (vnr, PersonalData.NATIONAL_ID),
    (rc, PersonalData.NATIONAL_ID),
    (bsn, PersonalData.NATIONAL_ID),
    (regon, PersonalData.TAX_ID),
    (siren, PersonalData.TAX_ID),
)
_STRONG = _BY_CHECKSUM[:5]


def kind_of_digits(digits: str, said: PersonalData | None, *, has_plus: bool) -> PersonalData:
    """Return the kind of a number of nine digits or more.

    Args:
        digits: only the digits, ASCII.
        said: what the words before it say.
        has_plus: whether a plus stands before it.
    """
    if has_plus:
        return PersonalData.PHONE
    if _starts_with_card(digits):
        return PersonalData.CARD
    if said is not None:
        return said
    if len(digits) >= _ACCOUNT_DIGITS:
        return PersonalData.IBAN
    for module, kind in _STRONG:
        if module.is_valid(digits):
            return kind
    if _is_phone(digits):
        return PersonalData.PHONE
    for module, kind in _BY_CHECKSUM:
        if module.is_valid(digits):
            return kind
    return PersonalData.CARD if len(digits) in _CARD_LENGTHS else PersonalData.PHONE


def is_short_phone(text: str, digits: str) -> bool:
    """Tell whether six to eight digits are a phone number: grouped, or valid where numbers have no fixed length."""
    if len(digits) < 7 or not digits.startswith("0"):
        return False
    return bool(_SHORT_PHONE.fullmatch(text)) or _is_phone(digits, ("DE", "AT", "BE"))


def _starts_with_card(digits: str) -> bool:
    return digits[0] in "23456" and any(
        luhn.is_valid(digits[:length])
        for length in _CARD_LENGTHS
        if length == len(digits) or (length in {15, 16} and length < len(digits) < 24)
    )


def _is_phone(digits: str, countries: tuple[str, ...] = _COUNTRIES) -> bool:
    if digits.startswith("00"):
        digits, countries = f"+{digits[2:]}", ("PL",)
    for country in countries:
        try:
            number = phonenumbers.parse(digits, country)
        except phonenumbers.NumberParseException:
            return False
        if phonenumbers.is_valid_number(number):
            return True
    return False
