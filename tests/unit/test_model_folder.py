"""Folders of models, made once and whole; adapters, and which generation has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.settings import Settings
from api.wiring import Encoders
from indexer.adapters.adapted_model import ADAPTER_WEIGHTS, SHIPPED_ADAPTER, adapted, adapter_digest
from indexer.adapters.model_folder import Progress, ensure_model_folder, problems_of_model_folder, sha256_of
from indexer.adapters.numpy_store import NumpyFormat
from indexer.build import build_generation
from indexer.contents import adapter_in
from indexer.errors import GenerationDamaged, ModelUnusable
from indexer.generations import Generations
from indexer.recipe import Model
from tests.fakes import WordEncoder, page


def write_weights(folder: Path, progress: Progress) -> None:
    (folder / "weights").mkdir()
    (folder / "weights" / "a.bin").write_bytes(b"12345")
    progress(1, 1)


def refuse(folder: Path, progress: Progress) -> None:
    (folder / "half").write_bytes(b"1")
    raise ModelUnusable("broken off")


def made(target: Path) -> Path:
    return ensure_model_folder(target, write_weights, made_from={"base": "words"})


def adapter(folder: Path, weights: bytes = b"weights") -> Path:
    folder.mkdir()
    (folder / ADAPTER_WEIGHTS).write_bytes(weights)
    return folder


def test_a_folder_is_made_once_and_its_files_are_as_they_were_made(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    folder = ensure_model_folder(
        tmp_path / "models" / "one",
        write_weights,
        made_from={"base": "words"},
        progress=lambda done, total: told.append((done, total)),
    )

    assert ensure_model_folder(folder, refuse, made_from={}) == folder
    assert told == [(1, 1)]
    assert problems_of_model_folder(folder) == []
    assert (folder / "weights" / "a.bin").read_bytes() == b"12345"


def test_what_was_changed_or_is_missing_is_named(tmp_path: Path) -> None:
    one, two = made(tmp_path / "one"), made(tmp_path / "two")
    (one / "weights" / "a.bin").write_bytes(b"12346")
    (two / "weights" / "a.bin").unlink()

    assert problems_of_model_folder(one) == ["weights/a.bin was changed since it was made"]
    assert problems_of_model_folder(two) == ["weights/a.bin is missing"]


def test_a_folder_whose_making_fails_is_not_there_and_can_be_made_later(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="broken off"):
        ensure_model_folder(tmp_path / "one", refuse, made_from={})

    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []
    assert problems_of_model_folder(made(tmp_path / "one")) == []


def test_a_half_made_folder_of_another_program_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "left over").write_text("x", "utf-8")

    assert sorted(path.name for path in made(tmp_path / "one").iterdir()) == ["complete.json", "weights"]


def test_an_adapter_makes_another_model_of_a_model(tmp_path: Path) -> None:
    plain = Model(name="e5", digest="plain", dim=384, query_prompt="query: ", passage_prompt="passage: ")
    one, other = adapter(tmp_path / "one"), adapter(tmp_path / "other", b"other")

    assert adapter_digest(one) == sha256_of(one / ADAPTER_WEIGHTS)
    assert len({plain, adapted(plain, one), adapted(plain, other), adapted(adapted(plain, one), other)}) == 4
    assert adapted(plain, one).query_prompt == "query: "


def test_a_folder_that_is_no_adapter_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match=f"holds no {ADAPTER_WEIGHTS}"):
        adapter_digest(tmp_path)


def test_the_shipped_adapter_is_an_adapter() -> None:
    assert len(adapter_digest(SHIPPED_ADAPTER)) == 64


def test_a_generation_keeps_the_adapter_it_was_built_with(tmp_path: Path) -> None:
    own = adapter(tmp_path / "own")
    generations = Generations(tmp_path / "index")

    def build(name: str, adapter: Path | None) -> Path:
        made = build_generation(
            [page("en/a", "Money", name)],
            generations=generations,
            encoder=WordEncoder(name),
            store=NumpyFormat(),
            adapter=adapter,
        )
        return generations.folder(made.manifest.id)

    without, having = build("plain", None), build("adapted", own)

    kept = adapter_in(having)
    assert adapter_in(without) is None
    assert kept is not None
    assert adapter_digest(kept) == adapter_digest(own)
    generations.verify(having.name)


def test_an_adapter_that_was_changed_in_a_generation_is_found(tmp_path: Path) -> None:
    generations = Generations(tmp_path / "index")
    made = build_generation(
        [page("en/a", "Money", "Costs")],
        generations=generations,
        encoder=WordEncoder(),
        store=NumpyFormat(),
        adapter=adapter(tmp_path / "own"),
    )
    (generations.folder(made.manifest.id) / "adapter" / ADAPTER_WEIGHTS).write_bytes(b"changed")

    with pytest.raises(GenerationDamaged, match=ADAPTER_WEIGHTS):
        generations.verify(made.manifest.id)


def test_an_adapter_needs_a_model_in_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "generation"
    folder.mkdir()
    adapter(folder / "adapter")
    encoders = Encoders(Settings(model="no/such-folder", cache_dir=tmp_path / "cache"))

    with pytest.raises(ModelUnusable, match="'no/such-folder' is none"):
        encoders.of(folder)
