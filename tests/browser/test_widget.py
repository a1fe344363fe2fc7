"""The widget in a real Chromium, in the pages of the demo shop and in pages that are less kind to it."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import PHONE, Demonstration

pytestmark = pytest.mark.browser
ASKED = {"pl": "jak szybko odpowiadacie na zgłoszenia?", "en": "how fast do you reply to tickets?"}
UNHEARD_OF = {
    "pl": "Czy mogę zmienić strunę w moim banjo na tęczową?",
    "en": "Can I replace the banjo string with a rainbow one?",
}
HOSTILE = """<!doctype html><html lang="en"><title>Hostile</title><style>
html { font-size: 62.5% }
* { color: red; font-size: 40px; line-height: 3; text-align: right; text-transform: uppercase; letter-spacing: 5px;
  box-sizing: content-box; background: lime; border: 3px solid; font-style: italic }
</style><askfirst-support locale="en"></askfirst-support><script async src="ASKFIRST/widget.js"></script>"""


@pytest.fixture
def context(browser: Browser, demonstration: Demonstration) -> Iterator[BrowserContext]:
    opened = browser.new_context(base_url=demonstration.shop, viewport=PHONE, locale="pl-PL")
    yield opened
    opened.close()


def ask(page: Page, question: str) -> None:
    page.locator("#question").fill(question)
    page.locator("form[data-ask] button.first").click()


def heard(page: Page, name: str) -> dict[str, object]:
    """Return the detail of the last event of a name that the host page has heard."""
    entry = page.locator("#heard code", has_text=re.compile(f"^askfirst-{name} ")).last
    expect(entry).to_have_count(1)
    told = json.loads((entry.text_content() or "").partition(" ")[2])
    assert isinstance(told, dict)
    return told


def until(page: Page, look: str, given: object = None) -> object:
    """Return the first true value of an asynchronous function that is called in the page time and again."""
    return page.evaluate(
        f"""async (given) => {{
          for (let times = 0; times < 200; times++) {{
            const seen = await ({look})(given);
            if (seen) return seen;
            await new Promise((go) => setTimeout(go, 100));
          }}
        }}""",
        given,
    )


@pytest.mark.parametrize("locale", ["pl", "en"])
def test_a_question_is_answered_in_the_shops_page_and_solved(page: Page, locale: str) -> None:
    page.goto(f"/{locale}")
    ask(page, ASKED[locale])

    expect(page.locator(".hit").first).to_be_visible()
    page.locator("button[name=vote][value=solved]").click()
    expect(page.locator(".notice.good")).to_be_visible()
    assert heard(page, "answered")["question"] == ASKED[locale]
    assert heard(page, "solved")["token"] == heard(page, "answered")["token"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("locale", ["pl", "en"])
def test_whoever_is_signed_in_to_the_shop_sends_a_ticket_with_two_presses(page: Page, locale: str) -> None:
    page.goto(f"/{locale}")
    page.locator(".account button").click()
    expect(page.locator(".account span")).to_contain_text("Anna Nowak")
    ask(page, UNHEARD_OF[locale])
    expect(page.locator("[data-part=outcome] .notice, .hit").first).to_be_visible()

    page.locator("[data-still]").click()
    expect(page.locator("#text")).to_have_value(UNHEARD_OF[locale])
    expect(page.locator(".who")).to_contain_text("Anna Nowak")
    page.locator("form[data-ticket] [value=send]").click()

    expect(page.locator(".sent")).to_be_visible()
    assert heard(page, "sent") == {"ticket": page.locator(".sent").get_attribute("data-ticket")}


def test_a_fee_is_charged_by_the_shop_and_the_ticket_moves_to_the_fast_lane(
    page: Page, demonstration: Demonstration
) -> None:
    page.goto("/sign-in")
    page.locator("main button").click()
    page.wait_for_url(f"{demonstration.askfirst}/support/pl")
    page.goto("/pl")
    page.locator("#question").fill(UNHEARD_OF["pl"] + " Pilne.")
    page.locator("[data-still]").click()
    page.locator("[name=lane][value=priority]").check()
    page.locator("form[data-ticket] [value=send]").click()
    ticket = page.locator(".sent").get_attribute("data-ticket")

    page.goto(f"{demonstration.askfirst}/support/pl")
    settled = until(
        page,
        """async (ticket) => {
          const { tickets } = await (await fetch("/v1/tickets")).json();
          const { lane, fee } = tickets.find((one) => one.ticket === ticket);
          return fee !== "asked" && `${lane} ${fee}`;
        }""",
        ticket,
    )
    assert settled == "priority paid"


def test_somebody_without_an_account_opens_the_link_from_the_mailbox(page: Page, demonstration: Demonstration) -> None:
    page.goto("/en")
    page.locator("#question").fill(UNHEARD_OF["en"] + " It broke.")
    page.locator("[data-still]").click()
    page.locator("#email").fill("zofia@example.com")
    page.locator("form[data-ticket] [value=send]").click()
    expect(page.locator(".sent")).to_contain_text("zofia@example.com")
    ticket = str(heard(page, "sent")["ticket"])

    page.goto("/mailbox")
    arrived = "async () => (await (await fetch('/mailbox')).text()).includes('zofia@example.com')"
    assert until(page, arrived)
    page.reload()
    page.locator(".mail a.button").first.click()
    page.locator("main form button.first").click()
    expect(page.locator(".sent")).to_contain_text(ticket)


def test_in_a_foreign_form_the_hidden_field_carries_what_was_asked(page: Page) -> None:
    page.goto("/pl/contact")
    ask(page, ASKED["pl"])
    expect(page.locator(".hit").first).to_be_visible()
    shown = page.locator(".hit").count()

    page.locator("[data-still]").click()
    expect(page.locator("#subject")).to_be_focused()
    expect(page.locator("#contact textarea")).to_have_value(ASKED["pl"])
    expect(page.locator("form[data-ticket]")).to_have_count(0)
    page.locator("#subject").fill("Zgłoszenie")
    page.locator("#contact button").click()

    carried = json.loads(page.locator("#field").text_content() or "")
    assert (carried["question"], carried["answers"]) == (ASKED["pl"], shown)
    assert carried["token"]
    assert carried["episode"]


def test_a_page_whose_origin_is_not_allowed_keeps_its_own_content(
    loose_page: Page, demonstration: Demonstration
) -> None:
    loose_page.goto(demonstration.shop.replace("127.0.0.1", "localhost") + "/en")

    expect(loose_page.get_by_role("link", name="Write to us through the contact form")).to_be_visible()
    assert heard(loose_page, "unavailable")["message"]
    expect(loose_page.locator("#question")).to_have_count(0)


def test_while_the_service_is_down_the_page_keeps_its_own_content(
    loose_page: Page, demonstration: Demonstration
) -> None:
    loose_page.route(f"{demonstration.askfirst}/**", lambda route: route.abort())
    loose_page.goto("/pl")

    expect(loose_page.get_by_role("link", name="Napisz do nas przez formularz kontaktowy")).to_be_visible()


def test_a_draft_survives_signing_in_and_the_form_knows_who_writes(page: Page) -> None:
    page.goto("/en")
    page.locator("#question").fill("My parcels are lost")
    page.locator("[data-still]").click()
    page.locator("#text").fill("My parcels are lost somewhere between the shop and the customer.")
    expect(page.locator("#email")).to_be_visible()
    page.locator(".account button").click()

    expect(page.locator(".who")).to_contain_text("Anna Nowak")
    expect(page.locator("#text")).to_have_value("My parcels are lost somewhere between the shop and the customer.")


def test_who_signs_in_while_writing_need_not_load_the_page_again(page: Page) -> None:
    page.goto("/en")
    page.locator("#question").fill("Where is my money?")
    page.locator("[data-still]").click()
    page.locator("#text").fill("Where is the money for the orders of March?")
    page.request.post("/sign-in")
    page.evaluate(
        "async () => document.querySelector('askfirst-support').identify(await (await fetch('/identity')).text())"
    )

    expect(page.locator(".who")).to_contain_text("Anna Nowak")
    expect(page.locator("#text")).to_have_value("Where is the money for the orders of March?")


def test_the_look_of_the_page_around_stays_outside(page: Page, demonstration: Demonstration) -> None:
    page.route(
        "**/hostile",
        lambda route: route.fulfill(body=HOSTILE.replace("ASKFIRST", demonstration.askfirst), content_type="text/html"),
    )
    page.goto("/hostile")
    label = page.locator("label[for=question]")
    expect(label).to_be_visible()

    styles = label.evaluate(
        "(it) => (({ color, fontSize, lineHeight, textAlign, textTransform, letterSpacing, fontStyle, boxSizing }) => "
        "[color, fontSize, lineHeight, textAlign, textTransform, letterSpacing, fontStyle, boxSizing])"
        "(getComputedStyle(it))"
    )
    assert styles == ["rgb(29, 36, 34)", "16px", "24.8px", "start", "none", "normal", "normal", "border-box"]


def test_two_widgets_in_a_page_answer_each_for_itself(page: Page, demonstration: Demonstration) -> None:
    two = HOSTILE.replace("</askfirst-support>", "</askfirst-support><askfirst-support locale='pl'></askfirst-support>")
    page.route(
        "**/two",
        lambda route: route.fulfill(body=two.replace("ASKFIRST", demonstration.askfirst), content_type="text/html"),
    )
    page.goto("/two")
    first, second = page.locator("askfirst-support").first, page.locator("askfirst-support").last
    second.get_by_label("Twoje pytanie").fill(ASKED["pl"])
    second.locator("form[data-ask] button.first").click()

    expect(second.locator(".hit").first).to_be_visible()
    expect(first.locator(".hit")).to_have_count(0)
    expect(first.get_by_label("Your question")).to_have_value("")


def test_a_widget_that_is_taken_out_leaves_nothing_running_and_can_be_put_back(
    page: Page, demonstration: Demonstration
) -> None:
    page.add_init_script(
        """const started = new Set(); window.running = started;
        const [set, clear, clearOne] = [setInterval, clearInterval, clearTimeout];
        window.setInterval = (...given) => { const id = set(...given); started.add(id); return id; };
        window.clearInterval = (id) => { started.delete(id); clear(id); };
        window.clearTimeout = (id) => { started.delete(id); clearOne(id); };"""
    )
    page.goto("/en")
    page.locator("#question").fill("half a")
    assert page.evaluate("running.size") == 1

    page.evaluate("window.kept = document.querySelector('askfirst-support'); kept.remove()")
    assert page.evaluate("running.size") == 0

    page.evaluate("async () => { document.querySelector('#help').append(kept); await kept.ready }")
    assert page.evaluate("running.size") == 1
    expect(page.locator("#question")).to_have_value("half a")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    ask(page, ASKED["en"])
    expect(page.locator(".hit").first).to_be_visible()
    assert [url for url in asked if "/v1/events" not in url] == [f"{demonstration.askfirst}/support/en"]


def test_the_script_alone_puts_a_widget_in_its_place(page: Page, demonstration: Demonstration) -> None:
    body = (
        "<!doctype html><html lang='en'><title>Plain</title>"
        f"<script async src='{demonstration.askfirst}/widget.js' data-locale='pl' data-target='#here'></script>"
        "<p id='here'></p>"
    )
    page.route("**/plain", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto("/plain")

    expect(page.locator("#here").get_by_label("Twoje pytanie")).to_be_visible()


def test_what_the_widget_loads_is_small(page: Page, demonstration: Demonstration) -> None:
    sizes = [
        len(gzip.compress(page.request.get(f"{demonstration.askfirst}/{name}").body(), 9))
        for name in ("widget.js", "static/flow.js", "static/flow.css", "widget/pl")
    ]
    assert sum(sizes) < 15_000


def fulfil(body: str, route: Route) -> None:
    route.fulfill(body=body, content_type="text/html")


def test_a_light_page_keeps_a_light_widget_when_the_visitor_likes_it_dark(
    browser: Browser, demonstration: Demonstration
) -> None:
    body = HOSTILE.replace("ASKFIRST", demonstration.askfirst)
    seen = {}
    for scheme in ("normal", "light dark"):
        context = browser.new_context(base_url=demonstration.shop, color_scheme="dark")
        page = context.new_page()
        made = body.replace("font-size: 62.5%", f"color-scheme: {scheme}")
        page.route("**/hostile", partial(fulfil, made))
        page.goto("/hostile")
        expect(page.locator("label[for=question]")).to_be_visible()
        seen[scheme] = page.locator("label[for=question]").evaluate("(it) => getComputedStyle(it).color")
        context.close()

    assert seen == {"normal": "rgb(29, 36, 34)", "light dark": "rgb(232, 235, 233)"}
