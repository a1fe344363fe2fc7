"""A letter → the matters that it asks about."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.desk.letters import sentences_of
from assistant.desk.matters import MOST_MATTERS, matters_of
from indexer.lexical import words_of

POLISH = """Dzień dobry,

prowadzę sklep z herbatą od trzech lat. Po pierwsze: gdzie zmienię hasło pracownika?
Po drugie: jak pobrać wszystkie faktury z października?

Z góry dziękuję
Zbigniew Pawlak
tel. 501 223 887"""

DUTCH = """Hallo,
De bestellingen komen niet meer binnen per e-mail. Waar stel ik de mailserver in?
Daarnaast wil ik graag mijn rekening op een ander adres ontvangen.

Met vriendelijke groet,
Ans Terpstra"""

GERMAN = """Sehr geehrte Damen und Herren,
wie lege ich einen Gutschein an? Außerdem lässt sich bei der Anschrift kein anderes Land auswählen.

Mit freundlichen Grüßen
Josef Endres"""

FRENCH = """Bonjour,
Comment puis-je fermer ma boutique pendant deux jours ?
Par ailleurs, je voudrais changer le logo sur les factures.

Cordialement,
Anne"""

QUOTING = """Hi,
How do I print all invoices of a month?

Thanks
Dave

On Mon, 3 Nov 2025 at 10:12, Support wrote:
> Could you please tell us your shop's address?
> Do you use vouchers?"""


def alike(one: str, other: str) -> float:
    """A share of common words: what likeness is, without a model."""
    first, second = set(words_of(one.lower())), set(words_of(other.lower()))
    return len(first & second) / max(1, min(len(first), len(second)))


def apart(one: str, other: str) -> float:
    return 0.0


def together(one: str, other: str) -> float:
    return 1.0


@pytest.mark.parametrize(
    ("letter", "language", "asked"),
    [
        (POLISH, "pl", ["hasło pracownika", "faktury z października"]),
        (DUTCH, "nl", ["mailserver", "rekening op een ander adres"]),
        (GERMAN, "de", ["Gutschein", "kein anderes Land"]),
        (FRENCH, "fr", ["fermer ma boutique", "logo sur les factures"]),
    ],
    ids=["pl", "nl", "de", "fr"],
)
def test_a_letter_that_turns_to_a_second_thing_has_two_matters(letter: str, language: str, asked: list[str]) -> None:
    matters = matters_of(letter, language, likeness=together)

    assert len(matters) == 2
    assert [words in matter.text for words, matter in zip(asked, matters, strict=True)] == [True, True]
    assert not any(words in matter.text for words, matter in zip(asked, reversed(matters), strict=True))


@pytest.mark.parametrize(
    ("letter", "language", "gone"),
    [
        (POLISH, "pl", ["Dzień dobry", "dziękuję", "Pawlak", "501"]),
        (DUTCH, "nl", ["Hallo", "groet", "Terpstra"]),
        (GERMAN, "de", ["Damen", "Grüßen", "Endres"]),
        (QUOTING, "en", ["Thanks", "Dave", "vouchers", "wrote"]),
    ],
    ids=["pl", "nl", "de", "en"],
)
def test_greeting_closing_signature_and_quotes_are_no_matter(letter: str, language: str, gone: list[str]) -> None:
    text = " ".join(matter.text for matter in matters_of(letter, language, likeness=together))

    assert [words for words in gone if words in text] == []


def test_a_question_keeps_what_is_said_before_it() -> None:
    letter = "My shirts come in five sizes. I made each a product of its own. How do I let people choose the size?"

    (matter,) = matters_of(letter, "en", likeness=alike)

    assert matter.text == letter
    assert matter.asking == "How do I let people choose the size?"


def test_two_questions_without_a_word_between_them_are_apart_only_if_they_are_not_alike() -> None:
    letter = "How do I add a second currency to the shop? Can I print a label for the parcel in the warehouse?"

    assert len(matters_of(letter, "en", likeness=apart)) == 2
    assert len(matters_of(letter, "en", likeness=together)) == 1


def test_a_paragraph_that_only_urges_is_left_out() -> None:
    letter = "Where do I change the logo on the invoices?\n\nPlease reply as soon as possible, we are closed tomorrow."

    (matter,) = matters_of(letter, "en", likeness=apart)

    assert matter.text == "Where do I change the logo on the invoices?"


def test_a_letter_that_asks_nothing_is_one_matter() -> None:
    letter = "The page stays white after the update. There is an error 500 in the log."

    (matter,) = matters_of(letter, "en", likeness=apart)

    assert matter.text == letter


def test_a_short_question_after_an_empty_line_keeps_the_paragraph_before() -> None:
    letter = "Customers see all prices with tax, and companies want them without.\n\nCan that be changed?"

    (matter,) = matters_of(letter, "en", likeness=together)

    assert matter.text.startswith("Customers see all prices")


@pytest.mark.parametrize("letter", ["", "   \n ", "Hello,\nthanks!", "Dzień dobry,\ndziękuję"])
def test_a_letter_that_says_nothing_has_no_matter(letter: str) -> None:
    assert matters_of(letter, "pl", likeness=apart) == ()


def test_what_was_taken_out_is_not_searched_for() -> None:
    (matter,) = matters_of("My name is [name], where do I see the order [order]?", "en", likeness=apart)

    assert matter.text == "My name is, where do I see the order?"


def test_lines_that_a_mail_program_broke_are_one_sentence() -> None:
    letter = (
        "Where can I switch on the field for a company's number so that it appears\non the invoice of every customer?"
    )

    (sentence,) = sentences_of(letter, "en")

    assert sentence.span == (0, len(letter))


PIECES = st.sampled_from(
    [
        "How do I change the logo?",
        "Po drugie, gdzie są faktury?",
        "It rains.",
        "Daarnaast werkt de kassa niet.",
        "Bitte schicken Sie ein Angebot.",
        "שלום, איך משנים סיסמה?",
        "パスワードを変更するには？",
        "Thanks!",
        "[name]",
        "\n",
        "\n\n",
        " ",
        "> quoted?",
        "Kind regards,\n",
    ]
)


@given(st.lists(PIECES, max_size=25).map(" ".join), st.sampled_from([alike, apart, together]))
def test_matters_stand_on_the_letter_in_order_and_never_overlap(letter: str, likeness: object) -> None:
    matters = matters_of(letter, "en", likeness=likeness)  # type: ignore[arg-type]

    spans = [span for matter in matters for span in matter.spans]
    assert len(matters) <= MOST_MATTERS
    assert spans == sorted(spans)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))
    assert all(0 <= start < end <= len(letter) for start, end in spans)
    assert all(matter.text and matter.asking for matter in matters)
