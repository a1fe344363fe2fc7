"""The support page and what is sent from it, without a script: whole pages; and as our script asks for parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.sessions import SESSION_COOKIE, SESSION_HEADER, Sessions
from assistant.record.keys import Keys, secret_bytes
from assistant.tickets.models import Customer
from tests.api.conftest import OPERATOR, app_over, build_small, client_over

NOON = 1_795_431_600_000  # Monday, 23 November 2026, 12:00 in Warsaw
KEYS = Keys(secret_bytes("a secret of the tests"))
FEE_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - of the tests
SETTINGS: dict[str, Any] = {
    "smtp_url": "smtp://127.0.0.1:9",
    "fee_url": "http://127.0.0.1:9/fees",
    "fee_secret": FEE_SECRET,
    "time_zone": "Europe/Warsaw",
    "ticket_limit": "1000/minute",
}


@pytest.fixture
def support(tmp_path: Path) -> Iterator[TestClient]:
    build_small(tmp_path)
    with client_over(tmp_path, clock=lambda: NOON, **SETTINGS) as opened:
        yield opened


def token_of(account: str = "shop-17", *, verified: bool = True) -> str:
    sessions = Sessions(KEYS.derive("session"), hours=12.0, secure=False)
    return sessions.begin(Customer(account, "Anna", "anna@example.com", verified), "shop", now=NOON)[0]


def sign_in(client: TestClient, account: str = "shop-17", *, verified: bool = True) -> None:
    client.cookies.set(SESSION_COOKIE, token_of(account, verified=verified), domain="testserver.local", path="/")


def fields_of(html: str) -> dict[str, str]:
    """Return the hidden fields of the ticket form, or of the page if it has none."""
    form = html.partition("data-ticket aria")[2] or html
    return dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', form))


def written(html: str, text: str, **more: str) -> dict[str, str]:
    return {**fields_of(html), "step": "send", "text": text, **more}


def open_form(client: TestClient, question: str = "", **asked: str) -> str:
    return client.post("/support/pl/ticket", data={"question": question, "step": "open", **asked}).text


def test_the_front_door_leads_to_the_support_page_in_the_browsers_language(support: TestClient) -> None:
    page = support.get("/", headers={"accept-language": "de;q=0.5, pl-PL, en;q=0.8"})

    assert page.url.path == "/support/pl"
    assert '<html lang="pl"' in page.text


def test_a_question_is_answered_on_the_page_and_kept_in_the_box(support: TestClient) -> None:
    page = support.post("/support/pl", data={"question": "kiedy wracają pieniądze"})

    assert "<mark>Pieniądze wracają w ciągu dziesięciu dni.</mark>" in page.text
    assert ">kiedy wracają pieniądze</textarea>" in page.text
    assert page.headers["cache-control"] == "private, no-store"
    assert page.headers["ratelimit-policy"].startswith('"questions')


@pytest.mark.parametrize("typed", ["", "   ", "x" * 10_001])
def test_a_question_that_cannot_be_used_is_explained_and_kept(support: TestClient, typed: str) -> None:
    page = support.post("/support/pl", data={"question": typed})

    assert page.status_code == 422
    assert f">{typed}</textarea>" in page.text
    assert re.search(r'<p class="message" role="alert" id="message">[^<]+</p>', page.text)


def test_what_a_visitor_typed_is_never_markup(support: TestClient) -> None:
    evil = "<script>alert(1)</script> money"
    asked = support.post("/support/en", data={"question": evil})
    form = support.post("/support/en/ticket", data={"question": evil, "step": "open"})
    sign_in(support)
    support.post("/support/en/ticket", data=written(form.text, evil))
    listed = support.get("/support/en/tickets").text

    assert "<script>alert" not in asked.text + form.text + listed
    assert "&lt;script&gt;alert(1)" in listed


def test_our_script_gets_parts_of_the_page(support: TestClient) -> None:
    page = support.post("/support/pl", data={"question": "zwroty"}, headers={"Askfirst-Part": "page"})

    assert page.text.strip().startswith('<div data-part="outcome"')
    assert "<html" not in page.text


def test_the_form_opens_with_the_question_in_it_and_all_that_went_before(support: TestClient) -> None:
    answer = support.post("/support/pl", data={"question": "kiedy wracają pieniądze"}).text
    form = open_form(support, "kiedy wracają pieniądze", **fields_of(answer))

    assert re.search(r'<textarea id="text"[^>]*>kiedy wracają pieniądze</textarea>', form)
    assert fields_of(form)["token"] == fields_of(answer)["token"] != ""
    assert fields_of(form)["seen"] == fields_of(answer)["seen"] != ""


def test_from_i_still_need_help_to_a_sent_ticket_are_two_presses(support: TestClient) -> None:
    sign_in(support)
    answer = support.post("/support/pl", data={"question": "kiedy wracają pieniądze"}).text
    form = open_form(support, "kiedy wracają pieniądze", **fields_of(answer))
    sent = support.post("/support/pl/ticket", data=written(form, "kiedy wracają pieniądze"))

    assert 'class="sent"' in sent.text
    assert "18:00" in sent.text
    listed = support.get("/v1/tickets").json()["tickets"]
    assert [(one["text"], one["state"]) for one in listed] == [("kiedy wracają pieniądze", "received")]


def test_an_answer_that_was_not_shown_yet_is_shown_once_before_sending_and_never_again(support: TestClient) -> None:
    sign_in(support)
    form = open_form(support)
    text = "Kiedy wracają pieniądze na kartę?"
    first = support.post("/support/pl/ticket", data=written(form, text))
    second = support.post("/support/pl/ticket", data=written(first.text, text + " Czekam."))

    assert 'class="before"' in first.text
    assert "Pieniądze wracają w ciągu dziesięciu dni." in first.text
    assert 'class="sent"' in second.text


def test_an_answer_that_was_shown_is_no_hurdle(support: TestClient) -> None:
    sign_in(support)
    answer = support.post("/support/pl", data={"question": "Kiedy wracają pieniądze na kartę?"}).text
    form = open_form(support, "", **fields_of(answer))
    sent = support.post("/support/pl/ticket", data=written(form, "Kiedy wracają pieniądze na kartę?"))

    assert 'class="sent"' in sent.text


def test_beside_the_text_answers_appear_that_were_not_shown(support: TestClient) -> None:
    form = open_form(support)
    part = {"Askfirst-Part": "page"}
    text = {**fields_of(form), "text": "Kiedy wracają pieniądze?"}
    shown = support.post("/support/pl/beside", data=text, headers=part)
    seen = re.findall(r'data-seen="([^"]*)"', shown.text)[0]
    again = support.post("/support/pl/beside", data={**text, "seen": seen}, headers=part)
    nothing = support.post("/support/pl/beside", data={**text, "text": "xyzzy plugh"}, headers=part)

    assert "Pieniądze wracają" in shown.text
    assert (again.status_code, nothing.status_code) == (204, 204)


def test_the_same_form_sent_twice_is_one_ticket_and_another_text_another(support: TestClient) -> None:
    sign_in(support)
    form = open_form(support)
    first = support.post("/support/pl/ticket", data=written(form, "xyzzy"))
    again = support.post("/support/pl/ticket", data=written(form, "xyzzy"))
    other = support.post("/support/pl/ticket", data=written(form, "xyzzy, and plugh"))

    number = re.compile(r'data-ticket="(\w+)"')
    assert number.findall(first.text) == number.findall(again.text) != number.findall(other.text)
    assert len(support.get("/v1/tickets").json()["tickets"]) == 2


def test_without_an_account_a_link_is_sent_and_nothing_else_happens(support: TestClient) -> None:
    form = open_form(support)
    sent = support.post("/support/pl/ticket", data=written(form, "xyzzy", email="ola@example.com"))

    assert "ola@example.com" in sent.text
    assert support.get("/v1/tickets").status_code == 401


@pytest.mark.parametrize("email", ["", "ola", "ola@", "ola@example.com\nBcc: all@example.com", "a@b@c.pl"])
def test_what_is_no_address_is_said_and_the_text_stays(support: TestClient, email: str) -> None:
    form = open_form(support)
    refused = support.post("/support/pl/ticket", data=written(form, "xyzzy", email=email))

    assert refused.status_code == 422
    assert ">xyzzy</textarea>" in refused.text
    assert 'role="alert"' in refused.text


def test_where_nobody_signs_in_by_mail_the_form_says_to_sign_in(tmp_path: Path) -> None:
    build_small(tmp_path)
    with client_over(tmp_path, sign_in_url="https://shop.example/sign-in") as client:
        form = open_form(client)
        refused = client.post("/support/pl/ticket", data=written(form, "xyzzy"))

    assert "https://shop.example/sign-in" in form
    assert (refused.status_code, ">xyzzy</textarea>" in refused.text) == (422, True)


def test_too_many_tickets_are_refused_with_the_headers_and_the_text_stays(tmp_path: Path) -> None:
    build_small(tmp_path)
    with client_over(tmp_path, clock=lambda: NOON, ticket_limit="2/hour") as client:
        sign_in(client)
        form = open_form(client)
        pages = [client.post("/support/pl/ticket", data=written(form, f"xyzzy {number}")) for number in range(3)]

    assert [one.status_code for one in pages] == [200, 200, 429]
    assert int(pages[2].headers["retry-after"]) > 0
    assert pages[2].headers["ratelimit-policy"] == '"tickets";q=2;w=3600'
    assert ">xyzzy 2</textarea>" in pages[2].text


def test_too_many_questions_are_refused_and_the_question_stays(tmp_path: Path) -> None:
    build_small(tmp_path)
    with client_over(tmp_path, question_limit="2/hour") as client:
        pages = [client.post("/support/pl", data={"question": "zwroty"}) for _ in range(4)]
        api = client.post("/v1/answers", json={"question": "zwroty"})
        trusted = client.post("/v1/answers", json={"question": "zwroty"}, headers=OPERATOR)

    # The first was asked by somebody without an id, who counts by the address alone.
    assert [one.status_code for one in pages] == [200, 200, 200, 429]
    assert ">zwroty</textarea>" in pages[3].text
    assert (api.status_code, api.json()["type"]) == (429, "urn:askfirst:problem:too-many")
    assert api.headers["ratelimit-policy"] == '"questions";q=2;w=3600'
    assert trusted.status_code == 200


def test_many_people_at_one_address_are_allowed_ten_times_as_much(tmp_path: Path) -> None:
    build_small(tmp_path)
    with client_over(tmp_path, question_limit="2/hour") as client:
        asked = [
            client.post("/v1/answers", json={"question": "zwroty", "visitor": f"visitor-{number:02}"})
            for number in range(21)
        ]

    assert [one.status_code for one in asked] == [200] * 20 + [429]
    assert asked[20].headers["ratelimit-policy"] == '"questions-by-address";q=20;w=3600'


def test_without_an_index_a_ticket_can_be_written_all_the_same(tmp_path: Path) -> None:
    with client_over(tmp_path / "none", clock=lambda: NOON) as client:
        sign_in(client)
        page = client.get("/support/pl")
        form = open_form(client)
        sent = client.post("/support/pl/ticket", data=written(form, "Sklep się nie otwiera."))

    assert page.status_code == 200
    assert 'class="sent"' in sent.text


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://other.testserver"},
        {"origin": "null"},
    ],
)
def test_forms_of_other_sites_are_refused(support: TestClient, headers: dict[str, str]) -> None:
    sign_in(support)
    refused = support.post(
        "/support/pl/ticket",
        data={"step": "send", "text": "xyzzy", "key": "k" * 12},
        headers={**headers, "accept": "text/html", "accept-language": "pl"},
    )

    assert (refused.status_code, refused.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert support.get("/v1/tickets").json()["tickets"] == []


def test_only_listed_origins_may_use_it_from_elsewhere(tmp_path: Path) -> None:
    build_small(tmp_path)
    with client_over(tmp_path, origins=("https://shop.example",)) as client:
        good = client.get("/widget/pl", headers={"origin": "https://shop.example"})
        bad = client.get("/widget/pl", headers={"origin": "https://evil.example"})
        asked = client.post("/v1/answers", json={"question": "zwroty"}, headers={"origin": "https://evil.example"})

    assert good.headers["access-control-allow-origin"] == "https://shop.example"
    assert "access-control-allow-origin" not in bad.headers
    assert asked.status_code == 403


def test_a_vote_is_recorded_with_its_reason_and_closes_what_was_solved(support: TestClient) -> None:
    answer = support.post("/support/pl", data={"question": "kiedy wracają pieniądze"}).text
    failed = support.post("/support/pl/votes", data={**fields_of(answer), "vote": "failed"})
    reason = support.post("/support/pl/votes", data={**fields_of(answer), "vote": "reason", "reason": "outdated"})
    solved = support.post(
        "/support/pl/votes", data={**fields_of(answer), "vote": "solved"}, headers={"Askfirst-Part": "page"}
    )

    assert 'name="reason"' in failed.text
    assert (reason.status_code, solved.status_code) == (200, 200)
    assert 'data-part="ticket"' in solved.text
    recorded = support.app.state.services.record.story_of(fields_of(answer)["episode"])[1]  # type: ignore[attr-defined]
    assert sorted((str(one.type), str(one.helpful), str(one.reason)) for one in recorded) == [
        ("solved", "None", "None"),
        ("voted", "False", "None"),
        ("voted", "False", "outdated"),
    ]


def test_a_forged_vote_changes_nothing_and_shows_no_error(support: TestClient) -> None:
    page = support.post("/support/pl/votes", data={"vote": "solved", "token": "forged"})

    assert page.status_code == 200


def test_a_sent_ticket_is_recorded_in_the_episode_of_its_question(support: TestClient) -> None:
    sign_in(support)
    answer = support.post("/support/pl", data={"question": "kiedy wracają pieniądze"}).text
    form = open_form(support, "", **fields_of(answer))
    support.post("/support/pl/ticket", data=written(form, "xyzzy"))
    services = support.app.state.services  # type: ignore[attr-defined]
    (ticket,) = services.intake.tickets_of(Customer("shop-17"))
    recorded = services.record.ticket(ticket.id)

    assert recorded.episode == fields_of(answer)["episode"]
    assert services.intake.store.unrecorded(most=9) == []


def test_somebody_of_the_holdout_gets_the_plain_form(tmp_path: Path) -> None:
    build_small(tmp_path)
    with client_over(tmp_path, clock=lambda: NOON, holdout_share=0.5) as client:
        services = client.app.state.services  # type: ignore[attr-defined]
        account = next(
            name
            for name in map(str, range(99))
            if services.recorder.held_out(services.keys.who(visitor=None, account=name), with_ticket_intent=True)
        )
        sign_in(client, account)
        page = client.post("/support/pl", data={"question": "kiedy wracają pieniądze"}).text
        form = open_form(client, "", **fields_of(page))
        sent = client.post("/support/pl/ticket", data=written(form, "Kiedy wracają pieniądze na kartę?"))

    assert 'class="hit"' not in page
    assert 'class="notice"' not in page
    assert 'class="sent"' in sent.text


def test_my_tickets_need_a_verified_identity(support: TestClient) -> None:
    nobody = support.get("/support/pl/tickets")
    sign_in(support, verified=False)
    unverified = support.get("/support/pl/tickets")

    assert nobody.url.path == unverified.url.path == "/support/pl/sign-in"


def test_my_ticket_shows_what_was_sent_and_whether_the_promise_was_kept(support: TestClient) -> None:
    sign_in(support)
    form = open_form(support)
    support.post("/support/en/ticket", data=written(form, "xyzzy\nplugh"))
    (ticket,) = support.get("/v1/tickets").json()["tickets"]
    number = ticket["ticket"]
    open_still = support.get(f"/support/en/tickets/{number}").text
    support.post(f"/v1/tickets/{number}/state", json={"state": "solved"}, headers=OPERATOR)
    solved = support.get(f"/support/en/tickets/{number}").text
    support.cookies.clear()
    sign_in(support, "another")
    foreign = support.get(f"/support/en/tickets/{number}")

    assert "xyzzy\nplugh" in open_still
    assert "before 18:00" in open_still
    assert "on time" in solved
    assert foreign.status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [("/support/pl/tickets/none", 404), ("/support/pl/link/none", 410), ("/support/xx-nonsense", 200)],
)
def test_what_is_not_there_is_said_on_a_page(support: TestClient, path: str, status: int) -> None:
    sign_in(support)
    page = support.get(path)

    assert page.status_code == status
    assert "<h1>" in page.text


def test_a_state_needs_the_key_and_a_ticket(support: TestClient) -> None:
    without = support.post("/v1/tickets/ABCDEFGH/state", json={"state": "solved"})
    unknown = support.post("/v1/tickets/ABCDEFGH/state", json={"state": "solved"}, headers=OPERATOR)

    assert (without.status_code, unknown.status_code) == (401, 404)


def test_a_ticket_by_the_api_is_suggested_sent_and_repeated(support: TestClient) -> None:
    headers = {SESSION_HEADER: token_of()}
    asked = {"key": "a-key-of-ours", "text": "Kiedy wracają pieniądze na kartę?", "locale": "pl"}
    suggested = support.post("/v1/tickets", json=asked, headers=headers)
    sent = support.post("/v1/tickets", json={**asked, "checked": True}, headers=headers)
    again = support.post("/v1/tickets", json={**asked, "checked": True}, headers=headers)
    by_mail = support.post("/v1/tickets", json={**asked, "checked": True, "email": "ola@example.com"})
    nobody = support.post("/v1/tickets", json={**asked, "checked": True})

    assert (suggested.json()["outcome"], len(suggested.json()["answer"]["answers"])) == ("suggested", 1)
    assert (sent.status_code, sent.json()["outcome"]) == (201, "sent")
    assert again.json()["ticket"]["ticket"] == sent.json()["ticket"]["ticket"]
    assert (by_mail.status_code, by_mail.json()["outcome"]) == (202, "unconfirmed")
    assert nobody.status_code == 422


PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 32


def test_a_file_goes_with_a_ticket_and_comes_back_as_a_download_only(support: TestClient) -> None:
    sign_in(support)
    form = open_form(support)
    data = written(form, "xyzzy")
    support.post("/support/pl/ticket", data=data, files=[("files", ("zrzut ekranu.png", PNG, "text/html"))])
    (ticket,) = support.get("/v1/tickets").json()["tickets"]
    (file,) = ticket["files"]
    download = support.get(f"/v1/attachments/{file['id']}")
    support.cookies.clear()
    nobody = support.get(f"/v1/attachments/{file['id']}")
    sign_in(support, "another")
    foreign = support.get(f"/v1/attachments/{file['id']}")

    assert (file["name"], file["kind"], download.content) == ("zrzut ekranu.png", "png", PNG)
    assert download.headers["content-disposition"].startswith("attachment; filename*=UTF-8''zrzut%20ekranu.png")
    assert download.headers["content-type"] == "application/octet-stream"
    assert download.headers["x-content-type-options"] == "nosniff"
    assert (nobody.status_code, foreign.status_code) == (401, 404)


def test_a_file_of_the_wrong_kind_is_refused_and_text_and_other_files_stay(support: TestClient) -> None:
    sign_in(support)
    form = open_form(support)
    files = [("files", ("a.png", PNG)), ("files", ("b.png", b"<html><script>alert(1)</script>"))]
    refused = support.post("/support/pl/ticket", data=written(form, "xyzzy"), files=files)
    again = {**written(refused.text, "xyzzy"), "file": re.findall(r'name="file" value="(\w+)"', refused.text)[0]}
    sent = support.post("/support/pl/ticket", data=again)

    assert (refused.status_code, "b.png" in refused.text, ">xyzzy</textarea>" in refused.text) == (422, True, True)
    assert 'class="sent"' in sent.text
    assert [one["name"] for one in support.get("/v1/tickets").json()["tickets"][0]["files"]] == ["a.png"]


def test_files_are_taken_from_nobody_who_is_not_signed_in(support: TestClient) -> None:
    form = open_form(support)
    sent = support.post(
        "/support/pl/ticket", data=written(form, "xyzzy", email="a@example.com"), files=[("files", ("a.png", PNG))]
    )
    upload = support.post("/v1/attachments", files={"file": ("a.png", PNG)})

    assert sent.status_code == 422
    assert ">xyzzy</textarea>" in sent.text
    assert upload.status_code == 401


def test_a_file_that_is_larger_than_allowed_is_refused(tmp_path: Path) -> None:
    build_small(tmp_path)
    with client_over(tmp_path, clock=lambda: NOON, attachment_bytes=2048, max_body_bytes=4096) as client:
        sign_in(client)
        large = client.post("/support/pl/files", files={"file": ("a.png", PNG + b"\x00" * 3000)})
        huge = client.post("/support/pl/files", files={"file": ("a.png", PNG + b"\x00" * 90_000)})

    assert (large.status_code, "a.png" in large.json()["message"]) == (422, True)
    assert huge.status_code == 413


def test_a_file_that_was_not_sent_can_be_taken_back(support: TestClient) -> None:
    sign_in(support)
    file = support.post("/support/pl/files", files={"file": ("a.png", PNG)}).json()["id"]

    assert support.delete(f"/v1/attachments/{file}").status_code == 204
    assert support.get(f"/v1/attachments/{file}").status_code == 404


def test_signing_out_forgets_the_session(support: TestClient) -> None:
    sign_in(support)
    support.post("/support/pl/sign-out")

    assert support.get("/support/pl/tickets").url.path == "/support/pl/sign-in"


def test_an_expired_session_is_none(tmp_path: Path) -> None:
    build_small(tmp_path)
    now = [NOON]
    with TestClient(app_over(tmp_path, clock=lambda: now[0], **SETTINGS)) as client:
        sign_in(client)
        good = client.get("/v1/tickets").status_code
        now[0] += 12 * 3_600_000
        late = client.get("/v1/tickets").status_code

    assert (good, late) == (200, 401)


def test_both_promises_are_told(support: TestClient) -> None:
    said = support.get("/v1/promises", params={"locale": "en"}).json()

    assert said == {"standard": "Answer: today before 18:00", "priority": "Answer: within the hour"}
