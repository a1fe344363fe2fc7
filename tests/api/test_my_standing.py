"""What customers see of fair use, say against it, and write after a ticket, also while the database is away."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from api.sessions import SESSION_COOKIE
from assistant.errors import RecordUnavailable
from assistant.fair_use.models import ContestState, Ground, Standing
from assistant.staff.accounts import Accounts
from assistant.staff.models import Role, StaffMember
from tests.api.conftest import OPERATOR, build_small, client_over
from tests.api.record_desk import TurnedClock
from tests.api.test_desk import MINUTE, decided_on, employ, enter, judged_by_machine, send
from tests.api.test_support import NOON, SETTINGS, token_of

TEXTS = ("When does money come back to the card?", "Parcels leave on which day?", "Poproszę o fakturę dla firmy.")


@pytest.fixture
def clock() -> TurnedClock:
    made = TurnedClock()
    made.now = NOON
    return made


@pytest.fixture
def changed() -> dict[str, Any]:
    """Settings that a test has otherwise."""
    return {}


@pytest.fixture
def desk(tmp_path: Path, clock: TurnedClock, changed: dict[str, Any]) -> Iterator[TestClient]:
    build_small(tmp_path)
    with client_over(
        tmp_path,
        clock=clock,
        **{**SETTINGS, "fair_use": "on", "fair_use_messages": 1, "fair_use_burst_hours": 1, **changed},
    ) as one:
        yield one


@pytest.fixture
def accounts(desk: TestClient) -> Accounts:
    found: Accounts = desk.app.state.services.accounts  # type: ignore[attr-defined]
    return found


@pytest.fixture
def staff(desk: TestClient, accounts: Accounts) -> StaffMember:
    member = employ(accounts, Role.STAFF, "Ben")
    assert enter(desk, member).status_code == 303
    return member


def services_of(desk: TestClient) -> Any:
    return desk.app.state.services  # type: ignore[attr-defined]


def customer(desk: TestClient, account: str) -> TestClient:
    """The browser of a customer who is signed in."""
    desk.cookies.set(SESSION_COOKIE, token_of(account), domain="testserver.local", path="/")
    return desk


@pytest.fixture
def deferred(desk: TestClient, clock: TurnedClock) -> list[str]:
    """The tickets of a customer who has written too many."""
    tickets = []
    for text in TEXTS:
        tickets.append(send(desk, text, "busy"))
        clock.now += 2 * 60 * MINUTE
    judged_by_machine(desk, *tickets)
    decided_on(desk, "busy", clock)
    assert standing(desk, tickets[0]) is Standing.DEFERRED
    return tickets


def standing(desk: TestClient, ticket: str) -> Standing:
    services = services_of(desk)
    account = services.intake.store.ticket(ticket).account
    found: Standing = services.fair_use.standing_of(account, services.clock())
    return found


def contest(desk: TestClient, ticket: str, text: str = "Nie pokazało się.") -> httpx2.Response:
    form = {"ground": "messages", "text": text}
    return desk.post(f"/support/en/tickets/{ticket}/contest", data=form, follow_redirects=False)


def text_of(page: httpx2.Response) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page.text))


def test_who_is_deferred_is_told_why_and_contesting_counts_at_once(desk: TestClient, deferred: list[str]) -> None:
    page = customer(desk, "busy").get("/support/en/tickets")
    done = contest(desk, deferred[0])
    again = contest(desk, deferred[0])
    (said,) = services_of(desk).fair_use.standings.contests()

    assert "Other tickets go first at the moment" in page.text
    assert "3 matters in 30 days; up to 1 are usual" in page.text
    assert {done.headers["location"], again.headers["location"]} == {
        f"/support/en/tickets/{deferred[0]}?done=contested"
    }
    assert (said.ticket, said.ground, said.text) == (deferred[0], Ground.MESSAGES, "Nie pokazało się.")


def test_nobody_contests_or_sees_what_counts_of_somebody_else(desk: TestClient, deferred: list[str]) -> None:
    other = customer(desk, "quiet")
    done = contest(other, deferred[0])

    assert done.headers["location"] == "/support/en/tickets"
    assert "Other tickets go first" not in other.get("/support/en/tickets").text
    assert other.get(f"/support/en/tickets/{deferred[0]}").status_code == 404
    assert services_of(desk).fair_use.standings.contests() == []


@pytest.mark.usefixtures("deferred")
def test_what_does_not_count_is_not_said_to_be_contested(desk: TestClient) -> None:
    done = contest(customer(desk, "busy"), "NOSUCH")

    assert done.headers["location"] == "/support/en/tickets"


def test_what_a_helpdesk_has_reported_can_be_contested_too(desk: TestClient, clock: TurnedClock) -> None:
    for number in range(3):
        event = {"event_id": f"event-{number:04}", "type": "ticket_created", "ticket": f"HD-{number}"}
        event |= {"account": "busy", "text": TEXTS[number], "locale": "en"}
        assert desk.post("/v1/events", json=[event], headers=OPERATOR).json()["results"][0]["status"] == "recorded"
        clock.now += 2 * 60 * MINUTE
    judged_by_machine(desk, "HD-0", "HD-1", "HD-2")
    decided_on(desk, "busy", clock)
    page = customer(desk, "busy").get("/support/en/tickets")
    done = contest(desk, "HD-1")
    after = desk.get(done.headers["location"])

    assert 'action="/support/en/tickets/HD-1/contest"' in page.text
    assert 'href="/support/en/tickets/HD-1"' not in page.text
    assert done.headers["location"] == "/support/en/tickets?done=contested"
    assert "It does not count until we have looked at it." in text_of(after)
    (said,) = services_of(desk).fair_use.standings.contests()
    assert (said.ticket, said.state) == ("HD-1", ContestState.OPEN)


@pytest.mark.parametrize("changed", [{"fair_use": "observe"}])
def test_observing_shows_customers_nothing_and_staff_whom(
    desk: TestClient, clock: TurnedClock, accounts: Accounts
) -> None:
    tickets = []
    for text in TEXTS:
        tickets.append(send(desk, text, "busy"))
        clock.now += 2 * 60 * MINUTE
    judged_by_machine(desk, *tickets)
    enter(desk, employ(accounts, Role.STAFF, "Ben"))
    shown = desk.get("/desk/fair-use").text.partition('id="deferred"')[2].partition("</section>")[0]

    assert "Other tickets go first" not in customer(desk, "busy").get("/support/en/tickets").text
    assert contest(desk, tickets[0]).headers["location"] == f"/support/en/tickets/{tickets[0]}"
    assert services_of(desk).fair_use.standings.contests() == []
    assert standing(desk, tickets[0]) is Standing.NORMAL
    assert "<strong>Anna</strong>" in shown
    assert set(re.findall(r'href="/desk/tickets/([A-Z0-9]+)"', shown)) == set(tickets)


@pytest.mark.parametrize(("what", "form"), [("reply", {"key": "a" * 22}), ("contest", {"ground": "messages"})])
def test_while_the_database_is_away_what_is_written_stays_in_the_form(
    desk: TestClient, deferred: list[str], monkeypatch: pytest.MonkeyPatch, what: str, form: dict[str, str]
) -> None:
    def away(*_: object, **__: object) -> None:
        raise RecordUnavailable("away")

    services = services_of(desk)
    written = "Nadal nie działa: <b>błąd</b> & koniec."
    with monkeypatch.context() as broken:
        broken.setattr(type(services.intake.store), "ticket", away)
        broken.setattr(type(services.fair_use.standings), "last", away)
        page = customer(desk, "busy").post(f"/support/pl/tickets/{deferred[0]}/{what}", data={**form, "text": written})
    kept = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    action = re.findall(r'<form class="flow" method="post" action="([^"]+)"', page.text)
    again = desk.post(action[0], data={**hidden, "text": written}, follow_redirects=False)

    assert page.status_code == 503
    assert html.unescape(kept[0]) == written
    assert "<b>" not in kept[0]
    assert again.headers["location"].startswith(f"/support/pl/tickets/{deferred[0]}?done=")


def test_a_standing_that_has_ended_takes_its_tickets_back_to_their_places(
    desk: TestClient, clock: TurnedClock, deferred: list[str]
) -> None:
    waits = send(desk, "Wo ist mein Paket?", "busy")
    store, fair = services_of(desk).intake.store, services_of(desk).fair_use
    before = store.ticket(waits)
    judged_by_machine(desk, waits)
    decided_on(desk, "busy", clock)
    until = fair.standings.last(before.account).until
    clock.now = until
    decided_on(desk, "busy", clock)
    after = store.ticket(waits)

    assert (before.standing, after.standing) == (Standing.DEFERRED, Standing.NORMAL)
    assert before.turn_at > before.since
    assert after.turn_at == after.since == before.since
    assert deferred
