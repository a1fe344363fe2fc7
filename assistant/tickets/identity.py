"""The shop's word for who somebody is: short-lived JSON Web Tokens, signed by the shop's own server (RFC 7519)."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import jwt
from jwt.exceptions import InvalidSignatureError, PyJWKError, PyJWTError

from assistant.errors import AssistantError
from assistant.record.events import Instant

Reason = Literal[
    "malformed", "unknown_key", "bad_signature", "expired", "not_yet", "too_long_lived", "claims", "audience"
]

_TOKEN_CHARS = 8000
_SECRET_BYTES = 32
_RSA_BITS = 2048
_LATEST = 253_402_300_799  # the last second of the year 9999
_LENGTHS = {"name": 200, "email": 254, "locale": 35, "jti": 200, "size": 40}
# One algorithm for each type of key, so that a token cannot choose (RFC 8725, 3.1).
_ALGORITHMS = {("RSA", None): "RS256", ("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "EdDSA", ("oct", None): "HS256"}
_NOTHING_CHECKED = {
    "verify_signature": True,  # and nothing else: times are checked against the caller's clock
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


class IdentityRefused(AssistantError):
    """A token does not tell who somebody is; ``reason`` is a word, the message for the shop's developer."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class KeysUnusable(AssistantError, ValueError):
    """A set of keys cannot be used; the message says which key and why."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as the shop says. ``external_id`` is the shop's id of the account; the rest may be missing."""

    external_id: str
    name: str | None
    email: str | None
    locale: str | None
    token_id: str | None
    expires_at: Instant
    size: str | None = None


@dataclass(frozen=True, slots=True)
class _Key:
    algorithm: str
    key: Any


class Identities:
    """Reads tokens.

    Args:
        jwks_json: the keys that the shop signs with, as a JWK set (RFC 7517); several at once while they are rotated.
        audience: what ``aud`` must name; without one, a token that names anybody is meant for somebody else.
        issuer: what ``iss`` must be; anything, if ``None``.
        max_age_seconds: the longest time that a token may be good for.
        leeway_seconds: how far the shop's clock may be from ours.

    Raises:
        KeysUnusable: if the keys cannot be understood, or are not safe.
    """

    def __init__(
        self,
        jwks_json: str,
        *,
        audience: str | None = None,
        issuer: str | None = None,
        max_age_seconds: int = 600,
        leeway_seconds: int = 30,
    ) -> None:
        self._keys = _read_keys(jwks_json)
        self._audience = audience
        self._issuer = issuer
        self._max_age_seconds = max_age_seconds
        self._leeway_seconds = leeway_seconds

    def read(self, token: str, *, now: Instant) -> Identity:
        """Return whom a token stands for.

        Raises:
            IdentityRefused: if it is none of the shop's, is not good now, or does not say who it is.
        """
        claims = self._signed_claims(token)
        expires_at = self._check_times(claims, now=now / 1000)
        self._check_parties(claims)
        return _identity(claims, expires_at)

    def claimed(self, token: str) -> Identity | None:
        """Return whom a token says it stands for, without any check that it is true; ``None`` if it says nothing.

        Never more than a name to call somebody by: anybody can write such a token.
        """
        try:
            claims = _unverified(token)[1]
            return _identity(claims, round(_seconds(claims, "exp") * 1000))
        except IdentityRefused:
            return None

    def _signed_claims(self, token: str) -> Mapping[str, Any]:
        header, _ = _unverified(token)
        kid = header.get("kid")
        key = self._keys.get(kid) if isinstance(kid, str) else None
        if key is None:
            raise IdentityRefused("unknown_key", "the token's kid names none of the keys that we were given")
        if header.get("alg") != key.algorithm:
            raise IdentityRefused("bad_signature", f"a token with this kid has to be signed with {key.algorithm}")
        try:
            claims = jwt.decode(token, key.key, algorithms=[key.algorithm], options=_NOTHING_CHECKED)  # type: ignore[arg-type]
        except InvalidSignatureError as exc:
            raise IdentityRefused("bad_signature", "the signature was not made with the key that kid names") from exc
        except (PyJWTError, ValueError, TypeError, RecursionError) as exc:
            raise IdentityRefused("malformed", "the token is not a signed JSON Web Token") from exc
        return claims

    def _check_times(self, claims: Mapping[str, Any], *, now: float) -> Instant:
        leeway = self._leeway_seconds
        expires = _seconds(claims, "exp")
        issued = _seconds(claims, "iat") if "iat" in claims else None
        if now > expires + leeway:
            raise IdentityRefused("expired", "the token's exp has passed; sign a new one for each visit")
        if "nbf" in claims and _seconds(claims, "nbf") > now + leeway:
            raise IdentityRefused("not_yet", "the token's nbf is in the future; compare the clocks")
        if issued is not None and issued > now + leeway:
            raise IdentityRefused("not_yet", "the token's iat is in the future; compare the clocks")
        if issued is not None and issued > expires:
            raise IdentityRefused("claims", "the token's exp is before its iat")
        lifetime, allowed = (expires - issued, 0) if issued is not None else (expires - now, leeway)
        if lifetime > self._max_age_seconds + allowed:
            raise IdentityRefused("too_long_lived", f"a token may be good for {self._max_age_seconds} seconds at most")
        return round(expires * 1000)

    def _check_parties(self, claims: Mapping[str, Any]) -> None:
        named = claims.get("aud")
        audiences = [] if named is None else named if isinstance(named, list) else [named]
        if self._audience is not None and self._audience not in audiences:
            raise IdentityRefused("audience", f"the token's aud has to be {self._audience!r}")
        if self._audience is None and audiences:
            raise IdentityRefused("audience", "the token's aud names somebody, and no audience is set for this service")
        if self._issuer is not None and claims.get("iss") != self._issuer:
            raise IdentityRefused("claims", f"the token's iss has to be {self._issuer!r}")


class IdentityKeys(Identities):
    """Reads tokens by the keys in a file, which is read again when it has changed.

    A file that cannot be used leaves the keys as they were; ``problem`` then says what is wrong with it.

    Raises:
        OSError: if the file cannot be read at first.
        KeysUnusable: if its keys cannot be used at first.
    """

    def __init__(
        self,
        path: Path,
        *,
        audience: str | None = None,
        issuer: str | None = None,
        max_age_seconds: int = 600,
        leeway_seconds: int = 30,
    ) -> None:
        self._path = path
        self._seen = _stamp(path)
        self._reading = threading.Lock()
        self.problem: str | None = None
        super().__init__(
            path.read_text("utf-8"),
            audience=audience,
            issuer=issuer,
            max_age_seconds=max_age_seconds,
            leeway_seconds=leeway_seconds,
        )

    def read(self, token: str, *, now: Instant) -> Identity:
        """Return whom a token stands for, as ``Identities.read`` does."""
        self.refresh()
        return super().read(token, now=now)

    def refresh(self) -> None:
        """Read the file again if it has changed."""
        with self._reading:
            try:
                stamp = _stamp(self._path)
                if stamp != self._seen:
                    self._keys = _read_keys(self._path.read_text("utf-8"))
                    self._seen = stamp
                self.problem = None
            except (OSError, ValueError) as exc:
                self.problem = f"{self._path} cannot be used, so the keys read before still hold: {exc}"


def load_identities(
    path: Path,
    *,
    audience: str | None = None,
    issuer: str | None = None,
    max_age_seconds: int = 600,
    leeway_seconds: int = 30,
) -> IdentityKeys:
    """Return what reads tokens by the keys in a file. Arguments and errors: see ``Identities`` and ``IdentityKeys``."""
    return IdentityKeys(
        path,
        audience=audience,
        issuer=issuer,
        max_age_seconds=max_age_seconds,
        leeway_seconds=leeway_seconds,
    )


def _stamp(path: Path) -> tuple[int, int, int]:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _read_keys(jwks_json: str) -> dict[str, _Key]:
    try:
        jwks = json.loads(jwks_json)
    except (ValueError, RecursionError) as exc:
        raise KeysUnusable(f"the keys are not JSON: {exc}") from exc
    listed = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(listed, list) or not listed:
        raise KeysUnusable('the keys are a JWK set with at least one key: {"keys": [{"kid": …, "kty": …}]}')
    keys: dict[str, _Key] = {}
    for number, given in enumerate(listed, start=1):
        kid = given.get("kid") if isinstance(given, dict) else None
        if not isinstance(kid, str) or not kid:
            raise KeysUnusable(f"key {number} has no kid, by which tokens name it")
        if kid in keys:
            raise KeysUnusable(f"the kid {kid!r} is there twice")
        keys[kid] = _read_key(kid, given)
    return keys


def _read_key(kid: str, given: Mapping[str, Any]) -> _Key:
    kind = given.get("kty")
    algorithm = _ALGORITHMS.get((str(kind), given.get("crv") if kind in ("EC", "OKP") else None))
    if algorithm is None:
        raise KeysUnusable(f"key {kid!r} is not of a type that we take: RSA, EC with P-256, OKP with Ed25519, or oct")
    if given.get("alg", algorithm) != algorithm:
        raise KeysUnusable(f"key {kid!r} is for {given['alg']!r}; a key of its type is taken for {algorithm} only")
    if given.get("use", "sig") != "sig":
        raise KeysUnusable(f"key {kid!r} is not for signatures")
    if "d" in given:
        raise KeysUnusable(f"key {kid!r} is a private key, which the shop's server alone should have")
    try:
        key = jwt.PyJWK(dict(given), algorithm=algorithm).key
    except (PyJWKError, PyJWTError, ValueError, TypeError) as exc:
        raise KeysUnusable(f"key {kid!r} cannot be read: {exc}") from exc
    if isinstance(key, bytes) and len(key) < _SECRET_BYTES:
        raise KeysUnusable(f"key {kid!r} has {len(key)} bytes; a shared secret needs {_SECRET_BYTES}")
    if algorithm == "RS256" and key.key_size < _RSA_BITS:
        raise KeysUnusable(f"key {kid!r} has {key.key_size} bits; an RSA key needs {_RSA_BITS}")
    return _Key(algorithm, key)


def _unverified(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    if len(token) > _TOKEN_CHARS:
        raise IdentityRefused("malformed", f"the token has more than {_TOKEN_CHARS} characters")
    try:
        read = jwt.decode_complete(token, options={"verify_signature": False})
    except (PyJWTError, ValueError, TypeError, RecursionError, AttributeError) as exc:
        raise IdentityRefused("malformed", "the token is not a signed JSON Web Token") from exc
    return read["header"], read["payload"]


def _identity(claims: Mapping[str, Any], expires_at: Instant) -> Identity:
    external_id = claims.get("external_id")
    if not isinstance(external_id, str) or not 1 <= len(external_id) <= 200 or not _is_clean(external_id):
        raise IdentityRefused("claims", "external_id has to be a text of 1 to 200 characters")
    return Identity(
        external_id,
        name=_text(claims, "name"),
        email=_text(claims, "email"),
        locale=_text(claims, "locale"),
        token_id=_text(claims, "jti"),
        expires_at=expires_at,
        size=_text(claims, "size"),
    )


def _text(claims: Mapping[str, Any], claim: str) -> str | None:
    value = claims.get(claim)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > _LENGTHS[claim] or not _is_clean(value):
        raise IdentityRefused("claims", f"{claim} has to be a text of at most {_LENGTHS[claim]} characters")
    if claim == "email" and not value.strip("@").count("@"):
        raise IdentityRefused("claims", "email has to be an e-mail address")
    return value


def _is_clean(text: str) -> bool:
    """Say whether a text has neither control characters nor halves of characters, which no store can keep."""
    return text == text.strip() and not any(one < " " or one == "\x7f" or "\ud800" <= one <= "\udfff" for one in text)


def _seconds(claims: Mapping[str, Any], claim: str) -> float:
    value = claims.get(claim)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise IdentityRefused("claims", f"{claim} has to be a number of seconds since 1970")
    if not 0 <= value <= _LATEST:  # nor is NaN
        raise IdentityRefused("claims", f"{claim} has to be a number of seconds since 1970, not of milliseconds")
    return value
