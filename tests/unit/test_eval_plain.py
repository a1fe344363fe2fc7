"""The plain recipe, with an encoder that counts words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.page import Block, Page, Section
from eval.peers.plain import CHUNK_CHARS, PlainSearch, chunks_of
from tests.fakes import WordEncoder, page

EVERY = frozenset(("en", "pl", "ar"))


def search(pages: list[Page], cache: Path, *, languages: frozenset[str] = EVERY) -> PlainSearch:
    return PlainSearch(pages, languages, encoder=WordEncoder(), cache=cache)


def filling(word: str, chars: int = CHUNK_CHARS - 10) -> str:
    """A sentence of one word that leaves no room in its chunk for another."""
    return (f"{word} " * chars)[: chars - chars % (len(word) + 1) - 1] + "."


def test_the_best_chunk_decides_and_not_the_mean(tmp_path: Path) -> None:
    far = "\n\n".join([*(filling(word) for word in ("apples", "pears", "plums")), "Money back by card."])
    pages = [page("en/some", "Page", "Money costs, fees and taxes."), page("en/long", "Page", far)]

    assert search(pages, tmp_path).rankings([("money back by card", "en")]) == [["en/long", "en/some"]]


def test_a_page_is_listed_once_and_at_most_k_are(tmp_path: Path) -> None:
    pages = [page("en/twice", "Money", f"{filling('money')}\n\n{filling('money')}")]
    pages += [page(f"en/{number}", "Other", "Costs") for number in range(20)]

    (ranking,) = search(pages, tmp_path).rankings([("money", "en")], k=5)

    assert ranking[0] == "en/twice"
    assert len(set(ranking)) == len(ranking) == 5


def test_only_pages_in_the_questions_language_are_ranked(tmp_path: Path) -> None:
    pages = [
        page("en/paypal", "Paypal", "Paypal"),
        page("pl/paypal", "Paypal", "Paypal", locale="pl"),
        page("pl/zwroty", "Zwroty", "Pieniądze", locale="pl"),
        page("ar/paypal", "Paypal", "استرداد", locale="ar"),
    ]

    rankings = search(pages, tmp_path).rankings([("paypal", "pl"), ("pieniądze", "pl"), ("paypal", "ar"), ("x", "de")])

    assert rankings == [["pl/paypal", "pl/zwroty"], ["pl/zwroty", "pl/paypal"], ["ar/paypal"], []]


def test_languages_in_which_nobody_asks_are_not_embedded(tmp_path: Path) -> None:
    encoder = WordEncoder()

    PlainSearch(
        [page("en/a", "Money", "Costs"), page("pl/a", "Zwroty", "Pieniądze", locale="pl")],
        frozenset({"en"}),
        encoder=encoder,
        cache=tmp_path,
    )

    assert encoder.embedded == ["Money\nCosts"]


def test_a_second_run_embeds_nothing_and_ranks_alike(tmp_path: Path) -> None:
    pages = [page(f"en/{number}", f"Page {number}", f"Text of number{number}") for number in range(30)]
    first = search(pages, tmp_path)
    encoder = WordEncoder()

    second = PlainSearch(pages, EVERY, encoder=encoder, cache=tmp_path)

    assert encoder.embedded == []
    assert second.rankings([("number7", "en")]) == first.rankings([("number7", "en")])


def test_no_pages_give_empty_rankings(tmp_path: Path) -> None:
    assert search([], tmp_path).rankings([("money", "en")]) == [[]]


def test_headings_are_part_of_the_text_and_the_title_stands_in_front() -> None:
    sections = (
        Section(0, "", "", (Block("Before.", "b1"),)),
        Section(2, "By card", "card", (Block("Ten days.", "b2"), Block("Longer abroad.", "b3"))),
    )

    assert chunks_of(replace(page("en/a", "Refunds", ""), sections=sections)) == [
        "Refunds\nBefore.\nBy card\nTen days.\nLonger abroad."
    ]


def test_a_page_that_says_nothing_is_its_title() -> None:
    assert chunks_of(replace(page("en/a", "Refunds", ""), sections=())) == ["Refunds"]


def test_chunks_end_between_sentences() -> None:
    sentences = [f"This is sentence number {number} of a rather long help page." for number in range(60)]

    chunks = chunks_of(page("en/a", "Refunds", " ".join(sentences)))

    assert len(chunks) > 3
    assert all(chunk.endswith("help page.") for chunk in chunks)


texts = st.text(st.sampled_from("aż é\n.!? مرحبا退款。x"), max_size=3000) | st.lists(
    st.sampled_from(["Zażółć gęślą jaźń.", "x" * 900, "مرحبا بكم في المتجر؟", "退款需要十天。", "\n\n", "Word"]),
    max_size=80,
).map(" ".join)


@given(text=texts, locale=st.sampled_from(["en", "pl", "ar", "zh"]))
@settings(deadline=None, max_examples=60)
def test_chunks_have_at_most_700_characters_and_lose_no_text(text: str, locale: str) -> None:
    chunks = chunks_of(page(f"{locale}/a", "Title", text, locale=locale))

    bodies = [chunk.removeprefix("Title\n") for chunk in chunks] if text.split() else []
    assert max((len(body) for body in bodies), default=0) <= CHUNK_CHARS == 700
    assert "".join("".join(bodies).split()) == "".join(text.split())


@pytest.mark.parametrize("count", [1, 257])
def test_progress_ends_with_all_that_was_to_embed(tmp_path: Path, count: int) -> None:
    told: list[tuple[int, int]] = []

    PlainSearch(
        [page(f"en/{number}", "Page", f"number{number}") for number in range(count)],
        EVERY,
        encoder=WordEncoder(),
        cache=tmp_path,
        progress=lambda done, total: told.append((done, total)),
    )

    assert told[-1] == (count, count)
