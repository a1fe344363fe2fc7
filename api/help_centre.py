"""The help centre of one generation as its pages are browsed: by address, by language, in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote
from weakref import WeakKeyDictionary

from api.help_shelves import Group, Kind, Shelf, shelves_of
from api.i18n import texts_for
from corpus.page import Page
from corpus.passage import Passage
from indexer.search import PassageIndex


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands: on which shelf, in which group, and between which pages of that shelf."""

    kind: Kind
    group: Group
    previous: Page | None
    next: Page | None


@dataclass(frozen=True)
class HelpCentre:
    """All pages of a generation, arranged once; immutable."""

    generation: str
    pages: Mapping[str, Page]
    shelves: Mapping[str, tuple[Shelf, ...]]
    """By locale; a locale without pages is not there."""
    _questions: Mapping[str, tuple[Passage, ...]]
    _by_address: Mapping[str, Page]
    _by_matter: Mapping[str, tuple[Page, ...]]
    _places: Mapping[str, Place]

    def page_at(self, address: str) -> Page | None:
        """Return the page that is served under an address, given without percent-encoding."""
        return self._by_address.get(address.rstrip("/"))

    def place_of(self, page: Page) -> Place:
        """Return where a page stands."""
        return self._places[page.id]

    def questions_of(self, page: Page) -> tuple[Passage, ...]:
        """Return the passages of a page that answer a question, if it is an FAQ page."""
        return self._questions.get(page.id, ())

    def twins_of(self, page: Page) -> tuple[Page, ...]:
        """Return a page in all its languages, itself included, in the order of their locales.

        They are those at the same path below their own locale's folder.
        """
        return self._by_matter.get(page.matter, (page,))


def help_centre_of(index: PassageIndex) -> HelpCentre:
    """Return the help centre of a generation, arranged when it is first asked for."""
    arranged = _arranged.get(index)
    if arranged is None:
        arranged = _arranged[index] = arrange(index.manifest.id, index.pages, index.passages)
    return arranged


def arrange(generation: str, pages: Mapping[str, Page], passages: Sequence[Passage]) -> HelpCentre:
    """Arrange the pages of a generation; they keep the order that they are given in."""
    by_locale: dict[str, list[Page]] = defaultdict(list)
    by_matter: dict[str, list[Page]] = defaultdict(list)
    for page in pages.values():
        by_locale[page.locale].append(page)
        if page.matter:
            by_matter[page.matter].append(page)
    by_page: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        by_page[passage.page_id].append(passage)
    shelves = {locale: shelves_of(group, by_page, texts_for(locale)) for locale, group in by_locale.items()}
    faq = [page.id for each in shelves.values() for shelf in each if shelf.kind == "faq" for page in shelf.pages]
    asked = {one: tuple(passage for passage in by_page[one] if passage.question is not None) for one in faq}
    return HelpCentre(
        generation,
        pages,
        shelves,
        asked,
        {unquote(page.url).rstrip("/"): page for page in pages.values() if page.hosted},
        {matter: tuple(sorted(twins, key=lambda page: page.locale)) for matter, twins in by_matter.items()},
        {identity: place for each in shelves.values() for shelf in each for identity, place in _places(shelf)},
    )


def _places(shelf: Shelf) -> list[tuple[str, Place]]:
    places = []
    hosted = [page for page in shelf.pages if page.hosted]
    number = {page.id: position for position, page in enumerate(hosted)}
    for group in shelf.groups:
        for page in group.pages:
            at = number.get(page.id)
            previous = hosted[at - 1] if at else None
            following = hosted[at + 1] if at is not None and at + 1 < len(hosted) else None
            places.append((page.id, Place(shelf.kind, group, previous, following)))
    return places


_arranged: WeakKeyDictionary[PassageIndex, HelpCentre] = WeakKeyDictionary()
