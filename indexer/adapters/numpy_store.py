"""Vectors in a NumPy array: the reference for every other store, and enough for a small help centre."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.ports import Rows, Vector, Vectors, VectorStore


class NumpyStore:
    """Unit rows, searched by one matrix product."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._vectors)

    def search(self, query: Vector, *, k: int, within: range) -> list[tuple[int, float]]:
        """See ``VectorStore.search``; equal scores keep the order of their rows."""
        scores = self._vectors[within.start : within.stop] @ query
        best = np.argsort(-scores, kind="stable")[:k]
        return [(within.start + int(position), float(scores[position])) for position in best]

    def similarities(self, query: Vector, rows: Rows) -> NDArray[np.float32]:
        """See ``VectorStore.similarities``."""
        found: NDArray[np.float32] = self._vectors[rows] @ query
        return found

    def vectors(self, within: range) -> Vectors:
        """See ``VectorStore.vectors``."""
        return np.array(self._vectors[within.start : within.stop])


class NumpyFormat:
    """Writes and opens ``.npy`` files."""

    suffix = ".npy"

    def write(self, vectors: Vectors, path: Path) -> None:
        """Write the array."""
        np.save(path, vectors)

    def read(self, path: Path) -> VectorStore:
        """Map the file into memory; the parts that are searched stay there."""
        return NumpyStore(np.load(path, mmap_mode="r"))
