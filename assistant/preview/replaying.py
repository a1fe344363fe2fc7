"""The time machine: a recorded question, asked again of the generation that served it, or of another."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.asking.assistant import Assistant
from assistant.asking.models import Hit, Question, outcome_of
from assistant.errors import RecordUnusable
from assistant.preview.models import Replayed
from assistant.record.events import Interaction, ShownPassage
from assistant.record.evidence import digest_of
from assistant.record.recorder import NEAREST_KEPT, NOT_ASKED


def replay(interaction: Interaction, assistant: Assistant) -> Replayed:
    """Ask a recorded question again, and say in what the answer differs from the recorded one.

    What was withheld by lot was considered all the same, and that is compared. The question is asked by itself, as it
    was then: vectors made together with others are rounded otherwise. The record knows the locale that a visitor was
    taken to read, and not the one of the page they were on where they typed in another language; so if the answer is
    not the same, the question is asked from pages in the other languages too.

    Args:
        interaction: as it was recorded.
        assistant: of the generation to ask, with the curation to ask with.

    Raises:
        RecordUnusable: if there is nothing to ask: its text is past its retention, or it was recorded for a ticket that
            nobody asked about first.
    """
    if interaction.reason == NOT_ASKED:
        raise RecordUnusable("nothing was asked: it stands for a ticket that was written without a question")
    if not interaction.question:
        raise RecordUnusable("the question is past its retention, so it cannot be asked again")
    first = _differences(interaction, assistant, interaction.locale)
    differences = first
    spoken = interaction.locale.split("-")[0]
    others = [language for language in assistant.index.languages if language != spoken]
    while differences and others:
        differences = _differences(interaction, assistant, others.pop(0))
    return Replayed(
        interaction.id, interaction.generation, assistant.index.manifest.id, tuple(first if differences else ())
    )


def _differences(interaction: Interaction, assistant: Assistant, locale: str) -> list[str]:
    """Return in what an answer differs that is given on a page of a locale."""
    reply = assistant.answer(Question(interaction.question or "", locale or None))
    found = []
    if reply.locale != interaction.locale:
        found.append(f"for a reader of {reply.locale} instead of {interaction.locale}")
    if not interaction.held_out:
        outcome, reason = outcome_of(reply)
        if (outcome, reason) != (interaction.outcome, interaction.reason):
            found.append(f"{_outcome(outcome, reason)} instead of {_outcome(interaction.outcome, interaction.reason)}")
        found += _other_places("shown", interaction.shown, [_recorded(one.hit, assistant) for one in reply.shown])
    nearest = [_recorded(hit, assistant) for hit in reply.nearest[:NEAREST_KEPT]]
    return found + _other_places("nearest", interaction.nearest, nearest)


def _recorded(hit: Hit, assistant: Assistant) -> ShownPassage:
    """Return a hit as the record keeps one; see ``assistant.record.recorder``."""
    passage = hit.passage
    return ShownPassage(
        rank=hit.rank,
        passage=passage.id,
        page=passage.page_id,
        matter=assistant.matter_of(passage.page_id),
        digest=digest_of(passage.text),
        confidence=round(hit.confidence, 4),
        score=round(hit.score, 6),
    )


def _other_places(kind: str, before: Sequence[ShownPassage], now: Sequence[ShownPassage]) -> list[str]:
    found = []
    for place in range(max(len(before), len(now))):
        was = before[place] if place < len(before) else None
        became = now[place] if place < len(now) else None
        if was != became:
            found.append(f"{kind}, place {place + 1}: {_named(became, was)} instead of {_named(was, became)}")
    return found


def _named(passage: ShownPassage | None, other: ShownPassage | None) -> str:
    """Return a passage with what sets it apart from the other."""
    if passage is None:
        return "nothing"
    if other is None or (passage.passage, passage.page) != (other.passage, other.page):
        return passage.passage
    names = ("digest", "confidence", "score", "rank", "matter")
    parts = [f"{name} {getattr(passage, name)}" for name in names if getattr(passage, name) != getattr(other, name)]
    return f"{passage.passage} ({', '.join(parts)})"


def _outcome(outcome: str, reason: str | None) -> str:
    return f"{outcome} ({reason})" if reason else outcome
