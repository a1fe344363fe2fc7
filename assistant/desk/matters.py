"""A ticket's text → the matters that it asks about: a rule, without a model of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.asking.query import word_count
from assistant.desk.letter_cues import PRESSING
from assistant.desk.letters import Sentence, sentences_of
from corpus.sentences import Span

MOST_MATTERS = 5
_ALONE_WORDS = 12
"""Fewer say too little to stand without what was written before."""
_APART = 0.57
"""Two neighbouring parts that both ask, and are less alike than this, are two matters; measured on the tuning third of
``eval/tickets``."""
_LINKED_APART = 0.62
"""The same where the second begins with "and"."""

Likeness = Callable[[str, str], float]
"""How alike two texts are, 0 to 1; comparable within one recipe."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that a ticket asks about.

    Attributes:
        spans: the sentences of the ticket that it stands on, in order.
        text: those sentences, one after another: what to search for.
        asking: the sentences of it that ask; all of it where none does.
        turns: whether it opens by turning to something else.
    """

    spans: tuple[Span, ...]
    text: str
    asking: str
    turns: bool


def matters_of(letter: str, language: str, *, likeness: Likeness) -> tuple[Matter, ...]:
    """Return the matters that a ticket asks about, in order, at most ``MOST_MATTERS``; none if it says nothing.

    A matter begins where a sentence turns to something else ("secondly", "ponadto"), and between two parts that ask and
    are not alike. Paragraphs that ask nothing go to the matter before, as what explains it, if they are alike, and
    are left out otherwise.

    Args:
        letter: the ticket's text, without personal data.
        language: of the text.
        likeness: how alike two texts are.
    """
    sentences = sentences_of(letter, language)
    if not sentences:
        return ()
    parts = [part for block in _turned(sentences) for part in _divided(block, likeness)]
    asking = _explained(parts) or [list(sentences)]
    return tuple(_matter(part) for part in _fewer(asking, likeness))


def joined(one: Matter, other: Matter) -> Matter:
    """Return two matters as one."""
    return Matter(
        (*one.spans, *other.spans), f"{one.text} {other.text}", f"{one.asking} {other.asking}", turns=one.turns
    )


def _turned(sentences: Sequence[Sentence]) -> list[list[Sentence]]:
    """Divide before sentences that turn to something else, and between paragraphs."""
    blocks: list[list[Sentence]] = []
    for one in sentences:
        if not blocks or one.turns or one.opens:
            blocks.append([])
        blocks[-1].append(one)
    return blocks


def _divided(block: list[Sentence], likeness: Likeness) -> list[list[Sentence]]:
    """Divide a block where its two sides both ask and are least alike, as long as they are not alike enough."""
    places = [
        place
        for place in range(1, len(block))
        if any(one.asks for one in block[:place]) and any(one.asks for one in block[place:])
    ]
    if not places:
        return [block]
    measured = [
        (likeness(_text(block[:place]), _text(block[place:])) - (_LINKED_APART - _APART) * block[place].links, place)
        for place in places
    ]
    lowest, place = min(measured)
    if lowest >= _APART:
        return [block]
    return [*_divided(block[:place], likeness), *_divided(block[place:], likeness)]


def _explained(parts: list[list[Sentence]]) -> list[list[Sentence]]:
    """Give what asks nothing to what it explains: the part after it within its paragraph, else none."""
    asking: list[list[Sentence]] = []
    waiting: list[Sentence] = []
    for part in parts:
        if _is_matter(part):
            needs_more = not part[0].opens or word_count(_text(part)) < _ALONE_WORDS
            asking.append([*waiting, *part] if needs_more else part)
            waiting = []
        elif part[0].opens or not asking:
            waiting = part
        else:
            asking[-1] = [*asking[-1], *part]
            waiting = []
    return asking


def _is_matter(part: Sequence[Sentence]) -> bool:
    """Say whether a part asks for something, or turns to something and says enough about it."""
    if any(one.is_question for one in part):
        return True
    if any(PRESSING.search(one.text) for one in part):
        return False
    return any(one.asks for one in part) or (part[0].turns and word_count(_text(part)) >= _ALONE_WORDS)


def _fewer(parts: list[list[Sentence]], likeness: Likeness) -> list[list[Sentence]]:
    """Join the two neighbours most alike until there are few enough."""
    parts = list(parts)
    while len(parts) > MOST_MATTERS:
        place = max(range(1, len(parts)), key=lambda number: likeness(_text(parts[number - 1]), _text(parts[number])))
        parts[place - 1 : place + 1] = [[*parts[place - 1], *parts[place]]]
    return parts


def _matter(sentences: Sequence[Sentence]) -> Matter:
    asking = [one for one in sentences if one.asks]
    spans = tuple(one.span for one in sentences)
    return Matter(spans, _text(sentences), _text(asking or sentences), turns=sentences[0].turns)


def _text(sentences: Sequence[Sentence]) -> str:
    return " ".join(" ".join(one.text.split()) for one in sentences)
