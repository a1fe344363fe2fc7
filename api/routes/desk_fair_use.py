"""``/desk/fair-use``: what the rules do, who is deferred and why, and what customers say against it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import ServicesDep
from api.desk.rendering import render_desk
from api.desk.signed_in import DeskVisit, desk_visit
from api.fair_use_words import flag_words, reasons_of
from api.recording import recordable
from api.ticket_words import moment_words
from assistant.fair_use.models import FairUseRules, Ground
from assistant.fair_use.replay import replay
from assistant.record.events import MS_PER_DAY
from assistant.staff.models import AuditEntry, Right

router = APIRouter(prefix="/desk", include_in_schema=False)
_REPLAY_DAYS = 90

StaffDep = Annotated[DeskVisit, Depends(desk_visit(Right.TICKETS))]


@router.get("/fair-use")
def fair_use(request: Request, services: ServicesDep, visit: StaffDep) -> Response:
    """Show the rules, what they would have done lately, who is deferred, and open contests."""
    fair, zone, texts = services.fair_use, services.intake.calendar.zone, visit.texts
    fair.look_at_news(visit.at)
    since = visit.at - _REPLAY_DAYS * MS_PER_DAY
    facts = fair.standings.facts(since=since - 2 * fair.rules.period_ms)
    effect = replay(facts, fair.rules, since=since, until=visit.at)
    deferred = [
        {
            "account": account,
            "reasons": reasons_of(kept.snapshot.decision, kept.snapshot.rules, texts),
            "until": moment_words(kept.until, zone, visit.locale) if kept.until is not None else "",
        }
        for account in sorted(facts)
        if (kept := fair.decision_on(account, at=visit.at)) is not None
    ]
    return render_desk(
        request,
        services,
        visit,
        "desk/fair_use.html",
        here="fair-use",
        mode=fair.mode.value,
        rules=_rules_in_words(fair.rules, visit),
        effect=effect,
        by_ground=[(_ground_name(ground, visit), number) for ground, number in effect.by_ground.items()],
        days=_REPLAY_DAYS,
        deferred=deferred,
        contests=[
            {
                "ticket": one.ticket,
                "here": services.intake.store.ticket(one.ticket) is not None,
                "ground": one.ground.value,
                "flag": flag_words(one.ground, texts),
                "text": one.text or "",
                "date": moment_words(one.at, zone, visit.locale),
            }
            for one in fair.standings.contests(only_open=True)
        ],
    )


@router.post("/contests/{ticket}/{ground}")
def settle(
    services: ServicesDep,
    visit: StaffDep,
    ticket: str,
    ground: Ground,
    upheld: Annotated[str, Form()],
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Decide what a customer says against a flag."""
    settled = services.fair_use.standings.settle(
        ticket,
        ground,
        upheld=upheld == "yes",
        by=visit.member.id,
        reason=recordable(reason, services) or "",
        at=visit.at,
    )
    if settled is not None:
        entry = AuditEntry(
            visit.at, visit.member.id, "contest.settled", ticket, f"{ground.value} {settled.state.value}"
        )
        services.accounts.store.note(entry)
        services.fair_use.look_if_on(settled.account, at=visit.at)
    return RedirectResponse("/desk/fair-use", 303)


def _rules_in_words(rules: FairUseRules, visit: DeskVisit) -> list[str]:
    texts = visit.texts
    said = {
        "days": rules.days,
        "messages": rules.messages,
        "hours": rules.burst_hours,
        "in_docs": rules.in_docs,
        "share": f"{rules.in_docs_share:.0%}",
        "repeats": rules.repeats,
    }
    lines = []
    if rules.on(Ground.MESSAGES):
        lines.append(
            texts.gettext(
                "More than %(messages)s matters in %(days)s days. On one matter, all messages within %(hours)s hours "
                "are one."
            )
            % said
        )
    if rules.on(Ground.IN_DOCS):
        lines.append(
            texts.gettext(
                "%(in_docs)s questions or more in %(days)s days whose answer was shown before and not opened, "
                "and at least %(share)s of all questions; confirmed by staff or by a policy that was checked."
            )
            % said
        )
    if rules.on(Ground.REPEATS):
        lines.append(
            texts.gettext(
                "%(repeats)s times or more in %(days)s days: a solved matter again, and no step of the solution tried."
            )
            % said
        )
    return lines


def _ground_name(ground: Ground, visit: DeskVisit) -> str:
    return {
        Ground.MESSAGES: visit.texts.gettext("Too many messages"),
        Ground.IN_DOCS: visit.texts.gettext("Answered in the docs"),
        Ground.REPEATS: visit.texts.gettext("Steps not tried"),
    }[ground]
