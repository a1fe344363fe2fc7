"""Which sentences of a passage to show, and which of them to highlight."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.asking.models import Extract
from corpus.passage import Passage
from corpus.sentences import sentence_spans
from indexer.lexical import LexicalIndex

_WHOLE_CHARS = 450
"""A passage up to this length is shown whole."""
_MOST_HIGHLIGHTS = 2


def extract_of(passage: Passage, best_window: int, query: str, lexical: LexicalIndex) -> Extract:
    """Return the part of a passage nearest to the query, whole where it is short.

    The sentences that hold most of the query's words, by weight, are highlighted; where none holds any (the passage
    may be in another language) it is the first one, with which answers mostly begin.
    """
    start, end = (0, len(passage.text)) if len(passage.text) <= _WHOLE_CHARS else passage.windows[best_window]
    text = passage.text[start:end]
    spans = sentence_spans(text, passage.language)
    if not spans:
        return Extract(text, ())
    wanted = set(lexical.terms(query))
    gains = [_weight(wanted.intersection(lexical.terms(text[low:high])), lexical) for low, high in spans]
    most = max(gains)
    if most <= 0.0:
        return Extract(text, (spans[0],))
    strong = [number for number, gain in enumerate(gains) if gain >= 0.6 * most]
    chosen = sorted(sorted(strong, key=lambda number: -gains[number])[:_MOST_HIGHLIGHTS])
    return Extract(text, tuple(spans[number] for number in chosen))


def _weight(terms: Iterable[str], lexical: LexicalIndex) -> float:
    return sum(lexical.weight(term) for term in terms)
