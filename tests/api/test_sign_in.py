"""Signing in by the shop's word, by a link in a mail, and what the shop says about a fee."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from jwt.algorithms import OKPAlgorithm
from standardwebhooks import Webhook

from tests.api.conftest import build_small, client_over
from tests.api.test_support import FEE_SECRET, NOON, SETTINGS, fields_of, open_form, sign_in, written

SHOP = "https://shop.example"
OLD, NEW, FOREIGN = (Ed25519PrivateKey.generate() for _ in range(3))


def jwk_set(**keys: Ed25519PrivateKey) -> str:
    return json.dumps(
        {"keys": [{**json.loads(OKPAlgorithm.to_jwk(key.public_key())), "kid": kid} for kid, key in keys.items()]}
    )


def identity(key: Ed25519PrivateKey = OLD, kid: str = "old", **claims: Any) -> str:
    said = {"external_id": "shop-17", "name": "Anna Żak", "iat": NOON // 1000, "exp": NOON // 1000 + 300, **claims}
    return jwt.encode(said, key, algorithm="EdDSA", headers={"kid": kid})


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    path.write_text(jwk_set(old=OLD))
    return path


@pytest.fixture
def shop(tmp_path: Path, keys: Path) -> Iterator[TestClient]:
    build_small(tmp_path)
    with client_over(tmp_path, clock=lambda: NOON, identity_keys=keys, origins=(SHOP,), **SETTINGS) as client:
        yield client


def test_the_shops_form_signs_in_and_leads_to_the_page(shop: TestClient) -> None:
    page = shop.post("/support/pl/identity", data={"identity": identity()}, headers={"origin": SHOP})
    form = open_form(shop)

    assert (page.status_code, page.url.path) == (200, "/support/pl")
    assert "Anna Żak" in form
    assert shop.get("/v1/tickets").status_code == 200


def test_the_same_form_from_elsewhere_signs_nobody_in(shop: TestClient) -> None:
    page = shop.post("/support/pl/identity", data={"identity": identity()}, headers={"origin": "https://evil.example"})

    assert page.status_code == 403
    assert shop.get("/v1/tickets").status_code == 401


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        identity(FOREIGN),
        identity(kid="unknown"),
        identity(exp=NOON // 1000 - 60),
        identity(exp=NOON // 1000 + 7200),
        identity(external_id=""),
    ],
)
def test_an_identity_that_does_not_hold_is_refused_on_a_page_and_counted(shop: TestClient, token: str) -> None:
    page = shop.post("/support/pl/identity", data={"identity": token}, headers={"origin": SHOP})
    api = shop.post("/v1/sessions", json={"identity": token})

    assert (page.status_code, "<h1>" in page.text, api.status_code) == (403, True, 401)
    assert shop.get("/v1/tickets").status_code == 401
    assert 'askfirst_identities_total{result="verified"}' not in shop.get("/metrics").text
    assert "askfirst_identities_total{" in shop.get("/metrics").text


def test_observed_an_identity_that_does_not_hold_may_write_and_see_nothing(tmp_path: Path, keys: Path) -> None:
    build_small(tmp_path)
    with client_over(
        tmp_path, clock=lambda: NOON, identity_keys=keys, identity_mode="observe", origins=(SHOP,), **SETTINGS
    ) as client:
        begun = client.post("/v1/sessions", json={"identity": identity(FOREIGN)}).json()
        session = {"Askfirst-Session": begun["session"]}
        ticket = {"key": "k" * 12, "text": "xyzzy"}
        sent = client.post("/v1/tickets", json=ticket, headers=session)
        seen = client.get("/v1/tickets", headers=session)
        sign_in(client, "shop-17")
        theirs = client.get("/v1/tickets").json()["tickets"]

    assert (begun["verified"], sent.status_code, seen.status_code) == (False, 201, 401)
    assert theirs == []


def test_a_new_key_is_taken_up_and_an_old_one_let_go_without_a_restart(shop: TestClient, keys: Path) -> None:
    def accepted(token: str) -> int:
        return shop.post("/v1/sessions", json={"identity": token}).status_code

    before = accepted(identity(NEW, "new"))
    keys.write_text(jwk_set(old=OLD, new=NEW))
    both = accepted(identity(NEW, "new")), accepted(identity())
    keys.write_text(jwk_set(new=NEW))
    after = accepted(identity(NEW, "new")), accepted(identity())
    keys.write_text("{broken")
    broken = accepted(identity(NEW, "new"))

    assert (before, both, after, broken) == (401, (201, 201), (201, 401), 201)
    assert "keys.json" in shop.get("/readyz").json()["problem"]


@pytest.mark.parametrize("account", ["email:ola@example.com", "unverified:shop-17"])
def test_a_shops_account_is_not_somebodys_address(shop: TestClient, account: str) -> None:
    taken = shop.post("/v1/sessions", json={"identity": identity(external_id=account)})

    assert taken.status_code == 401


def fee_message(ticket: str, kind: str = "fee.paid", *, secret: str = FEE_SECRET) -> tuple[bytes, dict[str, str]]:
    body = json.dumps({"type": kind, "timestamp": "2026-11-23T12:00:00Z", "data": {"ticket": ticket}})
    at = datetime.now(UTC).replace(tzinfo=None)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.replace(tzinfo=UTC).timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, body),
    }
    return body.encode(), headers


def priority_ticket(client: TestClient) -> str:
    sign_in(client)
    client.post("/support/en/ticket", data={**written(open_form(client), "xyzzy"), "lane": "priority"})
    return str(client.get("/v1/tickets").json()["tickets"][0]["ticket"])


def test_a_fee_that_the_shop_confirms_moves_the_ticket_to_the_fast_lane(shop: TestClient) -> None:
    ticket = priority_ticket(shop)
    body, headers = fee_message(ticket)
    paid = shop.post(f"/v1/tickets/{ticket}/fee", content=body, headers=headers).json()
    again = shop.post(f"/v1/tickets/{ticket}/fee", content=body, headers=headers).json()

    assert (paid["lane"], paid["fee"], paid["promised_at"]) == ("priority", "paid", "2026-11-23T12:00:00Z")
    assert again == paid


@pytest.mark.parametrize("fault", ["secret", "other ticket", "body", "no signature", "old", "garbage"])
def test_a_fee_that_the_shop_has_not_confirmed_changes_nothing(shop: TestClient, fault: str) -> None:
    ticket = priority_ticket(shop)
    secret = "whsec_" + "A" * 32 if fault == "secret" else FEE_SECRET
    body, headers = fee_message("ABCDEFGH" if fault == "other ticket" else ticket, secret=secret)
    if fault == "body":
        body = body.replace(b"paid", b"PAID")
    if fault == "no signature":
        del headers["webhook-signature"]
    if fault == "old":
        headers["webhook-timestamp"] = "1700000000"
    if fault == "garbage":
        headers["webhook-signature"] = "v1,%%% nonsense v1"

    refused = shop.post(f"/v1/tickets/{ticket}/fee", content=body, headers=headers)

    assert refused.status_code == 401
    assert shop.get("/v1/tickets").json()["tickets"][0]["lane"] == "standard"


def test_without_fees_there_is_no_priority(tmp_path: Path) -> None:
    build_small(tmp_path)
    with client_over(tmp_path, clock=lambda: NOON) as client:
        sign_in(client)
        form = open_form(client)
        client.post("/support/en/ticket", data={**written(form, "xyzzy"), "lane": "priority"})
        (ticket,) = client.get("/v1/tickets").json()["tickets"]

    assert 'value="priority"' not in form
    assert (ticket["lane"], ticket["fee"]) == ("standard", "none")


def test_a_link_is_asked_for_at_most_so_often(tmp_path: Path) -> None:
    build_small(tmp_path)
    with client_over(tmp_path, **{**SETTINGS, "mail_limit": "2/hour"}) as client:
        pages = [client.post("/support/pl/sign-in", data={"email": "ola@example.com"}) for _ in range(3)]

    assert [one.status_code for one in pages] == [200, 200, 429]
    assert "ola@example.com" in pages[2].text


def test_a_page_about_somebody_is_kept_in_no_shared_cache(shop: TestClient) -> None:
    sign_in(shop)
    pages = [shop.get(path) for path in ("/support/pl", "/support/pl/tickets", "/support/pl/ticket", "/v1/tickets")]

    assert all("public" not in one.headers.get("cache-control", "") for one in pages)
    assert fields_of(pages[2].text)["key"] != fields_of(shop.get("/support/pl/ticket").text)["key"]
