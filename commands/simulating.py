"""``askfirst eval simulate``: a made-up month through the real service, its report beside what is true."""

from __future__ import annotations

import datetime
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer
from rich.table import Table

from api.settings import read_settings
from api.wiring import Encoders
from commands.console import errors, progress, results
from commands.serving import measuring, serving
from eval.datasets import Dataset, load_dataset
from eval.simulator.behaviour import CLASSES, true_class
from eval.simulator.driver import Driver, Lived, TurnedClock, Wording, topics_of
from eval.simulator.world import Plan, build_world

_KEY = "simulator"
_BEGINS = datetime.datetime(2026, 10, 5, tzinfo=datetime.UTC)  # a Monday
_UNTIL_DURABLE_DAYS = 8


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of the report beside the truth; both are shares, 0 to 1."""

    figure: str
    reported: float | None
    true: float


def simulate(
    data: Annotated[Path, typer.Option(help="Labelled questions of the live index, such as eval/data/own_starter.")],
    corpus: Annotated[Path, typer.Option(help="The pages that the live index was built from.")],
    *,
    visits: Annotated[int, typer.Option(min=50, help="How many people come.")] = 1500,
    share: Annotated[float, typer.Option(min=0.05, max=0.5, help="Share of the holdout.")] = 0.2,
    seed: Annotated[int, typer.Option(help="Which world.")] = 1,
    keep: Annotated[
        Path | None, typer.Option(help="Keep the record in this folder, to look at with 'askfirst report'.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")] = None,
) -> None:
    """Let a month of visitors, known in every trait, use the live index over HTTP; check what the report says."""
    wordings = _wordings(load_dataset(data, corpus))
    world = build_world(Plan(visits=visits, accounts=visits // 12), topics_of(wordings, seed=seed), seed=seed)
    clock = TurnedClock(round(_BEGINS.timestamp() * 1000))
    settings = read_settings()
    with tempfile.TemporaryDirectory() as temporary:
        folder = keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        measured = measuring(settings, folder, api_key=_KEY, holdout_share=share)
        with serving(measured, Encoders(settings), clock=clock) as port, progress() as bar:
            client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60.0)
            driver = Driver(client, clock, wordings, api_key=_KEY)
            lived: list[Lived] = []
            report = bar("Living visits")
            for one in driver.live(world):
                lived.append(one)
                report(len(lived), len(world.visits))
            clock.turn_to(world.ends_at + _UNTIL_DURABLE_DAYS * 86_400.0)
            reported = _report(client, world.plan.days)
    compared = compare_with_truth(reported, lived, report_at=(clock.now - clock.begins_at) / 1000.0)
    _print(compared, reported, lived)
    if json_file is not None:
        json_file.write_text(json.dumps({"compared": [asdict(one) for one in compared], "report": reported}, indent=2))
    if keep is not None:
        last = (_BEGINS + datetime.timedelta(days=world.plan.days + _UNTIL_DURABLE_DAYS)).date()
        errors.print(
            f"ASKFIRST_DATABASE={measured.database} askfirst report --from {_BEGINS.date()} --to {last}", markup=False
        )


def compare_with_truth(reported: dict[str, Any], lived: Sequence[Lived], *, report_at: float) -> list[Compared]:
    """Return each figure of a report beside what is true of the visits."""
    offered = [one for one in lived if not one.held_out]
    truth = Counter(true_class(one.turns, report_at=report_at) for one in offered)
    total = sum(truth[one] for one in CLASSES if one != "P")
    counts = reported["total"]["counts"]
    closed = sum(counts[one] for one in CLASSES if one != "P")
    found = [Compared(f"class {one}", counts[one] / closed, truth[one] / total) for one in CLASSES if one != "P"]
    found.append(Compared("deflection", reported["total"]["deflection"]["share"], (truth["C"] + truth["S"]) / total))
    held = [true_class(one.turns, report_at=report_at) for one in lived if one.held_out]
    experiment = reported["experiment"]
    for name, is_one in (("tickets", lambda one: one in ("F", "N")), ("silence", lambda one: one == "B")):
        plain = sum(is_one(one) for one in held) / max(1, len(held))
        rest = sum(number for one, number in truth.items() if is_one(one)) / total
        found.append(Compared(f"difference in {name}", experiment[name]["difference"], plain - rest))
    return found


def _wordings(dataset: Dataset) -> dict[str, Wording]:
    answerable = {
        one.id: Wording(one.text, one.lang, frozenset(dataset.relevance[one.id])) for one in dataset.questions
    }
    return answerable | {one.id: Wording(one.text, one.lang) for one in dataset.unanswerable}


def _report(client: httpx2.Client, days: int) -> dict[str, Any]:
    last = _BEGINS.date() + datetime.timedelta(days=days + _UNTIL_DURABLE_DAYS)
    response = client.get(
        "/v1/metrics/deflection",
        params={"from": _BEGINS.date().isoformat(), "to": last.isoformat(), "by": "week"},
        headers={"Authorization": f"Bearer {_KEY}"},
    )
    response.raise_for_status()
    report: dict[str, Any] = response.json()
    return report


def _print(compared: Sequence[Compared], reported: dict[str, Any], lived: Sequence[Lived]) -> None:
    table = Table("figure", "reported", "true", "difference", box=None)
    for one in compared:
        reading = one.reported if one.reported is not None else float("nan")
        table.add_row(one.figure, f"{reading:.2%}", f"{one.true:.2%}", f"{(reading - one.true) * 100:+.2f} points")
    results.print(table)
    episodes = sum(reported["total"]["counts"].values())
    offered = sum(not one.held_out for one in lived)
    results.print(f"{len(lived)} visits, {offered} offered answers; {episodes} episodes of theirs recorded")
