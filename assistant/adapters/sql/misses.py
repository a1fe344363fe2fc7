"""The miss log: what the pages did not answer, for those who write them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, ScalarSelect, or_, select

from assistant.adapters.sql import schema
from assistant.adapters.sql.rows import passages_of
from assistant.record.episodes import TICKET, EpisodeClass
from assistant.record.events import Instant
from assistant.record.evidence import MACHINE, Finding
from assistant.record.ports import LoggedMiss

_asked = schema.interactions.c
_episode = schema.episodes.c


def misses(engine: Engine, *, since: Instant, until: Instant, now: Instant, most: int) -> Sequence[LoggedMiss]:
    """Return the questions of a period that led to a ticket, or for which nothing was shown; latest first.

    What was withheld by lot is not a miss.
    """
    led_to_ticket = _episode.outcome.in_([one.value for one in TICKET])
    settled = or_(_episode.closes_at <= now, led_to_ticket)
    statement = (
        select(
            schema.interactions,
            _episode.outcome.label("became"),
            _episode.with_ticket_intent.label("counts"),
            said_by_staff().label("said"),
            settled,
        )
        .join_from(schema.interactions, schema.episodes, _episode.id == _asked.episode, isouter=True)
        .where(_asked.at >= since, _asked.at < until, ~_asked.held_out)
        .where(or_(_asked.outcome == "missed", led_to_ticket))
        .order_by(_asked.at.desc(), _asked.id)
        .limit(most)
    )
    with engine.connect() as connection:
        rows = connection.execute(statement).all()
    return [
        LoggedMiss(
            at=row.at,
            question=row.question,
            locale=row.locale,
            entry=row.entry,
            shown=row.outcome,
            outcome=None if not row.counts else EpisodeClass(row.became) if row[-1] else EpisodeClass.PENDING,
            generation=row.generation,
            nearest=passages_of(row.nearest),
            episode=row.episode,
            finding=Finding(row.said) if row.said is not None else None,
        )
        for row in rows
    ]


def said_by_staff() -> ScalarSelect[str]:
    """Return the latest verdict of the staff on the ticket that a question has led to."""
    tickets, verdicts = schema.tickets.c, schema.verdicts.c
    return (
        select(verdicts.finding)
        .join(schema.tickets, tickets.id == verdicts.ticket)
        .where(tickets.episode == _asked.episode, verdicts.by != MACHINE)
        .order_by(verdicts.at.desc(), verdicts.number.desc())
        .limit(1)
        .correlate(schema.interactions)
        .scalar_subquery()
    )
