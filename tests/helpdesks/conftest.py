"""Real helpdesks, each started once for a file of tests, behind a proxy with faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.adapters.helpdesks.django_helpdesk import DjangoHelpdesk
from assistant.adapters.helpdesks.request_tracker import RequestTracker
from eval.errors import EvalError
from eval.faults import Proxy, faulty
from eval.helpdesk_staff import DjangoStaff, RequestTrackerStaff, Staff
from eval.helpdesks import QUEUE, Helpdesk, django_helpdesk, request_tracker

TIMEOUT_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Place:
    """A helpdesk: what we speak to through a proxy, the server itself, and somebody who works there."""

    sink: DjangoHelpdesk | RequestTracker
    server: Helpdesk
    proxy: Proxy
    staff: Staff


@pytest.fixture(scope="module", params=["django-helpdesk", "request-tracker"])
def running(request: pytest.FixtureRequest) -> Iterator[Place]:
    start = django_helpdesk if request.param == "django-helpdesk" else request_tracker
    opening = start()
    try:
        server = opening.__enter__()
    except EvalError as exc:
        if Path("/usr/share/request-tracker5").exists() or "not installed" not in str(exc):
            raise
        pytest.skip(str(exc))
    try:
        with faulty(server.url, slow_seconds=TIMEOUT_SECONDS + 0.5) as proxy:
            yield place_of(server, proxy)
    finally:
        opening.__exit__(None, None, None)


def place_of(server: Helpdesk, proxy: Proxy) -> Place:
    port = server.url.partition("127.0.0.1:")[2].partition("/")[0]
    url = server.url.replace(port, str(proxy.port))
    if server.url.endswith("/helpdesk"):
        sink: DjangoHelpdesk | RequestTracker = DjangoHelpdesk(url, server.token, "1", timeout_seconds=TIMEOUT_SECONDS)
        return Place(sink, server, proxy, DjangoStaff(server))
    tracker = RequestTracker(url, server.token, QUEUE, timeout_seconds=TIMEOUT_SECONDS)
    return Place(tracker, server, proxy, RequestTrackerStaff(server))


@pytest.fixture
def place(running: Place) -> Place:
    """A helpdesk where all goes well, until a test wants otherwise."""
    running.proxy.choose = lambda _method, _path: None
    running.proxy.requests.clear()
    return running
