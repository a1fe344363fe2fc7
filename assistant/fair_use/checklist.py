"""An earlier solution as steps to tick off: when somebody asks again, it comes first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.sentences import sentence_spans

_MARKED = re.compile(r"^\s*(?:\d{1,2}[.)]|[-–—*•·▪]|[a-z][.)])\s+(.+)$")
_MOST = 8
_STEP_CHARS = 300
_LEAST_CHARS = 12


@dataclass(frozen=True, slots=True)
class Checklist:
    """What was done about a matter before, and what the customer says of it.

    ``earlier`` is the ticket that was solved then. ``tried`` are the places, from 0, of the steps that were tried;
    ``None`` where nobody has said.
    """

    earlier: str
    steps: tuple[str, ...]
    tried: tuple[int, ...] | None = None

    @property
    def any_tried(self) -> bool | None:
        """Whether any step was tried; ``None`` where nobody has said."""
        return bool(self.tried) if self.tried is not None else None


def steps_of(solution: str, language: str) -> tuple[str, ...]:
    """Return the steps of a solution as staff wrote it, at most eight.

    Lines with a number or a bullet are its steps; without them, its sentences that are no greeting or thanks, told by
    their being the first or last paragraph on its own.
    """
    lines = solution.splitlines()
    marked = [found[1].strip() for line in lines if (found := _MARKED.match(line))]
    found_steps = marked or _sentences(solution, language)
    return tuple(one[:_STEP_CHARS] for one in found_steps[:_MOST])


def ticked(given: Sequence[str], steps: int) -> tuple[int, ...]:
    """Return which steps are ticked, of what a form sent."""
    places = {int(one) for one in given if one.isascii() and one.isdecimal() and len(one) < 4}
    return tuple(sorted(place for place in places if place < steps))


def _sentences(solution: str, language: str) -> list[str]:
    paragraphs = [one for one in re.split(r"\n\s*\n", solution.strip()) if one.strip()]
    # A greeting is a short paragraph before the solution, a signature one after it.
    while len(paragraphs) > 1 and len(paragraphs[0]) <= 40:
        paragraphs = paragraphs[1:]
    while len(paragraphs) > 1 and len(paragraphs[-1]) <= 60 and not paragraphs[-1].rstrip().endswith("."):
        paragraphs = paragraphs[:-1]
    found = []
    for paragraph in paragraphs:
        text = " ".join(paragraph.split())
        found += [text[start:end].strip() for start, end in sentence_spans(text, language)]
    return [one for one in found if len(one) >= _LEAST_CHARS]
