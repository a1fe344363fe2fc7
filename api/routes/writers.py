"""``/writers``: the month at a glance, how each page does, and the episodes behind every figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.dependencies import Services, ServicesDep
from api.desk.rendering import render_desk
from api.desk.signed_in import DeskVisit, desk_visit
from api.errors import NotFound
from api.writers.episode_views import episode_rows, filter_words, story_of
from api.writers.findings import problem_names
from api.writers.overview import overview
from api.writers.page_views import ORDERS, by_week, health_at_once, health_of, page_rows, page_view, stale_words
from api.writers.periods import EARLIEST, Day, Period, month_name, period_of, short_day, today_at
from api.writers.pictures import is_known
from api.writers.plots import Scale, Stack, stacked_bars
from api.writers.views import name_of
from assistant.health.behind import PagePart, Wanted
from assistant.health.models import PageUse
from assistant.record.episodes import EpisodeClass
from assistant.staff.models import Right
from corpus.languages import language_name
from indexer.errors import IndexNotReady

router = APIRouter(prefix="/writers", include_in_schema=False)
_ON_A_PAGE = 50
_PAGE_DAYS = 90
_OUTCOMES = ("answered", "related", "missed")

SeesDep = Annotated[DeskVisit, Depends(desk_visit(Right.FIGURES))]
From = Annotated[str, Query(alias="from", max_length=10)]
Number = Annotated[int, Query(ge=1, le=10_000)]
Filter = Annotated[str, Query(max_length=250)]


@router.get("")
def month(request: Request, services: ServicesDep, visit: SeesDep, first: From = "", to: Day = "") -> Response:
    """Show a month at a glance."""
    today = today_at(visit.at, services.intake.calendar.zone)
    period = period_of(first, to, today=today)
    before, after = period.month_before(), period.month_after(today)
    return render_desk(
        request,
        services,
        visit,
        "writers/overview.html",
        here="overview",
        period=period,
        period_words=period.words(visit.locale),
        today=today,
        before=(before.query(), month_name(before, visit.locale)),
        after=(after.query(), month_name(after, visit.locale)) if after is not None else None,
        **overview(services, visit, period, health_at_once(services, period, today=today)),
    )


@router.get("/pages")
def pages(
    request: Request,
    services: ServicesDep,
    visit: SeesDep,
    first: From = "",
    to: Day = "",
    problem: Filter = "",
    locale: Filter = "",
    sort: Filter = "problems",
    page: Number = 1,
) -> Response:
    """List pages, those with the gravest problem first."""
    today = today_at(visit.at, services.intake.calendar.zone)
    period = period_of(first, to, today=today, days=_PAGE_DAYS)
    health = health_of(services, period, today=today)
    wanted, order = is_known(problem), sort if sort in ORDERS else ORDERS[0]
    rows = page_rows(health, visit, period, problem=wanted, locale=locale, sort=order)
    start = (page - 1) * _ON_A_PAGE
    names = problem_names(visit.texts)
    kept = {"from": first, "to": to, "problem": problem, "locale": locale}
    return render_desk(
        request,
        services,
        visit,
        "writers/pages.html",
        here="pages",
        period=period,
        period_words=period.words(visit.locale),
        rows=rows[start : start + _ON_A_PAGE],
        number=len(rows),
        tabs=[(one.value, names[one], many) for one, many in health.numbers() if many or one is wanted],
        problem=wanted.value if wanted is not None else "",
        locale_wanted=locale,
        locales=[
            (one, language_name(one, in_locale=visit.locale))
            for one in sorted({each.locale for each in health.index.pages.values()})
        ],
        sort=order,
        query=_query(**{**kept, "sort": order}),
        query_without_sort=_query(**kept),
        query_without_problem=_query(**{**kept, "sort": order, "problem": ""}),
        all_pages=len(health.index.pages),
        stale=stale_words(services, health.index, visit),
        page=page,
        more=len(rows) > start + _ON_A_PAGE,
    )


@router.get("/pages/{page:path}")
def one_page(
    request: Request, services: ServicesDep, visit: SeesDep, page: str, first: From = "", to: Day = ""
) -> Response:
    """Show how a page does."""
    today = today_at(visit.at, services.intake.calendar.zone)
    period = period_of(first, to, today=today, days=_PAGE_DAYS)
    health = health_of(services, period, today=today)
    found = health.index.pages.get(page)
    if found is None:
        raise NotFound("there is no such page")
    view = page_view(found, health, services, visit, period)
    days = services.writers.health.days.days_of(page, first_day=period.first_day, last_day=period.last_day)
    weeks = _weeks([(one.day, one.use) for one in days], period)
    stacks = tuple(
        Stack(
            short_day(date.fromordinal(monday), visit.locale),
            (float(use.opened), float(max(0, use.shown - use.opened))),
        )
        for monday, use in weeks
    )
    label = visit.texts.gettext("For how many questions it was shown each week, and opened.")
    return render_desk(
        request,
        services,
        visit,
        "writers/page.html",
        here="pages",
        page=view,
        period=period,
        period_words=period.words(visit.locale),
        svg=stacked_bars("weeks", stacks, (0, 4), Scale(visit.texts.language), label) if days else "",
        weeks=[
            (
                short_day(date.fromordinal(monday), visit.locale),
                use,
                Period(max(date.fromordinal(monday), period.first), min(date.fromordinal(monday + 6), period.last)),
            )
            for monday, use in reversed(weeks)
        ]
        if days
        else [],
        may_write=visit.member.may(Right.PAGES),
    )


@router.get("/episodes")
def episodes(
    request: Request,
    services: ServicesDep,
    visit: SeesDep,
    first: From = "",
    to: Day = "",
    outcome: Filter = "",
    asked: Filter = "",
    locale: Filter = "",
    about: Annotated[str, Query(alias="page", max_length=250)] = "",
    part: Filter = "",
    gap: Filter = "",
    arm: Filter = "",
    number: Annotated[int, Query(alias="n", ge=1, le=10_000)] = 1,
) -> Response:
    """List the episodes behind a figure, latest first."""
    today = today_at(visit.at, services.intake.calendar.zone)
    period = Period(EARLIEST, today) if first == "all" else period_of(first, to, today=today)
    letters = {one.value: one for one in EpisodeClass}
    parts = {one.value: one for one in PagePart}
    wanted = Wanted(
        period.first_day,
        period.last_day,
        outcomes=frozenset(letters[one] for one in outcome if one in letters),
        asked=asked if asked in _OUTCOMES else None,
        locale=locale or None,
        page=about or None,
        part=parts.get(part, PagePart.SHOWN),
        gap=gap or None,
        held_out={"held": True, "offered": False}.get(arm),
    )
    services.record.fold()
    finder = services.writers.episodes
    found = finder.listed(wanted, now=visit.at, most=_ON_A_PAGE + 1, skip=(number - 1) * _ON_A_PAGE)
    kept = {"from": first, "to": to, "outcome": outcome, "asked": asked, "locale": locale, "page": about}
    return render_desk(
        request,
        services,
        visit,
        "writers/episodes.html",
        here="overview",
        rows=episode_rows(found[:_ON_A_PAGE], services, visit),
        number=finder.number(wanted, now=visit.at),
        filters=filter_words(wanted, _title(about, services), _gap_name(gap, services, visit), visit),
        period_words="" if first == "all" else period.words(visit.locale),
        period=period,
        page=number,
        more=len(found) > _ON_A_PAGE,
        query=_query(**{**kept, "part": part, "gap": gap, "arm": arm}),
    )


@router.get("/episodes/{episode}")
def one_episode(request: Request, services: ServicesDep, visit: SeesDep, episode: str) -> Response:
    """Tell what happened in an episode."""
    story = story_of(episode, services, visit)
    if story is None:
        raise NotFound("there is no such episode")
    return render_desk(request, services, visit, "writers/episode.html", here="overview", story=story)


def _title(page: str, services: Services) -> str:
    try:
        found = services.live.current().index.pages.get(page)
    except IndexNotReady:
        found = None
    return found.title if found is not None else page


def _gap_name(gap: str, services: Services, visit: DeskVisit) -> str:
    store = services.writers.gaps.store
    found = store.gap(gap) if gap else None
    if found is None:
        return gap
    return name_of(found, store.texts([question for _, question in found.names]), visit.locale)[0]


def _query(**given: str) -> str:
    return urlencode({name: value for name, value in given.items() if value})


def _weeks(days: Sequence[tuple[int, PageUse]], period: Period) -> list[tuple[int, PageUse]]:
    """Return each week of a period by the ordinal of its Monday, those in which nothing happened too."""
    known = by_week(days)
    first = period.first_day - period.first.weekday()
    return [(monday, known.get(monday, PageUse())) for monday in range(first, period.last_day + 1, 7)]
