"""``askfirst eval tickets``: how well a ticket's check tells whether the pages answer it."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from api.settings import read_settings
from api.wiring import make_encoder
from commands.console import errors, progress, results
from commands.sets import assistant_over, load_sets, writable
from eval.ticket_checks import LABELS, load_tickets, measure, report
from indexer.manifest import write_durably

_TICKETS = Path(__file__).parent.parent / "eval" / "tickets"


class Part(StrEnum):
    """A part of the tickets."""

    TUNING = "tuning"
    FINAL = "final"


def tickets_command(
    data: Annotated[Path, typer.Option(help="Folder of the set with the pages; its name is that of the tickets.")],
    split: Annotated[Part, typer.Option(help="Which part of the tickets.")] = Part.FINAL,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the measures to this file.")] = None,
    details: Annotated[bool, typer.Option("--details", help="Also print what became of each ticket.")] = False,
) -> None:
    """Check labelled tickets against a set's pages, and print how well."""
    settings = read_settings()
    if json_file is not None:
        writable(json_file)
    labelled = load_sets([data], None)[0]
    tickets = load_tickets(_TICKETS / f"{labelled.dataset.name}.jsonl", split.value)
    with progress() as bar:
        encoder = make_encoder(settings, progress=bar("Making the model"))
        assistant = assistant_over(settings, labelled, encoder, bar("Embedding texts"))
        measured = measure(tickets, assistant, progress=bar("Checking tickets"))
    figures = {"dataset": labelled.dataset.name, "split": split.value, **report(measured)}
    if details:
        for one in measured:
            pages = "".join("+" if right else "-" for right in one.right) or "."
            results.print(f"{one.id}  {one.label} → {one.said}  pages {pages}  matters {one.found} of {one.there}")
    _print(figures)
    if json_file is not None:
        write_durably(json_file, json.dumps(figures, indent=2, ensure_ascii=False).encode("utf-8") + b"\n")
        errors.print(f"wrote {json_file}", markup=False)


def _print(figures: dict[str, Any]) -> None:
    results.print(f"{figures['tickets']} tickets of {figures['dataset']}, {figures['split']}")
    for name, label in (("macro_f1", "macro-F1 of full / partly / none"), ("right_page_in_3", "right page in three")):
        one = figures[name]
        results.print(f"{label}: {one['value']:.3f} (95 % {one['low']:.3f} to {one['high']:.3f})")
    results.print(
        f"answered matters {figures['answered_matters']}; matters counted right in "
        f"{figures['matters_counted_right']:.0%} of the tickets"
    )
    told = figures["matters"]
    results.print(f"matter by matter: AUROC {told['auroc']:.3f}, told right {told['told_right']:.3f}")
    table = Table("label ↓ said →", *LABELS, box=None)
    for label in LABELS:
        table.add_row(label, *(str(figures["confusion"][label][said]) for said in LABELS))
    results.print(table)
    by_lang = Table("", "tickets", "macro-F1", "right page in three", box=None)
    for lang, row in figures["by_lang"].items():
        by_lang.add_row(
            lang,
            str(row["tickets"]),
            f"{row['macro_f1']:.3f}",
            "–" if (share := row["right_page_in_3"]) is None else f"{share:.3f}",
        )
    results.print(by_lang)
