"""A whole application over a small index, and a real server over the real one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.curating import Curating
from api.dependencies import Clock, system_clock
from api.live import LiveAssistant
from api.main import recording_of
from api.settings import Settings
from api.wiring import make_keys, open_assistant
from assistant.asking.assistant import Assistant
from assistant.asking.policy import MOST_SHOWN, Basis, Calibration, Policy, Weights, dump_policy
from corpus.page import Page
from eval.service import running_service
from indexer.adapters.numpy_store import NumpyFormat
from indexer.build import build_generation
from indexer.generations import Generations
from indexer.ports import Encoder
from indexer.recipe import Recipe
from tests.fakes import WordEncoder, page

API_KEY = "a key of the tests"
OPERATOR = {"Authorization": f"Bearer {API_KEY}"}
PAGES = [
    page("en/refunds", "Refunds", "Money comes back within ten days. It goes to the card that paid."),
    page("en/shipping", "Shipping", "Parcels leave on the day of the order. Tracking is sent by e-mail."),
    page("pl/zwroty", "Zwroty", "Pieniądze wracają w ciągu dziesięciu dni. Trafiają na kartę.", locale="pl"),
    page("pl/wysylka", "Wysyłka", "Paczki wychodzą w dniu zamówienia.", locale="pl"),
]


def word_policy() -> Policy:
    """A policy under which sharing most words is an answer, some is related and none is a miss."""
    weights = Weights(label=0.3, window=0.6, page=0.1, words=0.1, alias=1.0)
    by_score = Calibration(intercept=-3.0, score=16.0, lead=0.0, standing=0.0, coverage=0.0, words=0.0)
    basis = Basis(weights, (by_score,) * MOST_SHOWN, lone_lead=0.0)
    return Policy(
        recipe=Recipe(WordEncoder().model).digest,
        same_language=basis,
        other_language=basis,
        answer_at=0.7,
        related_at=0.2,
        fitted_on={},
    )


def build_small(root: Path, pages: list[Page] = PAGES, *, policy: bytes | None = None) -> str:
    made = build_generation(
        pages,
        generations=Generations(root),
        encoder=WordEncoder(),
        store=NumpyFormat(),
        policy=policy or dump_policy(word_policy()),
    )
    return made.manifest.id


def client_over(root: Path, **changed: Any) -> TestClient:
    """Return a client of the whole application over an index; its record is in a file beside it."""
    return TestClient(app_over(root, **changed), raise_server_exceptions=False)


def app_over(root: Path, *, clock: Clock = system_clock, encoder: Encoder | None = None, **changed: Any) -> FastAPI:
    settings = Settings(
        **{
            "index_dir": root,
            "store": "numpy",
            "reload_seconds": 0.05,
            "database": f"sqlite:///{root}/record.db",
            "secret": "a secret of the tests",
            "api_key": API_KEY,
            "secret_file": root / "secret",
            "attachments": f"file:{root}/attachments",
            "question_limit": "100000/minute",
            **changed,
        }
    )

    def open_generation(generation: str) -> Assistant:
        generations = Generations(root)
        words = encoder or WordEncoder()
        return open_assistant(generations, generation, encoder_of=lambda _: words, store=NumpyFormat())

    def make_live() -> LiveAssistant:
        return LiveAssistant(
            Generations(root),
            open_generation,
            every_seconds=settings.reload_seconds,
            curating=Curating(settings.curation),
        )

    return create_app(
        settings,
        make_live,
        lambda live, clock: recording_of(
            settings,
            live,
            open_generation,
            clock,
            make_keys(settings),
            Generations(root),
            lambda _: encoder or WordEncoder(),
        ),
        make_keys(settings),
        clock=clock,
    )


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    build_small(tmp_path)
    with client_over(tmp_path) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Logs of one test must not go to the captured stream of another."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def own_index(starter_index: Path, tmp_path: Path) -> Path:
    """A copy of the starter index that a test may change."""
    return Path(shutil.copytree(starter_index, tmp_path / "index"))


@pytest.fixture
def server(own_index: Path, tmp_path: Path) -> Iterator[str]:
    """The address of the real service over an index that the test may change."""
    with running_service(tmp_path, index_dir=str(own_index), reload_seconds="0.1") as service:
        yield service.address
