"""A generation opened for searching."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.page import Page
from corpus.passage import Passage
from indexer.contents import content_digest, read_pages, read_passages
from indexer.errors import GenerationDamaged, RecipeMismatch, StoreMismatch
from indexer.layout import LanguageRanges, Layout, lay_out
from indexer.lexical import LexicalIndex, term_of
from indexer.manifest import Manifest, read_manifest
from indexer.ports import Encoder, Rows, Vector, Vectors, VectorStore, VectorStoreFormat
from indexer.recipe import Recipe

# How many of each kind are looked up before passages are compared exactly. Ten times what is ever shown.
_NEAREST_WINDOWS = 100
_NEAREST_LABELS = 20
_NEAREST_BY_WORDS = 30
# In a real help centre in six languages the platform's name stands in 27 to 32 % of the windows of each; at 15 % a word
# of the trade that languages happen to share, "module", would count as a name too, and cost a point of hit@3.
_NAME_SHARE = 0.2
_NAME_LANGUAGES = 3
_NAME_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A passage and what speaks for it.

    Attributes:
        label: cosine similarity of the query to the page's title or the passage's question, whichever is nearer, -1
            to 1.
        alias: cosine similarity to the nearest of the page's aliases; -1 where it has none.
        window: cosine similarity to the passage's nearest window, -1 to 1.
        page: cosine similarity to the mean of all windows of its page, -1 to 1: what the page is about as a whole.
        words: BM25 of its best window as a share of the best in its language for this question, 0 to 1.
        coverage: BM25 of its best window as a share of the most that the question's words could give, 0 to 1: about .4
            for a window with each of them once, low where the rare ones stand nowhere.
        best_window: which of ``passage.windows`` is nearest.
        reranked: what a reranker says of it, 0 to 1, where one was asked.
    """

    passage: Passage
    label: float
    alias: float
    window: float
    page: float
    words: float
    coverage: float
    best_window: int
    reranked: float | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A title, an alias or a question: ``text`` is what is compared, ``shown`` how the place it leads to is called."""

    row: int
    text: str
    shown: str
    page_id: str
    url: str


Searches = dict[tuple[str, str, bytes], list[Found]]
"""What was found, by what a language holds, words and vector."""


class PassageIndex:
    """One generation, immutable, safe to search from many threads."""

    def __init__(
        self,
        manifest: Manifest,
        layout: Layout,
        *,
        encoder: Encoder,
        windows: VectorStore,
        labels: VectorStore,
        page_means: VectorStore,
        lexical: Mapping[str, LexicalIndex],
    ) -> None:
        self.manifest = manifest
        self.pages: Mapping[str, Page] = {page.id: page for page in layout.pages}
        self.passages: Sequence[Passage] = layout.passages
        self.languages: tuple[str, ...] = tuple(layout.languages)
        self._layout = layout
        self._encoder = encoder
        self._windows = windows
        self._labels = labels
        self._page_means = page_means
        self._lexical = lexical
        self._names = _names(lexical)
        self._labels_by_language = {language: _labels_of(layout, language) for language in layout.languages}
        self._digests: dict[str, str] = {}
        self._window_rows, self._title_rows = _rows_by_page(layout)

    @classmethod
    def open(cls, folder: Path, *, encoder: Encoder, store: VectorStoreFormat) -> PassageIndex:
        """Open a generation's directory.

        Raises:
            RecipeMismatch: if its vectors were made by another recipe than the encoder's.
            StoreMismatch: if its vectors are kept in another kind of store.
            GenerationDamaged: if a file cannot be read.
        """
        try:
            manifest = read_manifest(folder)
            recipe = Recipe(encoder.model)
            if manifest.recipe != recipe:
                raise RecipeMismatch(expected=recipe.digest, found=manifest.recipe.digest)
            if manifest.store != store.suffix:
                raise StoreMismatch(expected=store.suffix, found=manifest.store)
            layout = lay_out(read_pages(folder), read_passages(folder))
            return cls(
                manifest,
                layout,
                encoder=encoder,
                windows=store.read(folder / f"windows{store.suffix}"),
                labels=store.read(folder / f"labels{store.suffix}"),
                page_means=store.read(folder / f"page-means{store.suffix}"),
                lexical={language: LexicalIndex.load(folder / "lexical" / language) for language in layout.languages},
            )
        except (ValueError, OSError, KeyError, TypeError, RuntimeError) as exc:
            raise GenerationDamaged(folder.name, [str(exc).splitlines()[0]]) from exc

    def embed(self, query: str) -> Vector:
        """Return the vector to search with."""
        vector: Vector = self._encoder.embed_queries([query])[0]
        return vector

    def embed_all(self, queries: Sequence[str]) -> Vectors:
        """Return the vectors of several queries, made together: faster than one by one, by rounding not quite equal."""
        return self._encoder.embed_queries(queries)

    @property
    def label_means(self) -> Mapping[str, Vector]:
        """The mean of the titles and questions of each language that has pages, by language."""
        return {
            language: self._labels.vectors(ranges.labels).mean(axis=0)
            for language, ranges in self._layout.languages.items()
            if len(ranges.labels)
        }

    def window_vectors(self, page: str) -> Vectors:
        """Return the vectors of a page's windows, in their order; none where there is no such page."""
        rows = self._window_rows.get(page, range(0))
        return self._windows.vectors(rows)

    def title_vector(self, page: str) -> Vector:
        """Return the vector of a page's title, as a question.

        Raises:
            KeyError: if there is no such page.
        """
        row = self._title_rows[page]
        vector: Vector = self._labels.vectors(range(row, row + 1))[0]
        return vector

    def lexical(self, language: str) -> LexicalIndex:
        """Return the words of a language that has pages."""
        return self._lexical[language]

    def is_name(self, word: str, language: str) -> bool:
        """Say whether a word is what the help centre is about as a whole, such as its platform's name.

        Such a word stands everywhere in every language, so it tells no page from another; but in a vector it weighs
        like any other and draws a question to the pages that have it in their title.
        """
        if not self._names:
            return False
        term = term_of(word.casefold(), language)
        return any(term == term_of(name, language) for name in self._names)

    def labels(self, language: str) -> Sequence[Label]:
        """Return the labels of one language in the order of their rows."""
        return self._labels_by_language.get(language, ())

    def nearest_labels(self, vector: Vector, *, language: str, k: int) -> list[tuple[int, float]]:
        """Return at most ``k`` (row, cosine similarity) of one language's labels, nearest first."""
        return self._labels.search(vector, k=k, within=self._layout.languages[language].labels)

    def label_similarities(self, vector: Vector, rows: Sequence[int]) -> dict[int, float]:
        """Return the cosine similarity of each of the label rows."""
        found = self._labels.similarities(vector, np.array(rows, np.int64))
        return dict(zip(rows, map(float, found), strict=True))

    def search(
        self,
        query: str,
        vector: Vector,
        *,
        languages: Sequence[str],
        by_words: bool = True,
        known: Searches | None = None,
    ) -> list[Found]:
        """Return the passages that are near to a question in some languages, in no particular order.

        Args:
            query: its text, for the search by words.
            vector: its vector, from ``embed``.
            languages: in which languages to search; those without pages are passed over.
            by_words: whether words count; they say nothing across languages.
            known: what other generations have found, to be taken over from those that hold the same in a language.
        """
        words = query if by_words else ""
        found: list[Found] = []
        for language in languages:
            ranges = self._layout.languages.get(language)
            if ranges is None:
                continue
            if known is None:
                found += self._search_language(words, vector, ranges, self._lexical[language])
                continue
            key = (self._digest_of(language), words, vector.tobytes())
            if key not in known:
                known[key] = self._search_language(words, vector, ranges, self._lexical[language])
            found += known[key]
        return found

    def _digest_of(self, language: str) -> str:
        """Return what is equal for two generations of one recipe that hold the same pages in a language."""
        if language not in self._digests:
            pages = [page for page in self.pages.values() if page.language == language]
            self._digests[language] = f"{self.manifest.recipe.digest} {language} {content_digest(pages)}"
        return self._digests[language]

    def _search_language(
        self, query: str, vector: Vector, ranges: LanguageRanges, lexical: LexicalIndex
    ) -> list[Found]:
        layout = self._layout
        words = lexical.scores(query)
        most = float(words.max(initial=0.0))
        conceivable = lexical.most_conceivable(query)
        if most > 0.0:
            words = words / most
        passages = self._candidates(vector, words, ranges)
        label, alias = self._label_similarities(vector, passages)
        rows, starts = _concatenated(layout.window_start[passages], layout.window_start[passages + 1])
        similarities = self._windows.similarities(vector, rows)
        nearest_window = np.maximum.reduceat(similarities, starts)
        lengths = np.diff(np.append(starts, len(rows)))
        is_nearest = np.flatnonzero(similarities == np.repeat(nearest_window, lengths))
        best_window = is_nearest[np.searchsorted(is_nearest, starts)] - starts
        best_words = np.maximum.reduceat(words[rows - ranges.windows.start], starts)
        page = self._page_means.similarities(vector, layout.page_number[passages])
        coverage = best_words * (most / conceivable if conceivable > 0.0 else 0.0)
        columns = (label, alias, nearest_window, page, best_words, coverage, best_window)
        return [
            Found(layout.passages[passage], *signals)
            for passage, *signals in zip(passages.tolist(), *(column.tolist() for column in columns), strict=True)
        ]

    def _candidates(self, vector: Vector, words: NDArray[np.float32], ranges: LanguageRanges) -> Rows:
        """Return the passages worth comparing, in order: those nearest by a window, by a label or by words."""
        layout = self._layout
        near = [row for row, _ in self._windows.search(vector, k=_NEAREST_WINDOWS, within=ranges.windows)]
        worded = ranges.windows.start + _best(words, _NEAREST_BY_WORDS)
        owners = set(layout.window_owner[near].tolist()) | set(layout.window_owner[worded].tolist())
        for row, _ in self._labels.search(vector, k=_NEAREST_LABELS, within=ranges.labels):
            owners.update(range(int(layout.label_first[row]), int(layout.label_last[row])))
        return np.array(sorted(owners), np.int64)

    def _label_similarities(self, vector: Vector, passages: Rows) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return, for each passage, the similarity of its title or question and of its nearest alias."""
        layout = self._layout
        titles = layout.title_label[passages]
        rows, starts = _concatenated(titles, layout.alias_last[passages])
        similarities = self._labels.similarities(vector, rows)
        label = similarities[starts]
        similarities[starts] = -1.0
        alias: NDArray[np.float32] = np.maximum.reduceat(similarities, starts)
        questions = layout.question_label[passages]
        asked = questions >= 0
        label[asked] = np.maximum(label[asked], self._labels.similarities(vector, questions[asked]))
        return label, alias


def _names(lexical: Mapping[str, LexicalIndex]) -> frozenset[str]:
    """Return the folded words common in every language alike: words of a language are not, names are."""
    if len(lexical) < _NAME_LANGUAGES:
        return frozenset()
    shared = set.intersection(*(words.common(_NAME_SHARE) for words in lexical.values()))
    return frozenset(word for word in shared if len(word) >= _NAME_LETTERS and word.isalpha())


def _rows_by_page(layout: Layout) -> tuple[dict[str, range], dict[str, int]]:
    """Return in which rows each page's windows stand, and in which its title."""
    windows: dict[str, range] = {}
    titles: dict[str, int] = {}
    for number, passage in enumerate(layout.passages):
        first, last = int(layout.window_start[number]), int(layout.window_start[number + 1])
        known = windows.get(passage.page_id)
        windows[passage.page_id] = range(known.start if known is not None else first, last)
        titles[passage.page_id] = int(layout.title_label[number])
    return windows, titles


def _labels_of(layout: Layout, language: str) -> tuple[Label, ...]:
    pages = {page.id: page for page in layout.pages}
    labels = []
    for row in layout.languages[language].labels:
        passage = layout.passages[int(layout.label_first[row])]
        page = pages[passage.page_id]
        asks = int(layout.question_label[int(layout.label_first[row])]) == row
        labels.append(
            Label(
                row=row,
                text=layout.labels[row],
                shown=layout.labels[row] if asks else page.title,
                page_id=page.id,
                url=passage.url if asks else page.url,
            )
        )
    return tuple(labels)


def _best(scores: NDArray[np.float32], k: int) -> Rows:
    """Return the positions of the ``k`` highest positive scores."""
    positions = np.argpartition(-scores, k)[:k] if len(scores) > k else np.arange(len(scores))
    found: Rows = positions[scores[positions] > 0.0].astype(np.int64)
    return found


def _concatenated(first: Rows, last: Rows) -> tuple[Rows, Rows]:
    """Return the rows of several ranges one after another, and where in the result each range starts."""
    lengths = last - first
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    rows = np.repeat(first - starts, lengths) + np.arange(int(lengths.sum()), dtype=np.int64)
    return rows, starts
