"""A customer's standing as they see it in My tickets: with its evidence, and a way to contest it."""

from __future__ import annotations

from typing import Any

import structlog

from api.dependencies import Services
from api.fair_use_words import flag_words, reasons_of
from api.i18n import texts_for
from api.recording import recordable
from api.ticket_words import moment_words
from api.visits import Visit
from assistant.errors import RecordUnavailable
from assistant.fair_use.models import ContestState, Ground
from assistant.fair_use.overseeing import Mode
from assistant.fair_use.ports import Contest, KeptStanding
from assistant.tickets.models import DeskTicket

_log = structlog.get_logger()


def standing_view(services: Services, locale: str, visit: Visit) -> dict[str, Any] | None:
    """Return why other tickets go first, and until when; ``None`` for somebody whose standing is normal.

    Somebody who has contested something sees that it is being looked at, or what was decided.
    """
    kept, contests = _kept(services, visit), _contests(services, visit)
    if kept is None and not contests:
        return None
    texts, zone = texts_for(locale), services.intake.calendar.zone
    flags = {}
    if kept is not None:
        for ground in kept.snapshot.decision.holding:
            for ticket in ground.tickets:
                flags[ticket, ground.ground] = flag_words(ground.ground, texts)
    for one in contests:
        flags.setdefault((one.ticket, one.ground), flag_words(one.ground, texts))
    said: dict[tuple[str, Ground], Contest | None] = {(one.ticket, one.ground): one for one in contests}
    return {
        "deferred": kept is not None,
        "reasons": reasons_of(kept.snapshot.decision, kept.snapshot.rules, texts) if kept is not None else (),
        "until": moment_words(kept.until, zone, locale) if kept is not None and kept.until is not None else "",
        "flags": [
            {
                "ticket": ticket,
                "here": _is_here(ticket, services, visit),
                "ground": ground.value,
                "words": words,
                "contest": _contest_words(said.get((ticket, ground)), locale),
                "reason": _reason(said.get((ticket, ground))),
            }
            for (ticket, ground), words in flags.items()
        ],
    }


def flags_of(ticket: DeskTicket, services: Services, locale: str, visit: Visit) -> list[dict[str, Any]]:
    """Return what counts of one ticket under fair use, or was contested."""
    view = standing_view(services, locale, visit)
    return [one for one in view["flags"] if one["ticket"] == ticket.id] if view is not None else []


def contest(ticket: str, ground: Ground, text: str, services: Services, visit: Visit) -> bool:
    """Keep a customer's word against a flag of theirs; return whether it is contested now.

    What counts of theirs can be contested wherever it was written: what a helpdesk reported is not in My tickets.

    Raises:
        RecordUnavailable: if it cannot be kept.
    """
    account = visit.who.account
    if services.fair_use.mode is not Mode.ON or account is None:
        return False
    standings, kept = services.fair_use.standings, services.fair_use.decision_on(account, at=visit.at)
    if kept is None or not any(
        one.ground is ground and ticket in one.tickets for one in kept.snapshot.decision.holding
    ):
        # Who presses twice is told the same again.
        return any((one.ticket, one.ground) == (ticket, ground) for one in standings.contests(account=account))
    standings.contest(Contest(ticket, ground, account, recordable(text, services), visit.at))
    try:
        services.fair_use.look_if_on(account, at=visit.at)
    except RecordUnavailable:
        _log.warning("standing.undecided")  # it is when the news is looked at
    return True


def _kept(services: Services, visit: Visit) -> KeptStanding | None:
    account = visit.who.account
    if services.fair_use.mode is not Mode.ON or account is None:
        return None
    try:
        return services.fair_use.decision_on(account, at=visit.at)
    except RecordUnavailable:
        return None


def _contests(services: Services, visit: Visit) -> list[Contest]:
    account = visit.who.account
    if services.fair_use.mode is not Mode.ON or account is None:
        return []
    try:
        return list(services.fair_use.standings.contests(account=account))
    except RecordUnavailable:
        return []


def _is_here(ticket: str, services: Services, visit: Visit) -> bool:
    return visit.customer is not None and services.intake.ticket_of(visit.customer, ticket) is not None


def _reason(contest: Contest | None) -> str:
    return (contest.reason or "") if contest is not None else ""


def _contest_words(contest: Contest | None, locale: str) -> str:
    texts = texts_for(locale)
    if contest is None:
        return ""
    return {
        ContestState.OPEN: texts.gettext("You have contested this. It does not count until we have looked at it."),
        ContestState.UPHELD: texts.gettext("You were right: this does not count."),
        ContestState.REJECTED: texts.gettext("We have looked at this again, and it counts."),
    }[contest.state]
