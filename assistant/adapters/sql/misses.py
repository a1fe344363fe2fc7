"""The miss log: what the pages did not answer, for those who write them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, or_, select

from assistant.adapters.sql import schema
from assistant.adapters.sql.rows import passages_of
from assistant.record.episodes import TICKET, EpisodeClass
from assistant.record.events import Instant
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
            schema.interactions, _episode.outcome.label("became"), _episode.with_ticket_intent.label("counts"), settled
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
        )
        for row in rows
    ]
