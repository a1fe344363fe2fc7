"""Every page and state: nothing that axe finds, nothing that sticks out at 320 pixels, nothing from elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.conftest import Demonstration
from tests.browser.test_support_page import ASKED, SEND, UNHEARD_OF, ask, sign_in

pytestmark = pytest.mark.browser
MOST_BYTES = 60_000
WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}

Step = Callable[[Page, str], None]


def answered(page: Page, locale: str) -> None:
    page.goto(f"/support/{locale}")
    ask(page, ASKED[locale])
    expect(page.locator(".hit").first).to_be_visible()


def suggested(page: Page, locale: str) -> None:
    page.goto(f"/support/{locale}")
    page.locator("#question").press_sequentially(ASKED[locale][:9])
    expect(page.locator("[data-suggestions] a").first).to_be_visible()


def voted(page: Page, locale: str) -> None:
    answered(page, locale)
    page.locator("button[value=failed]").click()
    expect(page.locator("[name=reason]").first).to_be_visible()


def missed(page: Page, locale: str) -> None:
    page.goto(f"/support/{locale}")
    ask(page, UNHEARD_OF[locale])
    expect(page.locator("[data-part=outcome] .notice")).to_be_visible()


def refused(page: Page, locale: str) -> None:
    page.goto(f"/support/{locale}")
    ask(page, "  ")
    expect(page.locator("#message")).not_to_be_empty()


def writing(page: Page, locale: str) -> None:
    missed(page, locale)
    page.locator("[data-still]").click()
    page.locator("#text").fill(ASKED[locale])
    expect(page.locator("[data-part=beside] .hit").first).to_be_visible()


def before_sending(page: Page, locale: str) -> None:
    page.route("**/beside", lambda route: route.fulfill(status=204))
    page.goto(f"/support/{locale}")
    page.locator("[data-still]").click()
    page.locator("#text").fill(f"{ASKED[locale]} {uuid.uuid4().hex[:5]}")
    page.locator(SEND).click()
    expect(page.locator(".before")).to_be_visible()


def sent(page: Page, locale: str) -> None:
    page.goto(f"/support/{locale}")
    page.locator("[data-still]").click()
    page.locator("#text").fill(f"{UNHEARD_OF[locale]} {uuid.uuid4().hex}")
    page.locator("[name=lane][value=priority]").check()
    page.locator(SEND).click()
    expect(page.locator(".sent")).to_be_visible()


def ticket(page: Page, locale: str) -> None:
    sent(page, locale)
    page.goto(f"/support/{locale}/tickets")
    page.locator(".tickets a").first.click()
    expect(page.locator(".letter")).to_be_visible()


def at(path: str) -> Step:
    def go(page: Page, locale: str) -> None:
        page.goto(path.format(locale=locale))

    return go


STATES: dict[str, tuple[bool, Step]] = {
    "start": (False, at("/support/{locale}")),
    "suggested": (False, suggested),
    "answered": (False, answered),
    "voted": (False, voted),
    "missed": (False, missed),
    "refused": (False, refused),
    "writing, signed out": (False, writing),
    "writing, signed in": (True, writing),
    "before sending": (True, before_sending),
    "sent": (True, sent),
    "my tickets": (True, at("/support/{locale}/tickets")),
    "ticket": (True, ticket),
    "sign in": (False, at("/support/{locale}/sign-in")),
    "link": (False, at("/support/{locale}/link/none")),
    "help": (False, at("/help/{locale}")),
    "FAQ": (False, at("/help/{locale}/faq/priority-tickets")),
    "documentation": (False, at("/help/{locale}/docs/getting-started")),
    "not there": (False, at("/help/{locale}/nothing")),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("locale", "width", "scheme"), [("pl", 320, "light"), ("en", 1280, "dark")], ids=["pl 320 light", "en 1280 dark"]
)
def test_axe_finds_nothing_and_nothing_sticks_out(
    browser: Browser, demonstration: Demonstration, state: str, locale: str, width: int, scheme: str
) -> None:
    signed_in, step = STATES[state]
    context = browser.new_context(
        base_url=demonstration.askfirst,
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    if signed_in:
        sign_in(page, demonstration)
    step(page, locale)

    found = Axe().run(page, options=WCAG)

    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.parametrize("state", ["answered", "writing, signed out", "help", "FAQ"])
def test_a_page_is_light_and_comes_from_one_place(browser: Browser, demonstration: Demonstration, state: str) -> None:
    context = browser.new_context(base_url=demonstration.askfirst, locale="pl-PL")
    page = context.new_page()
    network: CDPSession = context.new_cdp_session(page)
    network.send("Network.enable")
    received: list[float] = []
    hosts: set[str] = set()
    network.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))

    STATES[state][1](page, "pl")

    assert 0 < sum(received) <= MOST_BYTES
    assert hosts == {demonstration.askfirst.split("/")[2]}
    context.close()


def test_a_page_in_a_language_written_from_the_right_is_laid_out_from_there(
    browser: Browser, demonstration: Demonstration
) -> None:
    context = browser.new_context(base_url=demonstration.askfirst, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto("/support/he")
    box, button = page.locator("#question").bounding_box(), page.locator("form[data-ask] button.first").bounding_box()

    assert page.locator("html").get_attribute("dir") == "rtl"
    assert box is not None
    assert button is not None
    assert button["x"] < box["x"]
    context.close()
