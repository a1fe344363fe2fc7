"""Made-up questions and what followed them, as many as it takes to fill a record; for speed, not for truth."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator

from assistant.record.events import MS_PER_DAY, MS_PER_HOUR, Event, EventType, Instant, Interaction, ShownPassage
from assistant.record.keys import Keys

_LOCALES = ("pl", "pl", "pl", "pl", "en", "en", "nl", "de", "de", "fr")
_ENTRIES = ("support", "support", "widget", "checkout")
_PAGES = 400
_WORDS = (
    *("jak", "zmienić", "adres", "dostawy", "zamówienia", "w", "sklepie", "kiedy", "wraca", "płatność"),
    *("za", "towar", "faktura", "klient", "konto"),
)


def made_up_interactions(number: int, *, keys: Keys, ends_at: Instant, days: int) -> Iterator[Interaction]:
    """Return questions with ticket intent, each of an episode of its own, oldest first.

    Args:
        number: how many.
        keys: of the record that they are for.
        ends_at: the moment of the last.
        days: over how many they are spread.
    """
    rng = random.Random(number)  # noqa: S311 - reproducible, not secret
    step = days * MS_PER_DAY / number
    for place in range(number):
        # A few accounts ask a lot, most ask once.
        account = f"account-{int(rng.paretovariate(1.1) * 3) if rng.random() < 0.4 else place}"
        page = min(_PAGES - 1, int(rng.paretovariate(0.7)))
        shown = rng.choice((0, 1, 2, 3)) if rng.random() < 0.9 else 0
        locale = rng.choice(_LOCALES)
        passages = tuple(
            ShownPassage(
                rank, f"{locale}/page-{page + rank}#part", f"{locale}/page-{page + rank}", f"page-{page + rank}",
                f"{page + rank:064x}", 0.5, 0.8,
            )
            for rank in range(1, 4)
        )  # fmt: skip
        yield Interaction(
            id=uuid.UUID(int=rng.getrandbits(128), version=4).hex,
            episode=keys.new_episode(),
            at=round(ends_at - days * MS_PER_DAY + (place + 1) * step),
            with_ticket_intent=True,
            locale=locale,
            entry=rng.choice(_ENTRIES),
            who=keys.who(visitor=f"visitor-{place}", account=account if rng.random() < 0.7 else None),
            question=" ".join(rng.choices(_WORDS, k=9)),
            outcome="answered" if shown else "missed",
            reason=None if shown else "nothing_near",
            generation="20261001T000000000-00000000",
            curation="0" * 64,
            matter=f"page-{page + 1}",
            shown=passages[: max(1, shown)] if shown else (),
            nearest=passages,
            experiment="1@0.1",
            held_out=False,
        )


def made_up_events(interaction: Interaction, rng: random.Random) -> list[Event]:
    """Return what followed a question: nothing, some pages opened, a vote, a ticket."""
    kinds: list[tuple[EventType, float]] = [
        (EventType.OPENED, 0.5 if interaction.shown else 0.0),
        (EventType.VOTED, 0.1 if interaction.shown else 0.0),
        (EventType.SOLVED, 0.2 if interaction.shown else 0.0),
        (EventType.TICKET_CREATED, 0.3),
    ]
    events = []
    at = interaction.at
    for kind, chance in kinds:
        if rng.random() >= chance:
            continue
        at += round(rng.random() * MS_PER_HOUR)
        events.append(
            Event(
                scope=interaction.id,
                id=uuid.UUID(int=rng.getrandbits(128), version=4).hex,
                episode=interaction.episode,
                type=kind,
                at=at,
                received_at=at,
                client_at=at,
                rank=1 if kind in (EventType.OPENED, EventType.VOTED) else None,
                helpful=rng.random() < 0.7 if kind is EventType.VOTED else None,
            )
        )
    return events
