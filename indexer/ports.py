"""What the indexer needs from the outside: an encoder and a vector store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.recipe import Model

Vectors = NDArray[np.float32]
"""Unit rows, shape (n, dim), float32."""
Vector = NDArray[np.float32]
"""A unit vector, shape (dim,), float32."""
Rows = NDArray[np.int64]
"""Positions in a store, shape (n,)."""

EmbeddingProgress = Callable[[int], None]
"""Called with how many texts were embedded since the last call."""


class Encoder(Protocol):
    """Turns texts into vectors whose inner product is cosine similarity."""

    @property
    def model(self) -> Model:
        """The model, known before its weights are loaded."""
        ...

    def warm_up(self) -> None:
        """Load the weights now, so that the first question does not wait for them."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row for each question, in order."""
        ...

    def embed_passages(self, texts: Sequence[str], *, progress: EmbeddingProgress | None = None) -> Vectors:
        """Return one unit row for each text of a page, in order."""
        ...


class VectorStore(Protocol):
    """Vectors by row, searched exactly. Rows are positions at build time and never leave a generation."""

    def __len__(self) -> int: ...

    def search(self, query: Vector, *, k: int, within: range) -> list[tuple[int, float]]:
        """Return at most ``k`` (row, cosine similarity) of the rows in ``within``, best first."""
        ...

    def similarities(self, query: Vector, rows: Rows) -> NDArray[np.float32]:
        """Return the cosine similarity of the query to each of the rows, in their order."""
        ...

    def vectors(self, within: range) -> Vectors:
        """Return a copy of the rows in ``within``."""
        ...


class VectorStoreFormat(Protocol):
    """Writes and reads one kind of store; the suffix tells its files."""

    suffix: str

    def write(self, vectors: Vectors, path: Path) -> None:
        """Write the vectors as a file that ``read`` understands."""
        ...

    def read(self, path: Path) -> VectorStore:
        """Open a written store for searching."""
        ...
