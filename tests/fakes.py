"""Small real implementations of the ports, for tests that need no model."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence

import numpy as np

from corpus.page import Block, Page, Section
from indexer.lexical import fold, words_of
from indexer.ports import EmbeddingProgress, Vectors
from indexer.recipe import Model

DIM = 512


class WordEncoder:
    """Hashes words into buckets: texts that share words really are nearer, in any language, without a model.

    Counts what it embeds, so that a test can say what was not embedded again.
    """

    def __init__(self, name: str = "words") -> None:
        self._model = Model(name=name, digest=name, dim=DIM, query_prompt="", passage_prompt="")
        self.embedded: list[str] = []

    @property
    def model(self) -> Model:
        return self._model

    def warm_up(self) -> None:
        pass

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return np.stack([self._row(text) for text in texts])

    def embed_passages(self, texts: Sequence[str], *, progress: EmbeddingProgress | None = None) -> Vectors:
        rows = self.embed_queries(texts)
        if progress is not None:
            progress(len(texts))
        return rows

    def _row(self, text: str) -> Vectors:
        row = np.zeros(DIM, np.float32)
        row[0] = 0.01  # a text without words still has a direction
        for word in words_of(text):
            row[zlib.crc32(fold(word).encode()) % DIM] += 1.0
        unit: Vectors = row / np.linalg.norm(row)
        return unit


def page(identity: str, title: str, text: str, *, locale: str = "en", aliases: tuple[str, ...] = ()) -> Page:
    """Return a page of one section for each blank-line separated part of the text."""
    blocks = tuple(Block(part, f"b{number}") for number, part in enumerate(text.split("\n\n"), start=1))
    matter = identity.removeprefix(f"{locale}/")
    return Page(
        id=identity,
        matter=matter,
        title=title,
        locale=locale,
        url=f"/help/{locale}/{matter}",
        sections=(Section(0, "", "", blocks),),
        html=f"<p>{text}</p>",
        hosted=True,
        aliases=aliases,
        digest=hashlib.sha256("|".join((identity, title, text, locale)).encode()).hexdigest(),
    )
