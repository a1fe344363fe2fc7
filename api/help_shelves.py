"""Which shelf of the help centre a page stands on, the FAQ or the documentation, and in which group."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from api.i18n import N_, Texts
from corpus.page import Page
from corpus.passage import Passage

Kind = Literal["faq", "docs"]
KINDS: tuple[Kind, ...] = ("faq", "docs")
_FAQ = "faq"
_DOCS = frozenset({"doc", "docs", "documentation"})
_NUMBERED = re.compile(r"^\d+[-_. ]+(?=\D)")
# Folders are named once for all languages; those that most help centres have read well in each.
_FOLDERS: Mapping[str, str] = {
    "account": N_("Account"),
    "billing": N_("Billing"),
    "design": N_("Design"),
    "domains": N_("Domains"),
    "emails": N_("E-mails"),
    "getting-started": N_("Getting started"),
    "invoices": N_("Invoices"),
    "languages": N_("Languages"),
    "legal": N_("Legal matters"),
    "marketing": N_("Marketing"),
    "orders": N_("Orders"),
    "payments": N_("Payments"),
    "products": N_("Products"),
    "returns": N_("Returns"),
    "security": N_("Security"),
    "settings": N_("Settings"),
    "shipping": N_("Shipping"),
    "statistics": N_("Statistics"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Pages of one folder; ``anchor`` is its place in the list of all pages, the title is empty outside folders."""

    title: str
    anchor: str
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The groups of one kind in one locale, those without a folder first, otherwise in the order of their paths."""

    kind: Kind
    groups: tuple[Group, ...]

    @property
    def pages(self) -> tuple[Page, ...]:
        """All its pages in the order in which they are listed."""
        return tuple(page for group in self.groups for page in group.pages)


def kind_of(folders: Sequence[str], passages: Iterable[Passage]) -> Kind:
    """Return the shelf of a page.

    It is an FAQ page if one of its folders is called ``faq``, or if most of its sections, those without a heading
    left out, are questions.
    """
    if any(folder.lower() == _FAQ for folder in folders):
        return "faq"
    asks = {passage.heading_path: passage.question is not None for passage in passages if passage.heading_path}
    return "faq" if 2 * sum(asks.values()) > len(asks) else "docs"


def folders_of(page: Page, folders: Collection[str]) -> tuple[str, ...]:
    """Return the folders that a page is in; a folder's own page is in it. ``folders`` are all paths of folders."""
    path = page.matter or page.id
    parts = tuple(path.split("/"))
    return parts if path in folders else parts[:-1]


def shelves_of(pages: Sequence[Page], passages: Mapping[str, Sequence[Passage]], texts: Texts) -> tuple[Shelf, ...]:
    """Return the shelves of one locale that have pages, the FAQ first.

    Args:
        pages: the locale's pages in the order of their paths.
        passages: each page's passages by its id.
        texts: the language of the groups' titles.
    """
    titles = {page.matter or page.id: page.title for page in pages}
    all_folders = {
        "/".join(parts[:depth])
        for parts in ((page.matter or page.id).split("/") for page in pages)
        for depth in range(1, len(parts))
    }
    grouped: dict[Kind, dict[tuple[str, ...], list[Page]]] = {kind: defaultdict(list) for kind in KINDS}
    for page in pages:
        folders = folders_of(page, all_folders)
        kind = kind_of(folders, passages.get(page.id, ()))
        grouped[kind][_below_shelf(folders)].append(page)
    return tuple(
        Shelf(
            kind,
            tuple(
                Group(_title(path, group, titles, texts), f"{kind}-{number}" if path else kind, tuple(group))
                for number, (path, group) in enumerate(sorted(groups.items(), key=lambda item: bool(item[0])))
            ),
        )
        for kind, groups in grouped.items()
        if groups
    )


def readable(folder: str) -> str:
    """Return a folder's name as a heading: ``01-getting-started`` is ``Getting started``."""
    words = _NUMBERED.sub("", folder).replace("-", " ").replace("_", " ").strip() or folder
    return words[:1].upper() + words[1:]


def _below_shelf(folders: Sequence[str]) -> tuple[str, ...]:
    below = folders[1:] if folders and folders[0].lower() in _DOCS else folders
    return tuple(folder for folder in below if folder.lower() != _FAQ)


def _title(path: Sequence[str], pages: Sequence[Page], titles: Mapping[str, str], texts: Texts) -> str:
    """Return a group's title: that of the folder's own page, else its name made readable, for each of its folders."""
    above = (pages[0].matter or pages[0].id).split("/")
    steps = []
    for folder in path:
        own = titles.get("/".join(above[: above.index(folder) + 1]), "")
        known = _FOLDERS.get(_NUMBERED.sub("", folder).lower().replace("_", "-"))
        steps.append(own or (texts.gettext(known) if known else readable(folder)))
    return " › ".join(steps)
