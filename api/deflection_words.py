"""What the text and the page of a report say in words."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from api.deflection_trend import Halves, change
from assistant.record.deflection import Deflection
from assistant.record.episodes import WINDOWS, EpisodeClass
from assistant.record.events import MS_PER_DAY, MS_PER_HOUR
from assistant.record.experiment import Effect, NotYet
from assistant.record.intervals import Rate
from assistant.record.summary import ExperimentSummary, Summary

HOURS = WINDOWS.ticket_ms // MS_PER_HOUR
DAYS = WINDOWS.durable_ms // MS_PER_DAY

MEANINGS = {
    EpisodeClass.CONFIRMED: "said that it was solved",
    EpisodeClass.ASSUMED: f"opened an answer, wrote no ticket for {HOURS} hours",
    EpisodeClass.FAILED: "were shown an answer, and wrote a ticket",
    EpisodeClass.UNANSWERED: "found no answer, and wrote a ticket",
    EpisodeClass.ABANDONED: "went away in silence, helped or not",
    EpisodeClass.PENDING: f"asked less than {HOURS} hours ago: too recent to tell",
}
"""What the people of a class did, by which a report names it."""

NO_HOLDOUT = (
    "Without a holdout nobody knows how many would have managed without answers too.",
    "ASKFIRST_HOLDOUT_SHARE=0.1 gives one visitor in ten the plain form, by lot, and this report compares.",
)


@dataclass(frozen=True, slots=True)
class Compared:
    """How the words of an effect go: its name, what there is more or fewer of, and what people did.

    ``sign`` turns the difference, holdout less the rest, into what answers bring: 1 to count what they spare, -1 to
    count what they add.
    """

    name: str
    counted: str
    did: str
    sign: int


TICKETS = Compared("Tickets avoided", "tickets", "wrote a ticket", 1)
SILENCE = Compared("Harm meter", "people gone in silence", "went away in silence", -1)


def day(ordinal: int) -> str:
    """Return a day as people write it."""
    return f"{datetime.date.fromordinal(ordinal):%-d %B %Y}"


def as_of(summary: Summary, zone: ZoneInfo) -> str:
    """Return the moment of a report as people write it, with its time zone."""
    return f"{datetime.datetime.fromtimestamp(summary.now / 1000, zone):%-d %B %Y, %H:%M} ({zone.key})"


def share(rate: Rate) -> str:
    """Return a rate in percent, or a dash where nothing was counted."""
    return "–" if rate.share is None else f"{rate.share:.1%}"


def percent(rate: Rate) -> str:
    """Return a rate in percent with its interval, or a dash where nothing was counted."""
    return "–" if rate.share is None else f"{rate.share:.1%} ({rate.low:.1%} to {rate.high:.1%})"


def in_words(total: Deflection) -> list[str]:
    """Return what became of all, a line for each class."""
    if not total.closed:
        return [f"Nobody asked whose {HOURS} hours are over{waiting(total)}."]
    rates = {
        EpisodeClass.CONFIRMED: total.confirmed,
        EpisodeClass.ASSUMED: total.assumed,
        EpisodeClass.FAILED: total.failed,
        EpisodeClass.UNANSWERED: total.unanswered,
        EpisodeClass.ABANDONED: total.abandoned,
    }
    return [
        f"{total.closed:,} times somebody with a problem asked before writing to you{waiting(total)}.",
        "Of these",
        "",
        *(f"{rate.numerator:>6,}  {percent(rate):<23} {one.value} {MEANINGS[one]}" for one, rate in rates.items()),
        "",
        f"Deflection (C + S, the first two): {percent(total.deflection)} of {total.closed:,}.",
        f"Still so after {DAYS} days: {percent(total.durable)} of {total.durable.denominator:,} old enough to tell.",
    ]


def waiting(total: Deflection) -> str:
    """Return how many are pending, as the end of a sentence; nothing if none are."""
    pending = total.counts[EpisodeClass.PENDING]
    return f"; {pending:,} more {'is' if pending == 1 else 'are'} too recent to tell" if pending else ""


def experiment_in_words(experiment: ExperimentSummary | None) -> list[str]:
    """Return what the holdout says, in sentences."""
    if experiment is None:
        return list(NO_HOLDOUT)
    return [
        f"Holdout {experiment.name!r}: {lot_in_words(experiment)}",
        *mismatch_in_words(experiment),
        "",
        f"{TICKETS.name}: {' '.join(effect_in_words(experiment.tickets, TICKETS))}",
        "",
        f"{SILENCE.name}: {' '.join(effect_in_words(experiment.silence, SILENCE))}",
    ]


def lot_in_words(experiment: ExperimentSummary) -> str:
    """Return how many were held out."""
    split = experiment.tickets.split
    return (
        f"{split.held_out:,} of {split.clusters:,} people got the plain form by lot, without answers "
        f"({experiment.share:.0%} were to)."
    )


def mismatch_in_words(experiment: ExperimentSummary) -> list[str]:
    """Return the warning about a lot that did not fall as it should, if it did not."""
    split = experiment.tickets.split
    if not split.mismatch:
        return []
    return [
        f"The lot did not fall as it should: by chance it is so far off less than once in 1,000 times "
        f"(p = {split.p_value:.1g}), so something else decides who is counted. "
        "Do not trust the figures below."
    ]


def effect_in_words(effect: Effect | NotYet, compared: Compared) -> list[str]:
    """Return what offering answers changed, how sure that is, and the rates it rests on."""
    if isinstance(effect, NotYet):
        return [f"Not known yet: too little to tell. About {effect.more_episodes:,} more episodes are needed."]
    found = f"{difference_in_words(effect, compared)}; the 95% interval is {interval_in_words(effect, compared)}."
    rates = (
        f"Of {effect.holdout.denominator:,} episodes without answers {percent(effect.holdout)} {compared.did}, "
        f"of {effect.offered.denominator:,} with answers {percent(effect.offered)}."
    )
    if effect.more_episodes_needed:
        needed = (
            f"This may be chance: about {effect.more_episodes_needed:,} more episodes are needed to be likely to see "
            f"a difference of {effect.look_for * 100:.0f} in 100."
        )
        return [f"Not known yet. So far {found}", needed, rates]
    if effect.low <= 0.0 <= effect.high:
        return [f"No difference can be told from chance: {found}", rates]
    return [f"{found[0].upper()}{found[1:]}", rates]


def difference_in_words(effect: Effect, compared: Compared) -> str:
    """Return a difference: ``5.6 fewer tickets for every 100 who asked than without answers``."""
    points = 100 * abs(effect.difference)
    return f"{points:.1f} {_which(effect.difference)} {compared.counted} for every 100 who asked than without answers"


def interval_in_words(effect: Effect, compared: Compared) -> str:
    """Return an interval, worse end first for what is spared: ``from 9.8 more to 21.0 fewer``."""
    ends = (effect.low, effect.high) if compared.sign > 0 else (effect.high, effect.low)
    low, high = (f"{100 * abs(end):.1f} {_which(end)}" for end in ends)
    return f"from {low} to {high}"


def trend_in_brief(halves: Halves | None) -> str:
    """Return whether more get their answer than before, in a sentence."""
    if halves is None:
        return trend_in_words(halves)[0]
    gained = change(halves.before.deflection, halves.after.deflection)
    return (
        f"{_verdict_of(gained.low, gained.high, 'Yes', 'No, worse')}: {share(gained.before)} of "
        f"{gained.before.denominator:,} got their answer in the first half, {share(gained.after)} of "
        f"{gained.after.denominator:,} in the second."
    )


def trend_in_words(halves: Halves | None) -> list[str]:
    """Return whether it gets better, and how sure that is: a sentence on deflection, one on silence."""
    if halves is None:
        return ["Too few asked to tell."]
    gained = change(halves.before.deflection, halves.after.deflection)
    quiet = change(halves.before.abandoned, halves.after.abandoned)
    spans = (
        f"to {day(halves.middle - 1)}",
        f"to {day(halves.last_day)}",
    )
    return [
        f"{_verdict_of(gained.low, gained.high, 'Better', 'Worse')}: {share(gained.before)} of "
        f"{gained.before.denominator:,} got their answer in the first half ({spans[0]}), {share(gained.after)} of "
        f"{gained.after.denominator:,} in the second ({spans[1]}){_chance(gained.low, gained.high)}.",
        f"{_verdict_of(-quiet.high, -quiet.low, 'Less silence', 'More silence')}: {share(quiet.before)} of "
        f"{quiet.before.denominator:,} went away in silence in the first half, {share(quiet.after)} of "
        f"{quiet.after.denominator:,} in the second{_chance(quiet.low, quiet.high)}.",
    ]


def _verdict_of(low: float, high: float, better: str, worse: str) -> str:
    if low > 0.0:
        return better
    return worse if high < 0.0 else "No clear change"


def _chance(low: float, high: float) -> str:
    known = "more than chance explains" if low > 0.0 or high < 0.0 else "this may be chance"
    return f"; {known} (a change of {_points(low)} to {_points(high)} points)"


def _points(difference: float) -> str:
    return f"{100 * difference:+.1f}".replace("-", "−")


def _which(difference: float) -> str:
    return "fewer" if difference >= 0.0 else "more"
