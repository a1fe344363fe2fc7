"""Checks a ticket's text against the docs: whether they answer it, matter by matter."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.asking.assistant import Assistant
from assistant.asking.curation import snapshot_of
from assistant.asking.extract import extract_of
from assistant.asking.language import Languages, known_locale, plan_languages
from assistant.asking.models import Hit, Question, Reply
from assistant.asking.policy import MOST_SHOWN
from assistant.asking.query import clean, query_of
from assistant.desk.letters import sentences_of
from assistant.desk.matters import Matter, joined, matters_of
from assistant.desk.models import Answered, CheckedMatter, CheckedPassage, Overall, TicketCheck
from assistant.desk.unknown_words import UnknownWords, unknown_words
from assistant.privacy.redaction import without_placeholders
from indexer.ports import Vector

PASSAGES = 5
"""Most passages that are given for a matter."""
_UNSURE = 0.01
"""A probability is taken to be at least so far from 0 and 1."""
_USUAL = UnknownWords(0.15, ())
"""Of matters that are answered, and of those that are not, about as many words are unknown."""


@dataclass(frozen=True, slots=True)
class AnsweredCalibration:
    """From how sure a search is, and what the pages never say, to the probability that they answer a matter.

    Attributes:
        intercept: of a logistic regression.
        slope: on the logit of the confidence of the largest answer set.
        unknown: on the share of its words that no page has.
        name: where one of those is written as a name.
        yes_from: least probability to say yes.
        no_below: probability below which to say no.
    """

    intercept: float
    slope: float
    unknown: float
    name: float
    yes_from: float
    no_below: float

    def probability(self, confidence: float, unknown: UnknownWords) -> float:
        """Return the probability, 0 to 1."""
        bounded = min(max(confidence, _UNSURE), 1.0 - _UNSURE)
        logit = self.intercept + self.slope * math.log(bounded / (1.0 - bounded))
        logit += self.unknown * unknown.share + self.name * bool(unknown.names)
        return 1.0 / (1.0 + math.exp(-logit))

    def answered(self, probability: float) -> Answered:
        """Return yes, no, or that it cannot be told."""
        if probability >= self.yes_from:
            return Answered.YES
        return Answered.NO if probability < self.no_below else Answered.PARTLY


CALIBRATION = AnsweredCalibration(intercept=0.66, slope=1.29, unknown=-4.47, name=-1.99, yes_from=0.6, no_below=0.4)
"""Fitted with the bundled model and the shipped policy on the 24 matters of the tuning third of ``eval/tickets`` and on
questions of ``eval/data`` that nothing is measured on; those, 476, weigh as 16 matters together."""


def check_ticket(
    letter: str,
    locale: str | None,
    assistant: Assistant,
    *,
    shown: Collection[str] = (),
    opened: Collection[str] = (),
    languages: Languages | None = None,
    calibration: AnsweredCalibration = CALIBRATION,
) -> TicketCheck:
    """Return whether the docs answer a ticket.

    Args:
        letter: its text, without personal data.
        locale: of the customer, if known.
        assistant: of the generation, and with the curation, to check against.
        shown: passages that the customer was shown as answers before, by their ids.
        opened: passages that the customer opened before.
        languages: where to look; by default as for a question.
        calibration: from the search's confidence to that of the check.

    Raises:
        QuestionUnusable: if the text is empty or too long, or the locale is none.
    """
    asked = without_placeholders(clean(letter))
    plan = languages or plan_languages(asked, locale=known_locale(locale), available=assistant.index.languages)

    @cache
    def vector(text: str) -> Vector:
        return assistant.index.embed(text)

    def likeness(one: str, other: str) -> float:
        return float(vector(one) @ vector(other))

    matters = matters_of(letter, plan.spoken, likeness=likeness)
    sentences = sentences_of(letter, plan.spoken)

    def ask(matter: Matter) -> Reply:
        rest = [vector(one.text) for one in sentences if one.span not in matter.spans]
        return assistant.answer(Question(matter.text, locale), languages=plan, besides=rest)

    checked = [
        _checked(one, reply, assistant, plan, shown=shown, opened=opened, calibration=calibration)
        for one, reply in _merged([(one, ask(one)) for one in matters], ask)
    ]
    return TicketCheck(
        text=letter,
        locale=plan.locale,
        generation=assistant.index.manifest.id,
        curation=snapshot_of(assistant.curation.sources)[0],
        overall=overall_of([one.confidence for one in checked]),
        matters=tuple(checked),
    )


def overall_of(confidences: Sequence[float]) -> Overall:
    """Return whether all matters are likelier answered than not, none is, or some are."""
    likely = [confidence >= 0.5 for confidence in confidences]
    if not any(likely):
        return Overall.NONE
    return Overall.FULL if all(likely) else Overall.PARTLY


def _merged(found: Sequence[tuple[Matter, Reply]], ask: Callable[[Matter], Reply]) -> list[tuple[Matter, Reply]]:
    """Join neighbours that lead to the same passage, unless the second turns to something else in so many words."""
    merged: list[tuple[Matter, Reply]] = []
    for matter, reply in found:
        if merged and not matter.turns and _best(merged[-1][1]) == _best(reply) is not None:
            both = joined(merged[-1][0], matter)
            merged[-1] = (both, ask(both))
        else:
            merged.append((matter, reply))
    return merged


def _best(reply: Reply) -> str | None:
    return reply.nearest[0].passage.id if reply.nearest else None


def _checked(
    matter: Matter,
    reply: Reply,
    assistant: Assistant,
    plan: Languages,
    *,
    shown: Collection[str],
    opened: Collection[str],
    calibration: AnsweredCalibration,
) -> CheckedMatter:
    hits = reply.nearest[:PASSAGES]
    sure = sum(hit.confidence for hit in reply.nearest[:MOST_SHOWN])
    query = query_of(clean(matter.text), plan.spoken)
    # Where no page is in the customer's language, nothing can be said of their words.
    spoken = plan.spoken if plan.spoken in assistant.index.languages else None
    unknown = unknown_words(query, assistant.index.lexical(spoken), spoken) if spoken else _USUAL
    confidence = calibration.probability(sure, unknown) if hits else 0.0
    answered = calibration.answered(confidence)
    if hits and hits[0].pinned:  # a person has decided it
        confidence, answered = 1.0, Answered.YES
    elif answered is Answered.YES and not assistant.trusted:
        answered = Answered.PARTLY
    return CheckedMatter(
        matter,
        answered,
        round(confidence, 4),
        unknown.names,
        tuple(_passage(hit, query, assistant, shown=shown, opened=opened) for hit in hits),
    )


def _passage(
    hit: Hit, query: str, assistant: Assistant, *, shown: Collection[str], opened: Collection[str]
) -> CheckedPassage:
    extract = extract_of(hit.passage, hit.best_window, query, assistant.index.lexical(hit.passage.language))
    return CheckedPassage(hit, extract, hit.passage.id in shown, hit.passage.id in opened)
