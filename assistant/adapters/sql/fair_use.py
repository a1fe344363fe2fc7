"""Fair use in the record's database: facts from what is recorded, decisions with what they rest on, contests."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, union, update

from assistant.adapters.sql import schema
from assistant.adapters.sql.engine import insert_new
from assistant.adapters.sql.prepared import Prepared
from assistant.adapters.sql.rows import evidence_in, passages_of
from assistant.fair_use.checklist import Checklist
from assistant.fair_use.gathering import RecordedTicket, facts_of
from assistant.fair_use.models import ContestState, Ground, Standing, TicketFact
from assistant.fair_use.ports import Contest, KeptStanding
from assistant.fair_use.snapshots import Snapshot, digest_of_snapshot, dump_snapshot, load_snapshot
from assistant.helpdesks.models import By
from assistant.record.events import EventType, Instant
from assistant.record.evidence import Finding, Verdict
from assistant.tickets.promises import Lane

_tickets, _desk = schema.tickets.c, schema.desk_tickets.c
_standings, _contests = schema.standings.c, schema.contests.c
_AT_ONCE = 500


class SqlStandings(Prepared):
    """Keeps what fair use decides; see ``Standings``."""

    def facts(self, *, since: Instant, accounts: Sequence[str] | None = None) -> Mapping[str, Sequence[TicketFact]]:
        """Return what is known of the tickets sent since a moment, of some accounts or of all, by account."""
        wanted = select(schema.tickets, _desk.lane).outerjoin(schema.desk_tickets, _desk.id == _tickets.id)
        wanted = wanted.where(_tickets.created_at >= since, _tickets.account.is_not(None))
        if accounts is not None:
            wanted = wanted.where(_tickets.account.in_(list(accounts)))
        by_account: dict[str, list[RecordedTicket]] = defaultdict(list)
        with self._reading() as connection:
            rows = connection.execute(wanted.order_by(_tickets.created_at)).all()
            for start in range(0, len(rows), _AT_ONCE):
                for one in _recorded(connection, rows[start : start + _AT_ONCE]):
                    by_account[one.account].append(one)
        return {account: facts_of(tickets) for account, tickets in by_account.items()}

    def touched(self, *, since: Instant, until: Instant) -> Sequence[str]:
        """Return the accounts of which something has come since a moment, or whose standing has ended since."""
        verdicts, messages = schema.verdicts.c, schema.messages.c
        judged = select(verdicts.ticket).where(verdicts.at >= since)
        written = select(messages.ticket).where(messages.at >= since)
        with self._reading() as connection:
            found = union(
                select(_tickets.account).where(_tickets.created_at >= since),
                select(_tickets.account).where(_tickets.id.in_(judged)),
                select(_tickets.account).where(_tickets.id.in_(written)),
                select(_contests.account).where(or_(_contests.at >= since, _contests.decided_at >= since)),
                select(_standings.account).where(_standings.until.between(since, until)),
            )
            return sorted(account for account in connection.scalars(found) if account is not None)

    def last(self, account: str, *, until: Instant | None = None) -> KeptStanding | None:
        """Return the last decision on an account, of those that were made until a moment."""
        theirs = select(schema.standings).where(_standings.account == account)
        if until is not None:
            theirs = theirs.where(_standings.at <= until)
        with self._reading() as connection:
            row = connection.execute(theirs.order_by(_standings.number.desc()).limit(1)).one_or_none()
        return _kept(row) if row is not None else None

    def lasts(self, accounts: Sequence[str]) -> Mapping[str, KeptStanding]:
        """Return the last decision on each of some accounts on which there is one."""
        last = select(func.max(_standings.number)).where(_standings.account.in_(accounts)).group_by(_standings.account)
        with self._reading() as connection:
            rows = connection.execute(select(schema.standings).where(_standings.number.in_(last)))
            return {row.account: _kept(row) for row in rows}

    def deferred(self, at: Instant) -> Sequence[KeptStanding]:
        """Return the last decision on each account whose standing is deferred at a moment, by account."""
        last = select(func.max(_standings.number)).group_by(_standings.account)
        holding = select(schema.standings).where(_standings.until > at, _standings.number.in_(last))
        with self._reading() as connection:
            return [_kept(row) for row in connection.execute(holding.order_by(_standings.account))]

    def keep(self, account: str, taken: Snapshot) -> None:
        """Keep a decision; earlier ones stay."""
        text = dump_snapshot(taken)
        with self._writing() as connection:
            connection.execute(
                insert(schema.standings).values(
                    account=account,
                    at=taken.at,
                    standing=taken.decision.standing.value,
                    until=taken.decision.until,
                    snapshot=text,
                    digest=digest_of_snapshot(text),
                )
            )

    def kept(self, *, after: int = 0, most: int = 1000) -> Sequence[KeptStanding]:
        """Return decisions in the order in which they were made, from the one after a number on."""
        some = select(schema.standings).where(_standings.number > after).order_by(_standings.number).limit(most)
        with self._reading() as connection:
            return [_kept(row) for row in connection.execute(some)]

    def contest(self, contest: Contest) -> bool:
        """Keep a customer's word against a flag, once for each flag; return whether it is new."""
        values = {
            "ticket": contest.ticket,
            "ground": contest.ground.value,
            "account": contest.account,
            "text": (contest.text or "").replace("\x00", "\ufffd"),
            "at": contest.at,
            "state": contest.state.value,
        }
        with self._writing() as connection:
            put = insert_new(schema.contests, self._engine).values(values).returning(_contests.ticket)
            return connection.execute(put).one_or_none() is not None

    def contests(self, *, account: str | None = None, only_open: bool = False, most: int = 200) -> Sequence[Contest]:
        """Return contests, of an account or of all, oldest first."""
        wanted = select(schema.contests).order_by(_contests.at, _contests.ticket).limit(most)
        if account is not None:
            wanted = wanted.where(_contests.account == account)
        if only_open:
            wanted = wanted.where(_contests.state == ContestState.OPEN.value)
        with self._reading() as connection:
            return [_contest(row) for row in connection.execute(wanted)]

    def settle(self, ticket: str, ground: Ground, *, upheld: bool, by: str, reason: str, at: Instant) -> Contest | None:
        """Decide an open contest; return it as it is then, ``None`` if there is none, or it is decided already."""
        this = (_contests.ticket == ticket, _contests.ground == ground.value)
        state = ContestState.UPHELD if upheld else ContestState.REJECTED
        decided = update(schema.contests).where(*this, _contests.state == ContestState.OPEN.value)
        with self._writing() as connection:
            done = connection.execute(decided.values(state=state.value, by=by, reason=reason, decided_at=at)).rowcount
            row = connection.execute(select(schema.contests).where(*this)).one_or_none()
        return _contest(row) if row is not None and done else None

    def keep_checklist(self, ticket: str, checklist: Checklist) -> None:
        """Keep which steps of an earlier solution were tried, with the ticket that was written all the same."""
        values = {
            "ticket": ticket,
            "earlier": checklist.earlier,
            "steps": json.dumps(checklist.steps, ensure_ascii=False),
            "tried": json.dumps(checklist.tried) if checklist.tried is not None else None,
        }
        with self._writing() as connection:
            connection.execute(insert_new(schema.checklists, self._engine).values(values))

    def checklist(self, ticket: str) -> Checklist | None:
        """Return the checklist that came with a ticket."""
        with self._reading() as connection:
            row = connection.execute(
                select(schema.checklists).where(schema.checklists.c.ticket == ticket)
            ).one_or_none()
        return _checklist(row) if row is not None else None


def delete_fair_use(connection: Connection, accounts: Sequence[str]) -> dict[str, int]:
    """Delete all that fair use keeps of accounts; return how many rows of each table went."""
    theirs = select(_tickets.id).where(_tickets.account.in_(accounts))
    also = select(_desk.id).where(_desk.account.in_(accounts))
    lists = schema.checklists
    return {
        "checklists": connection.execute(
            delete(lists).where(or_(lists.c.ticket.in_(theirs), lists.c.ticket.in_(also)))
        ).rowcount,
        "standings": connection.execute(delete(schema.standings).where(_standings.account.in_(accounts))).rowcount,
        "contests": connection.execute(delete(schema.contests).where(_contests.account.in_(accounts))).rowcount,
    }


def empty_fair_use(connection: Connection, *, texts_before: Instant, decisions_before: Instant) -> None:
    """Empty what customers wrote before a moment, and forget decisions made before another."""
    connection.execute(
        update(schema.contests).where(_contests.at < texts_before, _contests.text.is_not(None)).values(text=None)
    )
    old = select(_desk.id).where(_desk.written_at < texts_before)
    lists = schema.checklists
    connection.execute(update(lists).where(lists.c.ticket.in_(old), lists.c.steps.is_not(None)).values(steps=None))
    connection.execute(delete(schema.standings).where(_standings.at < decisions_before))
    connection.execute(delete(schema.contests).where(_contests.at < decisions_before))


def _recorded(connection: Connection, rows: Sequence[Row[Any]]) -> list[RecordedTicket]:
    ids, episodes = [row.id for row in rows], [row.episode for row in rows]
    verdicts, messages, lists = schema.verdicts, schema.messages, schema.checklists
    said: dict[str, list[Verdict]] = defaultdict(list)
    judged = select(verdicts).where(verdicts.c.ticket.in_(ids)).order_by(verdicts.c.ticket, verdicts.c.number)
    for row in connection.execute(judged):
        said[row.ticket].append(Verdict(row.ticket, row.by, Finding(row.finding), "", row.at))
    wrote: dict[str, list[Instant]] = defaultdict(list)
    for row in connection.execute(
        select(messages.c.ticket, messages.c.at)
        .where(messages.c.ticket.in_(ids), messages.c.by == By.CUSTOMER.value)
        .order_by(messages.c.at)
    ):
        wrote[row.ticket].append(row.at)
    asked_again = {
        row.ticket: _checklist(row) for row in connection.execute(select(lists).where(lists.c.ticket.in_(ids)))
    }
    contested: dict[str, dict[Ground, ContestState]] = defaultdict(dict)
    for row in connection.execute(select(schema.contests).where(_contests.ticket.in_(ids))):
        contested[row.ticket][Ground(row.ground)] = ContestState(row.state)
    about, displayed = _conversations(connection, episodes)
    found = []
    for row in rows:
        again = asked_again.get(row.id)
        found.append(
            RecordedTicket(
                ticket=row.id,
                account=row.account,
                at=row.created_at,
                solved_at=row.closed_at,
                paid=row.lane == Lane.PRIORITY.value,
                evidence=evidence_in(row.evidence) if row.evidence is not None else None,
                verdicts=said[row.id],
                asked_about=about.get(row.episode),
                displayed=frozenset(
                    matter
                    for at, matters in displayed.get(row.episode, ())
                    if at <= row.created_at
                    for matter in matters
                ),
                messages_at=wrote[row.id],
                earlier=again.earlier if again is not None else None,
                tried=again.any_tried if again is not None else None,
                contests=contested[row.id],
            )
        )
    return found


def _conversations(
    connection: Connection, episodes: Sequence[str]
) -> tuple[dict[str, str], dict[str, list[tuple[Instant, list[str]]]]]:
    """Return what each episode was last asked about, and when answers about what were displayed in it."""
    asked, events = schema.interactions, schema.events
    about: dict[str, str] = {}
    answers: dict[str, list[str]] = {}
    questions = select(asked.c.id, asked.c.episode, asked.c.matter, asked.c.outcome, asked.c.held_out, asked.c.shown)
    for row in connection.execute(questions.where(asked.c.episode.in_(episodes)).order_by(asked.c.at)):
        if row.matter is not None:
            about[row.episode] = row.matter
        if row.outcome == "answered" and not row.held_out:
            answers[row.id] = [one.matter for one in passages_of(row.shown)]
    displayed: dict[str, list[tuple[Instant, list[str]]]] = defaultdict(list)
    shown = select(events.c.scope, events.c.episode, func.min(events.c.at).label("at")).where(
        events.c.episode.in_(episodes), events.c.type == EventType.SHOWN.value
    )
    for said in connection.execute(shown.group_by(events.c.scope, events.c.episode)):
        displayed[said.episode].append((said.at, answers.get(said.scope, [])))
    return about, displayed


def _kept(row: Row[Any]) -> KeptStanding:
    return KeptStanding(
        number=row.number,
        account=row.account,
        at=row.at,
        standing=Standing(row.standing),
        until=row.until,
        snapshot=load_snapshot(row.snapshot),
        intact=digest_of_snapshot(row.snapshot) == row.digest,
    )


def _contest(row: Row[Any]) -> Contest:
    return Contest(
        ticket=row.ticket,
        ground=Ground(row.ground),
        account=row.account,
        text=row.text,
        at=row.at,
        state=ContestState(row.state),
        decided_at=row.decided_at,
        by=row.by,
        reason=row.reason,
    )


def _checklist(row: Row[Any]) -> Checklist:
    tried = tuple(json.loads(row.tried)) if row.tried is not None else None
    return Checklist(row.earlier, tuple(json.loads(row.steps)) if row.steps is not None else (), tried)
