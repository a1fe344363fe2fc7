"""Gaps and their questions in the record's database."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, and_, bindparam, delete, exists, func, insert, or_, select, update

from assistant.adapters.sql import schema
from assistant.adapters.sql.cursors import KeepsCursors
from assistant.adapters.sql.engine import insert_new
from assistant.adapters.sql.misses import said_by_staff
from assistant.adapters.sql.packing import packed, unpacked
from assistant.gaps.models import Diagnosis, Gap, GapFacts, GapNote, GapQuestion, GapState, Prediction, Signal
from assistant.gaps.ports import Embedded
from assistant.gaps.signals import Became, signal_of
from assistant.record.episodes import TICKET, EpisodeClass
from assistant.record.events import EventType, Instant
from assistant.record.evidence import Finding
from indexer.ports import Vector

_asked, _episodes, _events = schema.interactions.c, schema.episodes.c, schema.events.c
_rows, _gaps, _notes = schema.gap_questions.c, schema.gaps.c, schema.gap_notes.c
_AT_ONCE = 500
_T = TypeVar("_T")
_FACTS = TypeAdapter(GapFacts)
_PREDICTION = TypeAdapter(Prediction)
_DECIDED = ("state", "assignee", "reason", "published_at", "page", "predicted", "said", "into")
"""What people decide of a gap, or grouping does; counting it again leaves that alone."""


class SqlGaps(KeepsCursors):
    """Keeps gaps; see ``GapStore``."""

    def gather(self, *, since: Instant, now: Instant) -> int:
        """See ``GapStore``."""
        with self._reading() as connection:
            rows = connection.execute(_candidates(since, now)).all()
        found = {row.id: values for row in rows if (values := _signalled(row, now)) is not None}
        table = schema.gap_questions
        with self._writing() as connection:
            known = set(connection.scalars(select(_rows.interaction).where(_rows.at >= since, _rows.at <= now)))
            gone, new = sorted(known - found.keys()), [one for key, one in found.items() if key not in known]
            for some in _in_parts(gone):
                connection.execute(delete(table).where(_rows.interaction.in_(some)))
            for some in _in_parts(new):
                connection.execute(insert_new(table, self._engine), some)
            renewed = [
                {"b_id": key, **{f"b_{name}": one[name] for name in ("signal", "ticket", "opened")}}
                for key, one in found.items()
                if key in known
            ]
            if renewed:
                connection.execute(
                    update(table)
                    .where(_rows.interaction == bindparam("b_id"))
                    .values(signal=bindparam("b_signal"), ticket=bindparam("b_ticket"), opened=bindparam("b_opened")),
                    renewed,
                )
        return len(found)

    def without_vector(self, recipe: str, *, most: int) -> Sequence[GapQuestion]:
        """See ``GapStore``."""
        missing = or_(_rows.recipe.is_(None), _rows.recipe != recipe)
        wanted = _questions().where(_asked.question.is_not(None), missing)
        with self._reading() as connection:
            rows = connection.execute(wanted.order_by(_rows.at.desc(), _rows.interaction).limit(most))
            return [_question(row) for row in rows]

    def keep_vectors(self, recipe: str, vectors: Sequence[tuple[str, Vector]]) -> None:
        """See ``GapStore``."""
        if not vectors:
            return
        kept = [{"b_id": one, "b_vector": packed(vector)} for one, vector in vectors]
        text = select(_asked.question).where(_asked.id == _rows.interaction).scalar_subquery()
        with self._writing() as connection:
            connection.execute(
                update(schema.gap_questions)
                .where(_rows.interaction == bindparam("b_id"), text.is_not(None))
                .values(recipe=recipe, vector=bindparam("b_vector")),
                kept,
            )

    def embedded(self, recipe: str) -> Sequence[Embedded]:
        """See ``GapStore``."""
        wanted = (
            select(_rows.interaction, _rows.at, _rows.person, _rows.locale, _rows.gap, _rows.vector)
            .where(_rows.recipe == recipe, _rows.vector.is_not(None))
            .order_by(_rows.at, _rows.interaction)
        )
        with self._reading() as connection:
            return [
                Embedded(row.interaction, row.at, row.person, row.locale.split("-")[0], row.gap, unpacked(row.vector))
                for row in connection.execute(wanted)
            ]

    def vectors(self, questions: Collection[str]) -> Mapping[str, Vector]:
        """See ``GapStore``."""
        wanted = select(_rows.interaction, _rows.vector).where(_rows.vector.is_not(None))
        with self._reading() as connection:
            return {
                row.interaction: unpacked(row.vector)
                for some in _in_parts(sorted(set(questions)))
                for row in connection.execute(wanted.where(_rows.interaction.in_(some)))
            }

    def assign(self, gaps: Mapping[str, str]) -> None:
        """See ``GapStore``."""
        if not gaps:
            return
        changed = [{"b_id": question, "b_gap": gap} for question, gap in gaps.items()]
        with self._writing() as connection:
            connection.execute(
                update(schema.gap_questions)
                .where(_rows.interaction == bindparam("b_id"))
                .values(gap=bindparam("b_gap")),
                changed,
            )

    def questions(self, gap: str, *, most: int = 200, skip: int = 0) -> Sequence[GapQuestion]:
        """See ``GapStore``."""
        wanted = _questions().where(_rows.gap == gap)
        with self._reading() as connection:
            rows = connection.execute(wanted.order_by(_rows.at.desc(), _rows.interaction).limit(most).offset(skip))
            return [_question(row) for row in rows]

    def texts(self, questions: Collection[str]) -> Mapping[str, str]:
        """See ``GapStore``."""
        wanted = select(_asked.id, _asked.question).where(_asked.question.is_not(None))
        with self._reading() as connection:
            return {
                row.id: row.question
                for some in _in_parts(sorted(set(questions)))
                for row in connection.execute(wanted.where(_asked.id.in_(some)))
            }

    def all_questions(self, *, since: Instant) -> Sequence[GapQuestion]:
        """See ``GapStore``."""
        wanted = _questions().where(_rows.gap != "", _rows.at >= since)
        with self._reading() as connection:
            return [_question(row) for row in connection.execute(wanted.order_by(_rows.at, _rows.interaction))]

    def gap(self, gap: str) -> Gap | None:
        """See ``GapStore``."""
        with self._reading() as connection:
            row = connection.execute(select(schema.gaps).where(_gaps.id == gap)).one_or_none()
        return _gap(row) if row is not None else None

    def gaps(
        self,
        *,
        states: Collection[GapState] | None = None,
        least_people: int = 0,
        assignee: str | None = None,
        most: int = 500,
        skip: int = 0,
    ) -> Sequence[Gap]:
        """See ``GapStore``."""
        wanted = select(schema.gaps).where(_gaps.into.is_(None), _gaps.people >= least_people)
        if states is not None:
            wanted = wanted.where(_gaps.state.in_(sorted(one.value for one in states)))
        if assignee is not None:
            wanted = wanted.where(_gaps.assignee == assignee)
        with self._reading() as connection:
            rows = connection.execute(wanted.order_by(_gaps.cost.desc(), _gaps.id).limit(most).offset(skip))
            return [_gap(row) for row in rows]

    def counted(self, *, least_people: int) -> Mapping[GapState, int]:
        """See ``GapStore``."""
        wanted = (
            select(_gaps.state, func.count())
            .where(_gaps.into.is_(None), _gaps.people >= least_people)
            .group_by(_gaps.state)
        )
        with self._reading() as connection:
            found = {row[0]: row[1] for row in connection.execute(wanted)}
        return {state: found.get(state.value, 0) for state in GapState}

    def keep(self, gaps: Sequence[Gap]) -> None:
        """See ``GapStore``."""
        if not gaps:
            return
        with self._writing() as connection:
            known = set(connection.scalars(select(_gaps.id)))
            new = [_values(one) for one in gaps if one.id not in known]
            if new:
                connection.execute(insert(schema.gaps), new)
            for one in gaps:
                if one.id in known:
                    found = {name: value for name, value in _values(one).items() if name not in (*_DECIDED, "id")}
                    connection.execute(update(schema.gaps).where(_gaps.id == one.id).values(found))

    def change(self, gap: str, change: Callable[[Gap], Gap]) -> Gap | None:
        """See ``GapStore``."""
        with self._writing() as connection:
            row = connection.execute(select(schema.gaps).where(_gaps.id == gap).with_for_update()).one_or_none()
            if row is None:
                return None
            changed = replace(change(_gap(row)), id=gap)
            connection.execute(update(schema.gaps).where(_gaps.id == gap).values(_values(changed)))
        return changed

    def add_note(self, note: GapNote) -> None:
        """See ``GapStore``."""
        with self._writing() as connection:
            connection.execute(insert(schema.gap_notes), [asdict(note)])

    def notes(self, gap: str) -> Sequence[GapNote]:
        """See ``GapStore``."""
        wanted = select(_notes.gap, _notes.by, _notes.text, _notes.at).where(_notes.gap == gap).order_by(_notes.number)
        with self._reading() as connection:
            return [GapNote(*row) for row in connection.execute(wanted)]


def empty_gaps(connection: Connection, *, before: Instant) -> None:
    """Delete what is left of the texts of old questions: their vectors."""
    emptied = update(schema.gap_questions).where(_rows.at < before, _rows.vector.is_not(None))
    connection.execute(emptied.values(vector=None, recipe=None))


def _candidates(since: Instant, now: Instant) -> Any:
    unhelpful = exists().where(
        _events.scope == _asked.id, _events.type == EventType.VOTED.value, _events.helpful.is_(False)
    )
    said = said_by_staff()
    tickets = [one.value for one in TICKET]
    return (
        select(
            _asked.id,
            _asked.episode,
            _asked.at,
            _asked.visitor,
            _asked.account,
            _asked.locale,
            _asked.outcome,
            _asked.reason,
            _episodes.outcome.label("became"),
            _episodes.closes_at,
            _episodes.opened,
            _episodes.ticket_at,
            _episodes.with_ticket_intent.label("counts"),
            unhelpful.label("unhelpful"),
            said.label("said"),
        )
        .join_from(schema.interactions, schema.episodes, _episodes.id == _asked.episode)
        .where(_asked.at >= since, _asked.at <= now, ~_asked.held_out)
        .where(or_(_asked.outcome != "answered", _episodes.outcome.in_(tickets), unhelpful))
    )


def _signalled(row: Row[Any], now: Instant) -> dict[str, Any] | None:
    became = EpisodeClass(row.became)
    signal = signal_of(
        Became(
            outcome=row.outcome,
            reason=row.reason,
            episode=became,
            settled=row.closes_at <= now,
            counts=row.counts,
            unhelpful=row.unhelpful,
            finding=Finding(row.said) if row.said is not None else None,
        )
    )
    if signal is None:
        return None
    return {
        "interaction": row.id,
        "episode": row.episode,
        "at": row.at,
        "person": row.account or row.visitor or row.episode,
        "locale": row.locale,
        "signal": signal.value,
        "ticket": became in TICKET,
        "opened": row.opened,
    }


def _questions() -> Any:
    columns = [column for column in schema.gap_questions.c if column.name not in ("recipe", "vector")]
    return select(*columns, _asked.question.label("text")).join_from(
        schema.gap_questions, schema.interactions, and_(_asked.id == _rows.interaction), isouter=True
    )


def _question(row: Row[Any]) -> GapQuestion:
    return GapQuestion(
        id=row.interaction,
        episode=row.episode,
        at=row.at,
        person=row.person,
        locale=row.locale,
        text=row.text,
        signal=Signal(row.signal),
        ticket=row.ticket,
        opened=row.opened,
        gap=row.gap or None,
    )


def _gap(row: Row[Any]) -> Gap:
    return Gap(
        id=row.id,
        names=tuple((language, question) for language, question in json.loads(row.names)),
        terms=tuple((language, tuple(words)) for language, words in json.loads(row.terms)),
        created_at=row.created_at,
        changed_at=row.changed_at,
        state=GapState(row.state),
        assignee=row.assignee,
        reason=row.reason,
        published_at=row.published_at,
        page=row.page,
        predicted=_PREDICTION.validate_json(row.predicted) if row.predicted is not None else None,
        said=Diagnosis(row.said) if row.said is not None else None,
        into=row.into,
        facts=_FACTS.validate_json(row.facts),
    )


def _values(one: Gap) -> dict[str, Any]:
    cost = one.facts.cost
    return {
        "id": one.id,
        "names": json.dumps(one.names),
        "terms": json.dumps(one.terms, ensure_ascii=False),
        "state": one.state.value,
        "assignee": one.assignee,
        "reason": one.reason,
        "created_at": one.created_at,
        "changed_at": one.changed_at,
        "published_at": one.published_at,
        "page": one.page,
        "predicted": _PREDICTION.dump_json(one.predicted).decode() if one.predicted is not None else None,
        "said": one.said.value if one.said is not None else None,
        "into": one.into,
        "people": one.facts.people,
        "cost": cost.spared.mean if cost is not None else 0.0,
        "facts": _FACTS.dump_json(one.facts).decode(),
    }


def _in_parts(rows: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))
