"""Reports for tests, made of strings: ``CCSFNBP`` is seven episodes, one letter for the class of each."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from assistant.record.deflection import Count, Deflection, Dimension, tell
from assistant.record.episodes import EpisodeClass
from assistant.record.experiment import Arm, measure, sums_of
from assistant.record.summary import ExperimentSummary, Summary

ZONE = ZoneInfo("Europe/Warsaw")
MONTH = {"2026-10-05": "CCSSSFNNNB" * 6, "2026-10-14": "CSSFNNNNBB" * 6, "2026-10-20": "CSFFNNNBBB" * 6}
"""180 closed episodes: 24 C, 36 S, 24 F, 60 N and 36 B."""


def day_of(text: str) -> int:
    """A day's ordinal."""
    return datetime.date.fromisoformat(text).toordinal()


def told(values: Mapping[str, str], by: Dimension, *, design_effect: float = 1.0) -> list[Deflection]:
    """The lines of a report; values are days where it is told by periods."""
    is_period = by in (Dimension.DAY, Dimension.WEEK, Dimension.MONTH)
    counts = [
        Count(day_of(value) if is_period else value or None, EpisodeClass(letter), number, *_durable(letter, number))
        for value, letters in values.items()
        for letter, number in ((one, letters.count(one)) for one in "CSFNBP")
        if number
    ]
    return tell(counts, by, design_effect=design_effect)


def _durable(letter: str, number: int) -> tuple[int, int]:
    """All that are closed are old enough, and every success lasts."""
    return (0 if letter == "P" else number, number if letter in "CS" else 0)


def summary_of(
    days: Mapping[str, str] = MONTH,
    *,
    first: str = "2026-10-01",
    last: str = "2026-10-30",
    now: str = "2026-11-20T12:00",
    by: Dimension = Dimension.WEEK,
    lines: Sequence[Deflection] = (),
    experiment: ExperimentSummary | None = None,
    design_effect: float = 1.0,
) -> Summary:
    """A report of October 2026, long after it."""
    whole = told({"": "".join(days.values())}, Dimension.TOTAL, design_effect=design_effect)
    nothing = tell([Count(None, EpisodeClass.PENDING, 0, 0, 0)], Dimension.TOTAL)
    return Summary(
        first_day=day_of(first),
        last_day=day_of(last),
        now=round(datetime.datetime.fromisoformat(now).replace(tzinfo=ZONE).timestamp() * 1000),
        by=by,
        total=(whole or nothing)[0],
        lines=lines or told(days, by, design_effect=design_effect),
        design_effect=design_effect,
        experiment=experiment,
    )


def experiment_of(
    offered: tuple[int, float, float],
    holdout: tuple[int, float, float],
    *,
    share: float = 0.2,
    name: str = "1",
) -> ExperimentSummary:
    """A holdout; an arm is its people, of one episode each, the share with a ticket and the share gone in silence."""

    def effect(outcome: int) -> tuple[Arm, Arm]:
        arms = []
        for arm in (offered, holdout):
            people, with_it = arm[0], round(arm[0] * arm[outcome])
            arms.append(sums_of([(1, 1)] * with_it + [(1, 0)] * (people - with_it)))
        return arms[0], arms[1]

    return ExperimentSummary(name, share, measure(*effect(1), share=share), measure(*effect(2), share=share))


KNOWN = experiment_of((8000, 0.50, 0.20), (2000, 0.60, 0.15))
"""Ten tickets fewer for every 100, and five more gone in silence."""
SMALL = experiment_of((160, 0.50, 0.20), (40, 0.55, 0.25))
TINY = experiment_of((8, 0.5, 0.25), (2, 0.5, 0.5))
WRONG_LOT = experiment_of((1000, 0.50, 0.20), (1000, 0.60, 0.15))
