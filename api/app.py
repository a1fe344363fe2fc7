"""The application, from parts it is given."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from api.chores import Chores
from api.dependencies import Clock, Services, system_clock
from api.desk.errors import install_desk_errors
from api.desk.parts import Desk
from api.errors import install_error_handlers
from api.flow import PART_HEADER
from api.helpdesk import Helpdesk
from api.limiting import RateLimits
from api.live import LiveAssistant
from api.metrics import Metrics
from api.middleware import RequestMiddleware
from api.routes import (
    answers,
    desk,
    desk_accounts,
    desk_fair_use,
    desk_oidc,
    events,
    helpdesk,
    operations,
    record,
    sign_in,
    support,
    support_tickets,
    ticket_check,
    tickets,
    writers,
    writers_api,
    writers_curation,
    writers_drafts,
    writers_gaps,
    writers_generations,
)
from api.routes import help as help_pages
from api.sessions import SESSION_HEADER, Sessions
from api.settings import Settings
from api.tokens import Tokens
from api.webhooks import Fees
from api.writers.parts import Writers
from assistant.desk.earlier import EarlierTickets
from assistant.privacy.redaction import Redactor
from assistant.record.events import MS_PER_DAY
from assistant.record.keys import Keys
from assistant.record.ports import Record
from assistant.record.recorder import Experiment, Recorder
from assistant.tickets.files import Files
from assistant.tickets.identity import IdentityKeys
from assistant.tickets.intake import Intake

_HERE = Path(__file__).parent
_log = structlog.get_logger()


@dataclass(frozen=True)
class Recording:
    """The record as the application is given it, with what keeps it up, and what takes tickets."""

    record: Record
    upkeep: Chores
    close: Callable[[], None]
    intake: Intake
    files: Files
    identities: IdentityKeys | None
    fees: Fees | None
    helpdesk: Helpdesk
    limits: RateLimits
    chores_of: Callable[[Services], Sequence[Chores]]
    earlier: EarlierTickets
    desk: Desk
    writers: Writers


def _origin_of(url: str | None) -> list[str]:
    return ["{0.scheme}://{0.netloc}".format(urlsplit(url))] if url else []


def create_app(
    settings: Settings,
    make_live: Callable[[], LiveAssistant],
    make_recording: Callable[[LiveAssistant, Clock], Recording],
    keys: Keys,
    *,
    clock: Clock = system_clock,
) -> FastAPI:
    """Return the application.

    Args:
        settings: what the operator set.
        make_live: makes what follows the live generation; called when the service starts.
        make_recording: makes the record; called when the service starts.
        keys: what tokens, pseudonyms and lots are made with.
        clock: tells the time.
    """
    metrics = Metrics()
    templates = Jinja2Templates(_HERE / "templates")
    templates.env.trim_blocks = templates.env.lstrip_blocks = True
    templates.env.filters["dict"] = dict

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        live = make_live()
        recording = make_recording(live, clock)
        experiment = Experiment(settings.holdout_name, settings.holdout_share)
        app.state.services = Services(
            settings,
            live,
            metrics,
            Tokens(keys.derive("tokens"), lifetime_ms=round(settings.token_days * MS_PER_DAY)),
            templates,
            recording.record,
            Recorder(recording.record, keys, experiment),
            keys,
            Redactor(order_pattern=settings.order_pattern),
            clock,
            Sessions(
                keys.derive("session"),
                hours=settings.session_hours,
                secure=(settings.public_url or "").startswith("https://"),
            ),
            recording.intake,
            recording.files,
            recording.limits,
            recording.identities,
            recording.fees,
            recording.helpdesk,
            recording.earlier,
            recording.desk,
            recording.writers,
        )
        chores = recording.chores_of(app.state.services)
        live.start()
        recording.upkeep.start()
        for one in chores:
            one.start()
        _log.info("service.started", version=version("askfirst"))
        try:
            yield
        finally:
            live.stop()
            for one in chores:
                one.stop()
            recording.upkeep.stop()
            app.state.services.recorder.close()
            recording.close()
            _log.info("service.stopped")

    app = FastAPI(
        title="Askfirst",
        version=version("askfirst"),
        summary="Finds the answer in the help pages before a ticket is created.",
        lifespan=lifespan,
        redoc_url=None,
        docs_url=None,
    )
    install_error_handlers(app)
    install_desk_errors(app)
    for module in (
        answers,
        desk,
        desk_accounts,
        desk_fair_use,
        desk_oidc,
        events,
        record,
        ticket_check,
        tickets,
        writers,
        writers_api,
        writers_curation,
        writers_drafts,
        writers_gaps,
        writers_generations,
        helpdesk,
        operations,
        help_pages,
        sign_in,
        support_tickets,
        support,
    ):
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    # The last one added is the first to see a request.
    app.add_middleware(GZipMiddleware, minimum_size=500)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.origins,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["content-type", SESSION_HEADER, PART_HEADER],
        expose_headers=["ratelimit", "ratelimit-policy", "retry-after", "x-request-id"],
        max_age=3600,
    )
    app.add_middleware(
        RequestMiddleware,
        metrics=metrics,
        max_body_bytes=settings.max_body_bytes,
        max_upload_bytes=settings.attachment_bytes * max(1, settings.attachment_count) + settings.max_body_bytes,
        # Behind a proxy that speaks HTTPS for us, our own origin is the public one.
        origins=(*settings.origins, *_origin_of(settings.public_url)),
    )
    return app
