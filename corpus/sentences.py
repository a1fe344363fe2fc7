"""Where sentences begin and end."""

from __future__ import annotations

import re

import sentencex

Span = tuple[int, int]
"""(start, end) offsets into a text, in code points, end exclusive."""

_LINE = re.compile(r"[^\n]+")
_ODD_SPACE = re.compile(r"[^\S\n ]")


def sentence_spans(text: str, language: str) -> list[Span]:
    """Return the spans of a text's sentences in order, without the white space around them.

    A line break always ends a sentence, as in lists and tables. Every character that is not white space lies in
    exactly one span.
    """
    spans = []
    # sentencex 1.0 panics at a no-break space before a full stop; a space of one character moves no offset.
    plain = _ODD_SPACE.sub(" ", text)
    for line in _LINE.finditer(plain):
        position = line.start()
        for sentence in sentencex.segment(language, line.group()):
            stripped = sentence.strip()
            if not stripped:
                continue
            start = plain.index(stripped, position)
            position = start + len(stripped)
            spans.append((start, position))
    return spans


def cut_long(text: str, spans: list[Span], *, most: int) -> list[Span]:
    """Return the spans, those of more than ``most`` characters cut at a word border, or else inside a word."""
    pieces = []
    for start, end in spans:
        while end - start > most:
            space = text.rfind(" ", start + 1, start + most + 1)
            border = space if space > start else start + most
            pieces.append((start, border))
            start = border
            while start < end and text[start].isspace():
                start += 1
        if end > start:
            pieces.append((start, end))
    return pieces


def pack(spans: list[Span], *, most: int) -> list[Span]:
    """Join neighbouring spans, in order, into as few as fit into ``most`` characters each."""
    packed: list[Span] = []
    for start, end in spans:
        if packed and end - packed[-1][0] <= most:
            packed[-1] = (packed[-1][0], end)
        else:
            packed.append((start, end))
    return packed
