"""Group commit: one thread writes what has gathered while it was committing, so many callers share one commit."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Connection, Engine, Table
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from assistant.adapters.sql import schema
from assistant.adapters.sql.engine import insert_new, writing
from assistant.adapters.sql.rows import Values, event_values, interaction_values, ticket_values
from assistant.errors import RecordUnavailable
from assistant.record.ports import Append, Recorded

_MOST_TOGETHER = 512
_MOST_WAITING = 20_000
"""Appends that may wait while the database is down, some tens of megabytes; beyond that callers are told at once."""
_PAUSE_SECONDS = 0.5
_log = structlog.get_logger()


@dataclass(slots=True)
class _Job:
    append: Append
    done: Future[Recorded] = field(default_factory=Future)


class Writer:
    """Commits appends in the order in which they came.

    What the database refuses for what it is (and not for being away) fails alone; what came with it is committed.

    Args:
        engine: the database.
        prepare: brings its schema up to date; called before the first commit, as soon as the database is there.
    """

    def __init__(self, engine: Engine, *, prepare: Callable[[], object]) -> None:
        self._engine = engine
        self._prepare = prepare
        self._prepared = False
        tables = (schema.interactions, schema.tickets, schema.texts, schema.curations)
        self._inserts = {table: insert_new(table, engine) for table in tables}
        self._insert_events = insert_new(schema.events, engine).returning(schema.events.c.scope, schema.events.c.id)
        self._mark = schema.unfolded.insert()
        self._in_hand = 0
        self.away = False
        self._jobs: queue.Queue[_Job | None] = queue.Queue(_MOST_WAITING)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="record", daemon=True)
        self._thread.start()

    def submit(self, append: Append) -> Future[Recorded]:
        """Take an append; its future is done when it is committed, or has failed with ``RecordUnavailable``."""
        job = _Job(append)
        job.done.set_running_or_notify_cancel()  # who stops waiting does not stop it from being recorded
        try:
            if self._stopping.is_set():
                raise queue.Full
            self._jobs.put_nowait(job)
        except queue.Full:
            job.done.set_exception(RecordUnavailable("the record cannot take more now; send it again later"))
        return job.done

    @property
    def waiting(self) -> int:
        """How many appends wait to be committed."""
        return self._jobs.qsize() + self._in_hand

    def stop(self) -> None:
        """Commit what waits, and end. What cannot be committed now fails."""
        self._stopping.set()
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        for jobs in self._gathered():
            self._in_hand = len(jobs)
            self._settle(jobs)
            self._in_hand = 0

    def _settle(self, jobs: Sequence[_Job]) -> None:
        """Commit jobs together, as soon as the database can be reached; what it refuses for what it is fails alone."""
        while True:
            try:
                self._commit(jobs)
                break
            except Exception as exc:  # whatever it is: without this thread nothing would be recorded any more
                if not _is_away(exc):
                    self._refuse(jobs, exc)
                    break
                if self._stopping.is_set():
                    _fail(jobs)
                    break
                if not self.away:
                    self.away = True
                    _log.error("record.unavailable", error=_name_of(exc), waiting=self.waiting)
                self._stopping.wait(_PAUSE_SECONDS)
        if self.away and not self._stopping.is_set():
            self.away = False
            _log.info("record.available", waiting=self.waiting)

    def _refuse(self, jobs: Sequence[_Job], exc: Exception) -> None:
        if len(jobs) > 1:
            for job in jobs:
                self._settle([job])
        else:
            _log.error("record.refused", error=_name_of(exc))
            _fail(jobs)

    def _gathered(self) -> Iterator[list[_Job]]:
        last = False
        while not last:
            jobs: list[_Job] = []
            job = self._jobs.get()
            while job is not None:
                jobs.append(job)
                if len(jobs) >= _MOST_TOGETHER:
                    break
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
            last = job is None
            if jobs:
                yield jobs

    def _commit(self, jobs: Sequence[_Job]) -> None:
        if not self._prepared:
            self._prepare()
            self._prepared = True
        with writing(self._engine) as connection:
            new = self._write(connection, [job.append for job in jobs])
        for job in jobs:
            keys = [(event.scope, event.id) for event in job.append.events]
            # Of two in one group with the same key, the first is the event and the second its repeat.
            recorded = frozenset(key for key in keys if key in new)
            new.difference_update(recorded)
            job.done.set_result(recorded)

    def _write(self, connection: Connection, appends: Sequence[Append]) -> set[tuple[str, str]]:
        interactions = [one for append in appends for one in append.interactions]
        events = [one for append in appends for one in append.events]
        self._insert(connection, schema.interactions, [interaction_values(one) for one in interactions])
        self._insert(connection, schema.tickets, [ticket_values(one) for a in appends for one in a.tickets])
        for table, pairs in (
            (schema.texts, {pair for append in appends for pair in append.texts}),
            (schema.curations, {pair for append in appends for pair in append.curations}),
        ):
            key, value = table.columns
            self._insert(connection, table, [{key.name: first, value.name: second} for first, second in sorted(pairs)])
        touched = {one.episode for one in interactions} | {one.episode for one in events}
        if touched:
            connection.execute(self._mark, [{"episode": one} for one in sorted(touched)])
        if not events:
            return set()
        rows = connection.execute(self._insert_events, [event_values(one) for one in events])
        return {(row.scope, row.id) for row in rows}

    def _insert(self, connection: Connection, table: Table, rows: Sequence[Values]) -> None:
        if rows:
            connection.execute(self._inserts[table], rows)


def _is_away(exc: Exception) -> bool:
    """Say whether the database could not be reached or used, rather than minded what it was given."""
    return isinstance(exc, OperationalError | InterfaceError) or (
        isinstance(exc, DBAPIError) and exc.connection_invalidated
    )


def _name_of(exc: Exception) -> str:
    return type(exc.orig if isinstance(exc, DBAPIError) else exc).__name__


def _fail(jobs: Sequence[_Job]) -> None:
    for job in jobs:
        job.done.set_exception(RecordUnavailable("this could not be recorded; send it again later"))
