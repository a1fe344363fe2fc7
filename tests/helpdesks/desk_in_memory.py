"""A helpdesk in memory that works like a real one, and fails as a test wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.helpdesks.models import Change, Changes, Handover, Message, RemoteTicket
from assistant.helpdesks.ports import SinkRefused, SinkUnavailable
from assistant.record.events import Instant
from assistant.tickets.promises import Lane

Trouble = Callable[[str, str], BaseException | None]


class DeskInMemory:
    """Keeps tickets in lists. ``before`` and ``after`` say what goes wrong with what is done to which of our tickets,
    before it is done or when it is."""

    name = "in-memory"

    def __init__(self) -> None:
        self.created: list[Handover] = []
        self.told: dict[str, list[str]] = {}
        self.lanes: dict[str, Lane] = {}
        self.happened: list[Change] = []
        self.asked: list[tuple[str, str]] = []
        self.before: Trouble = lambda _what, _ticket: None
        self.after: Trouble = lambda _what, _ticket: None

    def check(self) -> Sequence[str]:
        return ["the desk in memory answers"]

    def find(self, ticket: str, *, since: Instant) -> RemoteTicket | None:
        self._begin("find", ticket)
        found = [number for number, one in enumerate(self.created) if one.ticket == ticket]
        return RemoteTicket(str(found[0])) if found else None

    def create(self, handover: Handover) -> RemoteTicket:
        self._begin("create", handover.ticket)
        self.created.append(handover)
        self.lanes[handover.ticket] = handover.lane
        self._end("create", handover.ticket)
        return RemoteTicket(str(len(self.created) - 1), "https://desk.example.com")

    def tell(self, remote: RemoteTicket, message: Message, *, unsure: bool) -> None:
        self._say("tell", message.ticket, f"{message.by.value}: {message.text}", unsure=unsure)

    def note(self, remote: RemoteTicket, handover: Handover, *, unsure: bool) -> None:
        self._say("note", handover.ticket, "note" if handover.complete else "note, incomplete", unsure=unsure)

    def move_to(self, remote: RemoteTicket, lane: Lane) -> None:
        ticket = self.created[int(remote.id)].ticket
        self._begin("move", ticket)
        self.lanes[ticket] = lane

    def changes(self, cursor: str | None) -> Changes:
        return Changes(self.happened[int(cursor or 0) :], str(len(self.happened)))

    def _say(self, what: str, ticket: str, text: str, *, unsure: bool) -> None:
        self._begin(what, ticket)
        said = self.told.setdefault(ticket, [])
        if not unsure or text not in said:
            said.append(text)
        self._end(what, ticket)

    def _begin(self, what: str, ticket: str) -> None:
        self.asked.append((what, ticket))
        self._trouble(self.before(what, ticket))

    def _end(self, what: str, ticket: str) -> None:
        self._trouble(self.after(what, ticket))

    def _trouble(self, trouble: BaseException | None) -> None:
        if trouble is not None:
            raise trouble


def down(_what: str, _ticket: str) -> Exception:
    """Say that the helpdesk is away."""
    return SinkUnavailable("the helpdesk did not answer")


def failing_at(*tickets: str) -> Trouble:
    """Return the trouble of a helpdesk that fails at some tickets."""
    return lambda what, one: SinkUnavailable("500", failing=True) if what != "find" and one in tickets else None


def refusing(*tickets: str) -> Trouble:
    """Return the trouble of a helpdesk that does not take some tickets."""
    return lambda what, one: SinkRefused("400: no") if what == "create" and one in tickets else None
