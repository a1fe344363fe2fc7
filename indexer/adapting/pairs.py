"""Pages → pairs of a text somebody might type and a text that answers it: what an encoder is adapted on.

No label is needed: a page says itself which passage a sentence stands in, which section a heading names, which answer
an FAQ question has and which pages are translations of each other.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.page import Page
from corpus.passage import Passage
from corpus.sentences import sentence_spans
from corpus.splitting import split_page
from indexer.layout import context_of

_LEAST_CHARS, _MOST_CHARS = 20, 220
_LEAST_REST = 40
"""Least characters that a window must still say without the sentence taken from it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, or what stands in for one, and its answer.

    Attributes:
        question: embedded as a question.
        answer: embedded as the text of a page, or as a label where ``is_label``.
        matter: texts of one matter are never taken for wrong answers to each other's questions.
        source: a batch is made of pairs of one source, so that wrong answers are near ones.
        wrong: near texts that do not answer, embedded as ``answer`` is.
        language: the question's, where it is known.
    """

    question: str
    answer: str
    matter: str
    source: str
    is_label: bool = False
    wrong: tuple[str, ...] = ()
    language: str = ""


def pairs_of_pages(pages: Sequence[Page], *, seed: int, most: int | None = None) -> list[Pair]:
    """Return the pairs that pages give by themselves, shuffled.

    Where ``most`` bounds them, a quarter at most come from headings, titles and translations if there are sentences
    enough for the rest.

    Args:
        pages: in any languages; pages with the same ``matter`` are translations of each other.
        seed: decides the order, the sentences and which of them are typed in lower case without a full stop.
        most: how many to return at most.
    """
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    by_sentence: list[Pair] = []
    by_name: list[Pair] = []
    for page in sorted(pages, key=lambda page: page.id):
        for passage in split_page(page):
            by_sentence += _sentence_pairs(passage, page, chance)
            by_name += _name_pairs(passage, page)
    by_name += _twin_pairs(pages)
    chance.shuffle(by_sentence)
    chance.shuffle(by_name)
    if most is not None:
        by_name = by_name[: max(most // 4, most - len(by_sentence))]
        by_sentence = by_sentence[: most - len(by_name)]
    pairs = by_sentence + by_name
    chance.shuffle(pairs)
    return pairs


def _sentence_pairs(passage: Passage, page: Page, chance: random.Random) -> list[Pair]:
    """Return, for each window, one of its sentences as the question and the rest of it as the answer."""
    pairs = []
    for start, end in passage.windows:
        window = passage.text[start:end]
        spans = [
            (first, last)
            for first, last in sentence_spans(window, page.language)
            if _LEAST_CHARS <= last - first <= _MOST_CHARS and len(window) - (last - first) >= _LEAST_REST
        ]
        if spans:
            first, last = chance.choice(spans)
            sentence = window[first:last].strip()
            if chance.random() < 0.5:
                sentence = sentence.lower().rstrip(".!:;。")
            rest = f"{window[:first].rstrip()} {window[last:].lstrip()}".strip()
            pairs.append(_pair(sentence, f"{context_of(passage)}\n{rest}", page))
    return pairs


def _name_pairs(passage: Passage, page: Page) -> list[Pair]:
    """Return pairs of a passage's question or heading and the window under it."""
    start, end = passage.windows[0] if passage.windows else (0, 0)
    window = passage.text[start:end]
    if len(window) < _LEAST_REST:
        return []
    if passage.question is not None:
        return [_pair(passage.question, f"{page.title}\n{window}", page)]
    if passage.heading_path and passage.heading_path[-1] != page.title:
        return [_pair(passage.heading_path[-1], f"{page.title}\n{window}", page)]
    return [_pair(page.title, window, page)]


def _twin_pairs(pages: Sequence[Page]) -> list[Pair]:
    """Return each title with the titles of its page's translations."""
    twins: dict[str, list[Page]] = {}
    for page in pages:
        if page.matter:
            twins.setdefault(page.matter, []).append(page)
    return [
        Pair(one.title, other.title, matter, "translations", is_label=True, language=one.language)
        for matter, group in sorted(twins.items())
        for one in sorted(group, key=lambda page: page.id)
        for other in sorted(group, key=lambda page: page.id)
        if one.language != other.language and one.title != other.title
    ]


def _pair(question: str, answer: str, page: Page) -> Pair:
    return Pair(question, answer, _matter(page), page.language, language=page.language)


def _matter(page: Page) -> str:
    return page.matter or page.id
