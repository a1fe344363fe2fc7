"""The demo shop: its word for its customers, its fees, its mailbox, its pages."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import smtplib
import stat
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from standardwebhooks import Webhook

from api.demo_shop.fees import Charge, RequestRefused, Till
from api.demo_shop.mailbox import Mailbox, open_mail_port
from api.demo_shop.shop import ANNA, Agreement, create_shop
from api.demo_shop.signing import keep_key
from api.demo_shop.words import WORDS
from api.dependencies import system_clock
from api.webhooks import Fees
from assistant.tickets.identity import Identities

ASKFIRST = "http://127.0.0.1:8000"
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
NOW = 1_760_000_000_000
CALLBACK = f"{ASKFIRST}/v1/tickets/K7MNPQ2R/fee"
ASKED: dict[str, Any] = {
    "type": "fee.requested",
    "timestamp": "2026-03-02T09:00:00Z",
    "data": {
        "ticket": "K7MNPQ2R",
        "account": "shop-1042",
        "amount": "9.00",
        "currency": "EUR",
        "callback": CALLBACK,
    },
}


class Line:
    """Takes what is sent, and answers with one status after the other; ``None`` is nobody answering."""

    def __init__(self, *statuses: int | None) -> None:
        self._statuses = list(statuses)
        self.sent: list[tuple[str, bytes, Mapping[str, str]]] = []

    async def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.sent.append((url, body, headers))
        status = self._statuses.pop(0)
        if status is None:
            raise httpx2.ConnectError("nobody is there")
        return status


def till(line: Line | None = None) -> Till:
    """Return a till that need not wait."""
    return Till(SECRET, ASKFIRST, clock=system_clock, send=(line or Line(200)).send, waits_seconds=(0.0, 0.0, 0.0))


def signed(
    message: Mapping[str, Any], *, secret: str = SECRET, message_id: str = "fee-1"
) -> tuple[bytes, dict[str, str]]:
    """Return a message as Askfirst sends it."""
    body = json.dumps(message)
    at = datetime.now(UTC)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body),
    }
    return body.encode(), headers


@pytest.fixture
def agreement(tmp_path: Path) -> Agreement:
    return Agreement(ASKFIRST, keep_key(tmp_path)[0], till())


@pytest.fixture
def shop(agreement: Agreement) -> Iterator[TestClient]:
    with TestClient(create_shop(agreement, Mailbox()), base_url="http://127.0.0.1:8001") as client:
        yield client


def test_an_identity_is_what_askfirst_takes_for_five_minutes(tmp_path: Path) -> None:
    key, public_file = keep_key(tmp_path)

    identity = Identities(public_file.read_text("utf-8")).read(key.identity(ANNA, "pl", now=NOW), now=NOW)

    assert (identity.external_id, identity.name, identity.email, identity.locale) == (
        "shop-1042",
        "Anna Nowak",
        "anna@example.com",
        "pl",
    )
    assert identity.expires_at == NOW + 300_000
    assert identity.token_id


def test_the_key_is_made_once_and_its_private_half_is_for_the_owner_alone(tmp_path: Path) -> None:
    first, public_file = keep_key(tmp_path / "demo")
    second, _ = keep_key(tmp_path / "demo")

    assert first.kid == second.kid
    assert '"d"' not in public_file.read_text("utf-8")
    assert stat.S_IMODE((tmp_path / "demo" / "signing-key.pem").stat().st_mode) == 0o600
    assert keep_key(tmp_path / "other")[0].kid != first.kid


def test_nobody_has_an_identity_before_signing_in_and_after_signing_out(shop: TestClient, agreement: Agreement) -> None:
    assert (shop.get("/identity").status_code, shop.get("/identity").text) == (204, "")

    back = shop.post("/sign-in", data={"return_to": "/pl"}, follow_redirects=False)
    assert (back.status_code, back.headers["location"]) == (303, "/pl")
    token = shop.get("/identity")
    assert token.headers["cache-control"] == "no-store"
    assert Identities(agreement.key.jwks()).read(token.text, now=system_clock()).external_id == "shop-1042"

    shop.post("/sign-out")
    assert shop.get("/identity").status_code == 204


@pytest.mark.parametrize(
    ("return_to", "action"),
    [
        ("", f"{ASKFIRST}/support/pl/identity"),
        (f"{ASKFIRST}/support/de/tickets", f"{ASKFIRST}/support/de/identity"),
        ("https://elsewhere.example/support/fr", f"{ASKFIRST}/support/pl/identity"),
        ("//elsewhere.example", f"{ASKFIRST}/support/pl/identity"),
    ],
)
def test_signing_in_hands_an_identity_to_askfirst_and_to_nobody_else(
    shop: TestClient, agreement: Agreement, return_to: str, action: str
) -> None:
    page = shop.post("/sign-in", data={"return_to": return_to}, headers={"accept-language": "pl"})

    assert re.findall(r'<form class="card" id="hand-over" method="post" action="([^"]+)"', page.text) == [action]
    token = re.findall(r'name="identity" value="([^"]+)"', page.text)[0]
    assert Identities(agreement.key.jwks()).read(token, now=system_clock()).name == "Anna Nowak"
    assert "<button>Przejdź na stronę pomocy</button>" in page.text


def test_the_policy_allows_askfirst_and_nothing_in_line(shop: TestClient) -> None:
    page = shop.get("/en")

    policy = page.headers["content-security-policy"]
    assert f"script-src 'self' {ASKFIRST};" in policy
    assert f"connect-src 'self' {ASKFIRST};" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert re.search(r"<script(?![^>]*src=)|<style| style=| on[a-z]+=", page.text) is None


@pytest.mark.parametrize(("header", "locale"), [("de, pl;q=0.8, en;q=0.5", "pl"), ("ar", "en"), ("", "en")])
def test_the_shop_speaks_what_the_browser_asks_for_of_its_two_languages(
    shop: TestClient, header: str, locale: str
) -> None:
    led = shop.get("/", headers={"accept-language": header}, follow_redirects=False)

    assert led.headers["location"] == f"/{locale}"


def test_both_languages_say_everything() -> None:
    assert WORDS["pl"].keys() == WORDS["en"].keys()
    assert all(WORDS["pl"].values())


def test_what_arrives_in_the_hidden_field_is_shown_as_text(shop: TestClient) -> None:
    sent = {"subject": "Zwrot", "message": "مرحبا <b>", "askfirst": '{"question":"<script>"}'}

    page = shop.post("/pl/contact", data=sent)

    assert "مرحبا &lt;b&gt;" in page.text
    assert '<code id="field">{&#34;question&#34;:&#34;&lt;script&gt;&#34;}</code>' in page.text


def test_a_page_of_another_site_signs_nobody_in(shop: TestClient) -> None:
    refused = shop.post("/sign-in", headers={"origin": "https://elsewhere.example"})

    assert refused.status_code == 403
    assert shop.get("/identity").status_code == 204


def test_a_fee_is_charged_once_however_often_it_is_asked_for() -> None:
    counter = till()
    body, headers = signed(ASKED)

    assert counter.take(body, headers) == Charge("K7MNPQ2R", "shop-1042", "9.00", "EUR", CALLBACK)
    assert counter.take(body, headers) is None
    assert list(counter.charged) == ["fee-1"]


@pytest.mark.parametrize(
    ("message", "secret"),
    [
        (ASKED, "whsec_" + base64.b64encode(b"f" * 32).decode()),
        ({**ASKED, "type": "fee.paid"}, SECRET),
        ({**ASKED, "data": {**ASKED["data"], "callback": "http://127.0.0.1:80001/x"}}, SECRET),
        ({"type": "fee.requested", "data": ["żółw"]}, SECRET),
    ],
)
def test_a_message_that_is_no_request_of_askfirst_charges_nothing(message: Mapping[str, Any], secret: str) -> None:
    counter = till()
    body, headers = signed(message, secret=secret)

    with pytest.raises(RequestRefused):
        counter.take(body, headers)
    assert counter.charged == {}


def test_a_confirmation_is_repeated_until_it_is_heard_and_askfirst_believes_it() -> None:
    line = Line(None, 503, 200)
    counter = till(line)
    body, headers = signed(ASKED)
    charge = counter.take(body, headers)
    assert charge is not None

    assert asyncio.run(counter.confirm(charge)) is True
    assert [url for url, _, _ in line.sent] == [CALLBACK] * 3
    _, said, its_headers = line.sent[-1]
    assert Fees("http://127.0.0.1:8001/fees", SECRET).answer(said, its_headers, ticket="K7MNPQ2R") is True


@pytest.mark.parametrize(("statuses", "attempts"), [((404,), 1), ((None, None, None), 3)])
def test_a_confirmation_that_nobody_takes_is_given_up(statuses: tuple[int | None, ...], attempts: int) -> None:
    line = Line(*statuses)
    charge = Charge("K7MNPQ2R", "shop-1042", "9.00", "EUR", CALLBACK)

    assert asyncio.run(till(line).confirm(charge)) is False
    assert len(line.sent) == attempts


def test_the_shop_takes_a_signed_request_and_refuses_another(shop: TestClient) -> None:
    body, headers = signed(ASKED)

    assert shop.post("/fees", content=body, headers=headers).status_code == 202
    assert shop.post("/fees", content=body, headers=headers).status_code == 202
    assert shop.post("/fees", content=body + b" ", headers=headers).status_code == 403


def test_a_mail_appears_in_the_mailbox_with_its_link(agreement: Agreement) -> None:
    port = open_mail_port()
    if port is None:
        pytest.skip("the package aiosmtpd is not installed")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "help@example.com", "zofia@example.com", "Zażółć gęślą jaźń"
    mail.set_content("Otwórz:\n\nhttp://127.0.0.1:8000/support/pl/link/abc\n\nשלום")

    with TestClient(create_shop(agreement, Mailbox(), mail_port=port), base_url="http://127.0.0.1:8001") as shop:
        assert "Nie ma jeszcze e-maili." in shop.get("/mailbox", headers={"accept-language": "pl"}).text
        with smtplib.SMTP("127.0.0.1", port.getsockname()[1]) as server:
            server.send_message(mail)
        page = shop.get("/mailbox").text

    assert "<h2>Zażółć gęślą jaźń</h2>" in page
    assert "zofia@example.com" in page
    assert "שלום" in page
    assert '<a class="button" href="http://127.0.0.1:8000/support/pl/link/abc">' in page


def test_without_a_mail_server_the_mailbox_says_so(shop: TestClient) -> None:
    assert "the Python package aiosmtpd is missing" in shop.get("/mailbox").text
