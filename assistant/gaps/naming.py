"""A gap's name, which is a question that somebody asked, and the words that tell it from other gaps."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.gaps.grouping import unit
from assistant.gaps.naming_words import EMPTY_WORDS
from indexer.lexical import fold, term_of, words_of
from indexer.ports import Vectors

LONGEST_NAME = 90
"""Characters; a longer question names a gap only where there is no shorter one."""
_SHORTEST_WORD = 3
_COMMON_SHARE = 0.25
"""Share of the gaps from which on a word tells nothing about one of them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may name its gap."""

    id: str
    language: str
    text: str


def name_of(
    candidates: Sequence[Candidate], vectors: Vectors, *, language: str, current: str | None = None
) -> Candidate | None:
    """Return the question that names a gap for a writer who reads ``language``.

    Args:
        candidates: the gap's questions whose text is kept.
        vectors: theirs, unit rows, shape (n, dim), float32.
        language: the writer's; else English names it, else the language that most are asked in.
        current: the id of the question that names it now in this language: it stays while it is among them.
    """
    spoken = Counter(one.language for one in candidates)
    wanted = [language, "en", *(one for one, _ in sorted(spoken.items(), key=lambda item: (-item[1], item[0])))]
    chosen = next((one for one in wanted if spoken[one]), None)
    if chosen is None:
        return None
    places = [place for place, one in enumerate(candidates) if one.language == chosen]
    for place in places:
        if candidates[place].id == current:
            return candidates[place]
    # The middle of those in one language, since each language has a place of its own among the vectors.
    centre = unit(vectors[places].mean(axis=0, keepdims=True))[0]
    return min(
        (candidates[place] for place in places),
        key=_Order({candidates[place].id: float(vectors[place] @ centre) for place in places}),
    )


class _Order:
    """What is readable comes first, then what is near to the middle."""

    def __init__(self, near: Mapping[str, float]) -> None:
        self._near = near

    def __call__(self, one: Candidate) -> tuple[int, float, str]:
        return _faults(one.text), -round(self._near[one.id], 6), one.id


def _faults(text: str) -> int:
    letters = [sign for sign in text if sign.isalpha()]
    shouted = len(letters) > 1 and sum(sign.isupper() for sign in letters) > 0.6 * len(letters)
    return 2 * (len(words_of(text)) < 2) + 2 * (len(text) > LONGEST_NAME) + shouted


def key_terms(
    texts: Mapping[str, Iterable[tuple[str, str]]], *, most: int = 4
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return each gap's telling words by language, the most telling first, as most people write them.

    Class-based tf-idf over stems: how often a gap uses a word against how often all do. Source: Grootendorst,
    BERTopic, 2022. A word of only one question among several tells nothing.

    Args:
        texts: the (language, text) of each gap's questions.
        most: words a language.
    """
    counts: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    written: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    asked: Counter[tuple[str, str]] = Counter()
    for gap, questions in texts.items():
        for language, text in questions:
            asked[gap, language] += 1
            for term, word in _terms(text, language).items():
                counts[language][gap][term] += 1
                written[language, term][word] += 1
    found: dict[str, dict[str, tuple[str, ...]]] = {gap: {} for gap in texts}
    for language, gaps in counts.items():
        total: Counter[str] = Counter()
        gaps_with: Counter[str] = Counter()
        for terms in gaps.values():
            total.update(terms)
            gaps_with.update(terms.keys())
        average = sum(total.values()) / len(gaps)
        for gap, terms in gaps.items():
            least = 2 if asked[gap, language] > 2 else 1
            telling = {
                term: many * math.log(1.0 + average / total[term])
                for term, many in terms.items()
                if many >= least and (len(gaps) < 4 or gaps_with[term] <= _COMMON_SHARE * len(gaps))
            }
            best = sorted(telling, key=lambda term: (-telling[term], term))[:most]
            found[gap][language] = tuple(_most_written(written[language, term]) for term in best)
    return found


def _terms(text: str, language: str) -> dict[str, str]:
    """Return a text's terms with a word that each is from; the same word with and without diacritics is one term."""
    return {
        term_of(fold(word), language): word
        for word in words_of(text)
        if len(word) >= _SHORTEST_WORD and not word.isdigit() and fold(word) not in EMPTY_WORDS
    }


def _most_written(words: Counter[str]) -> str:
    return min(words, key=lambda word: (-words[word], fold(word) == word, word))
