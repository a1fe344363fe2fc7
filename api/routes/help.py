"""The help centre: its pages under ``/help``, and what it tells crawlers, language models and browsers."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from babel.dates import format_date
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from api.content_policy import content_policy
from api.dependencies import AssistantDep, Services, ServicesDep
from api.help_addresses import absolute, alternates, base_address
from api.help_centre import HelpCentre, help_centre_of
from api.help_documents import crumbs_data, faq_data, llms_txt, opensearch, robots, sitemap
from api.help_text import body_of, description_of, markdown_of
from api.i18n import formatting_locale, texts_for
from api.links import shown_url
from api.rendering import render
from api.speaking import locale_of, offered_locales
from corpus.languages import language_name
from corpus.page import Page
from indexer.errors import IndexNotReady

router = APIRouter(include_in_schema=False)
_READING = ["GET", "HEAD"]
_LEAST_CONTENTS = 3
_CONTENTS_LEVEL = 3
_SHORT_CACHE = {"Cache-Control": "public, max-age=300"}


@router.api_route("/help", methods=_READING)
def help_in_your_language(request: Request, services: ServicesDep) -> Response:
    """Lead to the list of pages in the visitor's language."""
    headers = {"Vary": "Accept-Language, Cookie", "Cache-Control": "no-cache"}
    return RedirectResponse(f"/help/{locale_of(request, services)}", headers=headers)


@router.api_route("/help/{locale}", methods=_READING)
def help_index(request: Request, services: ServicesDep, locale: str) -> Response:
    """List the help pages of one locale: the FAQ, then the documentation."""
    spoken = locale_of(request, services, locale)
    centre = _centre(services)
    if centre is None:
        return _not_ready(request, services, spoken)
    shelves = centre.shelves.get(spoken)
    if shelves is None:
        return _not_found(request, services, spoken)
    if spoken != locale:
        return RedirectResponse(f"/help/{spoken}")
    base = base_address(request, services)
    lists = {one: f"{base}/help/{one}" for one in centre.shelves}
    return render(
        request,
        services,
        "help_index.html",
        spoken,
        shelves=shelves,
        questions={page.id: len(centre.questions_of(page)) for shelf in shelves for page in shelf.pages},
        links={page.id: shown_url(page.url) for shelf in shelves for page in shelf.pages},
        here="help",
        canonical=lists[spoken],
        alternates=alternates(lists, services.settings.default_locale),
        languages=_languages(services, {}),
    )


@router.api_route("/help/{locale}/{path:path}", methods=_READING)
def help_page(request: Request, services: ServicesDep, locale: str, path: str) -> Response:
    """Show one help page; with ``.md`` at its address's end, its text as Markdown."""
    spoken = locale_of(request, services, locale)
    if not path:
        return RedirectResponse(f"/help/{spoken}")
    centre = _centre(services)
    if centre is None:
        return _not_ready(request, services, spoken)
    page = centre.page_at(f"/help/{spoken}/{path}")
    plain = centre.page_at(f"/help/{spoken}/{path.removesuffix('.md')}") if page is None else None
    if page is None and plain is None:
        return _not_found(request, services, spoken)
    if spoken != locale:
        return RedirectResponse(f"/help/{spoken}/{quote(path)}")
    if page is None:
        assert plain is not None  # noqa: S101 - for the type checker
        link = f'<{absolute(plain, base_address(request, services))}>; rel="canonical"'
        return Response(markdown_of(plain), media_type="text/markdown", headers={"Link": link, **_SHORT_CACHE})
    return _shown(request, services, centre, page)


@router.api_route("/sitemap.xml", methods=_READING)
def sitemap_xml(request: Request, services: ServicesDep, assistant: AssistantDep) -> Response:
    """List all pages for search engines."""
    centre = help_centre_of(assistant.index)
    body = sitemap(centre, base_address(request, services), services.settings.default_locale)
    return Response(body, media_type="application/xml", headers=_SHORT_CACHE)


@router.api_route("/robots.txt", methods=_READING)
def robots_txt(request: Request, services: ServicesDep) -> Response:
    """Tell crawlers where to go and where not."""
    return PlainTextResponse(robots(base_address(request, services)), headers=_SHORT_CACHE)


@router.api_route("/llms.txt", methods=_READING)
def llms(request: Request, services: ServicesDep, assistant: AssistantDep) -> Response:
    """List all pages for language models."""
    centre = help_centre_of(assistant.index)
    body = llms_txt(centre, base_address(request, services), services.settings.site_name)
    return PlainTextResponse(body, headers=_SHORT_CACHE)


@router.api_route("/opensearch/{locale}.xml", methods=_READING)
def opensearch_xml(request: Request, services: ServicesDep, locale: str) -> Response:
    """Describe the search to browsers."""
    spoken = locale_of(request, services, locale)
    site_name = services.settings.site_name
    title = texts_for(spoken).gettext("Search the help pages of %(site)s") % {"site": site_name}
    body = opensearch(base_address(request, services), site_name, spoken, title)
    return Response(body, media_type="application/opensearchdescription+xml", headers=_SHORT_CACHE)


@router.get("/v1/suggest/opensearch")
def suggest_to_browser(
    request: Request,
    services: ServicesDep,
    assistant: AssistantDep,
    q: Annotated[str, Query(max_length=10_000)] = "",
    locale: Annotated[str | None, Query(max_length=35)] = None,
) -> Response:
    """Suggest pages and questions in a browser's search field, in the form that it expects. Stores nothing."""
    base = base_address(request, services)
    found = assistant.suggester.suggest(q, locale=locale)
    urls = [shown_url(one.url) for one in found]
    body = [
        q,
        [one.text for one in found],
        ["" for _ in found],
        [f"{base}{url}" if url.startswith("/") else url for url in urls],
    ]
    return JSONResponse(body, media_type="application/x-suggestions+json", headers=_SHORT_CACHE)


def _shown(request: Request, services: Services, centre: HelpCentre, page: Page) -> Response:
    texts = texts_for(page.locale)
    base = base_address(request, services)
    place = centre.place_of(page)
    top = f"/help/{page.locale}"
    shelf = {"faq": texts.gettext("FAQ"), "docs": texts.gettext("Documentation")}[place.kind]
    crumbs = [(texts.gettext("Help"), top), (shelf, f"{top}#{place.kind}")]
    if place.group.title and place.group.title != page.title:
        crumbs.append((place.group.title, f"{top}#{place.group.anchor}"))
    twins = {twin.locale: absolute(twin, base) for twin in centre.twins_of(page)}
    questions = centre.questions_of(page)
    whole_way = [*crumbs, (page.title, shown_url(page.url))]
    data: list[dict[str, Any]] = [crumbs_data(whole_way, base)]
    if questions:
        data.append(faq_data(questions, page.locale))
    contents = [section for section in page.sections if section.heading and section.level <= _CONTENTS_LEVEL]
    response = render(
        request,
        services,
        "help_page.html",
        page.locale,
        here="help",
        page=page,
        crumbs=crumbs,
        body=body_of(page, centre.pages, texts),
        contents=contents if len(contents) >= _LEAST_CONTENTS else [],
        description=description_of(page, questions),
        updated=format_date(page.updated, "long", locale=formatting_locale(page.locale)) if page.updated else "",
        previous=_link(place.previous),
        next=_link(place.next),
        canonical=absolute(page, base),
        alternates=alternates(twins, services.settings.default_locale),
        languages=_languages(services, {twin.locale: shown_url(twin.url) for twin in centre.twins_of(page)}),
        structured=data,
    )
    if "<img" in page.html:
        response.headers["Content-Security-Policy"] = content_policy(with_images=True)
    return response


def _centre(services: Services) -> HelpCentre | None:
    try:
        return help_centre_of(services.live.current().index)
    except IndexNotReady:
        return None


def _not_found(request: Request, services: Services, locale: str) -> Response:
    return _instead(request, services, locale, 404, has_pages=locale in offered_locales(services))


def _not_ready(request: Request, services: Services, locale: str) -> Response:
    response = _instead(request, services, locale, 503, has_pages=False)
    response.headers["Retry-After"] = "5"
    return response


def _instead(request: Request, services: Services, locale: str, status: int, *, has_pages: bool) -> Response:
    return render(
        request,
        services,
        "not_found.html",
        locale,
        status=status,
        here="help",
        ready=status != 503,
        has_pages=has_pages,
        languages=_languages(services, {}),
    )


def _languages(services: Services, twins: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return (locale, its own name, address) for each language: a page's twin, else the list of all pages."""
    locales = sorted({*offered_locales(services), *twins})
    return [(one, language_name(one, in_locale=one), twins.get(one, f"/help/{one}")) for one in locales]


def _link(page: Page | None) -> tuple[str, str] | None:
    return (page.title, shown_url(page.url)) if page is not None else None
