"""Which language a text or a tag stands for."""

from __future__ import annotations

import pytest

from corpus.languages import detect_language, language_confidences, language_name, parse_locale
from corpus.splitting import is_question


@pytest.mark.parametrize(
    ("tag", "locale"), [("pl", "pl"), ("PL", "pl"), ("pt-BR", "pt-BR"), ("pt_br", "pt-BR"), ("zh-hant", "zh-Hant")]
)
def test_a_tag_becomes_its_usual_form(tag: str, locale: str) -> None:
    assert parse_locale(tag) == locale


@pytest.mark.parametrize("tag", ["", "faq", "docs", "xx", "pl-", "pl/..", "en-US-x-private", "дом"])
def test_what_is_no_locale_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="is not a locale such as"):
        parse_locale(tag)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Jak mogę zwrócić zakupiony towar i odzyskać pieniądze?", "pl"),
        ("كيف يمكنني إرجاع المنتج واسترداد أموالي؟", "ar"),
        ("Πώς μπορώ να επιστρέψω το προϊόν;", "el"),
        ("我怎样才能退货并拿回我的钱？", "zh"),
    ],
)
def test_the_language_of_a_text_is_found(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["", "12345 !?", "OK"])
def test_a_text_that_could_be_anything_has_no_language(text: str) -> None:
    assert detect_language(text) is None


def test_a_text_without_letters_is_likely_in_no_language() -> None:
    assert language_confidences("2026-01-01") == []


def test_a_language_is_named_as_its_reader_says_it() -> None:
    assert language_name("de", in_locale="pl") == "niemiecki"


def test_a_language_nobody_knows_is_called_by_its_code() -> None:
    assert language_name("qq", in_locale="pl") == "qq"


@pytest.mark.parametrize(
    ("heading", "language"),
    [
        ("Gdzie jest moja paczka?", "pl"),
        ("Où est mon colis ?", "fr"),
        ("أين طردي؟", "ar"),
        ("Πού είναι το δέμα μου;", "el"),
        ("Πού είναι το δέμα μου\u037e", "el"),
        ("我的包裹在哪里？", "zh"),
        ("**Where is my parcel?** ", "en"),
        ("„Gdzie jest moja paczka?”", "pl"),
        ("« Où est mon colis ? »", "fr"),
    ],
)
def test_a_heading_that_ends_in_its_languages_question_mark_asks(heading: str, language: str) -> None:
    assert is_question(heading, language)


@pytest.mark.parametrize(("heading", "language"), [("Gdzie jest; paczka", "pl"), ("Where; when;", "en"), ("", "en")])
def test_other_headings_do_not_ask(heading: str, language: str) -> None:
    assert not is_question(heading, language)
