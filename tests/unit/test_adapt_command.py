"""``askfirst adapt`` as people run it: a real model learns from real pages, or is refused, and nothing is lost.

The model is the bundled one's first layers: enough to learn, and fast enough for a test.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from api.settings import Settings
from api.wiring import make_encoder, make_store, open_assistant
from assistant.asking.policy import POLICY, SHIPPED, dump_policy, read_policy
from commands.adapting import _policy
from corpus.readers.directory import read_directory
from indexer.adapters.encoders import PLAIN
from indexer.build import build_generation
from indexer.contents import adapter_in
from indexer.generations import Generations
from indexer.recipe import Recipe
from tests.conftest import STARTER_PAGES
from tests.unit.test_commands import run

_LAYERS = 4
_STEPS = "40"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sentence_transformers import SentenceTransformer

    plain = make_encoder(Settings(model=PLAIN))
    shallow = SentenceTransformer(plain.folder, device="cpu")
    bert = shallow[0].auto_model
    bert.encoder.layer = bert.encoder.layer[:_LAYERS]
    bert.config.num_hidden_layers = _LAYERS
    folder = tmp_path_factory.mktemp("model") / "shallow"
    shallow.save(str(folder), create_model_card=False)
    return folder


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for locale in ("pl", "en"):
        shutil.copytree(STARTER_PAGES / locale, folder / locale)
    return folder


@pytest.fixture(scope="module")
def environment(model: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("adapted")
    recipe = Recipe(make_encoder(Settings(model=str(model))).model)
    policy = folder / "policy.json"
    policy.write_bytes(dump_policy(replace(read_policy(SHIPPED), recipe=recipe.digest)))
    return {
        "ASKFIRST_MODEL": str(model),
        "ASKFIRST_POLICY": str(policy),
        "ASKFIRST_CACHE_DIR": str(folder / "cache"),
        "ASKFIRST_INDEX_DIR": str(folder / "index"),
    }


@pytest.fixture(scope="module")
def adapted(pages: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return run("adapt", "--pages", str(pages), "--steps", _STEPS, **environment)


@pytest.fixture
def generations(adapted: subprocess.CompletedProcess[str], environment: dict[str, str]) -> Generations:
    assert adapted.returncode == 0, adapted.stderr
    return Generations(Path(environment["ASKFIRST_INDEX_DIR"]))


def test_what_was_learnt_is_a_generation_with_its_adapter_and_a_policy_that_guarantees_nothing(
    adapted: subprocess.CompletedProcess[str], generations: Generations, environment: dict[str, str]
) -> None:
    made = generations.live()
    manifest = generations.verify(made)
    policy = read_policy(generations.folder(made) / POLICY)

    assert adapted.stdout.strip() == made
    assert adapter_in(generations.folder(made)) is not None
    assert policy.recipe == manifest.recipe.digest
    assert policy.carried_over == read_policy(Path(environment["ASKFIRST_POLICY"])).recipe
    assert policy.guarantee is None


def test_it_says_what_was_checked_and_how_it_came_out(adapted: subprocess.CompletedProcess[str]) -> None:
    assert "of pages not learnt:" in adapted.stderr
    assert "nothing is guaranteed until 'askfirst eval certify --adapter" in adapted.stderr
    assert "Traceback" not in adapted.stderr
    assert "Warning" not in adapted.stderr
    assert "Loading weights" not in adapted.stderr


def test_the_adapted_generation_answers(generations: Generations, environment: dict[str, str]) -> None:
    done = run("ask", "jak szybko odpowiadacie?", "--locale", "pl", "--json", **environment)

    reply = json.loads(done.stdout)
    assert reply["generation"] == generations.live()
    assert reply["answers"]


def test_building_again_goes_on_with_the_adapter(
    generations: Generations, pages: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    before = generations.live()
    policy = read_policy(generations.folder(before) / POLICY)
    edited = tmp_path / "pages"
    shutil.copytree(pages, edited)
    (edited / "en" / "new.md").write_text("# A page that is new\n\nIt says something.", "utf-8")

    unchanged = run("index", "build", "--pages", str(pages), **environment)
    built = run("index", "build", "--pages", str(edited), **environment)

    assert unchanged.stdout.strip() == before
    made = built.stdout.strip()
    assert made != before
    assert adapter_in(generations.folder(made)) is not None
    assert read_policy(generations.folder(made) / POLICY) == policy
    assert run("index", "rollback", **environment).returncode == 0
    assert generations.live() == before


def test_the_adapter_can_be_dropped(
    generations: Generations, pages: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    index = tmp_path / "index"
    shutil.copytree(generations.root, index)

    done = run(
        "index", "build", "--pages", str(pages), "--drop-adapter", **{**environment, "ASKFIRST_INDEX_DIR": str(index)}
    )

    assert done.returncode == 0, done.stderr
    assert adapter_in(Generations(index).folder(done.stdout.strip())) is None


def test_what_does_not_help_is_refused_and_the_index_left_as_it_was(
    pages: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    index = tmp_path / "index"

    done = run("adapt", "--pages", str(pages), "--steps", "1", **{**environment, "ASKFIRST_INDEX_DIR": str(index)})

    assert done.returncode == 1
    assert "does not help on pages that it has not seen; nothing was built" in done.stderr
    assert done.stdout == ""
    assert not (index / "generations").exists()
    models = Path(environment["ASKFIRST_CACHE_DIR"]) / "models"
    assert sum(folder.is_dir() for folder in models.iterdir()) <= 1  # that of the accepted adapter


def test_too_few_pages_are_not_learnt_from(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "only.md").write_text("# Refunds\n\nTen days.", "utf-8")

    done = run("adapt", "--pages", str(tmp_path), **{**environment, "ASKFIRST_INDEX_DIR": os.devnull})

    assert done.returncode == 1
    assert "too few to learn from" in done.stderr


def test_a_policy_for_another_model_is_not_carried_over(
    generations: Generations, pages: Path, environment: dict[str, str]
) -> None:
    base = make_encoder(Settings(model=environment["ASKFIRST_MODEL"]))
    live = generations.folder(generations.live())
    adapter = adapter_in(live)
    assert adapter is not None
    adapted = make_encoder(
        Settings(model=environment["ASKFIRST_MODEL"], cache_dir=Path(environment["ASKFIRST_CACHE_DIR"])),
        adapter=adapter,
    )
    store = make_store(Settings())
    plain = build_generation(
        read_directory(pages).pages, generations=generations, encoder=base, store=store, promote=False
    )
    one = open_assistant(generations, plain.manifest.id, encoder_of=lambda _: base, store=store)
    other = open_assistant(generations, generations.live(), encoder_of=lambda _: adapted, store=store)

    assert not one.trusted
    assert _policy(one, other, []) == read_policy(SHIPPED)
