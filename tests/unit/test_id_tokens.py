"""ID tokens as they are read: only what a public key has signed, for us, now; and what they make somebody."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import ECKey, Key, OctKey, RSAKey

from api.desk.id_tokens import KeyUnknown, TokenRefused, claim_of, claims_of, identity_of, read_keys, validate
from api.desk.inside import inside
from api.settings import Settings, SettingsUnusable
from api.wiring_desk import make_provider
from assistant.staff.identities import Identity, role_in
from assistant.staff.models import Role

NOON = 1_795_431_600_000
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
GOOD = {
    "iss": "https://login.example.com",
    "sub": "17",
    "aud": "askfirst",
    "exp": NOON // 1000 + 300,
    "iat": NOON // 1000,
    "nonce": "once",
}


def public(*keys: Key) -> list[Key]:
    return read_keys({"keys": [{**key.as_dict(private=False), "kid": key.kid} for key in keys]})


def token(key: Key = RSA, alg: str = "RS256", kid: str | None = "rsa", **claims: Any) -> str:
    header = {"alg": alg, **({"kid": kid} if kid else {})}
    said = {name: claim for name, claim in {**GOOD, **claims}.items() if claim is not None}
    return jwt.encode(header, said, key, registry=jws.JWSRegistry(algorithms=[alg]))


def encoded(header: dict[str, str]) -> str:
    return urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")


def check(token: str, **changed: Any) -> None:
    claims = claims_of(token, public(RSA, EC), ["RS256", "ES256"])
    for_us = {"issuer": "https://login.example.com", "client_id": "askfirst", "nonce": "once", "now": NOON}
    validate(claims, **{**for_us, **changed})


@pytest.mark.parametrize(
    "good",
    [
        token(),
        token(EC, "ES256", "ec"),
        token(kid=None),
        token(aud=["askfirst"]),
        token(aud=["askfirst", "other"], azp="askfirst"),
        token(exp=NOON // 1000 - 59),
        token(iat=NOON // 1000 + 59),
    ],
)
def test_a_token_for_us_holds(good: str) -> None:
    check(good)


@pytest.mark.parametrize(
    "bad",
    [
        token(iss="https://login.example.com.evil.example"),
        token(iss=None),
        token(sub=None),
        token(sub=""),
        token(sub=17),
        token(sub="17\x00"),
        token(sub="1" * 256),
        token(aud="other"),
        token(aud=["other"]),
        token(aud=["askfirst", "other"]),
        token(aud=["askfirst", "other"], azp="other"),
        token(aud=None),
        token(exp=NOON // 1000 - 61),
        token(exp="never"),
        token(exp=None),
        token(iat=NOON // 1000 + 61),
        token(nbf=NOON // 1000 + 61),
        token(nonce="twice"),
        token(nonce=None),
    ],
)
def test_a_token_for_something_else_is_refused(bad: str) -> None:
    with pytest.raises(TokenRefused, match="claims do not hold"):
        check(bad)


def test_a_token_is_never_believed_without_a_public_key() -> None:
    said = token().split(".")[1]
    nothing = f"{encoded({'alg': 'none', 'kid': 'rsa'})}.{said}."
    by_shared_secret = token(OctKey.generate_key(256), "HS256")
    by_public_key_as_secret = f"{encoded({'alg': 'HS256', 'kid': 'rsa'})}.{said}"
    mac = hmac.digest(RSA.as_pem(private=False), by_public_key_as_secret.encode(), "sha256")
    by_public_key_as_secret += "." + urlsafe_b64encode(mac).decode().rstrip("=")

    for bad in (nothing, by_shared_secret, by_public_key_as_secret):
        for algorithms in (["RS256", "HS256", "none"], ["HS256"], ["none"], []):
            with pytest.raises(TokenRefused, match=r"signed in a way|no signed token"):
                claims_of(bad, public(RSA), algorithms)


def test_a_token_by_another_key_asks_for_newer_keys() -> None:
    foreign = RSAKey.generate_key(2048, {"kid": "rsa"})

    for bad in (token(foreign), token(foreign, kid=None), token(kid="new"), token()[:-8] + "AAAAAAAA"):
        with pytest.raises(KeyUnknown):
            claims_of(bad, public(RSA, EC), ["RS256", "ES256"])


def test_a_way_of_signing_that_the_provider_does_not_use_is_not_taken() -> None:
    with pytest.raises(TokenRefused, match="signed in a way"):
        claims_of(token(EC, "ES256", "ec"), public(RSA, EC), ["RS256"])


@given(st.text(max_size=60))
def test_whatever_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(TokenRefused):
        claims_of(text, public(RSA), ["RS256"])


def test_keys_that_are_not_for_signatures_or_not_understood_are_left_out() -> None:
    one = RSA.as_dict(private=False)
    keys = [
        {**one, "kid": "1"},
        {**one, "kid": "2", "use": "enc"},
        {"kty": "oct", "kid": "3", "k": "AAAA"},
        {"kty": "AKP", "kid": "4"},
        {"kty": "EC", "kid": "5", "crv": "P-1", "x": "AA", "y": "AA"},
        {"kty": "RSA", "kid": "6"},
        "nonsense",
    ]

    assert [key.kid for key in read_keys({"keys": keys})] == ["1"]


@pytest.mark.parametrize(
    ("claim", "role"),
    [
        ("staff", Role.STAFF),
        ("admin", Role.ADMIN),
        (["writer", "staff"], Role.STAFF),
        (["writer", "admin", "staff"], Role.ADMIN),
        (["writer", 7, None], Role.WRITER),
        ("admin staff", None),
        ("Admin", None),
        ({"admin": 1}, None),
        ([], None),
        (None, None),
        (True, None),
    ],
)
def test_of_several_roles_the_one_counts_that_may_do_most(claim: object, role: Role | None) -> None:
    assert role_in(claim) is role


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("https://shop.example/roles", ["staff"]),
        ("realm_access.roles", ["writer"]),
        ("realm_access.roles.more", None),
        ("missing", None),
    ],
)
def test_a_claim_is_found_by_its_name_or_its_way(name: str, found: object) -> None:
    claims = {"https://shop.example/roles": ["staff"], "realm_access": {"roles": ["writer"]}}

    assert claim_of(claims, name) == found


@pytest.mark.parametrize(
    ("said", "verified"), [(True, True), ("true", True), (False, False), ("false", False), (None, None), ("?", None)]
)
def test_somebody_is_known_by_the_issuer_and_their_id_there(said: object, verified: bool | None) -> None:
    claims = {**GOOD, "email": "a@example.com", "email_verified": said, "preferred_username": "אנה", "roles": ["staff"]}

    assert identity_of(claims, role_claim="roles") == Identity(
        "https://login.example.com 17", Role.STAFF, "a@example.com", verified, "אנה"
    )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"oidc_client_id": "askfirst"}, "need ASKFIRST_OIDC_ISSUER"),
        ({"oidc_issuer": "https://login.example.com"}, "needs ASKFIRST_OIDC_CLIENT_ID"),
        ({"oidc_issuer": "https://login.example.com", "oidc_client_id": "a"}, "needs ASKFIRST_PUBLIC_URL"),
        (
            {"oidc_issuer": "http://login.example.com", "oidc_client_id": "a", "public_url": "https://help.example"},
            "has to begin with https",
        ),
    ],
)
def test_a_provider_that_is_set_up_in_part_is_refused_at_the_start(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsUnusable, match=words):
        make_provider(Settings(**changed))


def test_without_settings_there_is_no_provider() -> None:
    assert make_provider(Settings()) is None


@pytest.mark.parametrize(
    "to", ["/desk", "/desk/accounts", "/desk?page=2", "/desk/tickets/ABCD?done=judged#verdict", "/desk/"]
)
def test_people_go_on_to_where_they_wanted_at_the_desk(to: str) -> None:
    assert inside(to) == to


@pytest.mark.parametrize(
    "to",
    [
        "",
        "/",
        "//evil.example",
        "//evil.example/desk",
        "https://evil.example/desk",
        "javascript:alert(1)",
        "/desk/../..",
        "/desk/..",
        "/desk/%2e%2e/support",
        "/desk/%2E./support",
        "/desk\\..\\",
        "/\\evil.example",
        "/desk\n//evil.example",
        "/deskevil",
        "/desk@evil.example",
        "/desk.evil.example",
        "/desk/sign-in",
        "/desk/sign-out",
        "/desk/oidc?to=/desk",
        "https://[",
        "support",
    ],
)
def test_nobody_is_led_away_from_the_desk(to: str) -> None:
    assert inside(to) == "/desk"
