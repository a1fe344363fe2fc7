"""Pages found in another language, shown in the visitor's own where they have a translation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from assistant.asking.models import Hit
from corpus.passage import Passage
from indexer.search import Found


def passages_by_matter(
    passages: Iterable[Passage], matter_of: Callable[[str], str]
) -> dict[tuple[str, str], list[Passage]]:
    """Return the passages of each (matter, language), in the order of the page."""
    grouped: dict[tuple[str, str], list[Passage]] = {}
    for passage in passages:
        grouped.setdefault((matter_of(passage.page_id), passage.language), []).append(passage)
    return grouped


def in_own_language(
    hits: Sequence[Hit],
    nearby: Sequence[Found],
    *,
    twins: Mapping[tuple[str, str], Sequence[Passage]],
    matter_of: Callable[[str], str],
    language: str,
) -> list[Hit]:
    """Return hits with the page's translation into a language in its place, where there is one.

    Args:
        hits: found in other languages.
        nearby: what was found in the language itself: tells which passage of the translation is nearest.
        twins: passages by (matter, language).
        matter_of: maps a page's id to what it shares with its translations.
        language: the visitor's.
    """
    own: list[Hit] = []
    for hit in hits:
        passages = twins.get((matter_of(hit.passage.page_id), language))
        if not hit.other_language or not passages:
            own.append(hit)
            continue
        ids = {passage.id for passage in passages}
        best = max((one for one in nearby if one.passage.id in ids), key=lambda one: one.window, default=None)
        own.append(
            replace(
                hit,
                passage=passages[0] if best is None else best.passage,
                best_window=0 if best is None else best.best_window,
                other_language=False,
            )
        )
    return own
