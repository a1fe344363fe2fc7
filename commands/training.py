"""``askfirst eval train-adapter``: make the shipped adapter again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from api.settings import Settings, read_settings
from api.wiring import make_encoder
from commands.console import Report, errors, progress, results
from commands.sets import LabelledSet, assistant_over
from corpus.readers.directory import read_directory
from eval.datasets import Dataset, load_dataset
from eval.errors import EvalError
from eval.fitting import collect
from eval.training.own import SHARES as OWN_SHARES
from eval.training.own import own_pairs
from eval.training.pairs import LICENCES, SHARES, training_pairs
from eval.training.typed import as_typed
from indexer.adapters.adapted_model import adapter_digest
from indexer.adapters.encoders import PLAIN
from indexer.adapters.lora import Training, train_adapter
from indexer.adapters.sentence_transformers import SentenceTransformerEncoder
from indexer.adapting.pairs import Pair, pairs_of_pages
from indexer.manifest import write_durably

_PAIRS_SEED = 7
_STARTER_SEED = 2
_TYPED_SEED = 3
_FIRST = Training(steps=300, learning_rate=5e-4, seed=0)
_SECOND = Training(steps=150, learning_rate=3e-4, question_tokens=96, seed=1)
_CARD = "card.json"


def train(
    data: Annotated[Path, typer.Option(help="Folder that holds the public sets, each in the folder of its name.")],
    own: Annotated[Path, typer.Option(help="Folder of own_prestashop and own_starter.")],
    starter: Annotated[Path, typer.Option(help="Folder of the starter help centre's pages.")],
    out: Annotated[Path, typer.Option(help="Folder to write the adapter to; must not exist.")],
    first_stage: Annotated[
        Path | None, typer.Option(help="An adapter that the first stage made, to go on from; made now unless given.")
    ] = None,
) -> None:
    """Train the adapter of the bundled model in two stages: some 45 minutes on 2 cores.

    The first learns from the training parts of the public sets and from the prestashop pages, the second also from
    our own questions.
    """
    if out.exists():
        raise EvalError(f"{out} exists; name a new folder")
    settings = read_settings().model_copy(update={"model": PLAIN})
    with progress() as bar, tempfile.TemporaryDirectory() as scratch:
        plain = make_encoder(settings, progress=bar("Making the model"))
        pairs = training_pairs(data, seed=_PAIRS_SEED)
        start = first_stage
        if start is None:
            start = Path(scratch) / "first"
            _train(plain, pairs, start, training=_FIRST, shares=dict(SHARES), report=bar("Training, first stage"))
        sets = {
            "own_prestashop": load_dataset(own / "own_prestashop", data / "prestashop"),
            "own_starter": load_dataset(own / "own_starter", starter),
        }
        pairs += _own_pairs(settings, sets, own, start, bar)
        pairs += [
            replace(pair, source="starter")
            for pair in pairs_of_pages(read_directory(starter).pages, seed=_STARTER_SEED)
        ]
        pairs = as_typed(pairs, seed=_TYPED_SEED)
        report = bar("Training, second stage")
        _train(plain, pairs, out, training=_SECOND, shares=dict(OWN_SHARES), report=report, start=start)
        card = {
            "base": plain.model.name,
            "base_digest": plain.model.digest,
            "adapter_sha256": adapter_digest(out),
            "made_by": "askfirst eval train-adapter",
            "stages": [
                {"adapter_sha256": adapter_digest(start), "training": asdict(_FIRST), "shares": dict(SHARES)},
                {"adapter_sha256": adapter_digest(out), "training": asdict(_SECOND), "shares": dict(OWN_SHARES)},
            ],
            "pairs": len(pairs),
            "seeds": {"pairs": _PAIRS_SEED, "starter": _STARTER_SEED, "typed": _TYPED_SEED},
            "questions_sha256": {name: load_dataset(data / name).digest for name in LICENCES}
            | {name: dataset.digest for name, dataset in sets.items()},
            "licences": dict(LICENCES) | dict.fromkeys(sets, "our own questions"),
        }
    write_durably(out / _CARD, json.dumps(card, indent=2, ensure_ascii=False).encode("utf-8") + b"\n")
    results.print(f"wrote {out}", markup=False)


def _own_pairs(
    settings: Settings, sets: dict[str, Dataset], own: Path, adapter: Path, bar: Callable[[str], Report]
) -> list[Pair]:
    """Return the pairs of the training parts of our own questions, beside what an adapter finds for them."""
    encoder = make_encoder(settings, adapter=adapter, progress=bar("Making the adapted model"))
    pairs: list[Pair] = []
    for name, dataset in sets.items():
        assistant = assistant_over(settings, LabelledSet(dataset, own / name), encoder, bar(f"Embedding {name}"))
        signals = collect(dataset, assistant, parts=frozenset(("train",)), cross_lingual=False)
        of_starter = name == "own_starter"
        pairs += own_pairs(dataset, signals, by_language=not of_starter, labels=of_starter)
    return pairs


def _train(
    plain: SentenceTransformerEncoder,
    pairs: list[Pair],
    out: Path,
    *,
    training: Training,
    shares: dict[str, float],
    report: Report,
    start: Path | None = None,
) -> None:
    def on_step(done: int, total: int, loss: float) -> None:
        report(done, total)
        if done % 50 == 0:
            errors.print(f"{done} of {total} batches, loss {loss:.3f}")

    train_adapter(
        Path(plain.folder),
        pairs,
        out,
        training=training,
        shares=shares,
        start=start,
        query_prompt=plain.model.query_prompt,
        passage_prompt=plain.model.passage_prompt,
        on_step=on_step,
    )
