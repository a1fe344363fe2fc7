"""Tickets on the disk of this machine while the database is away: one file each, whole or not there."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.errors import RecordUnavailable
from assistant.tickets.models import DeskTicket

_spooled = TypeAdapter(tuple[DeskTicket, tuple[str, ...]])


class DiskSpool:
    """Keeps tickets in a folder; see ``Spool``. The folder is made when it is first needed.

    Args:
        folder: where; only the service's own user may read what is in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, ticket: DeskTicket, files: Sequence[str]) -> DeskTicket:
        """Keep a ticket with the ids of its files; return it, or the one that is there already with its key.

        Raises:
            RecordUnavailable: if it cannot be kept here either.
        """
        path = self._folder / f"{time.time_ns()}-{ticket.id}.json"
        partial = path.with_suffix(".partial")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for _, one, _ in self.waiting():
                if one.key == ticket.key:
                    return one
            with open(partial, "wb", opener=_for_owner) as file:
                file.write(_spooled.dump_json((ticket, tuple(files))))
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
            _sync_folder(self._folder)
        except OSError as exc:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
            raise RecordUnavailable("the ticket cannot be kept: the database is away, and the disk is full") from exc
        return ticket

    def waiting(self) -> Sequence[tuple[str, DeskTicket, Sequence[str]]]:
        """Return what is kept, oldest first; a file that is not ours is left alone."""
        found = []
        for path in sorted(self._folder.glob("*.json"), key=lambda one: one.name):
            with contextlib.suppress(OSError, ValidationError):
                ticket, files = _spooled.validate_json(path.read_bytes())
                found.append((path.name, ticket, files))
        return found

    def drop(self, name: str) -> None:
        """Forget a ticket that the database has now."""
        (self._folder / name).unlink(missing_ok=True)


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
