"""What the overview is made of: cards, and pictures with their tables; and the two that are not of the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from api.dependencies import Services
from api.desk.signed_in import DeskVisit
from api.i18n import Texts
from api.writers import findings
from api.writers.findings import problem_names
from api.writers.page_views import Health, stale_words
from api.writers.plots import Scale, Whisker, whiskers
from api.writers.words import interval
from assistant.gaps.models import Gap
from assistant.health.models import Problem
from assistant.record.episodes import EpisodeClass


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a table, and where what is behind it can be seen."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Picture:
    """A finding with its picture and its table; ``key`` names the colours, ``notes`` say how to read it."""

    id: str
    title: str
    finding: str
    svg: Markup | str
    head: Sequence[str]
    rows: Sequence[tuple[Cell, Sequence[Cell]]]
    key: Sequence[tuple[int, str]] = ()
    notes: Sequence[str] = field(default_factory=tuple)
    more: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One figure to know: what it is called, how it is, a word on it, and what is behind it."""

    name: str
    figure: str
    word: str
    url: str


def class_names(texts: Texts) -> Mapping[EpisodeClass, str]:
    """Return what became of an episode, in a few words."""
    return {
        EpisodeClass.CONFIRMED: texts.gettext("said it was solved"),
        EpisodeClass.ASSUMED: texts.gettext("opened an answer, no ticket"),
        EpisodeClass.FAILED: texts.gettext("ticket after an answer"),
        EpisodeClass.UNANSWERED: texts.gettext("ticket, no answer shown"),
        EpisodeClass.ABANDONED: texts.gettext("went away in silence"),
        EpisodeClass.PENDING: texts.gettext("too recent to tell"),
    }


def gaps_picture(called: Sequence[tuple[Gap, str]], visit: DeskVisit) -> Picture:
    """Return what to write next, by what a page for each gap would spare; gaps come with their names."""
    texts = visit.texts
    counted = [(gap, name, cost) for gap, name in called if (cost := gap.facts.cost) is not None]
    first = counted[0] if counted else None
    finding = findings.first_gap(
        first[1] if first is not None else None,
        interval(first[2].spared, texts) if first is not None else "",
        texts,
    )
    rows = tuple(Whisker(name, cost.spared.mean, cost.spared.low, cost.spared.high) for _, name, cost in counted)
    label = texts.gettext("Tickets a week that a page for each gap would spare. %(finding)s") % {"finding": finding}
    return Picture(
        id="gaps",
        title=texts.gettext("What to write next"),
        finding=finding,
        svg=whiskers("gaps", rows, Scale(texts.language), label, bars=True) if rows else "",
        head=[
            texts.gettext("Gap"),
            texts.gettext("People"),
            texts.gettext("Tickets"),
            texts.gettext("A page would spare, a week"),
        ],
        rows=[
            (
                Cell(name, f"/writers/gaps/{gap.id}"),
                [
                    Cell(str(gap.facts.people), f"/writers/episodes?gap={gap.id}&from=all"),
                    Cell(str(gap.facts.tickets), f"/writers/episodes?gap={gap.id}&from=all&outcome=FN"),
                    Cell(interval(cost.spared, texts)),
                ],
            )
            for gap, name, cost in counted
        ],
        notes=[
            texts.gettext(
                "Tickets a week that a page would spare; the line is where the truth lies in 80 of 100 cases."
            )
        ]
        if rows
        else [],
        more=("/writers/gaps", texts.gettext("All gaps")),
    )


def pages_picture(health: Health, services: Services, visit: DeskVisit) -> Picture:
    """Return how many pages have which problem."""
    texts, names = visit.texts, problem_names(visit.texts)
    numbers = [(one, many) for one, many in health.numbers() if many]
    with_problem = sum(bool(one) for one in health.problems.values())
    finding = findings.health(numbers, with_problem, len(health.problems), texts)
    most_first = sorted(numbers, key=lambda one: -one[1])
    rows = tuple(Whisker(_capital(names[one]), float(many), float(many), float(many)) for one, many in most_first)
    label = texts.gettext("How many pages have each problem. %(finding)s") % {"finding": finding}
    return Picture(
        id="pages",
        title=texts.gettext("Do the pages want looking after?"),
        finding=finding,
        svg=whiskers("pages", rows, Scale(texts.language), label, bars=True) if rows else "",
        head=[texts.gettext("Problem"), texts.gettext("Pages")],
        rows=[
            (Cell(_capital(names[one])), [Cell(str(many), f"/writers/pages?problem={one.value}")])
            for one, many in most_first
        ],
        notes=stale_words(services, health.index, visit),
        more=("/writers/pages", texts.gettext("All pages")),
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def is_known(problem: str) -> Problem | None:
    """Return a problem by its name in an address."""
    return next((one for one in Problem if one.value == problem), None)
