"""The identity provider by which staff signs in: OpenID Connect, the authorization code flow with PKCE."""

from __future__ import annotations

import base64
import json
import re
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import Key

from api.desk.id_tokens import (
    ASYMMETRIC,
    KeyUnknown,
    TokenRefused,
    claim_of,
    claims_of,
    identity_of,
    read_keys,
    validate,
)
from assistant.record.events import MS_PER_HOUR, Instant
from assistant.staff.identities import Identity

_SCOPE = "openid email profile"
_TIMEOUT_SECONDS = 10.0
_MOST_BYTES = 512 * 1024
_KNOWN_FOR_MS = MS_PER_HOUR
_AWAY_FOR_MS = 15_000
"""For how long nobody waits again for a provider that has not answered; longer than one waits for it."""
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_ERROR_CODE = re.compile(r"[a-z_]{1,40}")


class ProviderUnavailable(Exception):
    """The identity provider does not answer, or not as one does; the message says how."""


class ProviderRefused(Exception):
    """The identity provider does not say who somebody is; the message says why, without a token or a code."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in: where to send the browser, and what it has to come back with."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the provider says of itself, and its keys."""

    metadata: Mapping[str, Any]
    keys: Sequence[Key]
    at: Instant


class Provider:
    """An identity provider. What it says of itself and its keys are kept for an hour; a key that is unknown is looked
    for at once.

    Args:
        issuer: its address, without a slash at its end.
        client_id: what we are called there.
        secret: our secret there; ``None`` where the flow is secured by PKCE alone.
        callback: our address that it sends people back to.
        role_claim: the claim that says what somebody does.
    """

    def __init__(self, issuer: str, client_id: str, secret: str | None, *, callback: str, role_claim: str) -> None:
        self.issuer = issuer
        self._client_id = client_id
        self._secret = secret
        self._callback = callback
        self._role_claim = role_claim
        self._lock = threading.Lock()
        self._found: Found | None = None
        self._away: tuple[Instant, str] | None = None

    def begin(self, *, at: Instant) -> Attempt:
        """Return a new attempt to sign in.

        Raises:
            ProviderUnavailable: if the provider does not answer.
        """
        metadata = self.discover(at=at).metadata
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        url = prepare_grant_uri(
            metadata["authorization_endpoint"],
            self._client_id,
            "code",
            self._callback,
            _SCOPE,
            state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Attempt(url, state, nonce, verifier)

    def finish(self, code: str, *, nonce: str, verifier: str, at: Instant) -> Identity:
        """Return who has signed in, for the code that their browser came back with.

        Raises:
            ProviderUnavailable: if the provider does not answer.
            ProviderRefused: if it does not take the code, or what it says does not hold.
        """
        found = self.discover(at=at)
        tokens = self._exchange(found.metadata, code, verifier)
        token, access = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(token, str):
            raise ProviderRefused("there is no ID token in its answer")
        algorithms = found.metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        try:
            try:
                claims = claims_of(token, found.keys, algorithms)
            except KeyUnknown:
                claims = claims_of(token, self.discover(at=at, anew=True).keys, algorithms)
            validate(claims, issuer=found.metadata["issuer"], client_id=self._client_id, nonce=nonce, now=at)
        except TokenRefused as exc:
            raise ProviderRefused(f"its ID token is refused: {exc}") from exc
        known = {**self._more(found.metadata, claims, access), **claims}
        return identity_of(known, role_claim=self._role_claim)

    def discover(self, *, at: Instant, anew: bool = False) -> Found:
        """Return what the provider says of itself, and its keys (OpenID Connect Discovery 1.0).

        Raises:
            ProviderUnavailable: if it does not answer, or its answer cannot be used.
        """
        with self._lock:
            found = self._found
            if found is None or anew or not 0 <= at - found.at < _KNOWN_FOR_MS:
                found = self._found = self._ask_anew(at)
        if not found.keys:
            raise ProviderUnavailable("it has no key that signatures can be checked with")
        return found

    def _ask_anew(self, at: Instant) -> Found:
        if self._away is not None and at < self._away[0] + _AWAY_FOR_MS:
            raise ProviderUnavailable(self._away[1])
        try:
            metadata = self._metadata()
            found = Found(metadata, read_keys(_asked("GET", metadata["jwks_uri"])), at)
        except ProviderUnavailable as exc:
            self._away = at, str(exc)
            raise
        self._away = None
        return found

    def _metadata(self) -> Mapping[str, Any]:
        metadata = _asked("GET", f"{self.issuer}/.well-known/openid-configuration")
        if str(metadata.get("issuer", "")).rstrip("/") != self.issuer:
            raise ProviderUnavailable("it calls itself by another address than ASKFIRST_OIDC_ISSUER")
        scheme = urlsplit(self.issuer).scheme
        for name in _ENDPOINTS:
            if urlsplit(str(metadata.get(name, ""))).scheme not in (scheme, "https"):
                raise ProviderUnavailable(f"it names no {name} that can be used")
        algorithms = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        if not isinstance(algorithms, list) or not set(ASYMMETRIC).intersection(map(str, algorithms)):
            raise ProviderUnavailable("it signs by shared secrets only, which is not enough")
        return metadata

    def _exchange(self, metadata: Mapping[str, Any], code: str, verifier: str) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._callback,
            "code_verifier": verifier,
        }
        headers = {}
        ways = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if self._secret is None:
            form["client_id"] = self._client_id
        elif "client_secret_basic" in ways or "client_secret_post" not in ways:
            both = f"{quote(self._client_id, safe='')}:{quote(self._secret, safe='')}"
            headers["authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
        else:
            form |= {"client_id": self._client_id, "client_secret": self._secret}
        return _asked("POST", metadata["token_endpoint"], form=form, headers=headers)

    def _more(self, metadata: Mapping[str, Any], claims: Mapping[str, Any], access: object) -> Mapping[str, Any]:
        """Return what the provider tells of somebody when it is asked, where its ID token is a short one."""
        place = metadata.get("userinfo_endpoint")
        whole = claim_of(claims, self._role_claim) is not None and "email" in claims
        if whole or not isinstance(place, str) or not isinstance(access, str):
            return {}
        told = _asked("GET", place, headers={"authorization": f"Bearer {access}"})
        return told if told.get("sub") == claims["sub"] else {}


def _asked(
    method: str, url: str, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    """Ask the provider, from server to server, and return its answer."""
    body = b""
    try:
        with httpx2.stream(
            method,
            url,
            data=dict(form) if form is not None else None,
            headers={"accept": "application/json", **(headers or {})},
            timeout=_TIMEOUT_SECONDS,
            follow_redirects=False,
        ) as response:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > _MOST_BYTES:
                    raise ProviderUnavailable("its answer has no end")
    except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as exc:
        raise ProviderUnavailable(f"it does not answer ({type(exc).__name__})") from exc
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if form is not None and 400 <= response.status_code < 500:
        code = answer.get("error") if isinstance(answer, dict) else None
        raise ProviderRefused(f"it answers {response.status_code}{error_code(code)}")
    if not response.is_success:
        raise ProviderUnavailable(f"it answers {response.status_code}")
    if not isinstance(answer, dict):
        raise ProviderUnavailable("it answers something else than JSON")
    return answer


def error_code(code: object) -> str:
    """Return an error code as it may be shown after other words, empty if it is none."""
    return f": {code}" if isinstance(code, str) and _ERROR_CODE.fullmatch(code) else ""
