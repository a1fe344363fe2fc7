"""Extracts as HTML."""

from __future__ import annotations

from markupsafe import Markup, escape

from assistant.asking.models import Extract


def marked(extract: Extract) -> Markup:
    """Return an extract as HTML with its highlights marked."""
    parts = []
    position = 0
    for start, end in extract.highlights:
        parts += [escape(extract.text[position:start]), Markup("<mark>"), escape(extract.text[start:end])]
        parts.append(Markup("</mark>"))
        position = end
    return Markup("").join([*parts, escape(extract.text[position:])])
