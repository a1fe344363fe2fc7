"""The report of a period as one page that needs nothing else: no script, no font, no file beside it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.deflection_plots import (
    FEW,
    STACK,
    WIDTH,
    Whisker,
    has_rate,
    plot_counts,
    plot_effect,
    plot_rates,
    top_of,
    widest_of,
)
from api.deflection_trend import Halves, Slot, halves_of, slots_of, step_of
from api.deflection_words import (
    DAYS,
    HOURS,
    MEANINGS,
    NO_HOLDOUT,
    SILENCE,
    TICKETS,
    Compared,
    as_of,
    day,
    effect_in_words,
    lot_in_words,
    mismatch_in_words,
    percent,
    share,
    trend_in_brief,
    trend_in_words,
    waiting,
)
from assistant.record.deflection import Deflection, Dimension
from assistant.record.episodes import SUCCESS, TICKET, EpisodeClass
from assistant.record.experiment import Effect, NotYet
from assistant.record.intervals import Rate, rate
from assistant.record.summary import ExperimentSummary, Summary
from corpus.languages import language_name

_MOST_PAGES = 5
_MOST_IN_FULL = 100
_MOST_LINES = 40
_NONE = "–"
"""How a line without a value is called."""
_LEAST_TO_STAND_OUT = 20
_TITLES = {
    EpisodeClass.CONFIRMED: "said “solved”",
    EpisodeClass.ASSUMED: "opened an answer",
    EpisodeClass.FAILED: "ticket after an answer",
    EpisodeClass.UNANSWERED: "ticket, no answer",
    EpisodeClass.ABANDONED: "silence",
    EpisodeClass.PENDING: "pending",
}
_STEPS = {Dimension.DAY: "day", Dimension.WEEK: "week", Dimension.MONTH: "month"}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: what it is called, its id where that is another, and its figures."""

    name: str
    id: str
    line: Deflection


@dataclass(frozen=True, slots=True)
class Ranking:
    """The pages with most of some classes, and how many more have any."""

    letters: str
    title: str
    sentence: str
    rows: tuple[tuple[Row, Rate], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a holdout says of one outcome. ``state`` is how sure that is."""

    name: str
    state: str
    sentences: tuple[str, ...]
    effect: Effect | None
    whisker: Whisker | None
    label: str
    left: str
    right: str


def page_of(
    summary: Summary,
    lines: Mapping[Dimension, Sequence[Deflection]],
    *,
    site: str,
    titles: Mapping[str, str],
    zone: ZoneInfo,
) -> str:
    """Return the page of a report.

    Args:
        summary: the report.
        lines: the same period by day, language, entry point and page.
        site: the name of the help centre.
        titles: of pages, by their ids.
        zone: in which days are told.
    """
    total, step = summary.total, step_of(summary)
    slots = slots_of(summary, lines.get(Dimension.DAY, ()), zone=zone)
    halves = halves_of(summary, lines.get(Dimension.DAY, ()), zone=zone)
    languages = [Row(_language(line.value), "", line) for line in lines.get(Dimension.LOCALE, ())]
    pages = [Row(titles.get(line.value, line.value), line.value, line) for line in lines.get(Dimension.PAGE, ())]
    known = [row for row in pages if row.id != _NONE]
    rankings = _rankings(known, summary.design_effect)
    return (
        _environment()
        .get_template("deflection.html")
        .render(
            site=site,
            period=f"{day(summary.first_day)} to {day(summary.last_day)}",
            as_of=as_of(summary, zone),
            summary=summary,
            total=total,
            waiting=waiting(total),
            tickets=_tickets(total, summary.design_effect),
            cards=[(one, _TITLES[one], MEANINGS[one], _rate_of(total, one)) for one in STACK[:-1]],
            classes=[(one, _TITLES[one], MEANINGS[one]) for one in STACK],
            brief=_brief(summary, halves, languages, rankings),
            step=_STEPS[step],
            slots=[(_name_of(step)(slot), slot) for slot in slots],
            counts=plot_counts(slots, name_of=_name_of(step), short=_short(step)),
            rates=plot_rates(slots, total, name_of=_name_of(step), short=_short(step)),
            counts_label=_counts_label(slots, step),
            rates_label=_rates_label(slots, step, total),
            unfinished=len([slot for slot in slots if not slot.is_complete and any(slot.line.counts.values())]),
            sparse=any(has_rate(slot) and slot.line.closed < FEW for slot in slots),
            trend=trend_in_words(halves),
            breakdowns=[
                ("languages", "By language", "the language they asked in", languages),
                (
                    "entries",
                    "By entry point",
                    "the page or form from where they asked",
                    [Row(line.value, "", line) for line in lines.get(Dimension.ENTRY, ())],
                ),
            ],
            most_lines=_MOST_LINES,
            rankings=rankings,
            pages=known[:_MOST_IN_FULL],
            more_pages=max(0, len(known) - _MOST_IN_FULL),
            pageless=next((row.line for row in pages if row.id == _NONE), None),
            experiment=summary.experiment,
            findings=_findings(summary.experiment),
            lot=lot_in_words(summary.experiment) if summary.experiment is not None else "",
            mismatch=mismatch_in_words(summary.experiment) if summary.experiment is not None else [],
            no_holdout=NO_HOLDOUT,
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"count": lambda number: f"{number:,}", "percent": percent, "share": share, "part": _part}
    environment.globals |= {
        "P": EpisodeClass.PENDING,
        "stack": STACK,
        "few": FEW,
        "hours": HOURS,
        "days": DAYS,
        "width": WIDTH,
        "has_rate": has_rate,
        "top_of": top_of,
    }
    return environment


def _part(value: float) -> str:
    """Return a share as a length in style sheets and drawings."""
    return f"{100 * value:.2f}%"


def _rate_of(line: Deflection, one: EpisodeClass) -> Rate:
    return {
        EpisodeClass.CONFIRMED: line.confirmed,
        EpisodeClass.ASSUMED: line.assumed,
        EpisodeClass.FAILED: line.failed,
        EpisodeClass.UNANSWERED: line.unanswered,
        EpisodeClass.ABANDONED: line.abandoned,
    }[one]


def _tickets(line: Deflection, design_effect: float) -> Rate:
    return rate(sum(line.counts[one] for one in TICKET), line.closed, design_effect=design_effect)


def _language(locale: str) -> str:
    return language_name(locale, in_locale="en") if locale != _NONE else "not known"


def _name_of(step: Dimension) -> Callable[[Slot], str]:
    def name(slot: Slot) -> str:
        first, last = (datetime.date.fromordinal(one) for one in (slot.first_day, slot.last_day))
        if step is Dimension.DAY or first == last:
            return f"{first:%a %-d %b %Y}"
        if first.month == last.month:
            return f"{first.day}–{last:%-d %b %Y}"
        return f"{first:%-d %b} – {last:%-d %b %Y}"

    return name


def _short(step: Dimension) -> Callable[[Slot], str]:
    written = "%b %Y" if step is Dimension.MONTH else "%-d %b"
    return lambda slot: datetime.date.fromordinal(slot.first_day).strftime(written)


def _counts_label(slots: Sequence[Slot], step: Dimension) -> str:
    numbers = [sum(slot.line.counts.values()) for slot in slots]
    if not any(numbers):
        return "Nobody asked."
    name = _name_of(step)
    most = max(range(len(slots)), key=numbers.__getitem__)
    return (
        f"Stacked bars, one for each {_STEPS[step]}: how many asked, by what became of them. "
        f"Most asked on {name(slots[most])}: {numbers[most]:,}. The numbers are in the table below."
    )


def _rates_label(slots: Sequence[Slot], step: Dimension, total: Deflection) -> str:
    shown = [slot for slot in slots if has_rate(slot) and slot.line.closed >= FEW]
    said = f"The deflection rate of each {_STEPS[step]} with its 95% interval. Over all: {percent(total.deflection)}."
    if shown:
        name = _name_of(step)
        low, high = (pick(shown, key=lambda slot: slot.line.deflection.share or 0.0) for pick in (min, max))
        said += (
            f" Lowest on {name(low)}: {percent(low.line.deflection)}; "
            f"highest on {name(high)}: {percent(high.line.deflection)}."
        )
    return f"{said} The numbers are in the table below."


def _brief(
    summary: Summary, halves: Halves | None, languages: Sequence[Row], rankings: Sequence[Ranking]
) -> list[tuple[str, str, str]]:
    """Return what to know in a minute: the part of the page that says more, a question, and its answer."""
    found = [("time", "Is it getting better?", trend_in_brief(halves))]
    if len(languages) > 1:
        found.append(("languages", "Which languages do badly?", _stands_out(summary.total, languages)))
    worst = [
        f"{ranking.rows[0][0].name} ({ranking.rows[0][1].numerator:,} of {ranking.rows[0][1].denominator:,} {what})"
        for ranking, what in zip(
            rankings, ("were shown an answer and wrote a ticket", "went away in silence"), strict=False
        )
        if ranking.rows
    ]
    if worst:
        found.append(("pages", "Which pages do badly?", f"{'; '.join(worst)}."))
    found.append(("holdout", "Would they have managed without answers too?", _verdict(summary.experiment)))
    return found


def _stands_out(total: Deflection, rows: Sequence[Row]) -> str:
    """Return which lines are below all, beyond chance."""
    overall = total.deflection.share or 0.0
    low = [row for row in rows if row.line.closed >= _LEAST_TO_STAND_OUT and row.line.deflection.high < overall]
    if not low:
        return "None stands out: the differences may be chance."
    said = "; ".join(
        f"{row.name}, where {percent(row.line.deflection)} of {row.line.closed:,} got their answer" for row in low
    )
    return f"{said}; over all it is {share(total.deflection)}."


def _rankings(rows: Sequence[Row], design_effect: float) -> list[Ranking]:
    """Return the pages that fail most and solve most."""

    def ranking(title: str, sentence: str, *classes: EpisodeClass) -> Ranking:
        def number(row: Row) -> int:
            return sum(row.line.counts[one] for one in classes)

        best = sorted((row for row in rows if number(row)), key=lambda row: (-number(row), row.line.closed, row.id))
        return Ranking(
            "".join(one.value for one in classes),
            title,
            sentence,
            tuple((row, rate(number(row), row.line.closed, design_effect=design_effect)) for row in best[:_MOST_PAGES]),
        )

    return [
        ranking(
            "Most tickets after an answer",
            "The page was shown or opened, and a ticket came all the same. Does it say what people need?",
            EpisodeClass.FAILED,
        ),
        ranking(
            "Most silence",
            "The page was shown or was nearest; no ticket came, and no sign that it helped.",
            EpisodeClass.ABANDONED,
        ),
        ranking(
            "Most tickets without an answer",
            "The page was nearest, but did not hold the answer. A section may be missing here.",
            EpisodeClass.UNANSWERED,
        ),
        ranking("Solve most", "The page was opened or said to have solved it, and no ticket came.", *SUCCESS),
    ]


def _verdict(experiment: ExperimentSummary | None) -> str:
    if experiment is None:
        return "Nobody knows: there is no holdout."
    if experiment.tickets.split.mismatch:
        return "Not to be trusted: the lot did not fall as it should."
    return effect_in_words(experiment.tickets, TICKETS)[0]


def _findings(experiment: ExperimentSummary | None) -> list[Finding]:
    if experiment is None:
        return []
    measured: list[tuple[Effect | NotYet, Compared, str, str]] = [
        (experiment.tickets, TICKETS, "more tickets", "fewer tickets"),
        (experiment.silence, SILENCE, "less silence", "more silence"),
    ]
    widest = widest_of([effect for effect, *_ in measured if isinstance(effect, Effect)])
    findings = []
    for effect, compared, left, right in measured:
        known = effect if isinstance(effect, Effect) else None
        sentences = effect_in_words(effect, compared)
        findings.append(
            Finding(
                compared.name,
                _state(effect),
                tuple(sentences),
                known,
                plot_effect(known, sign=compared.sign, widest=widest) if known is not None else None,
                f"A line with zero marked. {sentences[0]}",
                left,
                right,
            )
        )
    return findings


def _state(effect: Effect | NotYet) -> str:
    if effect.split.mismatch:
        return "not to be trusted"
    if isinstance(effect, NotYet) or effect.more_episodes_needed:
        return "not known yet"
    return "no difference found" if effect.low <= 0.0 <= effect.high else "known"
