"""What visitors do about what they are shown, and what their episodes are in truth.

The classes are defined here a second time, on purpose: the record's own code is what is checked.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from eval.simulator.world import Visit

_HOUR = 3600.0
WINDOW_SECONDS = 72 * _HOUR
_MOST_TURNS = 3

ActType = Literal["asked", "opened", "voted", "solved", "dismissed", "ticket_created", "ticket_closed"]
Class = Literal["C", "S", "F", "N", "B", "P"]
CLASSES: tuple[Class, ...] = ("C", "S", "F", "N", "B", "P")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a visitor got to see: how many passages, and at which rank the right one, from 1; nothing if held out."""

    outcome: Literal["answered", "related", "missed"]
    held_out: bool
    shown: int
    right_rank: int | None


@dataclass(frozen=True, slots=True)
class Act:
    """Something a visitor does, ``after`` seconds from being shown what is there.

    ``rank`` is for what is opened or voted on, ``helpful`` for votes, ``question`` is the id that is asked. Staff close
    tickets.
    """

    type: ActType
    after: float
    rank: int | None = None
    helpful: bool | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of an episode: when it was asked, in seconds after the world began, what was seen, what was done."""

    at: float
    seen: Seen
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Habits:
    """How likely visitors do things, 0 to 1 (``looks``: above 0 and below 1).

    ``looks``: to look at what is shown, rather than going straight to the form; ``leaver_looks``: the same, of those
    who would have left without a ticket; ``opens``: to open a page that is wrong, ``finds``: one that is right;
    ``extract_is_enough``: to have understood a right answer without opening it. Of those helped, ``says_solved`` and
    ``votes_helpful``; ``comes_back``: one of ``_coming_back``. Of those not helped, ``votes_unhelpful``, ``dismisses``,
    ``rewords``, and ``gives_up``: to leave without a ticket though there would have been one. ``discouraged``: the
    same, where nothing was found. ``leaver_returns``: to ask again days later, of those who left the plain form.
    ``late`` and ``too_late``: to write the ticket hours later, or after the window.
    """

    looks: float = 0.75
    leaver_looks: float = 0.1
    opens: float = 0.35
    finds: float = 0.85
    extract_is_enough: float = 0.1
    says_solved: float = 0.4
    votes_helpful: float = 0.2
    comes_back: float = 0.08
    votes_unhelpful: float = 0.25
    dismisses: float = 0.15
    rewords: float = 0.15
    gives_up: float = 0.08
    discouraged: float = 0.02
    leaver_returns: float = 0.03
    late: float = 0.05
    too_late: float = 0.01


USUAL = Habits()


def behave(visit: Visit, seen: Seen, rng: random.Random, *, habits: Habits = USUAL, turn: int = 1) -> tuple[Act, ...]:
    """Return what a visitor does about what is shown, in order of time; nothing if they leave.

    An act ``asked`` is always the last: the caller asks, and lets the visitor behave again, one turn on, about what is
    shown then. It is a rewording within a minute, or a return with the same matter within a week.

    Args:
        visit: who came, with what.
        seen: what the question of this turn brought.
        rng: the source of chance; the acts are a function of it and of the other arguments.
        habits: how likely visitors do what.
        turn: the number of this question in the episode, from 1. There are never more than three.
    """
    if seen.held_out or not seen.shown:
        return _without_answers(visit, seen, rng, habits, turn)
    if visit.reads_silently and seen.right_rank is not None:
        return ()
    if not visit.writes and rng.random() >= habits.leaver_looks:
        return ()
    if rng.random() >= 1.0 / (1.0 + math.exp(-math.log(habits.looks / (1.0 - habits.looks)) - visit.openness)):
        return _ticket(0.0, rng, habits) if visit.writes else ()
    acts: list[Act] = []
    now = _soon(rng, 15.0)
    is_right_opened = False
    for rank in range(1, seen.shown + 1):
        is_right = rank == seen.right_rank
        if rng.random() < (habits.finds if is_right else habits.opens):
            acts.append(Act("opened", now, rank=rank))
            now += _soon(rng, 60.0)
            is_right_opened = is_right_opened or is_right
            if is_right and visit.understands:
                break
    if visit.understands and is_right_opened:
        return (*acts, *_helped(visit, seen, rng, habits, turn, now, said=False))
    if visit.understands and seen.right_rank is not None and rng.random() < habits.extract_is_enough:
        return (*acts, *_helped(visit, seen, rng, habits, turn, now, said=True))
    return (*acts, *_not_helped(visit, acts, rng, habits, turn, now))


def _without_answers(visit: Visit, seen: Seen, rng: random.Random, habits: Habits, turn: int) -> tuple[Act, ...]:
    if not seen.held_out and turn < _MOST_TURNS and rng.random() < habits.rewords:
        return (_asked(visit, turn, _soon(rng, 30.0)),)
    if not visit.writes:
        if turn < _MOST_TURNS and rng.random() < habits.leaver_returns:
            return (_asked(visit, turn, _days_later(rng)),)
        return ()
    if not seen.held_out and rng.random() < habits.discouraged:
        return ()
    return _ticket(0.0, rng, habits)


def _helped(
    visit: Visit, seen: Seen, rng: random.Random, habits: Habits, turn: int, now: float, *, said: bool
) -> tuple[Act, ...]:
    """Return how someone who was helped ends; ``said`` if they do not leave without saying so."""
    acts = []
    votes = rng.random() < habits.votes_helpful
    if votes:
        acts.append(Act("voted", now, rank=seen.right_rank, helpful=True))
    if rng.random() < habits.says_solved or (said and not votes):
        acts.append(Act("solved", now + 2.0))
    if rng.random() < habits.comes_back:
        acts += _coming_back(visit, seen, rng, habits, turn, now)
    return tuple(acts)


def _coming_back(
    visit: Visit, seen: Seen, rng: random.Random, habits: Habits, turn: int, now: float
) -> tuple[Act, ...]:
    """Return what shows that the help did not last: a ticket in the window or after, a vote, or the question again."""
    way = rng.random()
    if way < 0.4 and visit.writes:
        return _ticket(now + rng.uniform(2.0, 60.0) * _HOUR, rng, replace(habits, late=0.0, too_late=0.0))
    if way < 0.6 and visit.writes:
        return _ticket(now, rng, replace(habits, too_late=1.0))
    if way < 0.7:
        return (Act("voted", now + rng.uniform(1.0, 20.0) * _HOUR, rank=seen.right_rank, helpful=False),)
    return (_asked(visit, turn, now + _days_later(rng)),) if turn < _MOST_TURNS else ()


def _not_helped(
    visit: Visit, opened: Sequence[Act], rng: random.Random, habits: Habits, turn: int, now: float
) -> tuple[Act, ...]:
    acts = []
    if rng.random() < habits.votes_unhelpful:
        acts.append(Act("voted", now, rank=opened[-1].rank if opened else 1, helpful=False))
    if turn < _MOST_TURNS and rng.random() < habits.rewords:
        return (*acts, _asked(visit, turn, now + _soon(rng, 30.0)))
    if rng.random() < habits.dismisses:
        acts.append(Act("dismissed", now + 3.0))
    if not visit.writes or rng.random() < habits.gives_up:
        return tuple(acts)
    return (*acts, *_ticket(now + 5.0, rng, habits))


def _asked(visit: Visit, turn: int, after: float) -> Act:
    return Act("asked", after, question=visit.questions[turn % len(visit.questions)])


def _ticket(now: float, rng: random.Random, habits: Habits) -> tuple[Act, ...]:
    way = rng.random()
    if way < habits.too_late:
        at = now + rng.uniform(73.0, 160.0) * _HOUR
    elif way < habits.too_late + habits.late:
        at = now + rng.uniform(2.0, 70.0) * _HOUR
    else:
        at = now + _soon(rng, 240.0)
    return Act("ticket_created", at), Act("ticket_closed", at + rng.uniform(2.0, 30.0) * _HOUR)


def _soon(rng: random.Random, mean_seconds: float) -> float:
    return 2.0 + rng.expovariate(1.0) * mean_seconds


def _days_later(rng: random.Random) -> float:
    return rng.uniform(20.0, 140.0) * _HOUR


def true_class(turns: Sequence[Turn], *, report_at: float) -> Class:
    """Return the class of an episode as known at a time, from all its turns, in order, at least one.

    F or N: a ticket within 72 hours of the visitor's last act before it, after an answer or without any. P: none, and
    the window is open. Of the last question only: C: said solved; S: opened a page or found it helpful; either unless a
    later vote says that it did not help. B: the rest.
    """
    last_act = turns[0].at
    is_answered = has_ticket = False
    last: dict[str, int] = {}
    for turn in turns:
        if turn.at > report_at:
            break
        last_act = max(last_act, turn.at)
        is_answered = is_answered or (turn.seen.outcome == "answered" and not turn.seen.held_out)
        last = {}
        for place, act in enumerate(turn.acts):
            at = turn.at + act.after
            if at > report_at:
                break
            if act.type == "ticket_created":
                has_ticket = has_ticket or at - last_act <= WINDOW_SECONDS
            elif act.type not in ("dismissed", "ticket_closed"):
                last_act = at
                last[f"voted {act.helpful}" if act.type == "voted" else act.type] = place
    if has_ticket:
        return "F" if is_answered else "N"
    if report_at <= last_act + WINDOW_SECONDS:
        return "P"
    taken_back = last.get("voted False", -1)
    if last.get("solved", -1) > taken_back:
        return "C"
    return "S" if max(last.get("opened", -1), last.get("voted True", -1)) > taken_back else "B"


def is_helped(visit: Visit, turns: Sequence[Turn]) -> bool:
    """Say whether the visitor found the answer: read in silence, or taken from a page that was right."""
    for turn in turns:
        right = turn.seen.right_rank
        if turn.seen.held_out or right is None:
            continue
        if visit.reads_silently:
            return True
        if visit.understands and any(
            act.type == "solved"
            or (act.rank == right and (act.type == "opened" or (act.type == "voted" and bool(act.helpful))))
            for act in turn.acts
        ):
            return True
    return False
