"""Interaction tokens: ours or refused, with a word for programs and a sentence for people."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from api.tokens import Interacted, TokenRefused, Tokens
from tests.record_story import DAY, NOON

KEY = b"a key of the tests"
TOKENS = Tokens(KEY, lifetime_ms=7 * DAY)
SHOWN = Interacted("0c64b1d9e83f4a27", "wul3x2bfloiqyxas2mehhw", "20261103-1f2e3d", 3, NOON)


def test_a_token_says_what_was_shown_and_when() -> None:
    assert TOKENS.read(TOKENS.make(SHOWN), now=NOON) == SHOWN


def test_a_token_can_be_used_to_the_last_millisecond_of_its_lifetime() -> None:
    token = TOKENS.make(SHOWN)

    assert TOKENS.read(token, now=NOON + 7 * DAY) == SHOWN
    with pytest.raises(TokenRefused, match="ask again") as refused:
        TOKENS.read(token, now=NOON + 7 * DAY + 1)
    assert refused.value.reason == "token_expired"


def test_an_expired_token_still_says_what_it_was_for() -> None:
    assert TOKENS.read_expired(TOKENS.make(SHOWN)) == SHOWN


@pytest.mark.parametrize(
    "forged",
    [
        "",
        ".",
        "a token",
        "żółty.token",
        Tokens(b"another key", lifetime_ms=DAY).make(SHOWN),
        URLSafeSerializer(KEY, salt="something else").dumps(["a", "e", "g", 3, NOON]),
        URLSafeSerializer(KEY, salt="askfirst.interaction").dumps(["too", "short"]),
        URLSafeSerializer(KEY, salt="askfirst.interaction").dumps(7),
    ],
)
def test_what_is_not_ours_is_refused_with_a_sentence(forged: str) -> None:
    with pytest.raises(TokenRefused, match="not one that came with an answer") as refused:
        TOKENS.read(forged, now=NOON)

    assert refused.value.reason == "token_forged"


@given(st.data())
def test_a_token_with_any_letter_changed_is_refused_or_says_the_same(data: st.DataObject) -> None:
    token = TOKENS.make(SHOWN)
    place = data.draw(st.integers(0, len(token) - 1))
    altered = token[:place] + data.draw(st.characters(codec="ascii")) + token[place + 1 :]

    # The last letter of a signature has bits that say nothing.
    assert read_or_refused(altered) in (SHOWN, "token_forged")


def read_or_refused(token: str) -> Interacted | str:
    try:
        return TOKENS.read(token, now=NOON)
    except TokenRefused as exc:
        return exc.reason


def test_a_token_tells_the_visitor_nothing_but_numbers_and_ids() -> None:
    body = TOKENS.make(SHOWN).rpartition(".")[0]

    assert base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode() == (
        f'["{SHOWN.answer_id}","{SHOWN.episode}","{SHOWN.generation}",3,{NOON}]'
    )


def test_a_token_fits_into_an_event() -> None:
    assert len(TOKENS.make(Interacted("a" * 32, "e" * 64, "g" * 64, 10, NOON))) < 1000
