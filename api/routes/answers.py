"""``POST /v1/answers`` and ``GET /v1/suggest``: a question in, passages out."""

from __future__ import annotations

import time
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response

from api.dependencies import AssistantDep, Services, ServicesDep
from api.errors import PROBLEMS, NotAllowed
from api.links import shown_url
from api.recording import Asker, await_commit, record_question, without_personal_data
from api.schemas import AnswerOut, AnswersRequest, AnswersResponse, SuggestionOut, SuggestResponse
from assistant.asking.assistant import Assistant
from assistant.asking.models import Question, Reply, outcome_of

router = APIRouter(prefix="/v1", tags=["asking"])
_log = structlog.get_logger()


# Not async: embedding blocks, and the framework runs plain functions in threads.
@router.post("/answers", responses=PROBLEMS, response_model=AnswersResponse)
def answer(asked: AnswersRequest, request: Request, services: ServicesDep, assistant: AssistantDep) -> Response:
    """Answer a question from the help pages, or say that they do not answer it; either is recorded.

    With the intent to write a ticket, a visitor whom the lot has put into the holdout is shown nothing, with the reason
    ``holdout``.
    """
    if asked.account is not None and not services.may_administer(request):
        raise NotAllowed("only the operator's own systems may name an account: send the API key as a bearer token")
    who, at = services.keys.who(visitor=asked.visitor, account=asked.account), services.clock()
    with_ticket_intent = asked.intent == "ticket"
    looks_back = with_ticket_intent and asked.episode is None and who.subject is not None
    question = Question(without_personal_data(asked.question, services), asked.locale)
    earlier = services.recorder.look_back(who, at=at) if looks_back else None
    reply = ask(question, assistant, services)
    asker = Asker(who, asked.entry, at, with_ticket_intent, asked.episode, earlier)
    recorded = record_question(reply, asker, assistant, services)
    answered = AnswersResponse(
        answer_id=recorded.interaction.id,
        token=recorded.token,
        episode=recorded.interaction.episode,
        outcome=recorded.outcome,
        reason=recorded.interaction.reason,
        locale=reply.locale,
        generation=reply.generation,
        answers=[
            AnswerOut.of(one, page_url=shown_url(assistant.index.pages[one.hit.passage.page_id].url))
            for one in recorded.shown
        ],
    )
    body = answered.model_dump_json()  # while it is being committed, and not checked once more by the framework
    await_commit(recorded, services)
    return Response(body, media_type="application/json")


@router.get("/suggest", response_model=SuggestResponse, responses=PROBLEMS)
def suggest(
    request: Request,
    response: Response,
    assistant: AssistantDep,
    q: Annotated[str, Query(description="What has been typed so far.", max_length=10_000)] = "",
    locale: Annotated[str | None, Query(max_length=35)] = None,
) -> SuggestResponse | Response:
    """Suggest pages and questions while somebody is typing. Stores nothing."""
    generation = assistant.index.manifest.id
    etag = f'W/"{generation}"'
    caching = {"Cache-Control": "public, max-age=300", "ETag": etag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=caching)
    response.headers.update(caching)
    return SuggestResponse(
        locale=locale or "",
        generation=generation,
        suggestions=[SuggestionOut.of(one) for one in assistant.suggester.suggest(q, locale=locale)],
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
