"""The month at a glance: figures, pictures and a table for each, as the template needs them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from babel.numbers import format_decimal

from api.deflection_trend import Slot, halves_of, slots_of, step_of
from api.dependencies import Services
from api.desk.signed_in import DeskVisit
from api.i18n import Texts, formatting_locale
from api.writers import findings
from api.writers.findings import Compared
from api.writers.page_views import Health, share_words
from api.writers.periods import Period, short_day, today_at
from api.writers.pictures import Card, Cell, Picture, class_names, gaps_picture, pages_picture
from api.writers.plots import Scale, Stack, Whisker, line_with_band, stacked_bars, whiskers
from api.writers.views import name_of
from api.writers.words import number, percent
from assistant.gaps.keeping import LEAST_PEOPLE
from assistant.gaps.models import OPEN, Gap
from assistant.health.behind import QuestionCount
from assistant.record.deflection import Dimension
from assistant.record.episodes import CLOSED, SUCCESS, TICKET, EpisodeClass
from assistant.record.experiment import Effect
from assistant.record.intervals import Rate, rate
from assistant.record.summary import Summary, summarise
from corpus.languages import language_name

_ANSWERED, _MISSED = "answered", "missed"
_MOST_GAPS = 6
_OPEN_DAYS = 11
_MOST_LANGUAGES = 8
_NO_EPISODES = 10
"""With fewer questions in a slot its rate is not drawn, lest a quiet day look like a fall."""
_STACK = (EpisodeClass.CONFIRMED, EpisodeClass.ASSUMED, EpisodeClass.FAILED, EpisodeClass.UNANSWERED,
          EpisodeClass.ABANDONED, EpisodeClass.PENDING)  # fmt: skip


def overview(services: Services, visit: DeskVisit, period: Period, health: Health | None) -> dict[str, Any]:
    """Return all that the page shows; without pages there is nothing to say about their health."""
    services.record.fold()
    days = summarise(services.record, Dimension.DAY, first_day=period.first_day, last_day=period.last_day, now=visit.at)
    told = _Told(services, visit, period, days)
    gaps = services.writers.gaps.store.gaps(states=OPEN, least_people=LEAST_PEOPLE, most=_MOST_GAPS)
    names = services.writers.gaps.store.texts([one for gap in gaps for _, one in gap.names])
    called = [(gap, name_of(gap, names, visit.locale)[0]) for gap in gaps]
    pictures = [told.deflection(), gaps_picture(called, visit), told.languages(), told.answers(), told.holdout()]
    if health is not None:
        pictures.append(pages_picture(health, services, visit))
    return {"cards": told.cards(gaps, health), "pictures": pictures, "asked": told.whole.denominator}


class _Told:
    """What the record says of a period, for one reader."""

    def __init__(self, services: Services, visit: DeskVisit, period: Period, summary: Summary) -> None:
        self._visit, self._texts, self._period = visit, visit.texts, period
        self._summary = summary
        self._zone = services.intake.calendar.zone
        self._slots = slots_of(summary, summary.lines, zone=self._zone)
        self._halves = halves_of(summary, summary.lines, zone=self._zone)
        self._questions = services.writers.episodes.questions(
            first_day=period.first_day,
            last_day=period.last_day,
            settled=today_at(visit.at, self._zone).toordinal() - _OPEN_DAYS,
        )
        self.whole = self._rate(self._questions)

    def cards(self, gaps: Sequence[Gap], health: Health | None) -> list[Card]:
        """Return what to know first."""
        texts, total = self._texts, self._summary.total
        missed = self._rate(self._questions, _MISSED)
        cards = [
            Card(
                texts.gettext("Needed no ticket"),
                _share(total.deflection, texts),
                texts.gettext("of %(number)s who had a problem and asked") % {"number": self._count(total.closed)},
                self._episodes(SUCCESS),
            ),
            Card(
                texts.gettext("Wrote a ticket all the same"),
                _share(rate(sum(total.counts[one] for one in TICKET), total.closed), texts),
                texts.gettext("of the same people"),
                self._episodes(TICKET),
            ),
            Card(
                texts.gettext("Questions answered"),
                _share(self.whole, texts),
                texts.gettext("of %(number)s questions") % {"number": self._count(self.whole.denominator)},
                self._asked(_ANSWERED),
            ),
            Card(
                texts.gettext("Nothing to show"),
                _share(missed, texts),
                texts.gettext("of the same questions"),
                self._asked(_MISSED),
            ),
        ]
        spared = [one.facts.cost.spared.mean for one in gaps if one.facts.cost is not None]
        if spared:
            word = texts.gettext("tickets a week, by pages for the first %(number)s gaps") % {"number": len(spared)}
            cards.append(Card(texts.gettext("Could be spared"), number(sum(spared), texts), word, "/writers/gaps"))
        if health is not None:
            many = sum(bool(one) for one in health.problems.values())
            word = texts.gettext("of %(number)s") % {"number": self._count(len(health.problems))}
            cards.append(Card(texts.gettext("Pages with a problem"), self._count(many), word, "/writers/pages"))
        return cards

    def deflection(self) -> Picture:
        """Return what became of those who asked, as time went on."""
        texts, names = self._texts, class_names(self._texts)
        stacks = tuple(
            Stack(self._short(slot), tuple(float(slot.line.counts[one]) for one in _STACK)) for slot in self._slots
        )
        finding = findings.better_or_worse(self._halves, texts)
        total = self._summary.total
        rows = [
            (
                Cell(self._named(slot)),
                [
                    *(Cell(self._count(slot.line.counts[one]), self._episodes((one,), slot=slot)) for one in _STACK),
                    Cell(_share(slot.line.deflection, texts), self._episodes(SUCCESS, slot=slot)),
                ],
            )
            for slot in self._slots
        ]
        last = [
            *(Cell(self._count(total.counts[one]), self._episodes((one,))) for one in _STACK),
            Cell(share_words(total.deflection, self._visit), self._episodes(SUCCESS)),
        ]
        return Picture(
            id="deflection",
            title=texts.gettext("What became of those who asked"),
            finding=finding,
            svg=stacked_bars(
                "deflection",
                stacks,
                tuple(range(len(_STACK))),
                Scale(texts.language),
                texts.gettext("Stacked bars of how many asked, by what became of them. %(finding)s")
                % {"finding": finding},
            ),
            head=[texts.gettext("When"), *(names[one] for one in _STACK), texts.gettext("Needed no ticket")],
            rows=[*rows, (Cell(texts.gettext("All")), last)],
            key=[(number, names[one]) for number, one in enumerate(_STACK)],
            notes=[
                texts.gettext(
                    "In all %(share)s needed no ticket: they said that it was solved (%(confirmed)s), or opened an "
                    "answer (%(assumed)s). In 95 of 100 cases the truth lies between the two in brackets."
                )
                % {
                    "share": share_words(total.deflection, self._visit),
                    "confirmed": _share(total.confirmed, texts),
                    "assumed": _share(total.assumed, texts),
                },
            ],
        )

    def holdout(self) -> Picture:
        """Return what the holdout says."""
        texts, experiment = self._texts, self._summary.experiment
        finding = findings.spared(experiment, texts)
        title = texts.gettext("Would they have managed without answers?")
        measured = experiment.tickets if experiment is not None else None
        if not isinstance(measured, Effect):
            note = texts.gettext(
                "A holdout tells: ASKFIRST_HOLDOUT_SHARE=0.1 gives one visitor in ten the plain form, by lot."
            )
            more = texts.gettext("About %(number)s more episodes are needed.")
            notes = [note] if measured is None else [more % {"number": self._count(measured.more_episodes)}]
            return Picture("holdout", title, finding, "", [], [], notes=notes)
        with_answers, without = texts.gettext("With answers"), texts.gettext("Without answers, by lot")
        rows = [(with_answers, measured.offered, False), (without, measured.holdout, True)]
        return Picture(
            id="holdout",
            title=title,
            finding=finding,
            svg=whiskers(
                "holdout",
                tuple(Whisker(name, one.share or 0.0, one.low, one.high) for name, one, _ in rows),
                Scale(texts.language, shares=True),
                texts.gettext("How many wrote a ticket, with and without answers. %(finding)s") % {"finding": finding},
                bars=True,
            ),
            head=[
                texts.gettext("Who"),
                texts.gettext("Asked"),
                texts.gettext("Wrote a ticket"),
                texts.gettext("Share"),
            ],
            rows=[
                (
                    Cell(name),
                    [
                        Cell(self._count(one.denominator), self._episodes(CLOSED, held=held)),
                        Cell(self._count(one.numerator), self._episodes(TICKET, held=held)),
                        Cell(share_words(one, self._visit)),
                    ],
                )
                for name, one, held in rows
            ],
            notes=[texts.gettext("The share of those who wrote a ticket, with its interval."), *self._so_far(measured)],
        )

    def _so_far(self, effect: Effect) -> list[str]:
        """Return what there is to say of a difference that is not known well enough yet."""
        if not effect.more_episodes_needed or effect.split.mismatch:
            return []
        words = self._texts.gettext(
            "So far it looks like %(tickets)s tickets spared for every 100 who ask (%(low)s to %(high)s); about "
            "%(more)s more episodes are needed to know."
        )
        return [
            words
            % {
                "tickets": number(100 * effect.difference, self._texts),
                "low": number(100 * effect.low, self._texts),
                "high": number(100 * effect.high, self._texts),
                "more": self._count(effect.more_episodes_needed),
            }
        ]

    def answers(self) -> Picture:
        """Return how many questions are answered, as time went on."""
        texts = self._texts
        of_slot = [
            [one for one in self._questions if slot.first_day <= one.day <= slot.last_day] for slot in self._slots
        ]
        rates = [self._rate(some) for some in of_slot]
        middle = self._halves.middle if self._halves is not None else None
        before = after = None
        if middle is not None:
            before = self._rate([one for one in self._questions if one.day < middle])
            after = self._rate([one for one in self._questions if one.day >= middle])
        finding = findings.answered(before, after, self.whole, texts)
        points = tuple(
            Whisker(self._short(slot), one.share or 0.0, one.low, one.high)
            if one.denominator >= _NO_EPISODES
            else Whisker(self._short(slot), -1.0, 0.0, 0.0)
            for slot, one in zip(self._slots, rates, strict=True)
        )
        return Picture(
            id="answers",
            title=texts.gettext("How many questions are answered"),
            finding=finding,
            svg=line_with_band(
                "answers",
                points,
                Scale(texts.language, shares=True),
                texts.gettext("A line of the share of questions answered. %(finding)s") % {"finding": finding},
            ),
            head=[texts.gettext("When"), *self._question_head()],
            rows=[
                (Cell(self._named(slot)), self._question_cells(some, slot=slot))
                for slot, some in zip(self._slots, of_slot, strict=True)
            ]
            + [(Cell(texts.gettext("All")), self._question_cells(self._questions))],
            notes=[texts.gettext("The band is where the true share lies in 95 of 100 cases.")],
        )

    def languages(self) -> Picture:
        """Return how many questions are answered in each language."""
        texts = self._texts
        by_locale: dict[str, list[QuestionCount]] = defaultdict(list)
        for one in self._questions:
            by_locale[one.locale].append(one)
        most_first = sorted(by_locale.items(), key=lambda item: (-sum(one.questions for one in item[1]), item[0]))
        rows = [(locale, self._language(locale), some, self._rate(some)) for locale, some in most_first]
        finding = findings.parity([Compared(name, one) for _, name, _, one in rows], self.whole, texts)
        drawn = rows[:_MOST_LANGUAGES]
        return Picture(
            id="languages",
            title=texts.gettext("Is every language answered as well?"),
            finding=finding,
            svg=whiskers(
                "languages",
                tuple(Whisker(name, one.share or 0.0, one.low, one.high) for _, name, _, one in drawn),
                Scale(texts.language, shares=True),
                texts.gettext("The share of questions answered in each language. %(finding)s") % {"finding": finding},
                reference=self.whole.share,
            )
            if drawn
            else "",
            head=[texts.gettext("Language"), *self._question_head()],
            rows=[(Cell(name), self._question_cells(some, locale=locale)) for locale, name, some, _ in rows],
            notes=[texts.gettext("The dashed line is all languages together.")] if drawn else [],
        )

    def _question_head(self) -> list[str]:
        texts = self._texts
        return [
            texts.gettext("Questions"),
            texts.gettext("Answered"),
            texts.gettext("Nothing to show"),
            texts.gettext("Share answered"),
        ]

    def _question_cells(
        self, some: Sequence[QuestionCount], *, slot: Slot | None = None, locale: str | None = None
    ) -> list[Cell]:
        answered, missed = self._rate(some), self._rate(some, _MISSED)
        return [
            Cell(self._count(answered.denominator), self._asked(None, slot=slot, locale=locale)),
            Cell(self._count(answered.numerator), self._asked(_ANSWERED, slot=slot, locale=locale)),
            Cell(self._count(missed.numerator), self._asked(_MISSED, slot=slot, locale=locale)),
            Cell(share_words(answered, self._visit)),
        ]

    def _rate(self, some: Sequence[QuestionCount], outcome: str = _ANSWERED) -> Rate:
        """Return the share of questions that got an outcome, widened like the episodes' by how accounts differ."""
        return rate(
            sum(one.questions for one in some if one.outcome == outcome),
            sum(one.questions for one in some),
            design_effect=self._summary.design_effect,
        )

    def _episodes(self, classes: Sequence[EpisodeClass], *, slot: Slot | None = None, held: bool = False) -> str:
        letters = "".join(one.value for one in classes)
        return f"/writers/episodes?{self._of(slot).query(outcome=letters, arm='held' if held else 'offered')}"

    def _asked(self, outcome: str | None, *, slot: Slot | None = None, locale: str | None = None) -> str:
        return f"/writers/episodes?{self._of(slot).query(asked=outcome, locale=locale, arm='offered')}"

    def _of(self, slot: Slot | None) -> Period:
        if slot is None:
            return self._period
        return Period(*(datetime.date.fromordinal(one) for one in (slot.first_day, slot.last_day)))

    def _short(self, slot: Slot) -> str:
        return short_day(datetime.date.fromordinal(slot.first_day), self._visit.locale)

    def _named(self, slot: Slot) -> str:
        first, last = (datetime.date.fromordinal(one) for one in (slot.first_day, slot.last_day))
        if first == last or step_of(self._summary) is Dimension.DAY:
            return short_day(first, self._visit.locale)
        return f"{short_day(first, self._visit.locale)} – {short_day(last, self._visit.locale)}"

    def _language(self, locale: str) -> str:
        return language_name(locale, in_locale=self._visit.locale)

    def _count(self, value: int) -> str:
        return str(format_decimal(value, locale=formatting_locale(self._texts.language)))


def _share(one: Rate, texts: Texts) -> str:
    return percent(one.share, texts) if one.share is not None else "–"
