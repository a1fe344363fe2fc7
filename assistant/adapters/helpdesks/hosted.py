"""What the adapters of hosted helpdesks share: texts as HTML and back, moments, and changes told ticket by ticket."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import UTC, datetime

from selectolax.lexbor import LexborHTMLParser

from assistant.helpdesks.models import Change, RemoteState, Reply
from assistant.helpdesks.notes import referred_to
from assistant.record.events import Instant


def as_html(text: str) -> str:
    """Return a plain text as HTML that looks the same."""
    return "<br>".join(html.escape(line, quote=False) for line in text.splitlines())


def as_text(body: str) -> str:
    """Return what somebody reads of an HTML text."""
    tree = LexborHTMLParser(body)
    for node in tree.css("br, p, div, li, tr"):
        node.insert_before("\n")
    return "\n".join(line.strip() for line in tree.text().splitlines()).strip()


def told_of(remote_id: str, at: Instant, state: RemoteState | None, replies: list[Reply]) -> Iterator[Change]:
    """Return what a ticket tells when it is looked at: all its replies but ours, then where it stands."""
    for reply in replies:
        if reply.text and referred_to(reply.text) is None:
            yield Change(remote_id, reply.at, None, reply)
    if state is not None:
        yield Change(remote_id, at, state)


def instant(moment: str) -> Instant:
    """Return a moment as they write it: ISO 8601 with a zone."""
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


def iso(at: Instant) -> str:
    """Return a moment as they read it, in whole seconds."""
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
