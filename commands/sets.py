"""Labelled sets, indexed and asked with the real parts: what the commands that measure share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from api.settings import Settings
from api.wiring import make_reranker, make_store, new_policy, open_assistant
from assistant.asking.assistant import Assistant
from assistant.asking.policy import dump_policy
from commands.console import Report
from eval.datasets import Dataset, load_dataset
from eval.errors import EvalError
from eval.fitting import Signals, collect
from eval.policies import Gathered
from indexer.build import build_generation
from indexer.generations import Generations
from indexer.ports import Encoder

Corpora = Annotated[
    list[Path] | None,
    typer.Option(
        "--corpus",
        help="Pages of a set that has no corpus.jsonl: a folder of Markdown pages, or another set. "
        "Once for all sets, or once for each such set in their order.",
    ),
]

Adapter = Annotated[Path | None, typer.Option(help="Folder 'adapter' of a generation that 'askfirst adapt' made.")]


@dataclass(frozen=True)
class LabelledSet:
    """A set, where it came from, and whether it is asked across languages."""

    dataset: Dataset
    folder: Path
    cross_lingual: bool = False


def load_sets(
    data: Sequence[Path], corpora: Sequence[Path] | None, cross_lingual: Sequence[Path] = ()
) -> list[LabelledSet]:
    """Read sets; those without pages of their own get the corpora in their order.

    Raises:
        EvalError: if the corpora are more or fewer than the sets that need one.
        DatasetUnusable: if a set cannot be read.
    """
    lacking = [folder for folder in data if not (folder / "corpus.jsonl").is_file()]
    given = list(corpora or [])
    if len(given) == 1:
        given *= max(1, len(lacking))
    if given and len(given) != len(lacking):
        raise EvalError(f"{len(lacking)} sets have no corpus.jsonl, but --corpus was given {len(given)} times")
    pages = dict(zip(lacking, given, strict=False))
    same = [LabelledSet(load_dataset(folder, pages.get(folder)), folder) for folder in data]
    return same + [LabelledSet(load_dataset(folder), folder, cross_lingual=True) for folder in cross_lingual]


def assistant_over(settings: Settings, one: LabelledSet, encoder: Encoder, report: Report) -> Assistant:
    """Return an assistant over a set's pages, indexed now unless the cache holds just these by this recipe."""
    content = hashlib.sha256("".join(sorted(page.digest for page in one.dataset.pages)).encode("utf-8")).hexdigest()
    generations = Generations(settings.cache_dir / "eval" / content[:12])
    store = make_store(settings)
    made = build_generation(
        one.dataset.pages,
        generations=generations,
        encoder=encoder,
        store=store,
        policy=dump_policy(new_policy(settings)),
        progress=report,
    )
    return open_assistant(
        generations,
        made.manifest.id,
        encoder_of=lambda _: encoder,
        store=store,
        reranker=make_reranker(settings),
    )


def gather(settings: Settings, sets: Sequence[LabelledSet], encoder: Encoder, bar: Callable[[str], Report]) -> Gathered:
    """Search for the questions of the tuning and test parts of sets."""
    signals: list[Signals] = []
    generations: dict[str, str] = {}
    recipe = reranker = ""
    for one in sets:
        name = one.dataset.name
        assistant = assistant_over(settings, one, encoder, bar(f"Embedding {name}"))
        recipe = assistant.index.manifest.recipe.digest
        reranker = assistant.reranker_digest
        generations[name] = assistant.index.manifest.id
        signals += collect(
            one.dataset,
            assistant,
            parts=frozenset(("tune", "test")),
            cross_lingual=one.cross_lingual,
            progress=bar(f"Searching {name}"),
        )
    return Gathered(
        signals,
        recipe=recipe,
        reranker=reranker,
        generations=generations,
        data={one.dataset.name: one.dataset.digest for one in sets},
    )


def writable(file: Path) -> None:
    """Say so before the work is done, and not after, if its result cannot be written.

    Raises:
        EvalError: if there is no folder for it.
    """
    if not file.absolute().parent.is_dir():
        raise EvalError(f"{file} cannot be written: there is no folder {file.absolute().parent}")
