"""Have the nearest pages judged again by a reranker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.asking.ports import Reranker
from assistant.asking.ranking import Ranked
from indexer.layout import window_inputs
from indexer.search import Found


def reranked(found: Sequence[Found], nearest: Sequence[Ranked], question: str, reranker: Reranker) -> list[Found]:
    """Return what was found with the reranker's scores on the best passages of the nearest pages.

    Those rank by that score, before all others; see ``assistant.asking.ranking.score_of``.
    """
    if not nearest:
        return list(found)
    texts = [window_inputs(one.found.passage)[one.found.best_window] for one in nearest]
    scores = dict(zip((one.found.passage.id for one in nearest), reranker.scores(question, texts), strict=True))
    return [replace(one, reranked=scores.get(one.passage.id)) for one in found]
