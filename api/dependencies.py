"""What routes are given."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.templating import Jinja2Templates

from api.desk.parts import Desk
from api.errors import NotAllowed
from api.helpdesk import Helpdesk
from api.limiting import RateLimits
from api.live import LiveAssistant
from api.metrics import Metrics
from api.sessions import Sessions
from api.settings import Settings
from api.tokens import Tokens
from api.webhooks import Fees
from api.writers.parts import Writers
from assistant.asking.assistant import Assistant
from assistant.desk.earlier import EarlierTickets
from assistant.fair_use.overseeing import FairUse
from assistant.privacy.redaction import Redactor
from assistant.record.events import Instant
from assistant.record.keys import Keys
from assistant.record.ports import Record
from assistant.record.recorder import Recorder
from assistant.staff.accounts import Accounts
from assistant.tickets.conversations import Conversations
from assistant.tickets.files import Files
from assistant.tickets.identity import IdentityKeys
from assistant.tickets.intake import Intake
from assistant.tickets.ports import Queue

Clock = Callable[[], Instant]
"""Tells the time."""


def system_clock() -> Instant:
    """Tell the time of this machine."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Services:
    """All that lives as long as the application."""

    settings: Settings
    live: LiveAssistant
    metrics: Metrics
    tokens: Tokens
    templates: Jinja2Templates
    record: Record
    recorder: Recorder
    keys: Keys
    redactor: Redactor
    clock: Clock
    sessions: Sessions
    intake: Intake
    files: Files
    limits: RateLimits
    identities: IdentityKeys | None
    fees: Fees | None
    helpdesk: Helpdesk
    earlier: EarlierTickets
    desk: Desk
    writers: Writers

    @property
    def conversations(self) -> Conversations:
        """What is written after tickets."""
        return self.helpdesk.conversations

    @property
    def accounts(self) -> Accounts:
        """The desk's accounts."""
        return self.desk.accounts

    @property
    def queue(self) -> Queue:
        """What waits at the desk."""
        return self.desk.queue

    @property
    def fair_use(self) -> FairUse:
        """What decides on standings."""
        return self.desk.fair_use

    def may_administer(self, request: Request) -> bool:
        """Say whether a request comes from the operator's own systems: with the API key as its bearer token."""
        key = self.settings.api_key
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if key is None or scheme.lower() != "bearer":
            return False
        return secrets.compare_digest(given.strip().encode(), key.get_secret_value().encode())


# Async, though nothing is awaited: the framework would run a plain function in another thread, for half a millisecond.
async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def _assistant(services: Annotated[Services, Depends(_services)]) -> Assistant:
    return services.live.current()


async def _operator(request: Request, services: Annotated[Services, Depends(_services)]) -> None:
    if not services.may_administer(request):
        raise NotAllowed("send the API key (ASKFIRST_API_KEY) as 'Authorization: Bearer …'")


OperatorOnly = Depends(_operator)
ServicesDep = Annotated[Services, Depends(_services)]
AssistantDep = Annotated[Assistant, Depends(_assistant)]
