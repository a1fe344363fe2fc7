"""Requests that a browser was made to send by another site."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.same_origin import refuse_reason

OWN = "https://help.shop.example"
SHOP = "https://shop.example"


def refused(method: str = "POST", own: str = OWN, **headers: str) -> bool:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return (
        refuse_reason(names, method=method, own_origin=own, allowed_origins=[SHOP, "http://localhost:8000"]) is not None
    )


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "get"])
def test_what_changes_nothing_is_always_allowed(method: str) -> None:
    assert not refused(method, sec_fetch_site="cross-site", origin="https://evil.example")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "MERGE"])
@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "something-new"])
def test_what_another_site_sends_is_refused(method: str, site: str) -> None:
    assert refused(method, sec_fetch_site=site)
    assert refused(method, sec_fetch_site=site, origin="https://evil.example")
    assert refused(method, sec_fetch_site=site, origin=OWN)


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_what_our_own_pages_and_the_person_at_the_browser_send_is_allowed(site: str) -> None:
    assert not refused(sec_fetch_site=site)
    assert not refused(sec_fetch_site=site, origin=OWN)
    assert not refused(sec_fetch_site=site, origin="null")  # as a form under "no-referrer" has it


def test_pages_of_origins_on_the_list_may_send() -> None:
    assert not refused(sec_fetch_site="same-site", origin=SHOP)
    assert not refused(sec_fetch_site="cross-site", origin="http://localhost:8000")
    assert not refused(origin=SHOP)
    assert refused(sec_fetch_site="cross-site", origin="http://shop.example")
    assert refused(sec_fetch_site="cross-site", origin="https://shop.example:8443")
    assert refused(sec_fetch_site="cross-site", origin="https://shop.example.evil.example")
    assert refused(sec_fetch_site="cross-site", origin="https://evil.example/https://shop.example")


@pytest.mark.parametrize(
    ("origin", "own", "expected"),
    [
        (OWN, OWN, False),
        ("https://HELP.shop.example:443", OWN, False),
        ("http://[::1]:8000", "http://[::1]:8000", False),
        ("http://help.shop.example", "http://help.shop.example:80", False),
        ("http://help.shop.example", OWN, True),
        ("https://help.shop.example:8443", OWN, True),
        ("https://evil.example", OWN, True),
        ("https://help.shop.example@evil.example", OWN, True),
        ("null", OWN, True),
        ("null", "null", True),
        ("", OWN, True),
        ("", "", True),
        ("file://", OWN, True),
        ("https://[", OWN, True),
        ("https://help.shop.example:port", OWN, True),
        ("https://żółw.example", OWN, True),
    ],
)
def test_an_older_browsers_origin_has_to_be_ours(origin: str, own: str, expected: bool) -> None:
    assert refused(origin=origin, own=own) is expected


def test_what_comes_from_no_browser_is_allowed() -> None:
    assert not refused()


def test_the_reason_is_a_sentence() -> None:
    reason = refuse_reason({"origin": "null"}, method="POST", own_origin=OWN, allowed_origins=())

    assert reason == "a page without an origin of its own sent this"


@given(st.text(), st.none() | st.text())
def test_whatever_the_headers_hold_nothing_breaks_and_no_other_origin_passes(origin: str, site: str | None) -> None:
    headers = {"origin": f"x{origin}"} | ({} if site is None else {"sec_fetch_site": f"x{site}"})

    assert refused(**headers)
