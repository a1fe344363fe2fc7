"""Split a page into the passages that are scored and shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from corpus.page import Block, Page, Section
from corpus.passage import Passage
from corpus.sentences import Span, cut_long, pack, sentence_spans

SPLITTER_VERSION = 1
"""Part of the recipe: raise it whenever the same page would give other passages or windows."""

PASSAGE_CHARS = 2000
"""Most characters of a documentation passage; a longer section is cut at a sentence border."""

WINDOW_CHARS = 350
"""Most characters embedded as one vector, measured in eval/README.md."""

_QUESTION_MARKS = ("?", "؟", "？", "\u037e")  # the last is Greek's own
_AFTER_A_MARK = " \u00a0*_\"'”’»›“)]"


def split_page(page: Page) -> list[Passage]:
    """Return a page's passages in reading order.

    A section whose heading is a question becomes one passage with all that stands under it; any other section
    becomes one passage, or several where it is long, each knowing the headings above it. Every word of the page's
    sections is in a passage's text or heading path, once and in order.
    """
    passages = []
    seen: Counter[str] = Counter()
    for path, anchors, question, blocks in _units(page):
        slug = "/".join(anchors)
        for part, anchor in _parts(blocks, page.language, whole=question is not None):
            name = f"{page.id}#{slug}" if slug else page.id
            seen[name] += 1
            passages.append(
                Passage(
                    id=name if seen[name] == 1 else f"{name}~{seen[name]}",
                    page_id=page.id,
                    page_title=page.title,
                    locale=page.locale,
                    url=_deep_link(page, anchors[-1] if anchors else "", anchor if seen[name] > 1 else ""),
                    heading_path=path,
                    question=question,
                    text=part,
                    windows=windows_of(part, page.language),
                )
            )
    return passages


def windows_of(text: str, language: str) -> tuple[Span, ...]:
    """Return the spans of a passage that are embedded, each of whole sentences where those are short enough."""
    sentences = cut_long(text, sentence_spans(text, language), most=WINDOW_CHARS)
    return tuple(pack(sentences, most=WINDOW_CHARS)) or ((0, len(text)),)


def is_question(heading: str, language: str) -> bool:
    """Say whether a heading asks something: it ends in its language's question mark."""
    marks = (*_QUESTION_MARKS, ";") if language == "el" else _QUESTION_MARKS
    return heading.rstrip(_AFTER_A_MARK).endswith(marks)


def _units(page: Page) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], str | None, list[Block]]]:
    """Yield (heading path, anchors, question, blocks) for each section, questions with all that stands under them."""
    trail: list[Section] = []
    sections = page.sections or (Section(0, "", "", (Block(page.title, ""),)),)  # an empty page still has its title
    position = 0
    while position < len(sections):
        section = sections[position]
        position += 1
        trail = [above for above in trail if above.level < section.level]
        if section.heading:
            trail.append(section)
        path = tuple(above.heading for above in trail)
        anchors = tuple(above.anchor for above in trail)
        blocks = list(section.blocks)
        question = section.heading if section.heading and is_question(section.heading, page.language) else None
        if question is not None:
            while position < len(sections) and _belongs_to(sections[position], section, page.language):
                below = sections[position]
                blocks += (
                    below.blocks if _continues(below, section) else (Block(below.heading, below.anchor), *below.blocks)
                )
                position += 1
        if not blocks:
            if position < len(sections) and sections[position].level > section.level:
                continue  # its heading is in the path of what follows
            blocks = [Block(section.heading or page.title, section.anchor)]
        yield path, anchors, question, blocks


def _belongs_to(below: Section, question: Section, language: str) -> bool:
    if below.level > question.level:
        return bool(below.heading) and not is_question(below.heading, language)
    return _continues(below, question)


def _continues(below: Section, question: Section) -> bool:
    """Say whether a section goes on with the question after what interrupted it, such as a list of definitions."""
    return (below.level, below.anchor) == (question.level, question.anchor)


def _parts(blocks: Sequence[Block], language: str, *, whole: bool) -> Iterator[tuple[str, str]]:
    """Yield (text, anchor of the block it begins in): one part, or several of at most ``PASSAGE_CHARS``."""
    text = "\n\n".join(block.text for block in blocks)
    if whole or len(text) <= PASSAGE_CHARS:
        yield text, blocks[0].anchor
        return
    starts = []
    position = 0
    for block in blocks:
        starts.append((position, block.anchor))
        position += len(block.text) + 2
    sentences = cut_long(text, sentence_spans(text, language), most=PASSAGE_CHARS)
    for start, end in pack(sentences, most=PASSAGE_CHARS):
        yield text[start:end], next(anchor for offset, anchor in reversed(starts) if offset <= start)


def _deep_link(page: Page, section_anchor: str, block_anchor: str) -> str:
    # Only pages that we render carry ids on their blocks; elsewhere the nearest heading must do.
    anchor = block_anchor if page.hosted and block_anchor else section_anchor
    return f"{page.url}#{anchor}" if anchor else page.url
