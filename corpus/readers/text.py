"""HTML elements → the text that a person reads in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

HEADINGS = {f"h{level}": level for level in range(1, 7)}
LEAVES = frozenset({"p", "ul", "ol", "table", "pre", "hr"})
CONTAINERS = frozenset(
    {"div", "section", "article", "aside", "main", "header", "footer", "figure", "blockquote", "details", "center"}
    | {"dl", "dt", "dd", "summary", "figcaption"}
)
SKIPPED = frozenset({"script", "style", "template", "-comment"})
_SPACES = re.compile(r"[ \t\r\n\f\u00a0\u200b]+")
_NO_DESCRIPTION = re.compile(r"\(\w+\)|.*\.(?:png|jpe?g|gif|svg|webp)", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]{1,9}")


def holds_blocks(node: LexborNode) -> bool:
    """Say whether an element has paragraphs, lists, headings and the like right inside it."""
    return not node.is_text_node and any(
        child.tag in LEAVES or child.tag in CONTAINERS or child.tag in HEADINGS for child in node.iter()
    )


def block_text(node: LexborNode) -> str:
    """Return the text of a paragraph, list, table or piece of code, its lines separated by a newline."""
    match node.tag:
        case "pre":
            text = inline_text(node).replace("\u2028", "\n").strip("\n")
            return text if text.strip() else ""
        case "ul" | "ol":
            return "\n".join(_list_lines(node))
        case "table":
            return "\n".join(_table_lines(node))
        case "hr":
            return ""
        case _:
            return lines(inline_text(node))


def inline_text(node: LexborNode) -> str:
    """Return the text of an element as it is read, a line break as U+2028."""
    if node.is_text_node:
        return node.text_content or ""
    tag = node.tag
    if tag == "br":
        return "\u2028"
    if tag == "img":
        description = described(node)
        return f" [{description}] " if description else " "
    if tag in SKIPPED:
        return ""
    return "".join(inline_text(child) for child in node.iter(include_text=True))


def described(image: LexborNode) -> str:
    """Return what an image's alternative text says of it; a file's name says nothing."""
    alt = (image.attributes.get("alt") or "").strip()
    return "" if _NO_DESCRIPTION.fullmatch(alt) else alt


def one_line(text: str) -> str:
    """Return inline text with every run of white space as one space."""
    return _SPACES.sub(" ", text.replace("\u2028", " ")).strip()


def lines(text: str) -> str:
    """Return inline text with its line breaks as newlines and other runs of white space as one space."""
    tidied = (_SPACES.sub(" ", line).strip() for line in text.split("\u2028"))
    return "\n".join(line for line in tidied if line)


def _list_lines(node: LexborNode) -> Iterator[str]:
    start = node.attributes.get("start") or ""
    number = int(start) if _NUMBER.fullmatch(start) else 1
    for item in node.iter(include_text=True):
        if item.tag != "li":
            yield from (line for line in block_text(item).split("\n") if line)
            continue
        mark = f"{number}." if node.tag == "ol" else "•"
        number += 1
        for place, line in enumerate(_item_lines(item)):
            yield f"  {line}" if place else f"{mark} {line}"


def _item_lines(item: LexborNode) -> Iterator[str]:
    loose: list[str] = []

    def flushed() -> list[str]:
        text = lines("".join(loose))
        loose.clear()
        return text.split("\n") if text else []

    for node in item.iter(include_text=True):
        tag = node.tag
        if tag in LEAVES:
            yield from flushed()
            text = block_text(node)
            yield from text.split("\n") if text else ()
        elif tag in CONTAINERS or tag in HEADINGS or holds_blocks(node):
            yield from flushed()
            yield from _item_lines(node)
        else:
            loose.append(inline_text(node))
    yield from flushed()


def _table_lines(table: LexborNode) -> Iterator[str]:
    for part in table.iter():
        if part.tag == "caption":
            yield one_line(inline_text(part))
        for row in part.iter() if part.tag in ("thead", "tbody", "tfoot") else [part]:
            # A table in a cell is read as part of that cell.
            cells = [" ".join(_item_lines(cell)) for cell in row.iter() if cell.tag in ("td", "th")]
            if any(cells):
                yield " | ".join(cells)
