"""``askfirst eval regressions``: seeded edits of pages, and what the gate says of them."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from api.settings import read_settings
from api.wiring import make_encoder
from commands.console import errors, progress, results
from commands.sets import Corpora, assistant_over, load_sets, writable
from commands.variants import Variants
from eval.regressions import confirmed_of, report_of, seeded, try_edits
from indexer.manifest import write_durably

_PROJECT = Path(__file__).parent.parent
_STARTER = _PROJECT / "eval" / "data" / "own_starter"
_STARTER_PAGES = _PROJECT / "corpus" / "pages"


def regressions(
    data: Annotated[
        Path | None, typer.Option(help="Folder of a set with questions and pages; the starter help centre's if none.")
    ] = None,
    corpus: Corpora = None,
    sample: Annotated[int | None, typer.Option("--sample", min=1, help="At most so many edits.")] = None,
    calibrating: Annotated[
        bool, typer.Option("--calibrating", help="Use the third of the pages that the bounds were chosen on.")
    ] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the measures to this file.")] = None,
) -> None:
    """Delete, empty, merge, retitle and mistranslate pages, and edit others harmlessly: which does the gate stop?"""
    settings = read_settings()
    given = load_sets([data or _STARTER], corpus if data is not None else [_STARTER_PAGES])[0]
    dataset = given.dataset
    if json_file is not None:
        writable(json_file)
    with progress() as bar, tempfile.TemporaryDirectory() as scratch:
        encoder = make_encoder(settings, progress=bar("Making the model"))
        before = assistant_over(settings, given, encoder, bar("Embedding texts"))
        confirmed = confirmed_of(dataset, before)
        edits = seeded(dataset.pages, confirmed, calibrating=calibrating)
        every = max(1, -(-len(edits) // sample)) if sample is not None else 1
        tried = try_edits(
            dataset.pages,
            edits[::every],
            confirmed,
            before=before,
            candidate_of=Variants(settings, Path(scratch), encoder, dataset.pages, bar("Embedding them again")),
            progress=bar("Trying candidates"),
        )
    measured = report_of(tried, dataset=dataset.name, confirmed=len(confirmed))
    _print(measured)
    if json_file is not None:
        write_durably(json_file, json.dumps(measured, indent=2, ensure_ascii=False).encode() + b"\n")
        errors.print(f"wrote {json_file}", markup=False)


def _print(measured: dict[str, Any]) -> None:
    results.print(f"{measured['dataset']}: {measured['confirmed']} confirmed answers")
    for kind, row in measured["by_kind"].items():
        what = "regressions" if row["harmful"] else "harmless"
        results.print(f"  {kind:<28} {what:<12} {row['stopped']:>4} of {row['n']} stopped", markup=False)
    for missed in measured["missed"]:
        errors.print(f"not caught: {missed}", markup=False)
    for alarm in measured["alarms"]:
        errors.print(f"false alarm: {alarm}", markup=False)
    for name, word in (("regressions", "caught"), ("harmless", "stopped")):
        row = measured[name]
        share = "–" if row["share"] is None else f"{row['share']:.1%}"
        results.print(
            f"{name} {word}: {row['stopped']} of {row['n']}, {share} (95 %: {row['low']:.1%} to {row['high']:.1%})"
        )
