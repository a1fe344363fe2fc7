"""What tests share: the real model and the starter help centre, indexed once and kept by digest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.settings import Settings
from api.wiring import make_encoder, make_store, open_assistant
from assistant.asking.assistant import Assistant
from assistant.asking.policy import SHIPPED
from corpus.readers.directory import read_directory
from eval.postgres import Postgres, postgres_server
from eval.service import running_service
from indexer.adapters.sentence_transformers import SentenceTransformerEncoder
from indexer.build import build_generation
from indexer.generations import Generations
from indexer.ports import Encoder

PROJECT = Path(__file__).parent.parent
STARTER_PAGES = PROJECT / "corpus" / "pages"


@pytest.fixture(scope="session")
def encoder() -> SentenceTransformerEncoder:
    """The bundled model with our adapter, made in the user's cache on the first run on a machine."""
    return make_encoder(Settings())


@pytest.fixture(scope="session")
def starter_index(encoder: Encoder) -> Path:
    """The directory of a real index of the starter help centre.

    It lives in the user's cache: a run whose pages and recipe are those of the last one finds it as it was left.
    """
    root = Settings().cache_dir / "tests" / "starter-index"
    build_generation(
        read_directory(STARTER_PAGES, strict=True).pages,
        generations=Generations(root),
        encoder=encoder,
        store=make_store(Settings()),
        policy=SHIPPED.read_bytes(),
    )
    return root


@pytest.fixture(scope="session")
def assistant(starter_index: Path, encoder: Encoder) -> Assistant:
    """The real assistant over the starter help centre."""
    generations = Generations(starter_index)
    return open_assistant(generations, generations.live(), encoder_of=lambda _: encoder, store=make_store(Settings()))


@pytest.fixture(scope="session")
def shared_server(starter_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real service over the starter help centre, for tests that change nothing."""
    with running_service(
        tmp_path_factory.mktemp("service"), index_dir=str(starter_index), reload_seconds="0.1"
    ) as service:
        yield service.address


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server, for tests that make databases of their own there."""
    with postgres_server() as server:
        # Nothing there is to be kept, so there is no disk to wait for.
        server.run("psql", "-c", "ALTER SYSTEM SET fsync = off")
        server.run("psql", "-c", "SELECT pg_reload_conf()")
        yield server
        server.kill()
