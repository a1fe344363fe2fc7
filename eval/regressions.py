"""Does the gate see what an edit loses, and let harmless edits through? Seeded edits of pages that have helped."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.asking.assistant import Assistant
from assistant.asking.models import Answer, Question
from assistant.preview.comparing import Previews
from assistant.preview.gate import BOUNDS, Bounds, check_promotion
from assistant.preview.models import Confirmed, LossReason
from assistant.record.evidence import digest_of
from assistant.record.intervals import rate
from corpus.page import Page
from eval.datasets import Dataset
from eval.seeded_edits import Edit, Editor, edited

Try = Callable[[Sequence[Page]], Assistant]
"""Builds and opens a candidate generation of pages."""
OnProgress = Callable[[int, int], None]
_AT_ONCE = 8
"""Edits in one candidate, of pages on different matters: as a writer's morning."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An edit and what the gate said of the page's confirmed answers; ``elsewhere`` counts losses of other pages."""

    edit: Edit
    reasons: tuple[LossReason, ...]
    elsewhere: int = 0

    @property
    def blocked(self) -> bool:
        """Whether the gate would have stopped it."""
        return bool(self.reasons)


def confirmed_of(dataset: Dataset, assistant: Assistant) -> list[Confirmed]:
    """Return the questions of a set that the live generation answers with a right page, as if visitors had said so.

    Of the passages of a page, the one that answers is the set's, or the one that is shown.
    """
    texts = {passage.id: passage for passage in assistant.index.passages}
    asked = [one for one in dataset.questions if one.text.strip()]
    replies = assistant.answer_all([Question(one.text, one.lang) for one in asked])
    found = []
    for one, reply in zip(asked, replies, strict=True):
        if not isinstance(reply.outcome, Answer):
            continue
        right = [shown.hit.passage for shown in reply.shown if shown.hit.passage.page_id in dataset.relevance[one.id]]
        own = [passage for passage in right if passage.language == one.language]
        if own:
            passage = texts.get(one.passage, own[0])
            passage = passage if passage.page_id == own[0].page_id else own[0]
            matter = assistant.matter_of(passage.page_id)
            found.append(
                Confirmed(
                    one.text, one.lang, passage.page_id, matter, passage.id, digest_of(passage.text), passage.text
                )
            )
    return found


def is_calibrating(page: Page) -> bool:
    """Say whether a page belongs to the third that bounds are chosen on, with its translations."""
    return int(hashlib.sha256((page.matter or page.id).encode()).hexdigest()[:8], 16) % 3 == 0


def batches_of(edits: Sequence[Edit], *, matter_of: Callable[[str], str]) -> list[list[Edit]]:
    """Return edits in batches, harmful and harmless apart, of which none concerns a matter of another."""
    batches: list[tuple[set[str], list[Edit]]] = []
    for edit in edits:
        matters = {matter_of(name) for name in edit.changes} | {matter_of(edit.page)}
        for used, batch in batches:
            if len(batch) < _AT_ONCE and batch[0].harmful == edit.harmful and not used & matters:
                used |= matters
                batch.append(edit)
                break
        else:
            batches.append((matters, [edit]))
    return [batch for _, batch in batches]


def seeded(pages: Sequence[Page], confirmed: Sequence[Confirmed], *, calibrating: bool) -> list[Edit]:
    """Return all edits of the pages with confirmed answers, of the part that bounds are chosen on or of the rest."""
    editor = Editor(pages)
    by_id = {page.id: page for page in pages}
    told = {one.page: one.text for one in confirmed}
    return [
        edit
        for name, text in sorted(told.items())
        if is_calibrating(by_id[name]) == calibrating
        for edit in editor.edits_of(by_id[name], confirmed=text)
    ]


def try_edits(
    pages: Sequence[Page],
    edits: Sequence[Edit],
    confirmed: Sequence[Confirmed],
    *,
    before: Assistant,
    candidate_of: Try,
    bounds: Bounds = BOUNDS,
    progress: OnProgress | None = None,
) -> list[Tried]:
    """Have the gate judge a candidate for each batch of edits."""
    previews = Previews()
    batches = batches_of(edits, matter_of=before.matter_of)
    tried = []
    for done, batch in enumerate(batches, start=1):
        report = check_promotion(
            confirmed, before, candidate_of(edited(pages, batch)), previews=previews, bounds=bounds
        )
        by_page: defaultdict[str, list[LossReason]] = defaultdict(list)
        for loss in report.losses:
            by_page[loss.confirmed.page].append(loss.reason)
        own = {edit.page for edit in batch}
        elsewhere = sum(len(reasons) for page, reasons in by_page.items() if page not in own)
        for number, edit in enumerate(batch):
            tried.append(Tried(edit, tuple(by_page.get(edit.page, ())), elsewhere if number == 0 else 0))
        if progress is not None:
            progress(done, len(batches))
    return tried


def report_of(tried: Sequence[Tried], *, dataset: str, confirmed: int) -> dict[str, Any]:
    """Return what share of the regressions was caught and of the harmless edits was stopped, with 95 % intervals.

    A loss on a page that nobody has edited is a false alarm of its own, beside the harmless edits of the candidate.
    """
    harmful = [one for one in tried if one.edit.harmful]
    harmless = [one for one in tried if not one.edit.harmful]
    return {
        "dataset": dataset,
        "confirmed": confirmed,
        "regressions": _share(harmful, sum(one.blocked for one in harmful)),
        "harmless": _share(harmless, sum(one.blocked or one.elsewhere > 0 for one in harmless)),
        "by_kind": {
            kind: {
                "harmful": group[0].edit.harmful,
                "n": len(group),
                "stopped": sum(one.blocked for one in group),
                "reasons": _counted(group),
            }
            for kind, group in sorted(_by_kind(tried).items())
        },
        "missed": [f"{one.edit.kind}: {one.edit.page}" for one in harmful if not one.blocked],
        "alarms": [
            f"{one.edit.kind}: {one.edit.page} ({', '.join(one.reasons)}; elsewhere {one.elsewhere})"
            for one in harmless
            if one.blocked or one.elsewhere
        ],
    }


def _share(group: Sequence[Tried], stopped: int) -> dict[str, Any]:
    found = rate(stopped, len(group))
    return {"n": len(group), "stopped": stopped, "share": found.share, "low": found.low, "high": found.high}


def _by_kind(tried: Sequence[Tried]) -> dict[str, list[Tried]]:
    groups: defaultdict[str, list[Tried]] = defaultdict(list)
    for one in tried:
        groups[one.edit.kind].append(one)
    return groups


def _counted(group: Sequence[Tried]) -> dict[str, int]:
    counts: defaultdict[str, int] = defaultdict(int)
    for one in group:
        for reason in one.reasons[:1]:
            counts[reason] += 1
    return dict(sorted(counts.items()))
