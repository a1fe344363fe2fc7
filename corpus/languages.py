"""Which language a text, a folder or a request is in."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale, UnknownLocaleError
from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

# Those that shops in and around Europe are asked in, and the widest spoken elsewhere. Their models load once, in about
# 6 s and 0.6 GB; of all 75 languages they would take 0.9 GB, and short questions would be mistaken more often.
DETECTED = (
    *("ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "he", "hr", "hu", "it", "ja", "ko", "lt", "lv"),
    *("nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "tr", "uk", "zh"),
)
_TAG = re.compile(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z]{4})?(?:[-_](?:[a-zA-Z]{2}|[0-9]{3}))?")
_SURE = 0.6
"""Least confidence, 0 to 1, with which a text's language is taken to be known."""


def parse_locale(tag: str) -> str:
    """Return a locale in its BCP 47 form: ``pl``, ``pt-BR``, ``zh-Hant``.

    Raises:
        ValueError: if it is no locale that people use.
    """
    if not _TAG.fullmatch(tag):
        raise ValueError(f"{tag!r} is not a locale such as 'pl' or 'pt-BR'")
    try:
        locale = Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError) as exc:
        raise ValueError(f"{tag!r} is not a locale such as 'pl' or 'pt-BR'") from exc
    language = "nb" if locale.language == "no" else locale.language  # one name for Norwegian's usual form
    return "-".join(part for part in (language, locale.script, locale.territory) if part)


def language_name(locale: str, *, in_locale: str) -> str:
    """Return what a language is called in another: ``język niemiecki`` is ``niemiecki`` for a Polish reader."""
    try:
        name = Locale.parse(locale.replace("-", "_")).get_display_name(in_locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        name = None
    return name or locale


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the language a text is written in, or ``None`` where it is not clear."""
    ranked = language_confidences(text)
    return ranked[0][0] if ranked and ranked[0][1] >= _SURE else None


def language_confidences(text: str) -> list[tuple[str, float]]:
    """Return languages and how likely each is, 0 to 1, likeliest first; empty for a text without letters."""
    values = _detector().compute_language_confidence_values(text)
    return [(_code(value.language.iso_code_639_1), value.value) for value in values if value.value > 0.0]


def _code(iso: IsoCode639_1) -> str:
    code = iso.name.lower()
    return "nb" if code == "nn" else code


@cache
def _detector() -> LanguageDetector:
    codes = [getattr(IsoCode639_1, code.upper()) for code in DETECTED]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()
