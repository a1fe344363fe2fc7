"""Puts what happens into the record: which episode it belongs to, by which lot, and what the visitor was shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from assistant.asking.models import Hit, Reply, outcome_of
from assistant.errors import RecordUnavailable
from assistant.record.episodes import WINDOWS, Windows
from assistant.record.events import Event, Instant, Interaction, ShownPassage, Who
from assistant.record.evidence import digest_of
from assistant.record.holdout import is_held_out
from assistant.record.keys import Keys
from assistant.record.ports import Append, Record, Recorded, Ticket

_MOST_TEXTS_KNOWN = 50_000
_LOOKING_AT_ONCE = 4
NEAREST_KEPT = 3
WITHHELD = "holdout"
"""Why a visitor of the holdout was shown nothing."""
NOT_ASKED = "not_asked"
"""Why a visitor was shown nothing who wrote to us without asking first."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """Who gets the plain form by lot: ``share`` of all subjects, 0 for none; another ``name`` draws all lots anew."""

    name: str
    share: float

    @property
    def key(self) -> str | None:
        """What its episodes are filed under; ``None`` while nobody is held out. Another share is another experiment."""
        return f"{self.name}@{self.share:g}" if self.share > 0.0 else None


Earlier = Sequence[tuple[str, str | None, Instant]]
"""A person's questions with ticket intent: episode, matter, moment; latest first."""


@dataclass(frozen=True, slots=True)
class Asking:
    """The circumstances of a question. ``question`` is without personal data; ``earlier`` are the person's questions of
    the last days, if somebody has begun to look them up: see ``look_back``."""

    answer_id: str
    at: Instant
    question: str
    who: Who
    entry: str
    with_ticket_intent: bool
    episode: str | None = None
    earlier: Future[Earlier] | None = None


class Recorder:
    """Makes interactions, events and tickets, and has them recorded.

    Args:
        record: where they go.
        keys: for pseudonyms, lots and episodes' ids.
        experiment: who is held out.
        windows: how long a matter stays the same.
    """

    def __init__(self, record: Record, keys: Keys, experiment: Experiment, *, windows: Windows = WINDOWS) -> None:
        self._record = record
        self._keys = keys
        self._experiment = experiment
        self._windows = windows
        self._salt = keys.salt(experiment.name)
        self._texts_known: set[str] = set()
        self._looking = ThreadPoolExecutor(_LOOKING_AT_ONCE, thread_name_prefix="look-back")

    def close(self) -> None:
        """End the threads that look back."""
        self._looking.shutdown()

    def look_back(self, who: Who, *, at: Instant) -> Future[Earlier]:
        """Begin to look up what a person has asked lately, while their question is being answered."""
        since = at - self._windows.durable_ms
        return self._looking.submit(self._record.last_asked, who, since=since, until=at)

    def held_out(self, who: Who, *, with_ticket_intent: bool) -> bool:
        """Say whether a person gets the plain form: only with ticket intent, so that search goes on as it was."""
        return (
            with_ticket_intent
            and who.subject is not None
            and is_held_out(self._salt, who.subject, share=self._experiment.share)
        )

    def asked(
        self, asking: Asking, reply: Reply, *, matter_of: Callable[[str], str], curation: tuple[str, str]
    ) -> tuple[Interaction, Future[Recorded]]:
        """Record a question with what is shown for it; the future is done when it is committed.

        Args:
            asking: the circumstances.
            reply: what the assistant found, whether it is shown or withheld by lot.
            matter_of: says what a page is about.
            curation: digest and content of what writers have decided.
        """
        held_out = self.held_out(asking.who, with_ticket_intent=asking.with_ticket_intent)
        shown = () if held_out else tuple(_shown(one.hit, matter_of) for one in reply.shown)
        nearest = tuple(_shown(hit, matter_of) for hit in reply.nearest[:NEAREST_KEPT])
        # By lot nothing is shown, but the matter is what it would have been: arms must not differ in this.
        matter = matter_of(reply.shown[0].hit.passage.page_id) if reply.shown else None
        outcome, reason = ("missed", WITHHELD) if held_out else outcome_of(reply)
        interaction = Interaction(
            id=asking.answer_id,
            episode=self._episode_or_new(asking, matter),
            at=asking.at,
            with_ticket_intent=asking.with_ticket_intent,
            locale=reply.locale,
            entry=asking.entry,
            who=asking.who,
            question=asking.question,
            outcome=outcome,
            reason=reason,
            generation=reply.generation,
            curation=curation[0],
            matter=matter,
            shown=shown,
            nearest=nearest,
            experiment=self._experiment_of(asking.who, with_ticket_intent=asking.with_ticket_intent),
            held_out=held_out,
        )
        texts = [(digest_of(one.hit.passage.text), one.hit.passage.text) for one in reply.shown]
        append = Append(
            interactions=[interaction],
            texts=[one for one in texts if one[0] not in self._texts_known] if shown else (),
            curations=() if curation[0] in self._texts_known else [curation],
        )
        future = self._record.submit(append)
        future.add_done_callback(lambda done: self._know(append) if done.exception() is None else None)
        return interaction, future

    def followed(self, events: Sequence[Event]) -> Future[Recorded]:
        """Record what followed; the future says which of the events were new."""
        return self._record.submit(Append(events=events))

    def ticket_created(self, ticket: Ticket, event: Event, *, entry: str) -> Future[Recorded]:
        """Record that somebody has written to us.

        It belongs to the episode that it names while that may still lose its success by it; naming none, to the
        person's last one, if that is recent enough for the window and has no ticket yet. Else it begins one: somebody
        wrote without asking first.
        """
        who = ticket.who
        found = self._goes_on(ticket) if ticket.episode else self._open_episode(who, ticket.created_at)
        episode = found or self._keys.new_episode()
        ticket, event = replace(ticket, episode=episode), replace(event, episode=episode)
        if found:
            return self._record.submit(Append(events=[event], tickets=[ticket]))
        interaction = Interaction(
            id=digest_of(f"ticket:{ticket.id}")[:32],
            episode=episode,
            at=ticket.created_at,
            with_ticket_intent=True,
            locale=ticket.locale,
            entry=entry,
            who=who,
            question=ticket.text,
            outcome="missed",
            reason=NOT_ASKED,
            generation=ticket.generation,
            curation=ticket.curation,
            matter=None,
            experiment=self._experiment_of(who, with_ticket_intent=True),
            held_out=self.held_out(who, with_ticket_intent=True),
        )
        return self._record.submit(Append(interactions=[interaction], events=[event], tickets=[ticket]))

    def _episode_or_new(self, asking: Asking, matter: str | None) -> str:
        try:
            return self._episode(asking, matter)
        except RecordUnavailable:  # the visitor gets the answer all the same, and the question waits to be recorded
            given = self._keys.episode_of(asking.episode, asking.who) if asking.episode else None
            return given or self._keys.new_episode()

    def _episode(self, asking: Asking, matter: str | None) -> str:
        """Return the episode that a question belongs to.

        It goes on with the one that the caller names, or with the person's last one on the same matter: a return. But
        what a ticket has ended is over, and so is what nobody came back to for as long as it takes to be durable.
        """
        given = self._keys.episode_of(asking.episode, asking.who) if asking.episode else None
        since = asking.at - self._windows.durable_ms
        if given is not None:
            last, ended = self._record.state_of(given)
            if not ended and (last is None or last >= since):
                return given
            return self._keys.new_episode()
        if not asking.with_ticket_intent or asking.who.subject is None or matter is None:
            return self._keys.new_episode()
        earlier = (asking.earlier or self.look_back(asking.who, at=asking.at)).result()
        for episode, its_matter, _ in earlier:
            if its_matter == matter:
                return self._keys.new_episode() if self._record.state_of(episode)[1] else episode
        return self._keys.new_episode()

    def _goes_on(self, ticket: Ticket) -> str | None:
        last, _ = self._record.state_of(ticket.episode)
        return ticket.episode if last is not None and ticket.created_at - last <= self._windows.durable_ms else None

    def _open_episode(self, who: Who, at: Instant) -> str | None:
        if who.subject is None:
            return None
        for episode, _, _ in self._record.last_asked(who, since=at - self._windows.ticket_ms, until=at):
            return None if self._record.state_of(episode)[1] else episode
        return None

    def _experiment_of(self, who: Who, *, with_ticket_intent: bool) -> str | None:
        return self._experiment.key if with_ticket_intent and who.subject is not None else None

    def _know(self, append: Append) -> None:
        if len(self._texts_known) > _MOST_TEXTS_KNOWN:
            self._texts_known.clear()
        self._texts_known.update(digest for digest, _ in (*append.texts, *append.curations))


def _shown(hit: Hit, matter_of: Callable[[str], str]) -> ShownPassage:
    passage = hit.passage
    return ShownPassage(
        rank=hit.rank,
        passage=passage.id,
        page=passage.page_id,
        matter=matter_of(passage.page_id),
        digest=digest_of(passage.text),
        confidence=round(hit.confidence, 4),
        score=round(hit.score, 6),
    )
