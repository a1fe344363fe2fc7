"""The ways through the support page in a real Chromium, each in Polish and in English."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, Demonstration

pytestmark = pytest.mark.browser
LOCALES = pytest.mark.parametrize("locale", ["pl", "en"])
ASKED = {"pl": "jak szybko odpowiadacie na zgłoszenia?", "en": "how fast do you answer tickets?"}
UNHEARD_OF = {"pl": "Czy mogę zmienić strunę w banjo na tęczową?", "en": "Can I string my banjo in rainbow colours?"}
SEND = "form[data-ticket] [value=send]"


def ask(page: Page, question: str) -> None:
    page.locator("#question").fill(question)
    page.locator("form[data-ask] button.first").click()


def sign_in(page: Page, demonstration: Demonstration) -> None:
    page.goto(f"{demonstration.shop}/sign-in")
    page.locator("main button").click()
    page.wait_for_url(f"{demonstration.askfirst}/support/*")


def my_tickets(page: Page, text: str) -> list[dict[str, str]]:
    tickets = page.request.get("/v1/tickets").json()["tickets"]
    return [one for one in tickets if one["text"] == text]


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@LOCALES
def test_solved(page: Page, locale: str) -> None:
    page.goto(f"/support/{locale}")
    box = page.locator("#question")
    box.press_sequentially(ASKED[locale][:9])
    suggestions = page.locator("[data-suggestions] a")
    expect(suggestions.first).to_be_visible()
    assert 1 <= suggestions.count() <= 5
    expect(page.locator("[data-status]")).to_have_text(re.compile(r"\d \w+"))
    expect(box).to_be_focused()
    box.press("Escape")
    expect(suggestions).to_have_count(0)
    expect(box).to_have_value(ASKED[locale][:9])

    ask(page, ASKED[locale])
    first = page.locator(".hit").first
    expect(first.locator("mark").first).to_be_visible()
    assert fits(page)
    page.locator("button[value=solved]").click()
    expect(page.locator(".notice.good")).to_be_visible()
    expect(first).to_be_visible()

    first.locator("h3 a").click()
    expect(page.locator(":target")).to_be_in_viewport()


@LOCALES
def test_that_there_are_no_suggestions_is_announced(page: Page, locale: str) -> None:
    page.goto(f"/support/{locale}")
    page.locator("#question").press_sequentially("???")
    expect(page.locator("[data-status]")).not_to_be_empty()
    expect(page.locator("[data-suggestions]")).to_be_hidden()


@LOCALES
def test_not_solved_and_a_ticket_by_two_presses(page: Page, demonstration: Demonstration, locale: str) -> None:
    sign_in(page, demonstration)
    page.goto(f"/support/{locale}")
    question = f"{ASKED[locale]} {uuid.uuid4().hex[:6]}"
    ask(page, question)
    page.locator("button[value=failed]").click()
    page.locator("[name=reason]").first.check()
    page.locator("button[value=reason]").click()
    expect(page.locator("[data-part=vote] .notice")).to_be_visible()

    page.locator("[data-still]").click()
    expect(page.locator("#text")).to_have_value(question)
    expect(page.locator("#text")).to_be_focused()
    page.locator(SEND).click()

    expect(page.locator(".sent")).to_be_focused()
    assert len(my_tickets(page, question)) == 1


@LOCALES
def test_no_answer_and_a_ticket_by_a_link_in_a_mail(page: Page, demonstration: Demonstration, locale: str) -> None:
    address = f"{uuid.uuid4().hex[:8]}@example.com"
    page.goto(f"/support/{locale}")
    ask(page, UNHEARD_OF[locale])
    expect(page.locator("[data-part=outcome] .notice")).to_be_visible()
    page.locator("[data-still]").click()
    page.locator("#email").fill(address)
    page.locator(SEND).click()
    expect(page.locator(".sent")).to_contain_text(address)

    mail = page.locator(".mail", has_text=address)
    for _ in range(50):
        page.goto(f"{demonstration.shop}/mailbox")
        if mail.count():
            break
        page.wait_for_timeout(100)
    mail.locator("a.button").click()
    page.locator("main form button.first").click()
    expect(page.locator(".sent strong")).to_be_visible()
    assert len(my_tickets(page, UNHEARD_OF[locale])) == 1


@LOCALES
def test_priority_says_what_it_costs_and_what_it_promises_and_is_paid_by_the_shop(
    page: Page, demonstration: Demonstration, locale: str
) -> None:
    sign_in(page, demonstration)
    page.goto(f"/support/{locale}")
    text = f"{UNHEARD_OF[locale]} {uuid.uuid4().hex}"
    page.locator("#question").fill(text)
    page.locator("[data-still]").click()
    lane = page.locator(".lane", has=page.locator("[value=priority]"))
    expect(lane).to_contain_text("9")
    expect(page.locator("[data-promise=standard]")).not_to_be_empty()
    expect(page.locator("[data-promise=priority]")).not_to_be_empty()
    lane.locator("input").check()
    page.locator(SEND).click()
    expect(page.locator(".sent")).to_be_visible()

    page.goto(f"/support/{locale}/tickets")
    page.locator(".tickets a").first.click()
    for _ in range(100):
        if my_tickets(page, text)[0]["fee"] != "asked":
            break
        page.wait_for_timeout(100)
    (ticket,) = my_tickets(page, text)
    assert (ticket["lane"], ticket["fee"]) == ("priority", "paid")


@LOCALES
def test_everything_without_a_script(browser: Browser, demonstration: Demonstration, locale: str) -> None:
    context = browser.new_context(base_url=demonstration.askfirst, java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{demonstration.shop}/sign-in")
    page.locator("main button").click()
    page.locator("main form button").click()  # hands the identity over, which a script would do
    page.goto(f"/support/{locale}")
    text = f"{ASKED[locale]} {uuid.uuid4().hex[:6]}"
    ask(page, text)
    expect(page.locator(".hit").first).to_be_visible()
    page.locator("[data-still]").click()
    expect(page.locator("#text")).to_have_value(text)
    page.locator("#files").set_input_files(
        {"name": "zdjęcie.txt", "mimeType": "text/plain", "buffer": "Zażółć gęślą jaźń".encode()}
    )
    page.locator(SEND).click()
    expect(page.locator(".sent")).to_be_visible()
    page.goto(f"/support/{locale}/tickets")
    page.locator(".tickets a").first.click()
    expect(page.locator(".letter")).to_have_text(text)
    with page.expect_download() as download:
        page.locator("main a[download]").click()
    assert download.value.path().read_bytes() == "Zażółć gęślą jaźń".encode()
    context.close()


@LOCALES
def test_offline_in_mid_form_nothing_is_lost_and_it_is_sent_by_itself(
    loose_page: Page, demonstration: Demonstration, locale: str
) -> None:
    page, text = loose_page, f"{UNHEARD_OF[locale]} {uuid.uuid4().hex}"
    sign_in(page, demonstration)
    page.goto(f"/support/{locale}")
    page.locator("[data-still]").click()
    page.locator("#text").fill(text)
    page.context.set_offline(True)
    page.locator(SEND).click()
    expect(page.locator("form[data-ticket] [data-state]")).not_to_be_empty()
    expect(page.locator("#text")).to_have_value(text)
    page.context.set_offline(False)

    expect(page.locator(".sent")).to_be_visible(timeout=20_000)
    assert len(my_tickets(page, text)) == 1


@LOCALES
def test_a_draft_with_its_file_survives_a_reload_and_can_be_thrown_away(
    page: Page, demonstration: Demonstration, locale: str
) -> None:
    sign_in(page, demonstration)
    page.goto(f"/support/{locale}")
    page.locator("[data-still]").click()
    page.locator("#text").fill("Zażółć\ngęślą jaźń")
    page.locator("[name=lane][value=priority]").check()
    page.locator("#files").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"abc"})
    expect(page.locator("[data-files] li")).to_contain_text("a.txt")
    page.reload()

    expect(page.locator("#text")).to_have_value("Zażółć\ngęślą jaźń")
    expect(page.locator("[name=lane][value=priority]")).to_be_checked()
    expect(page.locator("[data-files] li")).to_contain_text("a.txt")
    expect(page.locator("[data-kept]")).to_be_visible()
    page.locator("[data-discard]").click()
    expect(page.locator("form[data-ticket]")).to_have_count(0)
    page.reload()
    expect(page.locator("form[data-ticket]")).to_have_count(0)


def test_a_file_of_the_wrong_kind_is_refused_in_words(loose_page: Page, demonstration: Demonstration) -> None:
    page = loose_page
    sign_in(page, demonstration)
    page.goto("/support/pl")
    page.locator("[data-still]").click()
    page.locator("#files").set_input_files({"name": "x.exe", "mimeType": "text/plain", "buffer": b"MZ\x90\x00" * 9})
    expect(page.locator("form[data-ticket] [data-state]")).to_contain_text("x.exe")
    expect(page.locator("[data-files] li")).to_have_count(0)


def test_an_answer_that_was_not_shown_appears_beside_the_text(page: Page) -> None:
    page.goto("/support/en")
    page.locator("[data-still]").click()
    page.locator("#text").fill("How much does a priority ticket cost?")
    expect(page.locator("[data-part=beside] .hit").first).to_be_visible()
    expect(page.locator("#text")).to_be_focused()


def test_before_sending_a_new_answer_is_shown_once(loose_page: Page, demonstration: Demonstration) -> None:
    page = loose_page
    sign_in(page, demonstration)
    page.route("**/beside", lambda route: route.abort())
    page.goto("/support/en")
    page.locator("[data-still]").click()
    text = f"How much does a priority ticket cost? {uuid.uuid4().hex[:6]}"
    page.locator("#text").fill(text)
    page.locator(SEND).click()
    expect(page.locator(".before .hit").first).to_be_visible()
    expect(page.locator(".before")).to_be_focused()
    assert my_tickets(page, text) == []
    page.locator(SEND).click()
    expect(page.locator(".sent")).to_be_visible()
    assert len(my_tickets(page, text)) == 1


def test_with_an_ad_blocker_and_without_search_the_form_works(loose_page: Page, demonstration: Demonstration) -> None:
    page = loose_page
    sign_in(page, demonstration)
    for blocked in ("**/v1/events", "**/v1/suggest*", "**/beside", "**/v1/promises*"):
        page.route(blocked, lambda route: route.abort())
    page.goto("/support/en")
    page.locator("#question").press_sequentially("banjo")
    page.locator("[data-still]").click()
    page.locator("#text").fill(f"banjo {uuid.uuid4().hex}")
    page.locator(SEND).click()
    expect(page.locator(".sent")).to_be_visible()


def test_the_whole_way_by_keyboard_alone(page: Page, demonstration: Demonstration) -> None:
    sign_in(page, demonstration)
    page.goto("/support/en")

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
        pytest.fail(f"{selector} cannot be reached by keyboard")

    tab_to("#question")
    page.keyboard.type(ASKED["en"])
    page.keyboard.press("Enter")
    expect(page.locator(".hit").first).to_be_visible()
    tab_to("button[value=failed]")
    page.keyboard.press("Enter")
    expect(page.locator("[name=reason]").first).to_be_visible()
    tab_to("[name=reason]")
    page.keyboard.press("Space")
    tab_to("[data-still]")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type(" " + uuid.uuid4().hex)
    tab_to("[value=send]")
    page.keyboard.press("Enter")
    expect(page.locator(".sent")).to_be_focused()


def test_an_empty_question_is_explained_and_asks_nothing(loose_page: Page) -> None:
    loose_page.goto("/support/pl")
    loose_page.locator("#question").fill("   ")
    loose_page.locator("#question").press("Enter")

    expect(loose_page.locator("#message")).not_to_be_empty()


def test_a_question_in_the_fragment_is_asked_and_leaves_the_address(page: Page) -> None:
    page.goto("/support/pl#q=" + "jak%20szybko%20odpowiadacie")

    expect(page.locator(".hit").first).to_be_visible()
    assert page.url.endswith("/support/pl")


def test_opening_a_shown_page_is_reported_and_recorded(page: Page) -> None:
    page.goto("/support/pl")
    with page.expect_response("**/v1/events"):  # that the answer is displayed
        ask(page, ASKED["pl"])
    before = _recorded_events(page)
    page.locator(".hit h3 a").first.click()
    page.wait_for_url("**/help/**")

    expect(page.locator("h1")).to_be_visible()
    assert _recorded_events(page) == before + 1


def test_an_answer_is_said_to_be_displayed_when_it_has_come_into_view(page: Page) -> None:
    said: list[str] = []
    page.on("request", lambda one: said.append(one.post_data or "") if one.url.endswith("/v1/events") else None)
    page.goto("/support/pl")
    page.evaluate(
        "const far = new CSSStyleSheet(); far.replaceSync('[data-part=outcome] { padding-top: 400vh }');"
        "document.adoptedStyleSheets = [far]"
    )
    ask(page, ASKED["pl"])
    hit = page.locator(".hit").first
    hit.wait_for(state="attached")
    page.evaluate("scrollTo(0, 0)")
    page.evaluate("new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    unseen = list(said)
    with page.expect_response("**/v1/events"):
        hit.scroll_into_view_if_needed()

    assert unseen == []
    assert [(one.count('"shown"'), one.count('"opened"')) for one in said] == [(1, 0)]


def _recorded_events(page: Page) -> float:
    text = page.request.get("/metrics").text()
    found = re.search(r'^askfirst_events_total\{status="recorded"\} ([\d.]+)$', text, re.MULTILINE)
    return float(found.group(1)) if found else 0.0
