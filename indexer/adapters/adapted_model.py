"""A model with an adapter's low-rank updates added to its weights, kept as a folder of its own."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from indexer.adapters.model_folder import Progress, ensure_model_folder, sha256_of
from indexer.errors import ModelUnusable
from indexer.recipe import Model

ADAPTER_WEIGHTS = "adapter_model.safetensors"
SHIPPED_ADAPTER = Path(__file__).parent / "shipped_adapter"
"""Made by ``askfirst eval train-adapter``; its ``card.json`` says from what."""


def adapter_digest(adapter: Path) -> str:
    """Return the SHA-256 of an adapter's weights.

    Raises:
        ModelUnusable: if the folder holds none.
    """
    weights = adapter / ADAPTER_WEIGHTS
    if not weights.is_file():
        raise ModelUnusable(f"{adapter} holds no {ADAPTER_WEIGHTS}: it is not an adapter's folder")
    return sha256_of(weights)


def adapted(model: Model, adapter: Path) -> Model:
    """Return the description of a model with an adapter: another digest, so another recipe."""
    return replace(model, digest=f"{model.digest}+{adapter_digest(adapter)}")


def ensure_adapted_model(base: Path, adapter: Path, cache_dir: Path, *, progress: Progress | None = None) -> Path:
    """Return the folder of a sentence-transformers model with an adapter merged in, made now if it is not there.

    Raises:
        ModelUnusable: if the adapter does not fit the model.
    """
    digest = adapter_digest(adapter)
    return ensure_model_folder(
        cache_dir / f"{base.name}+{digest[:12]}",
        lambda folder, report: _merge(base, adapter, folder, report),
        made_from={"base": base.name, "adapter_sha256": digest},
        progress=progress,
    )


def load_sentence_transformer(path: str) -> Any:
    """Return a loaded sentence-transformers model on the CPU, without messages about it.

    Raises:
        ModelUnusable: if it cannot be loaded.
    """
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    try:
        return SentenceTransformer(path, device="cpu")
    except (OSError, ValueError, RuntimeError) as exc:
        reason = str(exc).strip().splitlines()[0]
        raise ModelUnusable(f"the model {path!r} cannot be loaded: {reason}") from exc


@contextmanager
def without_peft_warnings() -> Iterator[None]:
    """Keep PEFT's use of a name that transformers deprecates from the user's screen."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*", category=FutureWarning)
        yield


def _merge(base: Path, adapter: Path, folder: Path, progress: Progress) -> None:
    # Source: Hu et al., LoRA, ICLR 2022, section 4.1: W + (alpha / r) B A, computed by PEFT.
    import torch
    from peft import PeftModel
    from safetensors import SafetensorError

    progress(0, 2)
    sentence_model = load_sentence_transformer(str(base))
    try:
        with torch.no_grad(), without_peft_warnings():
            sentence_model[0].auto_model = PeftModel.from_pretrained(
                sentence_model[0].auto_model, str(adapter), autocast_adapter_dtype=True
            ).merge_and_unload()
    except (OSError, ValueError, KeyError, RuntimeError, json.JSONDecodeError, SafetensorError) as exc:
        raise ModelUnusable(f"the adapter in {adapter} does not fit {base.name}: {str(exc).splitlines()[0]}") from exc
    progress(1, 2)
    sentence_model.save(str(folder), create_model_card=False)
    progress(2, 2)
