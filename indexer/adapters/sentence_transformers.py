"""The encoder that runs any sentence-transformers model."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexer.adapters.adapted_model import load_sentence_transformer
from indexer.ports import EmbeddingProgress, Vectors
from indexer.recipe import Model

_BATCH = 16
_BLOCK = 256
"""Texts sorted by length together: wide enough that a batch wastes little padding."""
_MODEL_FILES = frozenset({".safetensors", ".bin", ".json", ".model", ".txt"})


class SentenceTransformerEncoder:
    """Embeds with a sentence-transformers model on the CPU.

    Args:
        path: the model's folder, or an id that sentence-transformers resolves itself.
        model: what is known of the model beforehand; read from the loaded model where it is ``None``.
        bfloat16: whether passages are computed in bfloat16; by default where the processor does.
    """

    def __init__(self, path: str, *, model: Model | None = None, bfloat16: bool | None = None) -> None:
        self._path = path
        self._bfloat16 = bfloat16
        self._known = model
        self._loading = threading.Lock()
        self._computing = threading.Lock()
        self._loaded: Any = None

    @property
    def folder(self) -> str:
        """Where the model is: a folder, or an id."""
        return self._path

    @property
    def model(self) -> Model:
        """See ``Encoder.model``; loads the weights unless the model was named by the caller."""
        if self._known is None:
            self._known = _describe(self._path, self._transformer())
        return self._known

    def warm_up(self) -> None:
        """See ``Encoder.warm_up``."""
        self.embed_queries(["?"])

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See ``Encoder.embed_queries``."""
        return self._encode(list(texts), self.model.query_prompt)

    def embed_passages(self, texts: Sequence[str], *, progress: EmbeddingProgress | None = None) -> Vectors:
        """See ``Encoder.embed_passages``; in bfloat16 where the processor computes in it."""
        import torch

        narrow = _computes_bfloat16() if self._bfloat16 is None else self._bfloat16
        rows = np.empty((len(texts), self.model.dim), np.float32)
        order = sorted(range(len(texts)), key=lambda position: len(texts[position]))
        for start in range(0, len(order), _BLOCK):
            block = order[start : start + _BLOCK]
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=narrow):
                rows[block] = self._encode([texts[position] for position in block], self.model.passage_prompt)
            if progress is not None:
                progress(len(block))
        return rows

    def _encode(self, texts: list[str], prompt: str) -> Vectors:
        if not texts:
            return np.zeros((0, self.model.dim), np.float32)
        # The prompt is passed on every call: a model that ships none would otherwise embed both kinds alike.
        transformer = self._transformer()
        # One at a time: a fast tokenizer must not be used by two threads, and one forward pass takes all cores anyway.
        with self._computing:
            rows = transformer.encode(
                texts, prompt=prompt, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(rows, dtype=np.float32)

    def _transformer(self) -> Any:
        with self._loading:
            if self._loaded is None:
                self._loaded = load_sentence_transformer(self._path)
            return self._loaded


def _computes_bfloat16() -> bool:
    import torch

    # Without such instructions bfloat16 is emulated: four times slower than float32 instead of three times faster.
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def _describe(path: str, loaded: Any) -> Model:
    prompts = dict(loaded.prompts or {})
    is_e5 = "e5" in Path(path).name.lower().replace("_", "-").split("-")
    return Model(
        name=Path(path).name if Path(path).is_dir() else path,
        digest=_digest(path, loaded),
        dim=int(loaded.get_embedding_dimension()),
        query_prompt=prompts.get("query") or ("query: " if is_e5 else ""),
        passage_prompt=prompts.get("passage") or prompts.get("document") or ("passage: " if is_e5 else ""),
    )


def _digest(path: str, loaded: Any) -> str:
    """Return the SHA-256 of all that makes the vectors: of the files where there is a folder, else of the tensors."""
    digest = hashlib.sha256()
    folder = Path(path)
    files = [file for file in sorted(folder.rglob("*")) if file.suffix in _MODEL_FILES] if folder.is_dir() else []
    for file in files:
        digest.update(file.relative_to(folder).as_posix().encode())
        with file.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    if not files:
        for name, tensor in sorted(loaded.state_dict().items()):
            digest.update(name.encode("utf-8"))
            digest.update(tensor.detach().contiguous().numpy().tobytes())
    return digest.hexdigest()
