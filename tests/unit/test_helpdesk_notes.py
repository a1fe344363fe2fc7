"""The texts that a helpdesk gets: short enough, never empty, and told apart from what others write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.helpdesks.models import Asked, By, Handover, Message, Noted, NotedPassage
from assistant.helpdesks.notes import (
    SUBJECT_CHARS,
    body,
    private_note,
    reference,
    referred_to,
    shortened,
    subject_of,
    told,
    within_bytes,
)
from assistant.tickets.promises import Lane

HANDOVER = Handover("ABCDEFGH", "s", "Treść", "pl", Lane.PRIORITY, "shop-17", 0)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Bramka zwraca 403. Co robić?", "Bramka zwraca 403."),
        ("\n\n  Guten Tag\nder Warenkorb ist leer.", "Guten Tag"),
        ("支払いができません。助けて", "支払いができません。助けて"),
        ("ماذا أفعل؟ شكرا", "ماذا أفعل؟"),
        ("tab\there\u200f\x07bell", "tab here bell"),
        ("", "(none)"),
        (" \n\x00\n ", "(none)"),
    ],
)
def test_a_subject_is_the_first_sentence(text: str, subject: str) -> None:
    assert subject_of(text, otherwise="(none)") == subject


@given(st.text(max_size=600))
def test_a_subject_is_one_short_line_and_never_empty(text: str) -> None:
    subject = subject_of(text, otherwise="(none)")

    assert 0 < len(subject) <= SUBJECT_CHARS
    assert subject.isprintable()
    assert subject == subject.strip()


@given(st.text(min_size=1, max_size=300), st.integers(2, 250))
def test_a_shortened_text_begins_as_the_text(text: str, most: int) -> None:
    short, few = shortened(text, most), within_bytes(text, most + 3)

    assert len(short) <= most
    assert short == text or text.startswith(short.removesuffix("…"))
    assert len(few.encode()) <= most + 3
    assert few == text or text.startswith(few.removesuffix("…"))


@given(st.text(max_size=200))
def test_what_we_write_ends_with_our_reference_whatever_the_customer_wrote(text: str) -> None:
    from_customer = Message("m", "ABCDEFGH", By.CUSTOMER, text, 0, number=3)

    assert referred_to(body(Handover("ABCDEFGH", "s", text, "pl", Lane.STANDARD, "a", 0))) == ("ABCDEFGH", "")
    assert referred_to(told(from_customer)) == ("ABCDEFGH", "3")


@pytest.mark.parametrize(
    "text",
    [
        "Thank you!",
        "",
        f"see {reference('ABCDEFGH')} for more",
        f"Thanks\n> {reference('ABCDEFGH')}",
        f"{reference('ABCDEFGH')}\n\nThat was it",
        "[askfirst:]",
        "[askfirst:abc]",
    ],
)
def test_what_others_write_is_not_taken_for_ours(text: str) -> None:
    assert referred_to(text) is None


def test_a_note_says_what_is_known_and_only_that() -> None:
    bare = private_note(HANDOVER)
    noted = Noted(
        (Asked("wie  lange\ndauert es?", ("Versand", "Rückgabe"), ("Rückgabe",)), Asked("hm", ())),
        "yes, but it was not shown",
        0.834,
        (NotedPassage("Versand", "https://help.example.com/de/versand", "Pakete gehen\nam selben Tag."),),
        "deferred",
        ("4 of the last 5 questions were answered in the docs",),
    )
    full = private_note(
        Handover("ABCDEFGH", "s", "t", "de", Lane.STANDARD, "u", 0, "Jörg", "j@example.com", "18:00", noted=noted)
    )

    assert bare == (
        "From a customer without a name, account shop-17, writes in pl.\nLane: priority.\nStanding: normal.\n\n"
        "[askfirst:ABCDEFGH/note]"
    )
    assert full == (
        "From Jörg <j@example.com>, account u, writes in de.\n"
        "Lane: standard; a reply is promised by 18:00.\n"
        "Standing: deferred (4 of the last 5 questions were answered in the docs).\n\n"
        "Answered in the docs: yes, but it was not shown (confidence 83%).\n\n"
        "Versand – https://help.example.com/de/versand\n> Pakete gehen\n> am selben Tag.\n\n"
        "Before writing, the customer\n- asked: wie lange dauert es?\n    shown: Versand\n"
        "    shown: Rückgabe (opened)\n- asked: hm\n\n"
        "[askfirst:ABCDEFGH/note]"
    )


def test_a_note_that_comes_too_early_says_that_more_follows() -> None:
    early = Handover("ABCDEFGH", "s", "t", "de", Lane.STANDARD, "u", 0, complete=False)

    assert "is not known yet; it follows" in private_note(early)
    assert private_note(early).endswith("[askfirst:ABCDEFGH/note-1]")
