"""Vectors by the text they were made from, so that a build embeds only what no earlier build has seen."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np

from indexer.ports import Vectors
from indexer.recipe import Model

_CHUNK = 900  # SQLite accepts at least 999 parameters in a statement
_STALE_AFTER_BUILDS = 20
_MARK_EVERY_BUILDS = 5  # marking rewrites every row, which takes a second for 24,000


class EmbeddingCache:
    """A SQLite file of vectors for one model, safe to lose at any time.

    What a build has written is kept when it is killed: the next one goes on from there.
    """

    def __init__(self, folder: Path, model: Model) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(f"{model.digest}|{model.query_prompt}|{model.passage_prompt}".encode()).hexdigest()
        self._dim = model.dim
        path = folder / f"embeddings-{name[:12]}.sqlite"
        try:
            self._connection, self._build = _opened(path)
        except sqlite3.DatabaseError:
            path.unlink()  # a damaged cache costs time and nothing else
            self._connection, self._build = _opened(path)

    def __enter__(self) -> EmbeddingCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def get(self, role: str, texts: Sequence[str]) -> dict[str, Vectors]:
        """Return the vectors there are, by text; ``role`` keeps questions and passages apart."""
        wanted = {_key(role, text): text for text in texts}
        keys = list(wanted)
        found: dict[str, Vectors] = {}
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            query = f"SELECT key, vector FROM embedding WHERE key IN ({marks})"  # noqa: S608 - marks only
            rows = self._connection.execute(query, chunk)
            for key, vector in rows:
                found[wanted[key]] = np.frombuffer(vector, np.float32)
        return found

    def put(self, role: str, texts: Sequence[str], vectors: Vectors) -> None:
        """Keep vectors, one row a text, and commit."""
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO embedding VALUES (?, ?, ?)",
                ((_key(role, text), row.tobytes(), self._build) for text, row in zip(texts, vectors, strict=True)),
            )

    def forget_stale(self, role_texts: Iterable[tuple[str, str]]) -> None:
        """Mark what this build uses, every few builds, and drop what many builds in a row did not use."""
        if self._build % _MARK_EVERY_BUILDS:
            return
        keys = [(self._build, _key(role, text)) for role, text in role_texts]
        with self._connection:
            self._connection.executemany("UPDATE embedding SET build = ? WHERE key = ?", keys)
            self._connection.execute("DELETE FROM embedding WHERE build <= ?", (self._build - _STALE_AFTER_BUILDS,))


def _opened(path: Path) -> tuple[sqlite3.Connection, int]:
    """Return the database and the number of this build among those that used it."""
    connection = sqlite3.connect(path)
    connection.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
        "CREATE TABLE IF NOT EXISTS embedding (key BLOB PRIMARY KEY, vector BLOB NOT NULL, build INTEGER NOT NULL)"
        " WITHOUT ROWID;"
    )
    (last,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute(f"PRAGMA user_version = {int(last) + 1}")
    return connection, int(last) + 1


def _key(role: str, text: str) -> bytes:
    return hashlib.sha256(f"{role}\0{text}".encode()).digest()
