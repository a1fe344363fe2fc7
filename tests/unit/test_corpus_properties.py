"""What holds for every page, however it is built."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from pathlib import Path, PurePosixPath

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.page import Page
from corpus.readers.markdown import read_markdown
from corpus.sentences import sentence_spans
from corpus.splitting import PASSAGE_CHARS, WINDOW_CHARS, split_page, windows_of

_FORMS = ("word", "słowo", "كلمة", "λέξη", "词")
_WORD = re.compile(f"(?:{'|'.join(_FORMS)})[0-9]+")
_LANGUAGES = st.sampled_from(["en", "pl", "ar", "el", "zh"])
_FEW = st.integers(1, 5)
_often = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])

Words = Callable[[int], str]
"""Gives so many words that no one has been given yet, in order."""
Part = Callable[[Words], str]
"""Writes one part of a page."""


def _new_words() -> Words:
    numbers = count()

    def words(wanted: int) -> str:
        return " ".join(f"{_FORMS[n % len(_FORMS)]}{n}" for n in (next(numbers) for _ in range(wanted)))

    return words


def _heading(level: int, asks: bool, wanted: int) -> Part:
    return lambda words: f"{'#' * level} {words(wanted)}{'?' if asks else ''}"


def _paragraph(sentences: list[int], mark: str) -> Part:
    return lambda words: " ".join(words(wanted) + mark for wanted in sentences)


def _list(deeper: list[bool], mark: str) -> Part:
    def write(words: Words) -> str:
        depth, items = 0, [f"{mark} {words(2)}"]
        for goes_deeper in deeper:
            depth = depth + 1 if goes_deeper else max(depth - 1, 0)
            items.append(f"{'    ' * depth}{mark} {words(2)}")
        return "\n".join(items)

    return write


def _table(rows: int, columns: int) -> Part:
    def write(words: Words) -> str:
        lines = ["| " + " | ".join(words(1) for _ in range(columns)) + " |" for _ in range(rows + 1)]
        return "\n".join([lines[0], "|" + "---|" * columns, *lines[1:]])

    return write


def _code(lines: int) -> Part:
    return lambda words: "```\n" + "\n".join(f"  {words(3)};" for _ in range(lines)) + "\n```"


def _wrapped(before: str, inner: Part, after: str) -> Part:
    return lambda words: f"{before}\n\n{inner(words)}\n\n{after}"


def _definitions(terms: int, asks: bool) -> Part:
    return lambda words: "\n\n".join(f"{words(2)}{'?' if asks else ''}\n: {words(4)}." for _ in range(terms))


def _accordion(asks: bool, inner: Part) -> Part:
    def write(words: Words) -> str:
        return f"<details><summary>{words(2)}{'?' if asks else ''}</summary>\n\n{inner(words)}\n\n</details>"

    return write


def _html_table(rows: int) -> Part:
    def write(words: Words) -> str:
        cell = "<td><p>{}</p><ul><li>{}</li></ul><table><tr><td>{}</td></tr></table></td>"
        written = "".join(f"<tr>{cell.format(words(1), words(2), words(1))}</tr>" for _ in range(rows))
        return f"<table>{written}</table>"

    return write


_simple = st.one_of(
    st.builds(
        _paragraph, st.lists(st.integers(1, 90), min_size=1, max_size=9), st.sampled_from([".", "!", "。", "؟", ""])
    ),
    st.builds(_list, st.lists(st.booleans(), max_size=7), st.sampled_from(["-", "1."])),
    st.builds(_table, _FEW, _FEW),
    st.builds(_html_table, _FEW),
    st.builds(_code, _FEW),
)
_headings = st.builds(_heading, st.integers(1, 6), st.booleans(), _FEW)
_wrapping = st.one_of(
    st.builds(_wrapped, st.just('{% hint style="info" %}'), _simple, st.just("{% endhint %}")),
    st.builds(_wrapped, st.just('{% tabs %}\n{% tab title="" %}'), _simple, st.just("{% endtab %}\n{% endtabs %}")),
    st.builds(_accordion, st.booleans(), st.one_of(_simple, _headings)),
)
_pages = st.lists(
    st.one_of(_headings, _simple, _wrapping, st.builds(_definitions, _FEW, st.booleans())), min_size=1, max_size=14
)


def _written(parts: list[Part]) -> str:
    words = _new_words()
    return "---\ntitle: Title\n---\n\n" + "\n\n".join(part(words) for part in parts)


def _read(source: str, language: str) -> Page:
    return read_markdown(Path("page.md"), PurePosixPath("page.md"), source, locale=language)


@_often
@given(_pages, _LANGUAGES)
def test_every_word_is_in_a_passage_and_in_the_order_it_was_written(parts: list[Part], language: str) -> None:
    source = _written(parts)

    passages = split_page(_read(source, language))

    read = [word for p in passages for text in (*p.heading_path, p.text) for word in _WORD.findall(text)]
    assert list(dict.fromkeys(read)) == _WORD.findall(source)


@_often
@given(_pages, _LANGUAGES)
def test_no_passage_but_a_question_is_too_long_and_its_link_leads_to_an_id_of_the_page(
    parts: list[Part], language: str
) -> None:
    page = _read(_written(parts), language)

    passages = split_page(page)

    ids = re.findall(r' id="([^"]*)"', page.html)
    assert len(ids) == len(set(ids))
    assert all(fragment in ids for p in passages for fragment in p.url.split("#")[1:])
    assert all(len(p.text) <= PASSAGE_CHARS for p in passages if p.question is None)


@_often
@given(_pages, _LANGUAGES)
def test_windows_are_short_and_in_order_and_cover_the_passage(parts: list[Part], language: str) -> None:
    passages = split_page(_read(_written(parts), language))

    for passage in passages:
        _assert_windows_fit(passage.text, passage.windows)


@_often
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=900), _LANGUAGES)
def test_windows_of_any_text_are_short_and_in_order_and_cover_it(text: str, language: str) -> None:
    _assert_windows_fit(text, windows_of(text, language))


@_often
@given(st.text(st.sampled_from("Ab ż.؟。;\n\u2028\u00a0\r\t😀"), max_size=80), _LANGUAGES)
def test_sentences_of_any_text_leave_out_white_space_only(text: str, language: str) -> None:
    spans = sentence_spans(text, language)

    borders = [0, *(border for span in spans for border in span), len(text)]
    assert borders == sorted(borders)
    assert not "".join(text[a:b] for a, b in zip(borders[::2], borders[1::2], strict=True)).strip()


@_often
@given(_pages, _LANGUAGES)
def test_passage_ids_are_unique_and_do_not_change_when_a_section_is_added(parts: list[Part], language: str) -> None:
    source = _written(parts)

    before = [passage.id for passage in split_page(_read(source, language))]
    after = [passage.id for passage in split_page(_read(f"{source}\n\n# Added\n\nAt the end.", language))]

    assert len(set(after)) == len(after)
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1


@_often
@given(st.text(max_size=300))
def test_any_text_can_be_read_as_a_page(source: str) -> None:
    page = _read("\n" + source, "en")

    assert split_page(page)


def _assert_windows_fit(text: str, windows: tuple[tuple[int, int], ...]) -> None:
    position = 0
    for start, end in windows:
        assert position <= start <= end
        assert not text[position:start].strip()
        assert end - start <= WINDOW_CHARS or not text.strip()
        position = end
    assert not text[position:].strip()
