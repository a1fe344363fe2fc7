"""``askfirst eval diagnoses``: is it said rightly what is wrong with the pages about a gap?"""

from __future__ import annotations

import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from api.settings import read_settings
from api.wiring import make_encoder
from assistant.asking.query_vectors import QueryVectors
from assistant.gaps.diagnosis import diagnose
from assistant.gaps.models import Diagnosis
from commands.console import errors, progress, results
from commands.sets import writable
from commands.variants import Variants
from corpus.readers.directory import read_directory
from eval.gaps.diagnosing import judge, load_cases, report_of
from indexer.manifest import write_durably

_PAGES = Path(__file__).parent.parent / "corpus" / "pages"


def diagnoses(
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the measures to this file.")] = None,
) -> None:
    """Make gaps of known causes by editing the starter help centre, and count how often the cause is found."""
    settings = read_settings()
    if json_file is not None:
        writable(json_file)
    pages = read_directory(_PAGES).pages
    with progress() as bar, tempfile.TemporaryDirectory() as scratch:
        encoder = make_encoder(settings, progress=bar("Making the model"))
        variants = Variants(settings, Path(scratch), encoder, pages, bar("Embedding texts"))
        judged = judge(
            load_cases(),
            pages,
            variant_of=variants,
            diagnose=partial(diagnose, vectors=QueryVectors()),
            progress=bar("Diagnosing"),
        )
    measured = report_of(judged)
    for part, of in (("tuning", "the third that rules were fitted on"), ("reported", "the other cases")):
        _print(measured[part], of)
    for wrong in measured["reported"]["wrong"]:
        errors.print(f"wrong: {wrong}", markup=False)
    if json_file is not None:
        write_durably(json_file, json.dumps(measured, indent=2, ensure_ascii=False).encode() + b"\n")
        errors.print(f"wrote {json_file}", markup=False)


def _print(part: dict[str, Any], of: str) -> None:
    names = [kind.value for kind in Diagnosis]
    table = Table("is ↓ said →", *names, title=f"{of}: {part['n']}", box=None)
    for kind, said in part["confusion"].items():
        table.add_row(kind, *(str(said.get(name, "·")) for name in names))
    results.print(table)
    share = "–" if part["share"] is None else f"{part['share']:.1%}"
    results.print(f"right: {part['right']} of {part['n']}, {share} (95 %: {part['low']:.1%} to {part['high']:.1%})")
