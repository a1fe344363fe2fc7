"""The pairs of the shipped adapter's first stage: the training parts of public sets, and help pages themselves."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from corpus.page import Page
from corpus.splitting import split_page
from eval.datasets import Asked, Dataset, load_dataset
from eval.splits import matter_of, part_of
from indexer.adapting.pairs import Pair, pairs_of_pages
from indexer.layout import window_inputs

SHARES: Mapping[str, float] = {
    "stackfaq": 0.08,
    "roboai_faq": 0.10,
    "banking77_oos": 0.05,
    "banking77_oos-wordings": 0.04,
    "clinc150": 0.05,
    "clinc150-wordings": 0.04,
    "parallel_faq": 0.12,
    "prestashop-translations": 0.04,
    **{f"prestashop-{language}": 0.08 for language in ("en", "fr", "pl", "nl", "de", "es")},
}
"""Share of the batches by source."""
LICENCES: Mapping[str, str] = {
    "stackfaq": "MIT (ML-Recipes/BERT-FAQ); texts CC BY-SA; Karan & Šnajder 2018",
    "roboai_faq": "MIT",
    "banking77_oos": "CC BY 4.0",
    "clinc150": "CC BY 3.0",
    "parallel_faq": "MIT, GPL 3, AGPL 3, Apache 2.0, EUPL, by project",
    "prestashop": "not stated in the repository; its sister repositories say CC BY-SA 4.0; pages only, no question",
}

_OF_A_LANGUAGE = 1500
_OF_A_MATTER = 40
_OF_A_MATTER_IN_CLINC = 20
_WINDOWS = 3


def training_pairs(data: Path, *, seed: int) -> list[Pair]:
    """Return the pairs of all sets in a folder.

    Args:
        data: holds the sets, each in the folder of its name.
        seed: decides which window or wording stands for an answer.

    Raises:
        DatasetUnusable: if a set is missing or cannot be read.
    """
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    pairs = _page_pairs(data / "prestashop", seed=1)
    for name in ("stackfaq", "roboai_faq"):
        pairs += _labelled(load_dataset(data / name), chance, most=_OF_A_MATTER, wordings=False)
    pairs += _labelled(load_dataset(data / "banking77_oos"), chance, most=_OF_A_MATTER, wordings=True)
    pairs += _labelled(load_dataset(data / "clinc150"), chance, most=_OF_A_MATTER_IN_CLINC, wordings=True)
    return pairs + _across_languages(load_dataset(data / "parallel_faq"), chance)


def _page_pairs(folder: Path, *, seed: int) -> list[Pair]:
    """Return what the pages say themselves; which are translations of each other is told beside the set."""
    matters = {}
    with (folder / "xling_queries.jsonl").open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            matters[row["id"].removeprefix("title:")] = row["page"]
    pages = [replace(page, matter=matters.get(page.id, page.id)) for page in load_dataset(folder).pages]
    by_source: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs_of_pages(pages, seed=seed):
        by_source[pair.source].append(replace(pair, source=f"prestashop-{pair.source}"))
    return [pair for found in by_source.values() for pair in found[:_OF_A_LANGUAGE]]


def _labelled(dataset: Dataset, chance: random.Random, *, most: int, wordings: bool) -> list[Pair]:
    """Return pairs of a question and its page's title or a window of it; with ``wordings`` also of two questions."""
    pages = {page.id: page for page in dataset.pages}
    windows = {page.id: _windows(page) for page in dataset.pages}
    groups: dict[str, list[tuple[Asked, list[str]]]] = defaultdict(list)
    counts: Counter[str] = Counter()
    for asked in dataset.questions:
        if part_of(dataset, asked) != "train":
            continue
        matter = matter_of(dataset, asked)
        counts[matter] += 1
        if counts[matter] <= most:
            right = list(dataset.relevance[asked.id])
            groups[matter].append((asked, [page for page in right if pages[page].language == asked.language] or right))
    pairs = []
    for matter, group in groups.items():
        name = f"{dataset.name}/{matter}"
        for asked, right in group:
            page = pages[chance.choice(right)]
            if wordings or chance.random() < 0.5:
                pairs.append(Pair(asked.text, page.title, name, dataset.name, is_label=True, language=asked.language))
            else:
                window = chance.choice(windows[page.id][:_WINDOWS])
                pairs.append(Pair(asked.text, window, name, dataset.name, language=asked.language))
            other = chance.choice(group)[0]
            if wordings and other.id != asked.id:
                wording = f"{dataset.name}-wordings"
                pairs.append(Pair(asked.text, other.text, name, wording, is_label=True, language=asked.language))
    return pairs


def _across_languages(dataset: Dataset, chance: random.Random) -> list[Pair]:
    """Return pairs of a title and the title, or a first window, of translations of its page."""
    pages = {page.id: page for page in dataset.pages}
    pairs = []
    for asked in dataset.questions:
        if part_of(dataset, asked) != "train":
            continue
        right = sorted(dataset.relevance[asked.id])
        for page in (pages[one] for one in chance.sample(right, min(2, len(right)))):
            windows = _windows(page)
            is_label = chance.random() < 0.5 or not windows
            answer = page.title if is_label else chance.choice(windows[:2])
            pairs.append(Pair(asked.text, answer, matter_of(dataset, asked), dataset.name, is_label=is_label))
    return pairs


def _windows(page: Page) -> list[str]:
    return [text for passage in split_page(page) for text in window_inputs(passage)]
