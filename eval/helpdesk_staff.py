"""Somebody who works at a helpdesk: looks at its tickets, answers and closes them there."""

from __future__ import annotations

import base64
import json
import urllib.request
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from eval.helpdesks import TOKEN, Helpdesk


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket as the helpdesk shows it; ``urgent`` says that it has the higher of our two priorities."""

    id: str
    subject: str
    text: str
    notes: list[str]
    urgent: bool
    status: str


class Staff(Protocol):
    """Zofia, of the helpdesk."""

    def tickets(self, ours: str) -> list[Seen]:
        """Return the tickets that carry one of our ids, in the order of their numbers."""
        ...

    def all_of_ours(self) -> list[str]:
        """Return our ids, in the order in which the helpdesk numbered its tickets."""
        ...

    def answer(self, remote_id: str, text: str, *, close: bool = False) -> None:
        """Answer so that the customer sees it."""
        ...

    def note(self, remote_id: str, text: str) -> None:
        """Write what the customer does not see."""
        ...


class DjangoStaff:
    """At django-helpdesk."""

    def __init__(self, server: Helpdesk) -> None:
        self._url = server.url

    def tickets(self, ours: str) -> list[Seen]:
        found = self._get("/api/tickets/?page_size=10000")["results"]
        return [
            Seen(
                str(one["id"]),
                one["title"],
                one["description"],
                [followup["comment"] for followup in one["followup_set"][1:] if not followup["public"]],
                one["priority"] == 1,
                {1: "open", 2: "open", 3: "closed", 4: "closed"}[one["status"]],
            )
            for one in found
            if f"[askfirst:{ours}]" in one["description"]
        ]

    def all_of_ours(self) -> list[str]:
        found = self._get("/api/tickets/?page_size=10000")["results"]
        return [one["description"].rpartition("[askfirst:")[2].rstrip("]") for one in found]

    def answer(self, remote_id: str, text: str, *, close: bool = False) -> None:
        self._write({"ticket": int(remote_id), "comment": text, "public": True} | ({"new_status": 3} if close else {}))

    def note(self, remote_id: str, text: str) -> None:
        self._write({"ticket": int(remote_id), "comment": text, "public": False})

    def _write(self, followup: dict[str, Any]) -> None:
        ask(f"{self._url}/api/followups/", f"Token {TOKEN[::-1]}", followup)

    def _get(self, path: str) -> Any:
        return ask(self._url + path, f"Token {TOKEN[::-1]}")


class RequestTrackerStaff:
    """At Request Tracker."""

    def __init__(self, server: Helpdesk) -> None:
        self._url = f"{server.url}/REST/2.0"

    def tickets(self, ours: str) -> list[Seen]:
        found = self._search(f"CF.{{Askfirst}} = '{ours}'", "Subject,Status,Priority")
        return [
            Seen(
                one["id"],
                one["Subject"],
                self._texts(one["id"], "Create")[0],
                self._texts(one["id"], "Comment"),
                one["Priority"] in ("100", "High"),
                {"new": "open", "open": "open", "stalled": "open", "resolved": "closed"}[one["Status"]],
            )
            for one in found
        ]

    def all_of_ours(self) -> list[str]:
        found = self._search("CF.{Askfirst} IS NOT NULL", "CustomFields")
        return [one["CustomFields"][0]["values"][0] for one in found]

    def answer(self, remote_id: str, text: str, *, close: bool = False) -> None:
        answer = {"Content": text, "ContentType": "text/plain"} | ({"Status": "resolved"} if close else {})
        self._ask(f"/ticket/{remote_id}/correspond", answer)

    def note(self, remote_id: str, text: str) -> None:
        self._ask(f"/ticket/{remote_id}/comment", {"Content": text, "ContentType": "text/plain"})

    def _search(self, query: str, fields: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        page = pages = 1
        while page <= pages:
            listed = self._ask(
                f"/tickets?query={quote(query)}&fields={fields}&orderby=id&order=ASC&per_page=100&page={page}"
            )
            found += listed["items"]
            page, pages = page + 1, int(listed["pages"])
        return found

    def _texts(self, ticket: str, kind: str) -> list[str]:
        query = quote(f"ObjectType = 'RT::Ticket' AND TicketId = {ticket} AND Type = '{kind}'")
        done = self._ask(f"/transactions?query={query}&orderby=id&order=ASC")["items"]
        texts = []
        for one in done:
            parts = self._ask(f"/transaction/{one['id']}/attachments?fields=Content,ContentType")["items"]
            texts.append(next(part["Content"] for part in parts if part["ContentType"] == "text/plain"))
        return texts

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return ask(self._url + path, "Basic " + base64.b64encode(b"zofia:password").decode(), body)


def ask(url: str, authorization: str, body: dict[str, Any] | None = None) -> Any:
    """Ask a helpdesk something; with a body, have it do something."""
    given = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(  # noqa: S310 - of this machine
        url, given, {"Authorization": authorization, "Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        return json.loads(response.read())
