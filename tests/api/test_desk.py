"""The staff's desk over HTTP: who comes in, what they may do, and what becomes of tickets there."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from api.desk.signed_in import STAFF_COOKIE
from api.sessions import SESSION_HEADER
from assistant.fair_use.models import ContestState, Ground
from assistant.fair_use.ports import Contest
from assistant.record.evidence import MACHINE, Finding
from assistant.staff.accounts import COMMAND_LINE, Accounts
from assistant.staff.models import Role, StaffMember
from assistant.tickets.models import TicketState
from tests.api.conftest import OPERATOR, build_small, client_over
from tests.api.record_desk import TurnedClock, eventually
from tests.api.test_sign_in import fee_message
from tests.api.test_support import NOON, PNG, SETTINGS, token_of

PASSWORD = "żółw lubi ciepłe morze"  # noqa: S105 - of the tests
MINUTE = 60_000
REFUND = "When does money come back to the card that paid?"
WRITTEN = "Poproszę o fakturę dla firmy, numer zamówienia mam pod ręką."


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
    with client_over(tmp_path, clock=clock, **{**SETTINGS, **changed}) as client:
        yield client


@pytest.fixture
def accounts(desk: TestClient) -> Accounts:
    """The desk's accounts, as the service itself has them."""
    found: Accounts = desk.app.state.services.accounts  # type: ignore[attr-defined]
    return found


def employ(accounts: Accounts, role: Role, name: str = "") -> StaffMember:
    called = name or role.value.title()
    return accounts.add(f"{called}@example.com", called, role, password=PASSWORD, by=COMMAND_LINE, at=NOON)


def enter(desk: TestClient, member: StaffMember, password: str = PASSWORD, **more: str) -> httpx2.Response:
    form = {"email": member.email, "password": password, **more}
    return desk.post("/desk/sign-in", data=form, follow_redirects=False)


@pytest.fixture
def zofia(desk: TestClient, accounts: Accounts) -> StaffMember:
    """An administrator who is signed in."""
    member = employ(accounts, Role.ADMIN, "Zofia")
    assert enter(desk, member).status_code == 303
    return member


@pytest.fixture
def staff(desk: TestClient, accounts: Accounts) -> StaffMember:
    """Somebody who answers tickets and is signed in."""
    member = employ(accounts, Role.STAFF, "Ben")
    assert enter(desk, member).status_code == 303
    return member


def send(desk: TestClient, text: str = REFUND, account: str = "shop-17", **more: Any) -> str:
    """Send a ticket as a customer, and wait until the record has it; return its number."""
    request = {"key": f"key-{abs(hash((text, account))):x}", "text": text, "locale": "en", "checked": True, **more}
    sent = desk.post("/v1/tickets", json=request, headers={SESSION_HEADER: token_of(account)})
    assert sent.status_code == 201, sent.text
    number = str(sent.json()["ticket"]["ticket"])
    record = desk.app.state.services.record  # type: ignore[attr-defined]
    eventually(lambda: record.ticket(number) is not None)
    return number


def judged_by_machine(desk: TestClient, *tickets: str) -> None:
    """Wait until the machine has looked at tickets."""
    record = desk.app.state.services.record  # type: ignore[attr-defined]
    eventually(lambda: all(any(one.by == MACHINE for one in record.verdicts_on(ticket)) for ticket in tickets))


def decided_on(desk: TestClient, account: str, clock: TurnedClock) -> None:
    """Have fair use decide on a customer now, whether its chore is at the news just then or not."""
    services = desk.app.state.services  # type: ignore[attr-defined]
    services.fair_use.look(services.keys.account(account), at=clock.now)


def in_queue(page: httpx2.Response) -> list[str]:
    return re.findall(r'<a href="/desk/tickets/([A-Z0-9]+)" lang', page.text)


def message_of(page: httpx2.Response) -> str:
    found = re.search(r'<p class="message" role="alert"[^>]*>([^<]+)</p>', page.text)
    return html.unescape(found.group(1)) if found else ""


def state_of(desk: TestClient, ticket: str) -> TicketState:
    found = desk.app.state.services.intake.store.ticket(ticket)  # type: ignore[attr-defined]
    state: TicketState = found.state
    return state


def key_of(page: httpx2.Response) -> str:
    return str(re.findall(r'<input type="hidden" name="key" value="([^"]+)"', page.text)[0])


# Signing in


@pytest.mark.parametrize("path", ["/desk", "/desk/check", "/desk/accounts", "/desk/fair-use", "/desk?page=2"])
def test_whoever_is_signed_out_is_led_to_sign_in_and_back(desk: TestClient, accounts: Accounts, path: str) -> None:
    employ(accounts, Role.ADMIN, "Zofia")
    form = desk.get(path)
    to = re.findall(r'name="to" value="([^"]+)"', form.text)[0]
    back = desk.post("/desk/sign-in", data={"email": "zofia@example.com", "password": PASSWORD, "to": to})

    assert (form.status_code, form.url.path) == (200, "/desk/sign-in")
    assert (back.status_code, str(back.url)) == (200, f"http://testserver{path}")


def test_what_is_sent_by_nobody_changes_nothing(desk: TestClient) -> None:
    ticket = send(desk)
    done = [
        desk.post(f"/desk/tickets/{ticket}/{what}", data=form, follow_redirects=False)
        for what, form in [
            ("answer", {"text": "x", "key": "k" * 12, "state": "solved"}),
            ("state", {"state": "solved"}),
            ("verdict", {"said": "yes"}),
        ]
    ]

    assert [(one.status_code, one.headers["location"]) for one in done] == [(303, "/desk/sign-in?to=/desk")] * 3
    assert state_of(desk, ticket) is TicketState.RECEIVED


def test_the_cookie_of_a_session_is_for_the_server_alone_and_ends_with_it(
    desk: TestClient, accounts: Accounts, clock: TurnedClock
) -> None:
    cookie = enter(desk, employ(accounts, Role.STAFF)).headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=lax", "max-age=36000", "path=/"))

    clock.now += 10 * 60 * MINUTE - 1
    assert desk.get("/desk", follow_redirects=False).status_code == 200
    clock.now += 1
    assert desk.get("/desk", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("changed", [{"public_url": "https://help.example.com"}])
def test_under_https_the_cookie_goes_nowhere_else(desk: TestClient, accounts: Accounts) -> None:
    assert "; secure" in enter(desk, employ(accounts, Role.STAFF)).headers["set-cookie"].lower()


@pytest.mark.parametrize(("email", "password"), [("ben@example.com", "wrong"), ("nobody@example.com", PASSWORD)])
def test_a_wrong_password_and_an_unknown_address_are_the_same_sentence(
    desk: TestClient, accounts: Accounts, email: str, password: str
) -> None:
    employ(accounts, Role.STAFF, "Ben")
    page = desk.post("/desk/sign-in", data={"email": email, "password": password, "to": "/desk/check"})

    assert (page.status_code, message_of(page)) == (403, "This address and password do not go together.")
    assert f'value="{email}"' in page.text
    assert password not in page.text
    assert 'name="to" value="/desk/check"' in page.text
    assert STAFF_COOKIE not in desk.cookies


def test_guessing_locks_an_account_for_a_minute_and_says_so(
    desk: TestClient, accounts: Accounts, clock: TurnedClock
) -> None:
    ben = employ(accounts, Role.STAFF, "Ben")
    pages = [enter(desk, ben, "wrong") for _ in range(5)] + [enter(desk, ben)]
    clock.now += MINUTE

    assert [one.status_code for one in pages] == [403] * 4 + [429] * 2
    assert message_of(pages[5]) == "There were too many wrong passwords. Please wait 1 minute."
    assert enter(desk, ben).status_code == 303


@pytest.mark.parametrize("changed", [{"sign_in_limit": "2/hour"}])
def test_one_address_may_try_only_so_often(desk: TestClient, accounts: Accounts) -> None:
    ben = employ(accounts, Role.STAFF, "Ben")
    pages = [enter(desk, ben, "wrong"), enter(desk, ben, "wrong"), enter(desk, ben)]

    assert [one.status_code for one in pages] == [403, 403, 429]
    assert message_of(pages[2]) == "There were too many attempts from here. Please wait a while."


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/desk/../..", "\\\\evil", "/support", ""])
def test_signing_in_and_another_language_lead_nowhere_but_to_the_desk(
    desk: TestClient, accounts: Accounts, to: str
) -> None:
    member = employ(accounts, Role.STAFF)
    entered = enter(desk, member, to=to)
    spoken = desk.post("/desk/language", data={"locale": "pl", "back": to}, follow_redirects=False)
    again = desk.get("/desk/sign-in", params={"to": to}, follow_redirects=False)

    assert [one.headers["location"] for one in (entered, spoken, again)] == ["/desk"] * 3


@pytest.mark.usefixtures("staff")
def test_signing_out_ends_the_session_on_the_server_too(desk: TestClient) -> None:
    token = desk.cookies[STAFF_COOKIE]
    desk.post("/desk/sign-out")
    forgotten = STAFF_COOKIE not in desk.cookies
    desk.cookies.set(STAFF_COOKIE, token, domain="testserver.local", path="/")

    assert forgotten
    assert desk.get("/desk", follow_redirects=False).status_code == 303


@pytest.mark.usefixtures("staff")
def test_the_desk_speaks_the_language_that_is_chosen(desk: TestClient) -> None:
    before = desk.get("/desk/check")
    after = desk.post("/desk/language", data={"locale": "pl", "back": "/desk/check"})
    unknown = desk.post("/desk/language", data={"locale": "xx", "back": "/desk/check"})

    assert '<html lang="en"' in before.text
    assert all('<html lang="pl"' in one.text and one.url.path == "/desk/check" for one in (after, unknown))


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}]
)
@pytest.mark.parametrize("path", ["/desk/sign-in", "/desk/sign-out", "/desk/tickets/A/answer", "/desk/accounts"])
def test_forms_of_other_sites_are_refused(desk: TestClient, path: str, headers: dict[str, str]) -> None:
    refused = desk.post(path, data={"email": "a@example.com"}, headers=headers, follow_redirects=False)

    assert refused.status_code == 403
    assert desk.get("/desk", follow_redirects=False).status_code == 200


# Roles


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.STAFF, {"/desk", "/desk/check", "/desk/fair-use", "/desk/password"}),
        (Role.WRITER, {"/desk/password"}),
        (
            Role.ADMIN,
            {"/desk", "/desk/check", "/desk/fair-use", "/desk/password", "/desk/accounts", "/desk/audit"},
        ),
    ],
)
def test_a_role_sees_what_it_is_for_and_is_told_about_the_rest(
    desk: TestClient, accounts: Accounts, role: Role, allowed: set[str]
) -> None:
    enter(desk, employ(accounts, role))
    places = ["/desk", "/desk/check", "/desk/fair-use", "/desk/password", "/desk/accounts", "/desk/audit"]
    pages = {path: desk.get(path, follow_redirects=False) for path in places}

    assert {path for path, page in pages.items() if page.status_code == 200} == allowed
    if role is Role.WRITER:  # whose desk is another one
        assert pages.pop("/desk").headers["location"] == "/writers"
    refused = [page for page in pages.values() if page.status_code != 200]
    assert all(page.status_code == 403 and "This is not for your role" in page.text for page in refused)
    for path in set(places) - {"/desk/password"}:
        assert (f'<a href="{path}"' in pages["/desk/password"].text) == (path in allowed)


def test_a_role_may_not_send_what_it_may_not_see(desk: TestClient, accounts: Accounts) -> None:
    writer, ben = employ(accounts, Role.WRITER), employ(accounts, Role.STAFF, "Ben")
    ticket = send(desk)
    enter(desk, writer)
    solved = desk.post(f"/desk/tickets/{ticket}/state", data={"state": "solved"}).status_code
    read = desk.get(f"/desk/tickets/{ticket}").status_code
    enter(desk, ben)
    changed = desk.post(f"/desk/accounts/{ben.id}", data={"what": "role", "role": "admin"}).status_code
    added = desk.post("/desk/accounts", data={"email": "x@example.com", "name": "X", "role": "admin"}).status_code

    assert (solved, read, changed, added) == (403, 403, 403, 403)
    assert state_of(desk, ticket) is TicketState.RECEIVED
    assert [one.role for one in accounts.members()] == [Role.STAFF, Role.WRITER]


@pytest.mark.usefixtures("zofia")
def test_no_page_of_the_desk_is_kept_in_a_cache_or_found_by_a_search_engine(desk: TestClient) -> None:
    ticket = send(desk)
    places = ["", "/check", "/fair-use", "/password", "/accounts", "/audit", f"/tickets/{ticket}"]
    pages = [desk.get(f"/desk{path}") for path in places]

    assert [one.status_code for one in pages] == [200] * len(places)
    assert {one.headers["cache-control"] for one in pages} == {"private, no-store"}
    assert {one.headers["x-robots-tag"] for one in pages} == {"noindex"}
    desk.cookies.clear()
    assert desk.get("/desk/sign-in").headers["cache-control"] == "private, no-store"


# The queue


def pay(desk: TestClient, ticket: str) -> None:
    body, headers = fee_message(ticket)
    assert desk.post(f"/v1/tickets/{ticket}/fee", content=body, headers=headers).status_code == 200


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("changed", [{"fair_use": "on", "fair_use_messages": 1}])
def test_the_queue_is_by_lane_then_standing_then_time_and_says_why(desk: TestClient, clock: TurnedClock) -> None:
    busy = []
    for text in ("When does money come back to the card?", "Parcels leave on which day?"):
        busy.append(send(desk, text, "busy"))
        clock.now += MINUTE
    judged_by_machine(desk, *busy)
    decided_on(desk, "busy", clock)
    clock.now += MINUTE
    busy.append(send(desk, "plugh plover", "busy"))
    clock.now += MINUTE
    quiet = send(desk, "Where is my parcel?", "quiet")
    clock.now += MINUTE
    paid = send(desk, "It is urgent", "hurried", lane="priority")
    pay(desk, paid)
    page = desk.get("/desk")

    assert in_queue(page) == [paid, *busy[:2], quiet, busy[2]]
    why = [html.unescape(one) for one in re.findall(r'<p class="why">([^<]+)</p>', page.text)]
    assert len(why) == 2
    assert why[0] == "priority: the fee is paid"
    assert why[1].startswith("deferred: 2 matters in 30 days; up to 1 are usual. It counts as sent on ")
    assert re.search(r"<dt>Priority</dt><dd>1</dd>", page.text)
    assert re.search(r"<dt>Standard</dt><dd>4</dd>", page.text)


@pytest.mark.usefixtures("staff")
def test_the_next_ticket_is_the_first_in_the_queue_other_than_the_one_at_hand(
    desk: TestClient, clock: TurnedClock
) -> None:
    nobody = desk.get("/desk/next", follow_redirects=False).headers["location"]
    first = send(desk)
    clock.now += MINUTE
    second = send(desk, WRITTEN)
    led = [
        desk.get("/desk/next", params={"after": after}, follow_redirects=False).headers["location"]
        for after in ("", first, second)
    ]

    assert nobody == "/desk"
    assert led == [f"/desk/tickets/{one}" for one in (first, second, first)]


@pytest.mark.usefixtures("staff")
def test_promises_that_were_kept_and_missed_are_counted(desk: TestClient, clock: TurnedClock) -> None:
    in_time, late = send(desk), send(desk, WRITTEN)
    answer(desk, in_time)
    clock.now += 24 * 60 * MINUTE
    desk.post("/desk/sign-in", data={"email": "ben@example.com", "password": PASSWORD})
    overdue = desk.get("/desk")
    answer(desk, late)
    missed = desk.get("/desk")

    def figures(page: httpx2.Response) -> list[str]:
        return re.findall(r"<dd>(\d+)", page.text)[2:]

    assert "We are late; sorry." in overdue.text
    assert figures(overdue) == ["1", "1"]
    assert figures(missed) == ["1", "0"]
    assert re.findall(r"of (\d+) in 30 days", missed.text) == ["2"]


# A ticket


def answer(
    desk: TestClient, ticket: str, text: str = "Your money is on its way.", state: str = "solved", key: str = ""
) -> httpx2.Response:
    form = {"text": text, "state": state, "key": key or f"of-{ticket}-{state}"}
    return desk.post(f"/desk/tickets/{ticket}/answer", data=form)


@pytest.mark.usefixtures("staff")
def test_a_ticket_shows_its_text_its_check_and_what_was_shown_and_opened_before(desk: TestClient) -> None:
    asked = {"question": "when does money come back", "locale": "en", "intent": "ticket", "visitor": "anns-browser"}
    shown = desk.post("/v1/answers", json=asked).json()
    opened = {"event_id": "event-0001", "type": "opened", "rank": 1, "token": shown["token"]}
    assert desk.post("/v1/events", json=[opened]).json()["results"][0]["status"] == "recorded"
    text = "<b>Hello</b>, " + REFUND + " Quantum chromodynamics lectures, too?"
    ticket = send(desk, text, token=shown["token"], episode=shown["episode"], visitor="anns-browser")
    page = desk.get(f"/desk/tickets/{ticket}")
    conversation = page.text.partition("Before writing")[2].partition("</ol>")[0]

    assert "&lt;b&gt;Hello&lt;/b&gt;, When does money come back to the card that paid?" in page.text
    assert "<b>Hello" not in page.text
    assert "Partly answered in our docs" in page.text
    assert "Money comes back within ten days." in page.text
    assert ">opened before<" in page.text
    assert "when does money come back" in conversation
    assert re.findall(r'quiet">([^<]+)<', conversation)[0] == "opened"
    assert "anna@example.com" in page.text


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("ticket", ["NOSUCHTICKET", "%00", "..%2F..", "ę"])
def test_a_ticket_that_is_not_there_is_not_found(desk: TestClient, ticket: str) -> None:
    assert desk.get(f"/desk/tickets/{ticket}", headers={"accept": "text/html"}).status_code == 404
    assert desk.post(f"/desk/tickets/{ticket}/state", data={"state": "solved"}).status_code == 404


@pytest.mark.parametrize(
    ("said", "finding", "words"),
    [
        ("yes", Finding.NOT_SHOWN, "in the docs, not shown (staff)"),
        ("part", Finding.PARTLY_IN_DOCS, "in part in the docs (staff)"),
        ("no", Finding.NOT_IN_DOCS, "not in the docs (staff)"),
    ],
)
def test_a_verdict_stands_in_the_record_with_who_gave_it(
    desk: TestClient, accounts: Accounts, staff: StaffMember, said: str, finding: Finding, words: str
) -> None:
    ticket = send(desk)
    page = desk.post(f"/desk/tickets/{ticket}/verdict", data={"said": said, "reason": "ask ola@example.com"})
    verdicts = desk.app.state.services.record.verdicts_on(ticket)  # type: ignore[attr-defined]
    (by_staff,) = [one for one in verdicts if one.by != MACHINE]

    assert (by_staff.by, by_staff.finding, by_staff.at) == (staff.id, finding, NOON)
    assert "ola@example.com" not in by_staff.reason
    assert "Your verdict is recorded." in page.text
    assert words in desk.get("/desk").text
    assert (staff.id, "ticket.judged", ticket, finding.value) in [
        (one.by, one.action, one.about, one.details) for one in accounts.store.entries(most=9)
    ]


@pytest.mark.usefixtures("staff")
def test_a_verdict_is_yes_part_or_no(desk: TestClient) -> None:
    ticket = send(desk)
    page = desk.post(f"/desk/tickets/{ticket}/verdict", data={"said": "perhaps"})

    assert (page.status_code, message_of(page)) == (422, "Say yes, in part or no.")


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    "changed", [{"fair_use": "on", "fair_use_in_docs": 1, "fair_use_in_docs_share": 0.1, "fair_use_messages": 0}]
)
def test_a_verdict_has_fair_use_look_at_the_customer(desk: TestClient) -> None:
    asked = {"question": "when does money come back", "locale": "en", "intent": "ticket", "visitor": "anns-browser"}
    shown = desk.post("/v1/answers", json=asked).json()
    displayed = {"event_id": "event-0001", "type": "shown", "token": shown["token"]}
    assert desk.post("/v1/events", json=[displayed]).json()["results"][0]["status"] == "recorded"
    ticket = send(desk, token=shown["token"], episode=shown["episode"], visitor="anns-browser")
    judged_by_machine(desk, ticket)
    services = desk.app.state.services  # type: ignore[attr-defined]
    account = services.intake.store.ticket(ticket).account
    before = services.fair_use.decision_on(account, at=NOON)
    desk.post(f"/desk/tickets/{ticket}/verdict", data={"said": "yes"})
    after = services.fair_use.decision_on(account, at=NOON)

    assert before is None
    assert [one.ground.value for one in after.snapshot.decision.holding] == ["in_docs"]


@pytest.mark.parametrize(("state", "said"), [("solved", "The ticket is solved."), ("waiting", "The ticket waits")])
def test_an_answer_reaches_the_customer_and_moves_the_ticket(
    desk: TestClient, accounts: Accounts, staff: StaffMember, state: str, said: str
) -> None:
    ticket = send(desk)
    page = answer(desk, ticket, "Już wysłane.\r\nPozdrawiam", state)
    mine = desk.get("/v1/tickets", headers={SESSION_HEADER: token_of()}).json()["tickets"]
    services = desk.app.state.services  # type: ignore[attr-defined]
    (message,) = services.conversations.of(ticket)
    closed_at = services.record.ticket(ticket).closed_at

    assert said in page.text
    assert (message.by.value, message.author, message.text) == ("staff", "Ben", "Już wysłane.\nPozdrawiam")
    assert [(one["ticket"], one["state"]) for one in mine] == [(ticket, state)]
    assert in_queue(desk.get("/desk")) == []
    assert (staff.id, "ticket.answered", ticket, state) in [
        (one.by, one.action, one.about, one.details) for one in accounts.store.entries(most=9)
    ]
    assert closed_at == (NOON if state == "solved" else None)


@pytest.mark.usefixtures("staff")
def test_tickets_can_be_passed_over_one_after_another(desk: TestClient, clock: TurnedClock) -> None:
    tickets = []
    for text in (REFUND, WRITTEN, "Wo ist mein Paket?", "Où est mon colis ?"):
        tickets.append(send(desk, text))
        clock.now += MINUTE
    answer(desk, tickets[1])

    def led(after: str) -> str:
        path: str = desk.get("/desk/next", params={"after": after}, follow_redirects=False).headers["location"]
        return path.rsplit("/", 1)[1]

    assert [led(one) for one in tickets] == [tickets[2], tickets[0], tickets[3], tickets[0]]
    assert led("NOSUCH") == tickets[0]


@pytest.mark.usefixtures("staff")
def test_what_two_of_the_staff_answer_at_once_is_noticed_and_the_text_stays(desk: TestClient) -> None:
    ticket = send(desk)
    page = desk.get(f"/desk/tickets/{ticket}")
    form = {"key": key_of(page), "read": re.findall(r'name="read" value="(\d+)"', page.text)[0], "state": "solved"}
    answer(desk, ticket, "From somebody else.", "waiting", key="k" * 22)
    late = desk.post(f"/desk/tickets/{ticket}/answer", data={**form, "text": "Mine, <later>."})
    again = {**form, "read": re.findall(r'name="read" value="(\d+)"', late.text)[0], "text": "Mine, <later>."}
    sent = [desk.post(f"/desk/tickets/{ticket}/answer", data=again, follow_redirects=False) for _ in range(2)]
    conversation = desk.app.state.services.conversations.of(ticket)  # type: ignore[attr-defined]

    assert late.status_code == 409
    assert message_of(late).startswith("Something was written here in the meantime.")
    assert "From somebody else." in late.text
    assert "Mine, &lt;later&gt;.</textarea>" in late.text
    assert [one.headers["location"] for one in sent] == [f"/desk/tickets/{ticket}?done=solved"] * 2
    assert [one.text for one in conversation] == ["From somebody else.", "Mine, <later>."]


@pytest.mark.usefixtures("staff")
def test_an_answer_as_long_as_the_form_takes_is_sent_however_its_lines_end(desk: TestClient) -> None:
    ticket, longer = send(desk), send(desk, WRITTEN)
    written = "a\r\n" * 10_000
    sent = answer(desk, ticket, written)
    refused = answer(desk, longer, "a" * 20_001)

    assert (sent.status_code, state_of(desk, ticket)) == (200, TicketState.SOLVED)
    assert (refused.status_code, state_of(desk, longer)) == (422, TicketState.RECEIVED)
    assert message_of(refused) == "Your message is too long. Please shorten it to 20,000 characters."


@pytest.mark.usefixtures("staff")
def test_the_enter_key_in_a_reason_decides_nothing(desk: TestClient) -> None:
    page = desk.get(f"/desk/tickets/{send(desk)}").text
    form = page.partition('class="verdict">')[2].partition("</form>")[0]

    # The first button is what a browser presses for it.
    assert re.findall(r"<button[^>]*>", form)[0] == '<button class="hidden" disabled aria-hidden="true" tabindex="-1">'


@pytest.mark.parametrize("changed", [{"fair_use": "on", "fair_use_messages": 1}])
def test_the_first_word_on_a_contest_counts_and_the_log_tells_no_other(
    desk: TestClient, accounts: Accounts, clock: TurnedClock
) -> None:
    services = desk.app.state.services  # type: ignore[attr-defined]
    ticket = send(desk, REFUND, "busy")
    account = services.intake.store.ticket(ticket).account
    services.fair_use.standings.contest(Contest(ticket, Ground.MESSAGES, account, "Nie.", clock.now))
    for name, upheld in (("Ben", "no"), ("Zofia", "yes")):
        enter(desk, employ(accounts, Role.STAFF, name))
        desk.post(f"/desk/contests/{ticket}/messages", data={"upheld": upheld, "reason": f"{name} says so."})
    (contest,) = services.fair_use.standings.contests()
    names = accounts.names()

    assert (contest.state, contest.reason) == (ContestState.REJECTED, "Ben says so.")
    assert [
        (names[one.by], one.details) for one in accounts.store.entries(most=50) if one.action == "contest.settled"
    ] == [("Ben", "messages rejected")]


@pytest.mark.usefixtures("staff")
def test_the_same_answer_sent_twice_is_one(desk: TestClient) -> None:
    ticket = send(desk)
    key = key_of(desk.get(f"/desk/tickets/{ticket}"))
    pages = [answer(desk, ticket, key=key) for _ in range(2)]
    other = answer(desk, ticket, "And one more thing.", "waiting", key_of(pages[1]))
    messages = desk.app.state.services.conversations.of(ticket)  # type: ignore[attr-defined]

    assert [one.status_code for one in (*pages, other)] == [200] * 3
    assert [one.text for one in messages] == ["Your money is on its way.", "And one more thing."]


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    ("text", "state"), [("", "solved"), (" \r\n ", "waiting"), ("written", "received"), ("another", "x")]
)
def test_an_answer_that_cannot_be_sent_changes_nothing_and_the_text_stays(
    desk: TestClient, text: str, state: str
) -> None:
    ticket = send(desk)
    page = answer(desk, ticket, text, state)

    assert (page.status_code, message_of(page)) == (422, "Write an answer first.")
    assert text.strip() in page.text.rpartition("</textarea>")[0].rpartition(">")[2]
    assert state_of(desk, ticket) is TicketState.RECEIVED


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    ("state", "then"),
    [("in_progress", TicketState.IN_PROGRESS), ("solved", TicketState.SOLVED), ("unconfirmed", TicketState.RECEIVED)],
)
def test_a_ticket_is_moved_without_a_word(desk: TestClient, state: str, then: TicketState) -> None:
    ticket = send(desk)
    desk.post(f"/desk/tickets/{ticket}/state", data={"state": state})

    assert state_of(desk, ticket) is then
    assert desk.app.state.services.conversations.of(ticket) == []  # type: ignore[attr-defined]


def test_a_file_is_a_download_and_whoever_reads_it_is_noted(
    desk: TestClient, accounts: Accounts, staff: StaffMember
) -> None:
    customer = {SESSION_HEADER: token_of()}
    upload = desk.post("/v1/attachments", files={"file": ("żółw.png", PNG)}, headers=customer)
    assert upload.status_code == 201, upload.text
    file = upload.json()["id"]
    ticket, other = send(desk, files=[file]), send(desk, WRITTEN)
    page = desk.get(f"/desk/tickets/{ticket}")
    read = desk.get(f"/desk/tickets/{ticket}/files/{file}")
    elsewhere = desk.get(f"/desk/tickets/{other}/files/{file}").status_code

    assert f'href="/desk/tickets/{ticket}/files/{file}" download>żółw.png</a>' in page.text
    assert (read.status_code, read.content) == (200, PNG)
    assert read.headers["content-disposition"].startswith("attachment")
    assert "no-store" in read.headers["cache-control"]
    noted = [one for one in accounts.store.entries(most=9) if one.action == "file.read"]
    assert elsewhere == 404
    assert [(one.by, one.about, one.details) for one in noted] == [(staff.id, ticket, file)]


# A check of any text


@pytest.mark.usefixtures("staff")
def test_any_text_can_be_checked_and_comes_with_a_reply(desk: TestClient) -> None:
    page = desk.post("/desk/check", data={"text": f"Hello,\n{REFUND}\n</textarea><script>"})
    reply = html.unescape(re.findall(r"data-reply>(.*?)</textarea>", page.text, re.DOTALL)[0])

    assert page.status_code == 200
    assert '<h2 id="check-title">' in page.text
    assert "Money comes back within ten days." in page.text
    assert "Money comes back within ten days." in reply
    assert "<script>" not in page.text.partition("<main")[2]


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("text", ["", "  \n "])
def test_nothing_to_check_is_a_sentence(desk: TestClient, text: str) -> None:
    page = desk.post("/desk/check", data={"text": text})

    assert (page.status_code, message_of(page)) == (422, "Paste the text of a ticket first.")


@pytest.mark.usefixtures("staff")
def test_a_check_that_cannot_be_made_is_a_sentence_and_the_text_stays(
    desk: TestClient, tmp_path: Path, clock: TurnedClock
) -> None:
    with client_over(tmp_path / "none", clock=clock, database=f"sqlite:///{tmp_path}/record.db") as without_index:
        without_index.cookies.set(STAFF_COOKIE, desk.cookies[STAFF_COOKIE], domain="testserver.local", path="/")
        page = without_index.post("/desk/check", data={"text": REFUND})

    assert (page.status_code, f">{REFUND}</textarea>" in page.text) == (503, True)
    assert message_of(page) == "The docs cannot be searched right now. Please try again in a moment."


# Accounts


def test_a_new_account_gets_a_password_that_is_shown_once(
    desk: TestClient, accounts: Accounts, zofia: StaffMember
) -> None:
    page = desk.post("/desk/accounts", data={"email": "Ola@Example.com", "name": "Ola Żak", "role": "staff"})
    password = re.findall(r'<code class="secret">([^<]+)</code>', page.text)[0]
    later = desk.get("/desk/accounts").text + desk.get("/desk/audit").text
    ola = accounts.store.by_email("ola@example.com")

    assert re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", password)
    assert password not in later
    assert ola is not None
    assert (ola.name, ola.role) == ("Ola Żak", Role.STAFF)
    assert enter(desk, ola, password).status_code == 303


@pytest.mark.usefixtures("zofia")
@pytest.mark.parametrize(
    ("form", "status", "message"),
    [
        ({"email": "zofia@example.com", "role": "staff"}, 409, "This address has an account already."),
        ({"email": "nonsense", "role": "staff"}, 422, "That is no e-mail address. One looks like name@example.com."),
        ({"email": "", "role": "staff"}, 422, "That is no e-mail address. One looks like name@example.com."),
    ],
)
def test_an_account_that_cannot_be_made_is_a_sentence(
    desk: TestClient, accounts: Accounts, form: dict[str, str], status: int, message: str
) -> None:
    page = desk.post("/desk/accounts", data={"name": "X", **form})

    assert (page.status_code, message_of(page)) == (status, message)
    assert len(accounts.members()) == 1


@pytest.mark.usefixtures("zofia")
def test_a_role_is_changed_and_counts_at_once(desk: TestClient, accounts: Accounts, tmp_path: Path) -> None:
    ben = employ(accounts, Role.STAFF, "Ben")
    token = desk.cookies[STAFF_COOKIE]
    enter(desk, ben)
    bens = desk.cookies[STAFF_COOKIE]

    def as_(cookie: str) -> TestClient:
        desk.cookies.set(STAFF_COOKIE, cookie, domain="testserver.local", path="/")
        return desk

    as_(token).post(f"/desk/accounts/{ben.id}", data={"what": "role", "role": "writer"})

    assert as_(bens).get("/desk/check").status_code == 403


@pytest.mark.usefixtures("zofia")
def test_who_is_switched_off_is_out_at_once_until_switched_on(desk: TestClient, accounts: Accounts) -> None:
    ben = employ(accounts, Role.STAFF, "Ben")
    session = accounts.begin(ben, "password", at=NOON).token
    off = desk.post(f"/desk/accounts/{ben.id}", data={"what": "disable"})
    out = accounts.of(session, at=NOON)
    refused = accounts.sign_in(ben.email, PASSWORD, at=NOON)
    desk.post(f"/desk/accounts/{ben.id}", data={"what": "enable"})

    assert (off.status_code, "switched off" in off.text) == (200, True)
    assert (out, refused) == (None, None)
    assert accounts.sign_in(ben.email, PASSWORD, at=NOON) is not None


@pytest.mark.usefixtures("zofia")
def test_a_password_is_renewed_and_the_old_one_ends(desk: TestClient, accounts: Accounts) -> None:
    ben = employ(accounts, Role.STAFF, "Ben")
    page = desk.post(f"/desk/accounts/{ben.id}", data={"what": "password"})
    password = re.findall(r'<code class="secret">([^<]+)</code>', page.text)[0]

    assert accounts.sign_in(ben.email, PASSWORD, at=NOON) is None
    assert accounts.sign_in(ben.email, password, at=NOON) is not None


@pytest.mark.parametrize("form", [{"what": "disable"}, {"what": "role", "role": "staff"}])
def test_the_last_administrator_cannot_be_taken_away(
    desk: TestClient, accounts: Accounts, zofia: StaffMember, form: dict[str, str]
) -> None:
    page = desk.post(f"/desk/accounts/{zofia.id}", data=form)

    assert (page.status_code, message_of(page)) == (
        409,
        "That cannot be done: somebody has to be left who keeps the accounts.",
    )
    assert accounts.members() == [zofia]


def test_who_gives_up_the_accounts_sees_them_no_more(desk: TestClient, accounts: Accounts, zofia: StaffMember) -> None:
    employ(accounts, Role.ADMIN, "Ben")
    done = desk.post(f"/desk/accounts/{zofia.id}", data={"what": "role", "role": "staff"}, follow_redirects=False)

    assert (done.status_code, done.headers["location"]) == (303, "/desk")
    assert desk.get("/desk/accounts").status_code == 403


def test_nobody_renews_their_own_password_unread(desk: TestClient, accounts: Accounts, zofia: StaffMember) -> None:
    led = desk.post(f"/desk/accounts/{zofia.id}", data={"what": "password"}, follow_redirects=False)

    assert led.headers["location"] == "/desk/password"
    assert accounts.members() == [zofia]


def test_ones_own_password_is_changed_with_the_old_one(
    desk: TestClient, accounts: Accounts, staff: StaffMember
) -> None:
    new = "a new horse battery staple"
    elsewhere = accounts.begin(staff, "password", at=NOON).token
    wrong = desk.post("/desk/password", data={"old": "wrong", "new": new})
    short = desk.post("/desk/password", data={"old": PASSWORD, "new": "short"})
    done = desk.post("/desk/password", data={"old": PASSWORD, "new": new}, follow_redirects=False)

    assert (wrong.status_code, message_of(wrong)) == (403, "Your present password is another one.")
    assert (short.status_code, "12 characters or more" in message_of(short)) == (422, True)
    assert (done.status_code, done.headers["location"]) == (303, "/desk")
    assert desk.get("/desk", follow_redirects=False).status_code == 200
    assert accounts.of(elsewhere, at=NOON) is None
    assert accounts.sign_in(staff.email, new, at=NOON) is not None


def test_the_log_says_who_did_what(desk: TestClient, accounts: Accounts, zofia: StaffMember) -> None:
    ben = employ(accounts, Role.STAFF, "Ben")
    desk.post(f"/desk/accounts/{ben.id}", data={"what": "disable"})
    page = desk.get("/desk/audit").text
    rows = re.findall(r"<tr>(.*?)</tr>", page.partition("<tbody>")[2], re.DOTALL)
    said = [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]

    assert len(said) == 4
    assert all(word in said[0] for word in ("Zofia", "account.disabled", "Ben"))
    assert all(word in said[1] for word in ("command line", "account.added", "Ben", "staff"))
    assert PASSWORD not in page


def test_programs_with_the_operators_key_are_not_staff(desk: TestClient) -> None:
    assert desk.get("/desk", headers=OPERATOR, follow_redirects=False).status_code == 303
