"""The directory in which generations live, and the pointer that says which one is live.

::

    <index>/current.json          which generation answers, and which did before it
    <index>/generations/<id>/     one immutable build each
    <index>/building/             the build under way; thrown away by the next one if it was killed
    <index>/cache/                vectors by text
    <index>/build.lock            held while a build runs
    <index>/pointer.lock          held for the moment in which the pointer changes
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

from indexer.errors import BuildRunning, GenerationDamaged, GenerationInUse, GenerationUnknown, IndexNotReady
from indexer.manifest import Manifest, problems_of, read_manifest, write_durably

_POINTER = "current.json"
_POINTER_SECONDS = 30.0
_MOST_BYTES = 255  # of a file's name


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
        unnamed = generation in ("", ".", "..") or "/" in generation or len(generation.encode()) > _MOST_BYTES
        if unnamed or not folder.is_dir():
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
        except OSError as exc:
            raise IndexNotReady(f"{self.root / _POINTER} cannot be read: {exc.strerror}") from exc

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
        pointer = self._readable_pointer()
        live = pointer.generation if pointer else None
        listed = []
        folders = (self.root / "generations").iterdir() if (self.root / "generations").is_dir() else ()
        for folder in sorted(folders):
            if not folder.is_dir():
                continue
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
        """Make a generation the live one, in one atomic step, after verifying it.

        Promoting the live one again makes running services open it anew.

        Raises:
            GenerationUnknown: if there is none of that id.
            GenerationDamaged: if it is not whole.
        """
        self.verify(generation)
        with self._pointer_lock():
            self.folder(generation)  # it may have been dropped meanwhile
            now = self._readable_pointer()
            before = (*now.before, now.generation) if now is not None else ()
            return self._point(generation, tuple(one for one in before if one != generation))

    def rollback(self) -> Pointer:
        """Make the generation live that was so before this one; damaged ones are passed over.

        Raises:
            IndexNotReady: if there is none to go back to.
        """
        with self._pointer_lock():
            now = self._readable_pointer()
            before = now.before if now is not None else ()
            for place in reversed(range(len(before))):
                try:
                    self.verify(before[place])
                except (GenerationUnknown, GenerationDamaged):
                    continue
                return self._point(before[place], before[:place])
        raise IndexNotReady("there is no earlier generation to go back to")

    def prune(self, *, keep: int) -> list[str]:
        """Delete generations older than the last ``keep`` that were live before this one, and return their ids.

        What is newer stays, promoted or not.
        """
        with self._pointer_lock():
            pointer = self._readable_pointer()
            if pointer is None or len(pointer.before) <= keep:
                return []
            oldest_kept = min(pointer.generation, *pointer.before[-keep:])
            surplus = [listed.id for listed in self.all() if listed.id < oldest_kept]
        for generation in surplus:
            shutil.rmtree(self.root / "generations" / generation)
        return surplus

    def drop(self, generation: str) -> None:
        """Delete a generation that never was live, such as one made to try something.

        Raises:
            GenerationUnknown: if there is none of that id.
            GenerationInUse: if it is live, or could be gone back to.
        """
        with self._pointer_lock():
            folder = self.folder(generation)
            pointer = self.pointer()
            if pointer is not None and generation in (pointer.generation, *pointer.before):
                raise GenerationInUse(generation, live=generation == pointer.generation)
            shutil.rmtree(folder)

    def _readable_pointer(self) -> Pointer | None:
        """Return the pointer, or ``None`` where there is none or it is broken: a promotion mends it."""
        try:
            return self.pointer()
        except IndexNotReady:
            return None

    @contextmanager
    def _pointer_lock(self) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.root / "pointer.lock", timeout=_POINTER_SECONDS):
                yield
        except Timeout as exc:
            raise BuildRunning(f"another promotion is running in {self.root}; try again in a moment") from exc

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other builds out; the lock goes with the process that holds it, however it ends.

        Raises:
            BuildRunning: if another process holds it.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.root / "build.lock", timeout=0):
                yield
        except Timeout as exc:
            raise BuildRunning(f"another build is running in {self.root}; wait for it to end") from exc

    def _point(self, generation: str, before: tuple[str, ...]) -> Pointer:
        pointer = Pointer(generation, datetime.datetime.now(datetime.UTC), before)
        write_durably(self.root / _POINTER, _adapter.dump_json(pointer, indent=2))
        return pointer
