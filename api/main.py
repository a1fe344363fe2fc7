"""The application with its real parts."""

from __future__ import annotations

import logging

from fastapi import FastAPI

from api.app import create_app
from api.live import LiveAssistant
from api.log import configure_logging
from api.settings import Settings, read_settings
from api.wiring import make_encoder, make_store, open_assistant
from corpus.languages import language_confidences
from indexer.generations import Generations
from indexer.ports import Encoder


def make_app() -> FastAPI:
    """Return the application that the environment's settings describe, for ``uvicorn --factory api.main:make_app``."""
    settings = read_settings()
    return make_app_with(settings, make_encoder(settings))


def make_app_with(settings: Settings, encoder: Encoder) -> FastAPI:
    """Return the application around an encoder that is there already."""
    configure_logging(settings.log_format)
    # Uvicorn's own would hold addresses, and those of suggestions hold what visitors type.
    logging.getLogger("uvicorn.access").disabled = True

    def make_live() -> LiveAssistant:
        generations = Generations(settings.index_dir)
        store = make_store(settings)
        encoder.warm_up()
        language_confidences("the detector of languages loads its models at the first text")
        return LiveAssistant(
            generations,
            lambda generation: open_assistant(generations, generation, encoder=encoder, store=store),
            every_seconds=settings.reload_seconds,
        )

    return create_app(settings, make_live)
