"""Logs: a fixed list of events with scalar fields, never a question's text."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog

EVENTS = frozenset(
    {
        "service.started",
        "service.stopped",
        "generation.opened",
        "generation.refused",
        "generation.unreadable",
        "curation.opened",
        "curation.refused",
        "pin.ignored",
        "question.answered",
        "question.related",
        "question.missed",
        "request.served",
        "request.failed",
    }
)
"""All that is ever logged by name; a test holds the code to it."""


def configure_logging(log_format: Literal["console", "json"]) -> None:
    """Send structured logs, one event a line, to standard error."""
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
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
