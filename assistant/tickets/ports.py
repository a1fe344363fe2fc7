"""What tickets need of a database and of what sends things on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.record.events import Instant
from assistant.tickets.models import DeskTicket, File
from assistant.tickets.promises import Lane


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something to be sent on, kept in the same transaction as what it is about. ``kind`` says by whom: a mail, a fee.

    ``payload`` is JSON and is emptied once it is sent: it may hold an address or a link.
    """

    id: str
    kind: str
    ticket: str | None
    payload: str
    due_at: Instant
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link in a mail, by the digest of its secret: it signs in, and sends the ticket that waits for it."""

    digest: str
    email: str
    locale: str
    ticket: str | None
    expires_at: Instant
    used_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that somebody has uploaded: whose it is, and the ticket it went with, if it has."""

    file: File
    account: str
    ticket: str | None
    at: Instant


class TicketStore(Protocol):
    """Keeps tickets as they were written. Any of it may fail with ``RecordUnavailable`` while the database is away."""

    def add(
        self,
        ticket: DeskTicket,
        *,
        files: Sequence[str] = (),
        sending: Sequence[Outgoing] = (),
        link: Link | None = None,
    ) -> tuple[DeskTicket, bool]:
        """Keep a ticket with its files and what is to be sent on; return it, and whether it is new.

        One with the same key is the same ticket: it is returned as it is and nothing else is kept.
        """
        ...

    def ticket(self, ticket: str) -> DeskTicket | None:
        """Return a ticket by its id."""
        ...

    def by_key(self, key: str) -> DeskTicket | None:
        """Return a ticket by the key that it was sent with."""
        ...

    def of(self, account: str, *, most: int) -> Sequence[DeskTicket]:
        """Return an account's tickets, latest first."""
        ...

    def change(
        self,
        ticket: str,
        change: Callable[[DeskTicket], DeskTicket],
        *,
        sending: Callable[[DeskTicket], Sequence[Outgoing]],
    ) -> tuple[DeskTicket, bool] | None:
        """Change a ticket, alone with it, and keep what is to be sent on if it did change; ``None`` if there is none.

        Returns:
            The ticket as it is then, and whether it changed.
        """
        ...

    def unrecorded(self, *, most: int) -> Sequence[DeskTicket]:
        """Return tickets that have been sent and that the record does not have yet, oldest first."""
        ...

    def mark_recorded(self, ticket: str) -> None:
        """Note that the record has a ticket."""
        ...

    def add_link(self, link: Link, *, sending: Sequence[Outgoing]) -> None:
        """Keep a one-time link and the mail that carries it."""
        ...

    def link(self, digest: str) -> Link | None:
        """Return a link by the digest of its secret."""
        ...

    def use_link(self, digest: str, *, at: Instant) -> bool:
        """Use a link up; return whether it was still good: the first use in time is."""
        ...

    def add_file(self, kept: KeptFile) -> None:
        """Keep what a file is and whose."""
        ...

    def files(self, ids: Sequence[str]) -> Sequence[KeptFile]:
        """Return files by their ids, in that order; those that there are not are left out."""
        ...

    def drop_file(self, file: str) -> bool:
        """Forget a file that went with no ticket; return whether there was one."""
        ...

    def loose_files(self, *, before: Instant, most: int) -> Sequence[KeptFile]:
        """Return files uploaded before a moment that went with no ticket."""
        ...

    def send(self, sending: Sequence[Outgoing]) -> None:
        """Keep what is to be sent on and belongs to no ticket."""
        ...

    def due(self, *, now: Instant, most: int) -> Sequence[Outgoing]:
        """Return what is to be sent on now, in the order in which it became due."""
        ...

    def claim(self, outgoing: Outgoing, *, until: Instant) -> bool:
        """Take something that is due for oneself; return whether nobody else had.

        It is due again at ``until``: by then it was sent, was put off, or whoever took it is gone.
        """
        ...

    def sent_on(self, outgoing: str) -> None:
        """Note that something was sent on, and empty it."""
        ...

    def put_off(self, outgoing: str, *, until: Instant | None, error: str) -> None:
        """Note that something could not be sent on, and when to try again; never, if ``None``."""
        ...


@dataclass(frozen=True, slots=True)
class PromisesKept:
    """What became of reply-time promises: kept, missed, past and still open, open and not past yet."""

    kept: int
    missed: int
    overdue: int
    ahead: int


class Queue(Protocol):
    """What waits for staff, in order. Any of it may fail with ``RecordUnavailable`` while the database is away."""

    def next(self, *, most: int, skip: int = 0) -> Sequence[DeskTicket]:
        """Return the tickets to be answered next, in order."""
        ...

    def length(self) -> dict[Lane, int]:
        """Return how many wait in each lane."""
        ...

    def before(self, ticket: DeskTicket) -> int:
        """Return how many are to be answered before a ticket."""
        ...

    def promises(self, *, since: Instant, now: Instant) -> PromisesKept:
        """Return what became of the promises for tickets sent since a moment."""
        ...


class Spool(Protocol):
    """Keeps tickets on the disk of this machine while the database is away."""

    def put(self, ticket: DeskTicket, files: Sequence[str]) -> DeskTicket:
        """Keep a ticket with the ids of its files, so that it survives the process; return it, or the one that is
        there already with its key.

        Raises:
            RecordUnavailable: if it cannot be kept here either.
        """
        ...

    def waiting(self) -> Sequence[tuple[str, DeskTicket, Sequence[str]]]:
        """Return what is kept: a name to drop it by, the ticket, and its files' ids; oldest first."""
        ...

    def set_aside(self, name: str) -> None:
        """Keep a ticket out of the way of the others, for somebody to look at."""
        ...

    def drop(self, name: str) -> None:
        """Forget a ticket that the database has now."""
        ...


class AttachmentMissing(Exception):
    """The content of a file is no longer there."""


class Contents(Protocol):
    """Keeps what is in files, by their ids."""

    def put(self, key: str, content: bytes) -> None:
        """Keep a content, whole or not at all."""
        ...

    def get(self, key: str) -> bytes:
        """Return a content.

        Raises:
            AttachmentMissing: if there is none.
        """
        ...

    def delete(self, key: str) -> None:
        """Forget a content; one that there is not is forgotten already."""
        ...


class Scanner(Protocol):
    """Looks for viruses."""

    def infected(self, content: bytes) -> bool:
        """Say whether a content holds one.

        Raises:
            AttachmentRefused: if it could not be looked at.
        """
        ...
