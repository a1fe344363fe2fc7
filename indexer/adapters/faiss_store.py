"""Vectors in a FAISS flat index: exact inner products, in process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import MissingExtra
from indexer.ports import Rows, Vector, Vectors, VectorStore

try:
    import faiss
except ImportError as exc:  # pragma: no cover
    raise MissingExtra("FaissFormat", "faiss") from exc


class FaissStore:
    """A FAISS index over unit rows, opened for reading."""

    def __init__(self, index: Any) -> None:
        self._index = index
        # A view of FAISS's own memory, valid as long as the index is held.
        size = index.ntotal * index.d
        self._rows = faiss.rev_swig_ptr(index.get_xb(), size).reshape(index.ntotal, index.d) if size else None

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, query: Vector, *, k: int, within: range) -> list[tuple[int, float]]:
        """See ``VectorStore.search``; a range of rows is searched without touching the others."""
        # FAISS pads short results with row -1, so never ask for more than the range holds.
        most = min(k, len(within))
        if most == 0:
            return []
        selector = faiss.IDSelectorRange(within.start, within.stop)
        parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, rows = self._index.search(query.reshape(1, -1), most, params=parameters)
        return [(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True)]

    def similarities(self, query: Vector, rows: Rows) -> NDArray[np.float32]:
        """See ``VectorStore.similarities``."""
        if self._rows is None or not len(rows):
            return np.zeros(len(rows), np.float32)
        found: NDArray[np.float32] = self._rows[rows] @ query
        return found

    def vectors(self, within: range) -> Vectors:
        """See ``VectorStore.vectors``."""
        if self._rows is None:
            return np.zeros((0, self._index.d), np.float32)
        return np.array(self._rows[within.start : within.stop])


class FaissFormat:
    """Writes and opens FAISS files."""

    suffix = ".faiss"

    def write(self, vectors: Vectors, path: Path) -> None:
        """Write a flat inner-product index."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        faiss.write_index(index, str(path))

    def read(self, path: Path) -> VectorStore:
        """Open an index; it is read into memory."""
        return FaissStore(faiss.read_index(str(path)))
