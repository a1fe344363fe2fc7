"""The application with its real parts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI

from api.app import Recording, create_app
from api.chores import Chores
from api.curating import Curating
from api.dependencies import Clock, Services, system_clock
from api.forwarding import ticket_chores
from api.helpdesk_chores import helpdesk_chores
from api.live import LiveAssistant
from api.log import configure_logging
from api.senders import senders_of
from api.settings import Settings, read_settings
from api.upkeep import Upkeep
from api.wiring import (
    Encoders,
    make_calendar,
    make_fees,
    make_files,
    make_identities,
    make_intake,
    make_keys,
    make_limits,
    make_post,
    make_reranker,
    make_retention,
    make_store,
    open_assistant,
    open_record,
)
from api.wiring_desk import make_desk, make_fair_use
from api.wiring_helpdesk import make_helpdesk
from api.wiring_writers import make_writers
from api.writers.chores import gap_chores
from api.writers.telling import GAP, gap_sender
from assistant.adapters.sql.desk import SqlTickets
from assistant.adapters.sql.earlier import SqlEarlierTickets
from assistant.adapters.sql.retention import retain
from assistant.asking.assistant import Assistant
from assistant.record.events import Instant
from assistant.record.keys import Keys
from assistant.record.ports import Retained
from corpus.languages import language_confidences
from indexer.generations import Generations
from indexer.ports import Encoder


def make_app() -> FastAPI:
    """Return the application that the environment's settings describe, for ``uvicorn --factory api.main:make_app``."""
    settings = read_settings()
    return make_app_with(settings, Encoders(settings))


def make_app_with(settings: Settings, encoders: Encoders, *, clock: Clock = system_clock) -> FastAPI:
    """Return the application around encoders of which some may be loaded already, and a clock."""
    configure_logging(settings.log_format)
    # Uvicorn's own would hold addresses, and those of suggestions hold what visitors type.
    logging.getLogger("uvicorn.access").disabled = True
    generations = Generations(settings.index_dir)
    keys = make_keys(settings)

    def open_generation(generation: str) -> Assistant:
        return open_assistant(
            generations,
            generation,
            encoder_of=encoders.of,
            store=make_store(settings),
            reranker=make_reranker(settings),
        )

    def make_live() -> LiveAssistant:
        language_confidences("the detector of languages loads its models at the first text")
        return LiveAssistant(
            generations,
            open_generation,
            every_seconds=settings.reload_seconds,
            curating=Curating(settings.curation),
        )

    def make_recording(live: LiveAssistant, clock: Clock) -> Recording:
        return recording_of(settings, live, open_generation, clock, keys, generations, encoders.of)

    return create_app(settings, make_live, make_recording, keys, clock=clock)


def recording_of(
    settings: Settings,
    live: LiveAssistant,
    open_generation: Callable[[str], Assistant],
    clock: Clock,
    keys: Keys,
    generations: Generations,
    encoder_of: Callable[[Path], Encoder],
) -> Recording:
    """Return the record that the settings name, with what keeps it up, and what takes tickets beside it.

    Raises:
        SettingsUnusable: if a setting cannot be used as it is.
    """
    fees, post, identities = make_fees(settings), make_post(settings), make_identities(settings)
    senders = senders_of(post, fees, clock)
    if (telling := gap_sender(settings, clock)) is not None:
        senders[GAP] = telling
    record = open_record(settings)
    store = SqlTickets(record.engine)
    files = make_files(settings, keys, store)
    helpdesk = make_helpdesk(settings, record.engine, clock)
    fair_use = make_fair_use(settings, record.engine, make_calendar(settings))

    def assistant_of(generation: str) -> Assistant:
        assistant = live.current()
        return assistant if assistant.index.manifest.id == generation else open_generation(generation)

    def retain_all(now: Instant) -> Retained:
        retained = retain(record.engine, make_retention(settings), now=now)
        files.delete(retained.files)
        return retained

    def chores_of(services: Services) -> list[Chores]:
        every_seconds = settings.reload_seconds
        chores = [
            ticket_chores(services, senders, every_seconds=every_seconds),
            gap_chores(services, every_seconds=every_seconds),
        ]
        if helpdesk.sink is not None:
            chores.append(helpdesk_chores(services, helpdesk.sink, every_seconds=every_seconds))
        return chores

    upkeep = Upkeep(record, assistant_of, clock=clock, retain=retain_all, every_seconds=settings.reload_seconds)
    return Recording(
        record,
        upkeep,
        record.close,
        make_intake(settings, keys, store, standing_of=fair_use.standing_of),
        files,
        identities,
        fees,
        helpdesk,
        make_limits(settings, keys),
        chores_of,
        SqlEarlierTickets(record.engine),
        make_desk(settings, record.engine, fair_use),
        make_writers(settings, record.engine, generations, encoder_of),
    )
