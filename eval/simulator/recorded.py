"""What the record makes of an episode of the simulator, by its own rules, from the events that reach it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.record.episodes import fold
from assistant.record.events import Event, EventType, Interaction, ShownPassage, Who, believed
from eval.simulator.behaviour import Turn
from eval.simulator.world import Messiness, Visit, deliver

_STAFF = ("ticket_created", "ticket_closed")


def recorded_class(visit: Visit, turns: Sequence[Turn], *, seed: int, messiness: Messiness | None = None) -> str:
    """Return the class that the record gives an episode when all is over.

    Args:
        visit: whose episode it is.
        turns: all of it, in order, at least one.
        seed: the world's.
        messiness: how badly events travel; as usual if not given.
    """
    interactions, events = [], []
    for number, turn in enumerate(turns):
        scope = str(number)
        asked_at = _ms(turn.at)
        seen = turn.seen
        interactions.append(
            Interaction(
                id=scope,
                episode="episode",
                at=asked_at,
                with_ticket_intent=True,
                locale="en",
                entry=visit.entry,
                who=Who(visit.visitor, visit.account),
                question=None,
                outcome=seen.outcome,
                reason=None,
                generation="",
                curation="",
                matter=visit.topic.name,
                shown=tuple(ShownPassage(rank, "", "", "", "", 0.0, 0.0) for rank in range(1, seen.shown + 1)),
                held_out=seen.held_out,
            )
        )
        acts = [act for act in turn.acts if act.type not in (*_STAFF, "asked")]
        times = [turn.at + act.after for act in acts]
        for one in deliver(times, visitor=visit.visitor, seed=seed, messiness=messiness):
            act, received_at = acts[one.event], _ms(one.arrives_at)
            events.append(
                Event(
                    scope=scope,
                    id=str(one.event),
                    episode="episode",
                    type=EventType(act.type),
                    at=believed(_ms(one.client_at), not_before=asked_at, received_at=received_at),
                    received_at=received_at,
                    client_at=_ms(one.client_at),
                    rank=act.rank,
                    helpful=act.helpful,
                )
            )
        for act in turn.acts:
            if act.type == "ticket_created":
                at = _ms(turn.at + act.after)
                events.append(Event("ticket", scope, "episode", EventType.TICKET_CREATED, at, at))
    unique = {(one.scope, one.id): one for one in reversed(events)}
    return fold(interactions, list(unique.values())).outcome.value


def _ms(seconds: float) -> int:
    return round(seconds * 1000.0)
