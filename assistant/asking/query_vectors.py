"""Vectors of queries, made together and kept, for whoever asks many questions of several generations."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from indexer.ports import Vector
from indexer.search import PassageIndex

_BLOCK = 32  # an encoder embeds for one caller at a time: a visitor's question waits for one block at most
_MOST = 20_000  # of 384 dimensions: 30 MB


class QueryVectors:
    """Keeps the vectors of the last ``_MOST`` queries by recipe and text; safe to use from many threads.

    Vectors that are made together differ from one made alone by rounding; generations that are to be compared are
    asked with the very same ones.
    """

    def __init__(self, *, most: int = _MOST) -> None:
        self._most = most
        self._kept: dict[tuple[str, str], Vector] = {}
        self._using = threading.Lock()

    def of(self, index: PassageIndex, texts: Sequence[str]) -> dict[str, Vector]:
        """Return the vector of each text by the recipe of an index; only what is not kept is embedded."""
        recipe = index.manifest.recipe.digest
        with self._using:
            found = {text: vector for text in texts if (vector := self._kept.get((recipe, text))) is not None}
        # Texts of like length are embedded together, which wastes least.
        missing = sorted({text for text in texts if text not in found}, key=lambda text: (len(text), text))
        for start in range(0, len(missing), _BLOCK):
            block = missing[start : start + _BLOCK]
            found.update(zip(block, index.embed_all(block), strict=True))
        with self._using:
            for text in missing:
                self._kept[recipe, text] = found[text]
            for key in list(self._kept)[: max(0, len(self._kept) - self._most)]:
                del self._kept[key]
        return found
