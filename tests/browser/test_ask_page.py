"""The ask page in a real Chromium, over the real service and the starter help centre."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine: run 'make system-packages' as root")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser, shared_server: str) -> Iterator[BrowserContext]:
    opened = browser.new_context(base_url=shared_server, viewport=PHONE, locale="pl-PL")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    assert complaints == []


def test_a_polish_question_is_answered_on_a_phone_and_its_link_opens_at_the_passage(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Twoje pytanie").fill("jak szybko odpowiadacie na zgłoszenia?")
    page.get_by_role("button", name="Zapytaj").click()

    first = page.locator(".hit").first
    expect(first).to_contain_text("Jak szybko odpowiadacie na zgłoszenia?")
    expect(first.locator("mark").first).to_contain_text("dzień roboczy")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    first.locator("h3 a").click()
    target = page.locator(":target")
    expect(target).to_contain_text("Jak szybko odpowiadacie na zgłoszenia?")
    expect(target).to_be_in_viewport()


def test_suggestions_appear_while_typing_are_announced_and_go_with_escape(page: Page) -> None:
    page.goto("/?locale=pl")
    box = page.get_by_label("Twoje pytanie")
    box.press_sequentially("zwrot")

    suggestions = page.locator("#suggestions li")
    expect(suggestions.first).to_contain_text(re.compile("zwrot", re.IGNORECASE))
    expect(page.get_by_role("status")).to_contain_text("Podpowiedzi:")
    expect(box).to_be_focused()

    box.press("Escape")
    expect(suggestions).to_have_count(0)
    expect(box).to_have_value("zwrot")


def test_a_page_in_another_language_is_marked_by_name(page: Page) -> None:
    page.goto("/?locale=pl")
    page.get_by_label("Twoje pytanie").fill("¿Cuánto cuesta un ticket prioritario?")
    page.keyboard.press("Enter")

    expect(page.locator(".hit .language").first).to_contain_text("Język: ")


def test_an_empty_question_is_explained_and_asks_nothing(page: Page) -> None:
    page.goto("/?locale=pl")
    page.keyboard.press("Tab")
    page.get_by_label("Twoje pytanie").fill("   ")
    page.get_by_label("Twoje pytanie").press("Enter")

    expect(page.get_by_role("alert")).to_have_text("Najpierw wpisz pytanie.")


def test_everything_works_without_javascript(browser: Browser, shared_server: str) -> None:
    context = browser.new_context(base_url=shared_server, java_script_enabled=False, locale="de-DE")
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Ihre Frage").fill("Kann ich Sie anrufen?")
    page.get_by_role("button", name="Fragen").click()

    expect(page.locator(".hit").first).to_contain_text("anrufen")
    expect(page.get_by_label("Ihre Frage")).to_have_value("Kann ich Sie anrufen?")
    context.close()


def test_opening_a_shown_page_is_reported_and_recorded(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Twoje pytanie").fill("jak szybko odpowiadacie na zgłoszenia?")
    page.get_by_role("button", name="Zapytaj").click()
    before = _recorded_events(page)

    page.locator(".hit h3 a").first.click()
    page.wait_for_url("**/help/**")

    expect(page.locator("h1")).to_be_visible()
    assert _recorded_events(page) == before + 1


def _recorded_events(page: Page) -> float:
    text = page.request.get("/metrics").text()
    found = re.search(r'^askfirst_events_total\{status="recorded"\} ([\d.]+)$', text, re.MULTILINE)
    return float(found.group(1)) if found else 0.0
