"""How well a ticket's check tells whether the pages answer it, and which pages they are.

A set is JSON Lines, ``eval/tickets/<set>.jsonl``: ``{"id", "lang", "split", "text", "label", "matters"}``; each matter
says what it is ``about``, whether it is ``answered``, on which ``span`` of the text it stands, and which ``pages``, in
the ticket's language, are right. Each text is redacted first, as the service does, and checked against pages of its own
language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.asking.assistant import Assistant
from assistant.desk.models import CheckedMatter
from assistant.desk.ticket_check import check_ticket
from assistant.privacy.redaction import Redactor
from eval.errors import DatasetUnusable
from eval.measures import auroc
from eval.retrieval import OnProgress, plan_within

Label = Literal["full", "partly", "none"]
Split = Literal["tuning", "final"]
LABELS: tuple[Label, ...] = ("full", "partly", "none")
_FIRST = 3
_DRAWS = 2000


class TrueMatter(BaseModel):
    """A matter as a person sees it."""

    model_config = ConfigDict(frozen=True)
    about: str
    answered: Literal["yes", "no"]
    span: tuple[int, int]
    pages: tuple[str, ...]


class LabelledTicket(BaseModel):
    """A line of the file."""

    model_config = ConfigDict(frozen=True)
    id: str
    lang: str
    split: Split
    text: str
    label: Label
    matters: tuple[TrueMatter, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of a ticket.

    Attributes:
        id: of the ticket.
        lang: of the ticket.
        label: what a person says of it.
        said: what the check said.
        right: for each answered matter, whether a right page came among the first three passages.
        found: how many matters the check saw.
        there: how many there are.
        matters: for each matter, whether it is answered, and how sure the check was that it is.
    """

    id: str
    lang: str
    label: str
    said: str
    right: tuple[bool, ...]
    found: int
    there: int
    matters: tuple[tuple[bool, float], ...] = ()


def load_tickets(path: Path, split: Split | None = None) -> tuple[LabelledTicket, ...]:
    """Read a file of labelled tickets, of one split or of both.

    Raises:
        DatasetUnusable: if it cannot be read, or a line is not as it should be.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
        tickets = [LabelledTicket.model_validate_json(line) for line in lines if line.strip()]
    except (OSError, ValidationError) as exc:
        raise DatasetUnusable(f"{path} cannot be read: {str(exc).splitlines()[0]}") from exc
    return tuple(one for one in tickets if split in (None, one.split))


def measure(
    tickets: Sequence[LabelledTicket], assistant: Assistant, *, progress: OnProgress | None = None
) -> list[Measured]:
    """Check tickets and compare.

    A matter's pages are looked for among the first three passages of the found matter that shares most characters with
    it; where none shares any, it counts as not found.
    """
    redactor = Redactor()
    measured = []
    for done, ticket in enumerate(tickets, start=1):
        text = redactor.redact(ticket.text).text
        moved = _places(ticket.text, text)
        check = check_ticket(text, ticket.lang, assistant, languages=plan_within(ticket.lang, (ticket.lang,)))
        right, sure = [], []
        for matter in ticket.matters:
            best = _overlapping(check.matters, (moved(matter.span[0]), moved(matter.span[1])))
            sure.append((matter.answered == "yes", best.confidence if best is not None else 0.0))
            if matter.answered == "yes":
                first = [one.hit.passage.page_id for one in best.passages[:_FIRST]] if best is not None else []
                right.append(any(page in matter.pages for page in first))
        measured.append(
            Measured(
                ticket.id,
                ticket.lang,
                ticket.label,
                check.overall.value,
                tuple(right),
                found=len(check.matters),
                there=len(ticket.matters),
                matters=tuple(sure),
            )
        )
        if progress is not None:
            progress(done, len(tickets))
    return measured


def report(measured: Sequence[Measured]) -> dict[str, Any]:
    """Return the measures, with 95 % intervals from drawing tickets with replacement."""
    rng = np.random.default_rng(6)
    draws = [[measured[place] for place in rng.integers(0, len(measured), len(measured))] for _ in range(_DRAWS)]

    def with_interval(of: Callable[[Sequence[Measured]], float]) -> dict[str, float]:
        values = [of(draw) for draw in draws]
        low, high = np.nanpercentile(values, [2.5, 97.5])
        return {"value": of(measured), "low": float(low), "high": float(high)}

    return {
        "tickets": len(measured),
        "macro_f1": with_interval(macro_f1),
        "right_page_in_3": with_interval(right_page_share),
        "answered_matters": sum(len(one.right) for one in measured),
        "matters_counted_right": fmean(one.found == one.there for one in measured),
        "matters": _matters(measured),
        "confusion": {
            label: {said: sum(one.label == label and one.said == said for one in measured) for said in LABELS}
            for label in LABELS
        },
        "by_lang": {
            lang: {
                "tickets": len(group := [one for one in measured if one.lang == lang]),
                "macro_f1": macro_f1(group),
                "right_page_in_3": right_page_share(group) if any(one.right for one in group) else None,
            }
            for lang in sorted({one.lang for one in measured})
        },
    }


def _matters(measured: Sequence[Measured]) -> dict[str, float | None]:
    """Return how well answered matters are told from others: AUROC, and the share told right at one half."""
    sure = [one for ticket in measured for one in ticket.matters]
    if not sure:
        return {"auroc": None, "told_right": None}
    answered = [confidence for is_answered, confidence in sure if is_answered]
    others = [confidence for is_answered, confidence in sure if not is_answered]
    return {
        "auroc": auroc(answered, others),
        "told_right": fmean((confidence >= 0.5) == is_answered for is_answered, confidence in sure),
    }


def macro_f1(measured: Sequence[Measured]) -> float:
    """Return the mean F1 of the labels that tickets have or were given."""
    scores = []
    for label in LABELS:
        hit = sum(one.label == label == one.said for one in measured)
        named = sum(one.label == label for one in measured) + sum(one.said == label for one in measured)
        if named:
            scores.append(2.0 * hit / named)
    return fmean(scores) if scores else float("nan")


def right_page_share(measured: Sequence[Measured]) -> float:
    """Return the share of answered matters with a right page among the first three passages."""
    right = [one for ticket in measured for one in ticket.right]
    return fmean(right) if right else float("nan")


def _overlapping(found: Sequence[CheckedMatter], span: tuple[int, int]) -> CheckedMatter | None:
    def shared(one: CheckedMatter) -> int:
        return sum(max(0, min(end, span[1]) - max(start, span[0])) for start, end in one.matter.spans)

    best = max(found, key=shared, default=None)
    return best if best is not None and shared(best) > 0 else None


def _places(before: str, after: str) -> Callable[[int], int]:
    """Return where a place of a text is after its redaction: as far from whichever end shares more with it."""
    same = next((n for n, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), len(after))

    def moved(place: int) -> int:
        return place if place <= same else min(len(after), round(place * len(after) / len(before)))

    return moved
