"""Interaction tokens: signed proof that a browser was shown one particular answer."""

from __future__ import annotations

import secrets

from itsdangerous import URLSafeTimedSerializer
from pydantic import SecretStr


class Tokens:
    """Makes tokens; without a secret they are void when the process ends."""

    def __init__(self, secret: SecretStr | None) -> None:
        key = secret.get_secret_value() if secret is not None else secrets.token_hex(32)
        self._serializer = URLSafeTimedSerializer(key, salt="askfirst.interaction")

    def make(self, *, answer_id: str, generation: str) -> str:
        """Return the token that goes with an answer."""
        token = self._serializer.dumps({"answer": answer_id, "generation": generation})
        return token if isinstance(token, str) else token.decode("ascii")
