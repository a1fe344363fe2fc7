"""Any helpdesk that takes webhooks: messages after Standard Webhooks 1.0, signed with a secret that both sides know.

Each message has an id that stays the same however often it is sent: who takes them drops what they have already. What
happens there comes back the same way, to ``POST /v1/helpdesk/changes``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from assistant.adapters.helpdesks.addresses import PublicTransport
from assistant.adapters.helpdesks.client import TIMEOUT_SECONDS, Api
from assistant.helpdesks.models import By, Change, Changes, Handover, Message, RemoteState, RemoteTicket, Reply
from assistant.helpdesks.notes import private_note
from assistant.helpdesks.ports import MessageRefused
from assistant.record.events import Instant
from assistant.tickets.promises import Lane

_STATES = {
    "ticket.opened": RemoteState.OPEN,
    "ticket.waiting": RemoteState.WAITING,
    "ticket.closed": RemoteState.CLOSED,
}
_REPLIED = "ticket.replied"


class WebhookSink:
    """A helpdesk behind an address that takes messages; see ``TicketSink``. It knows tickets by our ids.

    Args:
        url: where it takes them.
        secret: what both sides sign with, ``whsec_`` and base64.
        clock: tells the time, which is signed too.
        timeout_seconds: how long it may take to answer.
        private: whether the address may be in a private network.
        with_email: whether it is told the customer's address.

    Raises:
        ValueError: if the address or the secret is none.
    """

    name = "webhook"

    def __init__(
        self,
        url: str,
        secret: str,
        clock: Callable[[], Instant],
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        private: bool = False,
        with_email: bool = True,
    ) -> None:
        try:
            self._webhook = Webhook(secret)
        except Exception as exc:  # whatever base64 finds wrong with it
            raise ValueError("the secret of a webhook is 'whsec_' and base64") from exc
        client: dict[str, Any] = {"trust_env": False}
        if not private:
            client["transport"] = PublicTransport()
        self._api = Api(url, {}, timeout_seconds=timeout_seconds, **client)
        self._clock = clock
        self._with_email = with_email

    def check(self) -> Sequence[str]:
        """Return what is set up there: it takes a message that says nothing."""
        self._send(f"ping-{self._clock()}", "ping", {})
        return ["the address takes signed messages"]

    def find(self, ticket: str, *, since: Instant) -> RemoteTicket | None:
        """Return nothing: what is sent again has the same id, by which it is known there."""
        return None

    def create(self, handover: Handover) -> RemoteTicket:
        """Send a ticket with all that is known of it."""
        told = asdict(handover)
        if not self._with_email:
            told["email"] = None
        said = self._send(f"{handover.ticket}-created", "ticket.created", {**told, "note": private_note(handover)})
        url = said.get("url") if isinstance(said, dict) else None
        web = isinstance(url, str) and url.startswith(("https://", "http://"))
        return RemoteTicket(handover.ticket, url if web else None)

    def tell(self, remote: RemoteTicket, message: Message, *, unsure: bool) -> None:
        """Send what was written."""
        written = {"ticket": remote.id, "by": message.by.value, "author": message.author, "text": message.text or ""}
        told = {**written, "number": message.number, "at": _iso(message.at)}
        self._send(f"{remote.id}-message-{message.number}", "ticket.message", told)

    def note(self, remote: RemoteTicket, handover: Handover, *, unsure: bool) -> None:
        """Send what the machine has found."""
        part = "noted" if handover.complete else "noted-at-first"
        noted = {"ticket": remote.id, "noted": asdict(handover.noted), "note": private_note(handover)}
        self._send(f"{remote.id}-{part}", "ticket.noted", noted)

    def move_to(self, remote: RemoteTicket, lane: Lane) -> None:
        """Send a ticket's new lane."""
        self._send(f"{remote.id}-lane-{lane.value}", "ticket.lane", {"ticket": remote.id, "lane": lane.value})

    def changes(self, cursor: str | None) -> Changes:
        """Return nothing: changes are sent to us."""
        return Changes((), cursor or "")

    def change_in(self, body: bytes, headers: Mapping[str, str]) -> Change:
        """Return the change that a message of theirs tells.

        Raises:
            MessageRefused: if it is not theirs, or tells none.
        """
        try:
            self._webhook.verify(body, dict(headers), json_parse=False)
            message = json.loads(body)
            kind, data = str(message["type"]), message["data"]
            ticket, at = str(data["ticket"]), _instant(data.get("at")) or self._clock()
            if kind == _REPLIED:
                by = By(data.get("by", By.STAFF.value))
                author = str(data["author"]) if data.get("author") is not None else None
                state = _STATES[data["state"]] if data.get("state") is not None else None
                return Change(ticket, at, state, Reply(str(data["id"]), by, str(data["text"]), at, author))
            return Change(ticket, at, _STATES[kind])
        except WebhookVerificationError as exc:
            raise MessageRefused(
                "sign the message as Standard Webhooks have it, with ASKFIRST_HELPDESK_SECRET"
            ) from exc
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as exc:
            kinds = ", ".join([*_STATES, _REPLIED])
            raise MessageRefused(
                f"say one of {kinds}, with 'data.ticket', and with 'id' and 'text' of a reply"
            ) from exc

    def _send(self, message_id: str, kind: str, data: Mapping[str, Any]) -> Any:
        now = self._clock()
        body = json.dumps({"type": kind, "timestamp": _iso(now), "data": data}, ensure_ascii=False, default=str)
        # The library takes a moment in UTC without its zone.
        at = datetime.fromtimestamp(now // 1000, UTC).replace(tzinfo=None)
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": str(now // 1000),
            "webhook-signature": self._webhook.sign(message_id, at, body),
        }
        return self._api.post("", body.encode("utf-8", "replace"), headers=headers, any_answer=True)


def _iso(at: Instant) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat()


def _instant(moment: object) -> Instant | None:
    return round(datetime.fromisoformat(str(moment)).timestamp() * 1000) if moment is not None else None
