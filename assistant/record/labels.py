"""Staff's verdicts → labelled questions: what a policy is fitted and checked on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.record.evidence import MACHINE, Evidence, Finding, Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """A ticket with all that was said of it."""

    ticket: str
    locale: str
    evidence: Evidence
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """Questions with the pages that answer them, and questions that no page answers; each with its locale.

    ``answered`` is (ticket, question, locale, page), ``unanswered`` (ticket, question, locale).
    """

    answered: tuple[tuple[str, str, str, str], ...]
    unanswered: tuple[tuple[str, str, str], ...]


def labels_of(judged: Iterable[Judged]) -> Labels:
    """Return what staff's latest verdicts say of tickets.

    Where they say that the docs answer it, the page that the machine has found first is taken for the one; where it had
    found none, nobody has said which, and the ticket is left out. So is one that is answered in part: a label is of a
    whole question.
    """
    answered, unanswered = [], []
    for one in judged:
        said = [verdict.finding for verdict in one.verdicts if verdict.by != MACHINE][-1:]
        if not said or not one.evidence.question:
            continue
        question, locale = one.evidence.question, one.evidence.locale or one.locale
        if said[0] is Finding.NOT_IN_DOCS:
            unanswered.append((one.ticket, question, locale))
        elif said[0] is not Finding.PARTLY_IN_DOCS:
            page = next((passage.page for passage in one.evidence.passages if passage.rank == 1), None)
            if page is not None:
                answered.append((one.ticket, question, locale, page))
    return Labels(tuple(answered), tuple(unanswered))
