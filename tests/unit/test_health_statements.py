"""Two sentences about the same thing: what counts as another number, or as yes and no."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.health.models import Contradiction, Difference
from assistant.health.statements import contradictions, difference_of, statements_of


def differ(one: str, other: str, language: str) -> Difference | None:
    (ours,), (theirs,) = statements_of(one, language), statements_of(other, language)
    return difference_of(ours, theirs)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "You can return goods within 14 days.", "You can return goods within 30 days."),
        ("en", "Money comes back to the card within ten days.", "Money comes back to the card within 14 days."),
        ("pl", "Pieniądze wracają na kartę w ciągu 14 dni.", "Pieniądze wracają na kartę w ciągu dziesięciu dni."),
        ("de", "Die Rückgabe kostet pauschal 4,90 € pro Paket.", "Die Rückgabe kostet pauschal 5,90 Euro pro Paket."),
        ("nl", "Een pakket weegt hier hooguit 20 kg per stuk.", "Een pakket weegt hier hooguit 30 kg per stuk."),
        ("fr", "La commande minimale est de 1 500 € par client.", "La commande minimale est de 1.200 € par client."),
        ("en", "The plan gives a discount of 5 % for orders.", "The plan gives a discount of 7% for orders."),
    ],
)
def test_another_number_of_the_same_unit_is_a_difference(language: str, one: str, other: str) -> None:
    assert differ(one, other, language) is Difference.QUANTITY
    assert differ(other, one, language) is Difference.QUANTITY


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "Gift cards can be paid back in cash.", "Gift cards can not be paid back in cash."),
        ("pl", "Karty podarunkowe można wymienić na gotówkę.", "Kart podarunkowych nie można wymienić na gotówkę."),
        ("de", "Gutscheine werden bar ausgezahlt.", "Gutscheine werden nicht bar ausgezahlt."),
        ("fr", "Les bons sont remboursés en espèces.", "Les bons ne sont pas remboursés en espèces."),
    ],
)
def test_one_that_says_no_contradicts_one_that_says_yes(language: str, one: str, other: str) -> None:
    assert differ(one, other, language) is Difference.NEGATION


def test_yes_and_no_weigh_more_than_the_numbers_in_them() -> None:
    said = "You can return goods within 14 days.", "You cannot return goods within 30 days."
    assert differ(*said, "en") is Difference.NEGATION


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "You can return goods within 14 days.", "You can return goods within fourteen days."),
        ("en", "You can return goods within 14 days.", "You can return goods within 2 weeks."),
        ("en", "An order of 1,500 euros ships free of charge.", "An order of 1 500 € ships free of charge."),
        ("de", "Der Preis beträgt 2,50 € je Stück.", "Der Preis beträgt 2.5 EUR je Stück."),
        ("en", "Parcels leave within 2 days of the order.", "Invoices are kept for 10 years by law."),
        ("en", "You can return goods within 14 or 30 days.", "You can return goods within 30 days."),
        ("pl", "Kwota wraca w ciągu 14 dni roboczych na konto.", "Kwota wraca w ciągu 14 dni na konto."),
    ],
)
def test_the_same_said_otherwise_or_something_else_is_none(language: str, one: str, other: str) -> None:
    assert differ(one, other, language) is None


def test_questions_and_remarks_of_two_words_are_not_compared() -> None:
    assert statements_of("Can I return goods within 30 days? Yes. Not always.", "en") == []


def test_both_sentences_are_named_in_the_order_of_the_pages() -> None:
    ours = statements_of("Shops open early. You can return goods within 14 days.", "en")
    theirs = statements_of("You can return goods within 30 days. Call us.", "en")
    assert contradictions(ours, theirs) == [
        Contradiction(
            "You can return goods within 14 days.", "You can return goods within 30 days.", Difference.QUANTITY
        )
    ]


@given(st.text(max_size=300), st.sampled_from(["en", "pl", "de", "nl", "fr", "ja", "uk"]))
def test_no_text_contradicts_itself(text: str, language: str) -> None:
    statements = statements_of(text, language)
    assert all(difference_of(one, one) is None for one in statements)


@given(st.integers(1, 99_999), st.integers(1, 99_999))
def test_two_amounts_differ_just_where_the_numbers_do(one: int, other: int) -> None:
    ours, theirs = (f"The yearly fee for the shop is {amount:,} euros." for amount in (one, other))
    assert differ(ours, theirs, "en") is (Difference.QUANTITY if one != other else None)
