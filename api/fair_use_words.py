"""Fair use in words: the same for the customer, in My tickets, and for staff, at the desk."""

from __future__ import annotations

from collections.abc import Sequence

from api.dependencies import Services
from api.i18n import Texts
from assistant.fair_use.models import Decision, FairUseRules, Ground, Measured, Standing
from assistant.tickets.models import DeskTicket


def ground_words(measured: Measured, rules: FairUseRules, texts: Texts) -> str:
    """Return one ground as it was measured, as a sentence."""
    said = {
        "count": measured.count,
        "out_of": measured.out_of,
        "days": rules.days,
        "most": rules.messages,
    }
    if measured.ground is Ground.MESSAGES:
        return (
            texts.ngettext(
                "%(count)s matter in %(days)s days; up to %(most)s are usual",
                "%(count)s matters in %(days)s days; up to %(most)s are usual",
                measured.count,
            )
            % said
        )
    if measured.ground is Ground.IN_DOCS:
        return (
            texts.ngettext(
                "%(count)s of the last %(out_of)s question was answered in the help pages",
                "%(count)s of the last %(out_of)s questions were answered in the help pages",
                measured.out_of,
            )
            % said
        )
    return (
        texts.ngettext(
            "Once the steps of an earlier solution were not tried",
            "%(count)s times the steps of an earlier solution were not tried",
            measured.count,
        )
        % said
    )


def reasons_of(decision: Decision, rules: FairUseRules, texts: Texts) -> Sequence[str]:
    """Return why somebody is deferred, a sentence for each ground that holds."""
    return [ground_words(one, rules, texts) for one in decision.holding]


def deferred_because(ticket: DeskTicket, services: Services, texts: Texts) -> Sequence[str]:
    """Return why a ticket is deferred, by the decision that held when it was sent; nothing where that is not kept."""
    if ticket.standing is not Standing.DEFERRED:
        return ()
    kept = services.fair_use.standings.last(ticket.account, until=ticket.sent_at)
    return reasons_of(kept.snapshot.decision, kept.snapshot.rules, texts) if kept is not None else ()


def flag_words(ground: Ground, texts: Texts) -> str:
    """Return why one ticket counts, as its customer is told."""
    return {
        Ground.MESSAGES: texts.gettext("Counted as one of your messages"),
        Ground.IN_DOCS: texts.gettext("The answer was shown before you wrote, and not opened"),
        Ground.REPEATS: texts.gettext("Asked again, and the steps of the earlier solution were not tried"),
    }[ground]
