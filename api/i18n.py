"""What visitors read, in their language, from the gettext catalogues under ``locales``.

Catalogues are kept as text only and compiled in memory when they are first used, so there is no build step. An English
text is its own msgid. ``python -m api.extracting`` brings them in line with the code.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment

LANGUAGES = ("pl", "en", "nl", "de", "fr")
"""Those that there is a catalogue for."""
SOURCE_LANGUAGE = "en"
_HEADER_CHARS = 1000
_FORMATTED_AS = {"en": "en_GB"}
"""Our English is British: the day before the month, and no 6:00 PM."""
_LOCALES = Path(__file__).parent / "locales"
# Among these every language uses each of its plural categories that whole numbers have at all; French and others
# have one for millions.
_COUNTS = (*range(201), 1_000_000)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language; one without a translation is the msgid itself."""

    language: str
    _translations: NullTranslations

    def gettext(self, msgid: str) -> str:
        """Return one text."""
        return self._translations.gettext(msgid) if msgid else ""  # the empty msgid is the catalogue's header

    def ngettext(self, one: str, many: str, n: int) -> str:
        """Return a text in the plural form that ``n`` things take; the number itself is not filled in."""
        return self._translations.ngettext(one, many, n)

    def pgettext(self, context: str, msgid: str) -> str:
        """Return a text that means different things in different places."""
        return self._translations.pgettext(context, msgid)


def texts_for(locale: str) -> Texts:
    """Return the texts of a locale's language, English where there is no catalogue."""
    language = locale.split("-")[0].lower()
    return _texts_in(language if language in LANGUAGES else SOURCE_LANGUAGE)


def catalogue_path(language: str) -> Path:
    """Return where a language's catalogue is."""
    return _LOCALES / language / "LC_MESSAGES" / "askfirst.po"


def direction(locale: str) -> str:
    """Return how a locale is written: ``ltr`` or ``rtl``."""
    return Locale.parse(locale.replace("-", "_")).text_direction


def formatting_locale(locale: str) -> str:
    """Return how Babel calls the locale by whose customs dates and numbers are written."""
    return _FORMATTED_AS.get(locale, locale).replace("-", "_")


def N_(msgid: str) -> str:
    """Mark a text that is translated elsewhere, so that it is extracted; return it as it is."""
    return msgid


def NP_(one: str, many: str) -> tuple[str, str]:
    """Mark a text with a plural that is translated elsewhere."""
    return one, many


def preferences(header: str) -> list[str]:
    """Return the locales of an Accept-Language header, most wanted first (RFC 9110, 12.5.4)."""
    weighted = []
    for number, part in enumerate(header[:_HEADER_CHARS].split(",")):
        tag, *parameters = (piece.strip() for piece in part.split(";"))
        try:
            weight = next((float(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
        except ValueError:
            weight = 0.0
        if tag and weight > 0.0:
            weighted.append((-weight, number, tag))
    return [tag for _, _, tag in sorted(weighted)]


def js_texts(texts: Texts, messages: Mapping[str, str | tuple[str, str]]) -> dict[str, str | dict[str, str]]:
    """Return texts for a script: msgids translated, pairs of (one, many) as one text per plural category.

    The categories are those of CLDR, which ``new Intl.PluralRules(language).select(n)`` returns.
    """
    return {
        key: texts.gettext(message) if isinstance(message, str) else _by_category(texts, *message)
        for key, message in messages.items()
    }


@lru_cache(maxsize=64)
def environment_for(base: Environment, texts: Texts) -> Environment:
    """Return an environment like another in which templates speak one language.

    Templates call ``_``, ``ngettext`` and ``pgettext`` with the values of placeholders as keywords; values are
    escaped, texts are not. A per cent sign in a template's text is written ``%%``.
    """
    environment = base.overlay()
    environment.globals = dict(base.globals)  # an overlay shares its base's otherwise
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # given by the extension
        texts.gettext, texts.ngettext, newstyle=True, pgettext=texts.pgettext
    )
    return environment


@lru_cache(maxsize=len(LANGUAGES))
def _texts_in(language: str) -> Texts:
    with catalogue_path(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Texts(language, GNUTranslations(compiled))


def _by_category(texts: Texts, one: str, many: str) -> dict[str, str]:
    rule = Locale.parse(texts.language).plural_form
    # A category that no whole number has, as the one for Polish fractions, reads like nothing at all: "0 stron".
    forms = dict.fromkeys([*sorted(rule.tags), "other"], texts.ngettext(one, many, 0))
    return forms | {rule(n): texts.ngettext(one, many, n) for n in reversed(_COUNTS)}
