"""What tests share: the real model and the starter help centre, indexed once and kept by digest."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.settings import Settings
from api.wiring import make_encoder, make_store, open_assistant
from assistant.asking.assistant import Assistant
from assistant.asking.policy import SHIPPED
from corpus.readers.directory import read_directory
from indexer.build import build_generation
from indexer.generations import Generations
from indexer.ports import Encoder

PROJECT = Path(__file__).parent.parent
STARTER_PAGES = PROJECT / "corpus" / "pages"


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The bundled model, made in the user's cache on the first run on a machine."""
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
    return open_assistant(generations, generations.live(), encoder=encoder, store=make_store(Settings()))
