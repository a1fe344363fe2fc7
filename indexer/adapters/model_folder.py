"""Folders of models made once per machine, whole or not at all, with a record of what is in them."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from filelock import FileLock

_COMPLETE = "complete.json"

Progress = Callable[[int, int], None]
"""Called with the steps done and the steps in all."""


def ensure_model_folder(
    target: Path,
    make: Callable[[Path, Progress], None],
    *,
    made_from: Mapping[str, str | int],
    progress: Progress | None = None,
) -> Path:
    """Return a folder, made now if it is not there yet.

    Two processes may call it at once: one makes the folder, the other waits. The folder appears under its final
    name only when complete, so a process killed half-way leaves nothing that could be loaded.

    Args:
        target: the folder's final name, which tells all that it is made from.
        make: fills an empty folder, and may report how far it is.
        made_from: recorded beside the digests of its files.
        progress: told how far it is.
    """
    if (target / _COMPLETE).is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.parent / f"{target.name}.lock"):
        if not (target / _COMPLETE).is_file():
            _make(target, make, made_from, progress or (lambda done, total: None))
    return target


def problems_of_model_folder(folder: Path) -> list[str]:
    """Return what is wrong with a made folder, file by file; an empty list means every digest matches."""
    recorded: dict[str, str] = json.loads((folder / _COMPLETE).read_text("utf-8"))["files"]
    problems = []
    for name, digest in recorded.items():
        path = folder / name
        if not path.is_file():
            problems.append(f"{name} is missing")
        elif sha256_of(path) != digest:
            problems.append(f"{name} was changed since it was made")
    return problems


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _make(
    target: Path, make: Callable[[Path, Progress], None], made_from: Mapping[str, str | int], progress: Progress
) -> None:
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        make(scratch, progress)
        files = {
            str(path.relative_to(scratch)): sha256_of(path) for path in sorted(scratch.rglob("*")) if path.is_file()
        }
        (scratch / _COMPLETE).write_text(json.dumps({**made_from, "files": files}, indent=2), "utf-8")
        shutil.rmtree(target, ignore_errors=True)
        scratch.replace(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
