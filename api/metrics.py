"""Counters for Prometheus. Labels come from fixed lists, never from what a visitor sent."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Metrics:
    """The measures of one running service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.questions = Counter(
            "askfirst_questions_total", "Questions asked, by outcome.", ["outcome"], registry=self._registry
        )
        self.answer_seconds = Histogram(
            "askfirst_answer_seconds", "Time to answer a question.", registry=self._registry, buckets=_SECONDS
        )
        self.requests = Counter(
            "askfirst_http_requests_total",
            "Requests served, by route and status.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self.events = Counter(
            "askfirst_events_total", "Events reported, by what became of them.", ["status"], registry=self._registry
        )
        self.unrecorded = Counter(
            "askfirst_unrecorded_questions_total",
            "Questions that were answered before they were recorded, or without being so.",
            registry=self._registry,
        )
        self.tickets = Counter(
            "askfirst_tickets_total", "Tickets taken, by what became of them.", ["status"], registry=self._registry
        )
        self.limited = Counter(
            "askfirst_limited_total",
            "Requests refused for being too many, by limit.",
            ["limit"],
            registry=self._registry,
        )
        self.identities = Counter(
            "askfirst_identities_total", "Signed identities, by what was found.", ["result"], registry=self._registry
        )
        self.deliveries = Gauge(
            "askfirst_helpdesk_tickets",
            "Tickets for the helpdesk, by how far they have come.",
            ["state"],
            registry=self._registry,
        )
        self.waiting = Gauge("askfirst_record_waiting", "Appends that wait to be committed.", registry=self._registry)
        self.pages = Gauge("askfirst_index_pages", "Pages in the live generation.", registry=self._registry)
        self.ready = Gauge("askfirst_ready", "1 when questions can be answered.", registry=self._registry)

    def exposition(self) -> bytes:
        """Return all measures in Prometheus' text format."""
        return generate_latest(self._registry)
