"""Which pages are missing in a language, or older there than elsewhere."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from corpus.page import Page

_LEAST_SHARE = 0.2
"""Of the pages of the largest language: a help centre with three pages in French does not miss the others there."""


def missing_languages(pages: Iterable[Page]) -> dict[str, tuple[str, ...]]:
    """Return, for each page, the languages of the help centre that it is not there in; pages with any only.

    A language belongs to the help centre if it has a fifth as many pages as the one with most.
    """
    all_pages = list(pages)
    numbers = Counter(page.language for page in all_pages)
    most = max(numbers.values(), default=0)
    languages = sorted(one for one, number in numbers.items() if number >= _LEAST_SHARE * most)
    there = defaultdict(set)
    for page in all_pages:
        there[page.matter].add(page.language)
    found = {page.id: tuple(one for one in languages if one not in there[page.matter]) for page in all_pages}
    return {page: absent for page, absent in found.items() if absent}


def newer_twins(pages: Iterable[Page], changed: Mapping[str, datetime.date]) -> dict[str, tuple[str, ...]]:
    """Return, for each page, its translations that were changed on a later day, latest first; pages with any only.

    Args:
        pages: all of them.
        changed: the day on which each was changed last, as far as known.
    """
    by_matter = defaultdict(list)
    for page in pages:
        if page.id in changed:
            by_matter[page.matter].append(page)
    found: dict[str, tuple[str, ...]] = {}
    for twins in by_matter.values():
        latest_first = sorted(twins, key=lambda one: (-changed[one.id].toordinal(), one.id))
        for page in twins:
            newer = tuple(
                one.id for one in latest_first if one.language != page.language and changed[one.id] > changed[page.id]
            )
            if newer:
                found[page.id] = newer
    return found
