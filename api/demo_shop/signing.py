"""The shop's word for its customers: a key of its own, and the short-lived identities that are signed with it."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import OKPAlgorithm

from assistant.record.events import Instant

_LIFETIME_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has an account with the shop."""

    external_id: str
    name: str
    email: str


class SigningKey:
    """Signs identities. The key's name, which tokens give as ``kid``, is made from it: another key has another name."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self._public: dict[str, str] = OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
        self.kid = hashlib.sha256(self._public["x"].encode()).hexdigest()[:16]

    def jwks(self) -> str:
        """Return the public half as a JWK set, for whoever is to believe what is signed."""
        return json.dumps({"keys": [{**self._public, "kid": self.kid, "alg": "EdDSA", "use": "sig"}]}, indent=1) + "\n"

    def identity(self, person: Person, locale: str, *, now: Instant) -> str:
        """Return a token that says who somebody is, for five minutes."""
        claims = {
            "external_id": person.external_id,
            "name": person.name,
            "email": person.email,
            "locale": locale,
            "iat": now // 1000,
            "exp": now // 1000 + _LIFETIME_SECONDS,
            "jti": secrets.token_urlsafe(16),
        }
        return jwt.encode(claims, self._private, algorithm="EdDSA", headers={"kid": self.kid})


def keep_key(folder: Path) -> tuple[SigningKey, Path]:
    """Return the key that is kept in a folder, made there the first time, and the file of its public half."""
    folder.mkdir(parents=True, exist_ok=True)
    private_file, public_file = folder / "signing-key.pem", folder / "identity-keys.json"
    if not private_file.exists():
        made = Ed25519PrivateKey.generate()
        with open(private_file, "xb", opener=_for_owner) as file:
            file.write(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    private = load_pem_private_key(private_file.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError(f"{private_file} holds another kind of key; delete it and one is made")
    key = SigningKey(private)
    public_file.write_text(key.jwks(), "utf-8")
    return key, public_file


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
