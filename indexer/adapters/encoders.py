"""Which encoder a setting names."""

from __future__ import annotations

from pathlib import Path

from indexer.adapters.adapted_model import SHIPPED_ADAPTER, adapted, ensure_adapted_model
from indexer.adapters.bundled_model import CONVERSION, MODEL_NAME, WEIGHTS_SHA256, ensure_bundled_model
from indexer.adapters.model_folder import Progress
from indexer.adapters.sentence_transformers import SentenceTransformerEncoder
from indexer.errors import ModelUnusable
from indexer.recipe import Model

BUNDLED = "bundled"
PLAIN = "bundled-plain"
"""The bundled model without our adapter, for comparison."""
_PLAIN_MODEL = Model(
    name=MODEL_NAME,
    digest=f"{WEIGHTS_SHA256}-{CONVERSION}",
    dim=384,
    query_prompt="query: ",
    passage_prompt="passage: ",
)


def load_encoder(
    name: str, *, cache_dir: Path, adapter: Path | None = None, progress: Progress | None = None
) -> SentenceTransformerEncoder:
    """Return the encoder for a setting.

    Args:
        name: ``bundled``, ``bundled-plain``, or a sentence-transformers model's folder or id.
        cache_dir: where models are made, once.
        adapter: a folder with a help centre's own adapter, to be merged into the model; it needs a model in a folder.
        progress: told how far the making is.

    Raises:
        MissingExtra: if the bundled model's package is not installed.
        ModelUnusable: if the model cannot be made or loaded, or an adapter does not fit it.
    """
    models = cache_dir / "models"
    model: Model | None = None
    if name in (BUNDLED, PLAIN):
        folder, model = ensure_bundled_model(models, progress=progress), _PLAIN_MODEL
        if name == BUNDLED:
            folder = ensure_adapted_model(folder, SHIPPED_ADAPTER, models, progress=progress)
            model = adapted(model, SHIPPED_ADAPTER)
    elif adapter is None:
        return SentenceTransformerEncoder(name)
    else:
        folder = Path(name)
        if not folder.is_dir():
            raise ModelUnusable(f"an adapter can only be merged into a model in a folder, and {name!r} is none")
        model = SentenceTransformerEncoder(name).model
    if adapter is not None:
        folder = ensure_adapted_model(folder, adapter, models, progress=progress)
        model = adapted(model, adapter)
    return SentenceTransformerEncoder(str(folder), model=model)
