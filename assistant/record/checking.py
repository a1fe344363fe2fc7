"""Checks a ticket against the docs as they were: makes the machine's finding with its evidence, and replays it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assistant.asking.assistant import Assistant
from assistant.asking.models import Answer, Question, Reply
from assistant.record.events import Event, Instant, Interaction
from assistant.record.evidence import (
    MACHINE,
    Evidence,
    EvidencePassage,
    Verdict,
    digest_of,
    find,
    shown_before,
)
from assistant.record.ports import Ticket
from assistant.record.recorder import NOT_ASKED


def question_of(ticket: Ticket, interactions: Sequence[Interaction]) -> Question | None:
    """Return what a ticket asks: its text, else the last question before it; ``None`` if neither is kept."""
    if ticket.text:
        return Question(ticket.text, ticket.locale)
    for one in sorted(interactions, key=lambda one: one.at, reverse=True):
        if one.at <= ticket.created_at and one.question:
            return Question(one.question, one.locale)
    return None


def check(
    ticket: Ticket,
    question: Question,
    *,
    assistant: Assistant,
    interactions: Sequence[Interaction],
    events: Sequence[Event],
    texts_of: Callable[[Sequence[str]], Mapping[str, str]],
    at: Instant,
) -> tuple[Verdict, Evidence]:
    """Return the machine's finding on a ticket and what it rests on.

    Args:
        ticket: the one to check.
        question: what it asks.
        assistant: of the generation, and with the curation, that the customer could have been shown.
        interactions: of the ticket's episode.
        events: of the ticket's episode.
        texts_of: finds the texts of passages that were shown, by their digests.
        at: when this is found.
    """
    reply = assistant.answer(question)
    shown, opened = shown_before(ticket.created_at, interactions, events)
    answered = isinstance(reply.outcome, Answer)
    answering = {assistant.matter_of(one.hit.passage.page_id) for one in reply.shown} if answered else set()
    finding = find(answering=answering, shown=set(shown.values()), opened=set(opened.values()))
    evidence = Evidence(
        question=question.text,
        locale=question.locale or ticket.locale,
        generation=reply.generation,
        curation=ticket.curation,
        answered=answered,
        confidence=round(reply.outcome.confidence, 4) if isinstance(reply.outcome, Answer) else 0.0,
        passages=(
            *_found(reply, assistant, shown, opened),
            *_shown_earlier(reply, interactions, shown, opened, texts_of),
        ),
        withheld=any(one.held_out for one in interactions),
        certified=answered and assistant.certified and not any(one.hit.pinned for one in reply.shown),
    )
    asked = any(one.reason != NOT_ASKED for one in interactions)
    return Verdict(ticket.id, MACHINE, finding, _reason(evidence, shown, opened, asked=asked), at), evidence


def replay(evidence: Evidence, assistant: Assistant) -> list[str]:
    """Return how an answer differs from the one that evidence rests on; empty if it is the same to the last digit.

    Args:
        evidence: as it was recorded.
        assistant: of the same generation, with the same curation.
    """
    reply = assistant.answer(Question(evidence.question, evidence.locale))
    now = _found(reply, assistant, {}, {})
    before = [one for one in evidence.passages if one.rank is not None]
    differences = []
    if reply.generation != evidence.generation:
        differences.append(f"generation {reply.generation} instead of {evidence.generation}")
    if isinstance(reply.outcome, Answer) != evidence.answered:
        differences.append("answered now and not then" if not evidence.answered else "answered then and not now")
    for place in range(max(len(now), len(before))):
        is_now = _named(now[place]) if place < len(now) else "nothing"
        was = _named(before[place]) if place < len(before) else "nothing"
        if is_now != was:
            differences.append(f"place {place + 1}: {is_now} instead of {was}")
    return differences


def _found(
    reply: Reply, assistant: Assistant, shown: Mapping[str, str], opened: Mapping[str, str]
) -> tuple[EvidencePassage, ...]:
    return tuple(
        EvidencePassage(
            passage=one.hit.passage.id,
            page=one.hit.passage.page_id,
            matter=assistant.matter_of(one.hit.passage.page_id),
            digest=digest_of(one.hit.passage.text),
            text=one.hit.passage.text,
            rank=one.hit.rank,
            confidence=round(one.hit.confidence, 4),
            shown=one.hit.passage.id in shown,
            opened=one.hit.passage.id in opened,
        )
        for one in reply.shown
    )


def _shown_earlier(
    reply: Reply,
    interactions: Sequence[Interaction],
    shown: Mapping[str, str],
    opened: Mapping[str, str],
    texts_of: Callable[[Sequence[str]], Mapping[str, str]],
) -> tuple[EvidencePassage, ...]:
    found = {one.hit.passage.id for one in reply.shown}
    earlier = {
        one.passage: one
        for interaction in interactions
        for one in interaction.shown
        if one.passage not in found and (one.passage in shown or one.passage in opened)
    }
    texts = texts_of([one.digest for one in earlier.values()]) if earlier else {}
    return tuple(
        EvidencePassage(
            passage=one.passage,
            page=one.page,
            matter=one.matter,
            digest=one.digest,
            text=texts.get(one.digest, ""),
            rank=None,
            confidence=None,
            shown=one.passage in shown,
            opened=one.passage in opened,
        )
        for one in earlier.values()
    )


def _reason(evidence: Evidence, shown: Mapping[str, str], opened: Mapping[str, str], *, asked: bool) -> str:
    """Return in a sentence why the machine found what it did."""
    if not evidence.answered:
        return "asked of the docs as they were, the ticket has no answer that is sure enough"
    pages = ", ".join(dict.fromkeys(one.page for one in evidence.passages if one.rank is not None))
    matters = {one.matter for one in evidence.passages if one.rank is not None}
    sure = f"the docs answer it with a confidence of {evidence.confidence:.2f} ({pages})"
    if matters & set(opened.values()):
        return f"{sure}, and the customer had opened it"
    if matters & set(shown.values()):
        return f"{sure}, and the customer had been shown it and not opened it"
    if evidence.withheld:
        return f"{sure}, and it was withheld by lot"
    if not asked:
        return f"{sure}, and the customer wrote without asking first"
    return f"{sure}, and the customer had not been shown it"


def _named(passage: EvidencePassage) -> str:
    return f"{passage.passage} ({passage.digest}, {passage.confidence})"
