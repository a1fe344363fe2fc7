"""Which shelf a page of the help centre stands on, in which group, and what comes before and after it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.help_centre import HelpCentre, arrange
from api.help_shelves import kind_of, readable
from corpus.page import Page
from corpus.passage import Passage
from corpus.splitting import split_page
from tests.fakes import page


def centre(*pages: Page) -> HelpCentre:
    return arrange("g1", {one.id: one for one in pages}, [passage for one in pages for passage in split_page(one)])


def passage(heading: str, *, asks: bool) -> Passage:
    return Passage("p", "p", "P", "en", "/p", (heading,) if heading else (), heading if asks else None, "T", ((0, 1),))


@pytest.mark.parametrize(
    ("folders", "asking", "telling", "kind"),
    [
        (["faq"], 0, 5, "faq"),
        (["docs", "FAQ"], 0, 1, "faq"),
        (["docs"], 2, 1, "faq"),
        (["docs"], 2, 2, "docs"),
        ([], 1, 0, "faq"),
        ([], 0, 0, "docs"),
        (["faqs-of-others"], 0, 1, "docs"),
    ],
)
def test_a_page_is_an_faq_by_its_folder_or_by_most_of_its_headings(
    folders: list[str], asking: int, telling: int, kind: str
) -> None:
    passages = [passage(f"q{n}?", asks=True) for n in range(asking)]
    passages += [passage(f"t{n}", asks=False) for n in range(telling)]

    assert kind_of(folders, passages) == kind


def test_the_parts_of_a_long_section_and_an_introduction_do_not_outvote_questions() -> None:
    passages = [passage("", asks=False)] * 3 + [passage("q1?", asks=True), passage("q2?", asks=True)]
    passages += [passage("long", asks=False)] * 5

    assert kind_of([], passages) == "faq"


def test_pages_stand_in_groups_by_their_folders_those_without_one_first() -> None:
    found = centre(
        page("pl/docs/orders/zwroty", "Zwroty", "A.", locale="pl"),
        page("pl/docs/start", "Start", "B.", locale="pl"),
        page("pl/docs/02-my-shop/hours", "Godziny", "C.", locale="pl"),
        page("pl/faq/kontakt", "Kontakt", "D.", locale="pl"),
    )

    faq, docs = found.shelves["pl"]
    assert (faq.kind, [(group.title, [one.title for one in group.pages]) for group in faq.groups]) == (
        "faq",
        [("", ["Kontakt"])],
    )
    assert [(group.title, [one.title for one in group.pages]) for group in docs.groups] == [
        ("", ["Start"]),
        ("Zamówienia", ["Zwroty"]),
        ("My shop", ["Godziny"]),
    ]


def test_a_folders_own_page_gives_its_title_to_the_group_and_stands_in_it() -> None:
    found = centre(
        page("de/docs/pay", "Bezahlen", "A.", locale="de"),
        page("de/docs/pay/cards", "Karten", "B.", locale="de"),
        page("de/docs/pay/cards/lost", "Verloren", "C.", locale="de"),
    )

    (docs,) = found.shelves["de"]
    assert [(group.title, [one.title for one in group.pages]) for group in docs.groups] == [
        ("Bezahlen", ["Bezahlen"]),
        ("Bezahlen › Karten", ["Karten", "Verloren"]),
    ]


def test_every_anchor_is_there_once() -> None:
    found = centre(*(page(f"en/{folder}/{n}", "T", "A.") for folder in ("a b", "a-b", "faq", "docs") for n in range(2)))

    anchors = [group.anchor for shelf in found.shelves["en"] for group in shelf.groups]
    assert len(set(anchors)) == len(anchors)


def test_pages_follow_one_another_on_their_shelf_only() -> None:
    pages = [page("en/docs/a", "A", "A."), page("en/docs/b/c", "C", "C."), page("en/faq/d", "D", "D.")]
    found = centre(*pages)

    first, second, question = (found.place_of(one) for one in pages)
    assert (first.previous, first.next) == (None, pages[1])
    assert (second.previous, second.next) == (pages[0], None)
    assert (question.previous, question.next) == (None, None)


@given(st.lists(st.sampled_from(["docs", "faq", "orders", "a b", "1-x"]), max_size=4), st.integers(1, 5))
def test_every_page_stands_on_one_shelf_in_one_place(folders: list[str], number: int) -> None:
    pages = [page("/".join(["en", *folders[:depth], f"p{depth}-{number}"]), "T", "A.") for depth in range(5)]
    unique = {one.id: one for one in pages}
    found = centre(*unique.values())

    listed = [one.id for shelf in found.shelves["en"] for one in shelf.pages]
    assert sorted(listed) == sorted(unique)
    walked = [one for one in unique.values() if found.place_of(one).previous is None]
    assert len(walked) == len(found.shelves["en"])


@pytest.mark.parametrize(
    ("folder", "title"),
    [
        ("getting-started", "Getting started"),
        ("01-orders", "Orders"),
        ("2024", "2024"),
        ("ąć_b", "Ąć b"),
        ("支付", "支付"),
    ],
)
def test_a_folders_name_reads_as_a_heading(folder: str, title: str) -> None:
    assert readable(folder) == title
