"""``askfirst eval worlds``: whether the holdout's figures are right, over many made-up worlds."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from commands.console import progress, results
from eval.simulator.statistics import Figures, Setting, Truth, run
from eval.simulator.world import Plan, made_topics

_TOPICS = made_topics(120, documented=0.7)


class Kind(StrEnum):
    """What kind of worlds."""

    USUAL = "usual"
    BIG_WRITE_LESS = "big-write-less"
    FEW_BIG = "few-big"
    HEAVY = "heavy"
    SMALL = "small"


_PLANS = {
    Kind.USUAL: Plan(),
    Kind.BIG_WRITE_LESS: Plan(size_slope=-0.5),
    Kind.FEW_BIG: Plan(accounts=30, biggest=0.2),
    Kind.HEAVY: Plan(unevenness=2.2, biggest=0.2),
    Kind.SMALL: Plan(visits=300, accounts=25),
}


def worlds(
    *,
    kind: Annotated[Kind, typer.Option(help="What the shops are like.")] = Kind.USUAL,
    number: Annotated[int, typer.Option("--worlds", min=2, help="How many.")] = 1000,
    shares: Annotated[list[float] | None, typer.Option("--share", min=0.01, max=0.5, help="Share held out.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")] = None,
) -> None:
    """Live many worlds twice, with answers and without, and compare what a holdout says with what is true."""
    setting = Setting(_PLANS[kind], _TOPICS)
    with progress() as bar:
        truth, figures = run(
            setting, shares=shares or [0.05, 0.1, 0.2, 0.5], worlds=number, progress=bar(f"Worlds ({kind.value})")
        )
    _print(truth, figures)
    if json_file is not None:
        written = {"kind": kind.value, "truth": asdict(truth), "figures": [asdict(one) for one in figures]}
        json_file.write_text(json.dumps(written, indent=2) + "\n", "utf-8")


def _print(truth: Truth, figures: tuple[Figures, ...]) -> None:
    results.print(
        f"{truth.episodes:,} episodes: without answers {truth.plain:.1%} write a ticket, with answers "
        f"{truth.offered:.1%}; harmed {truth.harm:.1%}, helped in silence {truth.silent:.1%}"
    )
    table = Table("experiment", "held out", "worlds", "not yet", "true", "95 % covers", "bias, points", box=None)
    for one in figures:
        table.add_row(
            one.kind,
            f"{one.share:.0%}",
            f"{one.counted:,}",
            f"{one.not_yet:,}",
            f"{one.truth:.1%}",
            f"{one.covered:.1%}",
            f"{one.bias:+.2f}",
        )
    results.print(table)
