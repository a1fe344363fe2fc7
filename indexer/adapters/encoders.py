"""Which encoder a setting names."""

from __future__ import annotations

from pathlib import Path

from indexer.adapters.bundled_model import CONVERSION, MODEL_NAME, WEIGHTS_SHA256, Progress, ensure_bundled_model
from indexer.adapters.sentence_transformers import SentenceTransformerEncoder
from indexer.ports import Encoder
from indexer.recipe import Model

BUNDLED = "bundled"
_BUNDLED_MODEL = Model(
    name=MODEL_NAME,
    digest=f"{WEIGHTS_SHA256}-{CONVERSION}",
    dim=384,
    query_prompt="query: ",
    passage_prompt="passage: ",
)


def load_encoder(name: str, *, cache_dir: Path, progress: Progress | None = None) -> Encoder:
    """Return the encoder for a setting: ``bundled``, or a sentence-transformers model's folder or id.

    Args:
        name: the setting.
        cache_dir: where the bundled model is made, once.
        progress: told how far that is.

    Raises:
        MissingExtra: if the bundled model's package is not installed.
        ModelUnusable: if the model cannot be made or loaded.
    """
    if name == BUNDLED:
        folder = ensure_bundled_model(cache_dir / "models", progress=progress)
        return SentenceTransformerEncoder(str(folder), model=_BUNDLED_MODEL)
    return SentenceTransformerEncoder(name)
