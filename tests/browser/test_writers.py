"""The writers' desk in a real Chromium: from what nobody answered to a published page, in Polish on a phone."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, Demonstration
from tests.browser.test_desk import assert_accessible, sign_in_at_desk

pytestmark = pytest.mark.browser
ASKED = (
    "czy wysyłacie kwiaty doniczkowe dronem",
    "dostawa kwiatów doniczkowych dronem",
    "dron z kwiatami, kiedy doleci",
)
PAGE = """# Dostawa kwiatów doniczkowych dronem

Kwiaty doniczkowe wysyłamy dronem w całym kraju. Dron z kwiatami doleci w ciągu dwóch godzin.

## Kiedy doleci dron z kwiatami

Czas dostawy dronem widać w zamówieniu.
"""
GIVE_UP_SECONDS = 60.0


@pytest.fixture
def writer(browser: Browser, demonstration: Demonstration, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Somebody who writes, signed in, in the language and at the width that the test asks for."""
    locale, wide = request.param
    size = {"width": 1280, "height": 860} if wide else PHONE
    context = browser.new_context(
        base_url=demonstration.askfirst, viewport=size, locale=locale, color_scheme="dark" if wide else "light"
    )
    page = context.new_page()
    sign_in_at_desk(page, demonstration)
    yield page
    context.close()


def ask_in_vain(demonstration: Demonstration) -> None:
    """Let five people ask what no page answers."""
    for number in range(5):
        asked = {
            "question": ASKED[number % 3],
            "locale": "pl",
            "intent": "ticket",
            "visitor": uuid.uuid4().hex,
        }
        httpx2.post(f"{demonstration.askfirst}/v1/answers", json=asked, timeout=30.0).raise_for_status()


def wait_for_gap(page: Page) -> None:
    """Open the list again and again until the service has found the gap."""
    give_up_at = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < give_up_at:
        page.goto("/writers/gaps")
        if page.locator(".gaps a", has_text=re.compile("dron")).count():
            return
        page.wait_for_timeout(500)
    pytest.fail(f"no gap was found: {page.locator('main').inner_text()}")


@pytest.mark.parametrize("writer", [("pl-PL", False)], indirect=True, ids=["pl-phone"])
def test_a_gap_becomes_a_page_that_answers(writer: Page, demonstration: Demonstration) -> None:
    ask_in_vain(demonstration)
    wait_for_gap(writer)
    assert_accessible(writer)
    writer.locator(".gaps a", has_text=re.compile("dron")).first.click()
    expect(writer.locator("#asked")).to_be_visible()
    assert_accessible(writer)

    writer.locator("a.first").click()
    writer.locator("#place").fill(f"pl/docs/dron-{uuid.uuid4().hex[:6]}")
    writer.locator("#source").fill(PAGE)
    writer.locator("button[value=try]").click()
    expect(writer.locator("#tried .big")).to_be_visible(timeout=90_000)
    assert_accessible(writer)
    writer.locator("button[value=publish]").click()
    expect(writer.locator(".badge.written")).to_be_visible(timeout=30_000)
    assert_accessible(writer)

    answer = httpx2.post(
        f"{demonstration.askfirst}/v1/answers",
        json={"question": ASKED[1], "locale": "pl", "intent": "browse"},
        timeout=30.0,
    ).json()
    assert answer["answers"][0]["page"]["title"] == "Dostawa kwiatów doniczkowych dronem"


@pytest.mark.parametrize("writer", [("pl-PL", False), ("en-GB", True)], indirect=True, ids=["pl-phone", "en-dark"])
def test_the_writers_desk_is_accessible(writer: Page, demonstration: Demonstration) -> None:
    ask_in_vain(demonstration)
    for path in ("", "/pages", "/pages/pl/faq/contact", "/curation", "/generations", "/episodes"):
        response = writer.goto(f"/writers{path}")
        assert response is not None
        assert response.status == 200
        assert_accessible(writer)
    writer.goto("/writers/episodes")
    writer.locator("main li a, main td a").first.click()
    assert_accessible(writer)
