"""What is wrong with the pages about a gap: some of its questions are asked again, and a rule reads the signs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.asking.assistant import Assistant
from assistant.asking.confidence import hits_of
from assistant.asking.language import plan_languages
from assistant.asking.query import clean, has_words, word_count
from assistant.asking.query_vectors import QueryVectors
from assistant.asking.ranking import rank
from assistant.errors import QuestionUnusable
from assistant.gaps.keeping import Diagnosed
from assistant.gaps.models import Diagnosis, GapQuestion, NearPage, Signal
from assistant.privacy.redaction import without_placeholders
from corpus.passage import Passage
from indexer.ports import Vector
from indexer.search import Found

_MOST_NEAR = 3
_OTHERS = 9
"""A page's signals are told by how far they stand above those of the next pages, so many."""
_READ_BY_MEANING, _READ_BY_WORDS = 12, 6
"""Passages a question that are read without their headings; more find no more, and each is to be embedded."""
_BURIED_AMONG = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """How a page stands to a gap: means over its questions.

    ``confidence`` is how likely the page answers one, 0 to 1. The others tell by how much it stands above the next
    pages: by what its passages say without any heading (``text``), by its ``title`` or the question a section answers,
    by what it is about as a ``whole``, and by its ``words``. ``passage`` is the one that is nearest most often.
    """

    passage: str
    confidence: float = 0.0
    text: float = 0.0
    title: float = 0.0
    whole: float = 0.0
    words: float = 0.0

    @property
    def out_of_place(self) -> float:
        """By how much more a passage answers than its title or its page lead to expect."""
        return self.text - max(self.title, self.whole)


@dataclass(frozen=True, slots=True)
class Signs:
    """What is seen of a gap.

    ``own`` is the page that most likely answers in the questions' languages, ``out_of_place`` the most misplaced of
    those whose text is nearest, ``abroad`` the likeliest of those that are not there in the questions' language.
    ``opened`` is the share of people who opened a page in vain; see ``opened_in_vain``.
    """

    own: Standing | None
    out_of_place: Standing | None
    abroad: Standing | None
    opened: float


@dataclass(frozen=True, slots=True)
class Rules:
    """From where on a sign counts; fitted on a third of the labelled cases: ``askfirst eval diagnoses``.

    Attributes:
        opened: least share of people who opened a page in vain for it to be wrong or old.
        sure: least confidence in that page.
        abroad: least confidence that a page in another language answers.
        as_sure: by what share of the confidence in an own page it must be as sure.
        near: least by which the text of a buried answer stands above others.
        out_of_place: least by which it does so more than its page.
        answers: least confidence that a page answers, in other words.
        same_words: how much of that is taken away for words that page and questions share: a page that has the words
            and does not answer is about something else.
    """

    opened: float = 0.3
    sure: float = 0.45
    abroad: float = 0.175
    as_sure: float = 0.9
    near: float = 0.016
    out_of_place: float = 0.05
    answers: float = 0.16
    same_words: float = 0.3


RULES = Rules()


def diagnose(
    assistant: Assistant,
    questions: Sequence[GapQuestion],
    *,
    vectors: QueryVectors | None = None,
    rules: Rules = RULES,
) -> Diagnosed:
    """Ask some questions of a gap anew, and say what is wrong with the pages about it.

    Args:
        assistant: answers from the live generation.
        questions: some that stand for the gap; a dozen take some seconds.
        vectors: what keeps vectors from one gap to the next; for this one alone unless given.
        rules: from where on a sign counts.

    Returns:
        No diagnosis only where there is no question that can be asked.
    """
    asked = _asked(assistant, questions)
    if not asked:
        return Diagnosed(None, "", ())
    kept = vectors or QueryVectors()
    signs = signs_of(assistant, asked, opened=opened_in_vain(questions), vectors=kept)
    diagnosis = diagnosis_of(signs, rules)
    return Diagnosed(diagnosis, hint_of(diagnosis, signs), _near(assistant, asked))


def diagnosis_of(signs: Signs, rules: Rules = RULES) -> Diagnosis:
    """Return what the signs say is wrong."""
    own, hidden, abroad = signs.own, signs.out_of_place, signs.abroad
    sure = own.confidence if own is not None else 0.0
    if sure >= rules.sure and signs.opened >= rules.opened:
        return Diagnosis.WRONG_OR_OLD
    if abroad is not None and abroad.confidence >= max(rules.abroad, rules.as_sure * sure):
        return Diagnosis.OTHER_LANGUAGE
    if hidden is not None and hidden.text >= rules.near and hidden.out_of_place >= rules.out_of_place:
        return Diagnosis.BURIED
    if own is not None and own.confidence - rules.same_words * max(own.words, 0.0) >= rules.answers:
        return Diagnosis.OTHER_WORDS
    return Diagnosis.NO_PAGE


def hint_of(diagnosis: Diagnosis, signs: Signs) -> str:
    """Return the id of the passage that a diagnosis is about; empty where it is about none."""
    meant = {
        Diagnosis.NO_PAGE: None,
        Diagnosis.BURIED: signs.out_of_place,
        Diagnosis.OTHER_LANGUAGE: signs.abroad,
    }.get(diagnosis, signs.own)
    return meant.passage if meant is not None else ""


def opened_in_vain(questions: Sequence[GapQuestion]) -> float:
    """Return the share of people who opened a page; what is in a gap has not been helped by it.

    Who opened what was only offered as related counts half: they were not told that it answers.
    """
    people = {one.person for one in questions}
    related = {one.person for one in questions if one.opened}
    answered = {one.person for one in questions if one.opened and one.signal is not Signal.MISSED}
    return (len(related) + len(answered)) / (2 * len(people)) if people else 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is searched with, and what was found in its own language and in the others; with the pages'
    chances that they answer it, by what they are about, the likeliest first."""

    language: str
    vector: Vector
    found: Sequence[Found]
    chances: Mapping[str, tuple[Passage, float]]
    abroad: Mapping[str, tuple[Passage, float]]


def _asked(assistant: Assistant, questions: Sequence[GapQuestion]) -> list[Asked]:
    index = assistant.index
    there: defaultdict[str, set[str]] = defaultdict(set)
    for page in index.pages.values():
        if page.id not in assistant.hidden:
            there[page.language].add(assistant.matter_of(page.id))
    asked = []
    for question in questions:
        try:
            text = without_placeholders(clean(question.text or ""))
        except QuestionUnusable:
            continue
        if not has_words(text):
            continue
        spoken = plan_languages(text, locale=question.locale or None, available=index.languages).spoken
        query, vector = assistant.query(text, spoken)
        found = assistant.search(query, vector, languages=(spoken,), spoken=spoken)
        others = tuple(language for language in index.languages if language != spoken)
        foreign = assistant.search(query, vector, languages=others, spoken=spoken)
        words = word_count(text)
        abroad = _chances(assistant, foreign, spoken, words=words)
        asked.append(
            Asked(
                spoken,
                vector,
                found,
                _chances(assistant, found, spoken, words=words),
                {matter: one for matter, one in abroad.items() if matter not in there[spoken]},
            )
        )
    return asked


def _chances(
    assistant: Assistant, found: Sequence[Found], spoken: str, *, words: int
) -> dict[str, tuple[Passage, float]]:
    ranked = rank(found, assistant.policy, spoken=spoken, matter_of=assistant.matter_of)
    hits = hits_of(ranked, assistant.policy, spoken=spoken, words=words)
    return {assistant.matter_of(hit.passage.page_id): (hit.passage, hit.confidence) for hit in hits}


def signs_of(assistant: Assistant, asked: Sequence[Asked], *, opened: float, vectors: QueryVectors) -> Signs:
    """Return the signs of questions that were asked anew."""
    standings = _standings(assistant, asked, vectors)
    nearest = sorted(standings.values(), key=lambda one: (-one.text, one.passage))[:_BURIED_AMONG]
    return Signs(
        own=max(standings.values(), key=lambda one: (one.confidence, one.passage), default=None),
        out_of_place=max(nearest, key=lambda one: (one.out_of_place, one.passage), default=None),
        abroad=_abroad(asked),
        opened=opened,
    )


def _abroad(asked: Sequence[Asked]) -> Standing | None:
    """Return the page in other languages that most likely answers."""
    chances: defaultdict[str, float] = defaultdict(float)
    passages: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in asked:
        for matter, (passage, chance) in one.abroad.items():
            chances[matter] += chance / len(asked)
            passages[matter][passage.id] += 1
    if not chances:
        return None
    best = max(chances, key=lambda one: (chances[one], one))
    return Standing(passages[best].most_common(1)[0][0], confidence=chances[best])


def _standings(assistant: Assistant, asked: Sequence[Asked], vectors: QueryVectors) -> dict[str, Standing]:
    """Return how each page near any of the questions stands to all of them, by what it is about."""
    columns: defaultdict[str, list[tuple[float, ...]]] = defaultdict(list)
    passages: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in asked:
        text = _text_similarities(assistant, one, vectors)
        unread = min(text.values(), default=0.0)
        by_matter: dict[str, list[float]] = {}
        nearest: dict[str, tuple[float, str]] = {}
        for found in one.found:
            matter = assistant.matter_of(found.passage.page_id)
            signals = (text.get(found.passage.id, unread), max(found.label, found.alias), found.page, found.words)
            known = by_matter.setdefault(matter, list(signals))
            by_matter[matter] = [max(pair) for pair in zip(known, signals, strict=True)]
            nearest[matter] = max(nearest.get(matter, (-2.0, "")), (signals[0], found.passage.id))
        usual = [_usual([row[column] for row in by_matter.values()]) for column in range(4)]
        for matter, row in by_matter.items():
            chance = one.chances[matter][1] if matter in one.chances else 0.0
            columns[matter].append((chance, *(value - base for value, base in zip(row, usual, strict=True))))
            passages[matter][nearest[matter][1]] += 1
    # What only few questions come near is not about the gap.
    return {
        matter: Standing(
            passages[matter].most_common(1)[0][0],
            *(sum(column) / len(asked) for column in zip(*rows, strict=True)),
        )
        for matter, rows in columns.items()
        if 2 * len(rows) >= len(asked)
    }


def _text_similarities(assistant: Assistant, one: Asked, vectors: QueryVectors) -> dict[str, float]:
    """Return how near passages are by their text alone, of those near by meaning or by words.

    The index compares windows under their titles and headings, which pull an answer away that stands under a wrong one.
    """
    by_meaning = sorted(one.found, key=lambda found: (-found.window, found.passage.id))[:_READ_BY_MEANING]
    by_words = sorted(one.found, key=lambda found: (-found.words, found.passage.id))[:_READ_BY_WORDS]
    read = {found.passage.id: found.passage for found in (*by_meaning, *by_words)}
    windows = {
        passage.id: [text for start, end in passage.windows if (text := passage.text[start:end].strip())]
        for passage in read.values()
    }
    known = vectors.of(assistant.index, [text for texts in windows.values() for text in texts])
    return {
        passage: max(float(np.dot(known[text], one.vector)) for text in texts)
        for passage, texts in windows.items()
        if texts
    }


def _usual(values: Sequence[float]) -> float:
    """Return the mean of the values after the highest one; the highest, if there is no other."""
    ordered = sorted(values, reverse=True)
    others = ordered[1 : 1 + _OTHERS] or ordered
    return sum(others) / len(others) if others else 0.0


def _near(assistant: Assistant, asked: Sequence[Asked]) -> tuple[NearPage, ...]:
    """Return the pages that are nearest to questions, those of most questions first."""
    nearest: Counter[str] = Counter()
    for one in asked:
        chances = one.chances or one.abroad
        if chances:
            nearest[next(iter(chances.values()))[0].page_id] += 1
    pages = assistant.index.pages
    found = sorted(nearest.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_NEAR]
    return tuple(NearPage(page, pages[page].title, pages[page].locale, number / len(asked)) for page, number in found)
