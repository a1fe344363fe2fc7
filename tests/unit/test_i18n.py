"""Texts in every language: catalogues that fit the code, plural forms, templates and scripts that speak them."""

from __future__ import annotations

import io

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment

from api.extracting import extracted, problems_of, read_catalogue, updated, written
from api.i18n import LANGUAGES, N_, NP_, catalogue_path, direction, environment_for, js_texts, texts_for

PAGES = ("%(num)s page", "%(num)s pages")


def catalogue(language: str, *messages: tuple[str | tuple[str, str], str | tuple[str, ...]]) -> Catalog:
    made = Catalog(locale=language)
    for msgid, string in messages:
        made.add(msgid, string)
    return made


def template(*msgids: str | tuple[str, str]) -> Catalog:
    return catalogue("en", *((msgid, "") for msgid in msgids))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_code_is_in_the_catalogue_and_translated_and_nothing_else(language: str) -> None:
    assert problems_of(read_catalogue(language), extracted()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_kept_as_extraction_writes_it(language: str) -> None:
    kept = catalogue_path(language).read_text("utf-8")

    assert written(updated(read_catalogue(language), extracted())) == kept


def test_texts_of_modules_and_of_templates_are_extracted() -> None:
    found = extracted()

    assert found.get("Getting started") is not None  # marked in a module
    assert found.get("Search the help pages of %(site)s") is not None  # asked for in a module
    assert found.get("You are here") is not None  # in a template
    assert found.get(PAGES[0]) is not None
    assert found.get(PAGES[0]).id == PAGES  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("wanted", "kept", "problem"),
    [
        (["Hello"], [], "pl: 'Hello' is missing"),
        (["Hello"], [("Hello", "")], "pl: 'Hello' is not translated"),
        ([], [("Hello", "Cześć")], "pl: 'Hello' is no longer used"),
        (
            ["%(n)s of %(m)s"],
            [("%(n)s of %(m)s", "%(n)s z %(k)s")],
            "pl: '%(n)s of %(m)s' has other placeholders in '%(n)s z %(k)s'",
        ),
        (
            [PAGES],
            [(PAGES, ("%(num)s strona", "%(num)s strony"))],
            "pl: '%(num)s page' has 2 plural forms instead of 3",
        ),
        (
            [PAGES],
            [(PAGES, ("%(num)s strona", "%(num)s strony", ""))],
            "pl: '%(num)s page' lacks a plural form",
        ),
        (
            [PAGES],
            [(PAGES, ("jedna strona", "%(num)s strony", "%(num)s stron"))],
            "pl: '%(num)s page' has other placeholders in 'jedna strona'",
        ),
        ([PAGES], [(PAGES[0], "%(num)s strona")], "pl: '%(num)s page' is missing"),
    ],
)
def test_what_is_wrong_with_a_catalogue_is_found(
    wanted: list[str | tuple[str, str]], kept: list[tuple[str | tuple[str, str], str | tuple[str, ...]]], problem: str
) -> None:
    assert problem in problems_of(catalogue("pl", *kept), template(*wanted))


def test_a_translation_that_was_guessed_is_found() -> None:
    made = Catalog(locale="pl")
    made.add("Hello", "Cześć", flags=["fuzzy"])

    assert problems_of(made, template("Hello")) == ["pl: 'Hello' is marked as fuzzy"]


def test_english_needs_no_translation() -> None:
    assert problems_of(catalogue("en", ("Hello", ""), (PAGES, ("", ""))), template("Hello", PAGES)) == []


def test_one_text_in_two_contexts_is_two_texts() -> None:
    wanted = Catalog(locale="en")
    wanted.add("Open", context="a ticket's state")
    wanted.add("Open", context="a button")
    kept = Catalog(locale="pl")
    kept.add("Open", "Otwarte", context="a ticket's state")

    assert problems_of(kept, wanted) == ["pl: 'Open' (a button) is missing"]


def test_updating_keeps_translations_drops_what_is_not_used_and_guesses_nothing() -> None:
    kept = catalogue("pl", ("Hello", "Cześć"), ("Old", "Stare"), ("Hello there", "Cześć wam"))

    made = updated(kept, template("Hello", "Hello then", PAGES))

    assert {message.id: message.string for message in made if message.id} == {
        "Hello": "Cześć",
        "Hello then": "",
        PAGES: ("", ""),
    }


@given(st.dictionaries(st.text('aął %\n"\\', min_size=1), st.text('zażółć\n"\\'), max_size=8))
def test_a_catalogue_that_was_written_is_read_back_and_written_the_same(messages: dict[str, str]) -> None:
    once = written(catalogue("pl", *messages.items()))
    back = read_po(io.BytesIO(once.encode()), locale="pl")

    assert {str(message.id): message.string for message in back if message.id} == messages
    assert written(back) == once
    assert "Date" not in once


@pytest.mark.parametrize(
    ("locale", "n", "says"),
    [
        ("pl", 0, "%(num)s stron"),
        ("pl", 1, "%(num)s strona"),
        ("pl", 22, "%(num)s strony"),
        ("pl", 12, "%(num)s stron"),
        ("en", 0, "%(num)s pages"),
        ("en", 1, "%(num)s page"),
        ("fr", 0, "%(num)s page"),
        ("fr-CA", 2, "%(num)s pages"),
        ("de", 1, "%(num)s Seite"),
        ("nl", 2, "%(num)s pagina’s"),
        ("ar", 2, "%(num)s pages"),
    ],
)
def test_a_number_of_things_is_said_in_the_right_plural(locale: str, n: int, says: str) -> None:
    assert texts_for(locale).ngettext(*PAGES, n) == says


def test_a_language_without_a_catalogue_reads_english() -> None:
    assert texts_for("he").language == "en"
    assert texts_for("he").gettext("You are here") == "You are here"


def test_a_region_reads_its_language() -> None:
    assert texts_for("PL-pl").gettext("You are here") == "Jesteś tutaj"


def test_a_text_that_nobody_has_translated_is_itself_and_nothing_is_nothing() -> None:
    texts = texts_for("pl")

    assert texts.gettext("zebra") == "zebra"
    assert texts.pgettext("animal", "zebra") == "zebra"
    assert texts.gettext("") == ""


def test_marking_a_text_changes_nothing() -> None:
    assert N_("zebra") == "zebra"
    assert NP_("zebra", "zebras") == ("zebra", "zebras")


def test_a_script_gets_texts_by_the_plural_categories_of_its_language() -> None:
    found = js_texts(texts_for("pl"), {"here": "You are here", "pages": PAGES})

    assert found == {
        "here": "Jesteś tutaj",
        "pages": {
            "one": "%(num)s strona",
            "few": "%(num)s strony",
            "many": "%(num)s stron",
            "other": "%(num)s stron",
        },
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_script_says_what_the_catalogue_says_for_every_number(language: str) -> None:
    texts = texts_for(language)
    forms = js_texts(texts, {"pages": PAGES})["pages"]
    rule = Locale.parse(language).plural_form

    assert isinstance(forms, dict)
    assert set(forms) == {*rule.tags, "other"}
    for n in (*range(300), 1_000_000, 1_000_001):
        assert forms[rule(n)] == texts.ngettext(*PAGES, n)


@pytest.mark.parametrize(("locale", "way"), [("ar", "rtl"), ("he-IL", "rtl"), ("pl", "ltr"), ("zh-Hant", "ltr")])
def test_a_locale_is_written_in_its_direction(locale: str, way: str) -> None:
    assert direction(locale) == way


def test_templates_speak_their_language_and_escape_what_is_put_in() -> None:
    source = '{{ _("Last changed: %(date)s", date=when) }} {{ ngettext("%(num)s page", "%(num)s pages", n) }}'
    base = Environment(loader=DictLoader({"a": source}), autoescape=True)
    pl, de = environment_for(base, texts_for("pl")), environment_for(base, texts_for("de"))

    assert pl.get_template("a").render(when="<b>", n=5) == "Ostatnia zmiana: &lt;b&gt; 5 stron"
    assert de.get_template("a").render(when="heute", n=1) == "Zuletzt geändert: heute 1 Seite"
    assert environment_for(base, texts_for("pl-PL")) is pl
    assert "_" not in base.globals
