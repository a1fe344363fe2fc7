"""Texts in the code → catalogues: ``python -m api.extracting``, run in the project's folder.

It adds what is new, drops what is no longer used and keeps every translation; nothing is guessed and nothing but the
texts is written, so that two runs give the same bytes.
"""

from __future__ import annotations

import io
import re
import sys
from collections import Counter
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from api.i18n import LANGUAGES, SOURCE_LANGUAGE, catalogue_path

_CODE = Path(__file__).parent
_FOLDERS = (_CODE, _CODE.parent / "assistant" / "desk")
"""Where texts for people are."""
_MAPPING = _CODE.parent / "babel.cfg"
_KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "NP_": (1, 2),
    "pgettext": ((1, "c"), 2),
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\- +]*[0-9.]*[a-zA-Z]")
_HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def extracted() -> Catalog:
    """Return every text that the code and the templates ask for.

    Raises:
        ValueError: if one text is used both with and without a plural.
    """
    with _MAPPING.open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel says nothing of it
    template = Catalog()
    found = [
        one
        for folder in _FOLDERS
        for one in extract_from_dir(folder, methods, options, keywords=_KEYWORDS, comment_tags=("Translators:",))
    ]
    for _, _, msgid, comments, context in found:
        known = template.get(msgid, context)
        if known is not None and isinstance(known.id, str) != isinstance(msgid, str):
            raise ValueError(f"{msgid!r} is used both with and without a plural")
        template.add(msgid, auto_comments=sorted({*(known.auto_comments if known else ()), *comments}), context=context)
    return template


def read_catalogue(language: str) -> Catalog:
    """Return a language's catalogue; an empty one if there is none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(catalogue: Catalog, template: Catalog) -> Catalog:
    """Return the texts of a template with what a catalogue already says for them."""
    made = Catalog(locale=catalogue.locale)
    for message in _messages(template):
        known = catalogue.get(message.id, message.context)
        kept = known.string if known is not None and known.id == message.id else ""
        made.add(message.id, kept, auto_comments=message.auto_comments, context=message.context)
    return made


def written(catalogue: Catalog) -> str:
    """Return a catalogue as it is kept: in the order of its texts, without dates and places."""
    header = _HEADER.format(language=catalogue.locale, plurals=catalogue.plural_forms)
    body = io.BytesIO()
    write_po(body, catalogue, width=100, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    return header + body.getvalue().decode().strip() + "\n"


def problems_of(catalogue: Catalog, template: Catalog) -> list[str]:
    """Return what is wrong with a catalogue: texts that are missing, unused or not translated, and wrong translations.

    English needs no translations; one that is there must be right.
    """
    language = str(catalogue.locale)
    problems = [
        f"{language}: {_shown(message)} is no longer used"
        for message in _messages(catalogue)
        if not _same(template, message)
    ]
    for wanted in _messages(template):
        message = _same(catalogue, wanted)
        if message is None:
            problems.append(f"{language}: {_shown(wanted)} is missing")
        else:
            problems += [
                f"{language}: {_shown(wanted)} {problem}" for problem in _problems_of_message(message, catalogue)
            ]
    return problems


def main() -> None:
    """Bring all catalogues in line with the code and say what is left to translate."""
    template = extracted()
    for language in LANGUAGES:
        catalogue = updated(read_catalogue(language), template)
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(catalogue), "utf-8")
        for problem in problems_of(catalogue, template):
            sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{len(template)} texts in {len(LANGUAGES)} languages written\n")


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _same(catalogue: Catalog, message: Message) -> Message | None:
    found = catalogue.get(message.id, message.context)
    return found if found is not None and found.id == message.id else None


def _problems_of_message(message: Message, catalogue: Catalog) -> list[str]:
    problems = ["is marked as fuzzy"] if message.fuzzy else []
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    if not any(forms):
        return problems if str(catalogue.locale) == SOURCE_LANGUAGE else [*problems, "is not translated"]
    if not all(forms):
        problems.append("lacks a plural form")
    due = catalogue.num_plurals if len(ids) > 1 else 1
    if len(forms) != due:
        problems.append(f"has {len(forms)} plural forms instead of {due}")
    problems += [
        f"has other placeholders in {form!r}"
        for form in forms
        if form and _placeholders(form) != _placeholders(ids[-1])
    ]
    return problems


def _placeholders(text: str) -> Counter[str]:
    return Counter(match.group() for match in _PLACEHOLDER.finditer(text.replace("%%", "")))


def _shown(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return repr(text) if message.context is None else f"{text!r} ({message.context})"


if __name__ == "__main__":
    main()
