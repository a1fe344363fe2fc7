"""GitBook's own tags, and what exports into GitBook leave behind, turned into plain Markdown and HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_FENCE = re.compile(r"(?:[ \t>]|[-*+][ \t]|\d+[.)][ \t])*(?:(?P<ticks>`{3,})(?!.*`)|(?P<tildes>~{3,}))")
_CODE_SPAN = r"(?<!`)(`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)\1(?!`)"
_TAG = re.compile(r"\{%-?\s*(end)?([a-z-]+)((?:\s+[\w-]+(?:=(?:\"[^\"]*\"|[^\s\"%]+))?)*)\s*-?%\}")
_ATTRIBUTE = re.compile(r"([\w-]+)=(?:\"([^\"]*)\"|([^\s\"]+))")
_BOLD = r"(?<![\\*])\*\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*\*(?!\*)"
# What editors leave of bold text that has been emptied, and of line breaks with nothing after them. Four asterisks
# inside a line stay: they may stand for digits.
_EMPTY_BOLD = r"^[ \t]*\*{4}(?=[^\W\d]|[ \t]*\\?$)|(?<=\s)\*{4}(?=[ \t]*\\?$)"
_LOST_BREAK = r"(?<!\\)\\[ \t]*(?:\n[ \t]*\\[ \t]*)*(?=\n[ \t]*(?:\n|[-*+][ \t]|\d+[.)][ \t]|\#|\Z)|\Z)"
_MENDED = re.compile(
    f"{_CODE_SPAN}|{_BOLD}|(?P<tag>{{%.*?%}})|(?P<empty>{_EMPTY_BOLD}|{_LOST_BREAK})", re.DOTALL | re.MULTILINE
)
_HINT_STYLES = frozenset({"info", "warning", "danger", "success"})
# Confluence wraps the style sheet of its contents lists like this, and an export keeps it as escaped text.
_STYLE_SHEET = re.compile(r"/\\?\*\\?<!\\?\[CDATA\\?\[.*?\]\\?\]\\?>\\?\*\\?/", re.DOTALL)


def plain_markdown(source: str) -> str:
    """Return Markdown in which GitBook's tags are HTML that a CommonMark reader understands.

    Hints, tabs, columns and steps become containers, embeds and references become links. Code is left alone, and so
    is a tag we do not know: its text is shown rather than lost.
    """
    return "\n".join(text if is_code else _mended(text) for is_code, text in _runs(source.replace("\r\n", "\n")))


def _runs(source: str) -> Iterator[tuple[bool, str]]:
    """Yield (whether it is fenced code, lines) in order."""
    lines: list[str] = []
    fence = ""
    for line in source.split("\n"):
        mark = _FENCE.match(line)
        if not fence and mark is not None:
            if lines:
                yield False, "\n".join(lines)
            lines, fence = [line], mark["ticks"] or mark["tildes"]
        elif fence and line.strip(" \t>").startswith(fence) and not line.strip(" \t>").strip(fence[0]):
            yield True, "\n".join([*lines, line])
            lines, fence = [], ""
        else:
            lines.append(line)
    if lines:
        yield bool(fence), "\n".join(lines)


def _mended(text: str) -> str:
    if "CDATA" in text:
        text = _STYLE_SHEET.sub("", text)
    return _MENDED.sub(_mended_mark, text)


def _mended_mark(mark: re.Match[str]) -> str:
    if mark["tag"] is not None:
        line_start = mark.string.rfind("\n", 0, mark.start()) + 1
        before = mark.string[line_start : mark.start()]
        # A tag in a list item is indented, and what takes its place must be so, to stay in the item.
        indent = before if before.isspace() else ""
        return _TAG.sub(_tag_as_html, mark["tag"]).replace("\n", "\n" + indent)
    if mark["bold"] is not None:
        return _as_bold(mark)
    return "" if mark["empty"] is not None else mark.group()


def _as_bold(mark: re.Match[str]) -> str:
    """Return bold text that CommonMark would show with its asterisks, as ``**注意：**请``, in HTML; other as it is."""
    inner = mark["bold"]
    before, after = mark.string[: mark.start()][-1:], mark.string[mark.end() :][:1]
    stuck = (after.isalnum() and not inner[-1].isalnum()) or (before.isalnum() and not inner[0].isalnum())
    return f"<strong>{inner}</strong>" if stuck else mark.group()


def _tag_as_html(tag: re.Match[str]) -> str:
    closing, name, rest = tag.group(1) is not None, tag.group(2), tag.group(3)
    attributes = {key: quoted or bare for key, quoted, bare in _ATTRIBUTE.findall(rest)}
    if name == "hint":
        style = attributes.get("style", "info")
        kind = style if style in _HINT_STYLES else "info"
        return "\n\n</div>\n\n" if closing else f'\n\n<div class="hint hint-{kind}">\n\n'
    if name in ("tab", "code", "step", "column"):
        title = html.escape(attributes.get("title", ""))
        caption = f"<p><strong>{title}</strong></p>\n\n" if title else ""
        return "\n\n</div>\n\n" if closing else f"\n\n<div>\n\n{caption}"
    if name in ("tabs", "stepper", "columns", "content-ref"):
        return "\n\n"  # what they hold stands for itself
    if name in ("embed", "file"):
        url = html.escape(attributes.get("url") or attributes.get("src") or "")
        if closing or not url:
            return "\n\n"
        label = html.escape(attributes.get("caption", "")) or url
        return f'\n\n<p><a href="{url}">{label}</a></p>\n\n'
    return tag.group(0)
