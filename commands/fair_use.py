"""``askfirst fair-use``: what rules would do before they are switched on, and whether decisions can be made again."""

from __future__ import annotations

import csv
import datetime
import sys
import time
from dataclasses import replace
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from api.settings import read_settings
from api.wiring import make_calendar, make_keys
from api.wiring_desk import fair_use_rules, make_fair_use
from assistant.fair_use.models import FairUseRules, Ground, Standing
from assistant.fair_use.replay import Effect, replay
from assistant.fair_use.snapshots import differences
from commands.console import errors, fail, results
from commands.periods import From, To, period
from commands.record import opened_record

app = typer.Typer(no_args_is_help=True, help="Fair use: thresholds tried on the past, standings, decisions checked.")
_AT_ONCE = 1000


@app.command("replay")
def replay_(
    *,
    first: From = None,
    last: To = None,
    days: Annotated[int | None, typer.Option(min=1, help="The period, in days.")] = None,
    messages: Annotated[int | None, typer.Option(min=0, help="Most messages in it; 0 for no such ground.")] = None,
    in_docs: Annotated[int | None, typer.Option(min=0, help="Questions shown and not opened; 0 for none.")] = None,
    share: Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Least share they are of all.")] = None,
    repeats: Annotated[int | None, typer.Option(min=0, help="Repeats with no step tried; 0 for none.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="List the tickets that would have given way.")] = False,
) -> None:
    """Say what rules would have done to the tickets of a period. Without options, those of the settings."""
    settings = read_settings()
    set_rules = fair_use_rules(settings)
    rules = replace(
        set_rules,
        days=set_rules.days if days is None else days,
        messages=set_rules.messages if messages is None else messages,
        in_docs=set_rules.in_docs if in_docs is None else in_docs,
        in_docs_share=set_rules.in_docs_share if share is None else share,
        repeats=set_rules.repeats if repeats is None else repeats,
    )
    zone = ZoneInfo(settings.time_zone)
    first_day, last_day = period(first, last, zone)
    since, until = _moment(first_day, zone), _moment(last_day + 1, zone)
    with opened_record(settings) as record:
        fair = make_fair_use(settings, record.engine, make_calendar(settings))
        facts = fair.standings.facts(since=since - 2 * rules.period_ms)
    effect = replay(facts, rules, since=since, until=until)
    if as_csv:
        table = csv.writer(sys.stdout)
        table.writerow(("at", "ticket", "customer", "grounds"))
        for one in effect.deferrals:
            at = datetime.datetime.fromtimestamp(one.at / 1000, zone).isoformat(timespec="seconds")
            table.writerow((at, one.ticket, one.account, " ".join(ground.value for ground in one.grounds)))
        return
    for line in effect_lines(effect):
        results.print(line, markup=False)


@app.command()
def standing(account: Annotated[str, typer.Argument(help="The account, as your systems name it.")]) -> None:
    """Say where one customer stands, and why."""
    settings = read_settings()
    with opened_record(settings) as record:
        fair = make_fair_use(settings, record.engine, make_calendar(settings))
        kept = fair.decision_on(make_keys(settings).account(account), at=_now())
    if kept is None:
        results.print("normal")
        return
    zone = ZoneInfo(settings.time_zone)
    ends = datetime.datetime.fromtimestamp((kept.until or 0) / 1000, zone)
    results.print(f"deferred until {ends:%Y-%m-%d %H:%M}, if nothing is added", markup=False)
    for one in kept.snapshot.decision.holding:
        results.print(f"  {one.ground.value}: {one.count} of {one.out_of}: {', '.join(one.tickets)}", markup=False)


@app.command()
def verify() -> None:
    """Make every decision again from what it rests on; exit with 1 if one comes out otherwise."""
    settings = read_settings()
    checked, wrong, after = 0, 0, 0
    with opened_record(settings) as record:
        standings = make_fair_use(settings, record.engine, make_calendar(settings)).standings
        while kept := standings.kept(after=after, most=_AT_ONCE):
            after = kept[-1].number
            for one in kept:
                found = differences(one.snapshot) + ([] if one.intact else ["what it rests on was changed"])
                checked += 1
                wrong += bool(found)
                for line in found:
                    errors.print(f"decision {one.number}: {line}", markup=False)
    results.print(f"{checked - wrong:,} of {checked:,} decisions come out as they were", markup=False)
    if wrong:
        fail(f"{wrong:,} decisions come out otherwise")


def effect_lines(effect: Effect) -> list[str]:
    """Return what rules would have done, in lines for people."""
    gave_way = len(effect.deferrals)
    standard = effect.tickets - effect.paid
    lines = [
        _rules_line(effect.rules),
        f"tickets                     {effect.tickets:>8,}",
        f"  priority, never touched   {effect.paid:>8,}",
        f"  would have given way      {gave_way:>8,}  {_share(gave_way, standard)} of the standard ones",
    ]
    names = {
        Ground.MESSAGES: "too many messages",
        Ground.IN_DOCS: "answered in the docs",
        Ground.REPEATS: "steps not tried",
    }
    lines += [f"    {names[ground]:<22}  {number:>8,}" for ground, number in effect.by_ground.items()]
    lines += [
        f"customers                   {effect.accounts:>8,}",
        f"  {Standing.DEFERRED.value} at least once    {effect.accounts_deferred:>8,}  "
        f"{_share(effect.accounts_deferred, effect.accounts)}",
    ]
    return lines


def _rules_line(rules: FairUseRules) -> str:
    in_docs = f"{rules.in_docs} or more questions shown and not opened, {rules.in_docs_share:.0%} or more of all"
    return (
        f"rules: {rules.days} days; more than {rules.messages} messages; {in_docs}; {rules.repeats} or more repeats "
        "(0: no such ground)"
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def _moment(day: int, zone: ZoneInfo) -> int:
    midnight = datetime.datetime.combine(datetime.date.fromordinal(day), datetime.time(), zone)
    return round(midnight.timestamp() * 1000)


def _now() -> int:
    return time.time_ns() // 1_000_000
