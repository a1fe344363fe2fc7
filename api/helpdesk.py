"""The helpdesk as the service is given it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from assistant.helpdesks.models import Change
from assistant.helpdesks.ports import Deliveries, Messages, TicketSink
from assistant.tickets.conversations import Conversations


class ReadsChanges(Protocol):
    """Understands the messages by which a helpdesk tells what has happened there."""

    def change_in(self, body: bytes, headers: Mapping[str, str]) -> Change:
        """Return the change that a message tells; raises ``MessageRefused`` if it is not theirs."""
        ...


@dataclass(frozen=True)
class Helpdesk:
    """What is written after tickets, and where they are handed over to, if they are.

    ``changes`` reads what the helpdesk sends by itself, where it does so.
    """

    conversations: Conversations
    messages: Messages
    deliveries: Deliveries
    sink: TicketSink | None = None
    changes: ReadsChanges | None = None
