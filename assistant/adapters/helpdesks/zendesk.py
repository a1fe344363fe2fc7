"""Zendesk by its Support API v2, as documented. Tried against recorded contracts only, not against the real service.

Tickets are found again by ``external_id``; besides, each creation has an ``Idempotency-Key``.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any

from assistant.adapters.helpdesks.client import TIMEOUT_SECONDS, Api
from assistant.adapters.helpdesks.hosted import instant, told_of
from assistant.helpdesks.models import By, Change, Changes, Handover, Message, RemoteState, RemoteTicket, Reply
from assistant.helpdesks.notes import body, note_reference, part_of, private_note, reference, told
from assistant.record.events import Instant
from assistant.tickets.promises import Lane

_PRIORITIES = {Lane.PRIORITY: "urgent", Lane.STANDARD: "normal"}
_STATES = {
    "new": RemoteState.NEW,
    "open": RemoteState.OPEN,
    "hold": RemoteState.OPEN,
    "pending": RemoteState.WAITING,
    "solved": RemoteState.CLOSED,
    "closed": RemoteState.CLOSED,
}
_BEGIN_SECONDS = 120
"""How far back the first look goes: the API wants a minute at least."""


class Zendesk:
    """Tickets in Zendesk; see ``TicketSink``.

    Args:
        url: where it is, such as ``https://example.zendesk.com``.
        token: ``address/token:key``, with the address of the agent whose key it is.
        queue: the group's number; empty for none.
        clock: tells the time.
        timeout_seconds: how long it may take to answer.
        with_email: whether it is told the customer's address, and so may mail them.
    """

    name = "zendesk"

    def __init__(
        self,
        url: str,
        token: str,
        queue: str,
        clock: Callable[[], Instant],
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        with_email: bool = True,
    ) -> None:
        basic = base64.b64encode(token.encode()).decode()
        self._url = url.rstrip("/")
        self._api = Api(f"{self._url}/api/v2", {"authorization": f"Basic {basic}"}, timeout_seconds=timeout_seconds)
        self._group = int(queue) if queue else None
        self._clock = clock
        self._with_email = with_email

    def check(self) -> Sequence[str]:
        """Return what is set up there."""
        me = self._api.get("/users/me.json")["user"]
        if self._group is not None:
            self._api.get(f"/groups/{self._group}.json")
        return [f"Zendesk answers; we are {me.get('role', 'unknown')} there"]

    def find(self, ticket: str, *, since: Instant) -> RemoteTicket | None:
        """Return the ticket whose external id is ours."""
        found = self._api.get("/tickets.json", external_id=ticket)["tickets"]
        return self._remote(min(int(one["id"]) for one in found)) if found else None

    def create(self, handover: Handover) -> RemoteTicket:
        """Create a ticket."""
        ticket: dict[str, Any] = {
            "subject": handover.subject,
            "comment": {"body": body(handover), "public": True},
            "external_id": handover.ticket,
            "priority": _PRIORITIES[handover.lane],
            "tags": ["askfirst"],
        }
        if handover.email and self._with_email:
            ticket["requester"] = {"name": handover.name or handover.email, "email": handover.email}
        if self._group is not None:
            ticket["group_id"] = self._group
        made = self._api.post(
            "/tickets.json", {"ticket": ticket}, headers={"idempotency-key": f"askfirst-{handover.ticket}"}
        )
        return self._remote(made["ticket"]["id"])

    def tell(self, remote: RemoteTicket, message: Message, *, unsure: bool) -> None:
        """Add a message: what a customer wrote opens the ticket again."""
        if not unsure or not self._has(remote, reference(message.ticket, part_of(message))):
            opens = {"status": "open"} if message.by is By.CUSTOMER else {}
            self._comment(remote, told(message), **opens)

    def note(self, remote: RemoteTicket, handover: Handover, *, unsure: bool) -> None:
        """Add the private note."""
        if not unsure or not self._has(remote, note_reference(handover)):
            self._comment(remote, private_note(handover))

    def move_to(self, remote: RemoteTicket, lane: Lane) -> None:
        """Give a ticket the priority of a lane."""
        self._api.put(f"/tickets/{remote.id}.json", {"ticket": {"priority": _PRIORITIES[lane]}})

    def changes(self, cursor: str | None) -> Changes:
        """Return what has happened to our tickets, by the incremental export."""
        path = "/incremental/tickets/cursor.json"
        found: list[Change] = []
        begins = cursor is None
        while True:
            start = self._clock() // 1000 - _BEGIN_SECONDS
            news = self._api.get(path, start_time=start) if cursor is None else self._api.get(path, cursor=cursor)
            cursor = str(news["after_cursor"] or cursor or "")
            for one in () if begins else news["tickets"]:
                if one.get("external_id") and "askfirst" in one.get("tags", ()):
                    replies = self._replies(one)
                    found += told_of(str(one["id"]), instant(one["updated_at"]), _STATES.get(one["status"]), replies)
            if news["end_of_stream"]:
                return Changes(found, cursor)

    def _replies(self, ticket: dict[str, Any]) -> list[Reply]:
        said = self._api.get(f"/tickets/{ticket['id']}/comments.json", include="users")
        names = {one["id"]: one.get("name") for one in said.get("users", ())}
        return [
            Reply(
                str(one["id"]),
                By.CUSTOMER if one["author_id"] == ticket["requester_id"] else By.STAFF,
                str(one.get("plain_body") or one["body"]).strip(),
                instant(one["created_at"]),
                names.get(one["author_id"]),
            )
            for one in said["comments"]
            if one["public"]
        ]

    def _comment(self, remote: RemoteTicket, text: str, **more: str) -> None:
        ticket = {"comment": {"body": text, "public": False}, **more}
        self._api.put(f"/tickets/{remote.id}.json", {"ticket": ticket})

    def _has(self, remote: RemoteTicket, ending: str) -> bool:
        said = self._api.get(f"/tickets/{remote.id}/comments.json", sort_order="desc")
        return any(str(one.get("plain_body") or one["body"]).rstrip().endswith(ending) for one in said["comments"])

    def _remote(self, number: object) -> RemoteTicket:
        return RemoteTicket(str(number), f"{self._url}/agent/tickets/{number}")
