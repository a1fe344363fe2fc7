"""GitBook's own tags, and what exports into GitBook leave behind, turned into plain Markdown and HTML."""

from __future__ import annotations

import html
import re

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})")
_TAG = re.compile(r"\{%-?\s*(end)?([a-z-]+)((?:\s+[\w-]+=\"[^\"]*\")*)\s*-?%\}")
_ATTRIBUTE = re.compile(r"([\w-]+)=\"([^\"]*)\"")
_HINT_STYLES = frozenset({"info", "warning", "danger", "success"})
# Confluence wraps the style sheet of its contents lists like this, and an export keeps it as escaped text.
_CDATA = re.compile(r"/?\\?\*?\\?<!\\?\[CDATA\\?\[.*?\]\\?\]\\?>\\?\*?/?", re.DOTALL)


def plain_markdown(source: str) -> str:
    """Return Markdown in which GitBook's tags are HTML that a CommonMark reader understands.

    Hints, tabs, columns and steps become containers, embeds and references become links. Code is left alone, and so
    is a tag we do not know: its text is shown rather than lost.
    """
    lines = []
    fence: str | None = None
    for line in _without_style_sheets(source).split("\n"):
        mark = _FENCE.match(line)
        if mark and fence is None:
            fence = mark.group(1)
        elif mark and fence is not None and mark.group(1).startswith(fence):
            fence = None
        lines.append(line if fence is not None or mark else _TAG.sub(_tag_as_html, line))
    return "\n".join(lines)


def _without_style_sheets(source: str) -> str:
    return _CDATA.sub("", source) if "CDATA" in source else source


def _tag_as_html(tag: re.Match[str]) -> str:
    closing, name, rest = tag.group(1) is not None, tag.group(2), tag.group(3)
    attributes = dict(_ATTRIBUTE.findall(rest))
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
