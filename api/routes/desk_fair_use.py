"""``/desk/fair-use``: what the rules do, who is deferred and why, and what customers say against it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import Services, ServicesDep
from api.desk.rendering import render_desk
from api.desk.signed_in import DeskVisit, desk_visit
from api.desk.views import name_of
from api.fair_use_words import flag_words, reasons_of
from api.recording import recordable
from api.ticket_words import moment_words
from assistant.fair_use.models import FairUseRules, Ground
from assistant.fair_use.ports import KeptStanding
from assistant.staff.models import AuditEntry, Right

router = APIRouter(prefix="/desk", include_in_schema=False)
_REPLAY_DAYS = 90
_MOST_LISTED = 100

StaffDep = Annotated[DeskVisit, Depends(desk_visit(Right.TICKETS))]


@router.get("/fair-use")
def fair_use(request: Request, services: ServicesDep, visit: StaffDep) -> Response:
    """Show the rules, what they would have done lately, who is deferred, and open contests."""
    fair, zone, texts = services.fair_use, services.intake.calendar.zone, visit.texts
    effect = fair.effect(days=_REPLAY_DAYS, at=visit.at)
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
        deferred=[_deferred(one, services, visit) for one in fair.standings.deferred(visit.at)[:_MOST_LISTED]],
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


def _deferred(kept: KeptStanding, services: Services, visit: DeskVisit) -> dict[str, Any]:
    """Return who is deferred, why, by which of the tickets that are kept here, and until when."""
    theirs = services.intake.store.of(kept.account, most=_MOST_LISTED)
    counted = {ticket for ground in kept.snapshot.decision.holding for ticket in ground.tickets}
    return {
        "who": name_of(theirs[0], visit.texts) if theirs else "",
        "reasons": reasons_of(kept.snapshot.decision, kept.snapshot.rules, visit.texts),
        "tickets": [one.id for one in theirs if one.id in counted],
        "until": moment_words(kept.until, services.intake.calendar.zone, visit.locale) if kept.until else "",
    }


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
