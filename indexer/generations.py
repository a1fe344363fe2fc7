"""The directory in which generations live, and the pointer that says which one is live.

::

    <index>/current.json          which generation answers, and which did before it
    <index>/generations/<id>/     one immutable build each
    <index>/building/             the build under way; thrown away by the next one if it was killed
    <index>/cache/                vectors by text
    <index>/build.lock            held while a build or a promotion runs
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from indexer.errors import BuildRunning, GenerationDamaged, GenerationUnknown, IndexNotReady
from indexer.manifest import Manifest, problems_of, read_manifest, write_durably

_POINTER = "current.json"


@dataclass(frozen=True, slots=True)
class Pointer:
    """The live generation and those that were live before it, the latest last."""

    generation: str
    promoted_at: datetime.datetime
    before: tuple[str, ...] = ()


_adapter = TypeAdapter(Pointer)


@dataclass(frozen=True, slots=True)
class Listed:
    """A generation as it is listed; ``manifest`` is missing where it cannot be read, and ``problem`` says why."""

    id: str
    live: bool
    manifest: Manifest | None
    problem: str = ""


class Generations:
    """All generations of one help centre."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.cache = root / "cache"
        self.building = root / "building"

    def folder(self, generation: str) -> Path:
        """Return where a generation's files are.

        Raises:
            GenerationUnknown: if there is none of that id.
        """
        folder = self.root / "generations" / generation
        if not generation or folder.parent != self.root / "generations" or not folder.is_dir():
            raise GenerationUnknown(f"there is no generation {generation!r} in {self.root}")
        return folder

    def pointer(self) -> Pointer | None:
        """Return which generation is live, or ``None`` before the first promotion."""
        try:
            return _adapter.validate_json((self.root / _POINTER).read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as exc:
            raise IndexNotReady(f"{self.root / _POINTER} cannot be understood; promote a generation again") from exc

    def live(self) -> str:
        """Return the id of the live generation.

        Raises:
            IndexNotReady: if none was promoted yet.
        """
        pointer = self.pointer()
        if pointer is None:
            raise IndexNotReady(f"there is no index in {self.root}: run 'askfirst index build --pages DIR' first")
        return pointer.generation

    def all(self) -> list[Listed]:
        """Return all generations, oldest first."""
        pointer = self.pointer()
        live = pointer.generation if pointer else None
        listed = []
        folders = (self.root / "generations").iterdir() if (self.root / "generations").is_dir() else ()
        for folder in sorted(folders):
            try:
                listed.append(Listed(folder.name, folder.name == live, read_manifest(folder)))
            except ValueError as exc:
                listed.append(Listed(folder.name, folder.name == live, None, str(exc)))
        return listed

    def verify(self, generation: str) -> Manifest:
        """Return a generation's manifest after comparing every file with it.

        Raises:
            GenerationUnknown: if there is none of that id.
            GenerationDamaged: if a file is missing, changed or foreign.
        """
        folder = self.folder(generation)
        try:
            manifest = read_manifest(folder)
        except ValueError as exc:
            raise GenerationDamaged(generation, [str(exc)]) from exc
        problems = problems_of(folder, manifest)
        if problems:
            raise GenerationDamaged(generation, problems)
        return manifest

    def promote(self, generation: str) -> Pointer:
        """Make a generation the live one, in one atomic step, after verifying it."""
        with self.lock():
            return self.promote_locked(generation)

    def promote_locked(self, generation: str) -> Pointer:
        """Promote while the caller holds ``lock``."""
        self.verify(generation)
        now = self.pointer()
        if now is not None and now.generation == generation:
            return now
        before = (*(i for i in now.before if i != generation), now.generation) if now is not None else ()
        return self._point(generation, before)

    def rollback(self) -> Pointer:
        """Make the generation live that was so before this one.

        Raises:
            IndexNotReady: if there was none, or it is gone.
        """
        with self.lock():
            now = self.pointer()
            earlier = [i for i in now.before if (self.root / "generations" / i).is_dir()] if now else []
            if not earlier:
                raise IndexNotReady("there is no earlier generation to go back to")
            self.verify(earlier[-1])
            return self._point(earlier[-1], tuple(earlier[:-1]))

    def prune(self, *, keep: int) -> list[str]:
        """Delete the oldest generations, the caller holding ``lock``; the live one and the last ones before it stay.

        Returns:
            The ids deleted.
        """
        pointer = self.pointer()
        kept = {pointer.generation, *pointer.before[-keep:]} if pointer else set()
        ids = [listed.id for listed in self.all() if listed.id not in kept]
        surplus = ids[: max(0, len(ids) - max(0, keep + 1 - len(kept)))]
        for generation in surplus:
            shutil.rmtree(self.root / "generations" / generation)
        return surplus

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other builds and promotions out; the lock goes with the process that holds it, however it ends.

        Raises:
            BuildRunning: if another process holds it.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.root / "build.lock", timeout=0):
                yield
        except Timeout as exc:
            raise BuildRunning(f"another build or promotion is running in {self.root}; wait for it to end") from exc

    def _point(self, generation: str, before: tuple[str, ...]) -> Pointer:
        pointer = Pointer(generation, datetime.datetime.now(datetime.UTC), before)
        write_durably(self.root / _POINTER, _adapter.dump_json(pointer, indent=2))
        return pointer
