"""Word search in one language: BM25 over stemmed words."""

from __future__ import annotations

import json
import math
import threading
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import regex
import Stemmer
from numpy.typing import NDArray

_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "tr": "turkish",
}
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Khmer}\p{Lao}\p{Myanmar}]+")
_COMMON = 0.1
"""Share of texts, 0 to 1, from which on a term's words are kept."""
# Letters that Unicode does not take apart into a base letter and a mark.
_FOLDED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})


def words_of(text: str) -> list[str]:
    """Return a text's words in lower case; scripts written without spaces give overlapping pairs of characters."""
    words = []
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
        position = 0
        for run in _UNSPACED.finditer(word):
            if run.start() > position:
                words.append(word[position : run.start()])
            signs = run.group()
            words += [signs[i : i + 2] for i in range(len(signs) - 1)] or [signs]
            position = run.end()
        if position < len(word):
            words.append(word[position:])
    return words


def fold(word: str) -> str:
    """Return a word without its diacritics: ``pieniędzy`` → ``pieniedzy``."""
    decomposed = unicodedata.normalize("NFD", word.translate(_FOLDED))
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


@lru_cache(maxsize=100_000)
def term_of(word: str, language: str) -> str:
    """Return the form of a word under which it is indexed: its stem, folded."""
    stemmer = _stemmer(language)
    if stemmer is None:
        return fold(word)
    with _stemming:  # a stemmer must not be called by two threads at once
        return fold(stemmer.stemWord(word))


_stemming = threading.Lock()


@cache
def _stemmer(language: str) -> Any:
    name = _STEMMERS.get(language)
    return Stemmer.Stemmer(name) if name and name in Stemmer.algorithms() else None


class LexicalIndex:
    """BM25 over the texts of one language.

    ``variants`` maps words as people type them without diacritics to the terms they stand for, where stemming the
    bare word would miss them; ``frequencies`` tells in how many of the ``size`` texts a term stands; ``surfaces``
    maps the commonest terms to the folded words they were made from.
    """

    def __init__(
        self,
        scorer: bm25s.BM25 | None,
        language: str,
        *,
        variants: Mapping[str, Sequence[str]],
        frequencies: Mapping[str, int],
        surfaces: Mapping[str, Sequence[str]],
        size: int,
    ) -> None:
        self._scorer = scorer
        self._language = language
        self._variants = variants
        self._frequencies = frequencies
        self._surfaces = surfaces
        self._size = size

    @classmethod
    def build(cls, texts: Sequence[str], language: str) -> LexicalIndex:
        """Index texts; position i of every score belongs to text i."""
        term_by_word: dict[str, str] = {}
        variants: dict[str, set[str]] = {}
        surfaces: dict[str, set[str]] = {}
        frequencies: Counter[str] = Counter()
        documents = []
        for text in texts:
            words = words_of(text)
            for word in words:
                if word not in term_by_word:
                    term_by_word[word] = term = term_of(word, language)
                    bare = fold(word)
                    surfaces.setdefault(term, set()).add(bare)
                    if bare != word and term_of(bare, language) != term:
                        variants.setdefault(bare, set()).add(term)
            terms = [term_by_word[word] for word in words]
            documents.append(terms)
            frequencies.update(set(terms))
        scorer = bm25s.BM25(method="lucene", k1=1.5, b=0.75) if frequencies else None
        if scorer is not None:
            scorer.index(documents, show_progress=False)
        return cls(
            scorer,
            language,
            variants={word: sorted(terms) for word, terms in variants.items()},
            frequencies=frequencies,
            surfaces={
                term: sorted(words) for term, words in surfaces.items() if frequencies[term] >= _COMMON * len(texts)
            },
            size=len(texts),
        )

    def scores(self, question: str) -> NDArray[np.float32]:
        """Return each text's BM25 score for a question, 0 and up, shape (n,).

        Source: Robertson & Zaragoza, The Probabilistic Relevance Framework, 2009, with Lucene's idf.
        """
        terms = [term for term in self.terms(question) if term in self._frequencies]
        if self._scorer is None or not terms:
            return np.zeros(self._size, np.float32)
        return np.asarray(self._scorer.get_scores(terms), np.float32)

    def most_conceivable(self, question: str) -> float:
        """Return the score that a text with all of a question's terms, however often, would come near to.

        It is the sum of their weights, in Lucene's form of BM25; a term that no text has weighs most.
        """
        return sum(self.weight(term) for term in self.terms(question))

    def terms(self, text: str) -> list[str]:
        """Return a text's terms in order; a word typed without its diacritics gives the terms it may stand for."""
        terms: list[str] = []
        for word in words_of(text):
            term = term_of(word, self._language)
            terms += [term] if term in self._frequencies else self._variants.get(fold(word), [term])
        return terms

    def common(self, share: float) -> set[str]:
        """Return the folded words whose terms stand in at least that share of the texts; ``_COMMON`` or more."""
        return {
            word
            for term, words in self._surfaces.items()
            if self._frequencies[term] >= share * self._size
            for word in words
        }

    def knows(self, term: str) -> bool:
        """Say whether a term stands in any text."""
        return term in self._frequencies

    def weight(self, term: str) -> float:
        """Return how much a term tells: its inverse document frequency, highest for one that no text has."""
        frequency = self._frequencies.get(term, 0)
        return math.log(1.0 + (self._size - frequency + 0.5) / (frequency + 0.5))

    def save(self, folder: Path) -> None:
        """Write the index into a folder that does not exist yet."""
        folder.mkdir(parents=True)
        if self._scorer is not None:
            self._scorer.save(folder, show_progress=False)
        about = {
            "language": self._language,
            "size": self._size,
            "variants": self._variants,
            "frequencies": self._frequencies,
            "surfaces": self._surfaces,
        }
        (folder / "words.json").write_text(json.dumps(about, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Open a saved index."""
        about = json.loads((folder / "words.json").read_text("utf-8"))
        scorer = bm25s.BM25.load(folder, load_corpus=False, show_progress=False) if about["frequencies"] else None
        return cls(scorer, **about)
