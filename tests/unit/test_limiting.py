"""Limits on what one person may ask and send."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits.storage import MemoryStorage, Storage

from api.limiting import Allowance, RateLimits, client_address, network_of

PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


def limits(policy: str = "3/year") -> RateLimits:
    return RateLimits({"tickets": policy}, secret=b"a secret of the tests")


def test_a_limit_is_reached_by_as_many_as_it_allows() -> None:
    counted = limits()

    allowances = [counted.hit("tickets", "subject:a-1") for _ in range(4)]

    assert [one.allowed for one in allowances] == [True, True, True, False]
    assert [one.remaining for one in allowances] == [2, 1, 0, 0]
    assert {one.limit for one in allowances} == {3}
    assert allowances[3].reset_seconds > 0
    assert counted.hit("tickets", "subject:a-2").allowed


def test_the_tightest_of_several_keys_decides() -> None:
    counted = limits()
    counted.hit("tickets", "address:192.0.2.1")
    counted.hit("tickets", "address:192.0.2.1")

    both = counted.hit("tickets", "subject:a-1", "address:192.0.2.1")

    assert (both.allowed, both.remaining) == (True, 0)
    assert not counted.hit("tickets", "subject:a-1", "address:192.0.2.1").allowed
    assert counted.hit("tickets", "subject:a-1", "address:192.0.2.2").remaining == 1


def test_what_is_refused_is_counted_for_nobody() -> None:
    counted = limits()
    for _ in range(3):
        counted.hit("tickets", "address:192.0.2.1")
    for _ in range(20):
        counted.hit("tickets", "subject:a-1", "address:192.0.2.1")

    assert counted.hit("tickets", "subject:a-1").remaining == 2


def test_limits_are_counted_apart() -> None:
    counted = RateLimits({"tickets": "1/year", "questions": "1/year"})

    assert counted.hit("tickets", "a").allowed
    assert counted.hit("questions", "a").allowed
    assert not counted.hit("tickets", "a").allowed


def test_the_addresses_of_one_ipv6_network_are_counted_together() -> None:
    counted = limits("1/year")

    assert counted.hit("tickets", "address:2001:db8:1:2::1").allowed
    assert not counted.hit("tickets", "address:2001:db8:1:2:ffff::9").allowed
    assert counted.hit("tickets", "address:2001:db8:1:3::1").allowed
    assert counted.hit("tickets", "address:192.0.2.1").allowed
    assert counted.hit("tickets", "address:192.0.2.2").allowed
    assert not counted.hit("tickets", "address:::ffff:192.0.2.2").allowed


def test_headers_are_those_of_the_draft_and_a_refusal_says_when_to_come_back() -> None:
    assert Allowance(True, 60, 12, 30, 60, "questions").headers() == {
        "RateLimit-Policy": '"questions";q=60;w=60',
        "RateLimit": '"questions";r=12;t=30',
    }
    assert Allowance(False, 10, 0, 1800, 3600, "tickets").headers() == {
        "RateLimit-Policy": '"tickets";q=10;w=3600',
        "RateLimit": '"tickets";r=0;t=1800',
        "Retry-After": "1800",
    }


def test_the_window_of_a_limit_is_told_in_seconds() -> None:
    allowance = RateLimits({"mails": "5 per 2 hours"}).hit("mails", "a")

    assert (allowance.limit, allowance.window_seconds, allowance.policy) == (5, 7200, "mails")
    assert 0 < allowance.reset_seconds <= 7200


class Remembering(MemoryStorage):
    """A store that remembers the keys it is asked for."""

    STORAGE_SCHEME = ("remembering",)  # type: ignore[assignment]
    keys: set[str] = set()  # noqa: RUF012

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        self.keys.add(key)
        return super().incr(key, expiry, amount)


def test_a_store_is_told_neither_addresses_nor_accounts() -> None:
    RateLimits({"tickets": "9/hour"}, "remembering://", secret=b"s").hit(
        "tickets", "address:192.0.2.77", "subject:żaba"
    )

    assert len(Remembering.keys) == 2
    assert not any("192.0.2" in key or "żaba" in key for key in Remembering.keys)


class Away(MemoryStorage):
    """A store that cannot be reached."""

    STORAGE_SCHEME = ("away",)  # type: ignore[assignment]

    @property
    def base_exceptions(self) -> type[Exception]:
        return ConnectionError

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        raise ConnectionError(f"cannot count {key}")


def test_everything_is_allowed_while_the_store_is_away(capsys: pytest.CaptureFixture[str]) -> None:
    assert issubclass(Away, Storage)
    counted = RateLimits({"tickets": "1/hour"}, "away://")

    allowances = [counted.hit("tickets", "address:192.0.2.77") for _ in range(3)]

    assert allowances == [Allowance(True, 1, 1, 3600, 3600, "tickets")] * 3
    said = capsys.readouterr().out
    assert "limits.unavailable" in said
    assert "192.0.2" not in said


@pytest.mark.parametrize(
    ("policies", "uri", "complaint"),
    [
        ({"tickets": "many"}, "memory://", "'many' is not a limit such as '60/minute'"),
        ({"tickets": ""}, "memory://", "'' is not a limit"),
        ({"tickets": "0/hour"}, "memory://", "'0/hour' would allow nothing"),
        ({'a"b': "1/hour"}, "memory://", "cannot be the name"),
        ({"tickets": "1/hour"}, "nowhere://", "the store for limits cannot be used"),
        ({"tickets": "1/hour"}, "async+memory://", "must not be one of the 'async"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(policies: dict[str, str], uri: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        RateLimits(policies, uri)


def address(peer: str | None, *forwarded: str, proxies: Any = PROXIES) -> str:
    headers = [(b"x-forwarded-for", value.encode("utf-8")) for value in forwarded]
    return client_address({"client": (peer, 4711) if peer is not None else None, "headers": headers}, proxies)


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.1", (), "192.0.2.1"),
        ("192.0.2.1", ("198.51.100.7",), "192.0.2.1"),  # anybody can write that header
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", ("198.51.100.7",), "198.51.100.7"),
        ("10.0.0.1", ("203.0.113.9, 198.51.100.7",), "198.51.100.7"),
        ("10.0.0.1", ("203.0.113.9", "198.51.100.7, 10.0.0.2"), "198.51.100.7"),
        ("10.0.0.1", ("10.0.0.3, 10.0.0.2",), "10.0.0.3"),
        ("10.0.0.1", ("203.0.113.9, junk, 10.0.0.2",), "10.0.0.2"),
        ("10.0.0.1", ("198.51.100.7:52100",), "198.51.100.7"),
        ("10.0.0.1", ('"[2001:db8::7]:52100"',), "2001:db8::7"),
        ("10.0.0.1", ("2001:DB8:0::7",), "2001:db8::7"),
        ("::ffff:10.0.0.1", ("::ffff:198.51.100.7",), "198.51.100.7"),
        ("fd00::1", ("198.51.100.7",), "198.51.100.7"),
        ("10.0.0.1", ("żółw",), "10.0.0.1"),
        (None, ("198.51.100.7",), "198.51.100.7"),
        (None, (), "unknown"),
        ("", ("198.51.100.7",), "198.51.100.7"),
    ],
)
def test_the_client_is_the_last_address_that_is_no_proxy_of_ours(
    peer: str | None, forwarded: tuple[str, ...], expected: str
) -> None:
    assert address(peer, *forwarded) == expected


def test_without_proxies_of_ours_nobody_is_believed() -> None:
    assert address("10.0.0.1", "198.51.100.7", proxies=[]) == "10.0.0.1"
    assert address(None, "198.51.100.7", proxies=[]) == "unknown"


@given(
    st.text(st.characters(codec="utf-8")), st.ip_addresses(v=4).map(str).filter(lambda one: not one.startswith("10."))
)
def test_whatever_a_client_writes_in_front_its_address_is_what_our_proxy_saw(written: str, seen: str) -> None:
    assert address("10.0.0.1", f"{written}, {seen}") == seen


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_a_network_is_the_same_for_each_of_its_addresses(one: Any, other: int) -> None:
    sibling = type(one)((int(one) >> 64 << 64) + other)

    if one.ipv4_mapped is None and sibling.ipv4_mapped is None:
        assert network_of(str(one)) == network_of(str(sibling))
        assert network_of(str(one)).endswith("/64")


def test_what_is_no_address_stays_as_it_is() -> None:
    assert network_of("subject:a-1") == "subject:a-1"
    assert network_of("192.0.2.1") == "192.0.2.1"
