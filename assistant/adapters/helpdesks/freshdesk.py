"""Freshdesk by its API v2, as documented. Tried against recorded contracts only, not against the real service.

Tickets are found again by a custom field named ``askfirst`` (a single line of text), which has to be made there first.
They are looked for in the list of what was changed lately, since its search learns of them some minutes later only.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from assistant.adapters.helpdesks.client import TIMEOUT_SECONDS, Api
from assistant.adapters.helpdesks.hosted import as_html, as_text, instant, iso, told_of
from assistant.helpdesks.models import By, Change, Changes, Handover, Message, RemoteState, RemoteTicket, Reply
from assistant.helpdesks.notes import body, note_reference, part_of, private_note, reference, told
from assistant.helpdesks.ports import SinkUnavailable
from assistant.record.events import MS_PER_HOUR, Instant
from assistant.tickets.promises import Lane

FIELD = "cf_askfirst"
_PRIORITIES = {Lane.PRIORITY: 4, Lane.STANDARD: 2}
_OPEN, _PORTAL = 2, 2
_STATES = {
    2: RemoteState.OPEN,
    3: RemoteState.WAITING,
    4: RemoteState.CLOSED,
    5: RemoteState.CLOSED,
    6: RemoteState.WAITING,
    7: RemoteState.OPEN,
}
_PAGE = 100
_MOST_PAGES = 300


class Freshdesk:
    """Tickets in Freshdesk; see ``TicketSink``.

    Args:
        url: where it is, such as ``https://example.freshdesk.com``.
        token: the API key of an agent.
        queue: the group's number; empty for none.
        clock: tells the time.
        timeout_seconds: how long it may take to answer.
        with_email: whether it is told the customer's address, and so may mail them.
    """

    name = "freshdesk"

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
        basic = base64.b64encode(f"{token}:X".encode()).decode()
        self._url = url.rstrip("/")
        self._api = Api(f"{self._url}/api/v2", {"authorization": f"Basic {basic}"}, timeout_seconds=timeout_seconds)
        self._group = int(queue) if queue else None
        self._clock = clock
        self._with_email = with_email
        self._field_is_there = False

    def check(self) -> Sequence[str]:
        """Return what is set up there."""
        self._need_field()
        if self._group is not None:
            self._api.get(f"/groups/{self._group}")
        return [f"Freshdesk answers; tickets have the field {FIELD!r}"]

    def find(self, ticket: str, *, since: Instant) -> RemoteTicket | None:
        """Return the ticket whose custom field holds our id."""
        for one in self._changed(iso(since - MS_PER_HOUR)):
            if (one.get("custom_fields") or {}).get(FIELD) == ticket:
                return self._remote(one["id"])
        return None

    def create(self, handover: Handover) -> RemoteTicket:
        """Create a ticket."""
        self._need_field()
        ticket: dict[str, Any] = {
            "subject": handover.subject,
            "description": as_html(body(handover)),
            "priority": _PRIORITIES[handover.lane],
            "status": _OPEN,
            "source": _PORTAL,
            "name": handover.name or handover.account,
            "custom_fields": {FIELD: handover.ticket},
        }
        known_by = (
            ("email", handover.email)
            if handover.email and self._with_email
            else ("unique_external_id", handover.account)
        )
        ticket[known_by[0]] = known_by[1]
        if self._group is not None:
            ticket["group_id"] = self._group
        return self._remote(self._api.post("/tickets", ticket)["id"])

    def tell(self, remote: RemoteTicket, message: Message, *, unsure: bool) -> None:
        """Add a message: what a customer wrote opens the ticket again."""
        if not unsure or not self._has(remote, reference(message.ticket, part_of(message))):
            self._note(remote, told(message))
        if message.by is By.CUSTOMER:
            self._api.put(f"/tickets/{remote.id}", {"status": _OPEN})

    def note(self, remote: RemoteTicket, handover: Handover, *, unsure: bool) -> None:
        """Add the private note."""
        if not unsure or not self._has(remote, note_reference(handover)):
            self._note(remote, private_note(handover))

    def move_to(self, remote: RemoteTicket, lane: Lane) -> None:
        """Give a ticket the priority of a lane."""
        self._api.put(f"/tickets/{remote.id}", {"priority": _PRIORITIES[lane]})

    def changes(self, cursor: str | None) -> Changes:
        """Return what has happened to our tickets since a moment."""
        if cursor is None:
            return Changes((), iso(self._clock()))
        found: list[Change] = []
        last = cursor
        for one in self._changed(cursor):
            last = max(last, str(one["updated_at"]))
            if (one.get("custom_fields") or {}).get(FIELD):
                at, state = instant(one["updated_at"]), _STATES.get(one["status"])
                found += told_of(str(one["id"]), at, state, self._replies(one["id"]))
        return Changes(found, last)

    def _changed(self, since: str) -> Iterator[dict[str, Any]]:
        for page in range(1, _MOST_PAGES + 1):
            listed = self._api.get(
                "/tickets", updated_since=since, order_by="updated_at", order_type="asc", per_page=_PAGE, page=page
            )
            yield from listed
            if len(listed) < _PAGE:
                return

    def _said(self, number: object) -> Iterator[dict[str, Any]]:
        for page in range(1, _MOST_PAGES + 1):
            listed = self._api.get(f"/tickets/{number}/conversations", per_page=_PAGE, page=page)
            yield from listed
            if len(listed) < _PAGE:
                return

    def _replies(self, number: object) -> list[Reply]:
        return [
            Reply(
                str(one["id"]),
                By.CUSTOMER if one["incoming"] else By.STAFF,
                str(one.get("body_text") or as_text(one["body"])).strip(),
                instant(one["created_at"]),
            )
            for one in self._said(number)
            if not one["private"]
        ]

    def _note(self, remote: RemoteTicket, text: str) -> None:
        self._api.post(f"/tickets/{remote.id}/notes", {"body": as_html(text), "private": True})

    def _has(self, remote: RemoteTicket, ending: str) -> bool:
        texts = (str(one.get("body_text") or as_text(one["body"])) for one in self._said(remote.id))
        return any(text.rstrip().endswith(ending) for text in texts)

    def _need_field(self) -> None:
        """Make sure that tickets will be found again.

        Raises:
            SinkUnavailable: if the custom field is missing.
        """
        if self._field_is_there:
            return
        if FIELD not in {one["name"] for one in self._api.get("/ticket_fields")}:
            raise SinkUnavailable("Freshdesk has no ticket field 'askfirst'; make one that holds a single line of text")
        self._field_is_there = True

    def _remote(self, number: object) -> RemoteTicket:
        return RemoteTicket(str(number), f"{self._url}/a/tickets/{number}")
