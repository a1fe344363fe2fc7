"""Keys: pseudonyms that nobody can guess, episodes that nobody else gets into."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.record.events import Who
from assistant.record.keys import Keys, secret_bytes

KEYS = Keys(secret_bytes("a secret of the tests"))
OTHERS = Keys(secret_bytes("another secret"))
ANN, BEN = Who(visitor="v-ann"), Who(visitor="v-ben")
NOBODY = Who()


def test_a_pseudonym_stays_what_it_was_when_this_was_written() -> None:
    # Worked out with hmac and base64 alone. Another value here would make strangers of all who are in a record.
    assert KEYS.who(visitor="ann-s-browser", account="ann@example.org") == Who(
        visitor="v-3od2opwft6fgzzbc3lhsvlrgf5zvg3oa", account="a-wul3x2bfloiqyxas2mehhwj7etkldu24"
    )


def test_a_pseudonym_says_nothing_of_the_name_and_is_another_under_another_secret() -> None:
    name = "zażółć@example.org"
    pseudonym = KEYS.who(visitor=None, account=name).account

    assert pseudonym is not None
    assert pseudonym.isascii()
    assert "example" not in pseudonym
    assert OTHERS.who(visitor=None, account=name).account != pseudonym


def test_an_account_and_a_visitor_of_the_same_name_are_two() -> None:
    who = KEYS.who(visitor="12345678", account="12345678")

    assert who.visitor is not None
    assert who.account is not None
    assert (who.visitor[:2], who.account[:2]) == ("v-", "a-")
    assert who.visitor[2:] != who.account[2:]


def test_the_account_is_whom_lots_are_drawn_by_and_else_the_visitor() -> None:
    assert KEYS.who(visitor="12345678", account="shop").subject == KEYS.who(visitor="other123", account="shop").subject
    assert KEYS.who(visitor="12345678", account=None).subject == KEYS.who(visitor="12345678", account=None).visitor
    assert KEYS.who(visitor="", account="") == NOBODY
    assert NOBODY.subject is None


def test_keys_for_different_purposes_differ() -> None:
    assert len({KEYS.derive("tokens"), KEYS.derive("visitor"), KEYS.salt("1"), KEYS.salt("2"), KEYS.secret}) == 5


def test_an_episode_that_we_made_is_itself_to_everybody() -> None:
    made = KEYS.new_episode()

    assert [KEYS.episode_of(made, who) for who in (ANN, BEN, NOBODY)] == [made, made, made]
    assert len({KEYS.new_episode() for _ in range(100)}) == 100
    assert OTHERS.episode_of(made, ANN) != made


def test_a_name_means_an_episode_of_one_person_only() -> None:
    named = KEYS.episode_of("basket-7", ANN)

    assert named is not None
    assert KEYS.episode_of("basket-7", ANN) == named
    assert KEYS.episode_of("basket-7", BEN) not in (named, None)
    assert KEYS.episode_of("basket-7", NOBODY) is None
    assert KEYS.episode_of(named, BEN) == named


def test_a_seal_of_nothing_is_no_episode() -> None:
    assert KEYS.episode_of("", NOBODY) is None
    assert KEYS.episode_of(KEYS.new_episode()[-10:], NOBODY) is None


@given(st.text(max_size=64))
def test_whatever_is_given_for_an_episode_is_nobodys_without_a_person(given_id: str) -> None:
    assert KEYS.episode_of(given_id, NOBODY) is None


@given(st.integers(0, 41), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_an_altered_episode_is_not_the_one_that_was_altered(place: int, letter: str) -> None:
    made = KEYS.new_episode()
    altered = made[:place] + letter + made[place + 1 :]

    assert altered == made or KEYS.episode_of(altered, NOBODY) is None


def test_an_episodes_id_fits_its_column() -> None:
    assert len(KEYS.new_episode()) == 42
    assert len(KEYS.episode_of("x" * 64, ANN) or "") == 42


def test_a_mark_of_an_erased_person_says_nothing_of_the_pseudonym() -> None:
    mark = KEYS.erasure_mark("v-ann")

    assert "ann" not in mark
    assert mark == KEYS.erasure_mark("v-ann")
    assert OTHERS.erasure_mark("v-ann") != mark


@given(st.text())
def test_a_secret_of_any_length_is_32_bytes(secret: str) -> None:
    assert len(secret_bytes(secret)) == 32
