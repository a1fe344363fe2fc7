"""Build a generation: pages → passages → vectors and words → a verified directory → the live one."""

from __future__ import annotations

import datetime
import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.page import Page
from corpus.splitting import split_page
from indexer.contents import ADAPTER, content_digest, read_pages, read_passages, write_contents
from indexer.embedding_cache import EmbeddingCache
from indexer.errors import IndexerError, IndexNotReady, ModelUnusable
from indexer.generations import Generations
from indexer.layout import Layout, by_language, lay_out, page_means
from indexer.lexical import LexicalIndex
from indexer.manifest import Counts, Manifest, digests_of, sync_folder, sync_tree, write_durably, write_manifest
from indexer.ports import Encoder, Vectors, VectorStoreFormat
from indexer.recipe import Recipe

Embed = Callable[[Sequence[str]], Vectors]
OnProgress = Callable[[int, int], None]
"""Called with the texts embedded and the texts to embed; (0, n) before the first."""

_COMMIT_EVERY = 512  # texts; what a killed build loses at most
KEPT_GENERATIONS = 10
"""Those that were live before, which stay to be gone back to."""


@dataclass(frozen=True, slots=True)
class Build:
    """What a build did, ``embedded`` texts in ``embedding_seconds``.

    ``unchanged`` means that the live generation already held these pages by this recipe.
    """

    manifest: Manifest
    embedded: int
    reused: int
    embedding_seconds: float = 0.0
    unchanged: bool = False


def build_generation(
    pages: Sequence[Page],
    *,
    generations: Generations,
    encoder: Encoder,
    store: VectorStoreFormat,
    policy: bytes | None = None,
    adapter: Path | None = None,
    full: bool = False,
    promote: bool = True,
    progress: OnProgress | None = None,
) -> Build:
    """Make a generation of pages and, unless told otherwise, the live one.

    The live generation is not touched before the new one is complete, synced and verified; a process killed at any
    moment leaves it as it was, and the vectors made so far in the cache.

    Args:
        pages: what to index, in any order.
        generations: where to put it.
        encoder: what embeds the texts; its weights are loaded only if there is something to embed.
        store: in which form to keep vectors.
        policy: the policy's file, kept beside the index.
        adapter: a folder with the help centre's own adapter, which the encoder has; kept in the generation.
        full: embed everything again, and build even if nothing has changed.
        promote: make it live at the end.
        progress: told how far embedding is.

    Raises:
        BuildRunning: if another process builds in the same directory.
        IndexNotReady: if there is no page.
        GenerationDamaged: if what was written cannot be read back.
    """
    if not pages:
        raise IndexNotReady("there is no page to index")
    ordered = by_language(pages)
    recipe = Recipe(encoder.model)
    content = content_digest(ordered)
    with generations.lock():
        live = _live_manifest(generations)
        if not full and live is not None and (live.recipe, live.content, live.store) == (recipe, content, store.suffix):
            _keep_policy(generations, live.id, policy)
            return Build(live, embedded=0, reused=live.counts.windows + live.counts.labels, unchanged=True)
        passages = [passage for page in ordered for passage in split_page(page)]
        layout = lay_out(ordered, passages)
        shutil.rmtree(generations.building, ignore_errors=True)
        generations.building.mkdir(parents=True)
        with EmbeddingCache(generations.cache, encoder.model) as cache:
            embedding = _Embedding(cache, encoder, reuse=not full, progress=progress)
            windows, labels = embedding.run(layout)
            store.write(windows, generations.building / f"windows{store.suffix}")
            store.write(labels, generations.building / f"labels{store.suffix}")
            store.write(page_means(layout, windows), generations.building / f"page-means{store.suffix}")
        write_contents(generations.building, layout.pages, layout.passages)
        _write_lexical(layout, generations.building / "lexical", _texts_indexed(generations, None if full else live))
        if adapter is not None:
            shutil.copytree(adapter, generations.building / ADAPTER)
        if policy is not None:
            (generations.building / "policy.json").write_bytes(policy)
        manifest = _finish(generations, recipe, content, layout, store.suffix)
        if promote:
            generations.promote(manifest.id)
            generations.prune(keep=KEPT_GENERATIONS)
        return Build(
            manifest, embedded=embedding.embedded, reused=embedding.reused, embedding_seconds=embedding.seconds
        )


class _Embedding:
    """Vectors for all texts of a layout, from the cache where it has them."""

    def __init__(self, cache: EmbeddingCache, encoder: Encoder, *, reuse: bool, progress: OnProgress | None) -> None:
        self.embedded = 0
        self.reused = 0
        self.seconds = 0.0
        self._cache = cache
        self._encoder = encoder
        self._reuse = reuse
        self._progress = progress or (lambda done, total: None)

    def run(self, layout: Layout) -> tuple[Vectors, Vectors]:
        """Return the vectors of windows and of labels, one unit row each."""
        roles = {"passage": list(layout.window_texts), "query": list(layout.labels)}
        known = {role: self._cache.get(role, texts) if self._reuse else {} for role, texts in roles.items()}
        missing = {
            role: [text for text in dict.fromkeys(texts) if text not in known[role]] for role, texts in roles.items()
        }
        total = sum(len(texts) for texts in missing.values())
        self.reused = sum(len(set(texts)) for texts in roles.values()) - total
        self._progress(0, total)
        for role, texts in missing.items():
            # Long and short texts apart: each block is embedded in batches of like length.
            texts.sort(key=len)
            for start in range(0, len(texts), _COMMIT_EVERY):
                block = texts[start : start + _COMMIT_EVERY]
                vectors = self._embed(role, block, total)
                self._cache.put(role, block, vectors)
                known[role].update(zip(block, vectors, strict=True))
        self._cache.forget_stale((role, text) for role, texts in roles.items() for text in texts)
        windows, labels = (
            np.stack([known[role][text] for text in texts])
            if texts
            else np.zeros((0, self._encoder.model.dim), np.float32)
            for role, texts in roles.items()
        )
        return windows, labels

    def _embed(self, role: str, texts: Sequence[str], total: int) -> Vectors:
        def report(count: int) -> None:
            self.embedded += count
            self._progress(self.embedded, total)

        started = time.perf_counter()
        if role == "query":
            vectors = self._encoder.embed_queries(texts)
            report(len(texts))
        else:
            vectors = self._encoder.embed_passages(texts, progress=report)
        self.seconds += time.perf_counter() - started
        if not np.isfinite(vectors).all():
            raise ModelUnusable(f"the model {self._encoder.model.name!r} gives vectors that are not numbers")
        return vectors


def _live_manifest(generations: Generations) -> Manifest | None:
    try:
        return generations.verify(generations.live())
    except IndexerError:  # whatever is wrong with it, a new build is the mend
        return None


def _keep_policy(generations: Generations, generation: str, policy: bytes | None) -> None:
    path = generations.folder(generation) / "policy.json"
    if policy is not None and (not path.is_file() or path.read_bytes() != policy):
        write_durably(path, policy)
        generations.promote(generation)  # so that running services read it


def _write_lexical(layout: Layout, folder: Path, indexed: _Indexed | None) -> None:
    """Write each language's words, those of a language in which nothing has changed as they are in the live one."""
    folder.mkdir()
    for language, ranges in layout.languages.items():
        texts = layout.window_texts[ranges.windows.start : ranges.windows.stop]
        if indexed is not None and indexed.texts.get(language) == texts:
            shutil.copytree(indexed.folder / language, folder / language)
        else:
            LexicalIndex.build(texts, language).save(folder / language)


@dataclass(frozen=True)
class _Indexed:
    """The texts of the live generation's windows, by language, and where their words are."""

    texts: Mapping[str, tuple[str, ...]]
    folder: Path


def _texts_indexed(generations: Generations, live: Manifest | None) -> _Indexed | None:
    """Return what the live generation has indexed, where it was verified and has the present form."""
    if live is None:
        return None
    folder = generations.folder(live.id)
    layout = lay_out(read_pages(folder), read_passages(folder))
    texts = {
        language: layout.window_texts[ranges.windows.start : ranges.windows.stop]
        for language, ranges in layout.languages.items()
    }
    return _Indexed(texts, folder / "lexical")


def _finish(generations: Generations, recipe: Recipe, content: str, layout: Layout, store: str) -> Manifest:
    """Write the manifest last, move the directory to its final name, and read it back."""
    now = datetime.datetime.now(datetime.UTC)
    sync_tree(generations.building)
    manifest = Manifest(
        id=f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}-{content[:4]}{recipe.digest[:4]}",
        created_at=now,
        recipe=recipe,
        content=content,
        counts=Counts(
            pages=len(layout.pages),
            passages=len(layout.passages),
            windows=len(layout.window_texts),
            labels=len(layout.labels),
            pages_by_locale=dict(sorted(Counter(page.locale for page in layout.pages).items())),
        ),
        store=store,
        files=digests_of(generations.building),
    )
    write_manifest(manifest, generations.building)
    folder = generations.root / "generations" / manifest.id
    folder.parent.mkdir(exist_ok=True)
    generations.building.replace(folder)
    sync_folder(folder.parent)
    return generations.verify(manifest.id)
