"""Pages that writers have pinned to questions, as answers over one generation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.asking.curation import Phrase, Pin
from assistant.asking.models import Answer, Hit, Outcome
from assistant.asking.policy import MOST_SHOWN, Weights
from assistant.asking.ranking import score_of
from corpus.passage import Passage
from indexer.search import Found


@dataclass(frozen=True, slots=True)
class PlacedPin:
    """A pin whose target the generation has: its ``passages``, in the order of the page, of which one is shown."""

    language: str
    passages: tuple[Passage, ...]
    questions: tuple[Phrase, ...]

    @property
    def page_id(self) -> str:
        """The page that answers."""
        return self.passages[0].page_id


def place_pins(pins: Sequence[Pin], passages: Iterable[Passage]) -> tuple[tuple[PlacedPin, ...], tuple[Pin, ...]]:
    """Return the pins that lead to passages of a generation, and those that lead nowhere."""
    targets = {pin.target for pin in pins}
    pages: defaultdict[str, list[Passage]] = defaultdict(list)
    named: dict[str, Passage] = {}
    for passage in passages if targets else ():
        if passage.page_id in targets:
            pages[passage.page_id].append(passage)
        if passage.id in targets:
            named[passage.id] = passage
    placed, lost = [], []
    for pin in pins:
        # The part of a page before its first heading has the page's id, which means the page.
        leads_to = pages.get(pin.target) or ([named[pin.target]] if pin.target in named else [])
        if not leads_to:
            lost.append(pin)
            continue
        language = leads_to[0].language
        questions = tuple(Phrase.of(question, language) for question in pin.questions)
        placed.append(PlacedPin(language, tuple(leads_to), questions))
    return tuple(placed), tuple(lost)


def pin_for(pins: Sequence[PlacedPin], query: str, language: str) -> PlacedPin | None:
    """Return the pin of the longest wording that a question holds, of equally long ones the first."""
    candidates = [pin for pin in pins if pin.language == language]
    if not candidates:
        return None
    asked = Phrase.of(query, language)
    fitting = [(len(one.words), pin) for pin in candidates for one in pin.questions if _holds(asked, one)]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def _holds(asked: Phrase, wording: Phrase) -> bool:
    """Say whether a question holds a wording: all its words, in any order; a single word must be the whole question."""
    if len(set(wording.words)) < 2 and len(asked.words) != len(wording.words):
        return False
    return wording.is_covered_by(asked)


def pinned_first(
    pin: PlacedPin,
    found: Sequence[Found],
    hits: Sequence[Hit],
    outcome: Outcome,
    *,
    weights: Weights,
    matter_of: Callable[[str], str],
    most: int,
) -> tuple[list[Hit], Answer]:
    """Return hits with the pinned page before all others, and the answer that it gives.

    The pinned page is sure to be the right one, and so the confidence of each other, to be the first right one, is 0.

    Args:
        pin: what answers.
        found: what the search found, of which the pin's best passage is taken; failing that it is its first.
        hits: what was made of it, best first.
        outcome: what would be said without the pin; the pages of an answer follow the pinned one.
        weights: how passages in the question's language are scored.
        matter_of: maps a page's id to what it shares with its translations.
        most: how many hits to return.
    """
    own = {passage.id for passage in pin.passages}
    best = min(
        ((-score_of(one, weights), one.passage.id, one.best_window) for one in found if one.passage.id in own),
        default=(0.0, pin.passages[0].id, 0),
    )
    first = Hit(
        passage=next(passage for passage in pin.passages if passage.id == best[1]),
        rank=1,
        score=-best[0],
        confidence=1.0,
        best_window=best[2],
        other_language=False,
        pinned=True,
    )
    others = [hit for hit in hits if matter_of(hit.passage.page_id) != matter_of(pin.page_id)]
    nearest = [first, *(replace(hit, rank=rank, confidence=0.0) for rank, hit in enumerate(others, start=2))][:most]
    with_it = {hit.passage.id for hit in outcome.hits} if isinstance(outcome, Answer) else set()
    shown = [hit for hit in nearest if hit.pinned or hit.passage.id in with_it]
    return nearest, Answer(tuple(shown[:MOST_SHOWN]), confidence=1.0)
