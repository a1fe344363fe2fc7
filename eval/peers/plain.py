"""The plain recipe, what sentence-transformers and a vector store give by hand: the yardstick of the error ratio.

The nearest 700-character chunk with its page's title in front decides, by cosine similarity to the question as typed,
with the bundled model as it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from corpus.page import Page
from corpus.sentences import cut_long, pack, sentence_spans
from indexer.embedding_cache import EmbeddingCache
from indexer.ports import Encoder, Vectors

CHUNK_CHARS = 700
_BLOCK = 256

OnProgress = Callable[[int, int], None]


class PlainSearch:
    """Pages in chunks, and their vectors.

    Args:
        pages: what to search; those in ``languages`` only.
        languages: those that questions are asked in.
        encoder: the bundled model without our adapter.
        cache: a folder for vectors made before.
        progress: told how many chunks are embedded.
    """

    def __init__(
        self,
        pages: Sequence[Page],
        languages: frozenset[str],
        *,
        encoder: Encoder,
        cache: Path,
        progress: OnProgress | None = None,
    ) -> None:
        self._encoder = encoder
        self._page_ids: list[str] = []
        self._languages: list[str] = []
        texts: list[str] = []
        for page in pages:
            if page.language in languages:
                for chunk in chunks_of(page):
                    texts.append(chunk)
                    self._page_ids.append(page.id)
                    self._languages.append(page.language)
        self._vectors = _embedded(texts, encoder, cache, progress or (lambda done, total: None))
        self._language_of = np.array(self._languages)

    def rankings(self, questions: Sequence[tuple[str, str]], *, k: int = 10) -> list[list[str]]:
        """Return the ids of at most ``k`` pages for each (text, language), best first, in that language only."""
        rows = self._encoder.embed_queries([text for text, _ in questions])
        rankings = []
        for row, (_, language) in zip(rows, questions, strict=True):
            places = np.flatnonzero(self._language_of == language)
            order = places[np.argsort(-(self._vectors[places] @ row), kind="stable")]
            rankings.append(list(dict.fromkeys(self._page_ids[place] for place in order))[:k])
        return rankings


def chunks_of(page: Page) -> list[str]:
    """Return a page's text in chunks of at most ``CHUNK_CHARS`` characters, cut between sentences, title in front."""
    text = "\n".join(
        line
        for section in page.sections
        for line in (*([section.heading] if section.heading else []), *(block.text for block in section.blocks))
    )
    spans = cut_long(text, sentence_spans(text, page.language), most=CHUNK_CHARS)
    return [f"{page.title}\n{text[start:end]}" for start, end in pack(spans, most=CHUNK_CHARS)] or [page.title]


def _embedded(texts: list[str], encoder: Encoder, cache: Path, progress: OnProgress) -> Vectors:
    with EmbeddingCache(cache, encoder.model) as known:
        found = known.get("plain", texts)
        missing = sorted({text for text in texts if text not in found}, key=len)
        for start in range(0, len(missing), _BLOCK):
            block = missing[start : start + _BLOCK]
            vectors = encoder.embed_passages(block)
            known.put("plain", block, vectors)
            found.update(zip(block, vectors, strict=True))
            progress(start + len(block), len(missing))
    return np.stack([found[text] for text in texts]) if texts else np.zeros((0, encoder.model.dim), np.float32)
