"""How pages do, as templates need it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import format_date, format_timedelta

from api.dependencies import Services
from api.desk.signed_in import DeskVisit
from api.i18n import formatting_locale
from api.links import shown_url
from api.writers.findings import problem_names
from api.writers.periods import Period
from api.writers.words import percent
from assistant.health.models import Difference, Look, PageLook, PageUse, Pair, Problem
from assistant.record.events import Instant
from assistant.record.intervals import Rate, rate
from corpus.languages import language_name
from corpus.page import Page
from indexer.errors import IndexNotReady
from indexer.search import PassageIndex

UNREAD_DAYS = 90
_LEAST_FAILED = 5
_NO_USE = PageUse()


@dataclass(frozen=True)
class Health:
    """What is known of all pages that are served: as they are, and what became of them."""

    index: PassageIndex
    look: Look
    uses: Mapping[str, PageUse]
    problems: Mapping[str, tuple[Problem, ...]]

    def numbers(self) -> list[tuple[Problem, int]]:
        """Return how many pages have each problem."""
        return [(one, sum(one in some for some in self.problems.values())) for one in Problem]


def health_of(services: Services, period: Period, *, today: datetime.date) -> Health:
    """Return how the pages that are served now did in a period; after a promotion that takes a moment.

    Raises:
        IndexNotReady: if there are none.
    """
    index = services.live.current().index
    return _health(services, index, services.writers.health.look_at(index), period, today)


def health_at_once(services: Services, period: Period, *, today: datetime.date) -> Health | None:
    """Return how the pages did, or ``None`` if there are none, or nobody has looked at them yet."""
    try:
        index = services.live.current().index
    except IndexNotReady:
        return None
    look = services.writers.health.known(index)
    return _health(services, index, look, period, today) if look is not None else None


def _health(services: Services, index: PassageIndex, look: Look, period: Period, today: datetime.date) -> Health:
    keeper = services.writers.health
    uses = keeper.days.uses(first_day=period.first_day, last_day=period.last_day)
    unread_from = today.toordinal() - UNREAD_DAYS
    first = keeper.days.first_day()
    read = None
    if first is not None and first <= unread_from:
        read = keeper.days.uses(first_day=unread_from, last_day=today.toordinal())
    waiting = keeper.staleness(index).waiting
    overall = rate(sum(one.failed for one in uses.values()), sum(one.failed + one.solved for one in uses.values()))
    problems = {
        page: problems_of(
            look.pages.get(page, PageLook()),
            uses.get(page, _NO_USE),
            overall,
            waiting=page in waiting,
            unread=read is not None and not read.get(page, _NO_USE).opened and not _is_new(one, unread_from),
        )
        for page, one in index.pages.items()
    }
    return Health(index, look, uses, problems)


def problems_of(look: PageLook, use: PageUse, overall: Rate, *, waiting: bool, unread: bool) -> tuple[Problem, ...]:
    """Return what is wrong with a page, gravest first.

    Args:
        look: what was found on it.
        use: what became of it.
        overall: the share of failures over all pages; one fails if its own is above that beyond chance.
        waiting: whether its file was changed and is not served.
        unread: whether nobody has opened it for long.
    """
    found = {
        Problem.CONTRADICTS: look.contradicts,
        Problem.FAILS: use.failed >= _LEAST_FAILED and use.failing.low > (overall.share or 0.0),
        Problem.BROKEN_LINKS: bool(look.broken),
        Problem.OLDER: bool(look.newer),
        Problem.MISSING: bool(look.missing),
        Problem.NEAR_DUPLICATE: look.has_duplicate,
        Problem.NOT_SERVED: waiting,
        Problem.UNREAD: unread,
    }
    return tuple(one for one in Problem if found[one])


ORDERS = ("problems", "asked", "shown", "opened", "solved", "failed", "helpful", "changed", "title")


def page_rows(
    health: Health, visit: DeskVisit, period: Period, *, problem: Problem | None, locale: str, sort: str
) -> list[dict[str, Any]]:
    """Return pages as they are listed.

    Args:
        health: of all pages.
        visit: who looks.
        period: of the figures.
        problem: only pages with it.
        locale: only pages in it; empty for all.
        sort: one of ``ORDERS``; by ``problems`` those with the gravest come first, then those that fail most.
    """
    pages = [
        page
        for page in health.index.pages.values()
        if (problem is None or problem in health.problems[page.id]) and locale in ("", page.locale)
    ]

    def use(page: Page) -> PageUse:
        return health.uses.get(page.id, _NO_USE)

    def key(page: Page) -> tuple[Any, ...]:
        of = use(page)
        if sort == "title":
            return (page.title.casefold(), page.id)
        if sort == "changed":
            changed = health.look.pages[page.id].changed
            return (changed or datetime.date.max, page.id)
        if sort == "helpful":
            return (of.found_helpful.high, -of.unhelpful, page.id)
        if sort in ORDERS[1:6]:
            return (-getattr(of, sort), page.id)
        problems = health.problems[page.id]
        gravest = list(Problem).index(problems[0]) if problems else len(Problem)
        return (gravest, -of.failed, -of.asked, page.id)

    return [_row(page, use(page), health, visit, period) for page in sorted(pages, key=key)]


def _row(page: Page, use: PageUse, health: Health, visit: DeskVisit, period: Period) -> dict[str, Any]:
    names, helpful = problem_names(visit.texts), use.found_helpful
    changed = health.look.pages.get(page.id, PageLook()).changed
    return {
        "id": page.id,
        "title": page.title,
        "lang": page.locale,
        "language": language_name(page.locale, in_locale=visit.locale),
        "problems": [(one.value, names[one]) for one in health.problems[page.id]],
        "counts": counts_of(page.id, use, period),
        "helpful": share_words(helpful, visit),
        "votes": helpful.denominator,
        "changed": day_words(changed, visit.locale),
    }


def counts_of(page: str, use: PageUse, period: Period) -> list[tuple[str, int, str]]:
    """Return each count of a page, with the address of the episodes behind it."""
    return [
        (name, getattr(use, name), f"/writers/episodes?{period.query(page=page, part=name)}")
        for name in ("asked", "shown", "opened", "solved", "failed")
    ]


def share_words(share: Rate, visit: DeskVisit) -> str:
    """Return a share with its interval; empty where nothing was counted."""
    if share.share is None:
        return ""
    texts = visit.texts
    return texts.gettext("%(share)s (%(low)s to %(high)s)") % {
        "share": percent(share.share, texts),
        "low": percent(share.low, texts),
        "high": percent(share.high, texts),
    }


def page_view(page: Page, health: Health, services: Services, visit: DeskVisit, period: Period) -> dict[str, Any]:
    """Return a page with all that is known of it."""
    look, use = health.look.pages.get(page.id, PageLook()), health.uses.get(page.id, _NO_USE)
    keeper, pages = services.writers.health, health.index.pages
    waiting = keeper.staleness(health.index).waiting.get(page.id)
    file = keeper.files(health.index).get(page.id)
    twins = [one for one in pages.values() if one.matter == page.matter and one.language != page.language]
    return {
        **_row(page, use, health, visit, period),
        "url": shown_url(page.url),
        "use": use,
        "votes_links": {
            part: f"/writers/episodes?{period.query(page=page.id, part=part)}" for part in ("helpful", "unhelpful")
        },
        "missing": [language_name(one, in_locale=visit.locale) for one in look.missing],
        "twins": [
            {
                "id": one.id,
                "title": one.title,
                "lang": one.locale,
                "language": language_name(one.locale, in_locale=visit.locale),
                "changed": day_words(health.look.pages[one.id].changed, visit.locale),
                "newer": one.id in look.newer,
            }
            for one in sorted(twins, key=lambda one: one.locale)
        ],
        "broken": look.broken,
        "pairs": [pair_view(one, page.id, pages, visit) for one in look.pairs],
        "waiting": day_words(day_of(waiting), visit.locale) if waiting is not None else "",
        "served": day_words(look.served_at.date() if look.served_at is not None else None, visit.locale),
        "file": file is not None,
    }


def pair_view(pair: Pair, page: str, pages: Mapping[str, Page], visit: DeskVisit) -> dict[str, Any]:
    """Return a pair as it is seen from one of its pages."""
    turned = page == pair.other
    other = pages.get(pair.page if turned else pair.other)
    differences = {
        Difference.QUANTITY: visit.texts.gettext("another number"),
        Difference.NEGATION: visit.texts.gettext("one says yes, the other no"),
    }
    return {
        "id": other.id if other is not None else "",
        "title": other.title if other is not None else "",
        "lang": other.locale if other is not None else "",
        "url": shown_url(other.url) if other is not None else "",
        "duplicate": pair.duplicate,
        "contradictions": [
            {
                "ours": one.theirs if turned else one.ours,
                "theirs": one.ours if turned else one.theirs,
                "difference": differences[one.difference],
            }
            for one in pair.contradictions
        ],
    }


def stale_words(services: Services, index: PassageIndex, visit: DeskVisit) -> list[str]:
    """Return how long changes wait until they are served, in sentences; nothing where the files are not at hand."""
    stale, texts = services.writers.health.staleness(index), visit.texts
    said = []
    if stale.served_after_ms is not None:
        said.append(
            texts.gettext("From the newest change to the moment it was served: %(time)s.")
            % {"time": time_words(stale.served_after_ms, visit.locale)}
        )
    if stale.waiting:
        number = len(stale.waiting)
        longest = visit.at - min(stale.waiting.values())
        words = texts.ngettext(
            "%(num)s change is not served yet. It has waited: %(time)s.",
            "%(num)s changes are not served yet. The oldest has waited: %(time)s.",
            number,
        )
        said.append(words % {"num": number, "time": time_words(longest, visit.locale)})
    return said


def time_words(ms: int, locale: str) -> str:
    """Return a length of time, such as ``3 hours``."""
    return str(format_timedelta(datetime.timedelta(milliseconds=max(ms, 60_000)), locale=formatting_locale(locale)))


def day_words(day: datetime.date | None, locale: str) -> str:
    """Return a day as people write it; empty where it is not known."""
    return str(format_date(day, "medium", formatting_locale(locale))) if day is not None else ""


def day_of(at: Instant) -> datetime.date:
    """Return the day of a moment, UTC."""
    return datetime.datetime.fromtimestamp(at / 1000, datetime.UTC).date()


def by_week(days: Sequence[tuple[int, PageUse]]) -> dict[int, PageUse]:
    """Return what became of a page in each week, by the ordinal of its Monday."""
    weeks: dict[int, dict[str, int]] = {}
    for day, use in days:
        monday = day - datetime.date.fromordinal(day).weekday()
        into = weeks.setdefault(monday, dict.fromkeys(PageUse.__slots__, 0))
        for name in into:
            into[name] += getattr(use, name)
    return {monday: PageUse(**numbers) for monday, numbers in sorted(weeks.items())}


def _is_new(page: Page, since: int) -> bool:
    """Say whether a page was changed after a day; whether one that is new is read shows only later."""
    return page.updated is not None and page.updated.toordinal() > since
