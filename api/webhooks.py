"""Signed messages after Standard Webhooks 1.0, and the fee of a priority ticket, asked for and confirmed by them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import httpx2
from standardwebhooks import Webhook, WebhookVerificationError

from assistant.record.events import Instant

_TIMEOUT_SECONDS = 10.0
_ANSWERS = {"fee.paid": True, "fee.refused": False}


class SignatureRefused(Exception):
    """A message is not signed with our secret, is too old, or says something else than what is asked."""


class NotTaken(Exception):
    """A message was not taken; ``forever`` says that sending it again is of no use."""

    def __init__(self, message: str, *, forever: bool = False) -> None:
        super().__init__(message)
        self.forever = forever


class Fees:
    """Asks the shop for fees, and reads its answers.

    Args:
        url: where the shop takes the messages.
        secret: what both sides sign with, ``whsec_`` and base64.

    Raises:
        ValueError: if the secret is none.
    """

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._webhook = make_webhook(secret)

    def ask(self, message_id: str, body: str, *, now: Instant) -> None:
        """Send one message. The id is the same each time that it is sent again, so the shop charges once.

        Raises:
            NotTaken: if it was not taken.
        """
        send_signed(self._webhook, self._url, message_id, body, now=now)

    def answer(self, body: bytes, headers: Mapping[str, str], *, ticket: str) -> bool:
        """Return whether a fee is paid, as the shop says it of a ticket.

        Raises:
            SignatureRefused: if it is not the shop that says so, or it says it of another ticket.
        """
        try:
            self._webhook.verify(body, dict(headers), json_parse=False)
            message = json.loads(body)
            kind, about = str(message["type"]), message["data"]["ticket"]
        except (WebhookVerificationError, ValueError, KeyError, TypeError, RecursionError) as exc:
            raise SignatureRefused("sign the message as Standard Webhooks have it, with ASKFIRST_FEE_SECRET") from exc
        if about != ticket or kind not in _ANSWERS:
            raise SignatureRefused("say 'fee.paid' or 'fee.refused', and of the ticket in the address")
        return _ANSWERS[kind]


def make_webhook(secret: str) -> Webhook:
    """Return what signs messages.

    Raises:
        ValueError: if the secret is none.
    """
    try:
        return Webhook(secret)
    except Exception as exc:  # whatever base64 finds wrong with it
        raise ValueError("a secret for messages is 'whsec_' and base64") from exc


def send_signed(webhook: Webhook, url: str, message_id: str, body: str, *, now: Instant) -> None:
    """Send one message; its id is the same each time that it is sent again.

    Raises:
        NotTaken: if it was not taken.
    """
    # The library takes a moment in UTC without its zone.
    at = datetime.fromtimestamp(now / 1000, UTC).replace(tzinfo=None)
    headers = {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(now // 1000),
        "webhook-signature": webhook.sign(message_id, at, body),
    }
    try:
        # What it answers besides its status is not read: it may have no end.
        with httpx2.stream(
            "POST", url, content=body.encode(), headers=headers, timeout=_TIMEOUT_SECONDS, follow_redirects=False
        ) as response:
            status, taken = response.status_code, response.is_success
    except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as exc:
        raise NotTaken(type(exc).__name__) from exc
    if status == 410:
        raise NotTaken("the other side takes no messages any more (410)", forever=True)
    if not taken:
        raise NotTaken(f"the other side answered {status}")
