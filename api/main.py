"""The application with its real parts."""

from __future__ import annotations

import logging

from fastapi import FastAPI

from api.app import create_app
from api.curating import Curating
from api.live import LiveAssistant
from api.log import configure_logging
from api.settings import Settings, read_settings
from api.wiring import Encoders, make_reranker, make_store, open_assistant
from corpus.languages import language_confidences
from indexer.generations import Generations


def make_app() -> FastAPI:
    """Return the application that the environment's settings describe, for ``uvicorn --factory api.main:make_app``."""
    settings = read_settings()
    return make_app_with(settings, Encoders(settings))


def make_app_with(settings: Settings, encoders: Encoders) -> FastAPI:
    """Return the application around encoders of which some may be loaded already."""
    configure_logging(settings.log_format)
    # Uvicorn's own would hold addresses, and those of suggestions hold what visitors type.
    logging.getLogger("uvicorn.access").disabled = True

    def make_live() -> LiveAssistant:
        generations = Generations(settings.index_dir)
        store, reranker = make_store(settings), make_reranker(settings)
        language_confidences("the detector of languages loads its models at the first text")
        return LiveAssistant(
            generations,
            lambda generation: open_assistant(
                generations, generation, encoder_of=encoders.of, store=store, reranker=reranker
            ),
            every_seconds=settings.reload_seconds,
            curating=Curating(settings.curation),
        )

    return create_app(settings, make_live)
