"""Suggestions while somebody is typing: titles and questions, by their first letters and by meaning."""

from __future__ import annotations

from bisect import bisect_left
from copy import copy
from dataclasses import dataclass

from assistant.asking.language import known_locale, plan_languages
from assistant.asking.query import clean, has_words
from assistant.errors import QuestionUnusable
from corpus.page import Page
from indexer.lexical import fold, words_of
from indexer.search import Label, PassageIndex

MOST = 5
_LEAST_CHARS = 3
_LEAST_CHARS_UNSPACED = 2  # a character of Chinese, Japanese or Korean says more than a letter
_NEAREST = 20
# Of equal meaning, what begins with the very words typed comes first. On e5's scale, where unrelated short texts
# already have a similarity of .75, this lifts a word's match above any but the nearest paraphrase.
_PREFIX_SHARE = 0.15
_BEHIND_BEST = 0.06
"""How far behind the best suggestion another may be; what is further off is on another subject."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A title or a question of the help centre, and where it leads."""

    text: str
    page: Page
    url: str


class Suggester:
    """Suggests from the labels of one generation; immutable, safe to use from many threads."""

    def __init__(self, index: PassageIndex) -> None:
        self._index = index
        self._hidden: frozenset[str] = frozenset()
        self._words: dict[str, list[tuple[str, int]]] = {}
        for language in index.languages:
            pairs = [(fold(word), label.row) for label in index.labels(language) for word in set(words_of(label.text))]
            self._words[language] = sorted(pairs)

    def hiding(self, pages: frozenset[str]) -> Suggester:
        """Return one that suggests all but some pages; itself if these are the ones that it leaves out."""
        if pages == self._hidden:
            return self
        other = copy(self)
        other._hidden = pages
        return other

    def suggest(self, typed: str, *, locale: str | None) -> list[Suggestion]:
        """Return at most ``MOST`` suggestions in the visitor's language, best first.

        Less than three characters (two in scripts without spaces) are too little to go by and give none.

        Raises:
            QuestionUnusable: if the locale is none.
        """
        try:
            text = clean(typed[:200]).replace("\n", " ")
        except QuestionUnusable:
            return []
        least = _LEAST_CHARS_UNSPACED if any(ord(character) > 0x2E7F for character in text) else _LEAST_CHARS
        if len(text) < least or not has_words(text):
            return []
        plan = plan_languages(text, locale=known_locale(locale), available=self._index.languages)
        language = plan.spoken if plan.spoken in self._index.languages else (locale or "").split("-")[0]
        if language not in self._words:
            return []
        vector = self._index.embed(text)
        labels = self._index.labels(language)
        first = labels[0].row
        unseen = {label.row for label in labels if label.page_id in self._hidden} if self._hidden else set()
        nearest = self._index.nearest_labels(vector, language=language, k=_NEAREST + len(unseen))
        scores: dict[int, float] = {row: score for row, score in nearest if row not in unseen}
        shares = self._prefix_shares(text, language)
        missing = [row for row in shares if row not in scores and row not in unseen]
        scores.update(self._index.label_similarities(vector, missing))
        total = {one: score + _PREFIX_SHARE * shares.get(one, 0.0) for one, score in scores.items()}
        lowest = max(total.values(), default=0.0) - _BEHIND_BEST
        near = [row for row, best in total.items() if best >= lowest]
        return self._distinct([labels[row - first] for row in sorted(near, key=lambda row: (-total[row], row))])

    def _prefix_shares(self, text: str, language: str) -> dict[int, float]:
        """Return, by label row, which share of the words typed begins one of the label's words."""
        typed = [fold(word) for word in words_of(text)]
        found: dict[int, set[str]] = {}
        words = self._words[language]
        for prefix in typed:
            for word, row in words[bisect_left(words, (prefix, -1)) :]:
                if not word.startswith(prefix):
                    break
                found.setdefault(row, set()).add(prefix)
        return {row: len(prefixes) / len(set(typed)) for row, prefixes in found.items()}

    def _distinct(self, labels: list[Label]) -> list[Suggestion]:
        """Return the suggestions of labels, no destination twice."""
        chosen: dict[str, Suggestion] = {}
        for label in labels:
            page = self._index.pages[label.page_id]
            chosen.setdefault(label.url, Suggestion(label.shown, page, label.url))
            if len(chosen) == MOST:
                break
        return list(chosen.values())
