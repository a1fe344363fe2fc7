"""HTML made safe to show, in which every id is there once and every link leads somewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from urllib.parse import unquote

import nh3
from selectolax.lexbor import LexborNode

from corpus.page import Section
from corpus.readers.text import described

ResolveLink = Callable[[str], str | None]
"""Maps a link's target as written to the one to show, or ``None`` to leave its text without a link."""

_TAGS = nh3.ALLOWED_TAGS | {"details", "summary", "kbd", "mark", "figure", "figcaption", "section"}
_ATTRIBUTES = {
    "*": {"id", "title", "lang", "dir"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "div": {"class"},
    "code": {"class"},
    "details": {"open"},
}
_CLASSES = re.compile(r"hint hint-(?:info|warning|danger|success)|language-[\w+-]+")
_ADDRESS = re.compile(r"https?:|/", re.IGNORECASE)
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})


def sanitised(html: str) -> str:
    """Return HTML without scripts, styles, forms, event handlers and addresses that run code."""

    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "class":
            return value if _CLASSES.fullmatch(value) else None
        return value

    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        link_rel="noopener noreferrer",
        url_schemes={"http", "https", "mailto", "tel"},
    )


def take_anchors(body: LexborNode) -> set[str]:
    """Return the ids of a page, after taking them from elements that repeat one; an old-style name becomes an id."""
    taken: set[str] = set()
    for node in body.css("[id], a[name]"):
        anchor = node.attributes.get("id") or node.attributes.get("name")
        if anchor and anchor not in taken:
            node.attrs["id"] = anchor
            taken.add(anchor)
        elif "id" in node.attributes:
            del node.attrs["id"]
    return taken


def mend_links(body: LexborNode, resolve_link: ResolveLink, sections: Iterable[Section]) -> None:
    """Make every link lead where ``resolve_link`` says, those on the page to an id that is there, or nowhere."""
    anchors = {node.attributes["id"] or "" for node in body.css("[id]")}
    names = {node.attributes["name"] or "" for node in body.css("a[name]")}
    alike = {_folded(section.heading): section.anchor for section in sections if section.anchor}
    alike.update((_folded(anchor), anchor) for anchor in sorted(anchors))
    for link in body.css("a[href]"):
        target = resolve_link(link.attributes.get("href") or "")
        if target is not None and target.startswith("#"):
            anchor = unquote(target[1:])
            if anchor not in anchors | names | {"", "top"}:
                # Exports keep links by headings as they were written, and ids in small ASCII letters.
                found = alike.get(_folded(anchor))
                target = f"#{found}" if found else None
        if target is None:
            del link.attrs["href"]
        else:
            link.attrs["href"] = target


def mend_images(body: LexborNode) -> None:
    """Put its description in the place of an image that is a file beside the page: such files are not served."""
    for image in body.css("img"):
        if not _ADDRESS.match(image.attributes.get("src") or ""):
            description = described(image)
            image.replace_with(f"[{description}]" if description else "")
            continue
        image.attrs["loading"] = "lazy"
        if "alt" not in image.attributes:
            image.attrs["alt"] = ""


def _folded(anchor: str) -> str:
    plain = unicodedata.normalize("NFKD", anchor.casefold().translate(_UNDECOMPOSED))
    return "".join(character for character in plain if character.isalnum())
