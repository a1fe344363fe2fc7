"""``askfirst index compare``: past questions asked of two generations."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from api.settings import Settings, read_settings
from assistant.adapters.sql import migrating
from assistant.adapters.sql.confirmed import past_questions
from assistant.adapters.sql.engine import open_engine
from assistant.preview.comparing import preview
from assistant.preview.models import Change, Compared, Comparison, PastQuestion, Seen
from assistant.record.events import MS_PER_DAY
from commands.console import errors, progress, results
from commands.gating import Opening, has_record
from commands.sets import writable
from eval.datasets import load_questions
from indexer.errors import IndexNotReady
from indexer.generations import Generations
from indexer.manifest import write_durably

_EXAMPLES = 10
_WORDS = {Change.LOST: "lost", Change.CHANGED: "changed", Change.NEWLY_ANSWERED: "newly answered"}


def compare(
    before: Annotated[str | None, typer.Argument(metavar="A", help="A generation; the live one unless given.")] = None,
    after: Annotated[str | None, typer.Argument(metavar="B", help="Another; the newest unless given.")] = None,
    questions: Annotated[
        Path | None, typer.Option(help="JSON Lines with a 'text' and a 'lang' each, instead of the record's questions.")
    ] = None,
    sample: Annotated[int, typer.Option("--sample", min=1, help="At most so many, the most asked first.")] = 1000,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write all of it to this file.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "--index", help="Directory of the index; ASKFIRST_INDEX_DIR unless given.")
    ] = None,
) -> None:
    """Ask past questions of two generations, and print what is newly answered, changed and lost."""
    settings = read_settings()
    generations = Generations(out or settings.index_dir)
    if json_file is not None:
        writable(json_file)
    first = before or generations.live()
    second = after or _newest(generations)
    if first == second:
        raise IndexNotReady(f"there is nothing to compare {first} with; build a generation with --no-promote first")
    asked = _from_file(questions, sample) if questions is not None else _from_record(settings, sample)
    if not asked:
        raise IndexNotReady("there are no past questions in the record; give some with --questions FILE")
    opening = Opening(settings, generations)
    with progress() as bar:
        compared = preview(asked, opening(first), opening(second), progress=bar("Asking questions"))
    print_comparison(compared)
    if json_file is not None:
        write_durably(json_file, json.dumps(as_json(compared), indent=2, ensure_ascii=False).encode() + b"\n")
        errors.print(f"wrote {json_file}", markup=False)


def print_comparison(compared: Comparison) -> None:
    """Print the counts of a comparison, and some examples of each change."""
    results.print(f"{compared.before} → {compared.after}: {len(compared.compared)} questions, ", end="")
    results.print(f"asked {compared.times()} times")
    for change, word in _WORDS.items():
        found = compared.of(change)
        results.print(f"{word}: {len(found)} questions, asked {compared.times(change)} times")
        for one in found[:_EXAMPLES]:
            results.print(f"  {one.question.locale:<3} “{one.question.text}”", markup=False)
            results.print(f"      {_seen(one.before)} → {_seen(one.after)}", markup=False)
        if len(found) > _EXAMPLES:
            results.print(f"  … and {len(found) - _EXAMPLES} more")
    results.print(f"unchanged: {len(compared.of(Change.UNCHANGED))} questions")


def as_json(compared: Comparison) -> dict[str, Any]:
    """Return a comparison as it is written to a file."""
    return {
        "before": compared.before,
        "after": compared.after,
        "questions": {change: len(compared.of(change)) for change in Change},
        "times": {change: compared.times(change) for change in Change},
        "compared": [_row(one) for one in compared.compared if one.change is not Change.UNCHANGED],
    }


def _row(one: Compared) -> dict[str, Any]:
    return {
        "change": one.change,
        "question": asdict(one.question),
        "before": asdict(one.before),
        "after": asdict(one.after),
    }


def _seen(seen: Seen) -> str:
    if not seen.answered:
        return "no answer"
    return f"{seen.pages[0].page} ({seen.confidence:.2f})"


def _newest(generations: Generations) -> str:
    listed = [one.id for one in generations.all() if one.manifest is not None]
    if not listed:
        raise IndexNotReady(f"there is no generation in {generations.root}")
    return listed[-1]


def _from_file(path: Path, most: int) -> list[PastQuestion]:
    return [PastQuestion(one.text, one.lang) for one in load_questions(path)][:most]


def _from_record(settings: Settings, most: int) -> list[PastQuestion]:
    if not has_record(settings):
        return []
    now = time.time_ns() // 1_000_000
    engine = open_engine(settings.database)
    try:
        migrating.upgrade(engine)
        since = now - settings.keep_text_days * MS_PER_DAY
        return past_questions(engine, since=since, until=now + 1, most=most)
    finally:
        engine.dispose()
