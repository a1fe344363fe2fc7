"""The application as it is served: ``uvicorn --factory api.main:make_app``."""

from __future__ import annotations

from fastapi import FastAPI

from api.app import create_app
from api.live import LiveAssistant
from api.log import configure_logging
from api.settings import Settings
from api.wiring import make_encoder, make_store, open_assistant
from indexer.generations import Generations
from indexer.ports import Encoder


def make_app() -> FastAPI:
    """Return the application with the real parts that the environment's settings name."""
    settings = Settings()
    configure_logging(settings.log_format)
    return make_app_with(settings, make_encoder(settings))


def make_app_with(settings: Settings, encoder: Encoder) -> FastAPI:
    """Return the application around an encoder that is there already."""

    def make_live() -> LiveAssistant:
        generations = Generations(settings.index_dir)
        store = make_store(settings)
        encoder.warm_up()
        return LiveAssistant(
            generations,
            lambda generation: open_assistant(generations, generation, encoder=encoder, store=store),
            every_seconds=settings.reload_seconds,
        )

    return create_app(settings, make_live)
