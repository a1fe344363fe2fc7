"""Logs: a fixed list of events with scalar fields, never a question's text."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal

import structlog

_QUESTION = frozenset({"locale", "reason", "shown", "best_confidence", "question_chars", "ms", "generation"})
EVENTS: Mapping[str, frozenset[str]] = {
    "service.started": frozenset({"version"}),
    "service.stopped": frozenset(),
    "generation.opened": frozenset({"generation", "before", "pages", "trusted"}),
    "generation.refused": frozenset({"generation", "reason", "held"}),
    "generation.unreadable": frozenset({"reason"}),
    "curation.opened": frozenset({"synonyms", "pins", "hidden"}),
    "curation.refused": frozenset({"reason"}),
    "pin.ignored": frozenset({"page", "line", "reason"}),
    "hidden.ignored": frozenset({"page", "line", "reason"}),
    "question.answered": _QUESTION,
    "question.related": _QUESTION,
    "question.missed": _QUESTION,
    "question.unrecorded": frozenset({"error"}),
    "record.unavailable": frozenset({"error", "waiting"}),
    "record.available": frozenset({"waiting"}),
    "record.refused": frozenset({"error"}),
    "record.retained": frozenset({"texts", "stories", "episodes"}),
    "ticket.checked": frozenset({"finding", "generation"}),
    "ticket.unchecked": frozenset({"generation", "error"}),
    "question.failed": frozenset({"error"}),
    "identity.refused": frozenset({"reason", "mode"}),
    "sign_in.refused": frozenset({"reason"}),
    "limits.unavailable": frozenset({"error", "policy"}),
    "ticket.set_aside": frozenset({"file"}),
    "ticket.delivered": frozenset({"sink", "ticket", "attempts"}),
    "ticket.refused": frozenset({"sink", "ticket", "reason"}),
    "checklist.lost": frozenset(),
    "standing.undecided": frozenset(),
    "standing.unknown": frozenset({"error"}),
    "solution.unsought": frozenset({"error"}),
    "tickets.unsearched": frozenset({"error"}),
    "helpdesk.unavailable": frozenset({"sink", "attempts", "reason"}),
    "message.refused": frozenset({"kind", "attempts", "given_up"}),
    "preview.failed": frozenset({"error"}),
    "upkeep.failed": frozenset({"error"}),
    "request.served": frozenset({"method", "route", "status", "ms"}),
    "request.failed": frozenset({"route", "error", "place"}),
}
"""All that is ever logged, by name, with its fields; anything else is left out of the log."""

_ALWAYS = frozenset({"event", "level", "timestamp", "request_id"})
_SCALARS = (str, int, float, bool, type(None))


def only_listed(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep of a line what the list has, as scalars; of an event that is not in it, nothing but that there was one."""
    event = str(line.get("event"))
    if event not in EVENTS:
        line = {**line, "event": "log.unlisted"}
    allowed = EVENTS.get(event, frozenset()) | _ALWAYS
    return {
        name: value if isinstance(value, _SCALARS) else type(value).__name__
        for name, value in line.items()
        if name in allowed
    }


def configure_logging(log_format: Literal["console", "json"], *, least: int = logging.INFO) -> None:
    """Send structured logs, one event a line, to standard error; those of a level below ``least`` are left out."""
    renderer = (
        structlog.dev.ConsoleRenderer()
        if log_format == "console"
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_listed,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
