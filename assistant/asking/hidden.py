"""Pages that writers have hidden, over one generation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from assistant.asking.curation import Hidden
from corpus.page import Page


def place_hidden(hidden: Sequence[Hidden], pages: Mapping[str, Page]) -> tuple[frozenset[str], tuple[Hidden, ...]]:
    """Return the ids of a generation's pages that are hidden, and the entries that hide none of them.

    Args:
        hidden: what writers have said, by page or by matter.
        pages: those of the generation, by id.
    """
    ids: set[str] = set()
    lost = []
    by_matter = _ids_by_matter(pages.values()) if any(one.everywhere for one in hidden) else {}
    for one in hidden:
        found = by_matter.get(one.target, ()) if one.everywhere else [one.target] if one.target in pages else ()
        ids.update(found)
        if not found:
            lost.append(one)
    return frozenset(ids), tuple(lost)


def _ids_by_matter(pages: Iterable[Page]) -> Mapping[str, Sequence[str]]:
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for page in pages:
        grouped[page.matter or page.id].append(page.id)
    return grouped
