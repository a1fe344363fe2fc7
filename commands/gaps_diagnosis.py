"""``askfirst eval diagnoses``: is it said rightly what is wrong with the pages about a gap?"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from api.settings import Settings, read_settings
from api.wiring import make_encoder, make_store, new_policy, open_assistant
from assistant.asking.assistant import Assistant
from assistant.asking.policy import dump_policy
from assistant.asking.query_vectors import QueryVectors
from assistant.gaps.diagnosis import diagnose
from assistant.gaps.models import Diagnosis
from commands.console import Report, errors, progress, results
from commands.sets import writable
from corpus.page import Page
from corpus.readers.directory import read_directory
from eval.gaps.diagnosing import judge, load_cases, report_of
from indexer.build import build_generation
from indexer.generations import Generations
from indexer.manifest import write_durably
from indexer.ports import Encoder

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
        variants = _Variants(settings, Path(scratch), encoder, pages, bar("Embedding texts"))
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


class _Variants:
    """Builds help centres that differ in a few pages, beside one that holds all; only what is new is embedded."""

    def __init__(self, settings: Settings, root: Path, encoder: Encoder, pages: Sequence[Page], report: Report) -> None:
        self._settings = settings
        self._generations = Generations(root)
        self._encoder = encoder
        self._build(pages, promote=True, report=report)

    def __call__(self, pages: Sequence[Page]) -> Assistant:
        """Return an assistant over pages; the files are gone again when it is there."""
        generation = self._build(pages, promote=False)
        assistant = open_assistant(
            self._generations,
            generation,
            encoder_of=lambda _: self._encoder,
            store=make_store(self._settings),
        )
        if generation != self._generations.live():
            self._generations.drop(generation)
        return assistant

    def _build(self, pages: Sequence[Page], *, promote: bool, report: Report | None = None) -> str:
        made = build_generation(
            pages,
            generations=self._generations,
            encoder=self._encoder,
            store=make_store(self._settings),
            policy=dump_policy(new_policy(self._settings)),
            promote=promote,
            progress=report,
        )
        return made.manifest.id


def _print(part: dict[str, Any], of: str) -> None:
    names = [kind.value for kind in Diagnosis]
    table = Table("is ↓ said →", *names, title=f"{of}: {part['n']}", box=None)
    for kind, said in part["confusion"].items():
        table.add_row(kind, *(str(said.get(name, "·")) for name in names))
    results.print(table)
    share = "–" if part["share"] is None else f"{part['share']:.1%}"
    results.print(f"right: {part['right']} of {part['n']}, {share} (95 %: {part['low']:.1%} to {part['high']:.1%})")
