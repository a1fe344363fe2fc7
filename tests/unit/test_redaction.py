"""What redaction promises for every text."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.privacy.redaction import PLACEHOLDER, PersonalData, Redactor, without_placeholders
from eval.canaries import LANGUAGES, ORDER_PATTERN, canaries, leaks, wrongly_replaced

REDACTOR = Redactor(order_pattern=ORDER_PATTERN)
PIECES = (
    "Dear |Jan| Kowalski|\n|, |+48 |600 100 200|@|gmail.com|[name]|[|]|PESEL |4405|Pozdrawiam|\u200b|٦|NL|91|ABNA|（"
    "| at | dot |-|.|IBAN|\r\n|'|van |Zam 1234-55"
)
pieces = st.sampled_from(PIECES.split("|"))
messages = st.one_of(st.text(max_size=200), st.lists(pieces, max_size=25).map("".join))


@given(messages)
@settings(max_examples=400)
def test_what_was_redacted_stays_as_it_is(text: str) -> None:
    once = REDACTOR.redact(text)

    again = REDACTOR.redact(once.text)

    assert again.text == once.text
    assert again.found == ()


@given(messages)
def test_what_stands_around_the_placeholders_is_kept(text: str) -> None:
    redacted = REDACTOR.redact(text).text

    kept = [regex.escape(part) for part in PLACEHOLDER.split(redacted)]
    assert regex.fullmatch("(?s)" + ".*".join(kept), text, timeout=5)


@given(st.text(alphabet=st.characters(categories=["Ll"]), max_size=40).filter(lambda word: word.isascii()))
def test_a_word_in_small_letters_stays(word: str) -> None:
    assert REDACTOR.redact(word).text == word


@given(messages)
def test_every_placeholder_is_named_in_its_order(text: str) -> None:
    bare = PLACEHOLDER.sub("", text)

    redacted = REDACTOR.redact(bare)

    assert [kind.placeholder for kind in redacted.found] == PLACEHOLDER.findall(redacted.text)


@pytest.mark.parametrize("kind", PersonalData)
def test_a_placeholder_somebody_typed_stays(kind: PersonalData) -> None:
    text = f"I saw {kind.placeholder} in my message, what is it?"

    assert REDACTOR.redact(text).text == text


def test_a_placeholder_says_nothing_about_the_number_behind_it() -> None:
    assert REDACTOR.redact("[phone] 123456").text == "[phone] 123456"


def test_several_kinds_in_one_message_are_all_replaced() -> None:
    text = (
        "Dzień dobry, tu Jan Kowalski, PESEL 44051401458, tel. 600 100 200.\nProszę pisać na jan@wp.pl\nPozdrawiam\nJan"
    )

    redacted = REDACTOR.redact(text)

    assert redacted.text == (
        "Dzień dobry, tu [name], PESEL [national-id], tel. [phone].\nProszę pisać na [e-mail]\nPozdrawiam\n[name]"
    )
    assert redacted.found == tuple(map(PersonalData, ("name", "national-id", "phone", "e-mail", "name")))


@pytest.mark.parametrize(
    "text",
    [
        "Ile kosztuje wysyłka do Czech?",
        "How do I change the delivery address of my order?",
        "Hoe wijzig ik mijn wachtwoord?",
        "Wie ändere ich die Lieferadresse meiner Bestellung?",
        "Comment changer l'adresse de livraison ?",
        "أين طلبي رقم ٥؟",
        "איפה ההזמנה שלי?",
        "退款要多久？",
    ],
)
def test_an_ordinary_question_stays(text: str) -> None:
    assert REDACTOR.redact(text).text == text


def test_order_numbers_are_found_by_the_operators_pattern_only() -> None:
    text = "Where is order AB-12/3?"

    assert Redactor().redact(text).text == text
    assert Redactor(order_pattern=r"AB-\d+/\d").redact(text).text == "Where is order [order]?"


@pytest.mark.parametrize(("pattern", "reason"), [("AB-(", "no regular expression"), (r"\d*", "empty text")])
def test_a_pattern_that_cannot_work_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Redactor(order_pattern=pattern)


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Dear [name], my number is [phone].", "Dear, my number is."),
        ("[e-mail]", ""),
        ("two  spaces of mine [note]", "two  spaces of mine [note]"),
    ],
)
def test_placeholders_go_with_the_space_before_them(text: str, bare: str) -> None:
    assert without_placeholders(text) == bare


@pytest.mark.parametrize(
    "piece", ["1", "@", ".", " ", "a@", "1 ", "a.", "Jan ", "Thanks, ", "PL61 ", "+48 ", "%40", "\n", "(", "A1"]
)
def test_a_long_text_of_one_piece_is_redacted(piece: str) -> None:
    text = (piece * 10_000)[:10_000]

    assert REDACTOR.redact(REDACTOR.redact(text).text).found == ()


@pytest.mark.parametrize("seed", [1, 2])
def test_no_canary_comes_through(seed: int) -> None:
    assert [canary for canary in canaries(800, seed) if leaks(canary, REDACTOR.redact(canary.text).text)] == []


def test_canaries_are_the_same_every_time_and_cover_all_kinds_and_languages() -> None:
    planted = list(canaries(80, 7))

    assert planted == list(canaries(80, 7)) != list(canaries(80, 8))
    assert {(canary.language, canary.kind) for canary in planted} == {
        (lang, kind) for lang in LANGUAGES for kind in PersonalData
    }
    assert all(canary.secret in canary.text and leaks(canary, canary.text) for canary in planted)


def test_what_is_lost_of_ordinary_texts_is_counted_in_words() -> None:
    words, losses = wrongly_replaced(["where is my parcel", "mail a@example.com now"], REDACTOR)

    assert words == 7
    assert [(loss.after, loss.words) for loss in losses] == [("mail [e-mail] now", 1)]
