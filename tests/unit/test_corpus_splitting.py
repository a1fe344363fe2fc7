"""A page's sections → passages."""

from __future__ import annotations

import re

from corpus.page import Block, Page, Section
from corpus.passage import Passage
from corpus.splitting import PASSAGE_CHARS, WINDOW_CHARS, split_page, windows_of

_SENTENCE = "Każde zamówienie pakujemy ręcznie i wysyłamy jeszcze tego samego dnia roboczego. "


def _page(*sections: Section, locale: str = "pl", hosted: bool = True) -> Page:
    return Page(
        id="pl/zwroty",
        title="Zwroty",
        locale=locale,
        url="/help/pl/zwroty" if hosted else "https://sklep.example/zwroty",
        sections=sections,
        hosted=hosted,
    )


def _section(level: int, heading: str, anchor: str, *texts: str) -> Section:
    return Section(
        level, heading, anchor, tuple(Block(text, f"{anchor}-b{n}") for n, text in enumerate(texts, start=1))
    )


def _split(*sections: Section) -> list[Passage]:
    return split_page(_page(*sections))


def test_a_section_is_one_passage_that_knows_the_headings_above_it() -> None:
    [_, passage] = _split(
        _section(2, "Zwroty", "zwroty", "Masz 14 dni."), _section(3, "Koszt", "koszt", "0 zł.", "Nic.")
    )

    assert passage.id == "pl/zwroty#zwroty/koszt"
    assert passage.heading_path == ("Zwroty", "Koszt")
    assert passage.text == "0 zł.\n\nNic."
    assert passage.url == "/help/pl/zwroty#koszt"
    assert passage.question is None
    assert passage.label == "Koszt"


def test_a_heading_is_over_where_one_of_its_level_follows() -> None:
    passages = _split(
        _section(2, "A", "a", "1"), _section(4, "B", "b", "2"), _section(3, "C", "c", "3"), _section(2, "D", "d", "4")
    )

    assert [p.heading_path for p in passages] == [("A",), ("A", "B"), ("A", "C"), ("D",)]


def test_text_before_the_first_heading_is_called_by_the_pages_title() -> None:
    [passage] = _split(_section(0, "", "", "Wstęp."))

    assert (passage.id, passage.url, passage.label) == ("pl/zwroty", "/help/pl/zwroty", "Zwroty")


def test_a_heading_with_headings_under_it_and_no_text_is_in_their_path_only() -> None:
    [passage] = _split(_section(2, "Zwroty", "zwroty"), _section(3, "Koszt", "koszt", "0 zł."))

    assert passage.heading_path == ("Zwroty", "Koszt")


def test_a_heading_with_nothing_under_it_can_be_found_all_the_same() -> None:
    passages = _split(_section(2, "Infolinia: 123", "tel"), _section(2, "Koszt", "koszt", "0 zł."))

    assert [p.text for p in passages] == ["Infolinia: 123", "0 zł."]


def test_a_page_without_text_still_has_its_title() -> None:
    assert [p.text for p in split_page(_page())] == ["Zwroty"]


def test_a_question_takes_in_all_that_stands_under_it() -> None:
    [passage, following] = _split(
        _section(2, "Jak zwrócić?", "jak", "Tak."),
        _section(3, "Kurierem", "kurier", "Zamów."),
        _section(2, "Inne", "inne", "Nic."),
    )

    assert passage.question == passage.label == "Jak zwrócić?"
    assert passage.text == "Tak.\n\nKurierem\n\nZamów."
    assert following.question is None


def test_a_question_under_a_question_is_a_passage_of_its_own() -> None:
    passages = _split(
        _section(2, "Masz pytania?", "pytania"),
        _section(3, "Ile to kosztuje?", "ile", "0 zł."),
        _section(3, "Kiedy?", "kiedy", "Dziś."),
    )

    assert [(p.question, p.text) for p in passages] == [("Ile to kosztuje?", "0 zł."), ("Kiedy?", "Dziś.")]


def test_an_answer_is_never_cut() -> None:
    [passage] = _split(_section(2, "Jak?", "jak", _SENTENCE * 60))

    assert len(passage.text) > 2 * PASSAGE_CHARS


def test_an_answer_that_a_definition_interrupts_is_still_one_passage() -> None:
    [passage] = _split(
        _section(2, "Co znaczą statusy?", "co", "Tyle:"),
        _section(7, "Wysłane", "wyslane", "W drodze."),
        _section(2, "Co znaczą statusy?", "co", "To wszystko."),
    )

    assert passage.text == "Tyle:\n\nWysłane\n\nW drodze.\n\nTo wszystko."


def test_a_long_section_is_cut_between_sentences_and_each_part_links_to_the_block_it_begins_in() -> None:
    section = _section(2, "Wysyłka", "wysylka", _SENTENCE * 15, _SENTENCE * 15, _SENTENCE * 15)

    passages = _split(section)

    assert [p.id.removeprefix("pl/zwroty#") for p in passages] == ["wysylka", "wysylka~2"]
    assert [p.url.partition("#")[2] for p in passages] == ["wysylka", "wysylka-b2"]
    assert all(p.text.startswith("Każde") and p.text.endswith("roboczego.") for p in passages)
    assert all(len(p.text) <= PASSAGE_CHARS for p in passages)
    assert all(p.heading_path == ("Wysyłka",) for p in passages)


def test_parts_of_a_page_that_is_shown_elsewhere_link_to_its_heading() -> None:
    page = _page(_section(2, "Wysyłka", "wysylka", _SENTENCE * 15, _SENTENCE * 15), hosted=False)

    assert {p.url for p in split_page(page)} == {"https://sklep.example/zwroty#wysylka"}


def test_a_sentence_without_an_end_is_cut_between_words() -> None:
    passages = _split(_section(2, "Lista", "lista", "słowo " * 700))

    assert len(passages) == 3
    assert set(" ".join(p.text for p in passages).split()) == {"słowo"}


def test_chinese_without_spaces_is_cut_all_the_same() -> None:
    text = "退货" * 1500

    windows = windows_of(text, "zh")

    assert "".join(text[start:end] for start, end in windows) == text
    assert max(end - start for start, end in windows) == WINDOW_CHARS


def test_windows_end_where_sentences_end() -> None:
    texts = {
        "pl": _SENTENCE * 12,
        "ar": "يمكنك إرجاع المنتج خلال أربعة عشر يومًا من استلام الطلب. هل تريد استرداد أموالك؟ " * 8,
        "el": "Μπορείτε να επιστρέψετε το προϊόν εντός δεκατεσσάρων ημερών. Θέλετε πίσω τα χρήματά σας; " * 8,
        "zh": "您可以在收到订单后的十四天内退货。需要退款吗？" * 30,
    }

    for language, text in texts.items():
        windows = windows_of(text, language)

        assert len(windows) > 1
        assert all(re.search(r"[.?;؟。？]$", text[start:end]) for start, end in windows)


def test_a_no_break_space_before_a_full_stop_is_an_ordinary_space() -> None:
    text = "Klasa A\u00a0. Klasa B\u3000."

    assert windows_of(text, "pl") == ((0, len(text)),)


def test_two_sections_of_one_name_have_ids_of_their_own() -> None:
    passages = _split(_section(2, "Koszt", "koszt", "1"), _section(2, "Koszt", "koszt", "2"))

    assert [p.id for p in passages] == ["pl/zwroty#koszt", "pl/zwroty#koszt~2"]
