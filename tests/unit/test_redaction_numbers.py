"""Addresses and numbers of people, in the ways they are written."""

from __future__ import annotations

import pytest

from assistant.privacy.redaction import Redactor

REDACTOR = Redactor()


@pytest.mark.parametrize(
    "address",
    [
        "jan.kowalski+sklep@poczta.wp.pl",
        "JAN@WP.PL",
        "zażółć@żółw.pl",
        "o'brien@example.co.uk",
        "jan＠wp.pl",
        "jan @ gmail.com",
        "jan@\ngmail.com",
        "jan(at)gmail.com",
        "jan [at] gmail [dot] com",
        "jan małpa wp kropka pl",
        "piet apenstaartje ziggo punt nl",
        "marie arobase orange point fr",
        "hans at web punkt de",
        "jan.kowalski at gmail.com",
        "jan%40wp.pl",
        "j\u200ban@ex\u00adample.com",
        "jan@gmail",
    ],
)
def test_an_address_is_replaced_however_it_is_written(address: str) -> None:
    assert REDACTOR.redact(f"write ({address}) soon").text == "write ([e-mail]) soon"


@pytest.mark.parametrize(
    "text", ["I bought it at amazon.com", "see you @ home", "look at this point now", "5 @ 10 each"]
)
def test_at_and_point_are_words_too(text: str) -> None:
    assert REDACTOR.redact(text).text == text


@pytest.mark.parametrize(
    "number",
    [
        "600 100 200",
        "+48 600-100-200",
        "0048600100200",
        "(22) 622 34 56",
        "06-12345678",
        "+31 (0)6 - 12345678",
        "020 123 45 67",
        "0151 23456789",
        "030/123456",
        "+49 (0)30 / 123-456",
        "06.12.34.56.78",
        "+33 6 12 34 56 78",
        "020 7946 0958",
        "02 511 22 11",
        "0662 8044-12",
        "+39 06 1234 5678",
        "612 345 678",
        "+420 601 123 456",
        "(212) 555-1234",
        "1-800-555-1234",
        "600\u00a0100\u2009200",
        "６００１００２００",
        "٦٠٠ ١٠٠ ٢٠٠",
        "600\u00ad100\u200b200",
        "600 100\n200",
        "6 0 0 1 0 0 2 0 0",
    ],
)
def test_a_phone_number_is_replaced_however_it_is_written(number: str) -> None:
    assert REDACTOR.redact(f"call me: {number}, please").text == "call me: [phone], please"


@pytest.mark.parametrize(
    "text", ["tel. 55 12 34", "mijn nummer is 123456", "Telefon: 12345-6", "555-1234 is my phone number"]
)
def test_a_short_number_is_a_phone_where_words_say_so(text: str) -> None:
    assert "[phone]" in REDACTOR.redact(text).text


@pytest.mark.parametrize(
    "number",
    [
        "PL61 1090 1014 0000 0712 1981 2874",
        "pl61109010140000071219812874",
        "NL91ABNA0417164300",
        "DE89-3704-0044-0532-0130-00",
        "FR1420041010050500013M02606",
        "GB29 NWBK 6016 1331 9268 19",
        "MT84MALT011000012345MTLCAST001S",
        "NL91 ABNA 0417 1643 01",
        "61 1090 1014 0000 0712 1981 2874",
    ],
)
def test_an_account_is_replaced_even_with_a_mistake(number: str) -> None:
    assert REDACTOR.redact(f"konto {number} dziękuję").text == "konto [iban] dziękuję"


@pytest.mark.parametrize(
    "number",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "378282246310005",
        "3056 930902 5904",
        "4111\u20091111\u00a01111 1111",
    ],
)
def test_a_card_is_replaced(number: str) -> None:
    assert REDACTOR.redact(f"I paid with {number}.").text == "I paid with [card]."


def test_the_code_of_a_card_is_replaced() -> None:
    assert REDACTOR.redact("cvc: 123, but error 123").text == "cvc: [card], but error 123"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("PESEL 44051401458", "PESEL [national-id]"),
        ("pesel: 4405140145", "pesel: [national-id]"),
        ("dowód seria ABC nr 123456", "dowód seria [national-id]"),
        ("nr paszportu to AB1234567", "nr paszportu to [national-id]"),
        ("BSN 1112.22.333", "BSN [national-id]"),
        ("paspoortnummer NX2F4K7P8", "paspoortnummer [national-id]"),
        ("Personalausweis L01X00T47", "Personalausweis [national-id]"),
        ("Rentenversicherungsnummer 65 170839 J 003", "Rentenversicherungsnummer [national-id]"),
        ("n° sécu 1 85 05 78 006 084 36", "n° sécu [national-id]"),
        ("born in Corsica: 1 85 05 2A 006 084 36", "born in Corsica: [national-id]"),
        ("NINO qq 12 34 56 c", "NINO [national-id]"),
        ("rijksregister 85.07.30-033.28", "rijksregister [national-id]"),
        ("SVNR 1237 010180", "SVNR [national-id]"),
        ("io sono RSSMRA85T10A562S", "io sono [national-id]"),
        ("mi DNI es 12345678Z", "mi DNI es [national-id]"),
        ("rodné číslo 850101/1234", "rodné číslo [national-id]"),
        ("SSN 078-05-1120", "SSN [national-id]"),
    ],
)
def test_the_id_of_a_person_is_replaced(text: str, redacted: str) -> None:
    assert REDACTOR.redact(text).text == redacted


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("NIP 526-000-12-46", "NIP [tax-id]"),
        ("NIP: 5260001240", "NIP: [tax-id]"),
        ("REGON 012345675", "REGON [tax-id]"),
        ("btw NL001234567B01", "btw [tax-id]"),
        ("KvK 12345678", "KvK [tax-id]"),
        ("Steuer-ID 47 036 892 816", "Steuer-ID [tax-id]"),
        ("USt-IdNr. DE 136 695 976", "USt-IdNr. [tax-id]"),
        ("SIRET 732 829 320 00074", "SIRET [tax-id]"),
        ("FR 40 303 265 045 et ATU13585627", "[tax-id] et [tax-id]"),
        ("UTR 12345 67890", "UTR [tax-id]"),
    ],
)
def test_a_tax_number_is_replaced(text: str, redacted: str) -> None:
    assert REDACTOR.redact(text).text == redacted


@pytest.mark.parametrize(
    "text",
    [
        "seit dem 12.03.2024, 14:30",
        "on 2024-03-12T14:30:00 it failed",
        "PrestaShop 1.7.8.11, 8.1.0 9.0.0 and php 8.2",
        "zapłaciłem 1 234 567,89 zł",
        "€ 1.234.567,89 for 3 items",
        "EAN 5901234123457",
        "error 500 on line 12345",
        "1 2 3 4 5 6 7 8 9 10",
        "2022 2023 2024",
        "550e8400-e29b-41d4-a716-446655440000",
        "192.168.100.200",
        "open 08.00 – 18.00",
        "0.000 000 01 BTC",
        "product 12345678",
    ],
)
def test_numbers_of_nobody_stay(text: str) -> None:
    assert REDACTOR.redact(text).text == text


def test_numbers_on_lines_of_their_own_are_replaced_one_by_one() -> None:
    assert REDACTOR.redact("600100200\n44051401458").text == "[phone]\n[national-id]"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("mijn paspoort nr SWYGFCPL6", "mijn paspoort nr [national-id]"),
        ("paspoort BN6XZX5V4", "paspoort [national-id]"),
        ("Reisepass ckyk7mwzx", "Reisepass [national-id]"),
        ("Perso-Nr. RM5TW51MG", "Perso-Nr. [national-id]"),
        ("Ausweis Nr XLKKMVZZT0", "Ausweis Nr [national-id]"),
        ("it is NW7KL2PD4", "it is [national-id]"),
        ("my code BLACK2024", "my code BLACK2024"),
        ("kamer van koophandel 14 898 015", "kamer van koophandel [tax-id]"),
        ("numer telefonu 06/10.06.95.45", "numer telefonu [phone]"),
    ],
)
def test_papers_with_hardly_a_digit_and_other_spellings(text: str, redacted: str) -> None:
    assert REDACTOR.redact(text).text == redacted
