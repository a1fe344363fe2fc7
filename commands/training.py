"""``askfirst eval train-adapter``: make the shipped adapter again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from api.settings import read_settings
from api.wiring import make_encoder
from commands.console import progress, results
from eval.datasets import load_dataset
from eval.errors import EvalError
from eval.training.pairs import LICENCES, SHARES, training_pairs
from indexer.adapters.adapted_model import adapter_digest
from indexer.adapters.encoders import PLAIN
from indexer.adapters.lora import Training, train_adapter
from indexer.manifest import write_durably

_PAIRS_SEED = 7
_CARD = "card.json"


def train(
    data: Annotated[Path, typer.Option(help="Folder that holds the public sets, each in the folder of its name.")],
    out: Annotated[Path, typer.Option(help="Folder to write the adapter to; must not exist.")],
    steps: Annotated[int, typer.Option(min=1, help="How many batches to learn from.")] = 300,
    seed: Annotated[int, typer.Option(help="Decides the batches.")] = 0,
) -> None:
    """Train the adapter of the bundled model on the training parts of the public sets: some 20 minutes on 2 cores."""
    if out.exists():
        raise EvalError(f"{out} exists; name a new folder")
    settings = read_settings()
    training = Training(steps=steps, seed=seed)
    with progress() as bar:
        plain = make_encoder(settings.model_copy(update={"model": PLAIN}), progress=bar("Making the model"))
        pairs = training_pairs(data, seed=_PAIRS_SEED)
        report = bar("Training")
        train_adapter(
            Path(plain.folder),
            pairs,
            out,
            training=training,
            shares=dict(SHARES),
            query_prompt=plain.model.query_prompt,
            passage_prompt=plain.model.passage_prompt,
            on_step=lambda done, total, loss: report(done, total),
        )
    card = {
        "base": plain.model.name,
        "base_digest": plain.model.digest,
        "adapter_sha256": adapter_digest(out),
        "made_by": "askfirst eval train-adapter",
        "training": asdict(training),
        "pairs": len(pairs),
        "pairs_seed": _PAIRS_SEED,
        "shares": dict(SHARES),
        "questions_sha256": {name: load_dataset(data / name).digest for name in LICENCES},
        "licences": dict(LICENCES),
    }
    write_durably(out / _CARD, json.dumps(card, indent=2, ensure_ascii=False).encode("utf-8") + b"\n")
    results.print(f"wrote {out}", markup=False)
