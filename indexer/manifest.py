"""The manifest of a generation: what it was made of, and the digest of each of its files."""

from __future__ import annotations

import datetime
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from indexer.recipe import Recipe

MANIFEST = "manifest.json"
FORMAT = 2
"""Raise it whenever a generation written now is not one that an older version wrote from the same pages: other files,
or words stemmed or folded in another way. Generations of another format are built again."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a generation holds."""

    pages: int
    passages: int
    windows: int
    labels: int
    pages_by_locale: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Written last, when everything it names is safely on disk.

    ``content`` is the digest of all pages: two generations with equal recipe and content answer alike. ``files`` maps
    each file's path inside the generation to its SHA-256.
    """

    id: str
    created_at: datetime.datetime
    recipe: Recipe
    content: str
    counts: Counts
    store: str
    files: Mapping[str, str]
    format: int = FORMAT


_adapter = TypeAdapter(Manifest)


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write and sync the manifest; the files it names must be synced already."""
    write_durably(folder / MANIFEST, _adapter.dump_json(manifest, indent=2))
    sync_folder(folder)


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a generation.

    Raises:
        ValueError: if there is none, it cannot be understood, or it was written in another format.
    """
    try:
        manifest = _adapter.validate_json((folder / MANIFEST).read_bytes())
    except OSError as exc:
        raise ValueError(f"{MANIFEST} cannot be read: {exc.strerror}") from exc
    except ValidationError as exc:
        raise ValueError(f"{MANIFEST} cannot be understood: {exc.errors()[0]['msg']}") from exc
    if manifest.format != FORMAT:
        raise ValueError(f"it has format {manifest.format}, this version reads format {FORMAT}: build it again")
    return manifest


def digests_of(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a generation but its manifest and its policy.

    The policy may be fitted anew without a new build, and carries the recipe it was fitted for.
    """
    return {
        path.relative_to(folder).as_posix(): _sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (MANIFEST, "policy.json")
    }


def problems_of(folder: Path, manifest: Manifest) -> list[str]:
    """Return in which ways a generation's files differ from its manifest; an empty list means not at all."""
    found = digests_of(folder)
    problems = [f"{name} is missing" for name in manifest.files if name not in found]
    problems += [f"{name} has changed" for name, digest in manifest.files.items() if found.get(name, digest) != digest]
    return problems + [f"{name} does not belong to it" for name in found if name not in manifest.files]


def write_durably(path: Path, content: bytes) -> None:
    """Replace a file in one step: after a crash it holds the old or the new content, never a part."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    with scratch.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
    sync_folder(path.parent)


def sync_tree(folder: Path) -> None:
    """Bring every file and folder below ``folder`` to disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            sync_folder(path)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of names to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
