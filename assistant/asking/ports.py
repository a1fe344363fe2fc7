"""What asking needs from the outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Reranker(Protocol):
    """Judges a question and a text together: slower than comparing their vectors, and finer."""

    @property
    def digest(self) -> str:
        """What stands for the model: a policy is fitted with one reranker and void with any other."""
        ...

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return how well each text answers the question, 0 to 1, in order."""
        ...
