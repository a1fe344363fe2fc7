"""``askfirst eval page``: how fast the support page suggests, and how much it weighs."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from api.settings import read_settings
from commands.console import progress, results
from eval.datasets import load_questions
from eval.page_speed import measure_page
from eval.service import running_service

_OWN = Path(__file__).parent.parent / "eval" / "data" / "own_starter"
_DEBOUNCE_MS = 250.0


def page_command(
    *,
    questions: Annotated[int, typer.Option(min=10, help="How many beginnings of questions are typed.")] = 300,
    seed: Annotated[int, typer.Option(help="Which ones.")] = 1,
) -> None:
    """Type beginnings of our own questions into the page, in five languages, and time the first suggestion."""
    settings = read_settings()
    dice = random.Random(seed)  # noqa: S311 - no secret
    asked = [(one.text, one.lang) for one in load_questions(_OWN / "queries.jsonl") if len(one.text) > 12]
    chosen = sorted(dice.sample(asked, min(questions, len(asked))), key=lambda one: one[1])
    typed = [(text[: dice.randint(3, 30)], lang) for text, lang in chosen]
    with (
        tempfile.TemporaryDirectory() as folder,
        running_service(Path(folder), index_dir=str(settings.index_dir)) as service,
        progress() as bar,
    ):
        found = measure_page(service.address, typed, debounce_ms=_DEBOUNCE_MS, progress=bar("Typing"))
    p50, p95 = np.percentile(found.suggestion_ms, [50, 95])
    results.print(
        f"first suggestion on the screen after the pause: p50 {p50:.0f} ms, p95 {p95:.0f} ms, at most "
        f"{max(found.suggestion_ms):.0f} ms, over {len(found.suggestion_ms)}; none for {found.without}"
    )
    results.print(f"the support page, loaded for the first time: {found.page_bytes / 1000:.1f} kB compressed")
