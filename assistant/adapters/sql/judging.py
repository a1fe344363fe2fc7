"""The tickets that staff has judged, in the record's database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Engine, select

from assistant.adapters.sql import schema
from assistant.adapters.sql.rows import evidence_in
from assistant.record.evidence import MACHINE, Finding, Verdict
from assistant.record.labels import Judged


def judged_tickets(engine: Engine) -> Sequence[Judged]:
    """Return the tickets with a verdict of a person, oldest first, as far as the machine has looked at them too."""
    tickets, verdicts = schema.tickets.c, schema.verdicts.c
    by_people = select(verdicts.ticket).where(verdicts.by != MACHINE)
    with engine.connect() as connection:
        said: dict[str, list[Verdict]] = defaultdict(list)
        for row in connection.execute(
            select(schema.verdicts).where(verdicts.ticket.in_(by_people)).order_by(verdicts.ticket, verdicts.number)
        ):
            said[row.ticket].append(Verdict(row.ticket, row.by, Finding(row.finding), row.reason, row.at))
        found = connection.execute(
            select(tickets.id, tickets.locale, tickets.evidence)
            .where(tickets.id.in_(by_people), tickets.evidence.is_not(None))
            .order_by(tickets.created_at, tickets.id)
        ).all()
    return [Judged(row.id, row.locale, evidence_in(row.evidence), tuple(said[row.id])) for row in found]
