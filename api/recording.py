"""What the routes share when they record: a question with its token, and the events that follow."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal

import structlog

from api.dependencies import Services
from api.tokens import Interacted
from assistant.asking.assistant import Assistant
from assistant.asking.curation import snapshot_of
from assistant.asking.models import Reply, Shown, outcome_of
from assistant.asking.query import MAX_QUESTION_CHARS, clean
from assistant.errors import QuestionUnusable, RecordUnavailable
from assistant.record.events import Instant, Interaction, Who
from assistant.record.ports import Recorded
from assistant.record.recorder import Asking, Earlier

_PATIENCE_SECONDS = 1.0
"""How long an answer waits to be recorded. It is shown then in any case, and waits on in the queue."""
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, where, and whether to write a ticket otherwise."""

    who: Who
    entry: str
    at: Instant
    with_ticket_intent: bool = False
    episode: str | None = None
    earlier: Future[Earlier] | None = None


@dataclass(frozen=True, slots=True)
class RecordedQuestion:
    """A recorded question: what may be shown for it, and the token to report with what happens next."""

    interaction: Interaction
    outcome: Literal["answered", "related", "missed"]
    shown: Sequence[Shown]
    token: str
    committed: Future[Recorded]


def record_question(reply: Reply, asker: Asker, assistant: Assistant, services: Services) -> RecordedQuestion:
    """Have a question recorded with what is shown for it; ``await_commit`` is to be called before it is shown."""
    asking = Asking(
        answer_id=uuid.uuid4().hex,
        at=asker.at,
        question=reply.question.text,
        who=asker.who,
        entry=asker.entry,
        with_ticket_intent=asker.with_ticket_intent,
        episode=asker.episode,
        earlier=asker.earlier,
    )
    interaction, future = services.recorder.asked(
        asking, reply, matter_of=assistant.matter_of, curation=snapshot_of(assistant.curation.sources)
    )
    shown = () if interaction.held_out else reply.shown
    token = services.tokens.make(
        Interacted(interaction.id, interaction.episode, interaction.generation, len(shown), interaction.at)
    )
    return RecordedQuestion(
        interaction, "missed" if interaction.held_out else outcome_of(reply)[0], shown, token, future
    )


def recordable(text: str | None, services: Services) -> str | None:
    """Return a text without personal data and what cannot be seen; ``None`` if nothing is left."""
    try:
        return without_personal_data(text or "", services)
    except QuestionUnusable:
        return None


def without_personal_data(text: str, services: Services) -> str:
    """Return a text as it is searched for and recorded.

    Raises:
        QuestionUnusable: if it is empty or too long.
    """
    clean(text)  # says what is wrong with it; but names are told by the lines that they stand on, which it joins
    return clean(services.redactor.redact(text).text[:MAX_QUESTION_CHARS])


def await_commit(recorded: RecordedQuestion, services: Services) -> None:
    """Wait until a question is committed, but not for long: a visitor gets the answer even when the record is away."""
    try:
        recorded.committed.result(_PATIENCE_SECONDS if not services.record.away else 0.0)
    except (RecordUnavailable, TimeoutError) as exc:
        services.metrics.unrecorded.inc()
        _log.error("question.unrecorded", error=type(exc).__name__)
