"""What commands share when they speak to a person: progress, errors, the place of results."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from api.settings import SettingsUnusable
from assistant.errors import AssistantError
from corpus.errors import CorpusError
from eval.errors import EvalError
from indexer.errors import IndexerError

KNOWN_ERRORS = (CorpusError, IndexerError, AssistantError, EvalError, SettingsUnusable)

errors = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)
"""Progress and messages; standard output is for results."""
results = Console(highlight=False, soft_wrap=True, emoji=False, width=None if sys.stdout.isatty() else 200)

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


def say(label: str, message: str, *, style: str) -> None:
    """Print a message on standard error behind a coloured label; what is in the message is never taken for markup."""
    errors.print(label, style=style, end=" ")
    errors.print(message, markup=False)


def fail(message: str) -> NoReturn:
    """Print an error as one message and end with exit code 1."""
    say("error:", message, style="red")
    sys.exit(1)
