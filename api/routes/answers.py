"""``POST /v1/answers`` and ``GET /v1/suggest``: a question in, passages out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.answering import Asked, answer_question, response_of
from api.dependencies import AssistantDep, ServicesDep
from api.errors import PROBLEMS, NotAllowed
from api.recording import await_commit
from api.schemas import AnswersRequest, AnswersResponse, SuggestionOut, SuggestResponse
from api.visits import allow, visit_of

router = APIRouter(prefix="/v1", tags=["asking"])


# Not async: embedding blocks, and the framework runs plain functions in threads.
@router.post("/answers", responses=PROBLEMS, response_model=AnswersResponse)
def answer(asked: AnswersRequest, request: Request, services: ServicesDep, assistant: AssistantDep) -> Response:
    """Answer a question from the help pages, or say that they do not answer it; either is recorded.

    With the intent to write a ticket, a visitor whom the lot has put into the holdout is shown nothing, with the reason
    ``holdout``.
    """
    if asked.account is not None and not services.may_administer(request):
        raise NotAllowed("only the operator's own systems may name an account: send the API key as a bearer token")
    visit = visit_of(request, services, visitor=asked.visitor, account=asked.account)
    trusted = services.may_administer(request)
    headers = {} if trusted else allow("questions", visit, services).headers()
    with_ticket_intent = asked.intent == "ticket"
    question = Asked(asked.question, asked.locale, asked.entry, with_ticket_intent, asked.episode)
    done = answer_question(question, visit, assistant, services)
    # Made while it is being committed, and not checked once more by the framework.
    body = response_of(done, assistant).model_dump_json()
    await_commit(done.recorded, services)
    return Response(body, media_type="application/json", headers=headers)


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
