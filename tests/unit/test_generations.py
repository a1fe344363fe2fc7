"""The directory of generations when files are broken, when two things happen at once, and when a build is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.page import Page
from indexer.adapters.numpy_store import NumpyFormat
from indexer.build import Build, build_generation
from indexer.errors import GenerationInUse, GenerationUnknown, IndexNotReady
from indexer.generations import Generations
from tests.conftest import PROJECT
from tests.fakes import WordEncoder, page

OLD = [
    page("en/returns", "Returns", "Goods can be returned within 14 days."),
    page("pl/zwroty", "Zwroty", "Towar można zwrócić w ciągu 14 dni.", locale="pl"),
    page("ar/returns", "الإرجاع", "يمكن إرجاع البضائع خلال 14 يومًا.", locale="ar"),
]
JAPANESE = page("ja/returns", "返品", "商品は14日以内に返品できます。", locale="ja")
NEW = [replace(one, digest="") for one in (*OLD, JAPANESE)]  # equal in every process


def build(root: Path, pages: list[Page], *, promote: bool = True) -> Build:
    return build_generation(
        pages, generations=Generations(root), encoder=WordEncoder(), store=NumpyFormat(), promote=promote
    )


def version(number: int) -> list[Page]:
    return [page("en/a", "A", f"Version {number}.")]


def damage(root: Path, generation: str) -> None:
    (root / "generations" / generation / "pages.jsonl").write_text("", "utf-8")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"null", b'{"generation": 5}'])
def test_a_broken_pointer_is_said_to_be_broken_and_mended_by_a_promotion(tmp_path: Path, content: bytes) -> None:
    made = build(tmp_path, OLD).manifest.id
    (tmp_path / "current.json").write_bytes(content)
    with pytest.raises(IndexNotReady, match=r"current\.json cannot be understood"):
        Generations(tmp_path).live()

    Generations(tmp_path).promote(made)

    assert Generations(tmp_path).live() == made


@pytest.mark.parametrize("pages", [OLD, NEW], ids=["the same pages", "other pages"])
def test_a_broken_pointer_is_mended_by_a_build(tmp_path: Path, pages: list[Page]) -> None:
    build(tmp_path, OLD)
    (tmp_path / "current.json").write_bytes(b"{")

    made = build(tmp_path, pages)

    assert Generations(tmp_path).live() == made.manifest.id
    assert not made.unchanged


def test_with_a_broken_pointer_generations_are_listed_and_none_is_live(tmp_path: Path) -> None:
    made = build(tmp_path, OLD).manifest.id
    (tmp_path / "current.json").write_bytes(b"{")

    assert [(one.id, one.live) for one in Generations(tmp_path).all()] == [(made, False)]


def test_a_rollback_without_a_readable_pointer_says_there_is_nothing_to_go_back_to(tmp_path: Path) -> None:
    build(tmp_path, OLD)
    build(tmp_path, NEW)
    (tmp_path / "current.json").write_bytes(b"{")

    with pytest.raises(IndexNotReady, match="no earlier generation"):
        Generations(tmp_path).rollback()


def test_a_rollback_passes_over_a_damaged_generation(tmp_path: Path) -> None:
    first, second, _ = (build(tmp_path, version(number)).manifest.id for number in range(3))
    damage(tmp_path, second)

    pointer = Generations(tmp_path).rollback()

    assert (pointer.generation, pointer.before) == (first, ())


def test_a_rollback_passes_over_a_generation_that_was_deleted(tmp_path: Path) -> None:
    first, second, _ = (build(tmp_path, version(number)).manifest.id for number in range(3))
    (tmp_path / "generations" / second).rename(tmp_path / "elsewhere")

    assert Generations(tmp_path).rollback().generation == first


def test_a_rollback_to_nothing_whole_leaves_the_live_generation(tmp_path: Path) -> None:
    first, second = (build(tmp_path, version(number)).manifest.id for number in range(2))
    damage(tmp_path, first)

    with pytest.raises(IndexNotReady, match="no earlier generation"):
        Generations(tmp_path).rollback()

    assert Generations(tmp_path).live() == second


def test_rollbacks_go_back_one_generation_after_another(tmp_path: Path) -> None:
    made = [build(tmp_path, version(number)).manifest.id for number in range(4)]

    back = [Generations(tmp_path).rollback().generation for _ in range(3)]

    assert back == made[2::-1]


def test_what_was_rolled_back_from_is_not_gone_back_to(tmp_path: Path) -> None:
    first, _, third = (build(tmp_path, version(number)).manifest.id for number in range(3))
    generations = Generations(tmp_path)
    generations.rollback()
    generations.rollback()

    generations.promote(third)

    assert generations.rollback().generation == first


def test_a_generation_promoted_twice_is_gone_back_to_once(tmp_path: Path) -> None:
    first, second = (build(tmp_path, version(number)).manifest.id for number in range(2))
    Generations(tmp_path).promote(second)

    pointer = Generations(tmp_path).promote(second)

    assert pointer.before == (first,)


def test_a_rollback_and_a_promotion_do_not_wait_for_a_build(tmp_path: Path) -> None:
    first, second = (build(tmp_path, version(number)).manifest.id for number in range(2))

    with Generations(tmp_path).lock():
        back = Generations(tmp_path).rollback().generation
        forth = Generations(tmp_path).promote(second).generation

    assert (back, forth) == (first, second)


def test_candidates_newer_than_the_oldest_kept_are_not_deleted(tmp_path: Path) -> None:
    first = build(tmp_path, version(1)).manifest.id
    before_second = build(tmp_path, version(2), promote=False).manifest.id
    second = build(tmp_path, version(3)).manifest.id
    between = build(tmp_path, version(4), promote=False).manifest.id
    third = build(tmp_path, version(5)).manifest.id
    newest = build(tmp_path, version(6), promote=False).manifest.id

    deleted = Generations(tmp_path).prune(keep=1)

    assert deleted == [first, before_second]
    assert [one.id for one in Generations(tmp_path).all()] == [second, between, third, newest]


def test_nothing_is_deleted_while_there_are_no_more_than_are_kept(tmp_path: Path) -> None:
    build(tmp_path, version(0), promote=False)
    build(tmp_path, version(1))
    build(tmp_path, version(2))

    assert Generations(tmp_path).prune(keep=1) == []


def test_an_old_generation_that_is_live_again_is_not_deleted(tmp_path: Path) -> None:
    made = [build(tmp_path, version(number)).manifest.id for number in range(4)]
    Generations(tmp_path).promote(made[0])

    Generations(tmp_path).prune(keep=1)

    assert Generations(tmp_path).verify(made[0])


def test_a_file_among_the_generations_does_not_keep_old_ones_from_being_deleted(tmp_path: Path) -> None:
    first, _, _ = (build(tmp_path, version(number)).manifest.id for number in range(3))
    (tmp_path / "generations" / ".DS_Store").write_text("?", "utf-8")

    assert Generations(tmp_path).prune(keep=1) == [first]


@pytest.mark.parametrize("name", ["", ".", "..", "/", "../generations", "a/../b", "/etc", "./", "unknown", "a\0b"])
def test_what_is_no_generations_id_leads_to_no_folder(tmp_path: Path, name: str) -> None:
    build(tmp_path, OLD)

    with pytest.raises(GenerationUnknown):
        Generations(tmp_path).folder(name)


def test_a_file_among_the_generations_is_none(tmp_path: Path) -> None:
    build(tmp_path, OLD)
    (tmp_path / "generations" / "note.txt").write_text("?", "utf-8")

    with pytest.raises(GenerationUnknown):
        Generations(tmp_path).promote("note.txt")


# Builds NEW and kills itself, without a chance to clean up, at the point that is named.
DYING_BUILD = """
import os, signal, sys
from pathlib import Path
from indexer.adapters.numpy_store import NumpyFormat
from indexer.build import build_generation
from indexer.generations import Generations
from tests.fakes import WordEncoder
from tests.unit.test_generations import NEW

root, point = Path(sys.argv[1]), sys.argv[2]

def reached(name):
    if name == point:
        os.kill(os.getpid(), signal.SIGKILL)

class Encoder(WordEncoder):
    def embed_queries(self, texts):
        reached("embedding")
        return super().embed_queries(texts)

class Store(NumpyFormat):
    def write(self, vectors, path):
        reached(f"before {path.stem}")
        super().write(vectors, path)
        reached(f"after {path.stem}")

class Dying(Generations):
    def promote(self, generation):
        reached("before the promotion")
        return super().promote(generation)

    def prune(self, *, keep):
        reached("after the promotion")
        deleted = super().prune(keep=keep)
        reached("after pruning")
        return deleted

def about_to(event, arguments):
    if event == "os.rename":  # what os.replace announces to auditors, too
        source, target = Path(arguments[0]), Path(arguments[1])
        reached(f"before {target.name} is in place")
        if source == root / "building":
            reached("before the folder is in place")

sys.addaudithook(about_to)
build_generation(NEW, generations=Dying(root), encoder=Encoder(), store=Store(), policy=b"{}")
"""


def build_killed_at(root: Path, point: str) -> int:
    return subprocess.run([sys.executable, "-c", DYING_BUILD, str(root), point], cwd=PROJECT, check=False).returncode


@pytest.mark.parametrize(
    "point",
    [
        "embedding",
        "before windows",
        "after windows",
        "after labels",
        "after page-means",
        "before manifest.json is in place",
        "before the folder is in place",
        "before the promotion",
        "before current.json is in place",
    ],
)
def test_a_build_killed_before_the_pointer_changes_leaves_the_old_generation(tmp_path: Path, point: str) -> None:
    old = build(tmp_path, OLD).manifest

    ended = build_killed_at(tmp_path, point)

    assert ended == -signal.SIGKILL
    assert Generations(tmp_path).live() == old.id
    assert Generations(tmp_path).verify(old.id) == old
    made = build(tmp_path, NEW).manifest
    assert Generations(tmp_path).live() == made.id
    assert Generations(tmp_path).verify(made.id).counts.pages == 4


@pytest.mark.parametrize("point", ["after the promotion", "after pruning"])
def test_a_build_killed_after_the_pointer_has_changed_leaves_the_new_generation(tmp_path: Path, point: str) -> None:
    old = build(tmp_path, OLD).manifest.id

    ended = build_killed_at(tmp_path, point)

    live = Generations(tmp_path).live()
    assert ended == -signal.SIGKILL
    assert live != old
    assert Generations(tmp_path).verify(live).counts.pages == 4
    assert build(tmp_path, NEW).unchanged
    assert Generations(tmp_path).rollback().generation == old


def test_a_first_build_that_is_killed_leaves_no_index_and_the_next_makes_one(tmp_path: Path) -> None:
    ended = build_killed_at(tmp_path, "before current.json is in place")

    assert ended == -signal.SIGKILL
    with pytest.raises(IndexNotReady, match="there is no index"):
        Generations(tmp_path).live()
    assert build(tmp_path, NEW).manifest.id == Generations(tmp_path).live()


def test_a_generation_that_was_left_before_its_promotion_can_be_promoted(tmp_path: Path) -> None:
    old = build(tmp_path, OLD).manifest.id
    build_killed_at(tmp_path, "before the promotion")
    (left,) = (one.id for one in Generations(tmp_path).all() if one.id != old)

    Generations(tmp_path).promote(left)

    assert Generations(tmp_path).live() == left


def test_a_generation_that_never_was_live_can_be_dropped(tmp_path: Path) -> None:
    live = build(tmp_path, OLD).manifest.id
    draft = build(tmp_path, NEW, promote=False).manifest.id

    Generations(tmp_path).drop(draft)

    assert [one.id for one in Generations(tmp_path).all()] == [live]
    with pytest.raises(GenerationUnknown):
        Generations(tmp_path).drop(draft)


def test_what_is_live_or_could_be_gone_back_to_cannot_be_dropped(tmp_path: Path) -> None:
    old, live = build(tmp_path, OLD).manifest.id, build(tmp_path, NEW).manifest.id

    with pytest.raises(GenerationInUse, match="may have to be gone back to"):
        Generations(tmp_path).drop(old)
    with pytest.raises(GenerationInUse, match="it is live"):
        Generations(tmp_path).drop(live)

    assert [one.id for one in Generations(tmp_path).all()] == [old, live]


def test_nothing_is_dropped_while_nobody_knows_what_is_live(tmp_path: Path) -> None:
    made = build(tmp_path, OLD).manifest.id
    (tmp_path / "current.json").write_bytes(b"{")

    with pytest.raises(IndexNotReady):
        Generations(tmp_path).drop(made)

    assert [one.id for one in Generations(tmp_path).all()] == [made]


def test_words_of_languages_without_changes_are_taken_from_the_live_generation_as_if_indexed_anew(
    tmp_path: Path,
) -> None:
    build(tmp_path, OLD)
    edited = [replace(OLD[0], title="Sending back"), *OLD[1:]]

    quick = build(tmp_path, edited).manifest
    whole = build(tmp_path / "anew", edited).manifest

    assert quick.files == whole.files
