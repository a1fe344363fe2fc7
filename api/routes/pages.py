"""The pages that people see: ``/`` to ask on, and the help pages under ``/help``."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import unquote

from babel import Locale
from babel.dates import format_date
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup, escape

from api.dependencies import Services, ServicesDep
from api.links import linked_html, shown_url
from api.recording import Asker, await_commit, record_question, without_personal_data
from api.routes.answers import ask
from api.texts import LANGUAGES, texts_for
from assistant.asking.models import Extract, Question, Shown, outcome_of
from assistant.errors import QuestionUnusable
from assistant.record.events import Who
from corpus.languages import language_name, parse_locale
from corpus.page import Page
from indexer.errors import IndexNotReady
from indexer.search import PassageIndex

router = APIRouter(include_in_schema=False)
_READING = ["GET", "HEAD"]


@router.api_route("/", methods=_READING)
def start(request: Request, services: ServicesDep, locale: Annotated[str, Query(max_length=35)] = "") -> Response:
    """Show the page to ask on."""
    return _ask_page(request, services, _locale(request, services, locale), "")


@router.post("/")
def asked(
    request: Request,
    services: ServicesDep,
    question: Annotated[str, Form()] = "",
    locale: Annotated[str, Form(max_length=35)] = "",
) -> Response:
    """Answer on the page itself, for browsers without JavaScript. A form, not a link: addresses end up in logs."""
    spoken = _locale(request, services, locale)
    texts = texts_for(spoken.split("-")[0])
    try:
        assistant = services.live.current()
        reply = ask(Question(without_personal_data(question, services), spoken), assistant, services)
    except QuestionUnusable:
        message = texts["too_long"] if question.strip() else texts["empty"]
        return _ask_page(request, services, spoken, question, status=422, message=message)
    except IndexNotReady:
        return _ask_page(request, services, spoken, question, status=503, message=texts["not_ready"])
    await_commit(record_question(reply, Asker(Who(), "page", services.clock()), assistant, services), services)
    hits = [_hit(shown, spoken) for shown in reply.shown]
    return _ask_page(request, services, spoken, question, outcome=outcome_of(reply)[0], hits=hits)


@router.api_route("/help/{locale}", methods=_READING)
def all_pages(request: Request, services: ServicesDep, locale: str) -> Response:
    """List the help pages of one locale."""
    spoken = _locale(request, services, locale)
    index = _index(services)
    if index is None:
        return _ask_page(
            request, services, spoken, "", status=503, message=texts_for(spoken.split("-")[0])["not_ready"]
        )
    pages = [page for page in index.pages.values() if page.locale == spoken]
    if not pages:
        return _not_found(request, services, spoken)
    groups: dict[str, list[Page]] = {}
    for page in pages:
        groups.setdefault((page.matter or page.id).rpartition("/")[0], []).append(page)
    return _render(
        request,
        services,
        "all_pages.html",
        spoken,
        groups=[(name.replace("-", " ").replace("/", " › "), group) for name, group in groups.items()],
        links={page.id: shown_url(page.url) for page in pages},
    )


@router.api_route("/help/{locale}/{path:path}", methods=_READING)
def help_page(request: Request, services: ServicesDep, locale: str, path: str) -> Response:
    """Show one help page."""
    spoken = _locale(request, services, locale)
    if not path:
        return RedirectResponse(f"/help/{spoken}")
    index = _index(services)
    if index is None:
        return all_pages(request, services, locale)
    page = _hosted_page(index, f"/help/{spoken}/{path}")
    if page is None:
        return _not_found(request, services, spoken)
    twins = {other.locale: shown_url(other.url) for other in _twins(index, page)}
    return _render(
        request,
        services,
        "help_page.html",
        spoken,
        page=page,
        body=Markup(linked_html(page, index.pages)),  # noqa: S704 - sanitised when the page was read
        contents=[section for section in page.sections if section.heading and section.level <= 3],
        updated=format_date(page.updated, "long", locale=_babel(spoken)) if page.updated else "",
        twins=twins,
    )


def _ask_page(
    request: Request,
    services: Services,
    locale: str,
    question: str,
    *,
    status: int = 200,
    message: str = "",
    outcome: str = "",
    hits: list[dict[str, Any]] | None = None,
) -> Response:
    locales = _offered(services)
    return _render(
        request,
        services,
        "ask.html",
        locale,
        status=status,
        question=question,
        message=message,
        outcome=outcome,
        hits=hits or [],
        offered=[(one, language_name(one, in_locale=one)) for one in locales],
        has_pages=locale in locales,
    )


def _render(
    request: Request, services: Services, template: str, locale: str, *, status: int = 200, **context: Any
) -> HTMLResponse:
    language = locale.split("-")[0]
    response = services.templates.TemplateResponse(
        request,
        template,
        {
            "t": texts_for(language),
            "text_language": language if language in LANGUAGES else "en",
            "locale": locale,
            "direction": Locale.parse(_babel(locale)).text_direction,
            "site_name": services.settings.site_name,
            **context,
        },
        status_code=status,
    )
    response.headers["Cache-Control"] = "no-store" if request.method == "POST" else "no-cache"
    return response


def _not_found(request: Request, services: Services, locale: str) -> Response:
    return _render(request, services, "not_found.html", locale, status=404, has_pages=locale in _offered(services))


def _hit(shown: Shown, locale: str) -> dict[str, Any]:
    passage = shown.hit.passage
    return {
        "title": passage.label,
        "page": passage.page_title,
        "url": shown_url(passage.url),
        "locale": passage.locale,
        "language": language_name(passage.language, in_locale=locale) if shown.hit.other_language else "",
        "extract": _marked(shown.extract),
    }


def _marked(extract: Extract) -> Markup:
    """Return an extract as HTML with its highlights marked."""
    parts = []
    position = 0
    for start, end in extract.highlights:
        parts += [escape(extract.text[position:start]), Markup("<mark>"), escape(extract.text[start:end])]
        parts.append(Markup("</mark>"))
        position = end
    return Markup("").join([*parts, escape(extract.text[position:])])


def _index(services: Services) -> PassageIndex | None:
    try:
        return services.live.current().index
    except IndexNotReady:
        return None


def _hosted_page(index: PassageIndex, url: str) -> Page | None:
    wanted = url.rstrip("/")
    return next((page for page in index.pages.values() if page.hosted and unquote(page.url) == wanted), None)


def _twins(index: PassageIndex, page: Page) -> list[Page]:
    """Return the page in its other languages: those at the same path below their own locale's folder."""
    others = (other for other in index.pages.values() if other.matter == page.matter and other.id != page.id)
    return sorted(others, key=lambda other: other.locale) if page.matter else []


def _offered(services: Services) -> list[str]:
    """Return the locales that have pages."""
    try:
        return list(services.live.current().index.manifest.counts.pages_by_locale)
    except IndexNotReady:
        return [services.settings.default_locale]


def _locale(request: Request, services: Services, wanted: str) -> str:
    """Return the locale to speak: the one asked for, else the browser's best that has pages, else the default.

    A locale without pages stands for another of the same language that has some: ``pt`` for ``pt-BR``.
    """
    offered = _offered(services)
    by_language = {locale.split("-")[0]: locale for locale in reversed(offered)}
    try:
        if wanted:
            locale = parse_locale(wanted)
            return locale if locale in offered else by_language.get(locale.split("-")[0], locale)
    except ValueError:
        pass
    for preference in _preferences(request.headers.get("accept-language", "")):
        if preference.split("-")[0] in by_language:
            return by_language[preference.split("-")[0]]
    return services.settings.default_locale


def _preferences(header: str) -> list[str]:
    """Return the languages of an Accept-Language header, most wanted first (RFC 9110, 12.5.4)."""
    weighted = []
    for number, part in enumerate(header[:1000].split(",")):
        tag, *parameters = (piece.strip() for piece in part.split(";"))
        try:
            weight = next((float(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
        except ValueError:
            weight = 0.0
        if tag and weight > 0.0:
            weighted.append((-weight, number, tag.lower()))
    return [tag for _, _, tag in sorted(weighted)]


def _babel(locale: str) -> str:
    return locale.replace("-", "_")
