"""What the rules speak of: kinds of personal data, the places where they stand, and the words put there instead."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import regex


class PersonalData(StrEnum):
    """A kind of personal data; its value is what stands in the placeholder."""

    EMAIL = "e-mail"
    PHONE = "phone"
    IBAN = "iban"
    CARD = "card"
    TAX_ID = "tax-id"
    NATIONAL_ID = "national-id"
    ORDER = "order"
    NAME = "name"

    @property
    def placeholder(self) -> str:
        return f"[{self.value}]"


PLACEHOLDER = regex.compile("|".join(regex.escape(kind.placeholder) for kind in PersonalData))
"""One placeholder, the same in every language."""

BARRIER = "\ufdd0"
"""Stands for a placeholder in what the rules read, so that they never cross one. Unicode gives it to nobody."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where personal data of one kind stands."""

    start: int
    end: int
    kind: PersonalData
