"""What the writers' desk shows of gaps, as templates need it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.dependencies import Services
from api.desk.signed_in import DeskVisit
from api.links import shown_url
from api.ticket_words import moment_words
from api.writers.words import advice, diagnosis_names, interval, number, percent, signal_names, state_names
from assistant.gaps.models import OPEN, Gap, GapQuestion
from assistant.gaps.savings import Saving
from assistant.staff.models import Right, StaffMember
from corpus.languages import language_name
from indexer.errors import IndexNotReady

_MOST_TERMS = 4
_TREND_WEEKS = 4


def gap_rows(gaps: Sequence[Gap], services: Services, visit: DeskVisit) -> list[dict[str, Any]]:
    """Return gaps as they are listed."""
    store = services.writers.gaps.store
    texts_of = store.texts([question for one in gaps for _, question in one.names])
    names = services.accounts.names()
    return [row_of(one, texts_of, names, visit) for one in gaps]


def row_of(gap: Gap, texts_of: Any, names: Any, visit: DeskVisit) -> dict[str, Any]:
    """Return a gap as it is listed; ``texts_of`` maps questions to their texts, ``names`` staff to their names."""
    texts = visit.texts
    name, language = name_of(gap, texts_of, visit.locale)
    facts, cost = gap.facts, gap.facts.cost
    diagnosis = gap.diagnosis
    return {
        "id": gap.id,
        "name": name,
        "lang": language,
        "terms": ", ".join(terms_of(gap, visit.locale)),
        "state": gap.state.value,
        "state_words": state_names(texts)[gap.state],
        "open": gap.state in OPEN,
        "assignee": names.get(gap.assignee, gap.assignee) if gap.assignee else "",
        "mine": gap.assignee == visit.member.id,
        "people": facts.people,
        "tickets": facts.tickets,
        "languages": ", ".join(
            f"{language_name(code, in_locale=visit.locale)} {many}" for code, many in facts.languages
        ),
        "diagnosis": diagnosis.value if diagnosis is not None else "",
        "diagnosis_words": diagnosis_names(texts)[diagnosis] if diagnosis is not None else "",
        "asked": number(cost.asked.mean, texts) if cost is not None else "",
        "brings": interval(cost.tickets, texts) if cost is not None else "",
        "spares": interval(cost.spared, texts) if cost is not None else "",
        "trend": trend_words(facts.weeks, visit),
        "weeks": list(facts.weeks),
    }


def gap_view(gap: Gap, services: Services, visit: DeskVisit) -> dict[str, Any]:
    """Return a gap with all that is known of it."""
    store, texts, zone = services.writers.gaps.store, visit.texts, services.intake.calendar.zone
    names = services.accounts.names()
    diagnosis, facts, cost = gap.diagnosis, gap.facts, gap.facts.cost
    return {
        **row_of(gap, store.texts([question for _, question in gap.names]), names, visit),
        "reason": gap.reason,
        "advice": advice(diagnosis, texts) if diagnosis is not None else "",
        "said": gap.said is not None,
        "hint": hint_of(gap, services),
        "said_missing": facts.said_missing,
        "opened": facts.opened,
        "questions": facts.questions,
        "first": moment_words(facts.first_at, zone, visit.locale) if facts.first_at else "",
        "chances": (
            {
                "asked": interval(cost.asked, texts),
                "ticket": percent(cost.ticket.mean, texts),
                "answered": percent(cost.answered.mean, texts),
            }
            if cost is not None
            else None
        ),
        "near": [
            {
                "title": one.title,
                "page": one.page,
                "lang": one.locale,
                "share": percent(one.share, texts),
                "url": url_of(one.page, services),
            }
            for one in facts.near
        ],
        "notes": [
            {"by": names.get(one.by, one.by), "text": one.text, "date": moment_words(one.at, zone, visit.locale)}
            for one in store.notes(gap.id)
        ],
        "page": gap.page,
        "page_url": url_of(gap.page, services) if gap.page else "",
        "published": moment_words(gap.published_at, zone, visit.locale) if gap.published_at else "",
        "predicted": interval(gap.predicted.spared, texts) if gap.predicted is not None else "",
        "into": gap.into,
    }


def question_rows(questions: Sequence[GapQuestion], services: Services, visit: DeskVisit) -> list[dict[str, Any]]:
    """Return a gap's questions as they are listed, those that read the same together, with the latest of them."""
    words, zone = signal_names(visit.texts), services.intake.calendar.zone
    alike: dict[tuple[str, str], list[GapQuestion]] = {}
    for one in questions:
        alike.setdefault((one.locale, one.text or one.id), []).append(one)
    return [
        {
            "id": some[0].id,
            "episode": some[0].episode,
            "text": some[0].text,
            "times": len(some),
            "lang": some[0].locale,
            "why": words[some[0].signal],
            "ticket": any(one.ticket for one in some),
            "date": moment_words(some[0].at, zone, visit.locale),
        }
        for some in alike.values()
    ]


def saving_view(saving: Saving | None, visit: DeskVisit) -> dict[str, Any] | None:
    """Return what a page has spared so far, in words."""
    if saving is None:
        return None
    texts = visit.texts
    return {
        "spared": interval(saving.spared, texts),
        "expected": number(saving.expected, texts),
        "came": number(saving.came, texts),
        "weeks": number(saving.weeks, texts),
        "early": saving.weeks < 2,
        "helped": saving.helped,
    }


def name_of(gap: Gap, texts_of: Any, locale: str) -> tuple[str, str]:
    """Return a gap's name for somebody who reads a language, and the language that the name is in."""
    language = locale.split("-")[0]
    ids = dict(gap.names)
    for wanted in (language, "en", *ids):
        text = texts_of.get(ids.get(wanted, ""))
        if text:
            return " ".join(text.split()), ""
    return ", ".join(terms_of(gap, locale)) or gap.id, ""


def terms_of(gap: Gap, locale: str) -> tuple[str, ...]:
    """Return the words that set a gap apart, in somebody's language or that of most who ask."""
    terms = dict(gap.terms)
    wanted = [locale.split("-")[0], *(language for language, _ in gap.facts.languages), *terms]
    found = next((terms[one] for one in wanted if terms.get(one)), ())
    return found[:_MOST_TERMS]


def trend_words(weeks: Sequence[int], visit: DeskVisit) -> str:
    """Return how the last weeks compare with those before, where that can be told."""
    late, early = sum(weeks[-_TREND_WEEKS:]), sum(weeks[-2 * _TREND_WEEKS : -_TREND_WEEKS])
    texts = visit.texts
    # Two Poisson counts differ by more than chance where the square roots do by about 1.
    difference = late**0.5 - early**0.5
    if difference > 1.0:
        return texts.gettext("rising: %(late)s people in 4 weeks, %(early)s before") % {"late": late, "early": early}
    if difference < -1.0:
        return texts.gettext("falling: %(late)s people in 4 weeks, %(early)s before") % {"late": late, "early": early}
    return texts.gettext("steady: %(late)s people in 4 weeks, %(early)s before") % {"late": late, "early": early}


def hint_of(gap: Gap, services: Services) -> dict[str, str] | None:
    """Return the passage that a diagnosis is about, if it is there."""
    if not gap.facts.hint or gap.said not in (None, gap.facts.diagnosis):
        return None
    try:
        index = services.live.current().index
    except IndexNotReady:
        return None
    passage = next((one for one in index.passages if one.id == gap.facts.hint), None)
    if passage is None:
        return None
    path = " › ".join((passage.page_title, *passage.heading_path))
    return {
        "title": path,
        "text": passage.text[:300],
        "url": shown_url(passage.url),
        "lang": passage.locale,
        "page": passage.page_id,
    }


def url_of(page: str, services: Services) -> str:
    """Return where a page is read, empty if it is not there."""
    try:
        found = services.live.current().index.pages.get(page)
    except IndexNotReady:
        return ""
    return shown_url(found.url) if found is not None else ""


def diagnosis_choices(visit: DeskVisit) -> list[tuple[str, str]]:
    """Return what a writer may say is wrong."""
    return [(one.value, words) for one, words in diagnosis_names(visit.texts).items()]


def writers_of(services: Services) -> list[StaffMember]:
    """Return those who may be given a gap."""
    return [one for one in services.accounts.members() if one.may(Right.PAGES)]
