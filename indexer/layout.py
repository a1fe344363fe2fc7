"""In which order pages, passages and vectors stand in a generation, and which rows belong to what.

Everything here follows from the pages alone, so a reader of a generation derives it again instead of trusting a file.
Pages of one language stand together: a search in one language is a search in one range of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.page import Page
from corpus.passage import Passage
from indexer.ports import Rows, Vectors


@dataclass(frozen=True)
class LanguageRanges:
    """Where one language's windows and labels stand."""

    windows: range
    labels: range


@dataclass(frozen=True)
class Layout:
    """Pages, passages and the rows of their vectors.

    Window row r belongs to passage ``window_owner[r]``; passage p has the window rows ``window_start[p]`` up to
    ``window_start[p + 1]``. A label is a short text that names something: label row r, a page's title or alias or a
    passage's question, names the passages ``label_first[r]`` up to ``label_last[r]``, which stand together. Passage p
    is named by its page's title in label row ``title_label[p]``, by the page's aliases in the rows right after it up
    to ``alias_last[p]``, and by its question in row ``question_label[p]``, -1 where it has none. It belongs to page
    ``page_number[p]``.
    """

    pages: tuple[Page, ...]
    passages: tuple[Passage, ...]
    window_texts: tuple[str, ...]
    window_owner: Rows
    window_start: Rows
    labels: tuple[str, ...]
    label_first: Rows
    label_last: Rows
    title_label: Rows
    alias_last: Rows
    question_label: Rows
    page_number: Rows
    languages: Mapping[str, LanguageRanges]


def by_language(pages: Sequence[Page]) -> list[Page]:
    """Return pages with those of one language together, otherwise in the order they came."""
    return sorted(pages, key=lambda page: page.language)


def lay_out(pages: Sequence[Page], passages: Sequence[Passage]) -> Layout:
    """Return the layout of pages that stand ``by_language`` and of their passages in page order."""
    window_texts: list[str] = []
    window_owner: list[int] = []
    window_start: list[int] = [0]
    labels: list[str] = []
    label_first: list[int] = []
    label_last: list[int] = []
    title_label: list[int] = []
    alias_last: list[int] = []
    question_label: list[int] = []
    page_number: list[int] = []
    languages: dict[str, LanguageRanges] = {}
    position = 0
    for place, page in enumerate(pages):
        first_window, first_label, first_passage = len(window_texts), len(labels), position
        while position < len(passages) and passages[position].page_id == page.id:
            position += 1
        names = (page.title, *page.aliases)
        labels += names
        label_first += [first_passage] * len(names)
        label_last += [position] * len(names)
        for number in range(first_passage, position):
            passage = passages[number]
            window_texts += window_inputs(passage)
            window_owner += [number] * len(passage.windows)
            window_start.append(len(window_texts))
            page_number.append(place)
            title_label.append(first_label)
            alias_last.append(first_label + len(names))
            question_label.append(-1 if passage.question is None else len(labels))
            if passage.question is not None:
                labels.append(passage.question)
                label_first.append(number)
                label_last.append(number + 1)
        known = languages.get(page.language)
        languages[page.language] = LanguageRanges(
            windows=range(known.windows.start if known else first_window, len(window_texts)),
            labels=range(known.labels.start if known else first_label, len(labels)),
        )
    return Layout(
        pages=tuple(pages),
        passages=tuple(passages),
        window_texts=tuple(window_texts),
        window_owner=np.array(window_owner, np.int64),
        window_start=np.array(window_start, np.int64),
        labels=tuple(labels),
        label_first=np.array(label_first, np.int64),
        label_last=np.array(label_last, np.int64),
        title_label=np.array(title_label, np.int64),
        alias_last=np.array(alias_last, np.int64),
        question_label=np.array(question_label, np.int64),
        page_number=np.array(page_number, np.int64),
        languages=languages,
    )


def page_means(layout: Layout, windows: Vectors) -> Vectors:
    """Return the mean of each page's window vectors as unit rows, shape (pages, dim), float32."""
    means = np.zeros((len(layout.pages), windows.shape[1]), np.float32)
    np.add.at(means, layout.page_number[layout.window_owner], windows)
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    unit: Vectors = means / np.maximum(lengths, np.finfo(np.float32).tiny)
    return unit


def window_inputs(passage: Passage) -> list[str]:
    """Return the texts embedded for a passage: each window under the page's title and the headings above it.

    A change here changes what vectors mean: raise ``indexer.recipe.INPUT_VERSION``.
    """
    context = context_of(passage)
    return [f"{context}\n{passage.text[start:end]}" for start, end in passage.windows]


def context_of(passage: Passage) -> str:
    """Return what stands above a passage: its page's title and the headings, each once."""
    names = [passage.page_title]
    names += [heading for heading in passage.heading_path if heading not in names]
    return "\n".join(names)
