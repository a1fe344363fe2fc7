"""HTML → sections of readable text, and the same HTML made safe to show.

Every reader ends here: whatever a page was written in, its text, its anchors and what a browser shows come from one
walk over one tree, so they cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from corpus.page import Block, Section
from corpus.readers.safe_html import ResolveLink, mend_images, mend_links, sanitised, take_anchors
from corpus.readers.text import (
    CONTAINERS,
    HEADINGS,
    LEAVES,
    SKIPPED,
    block_text,
    holds_blocks,
    inline_text,
    lines,
    one_line,
)
from corpus.splitting import is_question

_SLUG_DROPPED = re.compile(r"[^\w\- ]")
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।")
_CAPTION_CHARS = 40


def slugify(heading: str) -> str:
    """Return the anchor of a heading: its words in lower case, joined by hyphens, in any script."""
    return _SLUG_DROPPED.sub("", heading.strip().lower()).replace(" ", "-").strip("-") or "section"


def sections_of(html: str, *, language: str, resolve_link: ResolveLink) -> tuple[tuple[Section, ...], str]:
    """Return the sections of an HTML fragment in order, and the fragment sanitised, with an id on every block.

    Scripts, styles, forms and event handlers are removed. A list of links to the page's own headings is left in the
    HTML but gives no text: what it says stands at those headings.
    """
    tree = LexborHTMLParser(sanitised(html))
    body = tree.body
    if body is None:
        return (), ""
    walk = _Walk(language=language, resolve_link=resolve_link, anchors=take_anchors(body))
    walk.flow(body)
    walk.finish()
    sections = walk.with_something_to_say()
    mend_links(body, resolve_link, sections)
    mend_images(body)
    return sections, (body.inner_html or "").strip()


@dataclass(frozen=True)
class _Place:
    """Where a walk is: in which section, and from which level the headings around it count."""

    level: int = 0
    heading: str = ""
    anchor: str = ""
    base: int = 0


@dataclass
class _Walk:
    """One pass over a tree, collecting sections as headings and blocks come by."""

    language: str
    resolve_link: ResolveLink
    anchors: set[str]
    sections: list[Section] = field(default_factory=list)
    place: _Place = _Place()
    continued: bool = False
    blocks: list[Block] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    contents: set[str] = field(default_factory=set)

    def flow(self, parent: LexborNode) -> None:
        """Take in the children of an element that holds blocks, loose text between them included."""
        for node in parent.iter(include_text=True):
            tag = node.tag
            if tag in SKIPPED or (tag == "summary" and parent.tag == "details"):
                continue
            if tag in HEADINGS:
                self.start_section(node, HEADINGS[tag])
            elif tag == "details":
                self.details(node)
            elif tag == "dl":
                self.definitions(node)
            elif tag in LEAVES:
                self.block(node)
            elif tag in CONTAINERS or holds_blocks(node):
                self.end_loose()
                self.flow(node)
                self.end_loose()
            else:
                self.loose.append(inline_text(node))

    def start_section(self, node: LexborNode, level: int) -> None:
        text = one_line(inline_text(node))
        if not text or _is_contents_list(node, self.resolve_link):
            return
        anchor = _inner_anchor(node) or self.identify(node, slugify(text))
        self.open(_Place(self.place.base + level, text, anchor, self.place.base))

    def details(self, node: LexborNode) -> None:
        """Make an accordion that is called by a question a section of its own, any other a part of this one."""
        self.end_loose()
        summary = next((child for child in node.iter() if child.tag == "summary"), None)
        title = one_line(inline_text(summary)) if summary is not None else ""
        before = self.place
        asks = bool(title) and is_question(title, self.language)
        if asks:
            self.open_inside(before, title, self.identify(node, slugify(title)))
        elif title and summary is not None:
            self.blocks.append(Block(title, self.identify(summary)))
        self.flow(node)
        self.end_loose()
        if asks:
            self.resume(before)

    def definitions(self, node: LexborNode) -> None:
        """Make each term of a definition list a section, with its definitions under it."""
        self.end_loose()
        before = self.place
        for child in _definition_parts(node):
            if child.tag == "dt":
                term = one_line(inline_text(child))
                if term:
                    self.open_inside(before, term, self.identify(child, slugify(term)))
            elif child.is_text_node:
                self.loose.append(inline_text(child))
            else:
                self.flow(child)
                self.end_loose()
        self.resume(before)

    def block(self, node: LexborNode) -> None:
        self.end_loose()
        if node.tag in ("ul", "ol", "p") and _is_contents_list(node, self.resolve_link):
            self.drop_caption()
            self.contents.add(self.place.anchor)
            return
        text = block_text(node)
        if text:
            self.blocks.append(Block(text, self.identify(node)))

    def identify(self, node: LexborNode, wish: str = "") -> str:
        """Return the element's id, giving it one if it has none: the wished one if that is still free."""
        anchor = node.attributes.get("id")
        if not anchor:
            anchor = self.unique(wish or f"b{len(self.anchors) + 1}")
            node.attrs["id"] = anchor
        return anchor

    def end_loose(self) -> None:
        """Close a run of text that stands in no paragraph."""
        text = lines("".join(self.loose))
        self.loose.clear()
        if text:
            self.blocks.append(Block(text, self.place.anchor))

    def drop_caption(self) -> None:
        """Forget a short line right above a contents list, such as “Table of contents”; a sentence says more."""
        last = self.blocks[-1].text if self.blocks else "\n"
        if "\n" not in last and len(last) <= _CAPTION_CHARS and not last.endswith(_SENTENCE_ENDS):
            self.blocks.pop()

    def open(self, place: _Place) -> None:
        self.finish()
        self.place, self.continued = place, False

    def open_inside(self, around: _Place, heading: str, anchor: str) -> None:
        """Open a section that any heading after it closes, and in which headings may stand."""
        level = max(around.level, around.base + len(HEADINGS)) + 1
        self.open(_Place(level, heading, anchor, base=level))

    def resume(self, place: _Place) -> None:
        """Go back to the section that a question inside it has interrupted."""
        self.finish()
        self.place, self.continued = place, True

    def finish(self) -> None:
        """Close the section that is open, unless it has nothing to say."""
        self.end_loose()
        if self.blocks or (self.place.heading and not self.continued):
            place = self.place
            self.sections.append(Section(place.level, place.heading, place.anchor, tuple(self.blocks)))
        self.blocks = []

    def with_something_to_say(self) -> tuple[Section, ...]:
        """Return the sections but those that held a contents list only, the page's first heading excepted."""
        levels = [section.level for section in self.sections[1:]] + [0]
        return tuple(
            section
            for number, (section, next_level) in enumerate(zip(self.sections, levels, strict=False))
            if number == 0 or section.blocks or section.anchor not in self.contents or next_level > section.level
        )

    def unique(self, anchor: str) -> str:
        candidate, number = anchor, 1
        while candidate in self.anchors:
            number += 1
            candidate = f"{anchor}-{number}"
        self.anchors.add(candidate)
        return candidate


def _definition_parts(node: LexborNode) -> Iterator[LexborNode]:
    for child in node.iter(include_text=True):
        if child.tag == "div":
            yield from _definition_parts(child)
        else:
            yield child


def _inner_anchor(heading: LexborNode) -> str | None:
    return next((link.attributes["id"] for link in heading.css("a") if link.attributes.get("id")), None)


def _is_contents_list(node: LexborNode, resolve_link: ResolveLink) -> bool:
    links = node.css("a[href]")
    if len(links) < 2:
        return False
    targets = [resolve_link(link.attributes.get("href") or "") for link in links]
    if not all(target is not None and target.startswith("#") for target in targets):
        return False
    linked = sum(len(one_line(inline_text(link))) for link in links)
    return linked >= 0.9 * len(one_line(node.text(deep=True))) - 2 * len(links)
