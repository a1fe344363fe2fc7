"""What is wrong with pages as they are: links, languages, and pages that are near each other."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assistant.health.languages import missing_languages, newer_twins
from assistant.health.links import broken_links
from assistant.health.models import BrokenLink, Difference, PageUse
from assistant.health.pairs import near_pairs
from corpus.page import Page
from indexer.ports import Vectors
from tests.fakes import WordEncoder, page

REFUNDS = page("en/refunds", "Refunds", "Money comes back.")
DAY = datetime.date(2026, 11, 2)


def linking(html: str, *others: Page) -> tuple[BrokenLink, ...]:
    pages = {one.id: one for one in (replace(REFUNDS, html=html), *others)}
    return broken_links(pages).get("en/refunds", ())


def test_a_link_to_a_page_that_is_not_there_is_broken() -> None:
    html = '<p>See <a href="page:en/p%C5%82atno%C5%9Bci#fees">the <b>fees</b></a>.</p>'
    assert linking(html) == (BrokenLink("the fees", "en/płatności#fees", anchor_only=False),)


def test_a_link_to_a_place_that_is_not_there_is_broken() -> None:
    other = replace(page("en/shipping", "Shipping", "Parcels."), html='<h2 id="t&amp;c">T</h2><p id="b1">x</p>')
    html = (
        '<a href="page:en/shipping#t%26c">good</a> <a href="page:en/shipping#gone">bad</a> '
        '<a href="page:en/shipping">whole</a> <a href="#own">own</a> <h2 id="here">h</h2> <a href="#here">here</a>'
    )
    assert linking(html, other) == (
        BrokenLink("bad", "en/shipping#gone", anchor_only=True),
        BrokenLink("own", "#own", anchor_only=True),
    )


def test_an_address_of_the_help_centre_is_checked_and_other_sites_are_not() -> None:
    other = replace(page("en/shipping", "Shipping", "Parcels."), hosted=True, url="/help/en/shipping")
    html = (
        '<a href="/help/en/shipping">good</a> <a href="/help/en/gone">bad</a> <a href="/help/en">all</a> '
        '<a href="https://example.com/help/en/gone">other</a> <a href="mailto:a@example.com">m</a> <a href="/c">c</a>'
    )
    assert linking(html, other) == (BrokenLink("bad", "/help/en/gone", anchor_only=False),)


def test_a_page_is_missing_in_each_language_of_the_help_centre_without_it() -> None:
    pages = [
        *(page(f"{locale}/refunds", "R", "x", locale=locale) for locale in ("en", "pl", "de")),
        *(page(f"{locale}/shipping", "S", "x", locale=locale) for locale in ("en", "de")),
        page("pl/faktury", "F", "x", locale="pl"),
    ]
    assert missing_languages(pages) == {
        "en/shipping": ("pl",),
        "de/shipping": ("pl",),
        "pl/faktury": ("de", "en"),
    }


def test_a_language_with_a_few_pages_only_does_not_miss_the_others() -> None:
    pages = [page(f"en/p{number}", "P", "x") for number in range(11)]
    assert missing_languages([*pages, page("fr/p0", "P", "x", locale="fr")]) == {}


def test_a_page_is_older_than_a_twin_changed_on_a_later_day() -> None:
    pages = [page(f"{locale}/refunds", "R", "x", locale=locale) for locale in ("en", "pl", "de", "fr")]
    changed = {
        "en/refunds": DAY,
        "pl/refunds": DAY - datetime.timedelta(days=3),
        "de/refunds": DAY + datetime.timedelta(days=1),
    }
    assert newer_twins(pages, changed) == {"pl/refunds": ("de/refunds", "en/refunds"), "en/refunds": ("de/refunds",)}


@given(st.dictionaries(st.sampled_from(["en", "pl", "de", "fr"]), st.dates(), min_size=1))
def test_the_page_changed_last_is_older_than_none(days: dict[str, datetime.date]) -> None:
    pages = [page(f"{locale}/refunds", "R", "x", locale=locale) for locale in days]
    newer = newer_twins(pages, {f"{locale}/refunds": day for locale, day in days.items()})
    assert {f"{locale}/refunds" for locale, day in days.items() if day < max(days.values())} == set(newer)


class Words:
    """Vectors of pages by their words, one window a page."""

    def __init__(self, pages: Sequence[Page]) -> None:
        texts = {one.id: " ".join(block.text for section in one.sections for block in section.blocks) for one in pages}
        self._rows = {identity: WordEncoder().embed_passages([text]) for identity, text in texts.items() if text}

    def window_vectors(self, page: str) -> Vectors:
        return self._rows.get(page, np.zeros((0, 4), np.float32))


RETURNS = "You can return goods within 14 days. Send them to our store in Gdynia. We pay the parcel back to your card."


def test_pages_that_say_nearly_the_same_are_a_pair() -> None:
    pages = [
        page("en/a", "A", RETURNS),
        page("en/b", "B", RETURNS + " Thank you."),
        page("en/c", "C", "Invoices arrive by mail every month."),
        page("pl/a", "A", RETURNS, locale="pl"),
    ]
    (found,) = near_pairs(pages, Words(pages))
    assert (found.page, found.other, found.duplicate, found.contradictions) == ("en/a", "en/b", True, ())
    assert 0.95 <= found.similarity < 1.0


def test_near_pages_that_differ_in_a_number_come_first_with_both_sentences() -> None:
    changed = RETURNS.replace("14", "30").replace("We pay", "Later on we always pay")
    pages = [page("en/a", "A", RETURNS), page("en/b", "B", RETURNS), page("en/c", "C", changed)]
    found = near_pairs(pages, Words(pages))
    assert [(one.page, one.other, len(one.contradictions)) for one in found] == [
        ("en/a", "en/c", 1), ("en/b", "en/c", 1), ("en/a", "en/b", 0),
    ]  # fmt: skip
    (seen,) = found[0].contradictions
    assert (seen.ours, seen.theirs, seen.difference) == (
        "You can return goods within 14 days.",
        "You can return goods within 30 days.",
        Difference.QUANTITY,
    )


def test_a_page_without_text_has_no_pair() -> None:
    pages = [page("en/a", "A", RETURNS), replace(page("en/b", "B", "x"), sections=())]
    assert near_pairs(pages, Words(pages)) == []


def test_the_helpful_share_has_an_interval_that_few_votes_leave_wide() -> None:
    found = PageUse(helpful=3, unhelpful=1).found_helpful
    assert (found.numerator, found.denominator, found.share) == (3, 4, 0.75)
    assert found.low < 0.31
    assert found.high > 0.95
    assert PageUse().found_helpful.share is None
