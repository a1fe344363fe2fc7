"""What speaks for a passage, in exact numbers over small indexes.

The encoder counts words, so a text of two different words lies at 45° to each of them: their similarity is √½.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.page import Block, Page, Section
from indexer.adapters.faiss_store import FaissFormat
from indexer.adapters.numpy_store import NumpyFormat
from indexer.build import build_generation
from indexer.generations import Generations
from indexer.ports import VectorStoreFormat
from indexer.search import Found, PassageIndex
from tests.fakes import WordEncoder, page

HALF = 0.5**0.5
NEARLY = 1e-3  # the encoder gives every text a little of one more direction
FILLING = "·" * 300  # no words, but so long that two such paragraphs are two windows


def index_of(root: Path, *pages: Page, store: VectorStoreFormat | None = None) -> PassageIndex:
    generations, store = Generations(root), store or NumpyFormat()
    made = build_generation(pages, generations=generations, encoder=WordEncoder(), store=store)
    return PassageIndex.open(generations.folder(made.manifest.id), encoder=WordEncoder(), store=store)


def find(index: PassageIndex, query: str, *languages: str, by_words: bool = True) -> dict[str, Found]:
    """Return what is found by passage id."""
    found = index.search(query, index.embed(query), languages=languages or ("en",), by_words=by_words)
    return {one.passage.id: one for one in found}


def faq(identity: str, title: str, *asked: tuple[str, str]) -> Page:
    sections = tuple(
        Section(2, question, f"q{number}", (Block(answer, f"b{number}"),))
        for number, (question, answer) in enumerate(asked, start=1)
    )
    return replace(page(identity, title, ""), sections=sections)


@pytest.mark.parametrize(
    ("query", "similarity"), [("refunds", 1.0), ("refunds money", HALF), ("money", 0.0), ("REFUNDS", 1.0)]
)
def test_the_label_is_the_similarity_to_the_pages_title(tmp_path: Path, query: str, similarity: float) -> None:
    index = index_of(tmp_path, page("en/refunds", "Refunds", "Money"))

    assert find(index, query)["en/refunds"].label == pytest.approx(similarity, abs=NEARLY)


def test_the_window_is_embedded_under_its_pages_title(tmp_path: Path) -> None:
    index = index_of(tmp_path, page("en/refunds", "Refunds", "Money"))

    assert find(index, "money")["en/refunds"].window == pytest.approx(HALF, abs=NEARLY)
    assert find(index, "money refunds")["en/refunds"].window == pytest.approx(1.0, abs=NEARLY)


def test_a_window_is_embedded_under_the_headings_above_it(tmp_path: Path) -> None:
    sections = (Section(2, "Cards", "cards", (Block("Money", "b1"),)),)
    index = index_of(tmp_path, replace(page("en/refunds", "Refunds", ""), sections=sections))

    assert find(index, "refunds cards money")["en/refunds#cards"].window == pytest.approx(1.0, abs=NEARLY)


def test_a_page_without_aliases_has_an_alias_similarity_of_minus_one(tmp_path: Path) -> None:
    index = index_of(tmp_path, page("en/refunds", "Refunds", "Money"))

    assert find(index, "refunds")["en/refunds"].alias == -1.0


def test_the_alias_is_the_similarity_to_the_nearest_one(tmp_path: Path) -> None:
    index = index_of(
        tmp_path,
        page("en/shipping", "Shipping", "Days", aliases=("delivery", "parcel tracking", "courier")),
        page("en/refunds", "Refunds", "Money"),
    )

    found = find(index, "parcel")

    assert found["en/shipping"].alias == pytest.approx(HALF, abs=NEARLY)
    assert found["en/shipping"].label == pytest.approx(0.0, abs=NEARLY)
    assert found["en/refunds"].alias == -1.0


def test_an_alias_speaks_for_every_passage_of_its_page(tmp_path: Path) -> None:
    asked = replace(faq("en/pay", "Paying", ("By card?", "Yes"), ("In cash?", "No")), aliases=("checkout",))
    index = index_of(tmp_path, asked)

    found = find(index, "checkout")

    assert [found[f"en/pay#q{number}"].alias for number in (1, 2)] == pytest.approx([1.0, 1.0], abs=NEARLY)


def test_the_best_window_is_the_nearest_of_the_passages_windows(tmp_path: Path) -> None:
    index = index_of(tmp_path, page("en/fruit", "Fruit", f"Apples {FILLING}\n\nPears {FILLING}\n\nPlums {FILLING}"))

    best = [find(index, query)["en/fruit"].best_window for query in ("apples", "pears", "plums")]

    assert best == [0, 1, 2]


def test_of_equally_near_windows_the_first_is_the_best(tmp_path: Path) -> None:
    index = index_of(tmp_path, page("en/fruit", "Fruit", f"Plums {FILLING}\n\nPears {FILLING}\n\nPears {FILLING}"))

    assert find(index, "pears")["en/fruit"].best_window == 1


def test_windows_are_counted_from_the_passages_first(tmp_path: Path) -> None:
    index = index_of(
        tmp_path,
        page("en/colours", "Colours", f"Red {FILLING}\n\nGreen {FILLING}\n\nBlue {FILLING}"),
        page("en/fruit", "Fruit", f"Apples {FILLING}\n\nPears {FILLING}"),
    )

    found = find(index, "pears green")

    assert (found["en/colours"].best_window, found["en/fruit"].best_window) == (1, 1)
    assert found["en/fruit"].window == pytest.approx(0.5, abs=NEARLY)


def test_the_page_is_the_mean_of_its_windows_as_a_unit_vector(tmp_path: Path) -> None:
    index = index_of(tmp_path, page("en/fruit", "Fruit", f"Apples {FILLING}\n\nPears {FILLING}"))

    found = find(index, "pears")["en/fruit"]

    # (fruit + apples) and (fruit + pears) have the mean (2 fruit + apples + pears), of length √6.
    assert found.page == pytest.approx(1 / 6**0.5, abs=NEARLY)
    assert find(index, "fruit fruit apples pears")["en/fruit"].page == pytest.approx(1.0, abs=NEARLY)


def test_the_mean_of_a_page_counts_the_windows_of_all_its_passages(tmp_path: Path) -> None:
    sections = tuple(Section(2, name, name.lower(), (Block("·", name),)) for name in ("Apples", "Pears"))
    index = index_of(tmp_path, replace(page("en/fruit", "Fruit", ""), sections=sections), page("en/x", "Apples", "·"))

    found = find(index, "pears")

    assert found["en/fruit#apples"].page == pytest.approx(1 / 6**0.5, abs=NEARLY)
    assert found["en/fruit#apples"].window == pytest.approx(0.0, abs=NEARLY)
    assert found["en/x"].page == pytest.approx(0.0, abs=NEARLY)


def test_the_best_passage_by_words_has_one_and_a_passage_without_them_nothing(tmp_path: Path) -> None:
    index = index_of(
        tmp_path,
        page("en/refunds", "Refunds", "Money comes back"),
        page("en/fees", "Fees", "Money"),
        page("en/shipping", "Shipping", "Parcels leave"),
    )

    words = {identity: one.words for identity, one in find(index, "money back").items()}

    assert words["en/refunds"] == 1.0
    assert 0.0 < words["en/fees"] < 1.0
    assert words["en/shipping"] == 0.0


@pytest.mark.parametrize("query", ["bicycle", "😀", ""])
def test_a_question_whose_words_stand_nowhere_gives_no_passage_any(tmp_path: Path, query: str) -> None:
    index = index_of(tmp_path, page("en/refunds", "Refunds", "Money"), page("en/fees", "Fees", "Costs"))

    assert [one.words for one in find(index, query).values()] == [0.0, 0.0]


def test_words_can_be_left_out_and_nothing_else_changes(tmp_path: Path) -> None:
    index = index_of(tmp_path, page("en/refunds", "Refunds", "Money"), page("en/fees", "Fees", "Costs"))

    with_words, without = find(index, "money"), find(index, "money", by_words=False)

    assert with_words["en/refunds"].words == 1.0
    assert without == {identity: replace(one, words=0.0, coverage=0.0) for identity, one in with_words.items()}


def test_words_are_those_of_the_passages_best_window_by_words(tmp_path: Path) -> None:
    index = index_of(
        tmp_path,
        page("en/fruit", "Fruit", f"Apples {FILLING}\n\nPears {FILLING}"),
        page("en/trees", "Pears", f"Oaks {FILLING}"),
    )

    assert find(index, "apples")["en/fruit"].words == 1.0
    assert find(index, "apples")["en/trees"].words == 0.0


def test_words_are_a_share_of_the_best_in_the_same_language(tmp_path: Path) -> None:
    index = index_of(
        tmp_path,
        page("en/a", "Paypal", "Paypal accounts"),
        page("pl/a", "Paypal", "Długa strona, na której to słowo stoi raz", locale="pl"),
        page("pl/b", "Inne", "Inne", locale="pl"),
    )

    found = find(index, "paypal", "en", "pl")

    assert (found["en/a"].words, found["pl/a"].words, found["pl/b"].words) == (1.0, 1.0, 0.0)


def test_the_coverage_of_a_window_with_each_of_the_questions_words_once_is_two_fifths(tmp_path: Path) -> None:
    index = index_of(tmp_path, page("en/refunds", "Refunds", "Money back"), page("en/fees", "Fees", "High costs"))

    found = find(index, "money back")

    # All windows have three words; so a word that stands there once gets 1 / (1 + k1) of its weight, k1 being 1.5.
    assert found["en/refunds"].coverage == pytest.approx(0.4)
    assert found["en/fees"].coverage == 0.0


def test_the_coverage_of_a_window_that_says_nothing_else_comes_near_to_one(tmp_path: Path) -> None:
    index = index_of(tmp_path, page("en/money", "Money", "Money " * 50), page("en/fees", "Fees", "Costs " * 50))

    # 51 times in a window of average length.
    assert find(index, "money")["en/money"].coverage == pytest.approx(51 / 52.5)


def test_a_word_that_stands_nowhere_lowers_the_coverage_by_its_weight(tmp_path: Path) -> None:
    index = index_of(
        tmp_path,
        page("en/refunds", "Refunds", "Money back"),
        page("en/fees", "Fees", "Money costs"),
        page("en/taxes", "Taxes", "Money money"),
    )

    known, with_bicycle = (find(index, query)["en/refunds"].coverage for query in ("money back", "money bicycle"))

    # Lucene's idf for a word in all of three texts, in one, and in none.
    in_all, in_one, in_none = (math.log(1 + (3 - n + 0.5) / (n + 0.5)) for n in (3, 1, 0))
    assert known == pytest.approx(0.4)
    assert with_bicycle == pytest.approx(0.4 * in_all / (in_all + in_none))
    assert find(index, "money back bicycle")["en/refunds"].coverage == pytest.approx(
        0.4 * (in_all + in_one) / (in_all + in_one + in_none)
    )


def test_coverage_is_that_of_the_question_in_each_language_by_itself(tmp_path: Path) -> None:
    index = index_of(
        tmp_path,
        page("ar/a", "استرداد", "المال يعود", locale="ar"),
        page("pl/a", "Zwroty", "Pieniądze wracają", locale="pl"),
        page("en/a", "Refunds", "Money back"),
    )

    found = find(index, "pieniadze wracaja", "ar", "en", "pl")

    assert [found[f"{language}/a"].coverage for language in ("ar", "en", "pl")] == [0.0, 0.0, pytest.approx(0.4)]


@pytest.mark.parametrize("query", ["bicycle", "😀", ""])
def test_a_question_whose_words_stand_nowhere_covers_nothing(tmp_path: Path, query: str) -> None:
    index = index_of(tmp_path, page("en/refunds", "Refunds", "Money"), page("en/fees", "Fees", "Costs"))

    assert [one.coverage for one in find(index, query).values()] == [0.0, 0.0]


def test_a_question_of_the_page_is_a_label_of_its_passage(tmp_path: Path) -> None:
    index = index_of(tmp_path, faq("en/pay", "Paying", ("Credit card?", "Yes"), ("In cash?", "No")))

    found = find(index, "credit card")

    assert found["en/pay#q1"].label == pytest.approx(1.0, abs=NEARLY)
    assert found["en/pay#q2"].label == pytest.approx(0.0, abs=NEARLY)


def test_the_title_is_a_passages_label_where_it_is_nearer_than_the_question(tmp_path: Path) -> None:
    index = index_of(tmp_path, faq("en/pay", "Paying", ("Credit card?", "Yes")))

    found = find(index, "paying card")["en/pay#q1"]

    assert found.label == pytest.approx(HALF, abs=NEARLY)
    assert find(index, "paying")["en/pay#q1"].label == pytest.approx(1.0, abs=NEARLY)


def test_only_the_languages_asked_for_are_searched(tmp_path: Path) -> None:
    index = index_of(
        tmp_path, page("pl/a", "Paypal", "Paypal", locale="pl"), page("en/a", "Paypal", "Paypal"), page("en/b", "B", "")
    )

    assert set(find(index, "paypal", "pl")) == {"pl/a"}
    assert set(find(index, "paypal", "en")) == {"en/a", "en/b"}
    assert set(find(index, "paypal", "en", "pl")) == {"en/a", "en/b", "pl/a"}


def test_locales_of_one_language_are_searched_together(tmp_path: Path) -> None:
    index = index_of(
        tmp_path,
        page("pt-BR/a", "Boleto", "Boleto", locale="pt-BR"),
        page("en/a", "Paypal", "Paypal"),
        page("pt-PT/a", "Multibanco", "Multibanco", locale="pt-PT"),
    )

    assert index.languages == ("en", "pt")
    assert set(find(index, "boleto", "pt")) == {"pt-BR/a", "pt-PT/a"}


def test_a_language_without_pages_is_passed_over(tmp_path: Path) -> None:
    index = index_of(tmp_path, page("en/refunds", "Refunds", "Money"))

    assert find(index, "money", "sw") == {}
    assert set(find(index, "money", "sw", "en")) == {"en/refunds"}
    assert index.labels("sw") == ()


def test_no_passage_is_found_twice(tmp_path: Path) -> None:
    index = index_of(
        tmp_path, page("en/fruit", "Pears", f"Pears {FILLING}\n\nPears {FILLING}", aliases=("pears", "pear"))
    )

    found = index.search("pears", index.embed("pears"), languages=("en",))

    assert [one.passage.id for one in found] == ["en/fruit"]


def test_a_label_beyond_the_nearest_windows_finds_its_passages(tmp_path: Path) -> None:
    crowd = [page(f"en/{number}", "Crowd", "Zebra") for number in range(101)]
    index = index_of(tmp_path, *crowd, page("en/far", "Horses", "Animals with hooves", aliases=("zebra",)))

    found = find(index, "zebra", by_words=False)

    assert found["en/far"].alias == pytest.approx(1.0, abs=NEARLY)


def test_a_language_with_one_page_is_searched_like_any_other(tmp_path: Path) -> None:
    index = index_of(tmp_path, page("en/a", "Refunds", "Money"), page("ar/a", "استرداد", "المال", locale="ar"))

    found = find(index, "استرداد", "ar")

    assert set(found) == {"ar/a"}
    assert found["ar/a"].label == pytest.approx(1.0, abs=NEARLY)
    assert found["ar/a"].words == 1.0


def test_a_page_without_any_word_is_found_by_its_vector_alone(tmp_path: Path) -> None:
    index = index_of(tmp_path, page("ja/a", "😀", "😀", locale="ja"))

    found = find(index, "返金", "ja")["ja/a"]

    assert (found.words, found.best_window) == (0.0, 0)
    assert found.label == pytest.approx(0.0, abs=0.02)
    assert [label.text for label in index.labels("ja")] == ["😀"]


def test_a_page_that_says_nothing_is_found_by_its_title(tmp_path: Path) -> None:
    index = index_of(tmp_path, replace(page("en/empty", "Refunds", ""), sections=()), page("en/b", "Fees", "Costs"))

    assert find(index, "refunds")["en/empty"].label == pytest.approx(1.0, abs=NEARLY)


def test_labels_are_titles_aliases_and_questions_with_where_they_lead(tmp_path: Path) -> None:
    asked = replace(faq("en/pay", "Paying", ("By card?", "Yes")), aliases=("checkout",))
    index = index_of(tmp_path, page("pl/a", "Opłaty", "Ile", locale="pl"), asked)

    labels = [(label.text, label.shown, label.page_id, label.url) for label in index.labels("en")]

    assert labels == [
        ("Paying", "Paying", "en/pay", "/help/en/pay"),
        ("checkout", "Paying", "en/pay", "/help/en/pay"),
        ("By card?", "By card?", "en/pay", "/help/en/pay#q1"),
    ]
    assert [(label.text, label.row) for label in index.labels("pl")] == [("Opłaty", 3)]


def test_the_nearest_labels_are_those_of_one_language_nearest_first(tmp_path: Path) -> None:
    index = index_of(
        tmp_path,
        page("en/a", "Fees", ""),
        page("en/b", "Refunds", "", aliases=("money back",)),
        page("pl/a", "Money", "", locale="pl"),
    )

    nearest = index.nearest_labels(index.embed("money"), language="en", k=2)

    first = index.labels("en")[0].row
    rows, similarities = zip(*nearest, strict=True)
    assert rows[0] == first + 2
    assert similarities == pytest.approx((HALF, 0.0), abs=NEARLY)


def test_the_nearest_labels_are_not_more_than_the_language_has(tmp_path: Path) -> None:
    index = index_of(tmp_path, page("en/a", "Fees", ""), page("pl/a", "Money", "", locale="pl"))

    nearest = index.nearest_labels(index.embed("money"), language="pl", k=9)

    assert dict(nearest) == {1: pytest.approx(1.0, abs=NEARLY)}


def test_label_similarities_are_given_by_row(tmp_path: Path) -> None:
    index = index_of(tmp_path, page("en/a", "Fees", ""), page("en/b", "Money back", ""), page("en/c", "Money", ""))

    similarities = index.label_similarities(index.embed("money"), [2, 0, 1])

    assert similarities == {
        2: pytest.approx(1.0, abs=NEARLY),
        0: pytest.approx(0.0, abs=NEARLY),
        1: pytest.approx(HALF, abs=NEARLY),
    }
    assert index.label_similarities(index.embed("money"), []) == {}


def help_centre(*, bearing: str, pages: int = 5, languages: tuple[str, ...] = ("en", "pl", "de")) -> list[Page]:
    """Pages of which one in each language bears a word, and the others share no word with another language."""
    return [
        page(
            f"{language}/{number}",
            f"{language}title{number}",
            bearing if number == 0 else f"{language}text{number}",
            locale=language,
        )
        for language in languages
        for number in range(pages)
    ]


@pytest.mark.parametrize("typed", ["Kramik", "kramik", "KRAMIK"])
def test_a_word_common_in_three_languages_is_a_name(tmp_path: Path, typed: str) -> None:
    index = index_of(tmp_path, *help_centre(bearing="Kramik"))

    assert [index.is_name(typed, language) for language in ("en", "pl", "de")] == [True, True, True]
    assert not index.is_name("entext1", "en")


def test_a_word_that_is_rare_in_one_language_is_no_name(tmp_path: Path) -> None:
    more = [page(f"de/more{number}", f"demore{number}", "dezusatz", locale="de") for number in range(3)]

    index = index_of(tmp_path, *help_centre(bearing="Kramik"), *more)

    assert not index.is_name("Kramik", "en")


def test_a_word_that_one_language_lacks_is_no_name(tmp_path: Path) -> None:
    index = index_of(tmp_path, *help_centre(bearing="Kramik"), page("uk/a", "Оплата", "Картка", locale="uk"))

    assert not index.is_name("Kramik", "en")


def test_two_languages_are_too_few_to_tell_names(tmp_path: Path) -> None:
    index = index_of(tmp_path, *help_centre(bearing="Kramik", languages=("en", "pl")))

    assert not index.is_name("Kramik", "en")


@pytest.mark.parametrize(("word", "is_one"), [("api", False), ("blik", True), ("2024", False), ("web24", False)])
def test_a_name_has_four_letters_and_nothing_but_letters(tmp_path: Path, word: str, is_one: bool) -> None:
    index = index_of(tmp_path, *help_centre(bearing=word))

    assert index.is_name(word, "en") is is_one


@pytest.mark.parametrize("name", ["Shopify", "Lego", "Etsy"])
def test_a_name_that_stemmers_change_is_a_name_all_the_same(tmp_path: Path, name: str) -> None:
    index = index_of(tmp_path, *help_centre(bearing=name))

    assert index.is_name(name, "en")


@pytest.mark.parametrize("query", ["pears", "refunds money", "zwroty pieniędzy", "استرداد", "😀", "plums card"])
def test_faiss_and_numpy_find_the_same(tmp_path: Path, query: str) -> None:
    pages = [
        page("en/fruit", "Fruit", f"Apples {FILLING}\n\nPears {FILLING}\n\nPlums {FILLING}", aliases=("plum",)),
        faq("en/pay", "Paying", ("Credit card?", "Yes"), ("Money in cash?", "No")),
        page("pl/zwroty", "Zwroty", "Pieniądze wracają", locale="pl"),
        page("ar/a", "استرداد", "المال", locale="ar"),
        page("ja/a", "😀", "😀", locale="ja"),
    ]
    languages = ("ar", "en", "ja", "pl")

    numpy = find(index_of(tmp_path / "numpy", *pages, store=NumpyFormat()), query, *languages)
    faiss = find(index_of(tmp_path / "faiss", *pages, store=FaissFormat()), query, *languages)

    def figures(found: dict[str, Found]) -> list[float]:
        signals = ("label", "alias", "window", "page", "words", "coverage")
        return [getattr(one, signal) for one in found.values() for signal in signals]

    assert {i: (one.passage, one.best_window) for i, one in numpy.items()} == {
        i: (one.passage, one.best_window) for i, one in faiss.items()
    }
    np.testing.assert_allclose(figures(numpy), figures(faiss), atol=1e-6)
