"""The application, from parts it is given."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

import structlog
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from api.dependencies import Services
from api.errors import install_error_handlers
from api.live import LiveAssistant
from api.metrics import Metrics
from api.middleware import RequestMiddleware
from api.routes import answers, operations, pages
from api.settings import Settings
from api.tokens import Tokens

_HERE = Path(__file__).parent
_log = structlog.get_logger()


def create_app(settings: Settings, make_live: Callable[[], LiveAssistant]) -> FastAPI:
    """Return the application.

    Args:
        settings: what the operator set.
        make_live: makes what follows the live generation; called when the service starts.
    """
    metrics = Metrics()
    templates = Jinja2Templates(_HERE / "templates")
    templates.env.trim_blocks = templates.env.lstrip_blocks = True
    templates.env.filters["dict"] = dict

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        live = make_live()
        app.state.services = Services(settings, live, metrics, Tokens(settings.secret), templates)
        live.start()
        _log.info("service.started", version=version("askfirst"))
        try:
            yield
        finally:
            live.stop()
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
    for module in (answers, operations, pages):
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    app.add_middleware(RequestMiddleware, metrics=metrics, max_body_bytes=settings.max_body_bytes)
    return app
