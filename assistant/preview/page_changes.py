"""What an edit has done to a page: how much is left, in which language it is, what it means and what it is called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import regex

from assistant.asking.assistant import Assistant
from corpus.languages import DETECTED, language_confidences
from corpus.page import Page
from corpus.passage import Passage
from indexer.layout import window_inputs
from indexer.ports import Vectors

_LETTER = regex.compile(r"\p{L}")
_LONGER_WORD = regex.compile(r"[\p{L}\p{M}]{4,}|[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_LEAST_LETTERS = 40
"""Of shorter texts the language cannot be told for certain."""
_OTHER_LANGUAGE = 0.9
_OWN_LANGUAGE = 0.05


@dataclass(frozen=True, slots=True)
class Meaning:
    """How much of what a passage says its page still says.

    Attributes:
        nearest: cosine similarity of the passage's windows to their nearest on the page now, of the one furthest off.
        words: share of its longer words that stand on the page now, 0 to 1.
        twins: by how much the page's nearest windows are further from its translations than the passage was; 0 where
            there is no translation.
    """

    nearest: float
    words: float
    twins: float


class Opened:
    """A generation's pages with what it takes to compare them with those of another.

    Args:
        assistant: of the generation.
        encoded_by: another generation, by whose recipe texts are embedded again where the recipes differ.
    """

    def __init__(self, assistant: Assistant, *, encoded_by: Assistant | None = None) -> None:
        self.assistant = assistant
        self.pages: Mapping[str, Page] = assistant.index.pages
        self._encoded_by = encoded_by

    @cached_property
    def by_url(self) -> Mapping[str, Page]:
        """Pages by their address."""
        return {page.url: page for page in self.pages.values()}

    @cached_property
    def passages(self) -> Mapping[str, Sequence[Passage]]:
        """Passages by their page's id, in their order."""
        grouped: defaultdict[str, list[Passage]] = defaultdict(list)
        for passage in self.assistant.index.passages:
            grouped[passage.page_id].append(passage)
        return grouped

    def twins_of(self, page: Page) -> list[Page]:
        """Return a page's translations."""
        matter = page.matter or page.id
        return [one for one in self._by_matter[matter] if one.language != page.language]

    def windows(self, page: str) -> Vectors:
        """Return the vectors of a page's windows; none where it has no text."""
        if self._encoded_by is None:
            return self.assistant.index.window_vectors(page)
        texts = [text for passage in self.passages.get(page, ()) for text in window_inputs(passage)]
        return self._encoded_by.index.embed_all(texts) if texts else np.zeros((0, 1), np.float32)

    def windows_of(self, passage: Passage) -> Vectors:
        """Return the vectors of a passage's windows."""
        first = 0
        for one in self.passages[passage.page_id]:
            if one.id == passage.id:
                break
            first += len(one.windows)
        return self.windows(passage.page_id)[first : first + len(passage.windows)]

    @cached_property
    def _by_matter(self) -> Mapping[str, Sequence[Page]]:
        grouped: defaultdict[str, list[Page]] = defaultdict(list)
        for page in self.pages.values():
            grouped[page.matter or page.id].append(page)
        return grouped


def says_the_same(before: Page, after: Page) -> bool:
    """Say whether nothing has changed that anybody reads."""
    return before.title == after.title and before.locale == after.locale and texts_of(before) == texts_of(after)


def texts_of(page: Page) -> list[str]:
    """Return what can be read on a page: headings and paragraphs."""
    return [text for one in page.sections for text in (one.heading, *(block.text for block in one.blocks)) if text]


def letters_left(before: Page, after: Page) -> float:
    """Return a page's letters as a share of those before; more than 1 where it has grown."""
    was, now = (sum(len(_LETTER.findall(text)) for text in texts_of(page)) for page in (before, after))
    return now / was if was else 1.0


def foreign_language(before: Page, after: Page) -> str:
    """Return the language that a page, or a new paragraph of it, is in instead of its own; empty if there is none."""
    if after.language not in DETECTED:
        return ""
    was, now = texts_of(before), texts_of(after)
    new = _foreign_in([text for text in now if text not in set(was)], after.language)
    # A paragraph that was in that language before, such as a licence, may be edited.
    return new if new and new != _foreign_in([text for text in was if text not in set(now)], after.language) else ""


def _foreign_in(texts: Sequence[str], own: str) -> str:
    """Return the language that texts together, or one of them, are in for certain, if it is not their own."""
    for text in [" ".join(texts), *texts]:
        if len(_LETTER.findall(text)) < _LEAST_LETTERS:
            continue
        ranked = language_confidences(text[:1000])
        if ranked and ranked[0][1] >= _OTHER_LANGUAGE and dict(ranked).get(own, 0.0) <= _OWN_LANGUAGE:
            return ranked[0][0]
    return ""


def title_change(before: Page, after: Page, was: Opened, now: Opened) -> tuple[float, float]:
    """Return how like the old title the new one is, and by how much less it names what the page said.

    Both as cosine similarities: to the old title, and the difference of those to the nearest of the page's windows.
    """
    old, new = now.assistant.index.embed_all([before.title, after.title])
    windows = was.windows(before.id)
    if not len(windows):
        return float(old @ new), 0.0
    return float(old @ new), float((windows @ old).max() - (windows @ new).max())


def meaning_kept(passage: Passage, after: Page, was: Opened, now: Opened) -> Meaning:
    """Return how much of what a passage said its page still says."""
    own, there = was.windows_of(passage), now.windows(after.id)
    words = _words(passage.text)
    there_now = _words(" ".join(texts_of(after)))
    share = len(words & there_now) / len(words) if words else 1.0
    if not len(own) or not len(there):
        return Meaning(0.0, share, 0.0)
    similar = own @ there.T
    nearest = similar.argmax(axis=1)
    drops = []
    for twin in was.twins_of(was.pages[passage.page_id]):
        windows = was.windows(twin.id)
        if len(windows):
            drops.append(float(((own @ windows.T).max(axis=1) - (there[nearest] @ windows.T).max(axis=1)).mean()))
    return Meaning(float(similar.max(axis=1).min()), share, float(np.mean(drops)) if drops else 0.0)


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _LONGER_WORD.findall(text)}
