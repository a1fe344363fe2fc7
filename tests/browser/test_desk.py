"""The desk in a real Chromium, by keyboard alone, and what customers see of it; in Polish and in English."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, Demonstration
from tests.browser.test_support_page import SEND, ask, fits, sign_in

pytestmark = pytest.mark.browser
FAULT = "Po aktualizacji motywu zniknął baner na stronie głównej, konsola pokazuje błąd w theme.js"
SOLUTION = "Dzień dobry,\n\n1. Proszę otworzyć Ustawienia.\n2. Proszę wyłączyć i włączyć baner.\n\nPozdrawiam\nZofia"


@pytest.fixture
def desk(browser: Browser, demonstration: Demonstration, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Somebody of the staff who is not signed in yet, in the language and at the width that the test asks for."""
    locale, wide = getattr(request, "param", ("en-GB", True))
    size = {"width": 1280, "height": 860} if wide else PHONE
    context = browser.new_context(base_url=demonstration.askfirst, viewport=size, locale=locale)
    yield context.new_page()
    context.close()


def sign_in_at_desk(desk: Page, demonstration: Demonstration) -> None:
    desk.goto("/desk")
    expect(desk).to_have_url(re.compile(r"/desk/sign-in\?to=/desk$"))
    desk.keyboard.type(demonstration.staff)
    desk.keyboard.press("Tab")
    desk.keyboard.type(demonstration.password)
    desk.keyboard.press("Enter")
    expect(desk.locator(".figures")).to_be_visible()


def send_ticket(page: Page, text: str) -> str:
    """Send a ticket as a customer does, and return its number."""
    page.goto("/support/pl")
    ask(page, text)
    page.locator("[data-still]").click()
    page.locator("form[data-ticket]").wait_for()
    page.locator(SEND).click()
    page.locator(".sent, .before h3").first.wait_for()
    if not page.locator(".sent").count():
        page.locator(SEND).click()
    sent = page.locator(".sent")
    expect(sent).to_be_visible()
    return sent.get_attribute("data-ticket") or ""


def assert_accessible(page: Page) -> None:
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    assert found.response["violations"] == [], found.generate_report()
    assert fits(page)


@pytest.mark.parametrize("desk", [("pl-PL", False), ("en-GB", True)], indirect=True, ids=["pl-phone", "en-desktop"])
def test_a_ticket_is_answered_by_keyboard_alone(page: Page, desk: Page, demonstration: Demonstration) -> None:
    sign_in(page, demonstration)
    text = f"{FAULT} {uuid.uuid4().hex[:6]}"
    number = send_ticket(page, text)
    sign_in_at_desk(desk, demonstration)
    for _ in range(60):
        desk.keyboard.press("j")
        if number in (desk.evaluate("document.activeElement.href") or ""):
            break
    desk.keyboard.press("Enter")
    expect(desk.locator("#verdict")).to_be_visible()
    expect(desk.locator(".letter").first).to_have_text(text)
    assert fits(desk)

    desk.keyboard.press("x")
    expect(desk.locator(".verdicts li").last).to_contain_text("Zofia")
    desk.keyboard.press("r")
    box = desk.locator("form[data-answer] #text")
    expect(box).to_be_focused()
    expect(box).to_have_value(re.compile("Anna"))
    box.fill(SOLUTION)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".state.solved")).to_be_visible()
    expect(desk.locator(".message-in.staff .letter")).to_have_text(SOLUTION)

    page.goto(f"/support/pl/tickets/{number}")
    expect(page.locator(".staff-wrote .letter")).to_have_text(SOLUTION)
    page.locator("#text").fill("Nadal nie działa.")
    page.locator(".send .first").click()
    expect(page.locator(".state.received")).to_be_visible()
    expect(page.locator(".customer-wrote .letter")).to_have_text("Nadal nie działa.")
    assert fits(page)


def test_who_asks_again_sees_the_earlier_solution_and_says_what_was_tried(
    page: Page, desk: Page, demonstration: Demonstration
) -> None:
    sign_in(page, demonstration)
    mark = uuid.uuid4().hex[:6]
    number = send_ticket(page, f"{FAULT} {mark}")
    sign_in_at_desk(desk, demonstration)
    desk.goto(f"/desk/tickets/{number}")
    desk.locator("form[data-answer] #text").fill(SOLUTION)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".state.solved")).to_be_visible()

    page.goto("/support/pl")
    ask(page, f"Znowu po aktualizacji motywu zniknął baner na stronie głównej, błąd w theme.js {mark}")
    expect(page.locator("[data-part=outcome] .before li")).to_have_count(2)
    page.locator("[data-still]").click()
    ticks = page.locator("[data-again] input[type=checkbox]")
    expect(ticks).to_have_count(3)
    ticks.nth(1).check()
    assert fits(page)
    page.locator(SEND).click()
    page.locator(".sent, .before h3").first.wait_for()
    if not page.locator(".sent").count():
        page.locator(SEND).click()
    again = page.locator(".sent").get_attribute("data-ticket")

    desk.goto(f"/desk/tickets/{again}")
    steps = desk.locator(".steps li")
    expect(steps).to_have_count(2)
    expect(steps.nth(0)).to_contain_text("not tried")
    expect(steps.nth(1)).not_to_contain_text("not tried")


def test_what_is_written_at_the_desk_is_there_after_a_reload(
    page: Page, desk: Page, demonstration: Demonstration
) -> None:
    sign_in(page, demonstration)
    number = send_ticket(page, f"{FAULT} {uuid.uuid4().hex[:6]}")
    sign_in_at_desk(desk, demonstration)
    desk.goto(f"/desk/tickets/{number}")
    desk.locator("form[data-answer] #text").press_sequentially("Half an answer")
    desk.reload()

    expect(desk.locator("form[data-answer] #text")).to_have_value("Half an answer")


def test_what_is_written_outlives_a_verdict_and_goes_with_the_answer_or_with_whoever_signs_out(
    page: Page, desk: Page, demonstration: Demonstration
) -> None:
    sign_in(page, demonstration)
    number = send_ticket(page, f"{FAULT} {uuid.uuid4().hex[:6]}")
    sign_in_at_desk(desk, demonstration)
    desk.goto(f"/desk/tickets/{number}")
    box, verdicts = desk.locator("form[data-answer] #text"), desk.locator(".verdicts li", has_text="Zofia")
    box.press_sequentially("Pół odpowiedzi")
    desk.keyboard.press("Escape")
    desk.keyboard.press("x")
    expect(verdicts).to_have_count(1)
    expect(box).to_have_value("Pół odpowiedzi")
    desk.locator("#reason").fill("so there")
    desk.keyboard.press("Enter")
    expect(desk.locator("#reason")).to_have_value("so there")
    expect(verdicts).to_have_count(1)

    box.press("Control+Enter")
    expect(desk.locator(".state.solved")).to_be_visible()
    expect(box).to_have_value("")
    box.press_sequentially("One more thing")
    desk.reload()
    expect(box).to_have_value("One more thing")
    desk.locator("form[action='/desk/sign-out'] button").click()
    expect(desk).to_have_url(re.compile("/desk/sign-in$"))
    assert desk.evaluate("Object.keys(localStorage).filter((name) => name.includes('draft'))") == []


def test_keys_can_be_switched_off(desk: Page, demonstration: Demonstration) -> None:
    sign_in_at_desk(desk, demonstration)
    desk.goto("/desk/check")
    desk.locator("[data-keys]").uncheck()
    desk.locator("h1").click()
    desk.keyboard.press("q")
    desk.reload()
    desk.locator("h1").click()
    desk.keyboard.press("q")
    expect(desk).to_have_url(re.compile("/desk/check$"))
    desk.locator("[data-keys]").check()
    desk.locator("h1").click()
    desk.keyboard.press("q")
    expect(desk).to_have_url(re.compile("/desk$"))


@pytest.mark.parametrize("desk", [("pl-PL", False), ("en-GB", True)], indirect=True, ids=["pl-phone", "en-desktop"])
def test_the_desk_is_accessible(page: Page, desk: Page, demonstration: Demonstration) -> None:
    sign_in(page, demonstration)
    number = send_ticket(page, f"Jak szybko odpowiadacie na zgłoszenia? {uuid.uuid4().hex[:6]}")
    desk.goto("/desk/sign-in")
    assert_accessible(desk)
    sign_in_at_desk(desk, demonstration)
    for path in ("", "/fair-use", "/accounts", "/audit", "/password", f"/tickets/{number}"):
        desk.goto(f"/desk{path}")
        assert_accessible(desk)
    desk.goto("/desk/check")
    desk.locator("#text").fill("Dzień dobry, jak szybko odpowiadacie na zgłoszenia? Pozdrawiam, Anna")
    desk.locator("main .first").click()
    expect(desk.locator(".check")).to_be_visible()
    assert_accessible(desk)
    page.goto(f"/support/pl/tickets/{number}")
    assert_accessible(page)
