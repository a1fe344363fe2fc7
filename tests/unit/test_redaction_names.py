"""Names in greetings, introductions and signatures; and words that are no names."""

from __future__ import annotations

import pytest

from assistant.privacy.redaction import Redactor

REDACTOR = Redactor()


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Cześć Anna, mam problem", "Cześć [name], mam problem"),
        ("Szanowny Panie Tomaszu,", "Szanowny Panie [name],"),
        ("Dear Mrs Smith, I have", "Dear Mrs [name], I have"),
        ("hi john, my order", "hi [name], my order"),
        ("Hi Anna and Tom,", "Hi [name] and [name],"),
        ("Hallo Piet, waar", "Hallo [name], waar"),
        ("Geachte heer van der Meer,", "Geachte heer [name],"),
        ("Sehr geehrte Frau Dr. Müller-Lüdenscheidt,", "Sehr geehrte Frau Dr. [name],"),
        ("Bonjour Madame Dupont, je", "Bonjour Madame [name], je"),
        ("Chère Marie-Claire,", "Chère [name],"),
    ],
)
def test_who_is_greeted_is_replaced(text: str, redacted: str) -> None:
    assert REDACTOR.redact(text).text == redacted


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Dzień dobry, tu Jan Kowalski z Łodzi.", "Dzień dobry, tu [name] z Łodzi."),
        ("nazywam się jan kowalski i mam", "nazywam się [name] i mam"),
        ("My name is Siobhán O'Brien.", "My name is [name]."),
        ("This is John McDonald from Leeds", "This is [name] from Leeds"),
        ("mijn naam is kees van den berg", "mijn naam is [name]"),
        ("Ik ben Jan-Willem de Vries en", "Ik ben [name] en"),
        ("Ich heiße J. P. Krüger und", "Ich heiße [name] und"),
        ("Hier ist Svenja Weiß aus Köln", "Hier ist [name] aus Köln"),
        ("je m'appelle Zoé D'Artagnan et", "je m'appelle [name] et"),
    ],
)
def test_who_introduces_himself_is_replaced(text: str, redacted: str) -> None:
    assert REDACTOR.redact(text).text == redacted


@pytest.mark.parametrize(
    "name", ["Jan Kowalski", "jan kowalski", "JAN KOWALSKI", "J. Kowalski", "Łukasz Zając-Nowak", "Ola"]
)
@pytest.mark.parametrize(
    "closing",
    [
        "Pozdrawiam, ",
        "Z poważaniem\n",
        "Pozdrawiam serdecznie\n\n",
        "Best regards,\n",
        "Thanks,\n",
        "Met vriendelijke groet,\r\n",
        "Groetjes ",
        "Mit freundlichen Grüßen\n",
        "MfG ",
        "LG, ",
        "Cordialement,\n",
        "Merci d'avance,\n",
    ],
)
def test_who_signs_is_replaced(closing: str, name: str) -> None:
    text = f"Where is my parcel?\n{closing}"

    assert REDACTOR.redact(text + name).text == f"{text}[name]"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("It fails.\n\n-- \nK. Lis", "It fails.\n\n-- \n[name]"),
        ("It fails.\n\nThorben Holzapfel\ntel. 600 100 200", "It fails.\n\n[name]\ntel. [phone]"),
        ("Regards\nThorben Holzapfel\nHolzapfel Schmuck", "Regards\n[name]\n[name] Schmuck"),
        ("From: Thorben Holzapfel <t@example.com>", "From: [name] <[e-mail]>"),
        ("Imię i nazwisko: Gniewomir Lis", "Imię i nazwisko: [name]"),
    ],
)
def test_a_name_is_found_by_its_place_and_wherever_it_stands_again(text: str, redacted: str) -> None:
    assert REDACTOR.redact(text).text == redacted


@pytest.mark.parametrize(
    "text",
    [
        "Hello, I want to return it",
        "Hello How do I pay?",
        "hello world",
        "HELLO I WANT MY MONEY BACK",
        "Hi support team, hi all",
        "Dear Sir or Madam,",
        "Thanks, but it fails",
        "Thanks\nbut it fails",
        "Thank you PayPal",
        "My name is not shown on the invoice",
        "call me back",
        "Szanowni Państwo, proszę o pomoc",
        "Dzień dobry, Proszę o fakturę",
        "unikam płatnych (drogi płatne, drogi gruntowe)",
        "jestem klientem sklepu",
        "ik ben mijn wachtwoord kwijt",
        "Geachte heer/mevrouw,",
        "Wat gebeurt er met QR-codes?",
        "Hallo Bestellung ist nicht da",
        "Ich bin Kunde bei euch",
        "Sehr geehrte Damen und Herren,",
        "Was ist mit Datenschutz?",
        "Bonjour, Comment payer ?",
        "Merci, c'est urgent",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert REDACTOR.redact(text).text == text


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Order under the name Bethany Hughes, please", "Order under the name [name], please"),
        ("t.n.v. Rutger van der Meer", "t.n.v. [name]"),
        ("auf den Namen Zschäpitz", "auf den Namen [name]"),
        ("zamówienie na nazwisko nguyen", "zamówienie na nazwisko [name]"),
        ("destinataire Ghislaine Diallo-Ndiaye", "destinataire [name]"),
        ("Sent by Verity Quigley", "Sent by [name]"),
        ("my husband Babatunde Foxley, he", "my husband [name], he"),
        ("Buyer: Imke Quast", "Buyer: [name]"),
        ("Aubin Le Floch à l'appareil", "[name] à l'appareil"),
        ("Wei O'Connor here, any news?", "[name] here, any news?"),
        ("M. Benali a appelé", "M. [name] a appelé"),
        ("Mrs bagshaw told me to write", "Mrs [name] told me to write"),
        ("Geachte heer zijlstra, waar", "Geachte heer [name], waar"),
        ("On Mon, duncan hughes wrote:\n> hi", "On Mon, [name] wrote:\n> hi"),
        ("schreef pim zijlstra:\n> hoi", "schreef [name]:\n> hoi"),
        ("De : karim haddad <k@x.fr>", "De : [name] <[e-mail]>"),
    ],
)
def test_who_is_named_otherwise_is_replaced(text: str, redacted: str) -> None:
    assert REDACTOR.redact(text).text == redacted


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("It fails.\n\n-- \nruben\nFietsen B.V.", "It fails.\n\n-- \n[name]\nFietsen B.V."),
        ("It fails.\n___\nImke Quast", "It fails.\n___\n[name]"),
        ("It still fails.\nHalyna Çelik", "It still fails.\n[name]"),
        ("It fails.\n\nTitouan\n\nSent from my iPhone", "It fails.\n\n[name]\n\nSent from my iPhone"),
        ("It fails.\nMit ferundlichen Grüßen,\nJannik", "It fails.\nMit ferundlichen Grüßen,\n[name]"),
        ("It fails.\nBest,\nHayley", "It fails.\nBest,\n[name]"),
        ("It fails. Vr. gr. - Tjitske Postma", "It fails. Vr. gr. - [name]"),
        ("It fails\nTot gauw,\nSamira Vos", "It fails\nTot gauw,\n[name]"),
        ("waar blijft het Gr. GERRIT", "waar blijft het Gr. [name]"),
        ("it fails ~ Anna", "it fails ~ [name]"),
    ],
)
def test_who_signs_in_other_ways_is_replaced(text: str, redacted: str) -> None:
    assert REDACTOR.redact(text).text == redacted


@pytest.mark.parametrize(
    "text",
    [
        "Which is best",
        "Click here.",
        "It fails.\nShipping Preferences",
        "The message is:\nPresta Shop",
        "Ik wil mevrouw gewoon terugbetalen",
        "mit einem Herrn zu schreiben",
        "un monsieur exige tout",
        "au nom de domaine",
        "faktura na dane drugiego konta",
        "size M. Comment faire ?",
        "Paket für Neue Kunden",
    ],
)
def test_what_only_looks_like_a_signature_or_a_title_stays(text: str) -> None:
    assert REDACTOR.redact(text).text == text


def test_many_empty_lines_cost_no_time() -> None:
    text = "\n> " * 3_000

    assert REDACTOR.redact(text).text == text
