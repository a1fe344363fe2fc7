"""Past questions and confirmed answers in the record's database: what a new generation is tried with."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, Row, func, select

from assistant.adapters.sql import schema
from assistant.adapters.sql.judging import judged_tickets
from assistant.adapters.sql.rows import interaction_of, passages_of
from assistant.preview.models import Confirmed, PastQuestion
from assistant.record.episodes import EpisodeClass
from assistant.record.events import Instant, Interaction
from assistant.record.evidence import MACHINE, Finding

MOST_CONFIRMED = 3000
_MOST_EPISODES = 20_000
_IN_DOCS = (Finding.SHOWN_NOT_OPENED, Finding.OPENED_DID_NOT_HELP, Finding.NOT_SHOWN)
_asked = schema.interactions.c
_episode = schema.episodes.c


def past_questions(engine: Engine, *, since: Instant, until: Instant, most: int) -> list[PastQuestion]:
    """Return what was asked in a period, each text in each locale once, the most asked first.

    Left out are what was withheld by lot, what nobody asked but wrote a ticket about, and what is past its retention.
    A visitor who asks the same again counts once.
    """
    times = func.count(func.distinct(func.coalesce(_asked.account, _asked.visitor, _asked.episode)))
    statement = (
        select(_asked.question, _asked.locale, times.label("times"), func.max(_asked.at).label("at"))
        .where(_asked.at >= since, _asked.at < until, ~_asked.held_out)
        .where(_asked.question.is_not(None), _asked.question != "")
        .where((_asked.reason.is_(None)) | (_asked.reason != "not_asked"))
        .group_by(_asked.question, _asked.locale)
        .order_by(times.desc(), func.max(_asked.at).desc(), _asked.question, _asked.locale)
        .limit(most)
    )
    with engine.connect() as connection:
        return [PastQuestion(row.question, row.locale, row.times) for row in connection.execute(statement)]


def confirmed_answers(engine: Engine, *, now: Instant, most: int = MOST_CONFIRMED) -> list[Confirmed]:
    """Return the answers that helped, latest first: each question with what it is about once, for all its people.

    A visitor's word counts once the window is over within which they might have written a ticket after all; of their
    questions, the last one that the page was shown for.
    """
    found = [*_said_by_visitors(engine, now=now), *_said_by_staff(engine)]
    by_question: defaultdict[tuple[str, str, str], list[Confirmed]] = defaultdict(list)
    for one in found:
        by_question[one.question, one.locale, one.matter].append(one)
    together = []
    for group in by_question.values():
        latest = max(group, key=lambda one: one.at)
        together.append(replace(latest, people=len(group), by_staff=any(one.by_staff for one in group)))
    kept = heapq.nlargest(most, together, key=lambda one: (one.at, one.question, one.locale, one.matter))
    return _with_texts(engine, kept)


def interaction(engine: Engine, identity: str) -> Interaction | None:
    """Return a recorded question, if it is known."""
    with engine.connect() as connection:
        row = connection.execute(select(schema.interactions).where(_asked.id == identity)).one_or_none()
    return interaction_of(row) if row is not None else None


def replayable(engine: Engine, *, most: int) -> list[Interaction]:
    """Return the latest questions whose texts are kept, latest first."""
    statement = (
        select(schema.interactions)
        .where(_asked.question.is_not(None), _asked.question != "")
        .where((_asked.reason.is_(None)) | (_asked.reason != "not_asked"))
        .order_by(_asked.at.desc(), _asked.id)
        .limit(most)
    )
    with engine.connect() as connection:
        return [interaction_of(row) for row in connection.execute(statement)]


def _said_by_visitors(engine: Engine, *, now: Instant) -> Iterator[Confirmed]:
    latest = (
        select(_episode.id, _episode.page)
        .where(_episode.outcome == EpisodeClass.CONFIRMED.value, _episode.closes_at <= now)
        .where(_episode.page.is_not(None), ~_episode.held_out)
        .order_by(_episode.last_at.desc(), _episode.id)
        .limit(_MOST_EPISODES)
        .subquery()
    )
    statement = (
        select(schema.interactions, latest.c.page.label("credited"))
        .join(latest, latest.c.id == _asked.episode)
        .where(_asked.question.is_not(None), _asked.question != "")
        .order_by(_asked.episode, _asked.at, _asked.id)
    )
    by_episode: dict[str, Confirmed] = {}
    with engine.connect() as connection:
        for row in connection.execute(statement):
            one = _credited(row)
            if one is not None:
                by_episode[row.episode] = one
    yield from by_episode.values()


def _credited(row: Row[Any]) -> Confirmed | None:
    """Return what an interaction confirms, if the page that its episode is credited to was shown in it."""
    passage = next((one for one in passages_of(row.shown) if one.page == row.credited), None)
    if passage is None:
        return None
    return Confirmed(row.question, row.locale, passage.page, passage.matter, passage.passage, passage.digest, at=row.at)


def _said_by_staff(engine: Engine) -> Iterator[Confirmed]:
    for judged in judged_tickets(engine):
        verdict = [one for one in judged.verdicts if one.by != MACHINE][-1]
        passage = next((one for one in judged.evidence.passages if one.rank == 1), None)
        if verdict.finding not in _IN_DOCS or passage is None or not judged.evidence.question:
            continue
        yield Confirmed(
            judged.evidence.question,
            judged.evidence.locale or judged.locale,
            passage.page,
            passage.matter,
            passage.passage,
            passage.digest,
            passage.text,
            by_staff=True,
            at=verdict.at,
        )


def _with_texts(engine: Engine, found: Sequence[Confirmed]) -> list[Confirmed]:
    digests = sorted({one.digest for one in found if not one.text})
    texts: dict[str, str] = {}
    with engine.connect() as connection:
        for start in range(0, len(digests), 500):
            wanted = schema.texts.c.digest.in_(digests[start : start + 500])
            for row in connection.execute(select(schema.texts).where(wanted)):
                texts[row.digest] = row.text
    return [one if one.text else replace(one, text=texts.get(one.digest, "")) for one in found]
