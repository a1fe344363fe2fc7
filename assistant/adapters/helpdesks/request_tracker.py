"""Request Tracker 5 by REST2, tried against the real one.

Tickets are found again by a custom field named ``Askfirst`` (one value, applied to the queue), which has to be made
there first: without it nothing is sent. What customers write later goes in as a comment, since a reply by us would be
mailed to them.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from assistant.adapters.helpdesks.client import TIMEOUT_SECONDS, Api
from assistant.helpdesks.models import By, Change, Changes, Handover, Message, RemoteState, RemoteTicket, Reply
from assistant.helpdesks.notes import (
    body,
    note_reference,
    part_of,
    private_note,
    reference,
    referred_to,
    told,
    within_bytes,
)
from assistant.helpdesks.ports import SinkUnavailable
from assistant.record.events import Instant
from assistant.tickets.promises import Lane

FIELD = "Askfirst"
_PRIORITIES = {Lane.PRIORITY: 100, Lane.STANDARD: 50}
_STATES = {
    "new": RemoteState.NEW,
    "open": RemoteState.OPEN,
    "stalled": RemoteState.WAITING,
    "resolved": RemoteState.CLOSED,
    "rejected": RemoteState.CLOSED,
    "deleted": RemoteState.CLOSED,
}
_PAGE = 100
_SUBJECT_BYTES = 200
"""What is longer it cuts, within a character if need be."""


class RequestTracker:
    """Tickets in one queue of Request Tracker; see ``TicketSink``.

    Args:
        url: where it is, such as ``https://rt.example.com``.
        token: an authentication token, or ``user:password``.
        queue: the queue's name.
        timeout_seconds: how long it may take to answer.
        with_email: whether it is told the customer's address, and so may mail them.
    """

    name = "request-tracker"

    def __init__(
        self, url: str, token: str, queue: str, *, timeout_seconds: float = TIMEOUT_SECONDS, with_email: bool = True
    ) -> None:
        basic = base64.b64encode(token.encode()).decode()
        authorization = f"Basic {basic}" if ":" in token else f"token {token}"
        self._api = Api(
            f"{url.rstrip('/')}/REST/2.0", {"authorization": authorization}, timeout_seconds=timeout_seconds
        )
        self._url = url.rstrip("/")
        self._queue = queue
        self._with_email = with_email
        self._field_is_there = False
        self._authors: dict[str, tuple[By, str | None]] = {}

    def check(self) -> Sequence[str]:
        """Return what is set up there."""
        version = self._api.get("/rt")["Version"]
        self._need_field()
        return [f"Request Tracker {version} answers; its queue {self._queue!r} has the custom field {FIELD!r}"]

    def find(self, ticket: str, *, since: Instant) -> RemoteTicket | None:
        """Return the ticket whose custom field holds our id; the first, if somebody has copied it."""
        self._need_field()
        found = self._api.get("/tickets", query=f"CF.{{{FIELD}}} = '{ticket}'", orderby="id", order="ASC")
        return self._remote(found["items"][0]["id"]) if found["items"] else None

    def create(self, handover: Handover) -> RemoteTicket:
        """Create a ticket."""
        self._need_field()
        ticket = {
            "Queue": self._queue,
            "Subject": within_bytes(handover.subject, _SUBJECT_BYTES),
            "Content": body(handover),
            "ContentType": "text/plain",
            "Priority": _PRIORITIES[handover.lane],
            "CustomFields": {FIELD: handover.ticket},
        }
        if handover.email and self._with_email:
            ticket["Requestor"] = handover.email
        return self._remote(self._api.post("/ticket", ticket)["id"])

    def tell(self, remote: RemoteTicket, message: Message, *, unsure: bool) -> None:
        """Add a message: what a customer wrote opens the ticket again."""
        if unsure and self._has(remote, reference(message.ticket, part_of(message))):
            return
        self._comment(remote, told(message), opens=message.by is By.CUSTOMER)

    def note(self, remote: RemoteTicket, handover: Handover, *, unsure: bool) -> None:
        """Add the private note."""
        if not unsure or not self._has(remote, note_reference(handover)):
            self._comment(remote, private_note(handover), opens=False)

    def move_to(self, remote: RemoteTicket, lane: Lane) -> None:
        """Give a ticket the priority of a lane."""
        self._api.put(f"/ticket/{remote.id}", {"Priority": str(_PRIORITIES[lane])})

    def changes(self, cursor: str | None) -> Changes:
        """Return replies and changes of state since a transaction, by its number."""
        kinds = "(Type = 'Correspond' OR Type = 'Status')"
        if cursor is None:
            last = self._api.get("/transactions", query="id > 0", orderby="id", order="DESC", per_page=1)
            return Changes((), str(last["items"][0]["id"] if last["items"] else 0))
        seen = int(cursor)
        found: list[Change] = []
        while True:
            listed = self._api.get(
                "/transactions",
                query=f"id > {seen} AND ObjectType = 'RT::Ticket' AND {kinds}",
                fields="Type,Creator,Created,ObjectId,NewValue",
                orderby="id",
                order="ASC",
                per_page=_PAGE,
            )["items"]
            for one in listed:
                seen = max(seen, int(one["id"]))
                found += self._changes_of(one)
            if len(listed) < _PAGE:
                return Changes(found, str(seen))

    def _changes_of(self, one: dict[str, Any]) -> Iterator[Change]:
        ticket, at = str(one["ObjectId"]), _instant(one["Created"])
        if one["Type"] == "Status":
            state = _STATES.get(str(one["NewValue"]))
            if state is not None:
                yield Change(ticket, at, state)
            return
        text = self._text_of(f"/transaction/{one['id']}/attachments")
        if text and referred_to(text) is None:
            by, author = self._author(str(one["Creator"]["id"]))
            yield Change(ticket, at, None, Reply(str(one["id"]), by, text, at, author))

    def _author(self, user: str) -> tuple[By, str | None]:
        """Return whether a user is one of the staff, and their name."""
        if user not in self._authors:
            known = self._api.find(f"/user/{user}", fields="RealName,Privileged") or {}
            staff = str(known.get("Privileged", 1)) != "0"
            self._authors[user] = (By.STAFF if staff else By.CUSTOMER, known.get("RealName") or None)
        return self._authors[user]

    def _text_of(self, path: str) -> str:
        for part in self._api.get(path, fields="Content,ContentType,Filename")["items"]:
            if part["ContentType"] == "text/plain" and not part["Filename"] and part["Content"]:
                return str(part["Content"]).strip()
        return ""

    def _comment(self, remote: RemoteTicket, text: str, *, opens: bool) -> None:
        comment = {"Content": text, "ContentType": "text/plain"}
        if opens and self._api.get(f"/ticket/{remote.id}", fields="Status")["Status"] not in ("new", "open"):
            comment["Status"] = "open"
        self._api.post(f"/ticket/{remote.id}/comment", comment)

    def _has(self, remote: RemoteTicket, ending: str) -> bool:
        page = pages = 1
        while page <= pages:
            listed = self._api.get(
                f"/ticket/{remote.id}/attachments", fields="Content,ContentType", per_page=_PAGE, page=page
            )
            texts = (str(one["Content"]) for one in listed["items"] if one["ContentType"] == "text/plain")
            if any(text.rstrip().endswith(ending) for text in texts):
                return True
            page, pages = page + 1, int(listed["pages"])
        return False

    def _need_field(self) -> None:
        """Make sure that tickets will be found again.

        Raises:
            SinkUnavailable: if the queue or its custom field is missing.
        """
        if self._field_is_there:
            return
        queue = self._api.find(f"/queue/{self._queue}", **{"fields[TicketCustomFields]": "Name"})
        if queue is None:
            raise SinkUnavailable(f"Request Tracker has no queue {self._queue!r} that we may see")
        named = {one.get("name") or one.get("Name") for one in queue.get("TicketCustomFields", ())}
        if FIELD not in named:
            raise SinkUnavailable(
                f"the queue {self._queue!r} has no custom field {FIELD!r}; make one for tickets that holds one value"
            )
        self._field_is_there = True

    def _remote(self, number: object) -> RemoteTicket:
        return RemoteTicket(str(number), f"{self._url}/Ticket/Display.html?id={number}")


def _instant(moment: str) -> Instant:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)
