"""A running service takes up a new generation without dropping a request."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from api.wiring import make_store
from assistant.asking.policy import SHIPPED
from corpus.readers.directory import read_directory
from indexer.build import build_generation
from indexer.generations import Generations
from indexer.ports import Encoder
from tests.api.conftest import PAGES, build_small, client_over
from tests.conftest import STARTER_PAGES
from tests.fakes import page

ASKERS = 20


def eventually_serves(client: TestClient, generation: str) -> bool:
    until = time.monotonic() + 10.0
    while time.monotonic() < until:
        if client.get("/readyz").json().get("generation") == generation:
            return True
        time.sleep(0.02)
    return False


def test_a_promoted_generation_is_taken_up(tmp_path: Path) -> None:
    build_small(tmp_path)
    with client_over(tmp_path) as client:
        new = build_small(tmp_path, [*PAGES, page("en/new", "New page", "Entirely new words here.")])

        assert eventually_serves(client, new)
        assert client.get("/help/en/new").status_code == 200


def test_a_service_started_without_an_index_takes_up_the_first(tmp_path: Path) -> None:
    with client_over(tmp_path) as client:
        assert client.get("/readyz").status_code == 503

        first = build_small(tmp_path)

        assert eventually_serves(client, first)


def test_a_generation_that_cannot_be_opened_is_refused_and_the_old_one_goes_on(tmp_path: Path) -> None:
    old = build_small(tmp_path)
    with client_over(tmp_path) as client:
        new = build_small(tmp_path, PAGES[:2])
        assert eventually_serves(client, new)
        Generations(tmp_path).rollback()
        assert eventually_serves(client, old)
        # Not the one before, which is still open and needs no files.
        broken = f"{new}x"
        shutil.copytree(tmp_path / "generations" / new, tmp_path / "generations" / broken)
        (tmp_path / "generations" / broken / "manifest.json").write_text("{}", "utf-8")
        pointer = tmp_path / "current.json"
        pointer.write_text(pointer.read_text("utf-8").replace(old, broken), "utf-8")

        until = time.monotonic() + 10.0
        while not (ready := client.get("/readyz").json()).get("problem") and time.monotonic() < until:
            time.sleep(0.02)

        assert ready["generation"] == old
        assert broken in ready["problem"]
        assert client.post("/v1/answers", json={"question": "money", "locale": "en"}).status_code == 200


@pytest.fixture
def two_generations(own_index: Path, encoder: Encoder) -> tuple[str, str]:
    generations = Generations(own_index)
    whole = generations.live()
    english = [page for page in read_directory(STARTER_PAGES).pages if page.locale == "en"]
    part = build_generation(
        english,
        generations=generations,
        encoder=encoder,
        store=make_store(Settings()),
        policy=SHIPPED.read_bytes(),
        promote=False,
    )
    return whole, part.manifest.id


def test_promotions_under_twenty_parallel_askers_lose_no_request(
    two_generations: tuple[str, str], own_index: Path, server: str
) -> None:
    failures: list[str] = []
    served: set[str] = set()
    answered = 0
    over = threading.Event()
    counting = threading.Lock()

    def keep_asking(number: int) -> None:
        nonlocal answered
        with httpx2.Client(base_url=server, timeout=60.0) as client:
            while not over.is_set():
                try:
                    response = client.post(
                        "/v1/answers", json={"question": f"how long does a refund take {number}", "locale": "en"}
                    )
                    response.raise_for_status()
                    with counting:
                        answered += 1
                        served.add(response.json()["generation"])
                except Exception as exc:  # any failure at all is what this test looks for
                    failures.append(repr(exc))

    askers = [threading.Thread(target=keep_asking, args=(number,)) for number in range(ASKERS)]
    for asker in askers:
        asker.start()
    for turn in range(6):
        time.sleep(0.8)
        Generations(own_index).promote(two_generations[(turn + 1) % 2])
    time.sleep(0.8)
    over.set()
    for asker in askers:
        asker.join()

    assert failures == []
    assert served == set(two_generations)
    assert answered > ASKERS
