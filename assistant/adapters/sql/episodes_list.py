"""The episodes behind figures, in the record's database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, and_, case, exists, func, or_, select

from assistant.adapters.sql import schema
from assistant.adapters.sql.page_days import asked_on, events_after, use_of
from assistant.adapters.sql.prepared import Prepared
from assistant.health.behind import ListedEpisode, QuestionCount, Wanted
from assistant.record.episodes import EpisodeClass
from assistant.record.events import Instant

_asked, _episodes, _questions, _gaps = (
    schema.interactions.c,
    schema.episodes.c,
    schema.gap_questions.c,
    schema.gaps.c,
)
_AT_ONCE = 500
_MOST_DAYS = 2000


class SqlEpisodes(Prepared):
    """Finds episodes; see ``Episodes``."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._settled: dict[int, list[QuestionCount]] = {}

    def number(self, wanted: Wanted, *, now: Instant) -> int:
        """See ``Episodes``."""
        with self._reading() as connection:
            if wanted.page is not None:
                return len(self._of_page(connection, wanted, now))
            condition = _condition(wanted, now)
            found: int = connection.scalar(select(func.count()).select_from(schema.episodes).where(condition)) or 0
        return found

    def listed(self, wanted: Wanted, *, now: Instant, most: int, skip: int = 0) -> Sequence[ListedEpisode]:
        """See ``Episodes``."""
        with self._reading() as connection:
            columns = select(
                _episodes.id,
                _episodes.started_at,
                _episodes.locale,
                case((_episodes.closes_at > now, EpisodeClass.PENDING.value), else_=_episodes.outcome).label("became"),
                _episodes.with_ticket_intent,
                _episodes.held_out,
                _episodes.questions,
            )
            if wanted.page is None:
                statement = columns.where(_condition(wanted, now))
                statement = statement.order_by(_episodes.day.desc(), _episodes.started_at.desc(), _episodes.id)
                rows = connection.execute(statement.limit(most).offset(skip)).all()
            else:
                some = self._of_page(connection, wanted, now)[skip : skip + most]
                rows = list(connection.execute(columns.where(_episodes.id.in_(some))).all())
                rows.sort(key=lambda row: (-row.started_at, row.id))
            first = _first_questions(connection, [row.id for row in rows])
        return [
            ListedEpisode(
                id=row.id,
                at=row.started_at,
                locale=row.locale,
                outcome=EpisodeClass(row.became),
                counts=row.with_ticket_intent,
                held_out=row.held_out,
                questions=row.questions,
                question=first.get(row.id),
            )
            for row in rows
        ]

    def questions(self, *, first_day: int, last_day: int, settled: int) -> Sequence[QuestionCount]:
        """See ``Episodes``."""
        days = range(first_day, last_day + 1)
        missing = [day for day in days if day not in self._settled]
        found = dict(self._settled)
        if missing:
            counted = self._counted(missing[0], missing[-1])
            by_day: dict[int, list[QuestionCount]] = {day: [] for day in missing}
            for one in counted:
                if one.day in by_day:
                    by_day[one.day].append(one)
            found |= by_day
            if len(self._settled) > _MOST_DAYS:
                self._settled = {}
            self._settled = self._settled | {day: found[day] for day in missing if day < settled}
        return [one for day in days for one in found[day]]

    def _counted(self, first_day: int, last_day: int) -> list[QuestionCount]:
        statement = (
            select(_episodes.day, _asked.locale, _asked.outcome, func.count().label("questions"))
            .join_from(schema.episodes, schema.interactions, _asked.episode == _episodes.id)
            .where(_episodes.with_ticket_intent, _episodes.day.between(first_day, last_day), ~_asked.held_out)
            .group_by(_episodes.day, _asked.locale, _asked.outcome)
        )
        with self._reading() as connection:
            return [QuestionCount(*row) for row in connection.execute(statement)]

    def gaps_of(self, episode: str) -> Mapping[str, str]:
        """See ``Episodes``."""
        statement = (
            select(_questions.interaction, func.coalesce(_gaps.into, _gaps.id).label("gap"))
            .join_from(schema.gap_questions, schema.gaps, _gaps.id == _questions.gap)
            .where(_questions.episode == episode)
        )
        with self._reading() as connection:
            return {row.interaction: row.gap for row in connection.execute(statement)}

    def _of_page(self, connection: Any, wanted: Wanted, now: Instant) -> list[str]:
        """Return the episodes that a page was part of, latest first."""
        page = wanted.page or ""
        quoted = f'"{page}"'
        statement = (
            asked_on(wanted.first_day, wanted.last_day)
            .add_columns(_episodes.started_at)
            .where(
                or_(_asked.shown.contains(quoted, autoescape=True), _asked.nearest.contains(quoted, autoescape=True))
            )
            .where(_narrowed(wanted, now))
        )
        rows = connection.execute(statement).all()
        followed: dict[str, list[Any]] = {}
        for event in events_after(connection, [row.id for row in rows]):
            followed.setdefault(event.scope, []).append(event)
        by_episode: dict[str, list[Any]] = {}
        for row in rows:
            by_episode.setdefault(row.episode, []).append(row)
        found = []
        for episode, some in by_episode.items():
            events = [event for row in some for event in followed.get(row.id, ())]
            use = use_of(some, events, now).get(page)
            if use is not None and getattr(use, wanted.part.value):
                found.append((-some[0].started_at, episode))
        return [episode for _, episode in sorted(found)]


def _condition(wanted: Wanted, now: Instant) -> Any:
    return and_(_episodes.day.between(wanted.first_day, wanted.last_day), _narrowed(wanted, now))


def _narrowed(wanted: Wanted, now: Instant) -> Any:
    conditions: list[Any] = []
    if wanted.outcomes or wanted.held_out is not None:
        # Who only looked around is in no rate.
        conditions.append(_episodes.with_ticket_intent)
    else:
        conditions.append(_episodes.with_ticket_intent.in_([True, False]))  # or the index by days is not used
    if wanted.outcomes:
        settled = sorted(one.value for one in wanted.outcomes if one is not EpisodeClass.PENDING)
        kinds = [and_(_episodes.closes_at <= now, _episodes.outcome.in_(settled))]
        if EpisodeClass.PENDING in wanted.outcomes:
            kinds.append(_episodes.closes_at > now)
        conditions.append(or_(*kinds))
    if wanted.held_out is not None:
        conditions.append(_episodes.held_out if wanted.held_out else ~_episodes.held_out)
    if wanted.locale is not None:
        conditions.append(_episodes.locale == wanted.locale)
    if wanted.asked is not None:
        conditions.append(
            exists().where(_asked.episode == _episodes.id, _asked.outcome == wanted.asked, ~_asked.held_out)
        )
    if wanted.gap is not None:
        inside = select(_questions.episode).where(_questions.gap == wanted.gap)
        conditions.append(_episodes.id.in_(inside))
    return and_(*conditions)


def _first_questions(connection: Any, episodes: Sequence[str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for start in range(0, len(episodes), _AT_ONCE):
        statement = select(_asked.episode, _asked.question).where(
            _asked.episode.in_(episodes[start : start + _AT_ONCE])
        )
        for row in connection.execute(statement.order_by(_asked.at, _asked.id)):
            found.setdefault(row.episode, row.question)
    return found
