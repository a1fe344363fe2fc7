"""All that gaps need, one thing after the other: in small portions while a service runs, or at once by a command."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.asking.assistant import Assistant
from assistant.asking.query import query_of, without_names
from assistant.asking.query_vectors import QueryVectors
from assistant.gaps.diagnosis import diagnose
from assistant.gaps.following_up import by_gap, experience_of, savings_of
from assistant.gaps.keeping import GapKeeper, Grouped
from assistant.gaps.models import GapQuestion
from assistant.gaps.ranking import Experience
from assistant.record.events import MS_PER_DAY, Instant
from indexer.ports import Vectors
from indexer.search import PassageIndex

OnProgress = Callable[[int, int], None]
"""Called with the questions embedded and the questions to embed."""

KEPT_MS = 400 * MS_PER_DAY
"""How far back questions are counted."""
_AT_ONCE = 64
_ALL = 100_000


def embed_questions(index: PassageIndex, questions: Sequence[GapQuestion]) -> Vectors:
    """Return vectors of questions, by what they ask, without greetings and without the platform's name."""
    return index.embed_all([_asked_in(index, one) for one in questions])


def learnt(keeper: GapKeeper, now: Instant) -> Experience:
    """Return what pages that were written for gaps have done; half a second for each at 100,000 questions."""
    questions = by_gap(keeper.store.all_questions(since=now - KEPT_MS))
    return experience_of(savings_of(keeper.store.gaps(most=_ALL), questions, now=now))


def refresh(
    keeper: GapKeeper, assistant: Assistant, now: Instant, *, anew: bool = False, progress: OnProgress | None = None
) -> Grouped:
    """Take up what the pages failed, group it, count it, and find out what is wrong.

    Args:
        keeper: keeps the gaps.
        assistant: the live one.
        now: the time.
        anew: look through all that is recorded, and group all questions anew.
        progress: told how far embedding is.
    """
    keeper.gather(now, anew=anew)
    recipe = assistant.index.manifest.recipe.digest
    done, total = 0, len(keeper.store.without_vector(recipe, most=_ALL)) if progress is not None else 0
    while number := keeper.embed(recipe, lambda some: embed_questions(assistant.index, some), most=_AT_ONCE):
        done += number
        if progress is not None:
            progress(done, max(done, total))
    grouped = keeper.group(recipe, now, anew=anew, anchors=assistant.index.label_means)
    keeper.count(now, experience=learnt(keeper, now))
    kept = QueryVectors()
    keeper.diagnose(lambda sample: diagnose(assistant, sample, vectors=kept), assistant.index.manifest.id, most=_ALL)
    return grouped


def _asked_in(index: PassageIndex, question: GapQuestion) -> str:
    asked = query_of(question.text or "", question.language)
    return without_names(asked, lambda word: index.is_name(word, question.language))
