"""The overview, how each page does, and the episodes behind the figures, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser

from api.dependencies import Services
from api.desk.signed_in import STAFF_COOKIE
from assistant.gaps.models import Cost, Gap, GapFacts, Interval
from assistant.record.events import Event, Interaction, Who
from assistant.record.ports import Append
from assistant.staff.accounts import COMMAND_LINE
from assistant.staff.models import Role
from tests.api.conftest import PAGES, build_small, client_over
from tests.api.record_desk import TurnedClock
from tests.fakes import page
from tests.record_story import DAY, HOUR, NOON, event, missed, passage, question, ticket_event, withheld

PASSWORD = "żółw lubi morze ciepłe"  # noqa: S105 - of the tests
LATER = NOON + 5 * DAY
PERIOD = "from=2026-09-20&to=2026-09-26"
LINKING = replace(
    page("en/returns", "Returns", "Send parcels back within 14 days of the order."),
    html='<p id="b1">See <a href="page:en/gone">the form</a>.</p>',
)
CONTRADICTING = page("en/returns-faq", "Returns again", "Send parcels back within 30 days of the order.")


@pytest.fixture
def clock() -> TurnedClock:
    made = TurnedClock()
    made.now = LATER
    return made


@pytest.fixture
def desk(tmp_path: Path, clock: TurnedClock) -> Iterator[TestClient]:
    build_small(tmp_path, [*PAGES, LINKING, CONTRADICTING])
    with client_over(tmp_path, clock=clock, reload_seconds=3600.0) as client:
        yield client


@pytest.fixture
def services(desk: TestClient) -> Services:
    found: Services = desk.app.state.services  # type: ignore[attr-defined]
    return found


def enter(desk: TestClient, services: Services, role: Role, locale: str = "en") -> None:
    member = services.accounts.add(
        f"{role.value}@example.com", role.value, role, password=PASSWORD, by=COMMAND_LINE, at=LATER
    )
    desk.cookies.set(STAFF_COOKIE, services.accounts.begin(member, "test", at=LATER).token)
    desk.headers["accept-language"] = locale


def tell(services: Services, *steps: Interaction | Event) -> None:
    asked = [one for one in steps if isinstance(one, Interaction)]
    followed = [one for one in steps if isinstance(one, Event)]
    services.record.submit(Append(interactions=asked, events=followed)).result(5)
    services.record.fold()
    services.writers.health.days.count(LATER, most_days=99)


def some_days(services: Services) -> None:
    tell(
        services,
        question(),
        event("opened", NOON + 1000),
        event("voted", NOON + 2000, helpful=True, rank=1),
        event("solved", NOON + 3000),
        question("q2", NOON + HOUR, episode="e2", shown=(passage("en/shipping"),), nearest=(passage("en/shipping"),)),
        ticket_event(NOON + 2 * HOUR, ticket="T-77", episode="e2", reason="<b>not clear</b>"),
        missed("q3", NOON + 3 * HOUR, episode="e3", locale="pl", question="Gdzie jest <moja> paczka?"),
        withheld("q4", NOON + 4 * HOUR, episode="e4"),
    )


def shown(desk: TestClient, address: str) -> LexborHTMLParser:
    response = desk.get(address)
    assert response.status_code == 200, response.text
    assert not re.search(r"style=", response.text), "the policy forbids styles of elements"
    return LexborHTMLParser(response.text)


def cards(tree: LexborHTMLParser) -> dict[str, str]:
    found = {}
    for card in tree.css(".cards div"):
        name, link = card.css_first("dt"), card.css_first("dd a")
        assert name is not None
        assert link is not None
        found[name.text()] = link.text()
    return found


def words(tree: LexborHTMLParser, selector: str) -> str:
    return " ".join(" ".join(node.text(separator=" ").split()) for node in tree.css(selector))


@pytest.mark.parametrize("address", ["", "/pages", "/pages/en/returns", "/episodes", "/episodes/e1"])
def test_nobody_sees_figures_without_signing_in(desk: TestClient, address: str) -> None:
    assert desk.get(f"/writers{address}", follow_redirects=False).status_code == 303


def test_a_month_is_told_in_figures_with_pictures_and_tables(desk: TestClient, services: Services) -> None:
    some_days(services)
    services.writers.health.look_at(services.live.current().index)
    enter(desk, services, Role.WRITER)
    tree = shown(desk, f"/writers?{PERIOD}")
    assert cards(tree) == {
        "Needed no ticket": "33%",
        "Wrote a ticket all the same": "33%",
        "Questions answered": "67%",
        "Nothing to show": "33%",
        "Pages with a problem": "6",
    }
    ids = [node.attributes["id"] for node in tree.css(".picture h2")]
    assert ids == ["deflection", "gaps", "languages", "answers", "holdout", "pages"]
    assert all(svg.attributes["aria-label"] for svg in tree.css("svg"))
    assert "Too few people asked to tell whether it gets better." in words(tree, "h2")
    assert len(tree.css("details.numbers table")) >= 4
    everywhere = [node.attributes["id"] or "" for node in tree.css("[id]")]
    assert len(everywhere) == len(set(everywhere))


def test_every_number_leads_to_as_many_episodes(desk: TestClient, services: Services) -> None:
    some_days(services)
    services.writers.health.look_at(services.live.current().index)
    enter(desk, services, Role.WRITER)
    links = {
        (link.attributes["href"] or "", link.text())
        for address in (f"/writers?{PERIOD}", f"/writers/pages?{PERIOD}", f"/writers/pages/en/refunds?{PERIOD}")
        for link in shown(desk, address).css("td a, dd a")
        if (link.attributes["href"] or "").startswith("/writers/episodes") and link.text().isdigit()
    }
    assert len(links) > 15
    for address, number in links:
        assert len(shown(desk, address).css("ol.queue li")) == int(number), address


def test_a_month_is_told_in_polish(desk: TestClient, services: Services) -> None:
    some_days(services)
    enter(desk, services, Role.WRITER, "pl")
    tree = shown(desk, f"/writers?{PERIOD}")
    assert "20 wrz 2026 – 26 wrz 2026" in words(tree, ".lead")
    assert {"polski", "angielski"} <= {node.text() for node in tree.css("#languages ~ svg text")}
    assert "wrzesień 2026" in words(tree, ".months")


def test_an_empty_record_and_odd_days_are_no_obstacle(desk: TestClient, services: Services) -> None:
    enter(desk, services, Role.WRITER)
    for query in ("", "from=x&to=2026-13-40", "from=2026-09-26&to=2026-09-01", "from=0001-01-01", "to=9999-12-31"):
        assert "Nobody asked in this period" in words(shown(desk, f"/writers?{query}"), ".notice")
        assert shown(desk, f"/writers/episodes?{query}&outcome=XYZ&part=odd&arm=odd").css("ol.queue li") == []
        assert len(shown(desk, f"/writers/pages?{query}&sort=odd&problem=odd").css("tbody tr")) == 6


def test_a_gap_is_told_by_what_it_costs(desk: TestClient, services: Services) -> None:
    some_days(services)
    spared = Interval(2.4, 1.1, 4.0)
    cost = Cost(spared, spared, spared, spared, spared)
    facts = GapFacts(people=5, tickets=2, cost=cost)
    services.writers.gaps.store.keep([Gap("g1", LATER, LATER, names=(("pl", "q3"),), facts=facts)])
    enter(desk, services, Role.WRITER)
    tree = shown(desk, f"/writers?{PERIOD}")
    assert words(tree, "#gaps") == (
        "Write first: “Gdzie jest <moja> paczka?”. A page would spare 2.4 (1.1 to 4.0) tickets a week."
    )
    assert "Gdzie jest <moja> paczka?" in [node.text() for node in tree.css("#gaps ~ svg text")]


def test_pages_are_listed_by_what_is_wrong_with_them(desk: TestClient, services: Services) -> None:
    some_days(services)
    enter(desk, services, Role.WRITER)
    tree = shown(desk, f"/writers/pages?{PERIOD}")
    rows = [words(LexborHTMLParser(row.html or ""), "body") for row in tree.css("tbody tr")]
    assert [node.text() for node in tree.css("tbody th a")][:2] == ["Returns", "Returns again"]
    assert words(tree, "tbody tr:first-child .badge") == (
        "may contradict another page broken links not there in every language"
    )
    assert len(rows) == 6
    only = shown(desk, f"/writers/pages?{PERIOD}&problem=broken_links")
    assert [node.text() for node in only.css("tbody th a")] == ["Returns"]
    by_asked = shown(desk, f"/writers/pages?{PERIOD}&sort=asked&locale=en")
    assert [node.text() for node in by_asked.css("tbody th a")][:2] == ["Refunds", "Shipping"]


def test_a_page_shows_both_sentences_that_seem_to_contradict(desk: TestClient, services: Services) -> None:
    enter(desk, services, Role.WRITER)
    tree = shown(desk, "/writers/pages/en/returns")
    assert [node.text() for node in tree.css("blockquote")] == [
        "Send parcels back within 14 days of the order.",
        "Send parcels back within 30 days of the order.",
    ]
    turned = shown(desk, "/writers/pages/en/returns-faq")
    assert [node.text()[-22:] for node in turned.css("blockquote")] == [
        "30 days of the order.".rjust(22), "14 days of the order.".rjust(22)
    ]  # fmt: skip
    assert "“the form” → en/gone there is no such page" in words(tree, ".matter li")
    assert "Missing: Polish" in words(tree, "section")
    assert desk.get("/writers/pages/en/none").status_code == 404


def test_an_episode_is_told_from_its_beginning(desk: TestClient, services: Services) -> None:
    some_days(services)
    enter(desk, services, Role.STAFF)
    told = [
        words(LexborHTMLParser(one.html or ""), "body")
        for one in shown(desk, "/writers/episodes/e1").css(".story > li")
    ]
    assert len(told) == 4
    assert "when does money come back An answer was shown: Refunds Shipping" in told[0]
    assert told[1].endswith("Opened a page: Refunds")
    assert told[2].endswith("Voted: it helps. Refunds")
    assert told[3].endswith("Said that it was solved.")
    held = words(shown(desk, "/writers/episodes/e4"), ".story")
    assert "The lot kept the answer back, to compare. Nearest pages: Refunds" in held
    assert desk.get("/writers/episodes/none").status_code == 404


@pytest.mark.parametrize(("role", "links"), [(Role.STAFF, ["/desk/tickets/T-77"]), (Role.WRITER, [])])
def test_only_who_may_see_tickets_is_led_to_one(
    desk: TestClient, services: Services, role: Role, links: list[str]
) -> None:
    some_days(services)
    enter(desk, services, role)
    tree = shown(desk, "/writers/episodes/e2")
    found = [link.attributes["href"] for link in tree.css(".story a")]
    assert [link for link in found if link and link.startswith("/desk")] == links
    assert "<b>not clear</b>" in words(tree, ".story")


def test_long_lists_come_in_parts(desk: TestClient, services: Services) -> None:
    asked = [
        missed(f"m{number}", NOON + number * 1000, episode=f"m{number:02}", who=Who(visitor=f"v{number}"))
        for number in range(60)
    ]
    tell(services, *asked)
    enter(desk, services, Role.WRITER)
    first, second = (shown(desk, f"/writers/episodes?{PERIOD}&n={number}") for number in (1, 2))
    assert (len(first.css(".queue li")), len(second.css(".queue li"))) == (50, 10)
    further = first.css_first(".pages a")
    assert further is not None
    assert shown(desk, further.attributes["href"] or "").css(".queue li a")[0].attributes["href"] == (
        "/writers/episodes/m09"
    )
