"""The shop's signed identities: whom they stand for, and what is refused."""

from __future__ import annotations

import base64
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from assistant.tickets.identity import Identities, Identity, IdentityRefused, KeysUnusable, load_identities

NOW_SECONDS = 1_795_430_000
NOW = NOW_SECONDS * 1000
_SMALL = 1024
SECRET = b"0123456789abcdef0123456789abcdef"
ALGORITHMS = {"rsa-1": "RS256", "ec-1": "ES256", "ed-1": "EdDSA", "oct-1": "HS256"}
GOOD = {"external_id": "shop-4711", "iat": NOW_SECONDS, "exp": NOW_SECONDS + 300}


@cache
def private_keys() -> dict[str, Any]:
    return {
        "rsa-1": rsa.generate_private_key(65537, 2048),
        "ec-1": ec.generate_private_key(ec.SECP256R1()),
        "ed-1": ed25519.Ed25519PrivateKey.generate(),
        "oct-1": SECRET,
    }


@cache
def jwk(kid: str) -> str:
    key = private_keys()[kid]
    if kid == "oct-1":
        public = {"kty": "oct", "k": base64.urlsafe_b64encode(key).rstrip(b"=").decode()}
    elif kid == "rsa-1":
        public = dict(RSAAlgorithm.to_jwk(key.public_key(), as_dict=True))
    elif kid == "ec-1":
        public = dict(ECAlgorithm.to_jwk(key.public_key(), as_dict=True))
    else:
        public = dict(OKPAlgorithm.to_jwk(key.public_key(), as_dict=True))
    public.pop("key_ops", None)
    return json.dumps({**public, "kid": kid})


def key_set(*kids: str, **changed: Any) -> str:
    return json.dumps({"keys": [{**json.loads(jwk(kid)), **changed} for kid in kids]})


@cache
def all_keys() -> Identities:
    return Identities(key_set(*ALGORITHMS))


def signed(claims: dict[str, Any], kid: str = "ec-1", **headers: Any) -> str:
    return jwt.encode(claims, private_keys()[kid], ALGORITHMS[kid], headers={"kid": kid, **headers})


def handmade(header: Any, payload: Any, signature: bytes = b"") -> str:
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (*parts, signature))


def reason(token: str, identities: Identities | None = None, *, now: int = NOW) -> str:
    with pytest.raises(IdentityRefused) as refused:
        (identities or all_keys()).read(token, now=now)
    return refused.value.reason


@pytest.mark.parametrize("kid", ALGORITHMS)
def test_a_token_signed_with_any_of_the_keys_says_who_it_is(kid: str) -> None:
    claims = {
        **GOOD,
        "name": "Żaneta Łęcka",
        "email": "zaneta@example.com",
        "locale": "pl",
        "jti": "t-1",
        "size": "large",
    }

    assert all_keys().read(signed(claims, kid), now=NOW) == Identity(
        "shop-4711", "Żaneta Łęcka", "zaneta@example.com", "pl", "t-1", NOW + 300_000, "large"
    )


def test_all_but_the_id_and_the_end_may_be_missing() -> None:
    token = signed({"external_id": "عميل-٧", "exp": NOW_SECONDS + 600, "name": "", "email": None})

    assert all_keys().read(token, now=NOW) == Identity("عميل-٧", None, None, None, None, NOW + 600_000)


def test_a_key_that_was_taken_out_is_unknown() -> None:
    token = signed(GOOD, "rsa-1")

    assert Identities(key_set("ec-1", "rsa-1")).read(token, now=NOW).external_id == "shop-4711"
    assert reason(token, Identities(key_set("ec-1"))) == "unknown_key"


@pytest.mark.parametrize("kid", [None, "", "ec-2", 7, ["ec-1"], {"a": 1}])
def test_a_token_without_one_of_our_kids_is_of_an_unknown_key_or_none_at_all(kid: object) -> None:
    assert reason(handmade({"alg": "ES256", "typ": "JWT", "kid": kid}, GOOD, b"x")) in ("unknown_key", "malformed")
    assert reason(jwt.encode(GOOD, private_keys()["ec-1"], "ES256")) == "unknown_key"


def test_a_token_signed_with_another_key_of_the_same_kid_is_refused() -> None:
    other = jwt.encode(GOOD, ec.generate_private_key(ec.SECP256R1()), "ES256", headers={"kid": "ec-1"})

    assert reason(other) == "bad_signature"


def test_a_token_whose_claims_were_changed_is_refused() -> None:
    head, _, signature = signed(GOOD).split(".")
    body = handmade({}, {**GOOD, "external_id": "shop-1"}).split(".")[1]

    assert reason(f"{head}.{body}.{signature}") == "bad_signature"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "", None, "HS256", "HS512", "PS256", "es256"])
def test_a_token_cannot_choose_its_algorithm(alg: str | None) -> None:
    assert reason(handmade({"alg": alg, "kid": "ec-1"}, GOOD)) in ("bad_signature", "malformed")
    assert reason(handmade({"alg": alg, "kid": "ec-1"}, GOOD, b"x" * 64)) in ("bad_signature", "malformed")


def test_a_public_key_is_no_secret_to_sign_with() -> None:
    pem = private_keys()["rsa-1"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = handmade({"alg": "HS256", "kid": "rsa-1"}, GOOD).rpartition(".")[0]
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(body.encode(), pem)

    forged = f"{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    assert reason(forged) == "bad_signature"


def test_extensions_that_we_do_not_know_are_refused() -> None:
    assert reason(signed(GOOD, crit=["b64"], b64=True)) == "malformed"
    assert reason(signed(GOOD, crit=["https://shop.example/x"])) == "malformed"


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"exp": NOW_SECONDS - 31}, "expired"),
        ({"exp": NOW_SECONDS - 30}, None),
        ({"exp": NOW_SECONDS + 600, "iat": NOW_SECONDS}, None),
        ({"exp": NOW_SECONDS + 601, "iat": NOW_SECONDS}, "too_long_lived"),
        ({"exp": NOW_SECONDS + 570, "iat": NOW_SECONDS - 31}, "too_long_lived"),
        ({"exp": NOW_SECONDS + 630}, None),
        ({"exp": NOW_SECONDS + 631}, "too_long_lived"),
        ({"exp": NOW_SECONDS + 300, "iat": NOW_SECONDS + 30}, None),
        ({"exp": NOW_SECONDS + 300, "iat": NOW_SECONDS + 31}, "not_yet"),
        ({"exp": NOW_SECONDS + 300, "nbf": NOW_SECONDS + 30}, None),
        ({"exp": NOW_SECONDS + 300, "nbf": NOW_SECONDS + 31}, "not_yet"),
        ({"exp": NOW_SECONDS + 10, "iat": NOW_SECONDS + 20}, "claims"),
        ({"exp": NOW_SECONDS + 300.5}, None),
    ],
)
def test_a_token_is_good_from_its_beginning_to_its_end_give_or_take_half_a_minute(
    claims: dict[str, Any], expected: str | None
) -> None:
    token = signed({"external_id": "shop-4711", **claims})

    if expected is None:
        assert all_keys().read(token, now=NOW).external_id == "shop-4711"
    else:
        assert reason(token) == expected


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": None},
        {"exp": "1795430300"},
        {"exp": True},
        {"exp": [NOW_SECONDS + 300]},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"exp": 10**400},
        {"exp": NOW + 300_000},  # milliseconds
        {"exp": -1},
        {"iat": "now"},
        {"iat": None},
        {"nbf": {}},
        {"external_id": None},
        {"external_id": ""},
        {"external_id": 4711},
        {"external_id": "x" * 201},
        {"external_id": " shop"},
        {"external_id": "shop\n4711"},
        {"external_id": "\ud800"},
        {"name": ["Ola"]},
        {"name": "x" * 201},
        {"name": "O\x00la"},
        {"email": "nobody"},
        {"email": "@"},
        {"email": "a@b\r\nBcc: c@d"},
        {"locale": 7},
        {"jti": 7},
        {"size": 10**9},
    ],
)
def test_claims_that_are_not_as_agreed_are_refused(changed: dict[str, Any]) -> None:
    body = handmade({"alg": "HS256", "kid": "oct-1"}, {**GOOD, **changed}).rpartition(".")[0]
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(body.encode(), SECRET)
    token = f"{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    assert reason(token) == "claims"


def test_a_token_is_for_the_audience_that_is_set_and_for_nobody_else() -> None:
    ours = Identities(key_set("ec-1"), audience="askfirst")

    assert ours.read(signed({**GOOD, "aud": "askfirst"}), now=NOW).external_id == "shop-4711"
    assert ours.read(signed({**GOOD, "aud": ["shop", "askfirst"]}), now=NOW).external_id == "shop-4711"
    assert reason(signed(GOOD), ours) == "audience"
    assert reason(signed({**GOOD, "aud": "shop"}), ours) == "audience"
    assert reason(signed({**GOOD, "aud": {"askfirst": 1}}), ours) == "audience"
    assert reason(signed({**GOOD, "aud": "askfirst"})) == "audience"


def test_a_token_is_by_the_issuer_that_is_set() -> None:
    ours = Identities(key_set("ec-1"), issuer="https://shop.example")

    assert ours.read(signed({**GOOD, "iss": "https://shop.example"}), now=NOW).external_id == "shop-4711"
    assert reason(signed({**GOOD, "iss": "https://shop.example.evil"}), ours) == "claims"
    assert reason(signed(GOOD), ours) == "claims"


@given(st.one_of(st.text(), st.text("abcXYZ._-=", max_size=80), st.binary().map(lambda raw: raw.decode("latin-1"))))
def test_any_text_is_refused_and_nothing_worse(text: str) -> None:
    assert reason(text) in ("malformed", "unknown_key")
    assert all_keys().claimed(text) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda one: st.lists(one) | st.dictionaries(st.text(), one),
    max_leaves=8,
)


@given(
    st.one_of(
        anything,
        st.fixed_dictionaries(
            {
                "alg": st.sampled_from(["ES256", "none"]) | anything,
                "kid": st.sampled_from(["ec-1", "oct-1"]) | anything,
            },
            optional={"typ": anything, "b64": anything, "crit": anything},
        ),
    ),
    anything,
    st.binary(max_size=70),
)
def test_any_header_and_any_claims_without_our_signature_are_refused(
    header: Any, claims: Any, signature: bytes
) -> None:
    token = handmade(header, claims, signature)

    assert reason(token) in ("malformed", "unknown_key", "bad_signature")


@given(st.dictionaries(st.sampled_from(["external_id", "exp", "iat", "nbf", "name", "email", "aud", "jti"]), anything))
def test_any_claims_under_our_signature_are_an_identity_or_refused(claims: dict[str, Any]) -> None:
    body = handmade({"alg": "HS256", "kid": "oct-1"}, {**GOOD, **claims}).rpartition(".")[0]
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(body.encode(), SECRET)
    token = f"{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    assert read_or_refused(token) in ("shop-4711", claims.get("external_id"), None)


def read_or_refused(token: str) -> str | None:
    try:
        return all_keys().read(token, now=NOW).external_id
    except IdentityRefused:
        return None


def test_a_token_that_is_very_long_or_deep_is_malformed() -> None:
    assert reason("a" * 8001) == "malformed"
    assert reason(handmade(b"[" * 5000, b"{}")) == "malformed"
    assert reason(handmade({"alg": "ES256", "kid": "ec-1"}, b"[" * 5000, b"x")) == "malformed"


def test_what_a_token_claims_can_be_read_without_believing_it() -> None:
    forged = handmade({"alg": "none"}, {**GOOD, "name": "Jürgen"}, b"no signature")

    assert all_keys().claimed(forged) == Identity("shop-4711", "Jürgen", None, None, None, NOW + 300_000)
    assert all_keys().claimed(handmade({"alg": "none"}, {**GOOD, "external_id": 7})) is None


def private_jwk() -> str:
    return json.dumps({"keys": [{**json.loads(ECAlgorithm.to_jwk(private_keys()["ec-1"])), "kid": "a"}]})


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ("", "not JSON"),
        ("[" * 5000, "not JSON"),
        ("[]", "at least one key"),
        ('{"keys": []}', "at least one key"),
        ('{"keys": ["a"]}', "key 1 has no kid"),
        ('{"keys": [{"kty": "oct"}]}', "key 1 has no kid"),
        ('{"keys": [{"kid": "a"}]}', "'a' is not of a type"),
        ('{"keys": [{"kid": "a", "kty": "EC", "crv": "P-521"}]}', "'a' is not of a type"),
        ('{"keys": [{"kid": "a", "kty": "EC", "crv": "P-256"}]}', "'a' cannot be read"),
        ('{"keys": [{"kid": "a", "kty": "oct", "k": "c2hvcnQ"}]}', "'a' has 5 bytes; a shared secret needs 32"),
    ],
)
def test_keys_that_cannot_be_used_are_refused_with_the_reason(keys: str, complaint: str) -> None:
    with pytest.raises(KeysUnusable, match=complaint):
        Identities(keys)


def test_keys_that_are_not_safe_are_refused() -> None:
    small = {
        **RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, key_size=_SMALL).public_key(), as_dict=True),
        "kid": "small",
    }
    small.pop("key_ops", None)

    with pytest.raises(KeysUnusable, match="'small' has 1024 bits"):
        Identities(json.dumps({"keys": [small]}))
    with pytest.raises(KeysUnusable, match="'a' is a private key"):
        Identities(private_jwk())
    with pytest.raises(KeysUnusable, match="'ec-1' is there twice"):
        Identities(key_set("ec-1", "ec-1"))
    with pytest.raises(KeysUnusable, match="for 'RS512'; a key of its type is taken for RS256 only"):
        Identities(key_set("rsa-1", alg="RS512"))
    with pytest.raises(KeysUnusable, match="'ec-1' is not for signatures"):
        Identities(key_set("ec-1", use="enc"))


def write(path: Path, text: str, *, at: int) -> None:
    path.write_text(text, "utf-8")
    os.utime(path, (at, at))


def test_a_changed_file_is_read_again_and_a_broken_one_keeps_the_last_good_keys(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    write(path, key_set("ec-1"), at=1)
    identities = load_identities(path)
    assert reason(signed(GOOD, "ed-1"), identities) == "unknown_key"

    write(path, key_set("ec-1", "ed-1"), at=2)
    assert identities.read(signed(GOOD, "ed-1"), now=NOW).external_id == "shop-4711"

    write(path, "{", at=3)
    assert identities.read(signed(GOOD, "ed-1"), now=NOW).external_id == "shop-4711"
    assert "keys.json cannot be used, so the keys read before still hold: the keys are not JSON" in str(
        identities.problem
    )

    path.unlink()
    assert identities.read(signed(GOOD, "ed-1"), now=NOW).external_id == "shop-4711"
    assert "No such file" in str(identities.problem)

    write(path, key_set("rsa-1"), at=4)
    assert reason(signed(GOOD, "ed-1"), identities) == "unknown_key"
    assert identities.problem is None


def test_a_file_that_is_broken_from_the_first_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_identities(tmp_path / "none.json")
    (tmp_path / "keys.json").write_text("{}")
    with pytest.raises(KeysUnusable):
        load_identities(tmp_path / "keys.json")
