"""Episodes as templates need them: in a list, and one told from its beginning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from api.dependencies import Services
from api.desk.signed_in import DeskVisit
from api.i18n import Texts
from api.links import shown_url
from api.ticket_words import moment_words
from api.writers.pictures import class_names
from assistant.health.behind import ListedEpisode, PagePart, Wanted
from assistant.record.episodes import EpisodeClass, class_at, fold
from assistant.record.events import Event, EventType, Interaction, ShownPassage
from assistant.staff.models import Right
from corpus.languages import language_name
from corpus.page import Page
from indexer.errors import IndexNotReady

_GOOD = frozenset({EpisodeClass.CONFIRMED, EpisodeClass.ASSUMED})
_BAD = frozenset({EpisodeClass.FAILED, EpisodeClass.UNANSWERED})


def episode_rows(found: Sequence[ListedEpisode], services: Services, visit: DeskVisit) -> list[dict[str, Any]]:
    """Return episodes as they are listed."""
    zone, names = services.intake.calendar.zone, class_names(visit.texts)
    return [
        {
            "id": one.id,
            "question": one.question,
            "lang": one.locale,
            "language": language_name(one.locale, in_locale=visit.locale),
            "date": moment_words(one.at, zone, visit.locale),
            "outcome": _outcome_words(one.outcome, counts=one.counts, names=names, texts=visit.texts),
            "mood": _mood(one.outcome, counts=one.counts),
            "held_out": one.held_out,
            "questions": one.questions,
        }
        for one in found
    ]


def filter_words(wanted: Wanted, title: str, gap: str, visit: DeskVisit) -> list[str]:
    """Return what a list is narrowed to, in words.

    Args:
        wanted: how it is narrowed.
        title: of the page it is about.
        gap: the name of the gap it is about.
        visit: who reads.
    """
    texts, said = visit.texts, []
    if wanted.outcomes:
        names = class_names(texts)
        said.append(" · ".join(names[one] for one in EpisodeClass if one in wanted.outcomes))
    if wanted.asked is not None:
        said.append(asked_names(texts).get(wanted.asked, wanted.asked))
    if wanted.locale is not None:
        said.append(language_name(wanted.locale, in_locale=visit.locale))
    if wanted.page is not None:
        said.append(f"{title}: {part_names(texts)[wanted.part]}")
    if wanted.gap is not None:
        said.append(texts.gettext("gap: %(name)s") % {"name": gap})
    if wanted.held_out:
        said.append(texts.gettext("without answers, by lot"))
    return said


def asked_names(texts: Texts) -> Mapping[str, str]:
    """Return what a question got."""
    return {
        "answered": texts.gettext("a question was answered"),
        "related": texts.gettext("only related pages were shown"),
        "missed": texts.gettext("nothing was shown for a question"),
    }


def part_names(texts: Texts) -> Mapping[PagePart, str]:
    """Return what a page was to an episode."""
    return {
        PagePart.ASKED: texts.gettext("came first"),
        PagePart.SHOWN: texts.gettext("was shown"),
        PagePart.OPENED: texts.gettext("was opened"),
        PagePart.SOLVED: texts.gettext("solved it"),
        PagePart.FAILED: texts.gettext("a ticket followed"),
        PagePart.HELPFUL: texts.gettext("was called helpful"),
        PagePart.UNHELPFUL: texts.gettext("was called not helpful"),
    }


def story_of(episode: str, services: Services, visit: DeskVisit) -> dict[str, Any] | None:
    """Return what happened in an episode, in order; ``None`` if none is recorded of that id."""
    asked, followed = services.record.story_of(episode)
    if not asked:
        return None
    folded = fold(asked, followed)
    outcome = class_at(folded, visit.at)
    gaps = services.writers.episodes.gaps_of(episode)
    try:
        pages = services.live.current().index.pages
    except IndexNotReady:
        pages = {}
    teller = _Teller(visit, services.intake.calendar.zone, pages, gaps, {one.id: one for one in asked})
    steps: list[Interaction | Event] = sorted(
        [*asked, *followed], key=lambda one: (one.at, isinstance(one, Event), one.id)
    )
    return {
        "id": episode,
        "date": moment_words(folded.started_at, services.intake.calendar.zone, visit.locale),
        "language": language_name(folded.locale, in_locale=visit.locale),
        "entry": folded.entry,
        "outcome": _outcome_words(
            outcome, counts=folded.with_ticket_intent, names=class_names(visit.texts), texts=visit.texts
        ),
        "mood": _mood(outcome, counts=folded.with_ticket_intent),
        "held_out": folded.held_out,
        "steps": [teller.told(one) for one in steps],
    }


class _Teller:
    """Tells what happened, step by step."""

    def __init__(
        self,
        visit: DeskVisit,
        zone: ZoneInfo,
        pages: Mapping[str, Page],
        gaps: Mapping[str, str],
        asked: Mapping[str, Interaction],
    ) -> None:
        self._visit, self._texts, self._zone = visit, visit.texts, zone
        self._pages, self._gaps, self._asked = pages, gaps, asked

    def told(self, step: Interaction | Event) -> dict[str, Any]:
        """Return a step as it is told."""
        date = moment_words(step.at, self._zone, self._visit.locale)
        if isinstance(step, Event):
            return {"kind": step.type.value, "date": date, **self._event(step)}
        return {
            "kind": "asked",
            "date": date,
            "question": step.question,
            "lang": step.locale,
            "got": self._got(step),
            "shown": [] if step.held_out else [self._passage(one) for one in step.shown],
            "nearest": [self._passage(one) for one in step.nearest] if step.held_out or not step.shown else [],
            "gap": self._gaps.get(step.id, ""),
        }

    def _event(self, event: Event) -> dict[str, Any]:
        texts, page = self._texts, self._page_of(event)
        ticket = event.ticket if self._visit.member.may(Right.TICKETS) else None
        said = {
            EventType.SHOWN: texts.gettext("The browser has shown it."),
            EventType.OPENED: texts.gettext("Opened a page:"),
            EventType.SOLVED: texts.gettext("Said that it was solved."),
            EventType.DISMISSED: texts.gettext("Closed what was shown."),
            EventType.RETURNED: texts.gettext("Came back with the same matter."),
            EventType.TICKET_CREATED: texts.gettext("Wrote a ticket."),
            EventType.TICKET_CLOSED: texts.gettext("The ticket was closed."),
            EventType.VOTED: (
                texts.gettext("Voted: it helps.") if event.helpful else texts.gettext("Voted: it does not help.")
            ),
        }
        return {"words": said[event.type], "page": page, "reason": event.reason or "", "ticket": ticket}

    def _page_of(self, event: Event) -> dict[str, str] | None:
        asked = self._asked.get(event.scope)
        if asked is None or event.rank is None:
            return None
        found = next((one for one in asked.shown if one.rank == event.rank), None)
        return self._passage(found) if found is not None else None

    def _passage(self, one: ShownPassage) -> dict[str, str]:
        page = self._pages.get(one.page)
        return {
            "page": one.page if page is not None else "",
            "title": page.title if page is not None else one.page,
            "lang": page.locale if page is not None else "",
            "url": shown_url(page.url) if page is not None else "",
        }

    def _got(self, one: Interaction) -> str:
        texts = self._texts
        if one.held_out:
            return texts.gettext("The lot kept the answer back, to compare.")
        return {
            "answered": texts.gettext("An answer was shown:"),
            "related": texts.gettext("Only related pages were shown:"),
            "missed": texts.gettext("Nothing was shown."),
        }.get(one.outcome, one.outcome)


def _outcome_words(outcome: EpisodeClass, *, counts: bool, names: Mapping[EpisodeClass, str], texts: Texts) -> str:
    return names[outcome] if counts else texts.gettext("only looked around")


def _mood(outcome: EpisodeClass, *, counts: bool) -> str:
    if not counts:
        return ""
    return "good" if outcome in _GOOD else "bad" if outcome in _BAD else ""
