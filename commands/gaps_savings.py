"""``askfirst eval savings``: do the savings that are predicted of a page come true?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from commands.console import errors, progress, results
from commands.sets import writable
from eval.gaps.saving import World, live_a_year, report_of
from indexer.manifest import write_durably

_WORDS = {
    "spearman": "rank correlation of predicted and measured savings (Spearman)",
    "spearman_truth": "the same with what was truly spared",
    "spearman_flat": "the last four weeks' tickets and measured savings instead",
    "covered": "predicted 80 % intervals that hold the measured saving",
    "covered_truth": "predicted 80 % intervals that hold the true saving",
    "measured_covers_truth": "measured 80 % intervals that hold the true saving",
    "said_to_help": "pages said to have helped",
}


def savings(
    *,
    years: Annotated[int, typer.Option(min=1, help="How many made-up years.")] = 24,
    first_seed: Annotated[int, typer.Option("--first-seed", help="Seed of the first; 100 to 109 were tuned on.")] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")] = None,
) -> None:
    """Publish pages for gaps of made-up years by what they promise, and compare that with what is measured after."""
    if json_file is not None:
        writable(json_file)
    lived = []
    with progress() as bar:
        report = bar("Living years")
        for done, seed in enumerate(range(first_seed, first_seed + years), start=1):
            lived.append(live_a_year(World(), seed))
            report(done, years)
    measured = report_of(lived)
    results.print(
        f"{measured['years']} years, {measured['pages']} pages measured eight weeks after they were published"
    )
    for name, words in _WORDS.items():
        row = measured[name]
        results.print(f"  {words}: {row['mean']:.3f} ({row['low']:.3f} to {row['high']:.3f})", markup=False)
    table = Table("tickets spared a week, mean", "predicted", "measured", "truly", box=None)
    for name, words in (("promising", "published for their promise"), ("by_lot", "published by lot")):
        table.add_row(words, *(f"{measured[name][of]['mean']:.2f}" for of in ("predicted", "measured", "truth")))
    results.print(table)
    if json_file is not None:
        write_durably(json_file, json.dumps(measured, indent=2).encode() + b"\n")
        errors.print(f"wrote {json_file}", markup=False)
