"""Deletes what is past its time: texts first, then events, then episodes."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Engine, delete, or_, select, update

from assistant.adapters.sql import schema
from assistant.adapters.sql.desk import empty_old
from assistant.adapters.sql.drafts import empty_previews
from assistant.adapters.sql.engine import writing
from assistant.adapters.sql.fair_use import empty_fair_use
from assistant.adapters.sql.gaps import empty_gaps
from assistant.adapters.sql.persons import delete_episodes
from assistant.record.events import MS_PER_DAY, Instant
from assistant.record.ports import Retained

_AT_ONCE = 500
"""Rows or episodes in one transaction, so that nobody waits long to append."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days each kind is kept: texts of questions and tickets; events; episodes and tickets without texts."""

    text_days: int
    event_days: int
    episode_days: int


def retain(engine: Engine, retention: Retention, *, now: Instant) -> Retained:
    """Delete what is past its retention. An episode's events go all together, so it is never folded from a part.

    The databases clear their files of it by themselves, in time; nobody has to wait for that.
    """
    texts = _empty_texts(engine, now - retention.text_days * MS_PER_DAY)
    stories = _delete_stories(engine, now - retention.event_days * MS_PER_DAY)
    episodes = _delete_old_episodes(engine, now - retention.episode_days * MS_PER_DAY)
    with writing(engine) as connection:
        letters, files = empty_old(connection, before=now - retention.text_days * MS_PER_DAY, now=now)
        empty_fair_use(
            connection,
            texts_before=now - retention.text_days * MS_PER_DAY,
            decisions_before=now - retention.event_days * MS_PER_DAY,
        )
    return Retained(texts + letters, stories, episodes, tuple(files))


def _empty_texts(engine: Engine, before: Instant) -> int:
    emptied = 0
    asked, events, tickets = schema.interactions, schema.events, schema.tickets
    with writing(engine) as connection:
        done = connection.execute(
            update(asked).where(asked.c.at < before, asked.c.question.is_not(None)).values(question=None)
        )
        emptied += done.rowcount
        done = connection.execute(
            update(events).where(events.c.at < before, events.c.reason.is_not(None)).values(reason=None)
        )
        emptied += done.rowcount
        empty_gaps(connection, before=before)
        empty_previews(connection)
        old = connection.execute(
            select(tickets.c.id, tickets.c.text, tickets.c.evidence).where(
                tickets.c.created_at < before,
                or_(tickets.c.text.is_not(None), tickets.c.evidence.not_like('%"question": ""%')),
            )
        ).all()
        for row in old:
            evidence = json.dumps({**json.loads(row.evidence), "question": ""}) if row.evidence else None
            connection.execute(update(tickets).where(tickets.c.id == row.id).values(text=None, evidence=evidence))
            connection.execute(delete(schema.ticket_vectors).where(schema.ticket_vectors.c.ticket == row.id))
            emptied += row.text is not None
    return emptied


def _delete_stories(engine: Engine, before: Instant) -> int:
    deleted = 0
    asked, events = schema.interactions, schema.events
    with engine.connect() as connection:
        # Of those whose last question is old; what followed it later came within days.
        recent = select(asked.c.episode).where(asked.c.at >= before)
        old = select(asked.c.episode).where(asked.c.at < before, asked.c.episode.not_in(recent)).distinct()
        episodes = connection.scalars(old).all()
    for start in range(0, len(episodes), _AT_ONCE):
        some = episodes[start : start + _AT_ONCE]
        with writing(engine) as connection:
            connection.execute(delete(schema.unfolded).where(schema.unfolded.c.episode.in_(some)))
            connection.execute(delete(events).where(events.c.episode.in_(some)))
            connection.execute(delete(asked).where(asked.c.episode.in_(some)))
        deleted += len(some)
    return deleted


def _delete_old_episodes(engine: Engine, before: Instant) -> int:
    with engine.connect() as connection:
        old = connection.scalars(select(schema.episodes.c.id).where(schema.episodes.c.last_at < before)).all()
    for start in range(0, len(old), _AT_ONCE):
        with writing(engine) as connection:
            delete_episodes(connection, old[start : start + _AT_ONCE])
    return len(old)
