"""The record in a database."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, and_, func, or_, select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from assistant.adapters.sql import counting, misses, schema
from assistant.adapters.sql.engine import available, open_engine, writing
from assistant.adapters.sql.folding import Folder
from assistant.adapters.sql.migrating import upgrade
from assistant.adapters.sql.rows import event_of, evidence_in, interaction_of, ticket_of
from assistant.adapters.sql.writer import Writer
from assistant.record.arms import Repeat
from assistant.record.deflection import Count, Dimension
from assistant.record.episodes import WINDOWS, Windows
from assistant.record.events import Event, Instant, Interaction, Who
from assistant.record.evidence import Evidence, Finding, Verdict
from assistant.record.ports import Append, LoggedMiss, Recorded, Ticket

_MOST_RECENT = 50


class SqlRecord:
    """Appends to a database, folds it, and answers what has to be known while somebody waits.

    Args:
        database: its address; the schema is brought up to date, now or, if the database is away, once it is there.
        windows: how long to wait for tickets and returns.
        zone: in which days are told.

    Raises:
        RecordUnusable: if the database cannot be used, whether it is there or not.
    """

    def __init__(self, database: str, *, windows: Windows = WINDOWS, zone: ZoneInfo | None = None) -> None:
        self.engine = open_engine(database)
        self.windows = windows
        try:
            with contextlib.suppress(OperationalError, InterfaceError):
                upgrade(self.engine)
        except BaseException:
            self.engine.dispose()
            raise
        self.folder = Folder(self.engine, windows, zone or ZoneInfo("UTC"))
        self._writer = Writer(self.engine, prepare=lambda: upgrade(self.engine))

    def close(self) -> None:
        """Commit what waits, and let go of the database."""
        self._writer.stop()
        self.engine.dispose()

    @property
    def waiting(self) -> int:
        """How many appends wait to be committed."""
        return self._writer.waiting

    @property
    def away(self) -> bool:
        """Whether the database was away when something was to be committed last."""
        return self._writer.away

    def submit(self, append: Append) -> Future[Recorded]:
        """Take something to be recorded; see ``Record``."""
        return self._writer.submit(append)

    def last_asked(self, who: Who, *, since: Instant, until: Instant) -> Sequence[tuple[str, str | None, Instant]]:
        """Return a person's questions with ticket intent: episode, matter, moment; latest first; see ``Record``."""
        table = schema.interactions.c
        theirs = table.visitor == who.visitor
        if who.account is not None:
            signed_out = and_(theirs, table.account.is_(None))
            theirs = or_(table.account == who.account, signed_out) if who.visitor else table.account == who.account
        statement = (
            select(table.episode, table.matter, table.at)
            .where(theirs, table.at.between(since, until), table.with_ticket_intent)
            .order_by(table.at.desc())
            .limit(_MOST_RECENT)
        )
        with _reading(self.engine) as connection:
            return [(row.episode, row.matter, row.at) for row in connection.execute(statement)]

    def state_of(self, episode: str) -> tuple[Instant | None, bool]:
        """Return when the last question of an episode was asked, and whether a ticket has ended it."""
        asked = select(func.max(schema.interactions.c.at)).where(schema.interactions.c.episode == episode)
        ticket = select(schema.tickets.c.id).where(schema.tickets.c.episode == episode).limit(1)
        with _reading(self.engine) as connection:
            return connection.scalar(asked), connection.scalar(ticket) is not None

    def story_of(self, episode: str) -> tuple[Sequence[Interaction], Sequence[Event]]:
        """Return all that is recorded of an episode."""
        asked = select(schema.interactions).where(schema.interactions.c.episode == episode)
        followed = select(schema.events).where(schema.events.c.episode == episode)
        with _reading(self.engine) as connection:
            return (
                [interaction_of(row) for row in connection.execute(asked)],
                [event_of(row) for row in connection.execute(followed)],
            )

    def ticket(self, ticket: str) -> Ticket | None:
        """Return a ticket, if it is known."""
        with _reading(self.engine) as connection:
            row = connection.execute(select(schema.tickets).where(schema.tickets.c.id == ticket)).one_or_none()
        return ticket_of(row) if row is not None else None

    def close_ticket(self, ticket: str, at: Instant) -> None:
        """Note that a ticket was closed; the first time counts."""
        table = schema.tickets
        with available(), writing(self.engine) as connection:
            connection.execute(
                update(table).where(table.c.id == ticket, table.c.closed_at.is_(None)).values(closed_at=at)
            )

    def unchecked(self, *, most: int) -> Sequence[Ticket]:
        """Return tickets that the machine has not looked at, oldest first."""
        table = schema.tickets
        statement = select(table).where(table.c.evidence.is_(None)).order_by(table.c.created_at).limit(most)
        with _reading(self.engine) as connection:
            return [ticket_of(row) for row in connection.execute(statement)]

    def add_verdict(self, verdict: Verdict, evidence: Evidence | None = None) -> None:
        """Put a verdict beside those that are there; the machine's comes with its evidence, and its first counts."""
        table, ticket = schema.verdicts, schema.tickets.c
        with available(), writing(self.engine) as connection:
            # One at a time for each ticket; in SQLite the transaction itself sees to that.
            statement = select(ticket.evidence).where(ticket.id == verdict.ticket).with_for_update()
            row = connection.execute(statement).one_or_none()
            if row is None:  # whoever wrote it was erased meanwhile
                return
            if evidence is not None and row.evidence is not None:
                return
            number = select(func.coalesce(func.max(table.c.number), 0) + 1).where(table.c.ticket == verdict.ticket)
            connection.execute(
                table.insert().values(
                    ticket=verdict.ticket,
                    number=number.scalar_subquery(),
                    by=verdict.by,
                    finding=verdict.finding.value,
                    reason=verdict.reason,
                    at=verdict.at,
                )
            )
            if evidence is not None:
                connection.execute(
                    update(schema.tickets)
                    .where(schema.tickets.c.id == verdict.ticket)
                    .values(evidence=json.dumps(asdict(evidence), ensure_ascii=False))
                )

    def verdicts_on(self, ticket: str) -> Sequence[Verdict]:
        """Return all verdicts on a ticket, oldest first."""
        table = schema.verdicts
        statement = select(table).where(table.c.ticket == ticket).order_by(table.c.number)
        with _reading(self.engine) as connection:
            rows = connection.execute(statement).all()
        return [Verdict(row.ticket, row.by, Finding(row.finding), row.reason, row.at) for row in rows]

    def evidence_of(self, ticket: str) -> Evidence | None:
        """Return what the machine's finding on a ticket rests on."""
        statement = select(schema.tickets.c.evidence).where(schema.tickets.c.id == ticket)
        with _reading(self.engine) as connection:
            text = connection.scalar(statement)
        return evidence_in(text) if text is not None else None

    def texts_of(self, digests: Collection[str]) -> dict[str, str]:
        """Return passages' texts by their digests."""
        table = schema.texts.c
        with _reading(self.engine) as connection:
            rows = connection.execute(select(schema.texts).where(table.digest.in_(list(digests))))
            return {row.digest: row.text for row in rows}

    def fold(self, *, stopping: Callable[[], bool] = lambda: False) -> int:
        """Fold all of which something was recorded, unless it is time to stop; return how many episodes that were."""
        with available():
            return self.folder.fold_all(stopping=stopping)

    def counts(self, by: Dimension, *, first_day: int, last_day: int, now: Instant) -> Sequence[Count]:
        """Return how many episodes there are of each value of a dimension and each class; see ``Figures``."""
        with available():
            return counting.counts(self.engine, by, first_day=first_day, last_day=last_day, now=now)

    def repeats(self, *, first_day: int, last_day: int, now: Instant) -> Sequence[Repeat]:
        """Return how many subjects have several closed episodes, by how many of each class; see ``Figures``."""
        with available():
            return counting.repeats(self.engine, first_day=first_day, last_day=last_day, now=now)

    def misses(self, *, first_day: int, last_day: int, now: Instant, most: int) -> Sequence[LoggedMiss]:
        """Return what the pages did not answer in a period, latest first; days are ordinals, and included."""
        since, until = self.folder.start_of(first_day), self.folder.start_of(last_day + 1)
        with available():
            return misses.misses(self.engine, since=since, until=until, now=now, most=most)

    def curation(self, digest: str) -> str | None:
        """Return what writers had decided, as it was recorded."""
        with _reading(self.engine) as connection:
            return connection.scalar(select(schema.curations.c.content).where(schema.curations.c.digest == digest))


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection to read with.

    Raises:
        RecordUnavailable: if the database is away.
    """
    with available(), engine.connect() as connection:
        yield connection
