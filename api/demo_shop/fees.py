"""The shop's side of a priority ticket's fee: asked for by a signed message, confirmed by another."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx2
from standardwebhooks import Webhook, WebhookVerificationError

from api.dependencies import Clock

Send = Callable[[str, bytes, Mapping[str, str]], Awaitable[int]]
"""Posts a body with its headers to an address; gives the status of the answer."""


class RequestRefused(Exception):
    """A request for a fee is not signed with the secret that we share, or is none."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What is charged for one ticket, to whom, and where that is to be confirmed."""

    ticket: str
    account: str
    amount: str
    currency: str
    callback: str


async def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send a message over HTTP. Raises ``httpx2.HTTPError`` where nobody answers."""
    async with httpx2.AsyncClient(timeout=10.0) as client:
        return (await client.post(url, content=body, headers=dict(headers))).status_code


class Till:
    """Takes requests for fees and confirms them; this shop charges everybody at once.

    Args:
        secret: what both sides sign with.
        askfirst: the only address that confirmations are sent to.
        clock: tells the time.
        send: sends confirmations.
        waits_seconds: how long to wait before each attempt to confirm.
    """

    def __init__(
        self,
        secret: str,
        askfirst: str,
        *,
        clock: Clock,
        send: Send = post,
        waits_seconds: Sequence[float] = (1.0, 2.0, 4.0, 8.0),
    ) -> None:
        self._webhook = Webhook(secret)
        self._askfirst = askfirst
        self._clock = clock
        self._send = send
        self._waits_seconds = waits_seconds
        self.charged: dict[str, Charge] = {}
        """By the id of the message that asked for it: one that comes again is not charged again."""

    def take(self, body: bytes, headers: Mapping[str, str]) -> Charge | None:
        """Charge a fee; return what is charged, ``None`` if that was done before.

        Raises:
            RequestRefused: if nothing is charged.
        """
        try:
            self._webhook.verify(body, dict(headers), json_parse=False)
            message = json.loads(body)
            asked = message["data"] if message["type"] == "fee.requested" else {}
            named = ("ticket", "account", "amount", "currency", "callback")
            charge = Charge(*(str(asked[name]) for name in named))
        except (WebhookVerificationError, ValueError, KeyError, TypeError) as exc:
            raise RequestRefused("this is no request for a fee that is signed with our secret") from exc
        if not charge.callback.startswith(f"{self._askfirst}/"):
            raise RequestRefused("the callback leads elsewhere")
        message_id = headers["webhook-id"]
        if message_id in self.charged:
            return None
        self.charged[message_id] = charge
        return charge

    async def confirm(self, charge: Charge) -> bool:
        """Say that a fee is paid, again and again until it is heard; return whether it was."""
        for wait_seconds in self._waits_seconds:
            await asyncio.sleep(wait_seconds)
            body, headers = self._confirmation(charge)
            try:
                status = await self._send(charge.callback, body, headers)
            except httpx2.HTTPError:
                continue
            if status < 500:
                return status < 300
        return False

    def _confirmation(self, charge: Charge) -> tuple[bytes, dict[str, str]]:
        at = datetime.fromtimestamp(self._clock() / 1000, UTC)
        said = {"type": "fee.paid", "timestamp": at.isoformat(), "data": {"ticket": charge.ticket}}
        body, message_id = json.dumps(said), f"paid-{charge.ticket}"
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._webhook.sign(message_id, at, body),
        }
        return body.encode(), headers
