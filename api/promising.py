"""Reply-time promises in words, as they hold for whoever asks."""

from __future__ import annotations

from api.dependencies import Services
from api.i18n import texts_for
from api.promise_words import promise_words
from api.visits import Visit
from assistant.fair_use.models import Standing
from assistant.tickets.promises import Lane, promise
from assistant.tickets.queue import GivingWay, turn_at


def promises_in(services: Services, locale: str, visit: Visit) -> dict[str, str]:
    """Return both reply-time promises for a ticket that is sent now, in words."""
    calendar, account = services.intake.calendar, visit.who.account
    standing = services.fair_use.standing_of(account, visit.at) if account is not None else Standing.NORMAL
    giving_way = GivingWay(services.settings.deferred_hours)
    promised = {lane: promise(lane, turn_at(lane, standing, visit.at, giving_way), calendar) for lane in Lane}
    return {lane.value: promise_in_words(by, services, locale, now=visit.at) for lane, by in promised.items()}


def promise_in_words(by: int, services: Services, locale: str, *, now: int) -> str:
    """Return a promise as a sentence."""
    texts = texts_for(locale)
    when = promise_words(by, now=now, zone=services.intake.calendar.zone, locale=locale, texts=texts)
    return texts.gettext("Answer: %(when)s") % {"when": when}
