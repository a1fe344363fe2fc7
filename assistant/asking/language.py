"""In which languages to look, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.errors import QuestionUnusable
from corpus.languages import language_confidences, parse_locale

# Below these a guess from a word or two would overrule the page the visitor is on.
_CLEARLY = 0.75
_HARDLY = 0.1
_LEAST_LETTERS = 8


@dataclass(frozen=True, slots=True)
class Languages:
    """``spoken`` is the question's language; ``tiers`` are searched one after another until one answers."""

    spoken: str
    locale: str
    tiers: tuple[tuple[str, ...], ...]


def plan_languages(text: str, *, locale: str | None, available: Sequence[str]) -> Languages:
    """Decide which language a question is in and where its answer is looked for.

    The visitor's own language comes first: that of the page they are on, unless what they typed is clearly in
    another. All other languages follow together, for an answer in a foreign language is better than none.
    """
    preferred = locale.split("-")[0] if locale else None
    spoken = _spoken(text, preferred, available)
    first = [language for language in dict.fromkeys((spoken, preferred)) if language in available]
    rest = tuple(language for language in available if language not in first)
    tiers = (*((language,) for language in first if language), *((rest,) if rest else ()))
    return Languages(spoken=spoken, locale=locale if locale and preferred == spoken else spoken, tiers=tiers)


def known_locale(locale: str | None) -> str | None:
    """Return a locale as visitors' browsers and shops write it in its BCP 47 form.

    Raises:
        QuestionUnusable: if it is none.
    """
    if not locale:
        return None
    try:
        return parse_locale(locale)
    except ValueError as exc:
        raise QuestionUnusable(str(exc)) from exc


def _spoken(text: str, preferred: str | None, available: Sequence[str]) -> str:
    fallback = preferred or ("en" if "en" in available or not available else available[0])
    if sum(character.isalpha() for character in text) < _LEAST_LETTERS:
        return fallback
    ranked = language_confidences(text[:1000])
    if not ranked:
        return fallback
    language, confidence = ranked[0]
    if preferred is None:
        return language
    if confidence >= _CLEARLY and dict(ranked).get(preferred, 0.0) <= _HARDLY:
        return language
    return preferred
