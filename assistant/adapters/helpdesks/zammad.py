"""Zammad by its REST API, as documented. Tried against recorded contracts only, not against the real service.

Tickets are found again by an attribute named ``askfirst`` (text, of the object Ticket), which has to be made there
first. The search that finds them needs Zammad's Elasticsearch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from assistant.adapters.helpdesks.client import TIMEOUT_SECONDS, Api
from assistant.adapters.helpdesks.hosted import as_text, instant, iso, told_of
from assistant.helpdesks.models import By, Change, Changes, Handover, Message, RemoteState, RemoteTicket, Reply
from assistant.helpdesks.notes import body, note_reference, part_of, private_note, reference, told
from assistant.helpdesks.ports import SinkUnavailable
from assistant.record.events import Instant
from assistant.tickets.promises import Lane

FIELD = "askfirst"
_PRIORITIES = {Lane.PRIORITY: "3 high", Lane.STANDARD: "2 normal"}
_STATES = {
    "new": RemoteState.NEW,
    "open": RemoteState.OPEN,
    "pending reminder": RemoteState.WAITING,
    "pending close": RemoteState.WAITING,
    "closed": RemoteState.CLOSED,
    "merged": RemoteState.CLOSED,
}
_PAGE = 100


class Zammad:
    """Tickets in one group of Zammad; see ``TicketSink``.

    Args:
        url: where it is, such as ``https://zammad.example.com``.
        token: an access token with the permissions ``ticket.agent`` and ``admin.object``.
        queue: the group's name.
        clock: tells the time.
        timeout_seconds: how long it may take to answer.
        with_email: whether it is told the customer's address, and so may mail them.
    """

    name = "zammad"

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
        self._url = url.rstrip("/")
        headers = {"authorization": f"Token token={token}"}
        self._api = Api(f"{self._url}/api/v1", headers, timeout_seconds=timeout_seconds)
        self._group = queue
        self._clock = clock
        self._with_email = with_email
        self._field_is_there = False

    def check(self) -> Sequence[str]:
        """Return what is set up there."""
        self._api.get("/users/me")
        self._need_field()
        return [f"Zammad answers; tickets have the attribute {FIELD!r}"]

    def find(self, ticket: str, *, since: Instant) -> RemoteTicket | None:
        """Return the ticket whose attribute holds our id."""
        found = self._search(f"{FIELD}:{ticket}", page=1)
        ours = [int(one["id"]) for one in found if one.get(FIELD) == ticket]
        return self._remote(min(ours)) if ours else None

    def create(self, handover: Handover) -> RemoteTicket:
        """Create a ticket."""
        self._need_field()
        address = handover.email if handover.email and self._with_email else f"{handover.account}@askfirst.invalid"
        article = {
            "subject": handover.subject,
            "body": body(handover),
            "type": "web",
            "sender": "Customer",
            "internal": False,
            "content_type": "text/plain",
        }
        ticket = {
            "title": handover.subject,
            "group": self._group,
            "customer_id": f"guess:{address}",
            "priority": _PRIORITIES[handover.lane],
            FIELD: handover.ticket,
            "article": article,
        }
        return self._remote(self._api.post("/tickets", ticket)["id"])

    def tell(self, remote: RemoteTicket, message: Message, *, unsure: bool) -> None:
        """Add a message: what a customer wrote opens the ticket again."""
        if not unsure or not self._has(remote, reference(message.ticket, part_of(message))):
            self._article(remote, told(message))
        if message.by is By.CUSTOMER:
            self._api.put(f"/tickets/{remote.id}", {"state": "open"})

    def note(self, remote: RemoteTicket, handover: Handover, *, unsure: bool) -> None:
        """Add the private note."""
        if not unsure or not self._has(remote, note_reference(handover)):
            self._article(remote, private_note(handover))

    def move_to(self, remote: RemoteTicket, lane: Lane) -> None:
        """Give a ticket the priority of a lane."""
        self._api.put(f"/tickets/{remote.id}", {"priority": _PRIORITIES[lane]})

    def changes(self, cursor: str | None) -> Changes:
        """Return what has happened to our tickets since a moment."""
        if cursor is None:
            return Changes((), iso(self._clock()))
        found: list[Change] = []
        last, page = cursor, 1
        while True:
            listed = self._search(f'updated_at:>="{cursor}" AND _exists_:{FIELD}', page=page)
            for one in listed:
                last = max(last, iso(instant(one["updated_at"])))
                at, state = instant(one["updated_at"]), _STATES.get(one["state"])
                found += told_of(str(one["id"]), at, state, self._replies(one["id"]))
            if len(listed) < _PAGE:
                return Changes(found, last)
            page += 1

    def _search(self, query: str, *, page: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._api.get(
            "/tickets/search",
            query=query,
            sort_by="updated_at",
            order_by="asc",
            per_page=_PAGE,
            page=page,
            expand="true",
        )
        return found

    def _articles(self, number: object) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._api.get(f"/ticket_articles/by_ticket/{number}", expand="true")
        return found

    def _replies(self, number: object) -> list[Reply]:
        return [
            Reply(
                str(one["id"]),
                By.CUSTOMER if one["sender"] == "Customer" else By.STAFF,
                _text(one),
                instant(one["created_at"]),
                str(one["from"]) if one.get("from") else None,
            )
            for one in self._articles(number)
            if not one["internal"] and one["sender"] in ("Agent", "Customer")
        ]

    def _article(self, remote: RemoteTicket, text: str) -> None:
        article = {"body": text, "content_type": "text/plain", "type": "note", "internal": True, "sender": "Agent"}
        self._api.post("/ticket_articles", {"ticket_id": int(remote.id), **article})

    def _has(self, remote: RemoteTicket, ending: str) -> bool:
        return any(_text(one).endswith(ending) for one in self._articles(remote.id))

    def _need_field(self) -> None:
        """Make sure that tickets will be found again.

        Raises:
            SinkUnavailable: if the attribute is missing.
        """
        if self._field_is_there:
            return
        attributes = self._api.get("/object_manager_attributes")
        if not any(one["name"] == FIELD and one["object"] == "Ticket" for one in attributes):
            raise SinkUnavailable("Zammad's tickets have no attribute 'askfirst'; make one that holds text")
        self._field_is_there = True

    def _remote(self, number: object) -> RemoteTicket:
        return RemoteTicket(str(number), f"{self._url}/#ticket/zoom/{number}")


def _text(article: dict[str, Any]) -> str:
    body = str(article["body"])
    return (as_text(body) if article.get("content_type") == "text/html" else body).strip()
