"""django-helpdesk (2.x) by its REST API, tried against the real one.

What is special about it: it may answer 500 to a ticket that it has saved; a follow-up's title overwrites the ticket's;
what is in a follow-up goes through Django's templates; whatever is asked of tickets goes through all of them, which
follow-ups do not: so they are what is asked for.
"""

from __future__ import annotations

import re
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
    shortened,
    told,
)
from assistant.helpdesks.ports import SinkRefused
from assistant.record.events import MS_PER_HOUR, Instant
from assistant.tickets.promises import Lane

_TITLE_CHARS = 200
_PRIORITIES = {Lane.PRIORITY: 1, Lane.STANDARD: 3}
_OPEN, _REOPENED, _RESOLVED, _CLOSED, _DUPLICATE = 1, 2, 3, 4, 5
_STATES = {
    _OPEN: RemoteState.OPEN,
    _REOPENED: RemoteState.OPEN,
    _RESOLVED: RemoteState.CLOSED,
    _CLOSED: RemoteState.CLOSED,
    _DUPLICATE: RemoteState.CLOSED,
}
_PAGE = 500
_PATIENCE = 3
_LATEST_TICKETS = 20
_CLOCKS_APART_MS = MS_PER_HOUR
_TEMPLATE = re.compile(r"(?<=\{)(?=[{%#])|(?<=[}%#])(?=\})")
_JOINER = "\u2060"


class DjangoHelpdesk:
    """Tickets in one queue of django-helpdesk; see ``TicketSink``.

    Args:
        url: where it is, such as ``https://support.example.com/helpdesk``.
        token: a Django REST framework token of a member of staff.
        queue: the queue's number.
        timeout_seconds: how long it may take to answer.
        with_email: whether it is told the customer's address, and so may mail them.
    """

    name = "django-helpdesk"

    def __init__(
        self, url: str, token: str, queue: str, *, timeout_seconds: float = TIMEOUT_SECONDS, with_email: bool = True
    ) -> None:
        if not queue.isascii() or not queue.isdigit():
            raise ValueError("the queue of django-helpdesk is given by its number, such as 1")
        headers = {"authorization": f"Token {token}"}
        self._api = Api(url, headers, timeout_seconds=timeout_seconds)
        self._patient = Api(url, headers, timeout_seconds=_PATIENCE * timeout_seconds)
        self._queue = int(queue)
        self._with_email = with_email

    def check(self) -> Sequence[str]:
        """Return what is set up there."""
        self._api.get("/api/followups/", page_size=1)
        try:  # it lists no queues: only a ticket that it cannot take tells whether this one is there
            self._api.post("/api/tickets/", {"queue": self._queue, "title": "", "description": "-", "priority": 3})
        except SinkRefused as exc:
            if '"queue"' in str(exc):
                raise SinkRefused(
                    f"django-helpdesk has no queue {self._queue} for this token; see ASKFIRST_HELPDESK_QUEUE"
                ) from exc
        return [f"django-helpdesk answers, and its queue {self._queue} takes tickets"]

    def find(self, ticket: str, *, since: Instant) -> RemoteTicket | None:
        """Return the ticket that was created for one of ours, by the reference at the end of what it says."""
        for one in self._latest():
            if referred_to(one["comment"] or "") == (ticket, ""):
                return self._remote(one["ticket"])
            if _instant(one["date"]) < since - _CLOCKS_APART_MS:
                break
        # It saves the ticket before its first follow-up, and may be ended between; then it is among its latest.
        for one in self._latest_tickets():
            if referred_to(one["description"] or "") == (ticket, ""):
                return self._remote(one["id"])
        return None

    def create(self, handover: Handover) -> RemoteTicket:
        """Create a ticket."""
        made = self._api.post(
            "/api/tickets/",
            {
                "queue": self._queue,
                "title": shortened(handover.subject, _TITLE_CHARS),
                "description": body(handover),
                "priority": _PRIORITIES[handover.lane],
                "submitter_email": (handover.email or "") if self._with_email else "",
            },
        )
        return self._remote(made["id"])

    def tell(self, remote: RemoteTicket, message: Message, *, unsure: bool) -> None:
        """Add a message: what a customer wrote opens the ticket again."""
        if unsure and self._has(remote, reference(message.ticket, part_of(message)), since=message.at):
            return
        written = {"ticket": int(remote.id), "comment": _plain(told(message)), "public": False}
        if message.by is By.CUSTOMER:
            written["new_status"] = _REOPENED
        self._api.post("/api/followups/", written)

    def note(self, remote: RemoteTicket, handover: Handover, *, unsure: bool) -> None:
        """Add the private note."""
        if not unsure or not self._has(remote, note_reference(handover), since=handover.sent_at):
            written = {"ticket": int(remote.id), "comment": _plain(private_note(handover)), "public": False}
            self._api.post("/api/followups/", written)

    def move_to(self, remote: RemoteTicket, lane: Lane) -> None:
        """Give a ticket the priority of a lane."""
        self._patient.patch(f"/api/tickets/{remote.id}/", {"priority": _PRIORITIES[lane]})

    def changes(self, cursor: str | None) -> Changes:
        """Return the follow-ups that others have added; the cursor is the highest number of one."""
        if cursor is None:
            first = next(self._latest(), None)
            return Changes((), str(first["id"] if first is not None else 0))
        seen = int(cursor)
        new = []
        for one in self._latest():
            if one["id"] <= seen:
                break
            new.append(one)
        new.sort(key=lambda one: int(one["id"]))
        found = [change for one in new for change in _changes_of(one)]
        return Changes(found, str(max([seen, *(int(one["id"]) for one in new)])))

    def _has(self, remote: RemoteTicket, ending: str, *, since: Instant) -> bool:
        for one in self._latest():
            if str(one["ticket"]) == remote.id and (one["comment"] or "").rstrip().endswith(ending):
                return True
            if _instant(one["date"]) < since - _CLOCKS_APART_MS:
                break
        return False

    def _latest(self) -> Iterator[dict[str, Any]]:
        """Return all follow-ups, latest first; they are listed oldest first."""
        path = "/api/followups/"
        number = int(self._api.get(path, page_size=1)["count"])
        for page in range((number + _PAGE - 1) // _PAGE, 0, -1):
            listed = self._api.find(path, page=page, page_size=_PAGE)
            yield from reversed(listed["results"] if listed is not None else [])

    def _latest_tickets(self) -> Sequence[dict[str, Any]]:
        path, status = "/api/tickets/", f"{_OPEN},{_REOPENED}"
        number = int(self._patient.get(path, page_size=1, status=status)["count"])
        page = max(1, (number + _LATEST_TICKETS - 1) // _LATEST_TICKETS)
        listed = self._patient.find(path, page=page, page_size=_LATEST_TICKETS, status=status)
        return listed["results"] if listed is not None else ()

    def _remote(self, number: int) -> RemoteTicket:
        return RemoteTicket(str(number), f"{self._api.url}/tickets/{number}/")


def _changes_of(one: dict[str, Any]) -> Iterator[Change]:
    comment = one["comment"] or ""
    at, status = _instant(one["date"]), one["new_status"]
    reply = None
    if one["public"] and comment.strip() and referred_to(comment) is None:
        # Whoever writes by mail is no member of staff there.
        by = By.CUSTOMER if one["user"] is None else By.STAFF
        reply = Reply(str(one["id"]), by, comment.strip(), at)
    state = _STATES.get(int(status)) if status is not None else None
    if reply is not None or state is not None:
        yield Change(str(one["ticket"]), at, state, reply)


def _plain(text: str) -> str:
    """Return a text in which Django's templates find nothing to replace: what would be, is parted invisibly."""
    return _TEMPLATE.sub(_JOINER, text)


def _instant(moment: str) -> Instant:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)
