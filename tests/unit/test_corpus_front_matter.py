"""What a writer says about a page at its head."""

from __future__ import annotations

import datetime

import pytest

from corpus.readers.front_matter import FrontMatter, split_front_matter


def test_everything_a_writer_may_say_is_read() -> None:
    source = """---
title: Zwroty i reklamacje
description: Jak zwrócić towar
locale: pl
url: https://sklep.example/pomoc/zwroty
aliases: [reklamacja, odesłać paczkę]
audience: merchants
updated: 2026-05-31
---
Treść.
"""

    front, body = split_front_matter(source)

    assert front == FrontMatter(
        title="Zwroty i reklamacje",
        description="Jak zwrócić towar",
        locale="pl",
        url="https://sklep.example/pomoc/zwroty",
        aliases=("reklamacja", "odesłać paczkę"),
        audience="merchants",
        updated=datetime.date(2026, 5, 31),
    )
    assert body == "Treść.\n"


def test_a_file_without_front_matter_is_all_body() -> None:
    assert split_front_matter("# Title\n") == (FrontMatter(), "# Title\n")


def test_empty_front_matter_says_nothing() -> None:
    assert split_front_matter("---\n---\nText.") == (FrontMatter(), "Text.")


def test_windows_line_ends_are_understood() -> None:
    front, body = split_front_matter("---\r\ntitle: عنوان\r\n---\r\nنص\r\n")

    assert (front.title, body) == ("عنوان", "نص\r\n")


def test_keys_of_other_tools_are_passed_over() -> None:
    front, _ = split_front_matter("---\ntitle: A\nlayout: wide\ncover: {x: 1}\n---\n")

    assert front == FrontMatter(title="A")


@pytest.mark.parametrize("written", ["2026", "Yes", "no", "1.10", "010", "2026-01-01"])
def test_a_title_is_what_stands_there_even_if_yaml_has_another_word_for_it(written: str) -> None:
    front, _ = split_front_matter(f"---\ntitle: {written}\n---\n")

    assert front.title == written


def test_norwegian_is_a_locale_with_one_name_and_not_a_no() -> None:
    front, _ = split_front_matter("---\nlocale: no\n---\n")

    assert front.locale == "nb"


def test_a_locale_is_brought_to_its_usual_form() -> None:
    front, _ = split_front_matter("---\nlocale: PT_br\n---\n")

    assert front.locale == "pt-BR"


@pytest.mark.parametrize("written", ["2026-05-31T08:30:00Z", "2026-05-31 08:30:00", "'2026-05-31'"])
def test_a_time_of_day_is_left_out_of_the_date(written: str) -> None:
    front, _ = split_front_matter(f"---\nupdated: {written}\n---\n")

    assert front.updated == datetime.date(2026, 5, 31)


def test_an_empty_value_is_as_good_as_none() -> None:
    front, _ = split_front_matter("---\ntitle:\nupdated: ~\n---\n")

    assert front == FrontMatter()


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("title: [a", "not valid YAML in line 3"),
        ("title: a: b", "not valid YAML in line 2"),
        ("- a\n- b", "must be 'key: value' lines"),
        ("aliases: one", "'aliases' is wrong"),
        ("title: [a, b]", "'title' is wrong"),
        ("locale: Polish", "'locale' is wrong: 'Polish' is not a locale such as"),
        ("updated: yesterday", "'updated' is wrong: 'yesterday' is not a date such as 2026-05-31"),
        ("updated: 2026-13-45", "'updated' is wrong: '2026-13-45' is not a date"),
        ("url: javascript:alert(1)", "'url' is wrong: 'javascript:alert(1)' does not start with https://"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_the_line_or_key(front: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r"^the front matter") as problem:
        split_front_matter(f"---\n{front}\n---\nText.")

    assert reason in str(problem.value)


def test_front_matter_that_is_never_closed_is_refused() -> None:
    with pytest.raises(ValueError, match="no closing line '---'"):
        split_front_matter("---\ntitle: A\n\nText.")


def test_a_rule_at_the_head_of_a_page_is_no_front_matter() -> None:
    assert split_front_matter("---\n\nText.")[1] == "---\n\nText."
