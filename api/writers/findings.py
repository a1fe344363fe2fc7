"""What the overview finds, in a sentence each: computed, and careful with what may be chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.deflection_trend import Halves, change
from api.i18n import Texts
from api.writers.words import number, percent
from assistant.health.models import Problem
from assistant.record.experiment import Effect
from assistant.record.intervals import Rate
from assistant.record.summary import ExperimentSummary

LEAST_TO_STAND_OUT = 20
"""With fewer closed episodes or questions nothing is said of a language."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A rate of one language, and how that is called."""

    name: str
    rate: Rate


def better_or_worse(halves: Halves | None, texts: Texts) -> str:
    """Return whether more people get their answer than before."""
    if halves is None:
        return texts.gettext("Too few people asked to tell whether it gets better.")
    before, after = halves.before.deflection, halves.after.deflection
    gained = change(before, after)
    said = {"before": percent(before.share or 0.0, texts), "after": percent(after.share or 0.0, texts)}
    if gained.low > 0.0:
        return (
            texts.gettext("It gets better: %(before)s needed no ticket in the first half, %(after)s in the second.")
            % said
        )
    if gained.high < 0.0:
        return (
            texts.gettext("It gets worse: %(before)s needed no ticket in the first half, %(after)s in the second.")
            % said
        )
    return (
        texts.gettext("No clear change: %(before)s needed no ticket in the first half, %(after)s in the second.") % said
    )


def spared(experiment: ExperimentSummary | None, texts: Texts) -> str:
    """Return what the holdout says on whether answers spare tickets."""
    if experiment is None:
        return texts.gettext("Nobody knows how many would have managed without answers too.")
    effect = experiment.tickets
    if effect.split.mismatch:
        return texts.gettext("The holdout cannot be trusted: the lot did not fall as it should.")
    if not isinstance(effect, Effect) or effect.more_episodes_needed:
        return texts.gettext("It is too early to tell how many tickets answers spare.")
    said = {
        "tickets": number(100 * abs(effect.difference), texts),
        "low": number(100 * effect.low, texts),
        "high": number(100 * effect.high, texts),
    }
    if effect.low > 0.0:
        return texts.gettext("Answers spare %(tickets)s tickets for every 100 who ask (%(low)s to %(high)s).") % said
    if effect.high < 0.0:
        return texts.gettext("With answers come %(tickets)s more tickets for every 100 who ask.") % said
    return texts.gettext("Whether answers spare tickets cannot be told from chance.")


def answered(before: Rate | None, after: Rate | None, whole: Rate, texts: Texts) -> str:
    """Return how many questions are answered, and whether that has changed."""
    if whole.share is None:
        return texts.gettext("Nobody asked.")
    said = {"share": percent(whole.share, texts)}
    if before is not None and after is not None and min(before.denominator, after.denominator) >= LEAST_TO_STAND_OUT:
        said |= {"before": percent(before.share or 0.0, texts), "after": percent(after.share or 0.0, texts)}
        gained = change(before, after)
        if gained.low > 0.0:
            return (
                texts.gettext("More questions are answered: %(before)s in the first half, %(after)s in the second.")
                % said
            )
        if gained.high < 0.0:
            return (
                texts.gettext("Fewer questions are answered: %(before)s in the first half, %(after)s in the second.")
                % said
            )
    return texts.gettext("%(share)s of all questions are answered, with no clear change.") % said


def parity(rows: Sequence[Compared], whole: Rate, texts: Texts) -> str:
    """Return which language is answered less than all together, beyond chance."""
    overall = whole.share or 0.0
    low = [one for one in rows if one.rate.denominator >= LEAST_TO_STAND_OUT and one.rate.high < overall]
    if not low:
        return texts.gettext("No language is answered less than the others, as far as can be told.")
    worst = min(low, key=lambda one: one.rate.share or 0.0)
    return texts.gettext("Answered least: %(language)s, %(share)s of its questions; over all it is %(all)s.") % {
        "language": worst.name,
        "share": percent(worst.rate.share or 0.0, texts),
        "all": percent(overall, texts),
    }


def first_gap(name: str | None, spares: str, texts: Texts) -> str:
    """Return which page to write first."""
    if name is None:
        return texts.gettext("There is nothing to write: no gap is known.")
    return texts.gettext("Write first: “%(name)s”. A page would spare %(spares)s tickets a week.") % {
        "name": name,
        "spares": spares,
    }


def health(numbers: Sequence[tuple[Problem, int]], with_problem: int, pages: int, texts: Texts) -> str:
    """Return how many pages want looking after."""
    if not with_problem:
        return texts.gettext("No page shows a problem.")
    most = max(numbers, key=lambda one: one[1])[0]
    words = texts.ngettext(
        "%(num)s page of %(pages)s shows a problem, most often: %(problem)s.",
        "%(num)s pages of %(pages)s show a problem, most often: %(problem)s.",
        with_problem,
    )
    return words % {"num": with_problem, "pages": pages, "problem": problem_names(texts)[most]}


def problem_names(texts: Texts) -> dict[Problem, str]:
    """Return what each problem of a page is called."""
    return {
        Problem.CONTRADICTS: texts.gettext("may contradict another page"),
        Problem.FAILS: texts.gettext("fails more than others"),
        Problem.BROKEN_LINKS: texts.gettext("broken links"),
        Problem.OLDER: texts.gettext("older than a translation"),
        Problem.MISSING: texts.gettext("not there in every language"),
        Problem.NEAR_DUPLICATE: texts.gettext("nearly the same as another page"),
        Problem.NOT_SERVED: texts.gettext("changed, not served yet"),
        Problem.UNREAD: texts.gettext("unread for 90 days"),
    }
