"""ID tokens of OpenID Connect: whether one holds, and what it says of somebody. Pure: no network, no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from assistant.record.events import Instant
from assistant.staff.identities import Identity, role_in

ASYMMETRIC = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""What a token may be signed with: never with a secret that we have too, and never with nothing."""
_LEEWAY_SECONDS = 60
_MOST_SUBJECT_CHARS = 255  # as the standard has it
_PUBLIC_KINDS = ("RSA", "EC", "OKP")


class TokenRefused(Exception):
    """A token does not hold; the message says why, without anything of it."""


class KeyUnknown(TokenRefused):
    """None of the keys has signed a token; newer ones may have."""


def read_keys(key_set: Mapping[str, Any]) -> list[Key]:
    """Return the public keys for signatures of a JWK set, without those that we do not understand."""
    keys = []
    for one in key_set.get("keys", ()):
        if isinstance(one, dict) and one.get("kty") in _PUBLIC_KINDS and one.get("use", "sig") == "sig":
            try:
                keys.append(JWKRegistry.import_key(one))
            except (JoseError, LookupError, ValueError, TypeError, AttributeError):
                continue
    return keys


def claims_of(token: str, keys: Collection[Key], algorithms: Collection[str]) -> CodeIDToken:
    """Return what a token says, after its signature alone is checked.

    Raises:
        KeyUnknown: if no key fits.
        TokenRefused: if it is no token, or signed in a way that we do not take.
    """
    allowed = [one for one in ASYMMETRIC if one in algorithms]
    registry = jws.JWSRegistry(algorithms=allowed, strict_check_header=False)
    try:
        header = jws.extract_compact(token.encode(), registry=registry).headers()
    except (JoseError, ValueError) as exc:
        raise TokenRefused("it is no signed token") from exc
    if header.get("alg") not in allowed:
        raise TokenRefused("it is signed in a way that is not taken")
    for key in _fitting(keys, header.get("kid")):
        try:
            read = jwt.decode(token, key, registry=registry)
        except (JoseError, ValueError, TypeError):
            continue
        return CodeIDToken(read.claims, read.header)
    raise KeyUnknown("none of the provider's keys has signed it")


def validate(claims: CodeIDToken, *, issuer: str, client_id: str, nonce: str, now: Instant) -> None:
    """Check what a token is for: us, now, and this attempt to sign in (OpenID Connect Core 1.0, 3.1.3.7).

    Raises:
        TokenRefused: if it is for something else.
    """
    options = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}}
    checked = CodeIDToken(dict(claims), claims.header, options, {"nonce": nonce, "client_id": client_id})
    try:
        checked.validate(now=now // 1000, leeway=_LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError, OverflowError) as exc:
        raise TokenRefused(f"its claims do not hold: {getattr(exc, 'claim', type(exc).__name__)}") from exc
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= _MOST_SUBJECT_CHARS or not subject.isprintable():
        raise TokenRefused("its claims do not hold: sub")


def identity_of(claims: Mapping[str, Any], *, role_claim: str) -> Identity:
    """Return whom claims are about."""
    return Identity(
        subject=f"{claims['iss']} {claims['sub']}",
        role=role_in(claim_of(claims, role_claim)),
        email=_text(claims.get("email")),
        verified=_verified(claims.get("email_verified")),
        name=_text(claims.get("name")) or _text(claims.get("preferred_username")),
    )


def claim_of(claims: Mapping[str, Any], name: str) -> object:
    """Return a claim by its name, or by its way through others, such as ``realm_access.roles``."""
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _fitting(keys: Collection[Key], kid: object) -> Iterator[Key]:
    return (key for key in keys if kid is None or key.kid == kid)


def _verified(claim: object) -> bool | None:
    # Some providers say it as a text.
    return {"true": True, "false": False}.get(str(claim).lower())


def _text(claim: object) -> str:
    return claim if isinstance(claim, str) else ""
