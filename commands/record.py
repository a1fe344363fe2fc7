"""``askfirst record``: looks after the record and answers for it."""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.exc import SQLAlchemyError

from api.schemas_record import MissOut
from api.settings import Settings, read_settings
from api.wiring import (
    Encoders,
    make_files,
    make_keys,
    make_reranker,
    make_retention,
    make_store,
    open_assistant,
    open_record,
)
from assistant.adapters.sql import backup as backups
from assistant.adapters.sql import migrating, persons
from assistant.adapters.sql.desk import SqlTickets
from assistant.adapters.sql.engine import open_engine
from assistant.adapters.sql.judging import judged_tickets
from assistant.adapters.sql.record import SqlRecord
from assistant.adapters.sql.retention import retain as delete_old
from assistant.asking.curation import curation_from
from assistant.errors import RecordUnavailable, RecordUnusable
from assistant.record.checking import replay
from assistant.record.labels import labels_of
from commands import replaying
from commands.console import errors, results
from commands.periods import From, To, period
from indexer.generations import Generations
from indexer.manifest import write_durably

app = typer.Typer(no_args_is_help=True, help="The record: schema, backups, retention, one person's data, misses.")

app.command("replay")(replaying.replay_command)

_MOST_MISSES = 100_000
_Visitor = Annotated[str | None, typer.Option(help="The id that the visitor's browser keeps.")]
_Account = Annotated[str | None, typer.Option(help="The account, as your systems name it.")]


@app.command()
def upgrade() -> None:
    """Bring the schema up to date; a starting service does the same."""
    with _engine_errors():
        before, after = migrating.upgrade(open_engine(read_settings().database))
    results.print(f"schema {before or 'none'} → {after}")


@app.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="The revision to go back to; 'base' takes all tables away.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Yes, what the later schema holds may be lost.")] = False,
) -> None:
    """Take the schema back for an earlier version of Askfirst; stop the service first, and take a backup."""
    if not force:
        raise RecordUnusable("going back loses what the later schema holds: take a backup, then add --force")
    with _engine_errors():
        before, after = migrating.downgrade(open_engine(read_settings().database), revision)
    results.print(f"schema {before or 'none'} → {after}")


@app.command()
def backup(
    path: Annotated[Path, typer.Argument(help="Where to write it, such as record-2026-11-23.zip.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
) -> None:
    """Write all of the record to one file while the service runs. Keep the secret as well, but elsewhere."""
    if path.exists() and not force:
        raise RecordUnusable(f"{path} is there already; add --force to replace it")
    with _engine_errors():
        done = backups.back_up(open_engine(read_settings().database), path, at=_now())
    results.print(f"{sum(done.rows.values()):,} rows of schema {done.revision} written to {path}")


@app.command()
def restore(
    path: Annotated[Path, typer.Argument(help="A file that 'askfirst record backup' wrote.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace the record that is there.")] = False,
) -> None:
    """Put a backup back, into SQLite or PostgreSQL; whoever was erased since stays erased. Stop the service first."""
    settings = read_settings()
    with _engine_errors():
        engine = open_engine(settings.database)
        done = backups.restore(engine, path, keys=make_keys(settings), force=force)
    results.print(f"{sum(done.rows.values()):,} rows restored from {path}")


@app.command()
def retain() -> None:
    """Delete what is past its retention; a running service does so every day."""
    settings = read_settings()
    with opened_record(settings) as record:
        done = delete_old(record.engine, make_retention(settings), now=_now())
        make_files(settings, make_keys(settings), SqlTickets(record.engine)).delete(done.files)
    results.print(
        f"{done.texts:,} texts emptied, the events of {done.stories:,} episodes and {done.episodes:,} episodes deleted"
    )


@app.command()
def refold() -> None:
    """Fold all episodes again whose events are kept, after a change of the time zone or of the rules."""
    with opened_record(read_settings()) as record:
        record.folder.mark_all()
        results.print(f"{record.fold():,} episodes folded")


@app.command()
def export(
    *,
    visitor: _Visitor = None,
    account: _Account = None,
    out: Annotated[Path | None, typer.Option(help="Write it there; else to standard output.")] = None,
) -> None:
    """Write all that is recorded of one person, as JSON."""
    settings = read_settings()
    with opened_record(settings) as record:
        found = persons.export(record.engine, _person(record, settings, visitor, account))
    text = json.dumps(found, ensure_ascii=False, indent=2)
    if out is not None:
        out.write_text(text + "\n", "utf-8")
        errors.print(f"{sum(len(rows) for rows in found.values()):,} rows written to {out}")
    else:
        typer.echo(text)


@app.command()
def erase(
    *,
    visitor: _Visitor = None,
    account: _Account = None,
    force: Annotated[bool, typer.Option("--force", help="Yes, delete it.")] = False,
) -> None:
    """Delete all that is recorded of one person. Backups made before still hold it; restoring one deletes it again."""
    settings = read_settings()
    with opened_record(settings) as record:
        person = _person(record, settings, visitor, account)
        if not force:
            rows = sum(len(rows) for rows in persons.export(record.engine, person).values())
            raise RecordUnusable(f"{rows:,} rows are recorded of this person: add --force to delete them for good")
        keys = make_keys(settings)
        done = persons.erase(record.engine, person, keys=keys, at=_now())
        make_files(settings, keys, SqlTickets(record.engine)).delete(done.files)
    results.print(f"{sum(done.rows.values()):,} rows deleted")
    if not done.swept:
        raise RecordUnusable(
            "the rows are deleted, but the database's log still holds them, because something is reading: run it again"
        )


@app.command()
def labels(
    out: Annotated[Path, typer.Argument(help="The folder to write queries.jsonl, qrels.tsv and oos.jsonl to.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace the files that are there.")] = False,
) -> None:
    """Write what staff has said of tickets as labelled questions, for 'askfirst eval certify' and 'fit'."""
    names = ("queries.jsonl", "qrels.tsv", "oos.jsonl")
    if any((out / name).exists() for name in names) and not force:
        raise RecordUnusable(f"{out} holds labelled questions already; add --force to replace them")
    with opened_record(read_settings()) as record:
        found = labels_of(judged_tickets(record.engine))
    out.mkdir(parents=True, exist_ok=True)
    asked = [{"id": ticket, "text": text, "lang": locale} for ticket, text, locale, _ in found.answered]
    nowhere = [
        {"id": ticket, "text": text, "lang": locale, "kind": "in-the-wild"} for ticket, text, locale in found.unanswered
    ]
    right = [f"{ticket}\t{page}\t1" for ticket, _, _, page in found.answered]
    for name, lines in (
        ("queries.jsonl", [json.dumps(one, ensure_ascii=False) for one in asked]),
        ("qrels.tsv", ["query_id\tdoc_id\trelevance", *right]),
        ("oos.jsonl", [json.dumps(one, ensure_ascii=False) for one in nowhere]),
    ):
        write_durably(out / name, "".join(f"{line}\n" for line in lines).encode())
    results.print(f"{len(asked):,} questions that the docs answer and {len(nowhere):,} that they do not, in {out}")


@app.command()
def misses(
    *,
    first: From = None,
    last: To = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write CSV, for a spreadsheet.")] = False,
    most: Annotated[int, typer.Option(min=1, max=_MOST_MISSES, help="At most so many, latest first.")] = 50,
) -> None:
    """List what the pages did not answer: what led to a ticket, and what nothing was shown for."""
    settings = read_settings()
    first_day, last_day = period(first, last, ZoneInfo(settings.time_zone))
    with opened_record(settings) as record:
        record.fold()
        found = record.misses(first_day=first_day, last_day=last_day, now=_now(), most=most)
    shown = [MissOut.of(one) for one in found]
    if as_csv:
        table = csv.writer(sys.stdout)
        table.writerow(("at", "locale", "became", "shown", "question", "nearest", "generation", "staff"))
        for one in shown:
            nearest = one.nearest[0].page if one.nearest else ""
            table.writerow(
                (
                    one.at.isoformat(),
                    one.locale,
                    one.became or "",
                    one.outcome,
                    _as_text(one.question or ""),
                    nearest,
                    one.generation,
                    one.finding or "",
                )
            )
        return
    for one in shown:
        results.print(f"{one.at:%Y-%m-%d %H:%M} {one.locale:<3} {one.became or '-'} {one.outcome:<8} ", end="")
        results.print(one.question or "(past its retention)", markup=False)
        if one.nearest:
            results.print(f"{'':<31} nearest: {one.nearest[0].page}", markup=False)
    errors.print(f"{len(shown)} of what the pages did not answer")


@app.command()
def check(ticket: Annotated[str, typer.Argument(help="The ticket's number at the helpdesk.")]) -> None:
    """Ask again what a ticket's evidence rests on, of the same generation, and say whether the answer is the same."""
    settings = read_settings()
    with opened_record(settings) as record:
        evidence, verdicts = record.evidence_of(ticket), record.verdicts_on(ticket)
        if evidence is None:
            raise RecordUnusable(
                f"there is no evidence on ticket {ticket!r}: it was not reported, or not yet looked at"
            )
        curation = record.curation(evidence.curation)
    for verdict in verdicts:
        results.print(f"{verdict.by}: {verdict.finding.value}. {verdict.reason}", markup=False)
    if not evidence.question:
        raise RecordUnusable("the question is past its retention, so it cannot be asked again")
    assistant = open_assistant(
        Generations(settings.index_dir),
        evidence.generation,
        encoder_of=Encoders(settings).of,
        store=make_store(settings),
        reranker=make_reranker(settings),
    )
    differences = replay(evidence, assistant.with_curation(curation_from(curation)) if curation else assistant)
    for one in differences:
        results.print(one, markup=False)
    if differences:
        raise RecordUnusable(f"generation {evidence.generation} answers otherwise now")
    results.print(f"the same answer, to the last digit, from generation {evidence.generation}")


def _person(record: SqlRecord, settings: Settings, visitor: str | None, account: str | None) -> persons.Person:
    if (visitor is None) == (account is None):
        raise RecordUnusable("name one person: --account ACCOUNT, or --visitor ID")
    return persons.person_of(record.engine, make_keys(settings).who(visitor=visitor, account=account))


def _as_text(cell: str) -> str:
    """Return what a spreadsheet shows as it was typed, and does not take for a formula: anybody may type a question.

    Source: OWASP, CSV Injection.
    """
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


@contextmanager
def opened_record(settings: Settings) -> Iterator[SqlRecord]:
    """Open the record for a command, and close it after.

    Raises:
        RecordUnavailable: if the database fails meanwhile.
    """
    with _engine_errors():
        # A service waits for a database that is away; a command says what is wrong with it.
        engine = open_engine(settings.database)
        try:
            migrating.upgrade(engine)
        finally:
            engine.dispose()
        record = open_record(settings)
        try:
            yield record
        finally:
            record.close()


@contextmanager
def _engine_errors() -> Iterator[None]:
    """Turn what a database says into one message, without the parameters, which may be questions."""
    try:
        yield
    except SQLAlchemyError as exc:
        said = str(getattr(exc, "orig", exc)).strip().splitlines()
        raise RecordUnavailable(f"the record's database: {said[0] if said else type(exc).__name__}") from exc


def _now() -> int:
    return time.time_ns() // 1_000_000
