"""Which questions an adapter was trained on, which a policy was fitted on, and which neither has seen.

By the hash of the matter that a question is about, so that translations and other wordings of it stay together.
"""

from __future__ import annotations

import hashlib
from typing import Literal

from eval.datasets import Asked, Dataset

Part = Literal["train", "tune", "test"]

_USUAL = (0.4, 0.65)
"""Where, from 0 to 1, tuning begins and where testing begins, in sets that the shipped adapter was trained on."""
_UNTRAINED = (0.0, 0.5)
_PARTS = {
    # 74 questions on 19 matters: too few to divide. Nothing is trained or fitted on its questions.
    "prestashop": (0.0, 0.0),
    # 21 pages: none to spare for training.
    "hint3_sofmattress": _UNTRAINED,
    "stackfaq": _USUAL,
    "roboai_faq": _USUAL,
    "banking77_oos": _USUAL,
    "parallel_faq": _USUAL,
    # Weak as a measure, useful for training.
    "clinc150": (1.0, 1.0),
}
_LANGUAGES = frozenset(("cs", "de", "en", "es", "fr", "it", "nl", "pl", "pt"))


def part_of(dataset: Dataset, asked: Asked) -> Part:
    """Return the part that a question belongs to: what its set fixes, else by the hash of its matter.

    Unanswerable questions of public sets are never trained on; what would be training of them is tuning. A set that is
    not known here is divided into halves for tuning and for testing.
    """
    if asked.split:
        return asked.split
    tuning, testing = _PARTS.get(dataset.name, _UNTRAINED)
    place = int(hashlib.sha256(matter_of(dataset, asked).encode("utf-8")).hexdigest()[:8], 16) / 0x100000000
    if asked.id not in dataset.relevance:
        return "tune" if place < testing else "test"
    if place < tuning:
        return "train"
    return "tune" if place < testing else "test"


def matter_of(dataset: Dataset, asked: Asked) -> str:
    """Return what a question is about: the first of the pages that answer it, whatever their language.

    The ids of translations in these sets differ by a part that names the language, or a question has all of them.
    """
    return min(_without_language(page) for page in dataset.relevance.get(asked.id, {asked.id: 0}))


def _without_language(page: str) -> str:
    return "/".join(part for part in page.split("/") if part not in _LANGUAGES)
