"""What a running service does on the side: folds episodes, looks at tickets, deletes what is past its retention."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from api.chores import Chores
from assistant.asking.assistant import Assistant
from assistant.asking.curation import curation_from
from assistant.errors import AssistantError, RecordUnavailable
from assistant.record.checking import check, question_of
from assistant.record.events import MS_PER_DAY, Instant
from assistant.record.ports import Record, Retained, Ticket
from indexer.errors import IndexNotReady

_TICKETS_AT_ONCE = 20
_log = structlog.get_logger()

AssistantOf = Callable[[str], Assistant]
"""Returns the assistant of a generation, the live one or an earlier one."""


class Upkeep(Chores):
    """Keeps the record up; see ``Chores``.

    Args:
        record: what is kept up.
        assistant_of: for looking at tickets.
        clock: tells the time.
        retain: deletes what is past its retention.
        every_seconds: how long to rest between.
    """

    def __init__(
        self,
        record: Record,
        assistant_of: AssistantOf,
        *,
        clock: Callable[[], Instant],
        retain: Callable[[Instant], Retained],
        every_seconds: float,
    ) -> None:
        self._record = record
        self._assistant_of = assistant_of
        self._clock = clock
        self._retain = retain
        self._retained_on = -1
        self._hopeless: set[str] = set()
        super().__init__("upkeep", (self._fold, self._look_at_tickets, self._delete_old), every_seconds=every_seconds)

    def _fold(self) -> None:
        self._record.fold(stopping=self.stopping)

    def _look_at_tickets(self) -> None:
        for ticket in self._record.unchecked(most=_TICKETS_AT_ONCE + len(self._hopeless)):
            if ticket.id not in self._hopeless and not self.stopping():
                self._check(ticket)

    def _delete_old(self) -> None:
        today = self._clock() // MS_PER_DAY
        if today != self._retained_on:
            retained = self._retain(self._clock())
            self._retained_on = today
            _log.info("record.retained", texts=retained.texts, stories=retained.stories, episodes=retained.episodes)

    def _check(self, ticket: Ticket) -> None:
        interactions, events = self._record.story_of(ticket.episode)
        question = question_of(ticket, interactions)
        try:
            if question is None:
                raise AssistantError("nothing is known of what it asks")
            verdict, evidence = check(
                ticket,
                question,
                assistant=self._then(ticket),
                interactions=interactions,
                events=events,
                texts_of=self._record.texts_of,
                at=self._clock(),
            )
        except (RecordUnavailable, IndexNotReady):  # neither lasts, and says nothing of the ticket
            raise
        except Exception as exc:  # whatever it is about this one, the others are to be looked at
            self._hopeless.add(ticket.id)
            _log.warning("ticket.unchecked", generation=ticket.generation, error=type(exc).__name__)
            return
        self._record.add_verdict(verdict, evidence)
        _log.info("ticket.checked", finding=verdict.finding.value, generation=evidence.generation)

    def _then(self, ticket: Ticket) -> Assistant:
        """Return the assistant as it was when the ticket came."""
        assistant = self._assistant_of(ticket.generation)
        content = self._record.curation(ticket.curation)
        return assistant.with_curation(curation_from(content)) if content is not None else assistant
