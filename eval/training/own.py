"""The pairs of the shipped adapter's second stage: our own questions, answerable or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corpus.passage import Passage
from corpus.splitting import split_page
from eval.datasets import Dataset
from eval.fitting import Signals
from eval.splits import matter_of
from indexer.adapting.pairs import Pair
from indexer.layout import window_inputs
from indexer.search import Found

SHARES: Mapping[str, float] = {
    "stackfaq": 0.08,
    "roboai_faq": 0.06,
    "banking77_oos": 0.05,
    "banking77_oos-wordings": 0.03,
    "clinc150": 0.03,
    "clinc150-wordings": 0.02,
    "parallel_faq": 0.08,
    "prestashop-translations": 0.02,
    **{f"prestashop-{language}": 0.045 for language in ("en", "fr", "pl", "nl", "de", "es")},
    **{f"own_prestashop-{language}": 0.044 for language in ("en", "fr", "pl", "nl", "de")},
    "own_starter": 0.06,
    "own_starter-label": 0.03,
    "starter": 0.08,
}
"""Share of the batches by source, in the second stage."""

_WRONG = 8
"""Pages that an unanswerable question's wrong windows are taken from: the nearest ones."""


def own_pairs(dataset: Dataset, signals: Sequence[Signals], *, by_language: bool, labels: bool) -> list[Pair]:
    """Return pairs of a question and the window that answers it; of an unanswerable one, near windows that do not.

    Of the labelled passage the window nearest to the question is taken. Near windows beside answerable questions did
    harm: some of them answer, too (eval/README.md).

    Args:
        dataset: our questions; each answerable one names its passage.
        signals: what the first stage's adapter finds for them.
        by_language: whether each language is a source of its own.
        labels: whether a question is also paired with its passage's question or its page's title.
    """
    passages = {passage.id: passage for page in dataset.pages for passage in split_page(page)}
    pairs = []
    for one in signals:
        asked = one.asked
        source = f"{dataset.name}-{asked.language}" if by_language else dataset.name
        matter = f"{dataset.name}/{matter_of(dataset, asked)}"
        if not one.relevant:
            wrong = tuple(_window(found) for found in _nearest(one))
            pairs.append(Pair(asked.text, "", matter, source, wrong=wrong, language=asked.language))
            continue
        passage = passages[asked.passage]
        nearest = next((found for found in one.found if found.passage.id == passage.id), None)
        answer = _window(nearest) if nearest is not None else window_inputs(passage)[0]
        pairs.append(Pair(asked.text, answer, matter, source, language=asked.language))
        if labels:
            label = passage.question or _title(passage, dataset)
            pairs.append(Pair(asked.text, label, matter, f"{source}-label", is_label=True, language=asked.language))
    return pairs


def _nearest(one: Signals) -> list[Found]:
    """Return the nearest passage of each of the nearest pages."""
    by_page: dict[str, Found] = {}
    for found in sorted(one.found, key=lambda found: -found.window):
        by_page.setdefault(found.passage.page_id, found)
    return list(by_page.values())[:_WRONG]


def _window(found: Found) -> str:
    return window_inputs(found.passage)[found.best_window]


def _title(passage: Passage, dataset: Dataset) -> str:
    return next(page.title for page in dataset.pages if page.id == passage.page_id)
