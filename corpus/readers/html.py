"""HTML → sections of readable text, and the same HTML made safe to show.

Every reader ends here: whatever a page was written in, its text, its anchors and what a browser shows come from one
walk over one tree, so they cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from corpus.page import Block, Section
from corpus.splitting import is_question

ResolveLink = Callable[[str], str | None]
"""Maps a link's target as written to the one to show, or ``None`` to leave its text without a link."""

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LEAVES = frozenset({"p", "ul", "ol", "table", "pre", "hr"})
_CONTAINERS = frozenset(
    {"div", "section", "article", "aside", "main", "header", "footer", "figure", "blockquote", "details", "center"}
)
_SKIPPED = frozenset({"script", "style", "template"})
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
_SPACES = re.compile(r"[ \t\r\n\f\u00a0\u200b]+")
_SLUG_DROPPED = re.compile(r"[^\w\- ]")


def slugify(heading: str) -> str:
    """Return the anchor of a heading: its words in lower case, joined by hyphens, in any script."""
    return _SLUG_DROPPED.sub("", heading.strip().lower()).replace(" ", "-").strip("-") or "section"


def sections_of(html: str, *, language: str, resolve_link: ResolveLink) -> tuple[tuple[Section, ...], str]:
    """Return the sections of an HTML fragment in order, and the fragment sanitised, with an id on every block.

    Scripts, styles, forms and event handlers are removed. A list of links to the page's own headings is left in the
    HTML but gives no text: what it says stands at those headings.
    """
    tree = LexborHTMLParser(_sanitised(html))
    body = tree.body
    if body is None:
        return (), ""
    walk = _Walk(language=language, resolve_link=resolve_link)
    walk.anchors.update(node.attributes["id"] or "" for node in body.css("[id]") if node.tag not in _HEADINGS)
    walk.flow(body)
    walk.finish()
    _rewrite_links(body, resolve_link)
    return tuple(walk.sections), (body.inner_html or "").strip()


def _sanitised(html: str) -> str:
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


def _rewrite_links(body: LexborNode, resolve_link: ResolveLink) -> None:
    for link in body.css("a[href]"):
        target = resolve_link(link.attributes.get("href") or "")
        if target is None:
            del link.attrs["href"]
        else:
            link.attrs["href"] = target
    for image in body.css("img"):
        image.attrs["loading"] = "lazy"
        if "alt" not in image.attributes:
            image.attrs["alt"] = ""


@dataclass
class _Walk:
    """One pass over a tree, collecting sections as headings and blocks come by."""

    language: str
    resolve_link: ResolveLink
    sections: list[Section] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    level: int = 0
    heading: str = ""
    anchor: str = ""
    continued: bool = False
    blocks: list[Block] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)

    def flow(self, parent: LexborNode) -> None:
        """Take in the children of an element that holds blocks, loose text between them included."""
        for node in parent.iter(include_text=True):
            tag = node.tag
            if tag in _SKIPPED or tag == "summary":
                continue
            if tag in _HEADINGS:
                self.start_section(node, _HEADINGS[tag])
            elif tag == "details":
                self.details(node)
            elif tag == "dl":
                self.definitions(node)
            elif tag in _LEAVES:
                self.block(node)
            elif tag in _CONTAINERS or _holds_blocks(node):
                self.end_loose()
                self.flow(node)
                self.end_loose()
            else:
                self.loose.append(_inline_text(node))

    def start_section(self, node: LexborNode, level: int) -> None:
        text = _one_line(_inline_text(node))
        if not text:
            return
        self.open(level, text, _inner_anchor(node) or self.identify(node, slugify(text)))

    def details(self, node: LexborNode) -> None:
        """Make an accordion that is called by a question a section of its own, any other a part of this one."""
        self.end_loose()
        summary = node.css_first("summary")
        title = _one_line(_inline_text(summary)) if summary is not None else ""
        before = (self.level, self.heading, self.anchor)
        asks = bool(title) and is_question(title, self.language)
        if asks:
            self.open(before[0] + 1, title, self.identify(node, slugify(title)))
        elif title and summary is not None:
            self.blocks.append(Block(title, self.identify(summary)))
        self.flow(node)
        self.end_loose()
        if asks:
            self.resume(*before)

    def definitions(self, node: LexborNode) -> None:
        """Make each term of a definition list a section, with its definitions under it."""
        self.end_loose()
        before = (self.level, self.heading, self.anchor)
        for child in node.iter():
            if child.tag == "dt":
                term = _one_line(_inline_text(child))
                if not term:
                    continue
                self.open(before[0] + 1, term, self.identify(child, slugify(term)))
            else:
                self.flow(child)
                self.end_loose()
        self.resume(*before)

    def block(self, node: LexborNode) -> None:
        self.end_loose()
        if node.tag in ("ul", "ol") and _is_contents_list(node, self.resolve_link):
            self.drop_caption()
            return
        text = _block_text(node)
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
        text = _lines("".join(self.loose))
        self.loose.clear()
        if text:
            self.blocks.append(Block(text, self.anchor))

    def drop_caption(self) -> None:
        """Forget a short line right above a contents list, such as “Table of contents”."""
        if self.blocks and "\n" not in self.blocks[-1].text and len(self.blocks[-1].text) <= 40:
            self.blocks.pop()

    def open(self, level: int, heading: str, anchor: str) -> None:
        self.finish()
        self.level, self.heading, self.anchor, self.continued = level, heading, anchor, False
        self.anchors.add(anchor)

    def resume(self, level: int, heading: str, anchor: str) -> None:
        """Go back to the section that a question inside it has interrupted."""
        self.finish()
        self.level, self.heading, self.anchor, self.continued = level, heading, anchor, True

    def finish(self) -> None:
        """Close the section that is open, unless it has nothing to say."""
        self.end_loose()
        if self.blocks or (self.heading and not self.continued):
            self.sections.append(Section(self.level, self.heading, self.anchor, tuple(self.blocks)))
        self.blocks = []

    def unique(self, anchor: str) -> str:
        candidate, number = anchor, 1
        while candidate in self.anchors:
            number += 1
            candidate = f"{anchor}-{number}"
        self.anchors.add(candidate)
        return candidate


def _holds_blocks(node: LexborNode) -> bool:
    return not node.is_text_node and any(
        child.tag in _LEAVES or child.tag in _CONTAINERS or child.tag in _HEADINGS for child in node.iter()
    )


def _inner_anchor(heading: LexborNode) -> str | None:
    for link in heading.css("a"):
        anchor = link.attributes.get("id") or link.attributes.get("name")
        if anchor:
            return anchor
    return None


def _is_contents_list(node: LexborNode, resolve_link: ResolveLink) -> bool:
    links = node.css("a[href]")
    if len(links) < 2:
        return False
    targets = [resolve_link(link.attributes.get("href") or "") for link in links]
    if not all(target is not None and target.startswith("#") for target in targets):
        return False
    linked = sum(len(_one_line(_inline_text(link))) for link in links)
    return linked >= 0.9 * len(_SPACES.sub(" ", node.text(deep=True)).strip()) - 2 * len(links)


def _block_text(node: LexborNode) -> str:
    match node.tag:
        case "pre":
            return node.text(deep=True).strip("\n")
        case "ul" | "ol":
            return "\n".join(_list_lines(node, indent=""))
        case "table":
            return "\n".join(_table_lines(node))
        case "hr":
            return ""
        case _:
            return _lines(_inline_text(node))


def _list_lines(node: LexborNode, *, indent: str) -> Iterator[str]:
    number = int(node.attributes.get("start") or 1) if node.tag == "ol" else None
    for item in node.iter():
        if item.tag != "li":
            yield from (indent + line for line in _block_text(item).split("\n") if line)
            continue
        mark = "•" if number is None else f"{number}."
        number = None if number is None else number + 1
        first = True
        for line in _item_lines(item):
            yield f"{indent}{mark} {line}" if first else f"{indent}  {line}"
            first = False


def _item_lines(item: LexborNode) -> Iterator[str]:
    loose: list[str] = []

    def flushed() -> list[str]:
        text = _lines("".join(loose))
        loose.clear()
        return text.split("\n") if text else []

    for node in item.iter(include_text=True):
        tag = node.tag
        if tag in _SKIPPED:
            continue
        if tag in ("ul", "ol"):
            yield from flushed()
            yield from _list_lines(node, indent="")
        elif tag in ("pre", "table", "p"):
            yield from flushed()
            yield from _block_text(node).split("\n")
        elif tag in _CONTAINERS or tag in _HEADINGS or tag == "dl":
            yield from flushed()
            yield from _item_lines(node)
        else:
            loose.append(_inline_text(node))
    yield from flushed()


def _table_lines(table: LexborNode) -> Iterator[str]:
    caption = table.css_first("caption")
    if caption is not None:
        yield _one_line(_inline_text(caption))
    for row in table.css("tr"):
        cells = [" ".join(_item_lines(cell)) for cell in row.iter() if cell.tag in ("td", "th")]
        if any(cells):
            yield " | ".join(cells)


def _inline_text(node: LexborNode) -> str:
    """Return the text of an element as it is read, a line break as U+2028."""
    if node.is_text_node:
        return node.text_content or ""
    tag = node.tag
    if tag == "br":
        return "\u2028"
    if tag == "img":
        return _alt(node)
    if tag in _SKIPPED or tag == "-comment":
        return ""
    return "".join(_inline_text(child) for child in node.iter(include_text=True))


def _alt(image: LexborNode) -> str:
    alt = (image.attributes.get("alt") or "").strip()
    return f" [{alt}] " if alt and not re.fullmatch(r"\(\w+\)|.*\.(?:png|jpe?g|gif|svg|webp)", alt, re.I) else " "


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", text.replace("\u2028", " ")).strip()


def _lines(text: str) -> str:
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\u2028"))
    return "\n".join(line for line in lines if line)
