"""The reranker that runs any sentence-transformers cross-encoder."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.errors import RerankerUnusable

_BATCH = 16


class CrossEncoderReranker:
    """Scores with a sentence-transformers ``CrossEncoder`` on the CPU, loaded when first needed.

    Args:
        path: the model's folder, or an id that sentence-transformers resolves itself.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._loading = threading.Lock()
        self._computing = threading.Lock()
        self._loaded: Any = None

    @property
    def digest(self) -> str:
        """See ``Reranker.digest``: by the model's files where it is a folder, else by its id."""
        digest = hashlib.sha256()
        files = sorted(Path(self._path).glob("*.safetensors"))
        for file in files:
            with file.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
        if not files:
            digest.update(self._path.encode("utf-8"))
        return digest.hexdigest()[:12]

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """See ``Reranker.scores``.

        Raises:
            RerankerUnusable: if the model cannot be loaded.
        """
        import torch

        model = self._model()
        with self._computing:
            scores = model.predict(
                [(question, text) for text in texts],
                batch_size=_BATCH,
                show_progress_bar=False,
                activation_fn=torch.nn.Sigmoid(),
            )
        return [float(score) for score in scores]

    def _model(self) -> Any:
        from sentence_transformers import CrossEncoder

        with self._loading:
            if self._loaded is None:
                try:
                    self._loaded = CrossEncoder(self._path, device="cpu", num_labels=1)
                except (OSError, ValueError, RuntimeError) as exc:
                    reason = str(exc).strip().splitlines()[0]
                    raise RerankerUnusable(f"the reranker {self._path!r} cannot be loaded: {reason}") from exc
            return self._loaded
