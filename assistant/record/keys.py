"""The secrets that the record rests on, all derived from one: pseudonyms, lots, and the seal of an episode's id."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from dataclasses import dataclass

from assistant.record.events import Who

_SEAL_CHARS = 10


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys derived from the operator's secret; who does not know it can neither find a person nor foresee a lot."""

    secret: bytes

    def derive(self, purpose: str) -> bytes:
        """Return the key for one purpose (HMAC as a pseudo-random function: RFC 5869's expand step)."""
        return hmac.digest(self.secret, purpose.encode(), "sha256")

    def who(self, *, visitor: str | None, account: str | None) -> Who:
        """Return a person's pseudonyms."""
        return Who(
            visitor=self._pseudonym("visitor", visitor) if visitor else None,
            account=self.account(account) if account else None,
        )

    def account(self, account: str) -> str:
        """Return an account's pseudonym."""
        return self._pseudonym("account", account)

    def salt(self, experiment: str) -> bytes:
        """Return what an experiment's lots are drawn with."""
        return self.derive(f"experiment:{experiment}")

    def new_episode(self) -> str:
        """Return a new episode's id, which nobody else can make or guess."""
        return self._sealed(uuid.uuid4().hex)

    def episode_of(self, given: str, who: Who) -> str | None:
        """Return the episode that a caller's id stands for, or ``None`` where it stands for none.

        One that we made is itself. Any other is a name that the caller uses; it means something for one person only,
        so nobody gets into another's episode by it.
        """
        body = given[:-_SEAL_CHARS]
        if hmac.compare_digest(self._sealed(body).encode(), given.encode()):
            return given
        if who.subject is None:
            return None
        named = hmac.digest(self.derive("episode-name"), f"{who.subject}:{given}".encode(), "sha256").hex()
        return self._sealed(named[:32])

    def _sealed(self, body: str) -> str:
        return body + _short(hmac.digest(self.derive("episode"), body.encode(), "sha256"))[:_SEAL_CHARS]

    def _pseudonym(self, kind: str, name: str) -> str:
        return f"{kind[0]}-{_short(hmac.digest(self.derive(kind), name.encode(), 'sha256'))}"

    def erasure_mark(self, pseudonym: str) -> str:
        """Return what stands for a person who was erased, from which nobody can tell who it was."""
        return _short(hmac.digest(self.derive("erased"), pseudonym.encode(), "sha256"))


def _short(digest: bytes) -> str:
    return base64.b32encode(digest[:20]).decode("ascii").lower()


def secret_bytes(secret: str) -> bytes:
    """Return a secret as it is given, of whatever length, as 32 bytes."""
    return hashlib.sha256(secret.encode()).digest()
