"""The one place that names the real encoder and stores."""

from __future__ import annotations

from pathlib import Path

from api.settings import Settings
from assistant.asking.assistant import Assistant
from assistant.asking.policy import POLICY, SHIPPED, Policy, dump_policy, read_policy
from assistant.errors import PolicyUnusable
from indexer.adapters.bundled_model import Progress
from indexer.adapters.encoders import load_encoder
from indexer.adapters.numpy_store import NumpyFormat
from indexer.generations import Generations
from indexer.ports import Encoder, VectorStoreFormat
from indexer.search import PassageIndex


def make_encoder(settings: Settings, *, progress: Progress | None = None) -> Encoder:
    """Return the encoder that the settings name."""
    return load_encoder(settings.model, cache_dir=settings.cache_dir, progress=progress)


def make_store(settings: Settings) -> VectorStoreFormat:
    """Return the vector store that the settings name."""
    if settings.store == "numpy":
        return NumpyFormat()
    from indexer.adapters.faiss_store import FaissFormat

    return FaissFormat()


def open_assistant(
    generations: Generations, generation: str, *, encoder: Encoder, store: VectorStoreFormat
) -> Assistant:
    """Open a generation with the policy beside it.

    A policy that was fitted for another recipe ranks, but is not trusted to call anything an answer.
    """
    folder = generations.folder(generation)
    index = PassageIndex.open(folder, encoder=encoder, store=store)
    policy = policy_for(folder)
    return Assistant(index, policy, trusted=policy.recipe == index.manifest.recipe.digest)


def new_policy(settings: Settings) -> bytes:
    """Return the policy to put beside a new index, as its file.

    Raises:
        PolicyUnusable: if the operator's own cannot be read.
    """
    return dump_policy(read_policy(settings.policy or SHIPPED))


def policy_for(folder: Path) -> Policy:
    """Return the policy of a generation, or the shipped one where it has none that can be read."""
    try:
        return read_policy(folder / POLICY)
    except PolicyUnusable:
        return read_policy(SHIPPED)
