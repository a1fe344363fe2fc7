"""Building, verifying, promoting and rolling back generations, with a small encoder and real files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus.page import Page
from indexer.adapters.faiss_store import FaissFormat
from indexer.build import Build, build_generation
from indexer.errors import BuildRunning, GenerationDamaged, GenerationUnknown, IndexNotReady, RecipeMismatch
from indexer.generations import Generations
from indexer.search import PassageIndex
from tests.conftest import PROJECT
from tests.fakes import WordEncoder, page

PAGES = [
    page("pl/zwroty", "Zwroty", "Towar można zwrócić w ciągu 14 dni.\n\nPieniądze oddajemy w tydzień.", locale="pl"),
    page("en/returns", "Returns", "Goods can be returned within 14 days.\n\nMoney comes back in a week."),
    page("en/shipping", "Shipping", "Parcels leave the same day.", aliases=("delivery", "parcel")),
]


def build(root: Path, pages: list[Page], encoder: WordEncoder, *, full: bool = False, promote: bool = True) -> Build:
    return build_generation(
        pages, generations=Generations(root), encoder=encoder, store=FaissFormat(), full=full, promote=promote
    )


def test_a_built_generation_is_live_and_whole(tmp_path: Path) -> None:
    made = build(tmp_path, PAGES, WordEncoder())

    generations = Generations(tmp_path)
    assert generations.live() == made.manifest.id
    assert generations.verify(made.manifest.id).counts.pages_by_locale == {"en": 2, "pl": 1}


def test_only_changed_texts_are_embedded_again(tmp_path: Path) -> None:
    build(tmp_path, PAGES, WordEncoder())
    changed = [*PAGES[:2], page("en/shipping", "Shipping", "Parcels leave the next day.", aliases=("delivery",))]

    encoder = WordEncoder()
    build(tmp_path, changed, encoder)

    assert encoder.embedded == ["Shipping\nParcels leave the next day."]


def test_a_full_build_embeds_everything(tmp_path: Path) -> None:
    build(tmp_path, PAGES, WordEncoder())

    encoder = WordEncoder()
    made = build(tmp_path, PAGES, encoder, full=True)

    assert len(encoder.embedded) == made.manifest.counts.windows + made.manifest.counts.labels


def test_another_model_embeds_everything_and_does_not_mix_with_the_first(tmp_path: Path) -> None:
    first = build(tmp_path, PAGES, WordEncoder())

    encoder = WordEncoder("other words")
    second = build(tmp_path, PAGES, encoder)

    assert encoder.embedded
    assert first.manifest.recipe != second.manifest.recipe


def test_unchanged_pages_make_no_new_generation(tmp_path: Path) -> None:
    first = build(tmp_path, PAGES, WordEncoder())

    again = build(tmp_path, [*PAGES[1:], PAGES[0]], WordEncoder())  # languages are put together in any case

    assert again.unchanged
    assert again.manifest.id == first.manifest.id


def test_a_generation_that_is_not_promoted_leaves_the_live_one(tmp_path: Path) -> None:
    first = build(tmp_path, PAGES, WordEncoder())

    second = build(tmp_path, PAGES[:2], WordEncoder(), promote=False)

    assert Generations(tmp_path).live() == first.manifest.id
    assert {listed.id for listed in Generations(tmp_path).all()} == {first.manifest.id, second.manifest.id}


def test_rollback_returns_to_the_generation_before_and_then_says_there_is_none(tmp_path: Path) -> None:
    first = build(tmp_path, PAGES, WordEncoder())
    build(tmp_path, PAGES[:2], WordEncoder())

    pointer = Generations(tmp_path).rollback()

    assert pointer.generation == first.manifest.id
    with pytest.raises(IndexNotReady, match="no earlier generation"):
        Generations(tmp_path).rollback()


def test_promoting_an_unknown_generation_names_it(tmp_path: Path) -> None:
    build(tmp_path, PAGES, WordEncoder())

    with pytest.raises(GenerationUnknown, match=r"'\.\./generations'"):
        Generations(tmp_path).promote("../generations")


@pytest.mark.parametrize("damage", ["change", "remove", "add"])
def test_a_damaged_generation_is_not_promoted_and_the_file_is_named(tmp_path: Path, damage: str) -> None:
    build(tmp_path, PAGES, WordEncoder())
    spare = build(tmp_path, PAGES[:2], WordEncoder(), promote=False).manifest.id
    file = tmp_path / "generations" / spare / "passages.jsonl"
    match damage:
        case "change":
            file.write_text(file.read_text("utf-8").replace("14", "41"), "utf-8")
        case "remove":
            file.unlink()
        case _:
            (file.parent / "stranger.txt").write_text("?", "utf-8")

    with pytest.raises(GenerationDamaged, match="stranger.txt" if damage == "add" else "passages.jsonl"):
        Generations(tmp_path).promote(spare)


def test_a_damaged_live_generation_is_built_anew(tmp_path: Path) -> None:
    first = build(tmp_path, PAGES, WordEncoder()).manifest.id
    (tmp_path / "generations" / first / "pages.jsonl").write_text("", "utf-8")

    made = build(tmp_path, PAGES, WordEncoder())

    assert not made.unchanged
    assert Generations(tmp_path).verify(made.manifest.id)


def test_a_second_build_in_the_same_directory_is_refused(tmp_path: Path) -> None:
    with Generations(tmp_path).lock(), pytest.raises(BuildRunning, match="another build"):
        build(tmp_path, PAGES, WordEncoder())


def test_no_pages_make_no_generation(tmp_path: Path) -> None:
    with pytest.raises(IndexNotReady, match="no page"):
        build(tmp_path, [], WordEncoder())


def test_an_index_of_another_recipe_is_refused_with_both_digests(tmp_path: Path) -> None:
    made = build(tmp_path, PAGES, WordEncoder())

    with pytest.raises(RecipeMismatch) as raised:
        PassageIndex.open(
            Generations(tmp_path).folder(made.manifest.id), encoder=WordEncoder("other"), store=FaissFormat()
        )

    assert made.manifest.recipe.digest in str(raised.value)


def test_old_generations_are_deleted_but_not_the_ones_to_go_back_to(tmp_path: Path) -> None:
    ids = [
        build(tmp_path, [page("en/a", "A", f"Version {number}.")], WordEncoder()).manifest.id for number in range(13)
    ]

    kept = [listed.id for listed in Generations(tmp_path).all()]

    assert sorted(kept) == sorted(ids[-11:])


KILLED_BUILD = """
import sys, time
from pathlib import Path
from tests.fakes import WordEncoder, page
from indexer.adapters.faiss_store import FaissFormat
from indexer.build import build_generation
from indexer.generations import Generations

class Slow(WordEncoder):
    def embed_passages(self, texts, *, progress=None):
        print("embedding", flush=True)
        time.sleep(0.1)
        return super().embed_passages(texts, progress=progress)

pages = [page(f"en/{n}", f"Page {n}", f"Text {n} of {sys.argv[2]}.") for n in range(2000)]
build_generation(pages, generations=Generations(Path(sys.argv[1])), encoder=Slow(), store=FaissFormat())
print("built", flush=True)
"""


def start_build(root: Path, salt: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", KILLED_BUILD, str(root), salt], stdout=subprocess.PIPE, text=True, cwd=PROJECT
    )


@pytest.mark.parametrize("delay", [0.0, 0.2, 0.45, 0.6, 0.8, 1.0, 1.3])
def test_a_build_killed_at_any_moment_leaves_the_live_generation_and_the_next_build_succeeds(
    tmp_path: Path, delay: float
) -> None:
    before = build(tmp_path, PAGES, WordEncoder()).manifest
    process = start_build(tmp_path, "first")
    assert process.stdout is not None
    assert process.stdout.readline() == "embedding\n"

    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    with process:
        finished = "built" in process.stdout.read()

    live = Generations(tmp_path).verify(Generations(tmp_path).live())
    assert live == before or live.counts.pages == 2000
    assert not finished or live != before
    with start_build(tmp_path, "first") as again:
        assert again.stdout is not None
        assert again.stdout.read().endswith("built\n")
    assert Generations(tmp_path).verify(Generations(tmp_path).live()).counts.pages == 2000


def test_what_a_killed_build_had_embedded_is_not_embedded_again(tmp_path: Path) -> None:
    with start_build(tmp_path, "x") as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(3)] == ["embedding\n"] * 3
        os.kill(process.pid, signal.SIGKILL)

    with start_build(tmp_path, "x") as again:
        assert again.stdout is not None
        first_run = [line for line in again.stdout if line == "embedding\n"]
    with start_build(tmp_path / "fresh", "x") as fresh:
        assert fresh.stdout is not None
        whole_run = [line for line in fresh.stdout if line == "embedding\n"]

    assert len(first_run) < len(whole_run)


def test_the_pointer_is_a_file_people_can_read(tmp_path: Path) -> None:
    made = build(tmp_path, PAGES, WordEncoder())

    pointer = json.loads((tmp_path / "current.json").read_text("utf-8"))

    assert pointer["generation"] == made.manifest.id
