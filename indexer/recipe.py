"""The recipe: all that decides what a vector means."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from corpus.splitting import SPLITTER_VERSION

INPUT_VERSION = 1
"""Raise it whenever the text embedded for the same page would differ (see ``indexer.layout.window_inputs``)."""


@dataclass(frozen=True, slots=True)
class Model:
    """An embedding model: where it is from, the digest of its weights, and the prompts it wants.

    ``prompts`` are put in front of a question and of a passage; e5 was trained with ``query: `` and ``passage: ``.
    """

    name: str
    digest: str
    dim: int
    query_prompt: str
    passage_prompt: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """Two generations with equal recipes hold comparable vectors; thresholds belong to one recipe."""

    model: Model
    splitter_version: int = SPLITTER_VERSION
    input_version: int = INPUT_VERSION

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits that stand for the whole recipe."""
        canonical = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(canonical.encode("utf-8")).hexdigest()[:12]
