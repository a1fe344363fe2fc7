"""What routes are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.templating import Jinja2Templates

from api.live import LiveAssistant
from api.metrics import Metrics
from api.settings import Settings
from api.tokens import Tokens
from assistant.asking.assistant import Assistant


@dataclass(frozen=True)
class Services:
    """All that lives as long as the application."""

    settings: Settings
    live: LiveAssistant
    metrics: Metrics
    tokens: Tokens
    templates: Jinja2Templates


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def _assistant(services: Annotated[Services, Depends(_services)]) -> Assistant:
    return services.live.current()


ServicesDep = Annotated[Services, Depends(_services)]
AssistantDep = Annotated[Assistant, Depends(_assistant)]
