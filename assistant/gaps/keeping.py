"""Keeps gaps up to date: takes up what the pages failed, groups it, and counts what each gap costs."""

from __future__ import annotations

import secrets
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from assistant.gaps.carrying_on import carry_on
from assistant.gaps.grouping import LOOSE, Anchors, Grouper, Labels
from assistant.gaps.models import OPEN, Diagnosis, Gap, GapFacts, GapQuestion, GapState, NearPage
from assistant.gaps.naming import Candidate, key_terms, name_of
from assistant.gaps.ports import Embedded, GapStore
from assistant.gaps.ranking import WEEKS, Asked, Experience, costs_of
from assistant.record.events import MS_PER_DAY, Instant
from indexer.ports import Vectors

LEAST_PEOPLE = 3
"""People behind a gap before anybody is shown it."""
MS_PER_WEEK = 7 * MS_PER_DAY
_GATHERED_AGAIN_MS = 10 * MS_PER_DAY
"""For so long something may still come of a question: a ticket, a vote, success that lasts."""
_FIRST_MS = 400 * MS_PER_DAY
_REGROUPED_EVERY_MS = 7 * MS_PER_DAY
_GROWN = 1.2
"""Or when there are so many times as many questions as at the last time."""
_NAMED_IN = ("pl", "en", "nl", "de", "fr")
_MOST_CANDIDATES = 60
_SAMPLE = 12
_ALL = 1_000_000
_ID_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """What was found out about a gap: its diagnosis, what that is about, and the pages near it."""

    diagnosis: Diagnosis | None
    hint: str
    near: tuple[NearPage, ...]


Diagnose = Callable[[Sequence[GapQuestion]], Diagnosed]
"""Finds out what is wrong with the pages about some questions of a gap."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """What a look at the questions has changed."""

    questions: int
    gaps: int
    merged: int = 0


class GapKeeper:
    """Keeps gaps up to date.

    Args:
        store: where they are kept.
        grouper: groups questions.
    """

    def __init__(self, store: GapStore, grouper: Grouper | None = None) -> None:
        self.store = store
        self._grouper = grouper or Grouper()
        self._grouping = threading.RLock()  # a chore and a command of the same process might group at once

    def standing(self, gap: str) -> Gap | None:
        """Return a gap, or the one that it has become part of, however often."""
        found, seen = self.store.gap(gap), {gap}
        while found is not None and found.into is not None and found.into not in seen:
            seen.add(found.into)
            found = self.store.gap(found.into)
        return found

    def gather(self, now: Instant, *, anew: bool = False) -> int:
        """Take up what the pages failed since the last look, or ``anew`` all; look again at what may have changed."""
        seen = self._seen("gathered") if not anew else None
        since = seen - _GATHERED_AGAIN_MS if seen is not None else now - _FIRST_MS
        number = self.store.gather(since=since, now=now)
        self._see("gathered", now)
        return number

    def embed(self, recipe: str, embed: Callable[[Sequence[GapQuestion]], Vectors], *, most: int) -> int:
        """Embed questions that have no vector by a recipe, latest first; return how many were."""
        questions = self.store.without_vector(recipe, most=most)
        if questions:
            vectors = embed(questions)
            self.store.keep_vectors(recipe, [(one.id, vector) for one, vector in zip(questions, vectors, strict=True)])
        return len(questions)

    def group(self, recipe: str, now: Instant, *, anew: bool = False, anchors: Anchors | None = None) -> Grouped:
        """Group new questions into the gaps there are; weekly, when there are many more, or if asked to, all anew.

        Gaps keep their ids: see ``carry_on``.
        """
        with self._grouping:
            questions = self.store.embedded(recipe)
            if not anew and not self._is_to_regroup(recipe, len(questions), now):
                return self._extend(questions, anchors, now)
            done = self._regroup(questions, anchors, now)
            self.store.move_cursor(_regrouped(recipe), f"{now} {len(questions)}", at=now)
            return done

    def count(self, now: Instant, *, experience: Experience | None = None) -> int:
        """Count all gaps anew: who asked, in which weeks and languages, what that costs; return how many there are."""
        by_gap: dict[str, list[GapQuestion]] = defaultdict(list)
        for question in self.store.all_questions(since=now - _FIRST_MS):
            if question.gap:
                by_gap[question.gap].append(question)
        gaps = [self.store.gap(gap) or Gap(gap, now, now) for gap in by_gap]
        counted = [counted_of(one.facts, by_gap[one.id], now) for one in gaps]
        costs = costs_of([asked_of(facts, now) for facts in counted], experience)
        terms = key_terms(
            {gap: [(one.language, one.text) for one in some if one.text is not None] for gap, some in by_gap.items()}
        )
        changed = []
        for one, facts, cost in zip(gaps, counted, costs, strict=True):
            found = replace(
                one,
                facts=replace(facts, cost=cost),
                terms=tuple((language, words) for language, words in sorted(terms[one.id].items()) if words),
                names=self._names(one, by_gap[one.id]),
            )
            if found != one:
                # The weeks go by in each: whoever follows gaps is told of those that more people, or fewer, ask about.
                grown = found.facts.people != one.facts.people
                changed.append(replace(found, changed_at=now) if grown else found)
        emptied = [
            _emptied(one, now)
            for one in self.store.gaps(most=_ALL)
            if one.id not in by_gap and (one.names or one.terms or (one.facts.people and not _is_touched(one)))
        ]
        self.store.keep([*changed, *emptied])
        return len(gaps)

    def diagnose(self, diagnose: Diagnose, generation: str, *, most: int) -> int:
        """Find out what is wrong with the pages about gaps not looked at in a generation yet, costly ones first."""
        done = 0
        for one in self.store.gaps(states=OPEN, least_people=LEAST_PEOPLE):
            if done == most:
                break
            # A gap that has grown by half is another than the one looked at.
            looked_at = f"{generation} {len(bin(one.facts.people))}"
            if one.facts.looked_at == looked_at:
                continue
            found = diagnose(sample_of(self.store.questions(one.id)))
            facts = replace(one.facts, diagnosis=found.diagnosis, hint=found.hint, near=found.near, looked_at=looked_at)
            self.store.keep([replace(one, facts=facts)])
            done += 1
        return done

    def _regroup(self, questions: Sequence[Embedded], anchors: Anchors | None, now: Instant) -> Grouped:
        if not questions:
            return Grouped(0, 0)
        labels = self._grouper.regroup(
            np.stack([one.vector for one in questions]), [one.language for one in questions], anchors=anchors
        )
        before = {one.id: one.gap for one in questions if one.gap}
        after = {one.id: int(label) for one, label in zip(questions, labels, strict=True) if label != LOOSE}
        touched = {one.id for one in self.store.gaps(most=_ALL) if _is_touched(one)}
        carried = carry_on(before, after, new_id=new_id, touched=touched)
        self._assign(questions, {question: carried.ids[label] for question, label in after.items()}, now)
        for gap, into in carried.merged.items():
            # What has no vector any more goes with those that have.
            self.store.assign({one.id: into for one in self.store.questions(gap, most=_ALL)})
            self.store.change(gap, partial(_merged, into=into, at=now))
        return Grouped(len(questions), len(carried.ids), len(carried.merged))

    def _extend(self, questions: Sequence[Embedded], anchors: Anchors | None, now: Instant) -> Grouped:
        fresh = [one for one in questions if one.gap is None]
        known = [one for one in questions if one.gap is not None]
        if not fresh:
            return Grouped(0, 0)
        gaps = sorted({one.gap for one in known if one.gap})
        number_of = {gap: number for number, gap in enumerate(gaps)}
        held = np.array([number_of[one.gap] if one.gap else LOOSE for one in known], np.int64)
        dim = len(fresh[0].vector)
        old, new = self._grouper.extend(
            _stacked(known, dim),
            [one.language for one in known],
            held,
            _stacked(fresh, dim),
            [one.language for one in fresh],
            anchors=anchors,
        )
        ids = dict(enumerate(gaps))
        for label in sorted({int(one) for one in (*old, *new)} - set(ids) - {LOOSE}):
            ids[label] = new_id()
        after = {**_labelled(known, old, ids), **_labelled(fresh, new, ids)}
        self._assign(questions, after, now)
        return Grouped(len(fresh), len(set(after.values())))

    def _assign(self, questions: Sequence[Embedded], after: Mapping[str, str], now: Instant) -> None:
        """Put questions where they belong now, and make the gaps that are new; a gap is there before its questions."""
        there = {one.gap for one in questions}
        new = sorted(set(after.values()) - there)
        self.store.keep([Gap(gap, now, now) for gap in new])
        self.store.assign({one.id: after.get(one.id, "") for one in questions if after.get(one.id, "") != one.gap})

    def _names(self, gap: Gap, questions: Sequence[GapQuestion]) -> tuple[tuple[str, str], ...]:
        """Return which question names a gap for writers of each language."""
        latest = [one for one in questions if one.text][-_MOST_CANDIDATES:]
        current = dict(gap.names)
        kept = {one.id for one in questions if one.text}
        if latest and all(current.get(language) in kept for language in _NAMED_IN):
            return gap.names
        vectors = self.store.vectors([one.id for one in latest])
        candidates = [Candidate(one.id, one.language, one.text or "") for one in latest if one.id in vectors]
        if not candidates:
            return ()
        rows = np.stack([vectors[one.id] for one in candidates])
        names = []
        for language in _NAMED_IN:
            if current.get(language) in kept:
                names.append((language, current[language]))
                continue
            found = name_of(candidates, rows, language=language)
            if found is not None:
                names.append((language, found.id))
        return tuple(names)

    def _is_to_regroup(self, recipe: str, questions: int, now: Instant) -> bool:
        last = self.store.cursor(_regrouped(recipe))
        if last is None:
            return questions > 0
        at, many = (int(part) for part in last.split())
        return now - at >= _REGROUPED_EVERY_MS or questions >= _GROWN * many

    def _seen(self, what: str) -> Instant | None:
        value = self.store.cursor(f"gaps:{what}")
        return int(value) if value is not None else None

    def _see(self, what: str, now: Instant) -> None:
        self.store.move_cursor(f"gaps:{what}", str(now), at=now)


def counted_of(facts: GapFacts, questions: Sequence[GapQuestion], now: Instant) -> GapFacts:
    """Return a gap's facts counted anew; everybody counts once, in each week and in all."""
    people = {one.person for one in questions}
    language_of = {one.person: one.language for one in questions}
    weeks = [0] * WEEKS
    for _, age in {(one.person, (now - one.at) // MS_PER_WEEK) for one in questions}:
        if 0 <= age < WEEKS:
            weeks[WEEKS - 1 - age] += 1
    return replace(
        facts,
        people=len(people),
        questions=len(questions),
        tickets=len({one.person for one in questions if one.ticket}),
        said_missing=len({one.person for one in questions if one.signal == "not_in_docs"}),
        opened=len({one.person for one in questions if one.opened}),
        first_at=min(one.at for one in questions),
        last_at=max(one.at for one in questions),
        weeks=tuple(weeks),
        languages=tuple(Counter(language_of.values()).most_common()),
    )


def sample_of(questions: Sequence[GapQuestion]) -> list[GapQuestion]:
    """Return some of a gap's questions that stand for all: one a person, the latest, as many as are worth asking."""
    seen: set[str] = set()
    sample = []
    for one in questions:
        if one.text and one.person not in seen:
            seen.add(one.person)
            sample.append(one)
    return sample[:_SAMPLE]


def new_id() -> str:
    """Return the id of a new gap."""
    return "".join(secrets.choice(_ID_LETTERS) for _ in range(8))


def asked_of(facts: GapFacts, now: Instant) -> Asked:
    """Return what a gap's cost is estimated from; of a new gap, the weeks since it is there."""
    age = max(1, min(WEEKS, (now - facts.first_at) // MS_PER_WEEK + 1))
    return Asked(weeks=facts.weeks[-age:], people=facts.people, tickets=facts.tickets)


def _regrouped(recipe: str) -> str:
    return f"gaps:regrouped:{recipe[:12]}"


def _merged(gap: Gap, *, into: str, at: Instant) -> Gap:
    return replace(gap, into=into, names=(), terms=(), changed_at=at)


def _emptied(gap: Gap, at: Instant) -> Gap:
    """Return a gap of which no question is left: nothing of their words stays, and what nobody decided on costs nothing
    any more."""
    facts = gap.facts if _is_touched(gap) else GapFacts(first_at=gap.facts.first_at, last_at=gap.facts.last_at)
    return replace(gap, names=(), terms=(), facts=facts, changed_at=at)


def _is_touched(gap: Gap) -> bool:
    return gap.state is not GapState.NEW or gap.assignee is not None or gap.said is not None


def _stacked(questions: Sequence[Embedded], dim: int) -> Vectors:
    return np.stack([one.vector for one in questions]) if questions else np.zeros((0, dim), np.float32)


def _labelled(questions: Sequence[Embedded], labels: Labels, ids: Mapping[int, str]) -> dict[str, str]:
    return {one.id: ids[int(label)] for one, label in zip(questions, labels, strict=True) if label != LOOSE}
