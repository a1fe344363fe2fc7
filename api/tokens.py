"""Interaction tokens: signed proof that a browser was shown one particular answer."""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from assistant.record.events import Instant


class TokenRefused(Exception):
    """A token is not ours, or too old; ``reason`` is a word for programs, the message a sentence for people."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Interacted:
    """What a token vouches for: ``shown`` passages were shown at ``at`` for one question of an episode."""

    answer_id: str
    episode: str
    generation: str
    shown: int
    at: Instant


class Tokens:
    """Makes and reads tokens.

    Args:
        key: what they are signed with.
        lifetime_ms: how long events may be reported with one.
    """

    def __init__(self, key: bytes, *, lifetime_ms: int) -> None:
        self._serializer = URLSafeSerializer(key, salt="askfirst.interaction")
        self._lifetime_ms = lifetime_ms

    def make(self, interacted: Interacted) -> str:
        """Return the token that goes with an answer."""
        it = interacted
        token = self._serializer.dumps([it.answer_id, it.episode, it.generation, it.shown, it.at])
        return token if isinstance(token, str) else token.decode("ascii")

    def read(self, token: str, *, now: Instant) -> Interacted:
        """Return what a token vouches for.

        Raises:
            TokenRefused: if it is not one of ours, or has expired.
        """
        interacted = self.read_expired(token)
        if now - interacted.at > self._lifetime_ms:
            raise TokenRefused("token_expired", "the token has expired; ask again to get a new one")
        return interacted

    def read_expired(self, token: str) -> Interacted:
        """Return what a token vouches for, however old it is.

        Raises:
            TokenRefused: if it is not one of ours.
        """
        try:
            return Interacted(*self._serializer.loads(token))
        except (BadData, TypeError) as exc:
            raise TokenRefused("token_forged", "the token is not one that came with an answer of this service") from exc
