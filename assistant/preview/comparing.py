"""Past questions, asked of two generations: what is newly answered, what changes, what is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Sequence

from assistant.asking.assistant import Assistant
from assistant.asking.curation import snapshot_of
from assistant.asking.decision import confidence_of
from assistant.asking.models import Answer, Question, Reply, outcome_of
from assistant.asking.query import clean
from assistant.asking.query_vectors import QueryVectors
from assistant.errors import QuestionUnusable
from assistant.preview.models import Change, Compared, Comparison, PastQuestion, Seen, ShownPage
from indexer.search import Searches

OnProgress = Callable[[int, int], None]
"""Called with the questions asked and the questions to ask."""
_BLOCK = 100


class Previews:
    """What is kept from one preview to the next: vectors of questions, and what the live generation answers to them.

    Safe to use from many threads.
    """

    def __init__(self) -> None:
        self.vectors = QueryVectors()
        self._seen: dict[tuple[str, str | None], Seen] = {}
        self._of: tuple[str, str] | None = None
        self._using = threading.Lock()

    def seen(self, questions: Sequence[Question], assistant: Assistant, searches: Searches) -> list[Seen]:
        """Return what is seen for questions, and keep it: until an assistant with something else in it is asked."""
        of = (assistant.index.manifest.id, snapshot_of(assistant.curation.sources)[0])
        with self._using:
            if self._of != of:
                self._of, self._seen = of, {}
            kept = self._seen
            missing = [one for one in questions if (one.text, one.locale) not in kept]
        replies = assistant.answer_all(missing, vectors=self.vectors, searches=searches)
        found = {(reply.question.text, reply.question.locale): seen_in(reply, assistant) for reply in replies}
        with self._using:
            kept.update(found)
            return [kept[one.text, one.locale] for one in questions]


def preview(
    questions: Sequence[PastQuestion],
    before: Assistant,
    after: Assistant,
    *,
    previews: Previews | None = None,
    progress: OnProgress | None = None,
) -> Comparison:
    """Ask questions of two generations, and compare what is seen.

    A question that cannot be asked, empty or too long, is left out.

    Args:
        questions: each once.
        before: what answers now.
        after: what is to be tried.
        previews: what is kept for the next preview; nothing unless given.
        progress: told how far it is.
    """
    kept = previews or Previews()
    asked = [one for one in questions if can_be_asked(one.text)]
    compared: list[Compared] = []
    for start in range(0, len(asked), _BLOCK):
        block = asked[start : start + _BLOCK]
        texts = [Question(one.text, one.locale or None) for one in block]
        searches: Searches = {}
        was = kept.seen(texts, before, searches)
        now = [seen_in(one, after) for one in after.answer_all(texts, vectors=kept.vectors, searches=searches)]
        compared += [
            Compared(one, old, new, change_of(one, old, new, still_there=after.index.pages))
            for one, old, new in zip(block, was, now, strict=True)
        ]
        if progress is not None:
            progress(start + len(block), len(asked))
    compared.sort(key=lambda one: (-one.question.times, one.question.locale, one.question.text))
    return Comparison(before.index.manifest.id, after.index.manifest.id, tuple(compared))


def can_be_asked(text: str) -> bool:
    """Say whether a text is a question that the assistant takes."""
    try:
        return bool(clean(text))
    except QuestionUnusable:
        return False


def change_of(question: PastQuestion, before: Seen, after: Seen, *, still_there: Container[str]) -> Change:
    """Return what becomes of a question.

    Args:
        question: may say which page is right.
        before: what is seen now.
        after: what would be seen.
        still_there: the ids of the pages that there would be.
    """
    if not before.answered:
        return Change.NEWLY_ANSWERED if after.answered else Change.UNCHANGED
    if not after.answered:
        return Change.LOST
    now = {page.matter for page in after.pages}
    if (
        question.right is not None
        and question.right not in now
        and question.right in {page.matter for page in before.pages}
    ):
        return Change.LOST
    first = before.pages[0]
    if first.page not in still_there and first.matter not in now:
        return Change.LOST
    return Change.UNCHANGED if after.pages[0].page == first.page else Change.CHANGED


def seen_in(reply: Reply, assistant: Assistant) -> Seen:
    """Return what a visitor sees of a reply."""
    pages = []
    for one in reply.shown:
        passage = one.hit.passage
        page = assistant.index.pages[passage.page_id]
        pages.append(ShownPage(page.id, assistant.matter_of(page.id), page.title, passage.url))
    hits = [one.hit for one in reply.shown]
    confidence = reply.outcome.confidence if isinstance(reply.outcome, Answer) else confidence_of(hits)
    return Seen(outcome_of(reply)[0], tuple(pages), confidence)
