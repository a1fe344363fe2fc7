"""What commands share when they speak to a person: progress, errors, the place of results."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from assistant.errors import AssistantError
from corpus.errors import CorpusError
from eval.errors import EvalError
from indexer.errors import IndexerError

KNOWN_ERRORS = (CorpusError, IndexerError, AssistantError, EvalError)

errors = Console(stderr=True, highlight=False, soft_wrap=True)
"""Progress and messages; standard output is for results."""
results = Console(highlight=False, soft_wrap=True)

Report = Callable[[int, int], None]
"""Told how much is done and how much there is in all."""


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.0f}/s" if speed else "")


@contextmanager
def progress() -> Iterator[Callable[[str], Report]]:
    """Show progress bars on standard error; the value given makes one by its name.

    Where standard error is no terminal nothing moves: a line is printed when a bar is full.
    """
    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, disable=not errors.is_terminal, speed_estimate_period=20.0) as bars:

        def bar(description: str) -> Report:
            task = bars.add_task(description, total=None, start=False, visible=False)
            begun = False

            def report(done: int, total: int) -> None:
                nonlocal begun
                if not begun and total:
                    bars.start_task(task)
                    begun = True
                bars.update(task, completed=done, total=total, visible=total > 0)
                if done == total and total and not errors.is_terminal:
                    errors.print(f"{description}: {total}")

            return report

        yield bar


def fail(error: Exception) -> None:
    """Print a known error as one message and end with exit code 1."""
    errors.print(f"[red]error:[/red] {_escaped(str(error))}")
    sys.exit(1)


def _escaped(text: str) -> str:
    return text.replace("[", "\\[")
