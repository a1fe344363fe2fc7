"""Tickets on the disk of this machine while the database is away: one file each, whole or not there."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Sequence
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

from assistant.errors import RecordUnavailable
from assistant.tickets.models import DeskTicket

_spooled = TypeAdapter(tuple[DeskTicket, tuple[str, ...]])
_log = structlog.get_logger()


class DiskSpool:
    """Keeps tickets in a folder; see ``Spool``. The folder is made when it is first needed.

    Args:
        folder: where; only the service's own user may read what is in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._putting = threading.Lock()

    def put(self, ticket: DeskTicket, files: Sequence[str]) -> DeskTicket:
        """Keep a ticket with the ids of its files; return it, or the one that is there already with its key.

        Raises:
            RecordUnavailable: if it cannot be kept here either.
        """
        path = self._folder / f"{ticket.key}.json"
        partial = path.with_suffix(".partial")
        with self._putting:  # of two presses at once, one would name a ticket that nobody finds
            there = self._read(path)
            if there is not None:
                return there[0]
            try:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                with open(partial, "wb", opener=_for_owner) as file:
                    file.write(_spooled.dump_json((ticket, tuple(files))))
                    file.flush()
                    os.fsync(file.fileno())
                partial.replace(path)
                _sync_folder(self._folder)
            except OSError as exc:
                with contextlib.suppress(OSError):
                    partial.unlink(missing_ok=True)
                raise RecordUnavailable(
                    "the ticket cannot be kept: the database is away, and the disk does not take it"
                ) from exc
        return ticket

    def waiting(self) -> Sequence[tuple[str, DeskTicket, Sequence[str]]]:
        """Return what is kept, oldest first; a file that cannot be understood is set aside."""
        found = [(path.name, *read) for path in self._folder.glob("*.json") if (read := self._read(path)) is not None]
        return sorted(found, key=lambda one: (one[1].written_at, one[0]))

    def set_aside(self, name: str) -> None:
        """Keep a file out of the way of the others, for somebody to look at: it can be renamed back to ``.json``."""
        path = self._folder / name
        with contextlib.suppress(OSError):
            path.replace(path.with_suffix(".damaged"))
        _log.error("ticket.set_aside", file=name)

    def drop(self, name: str) -> None:
        """Forget a ticket that the database has now."""
        (self._folder / name).unlink(missing_ok=True)

    def _read(self, path: Path) -> tuple[DeskTicket, Sequence[str]] | None:
        try:
            return _spooled.validate_json(path.read_bytes())
        except OSError:  # brought in by another thread just now, or not to be read at the moment
            return None
        except ValidationError:
            self.set_aside(path.name)
            return None


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
