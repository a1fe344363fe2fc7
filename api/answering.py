"""One question of one visitor: answered, measured, logged and recorded. Shared by the API and the pages."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass

import structlog

from api.dependencies import Services
from api.links import shown_url
from api.recording import Asker, RecordedQuestion, record_question, without_personal_data
from api.schemas import AnswerOut, AnswersResponse
from api.visits import Visit
from assistant.asking.assistant import Assistant
from assistant.asking.models import Answer, Question, Reply, outcome_of

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is asked: where, about what, and whether to write a ticket otherwise."""

    text: str
    locale: str | None
    entry: str
    with_ticket_intent: bool
    episode: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What was found, and the question as it is being recorded: wait for that before showing it."""

    reply: Reply
    recorded: RecordedQuestion


def answer_question(asked: Asked, visit: Visit, assistant: Assistant, services: Services) -> Answered:
    """Answer a question and have it recorded.

    Raises:
        QuestionUnusable: if it is empty or too long, or its locale is none.
    """
    looks_back = asked.with_ticket_intent and asked.episode is None and visit.who.subject is not None
    question = Question(without_personal_data(asked.text, services), asked.locale)
    earlier = services.recorder.look_back(visit.who, at=visit.at) if looks_back else None
    reply = ask(question, assistant, services)
    asker = Asker(visit.who, asked.entry, visit.at, asked.with_ticket_intent, asked.episode, earlier)
    return Answered(reply, record_question(reply, asker, assistant, services))


def answer_if_new(
    asked: Asked, visit: Visit, assistant: Assistant, services: Services, *, seen: Collection[str]
) -> Answered | None:
    """Answer a question if that shows an answer of which the visitor has not seen all yet.

    What shows nothing new is not recorded: nothing has happened. Nobody is shown anything whom the lot has put into the
    holdout.

    Args:
        asked: the question.
        visit: who asks.
        assistant: answers.
        services: records.
        seen: passages that the visitor has been shown, by their ids.

    Raises:
        QuestionUnusable: if it is empty or too long, or its locale is none.
    """
    if services.recorder.held_out(visit.who, with_ticket_intent=asked.with_ticket_intent):
        return None
    question = Question(without_personal_data(asked.text, services), asked.locale)
    reply = ask(question, assistant, services)
    if not isinstance(reply.outcome, Answer) or all(one.hit.passage.id in seen for one in reply.shown):
        return None
    asker = Asker(visit.who, asked.entry, visit.at, asked.with_ticket_intent, asked.episode)
    return Answered(reply, record_question(reply, asker, assistant, services))


def response_of(answered: Answered, assistant: Assistant) -> AnswersResponse:
    """Return an answered question as the API tells it."""
    recorded = answered.recorded
    return AnswersResponse(
        answer_id=recorded.interaction.id,
        token=recorded.token,
        episode=recorded.interaction.episode,
        outcome=recorded.outcome,
        reason=recorded.interaction.reason,
        locale=answered.reply.locale,
        generation=answered.reply.generation,
        answers=[
            AnswerOut.of(one, page_url=shown_url(assistant.index.pages[one.hit.passage.page_id].url))
            for one in recorded.shown
        ],
    )


def ask(question: Question, assistant: Assistant, services: Services) -> Reply:
    """Ask, measure and log; the log gets lengths and scores, never the text."""
    started = time.perf_counter()
    reply = assistant.answer(question)
    seconds = time.perf_counter() - started
    outcome, reason = outcome_of(reply)
    services.metrics.questions.labels(outcome).inc()
    services.metrics.answer_seconds.observe(seconds)
    _log.info(
        f"question.{outcome}",
        locale=reply.locale,
        reason=reason,
        shown=len(reply.shown),
        best_confidence=round(reply.nearest[0].confidence, 3) if reply.nearest else None,
        question_chars=len(question.text),
        ms=round(seconds * 1000.0, 1),
        generation=reply.generation,
    )
    return reply
