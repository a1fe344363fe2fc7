"""Counts of episodes, for reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, case, func, literal, select

from assistant.adapters.sql import schema
from assistant.record.arms import Repeat
from assistant.record.deflection import PERIODS, Count, Dimension
from assistant.record.episodes import SUCCESS, TICKET, EpisodeClass
from assistant.record.events import Instant

_table = schema.episodes.c
_SUCCESS = [one.value for one in SUCCESS]
_TICKET = [one.value for one in TICKET]


def counts(engine: Engine, by: Dimension, *, first_day: int, last_day: int, now: Instant) -> Sequence[Count]:
    """Return how many episodes of each value, class and arm began in a period, as they count now."""
    value: ColumnElement[Any] = literal(None)
    if by in PERIODS:
        value = _table.day
    elif by is not Dimension.TOTAL:
        value = {Dimension.LOCALE: _table.locale, Dimension.PAGE: _table.page, Dimension.ENTRY: _table.entry}[by]
    outcome = case((_table.closes_at > now, EpisodeClass.PENDING.value), else_=_table.outcome)
    mature = and_(_table.closes_at <= now, _table.durable_at <= now)
    durable = and_(mature, _table.lasts, _table.outcome.in_(_SUCCESS))
    grouped = [*([] if by is Dimension.TOTAL else [value]), outcome, _table.experiment, _table.held_out]
    statement = (
        select(
            value.label("value"),
            outcome.label("outcome"),
            func.count().label("episodes"),
            _number(mature).label("mature"),
            _number(durable).label("durable"),
            func.min(_table.day).label("first_day"),
            _table.experiment,
            _table.held_out,
        )
        .where(_table.with_ticket_intent, _table.day.between(first_day, last_day))
        .group_by(*grouped)
    )
    with engine.connect() as connection:
        rows = connection.execute(statement).all()
    return [
        Count(
            row.value,
            EpisodeClass(row.outcome),
            row.episodes,
            row.mature,
            row.durable,
            row.first_day,
            row.experiment,
            row.held_out,
        )
        for row in rows
    ]


def repeats(engine: Engine, *, first_day: int, last_day: int, now: Instant) -> Sequence[Repeat]:
    """Return how many subjects have several closed episodes in a period, by how many of each class they have."""
    episodes = func.count().label("episodes")
    successes = func.sum(case((_table.outcome.in_(_SUCCESS), 1), else_=0)).label("successes")
    tickets = func.sum(case((_table.outcome.in_(_TICKET), 1), else_=0)).label("tickets")
    counted = and_(_table.with_ticket_intent, _table.day.between(first_day, last_day), _table.closes_at <= now)
    subjects = (
        select(_table.experiment, _table.held_out, episodes, successes, tickets)
        # As a case, or SQLite would go by the days and then sort, where another index has all subjects in order.
        .where(case((counted, 1), else_=0) == 1)
        .group_by(_table.subject, _table.held_out, _table.experiment)
        .having(func.count() > 1)
        .subquery()
    )
    statement = select(*subjects.c, func.count().label("subjects")).group_by(*subjects.c)
    with engine.connect() as connection:
        rows = connection.execute(statement).all()
    return [
        Repeat(row.experiment, row.held_out, row.episodes, int(row.successes), int(row.tickets), row.subjects)
        for row in rows
    ]


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
