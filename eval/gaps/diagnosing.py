"""Is it said rightly what is wrong with the pages about a gap? Cases made by edits of the starter help centre.

Each case is a gap whose cause is known, because the cause was put there: a page is taken out, in all languages or in
those of the questions; its answer is moved into a page about something else; what it says is made wrong; or nothing is
changed and the questions use other words than the page. What a page answers at once makes no gap, so questions that a
right page is the answer to are left out, except where that page is wrong or in another language.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import regex
from pydantic import BaseModel, ConfigDict, TypeAdapter

from assistant.asking.assistant import Assistant
from assistant.asking.models import Answer, Question
from assistant.asking.query_vectors import QueryVectors
from assistant.gaps.keeping import Diagnosed
from assistant.gaps.models import Diagnosis, GapQuestion, Signal
from assistant.record.intervals import rate
from corpus.page import Block, Page, Section

CASES = Path(__file__).parents[1] / "data" / "own_gaps" / "diagnoses.jsonl"
LEAST = 3
"""Questions that a case must be left with: so many people make a gap that is shown."""

Variants = Callable[[Sequence[Page]], Assistant]
"""Builds and opens a generation of pages."""
Diagnose = Callable[[Assistant, Sequence[GapQuestion]], Diagnosed]

_NUMBER = regex.compile(r"(?m)(?<!^)\b(\d+)\b(?!\.\s)")
_STEP = regex.compile(r"(\p{Lu}[\p{L} -]*?) → (\p{Lu}[\p{L} -]*\p{L})")


class Asked(BaseModel):
    """A question of a case and its language."""

    model_config = ConfigDict(frozen=True)
    lang: str
    text: str


class Place(BaseModel):
    """A section of a page in all its languages, by its number; a whole page without one."""

    model_config = ConfigDict(frozen=True)
    matter: str
    section: int | None = None


class CaseEdit(Place):
    """What is done to a place: taken out, in some languages or in all; made wrong; or moved, without its heading, to
    the end of another."""

    do: Literal["remove", "outdate", "move"]
    languages: tuple[str, ...] = ()
    into: Place | None = None


class Case(BaseModel):
    """A gap whose cause is known; ``right`` are the matters that answer it, where one does."""

    model_config = ConfigDict(frozen=True)
    id: str
    kind: Diagnosis
    right: tuple[str, ...] = ()
    edits: tuple[CaseEdit, ...] = ()
    questions: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A case, and what was said of it; nothing is said where it has become no gap."""

    case: Case
    said: Diagnosis | None
    hint: str = ""

    @property
    def right(self) -> bool:
        """Whether the cause was found."""
        return self.said is self.case.kind


def load_cases(path: Path = CASES) -> list[Case]:
    """Return the labelled cases.

    Raises:
        ValidationError: if a line is none.
    """
    return [TypeAdapter(Case).validate_python(json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def tuning_of(cases: Sequence[Case]) -> frozenset[str]:
    """Return the ids of the cases that rules are fitted on: of each kind a third, by a hash of the id."""
    by_kind: defaultdict[Diagnosis, list[str]] = defaultdict(list)
    for case in cases:
        by_kind[case.kind].append(case.id)
    return frozenset(
        name
        for names in by_kind.values()
        for name in sorted(names, key=lambda one: hashlib.sha256(one.encode("utf-8")).hexdigest())[
            : -(-len(names) // 3)
        ]
    )


def edited(pages: Sequence[Page], edits: Sequence[CaseEdit]) -> list[Page]:
    """Return the pages as a case has them."""
    changed: dict[str, Page | None] = {page.id: page for page in pages}
    by_matter: defaultdict[str, list[Page]] = defaultdict(list)
    for page in pages:
        by_matter[page.matter].append(page)
    # What is moved is taken from the page as it was, so all moves come before all removals; sections are only emptied.
    for edit in sorted(edits, key=lambda one: one.do != "move"):
        for original in by_matter[edit.matter]:
            current = changed[original.id]
            if current is None or (edit.languages and current.language not in edit.languages):
                continue
            if edit.section is None:
                changed[original.id] = None if edit.do == "remove" else current
                continue
            section = current.sections[edit.section]
            blocks = section.blocks
            if edit.do == "outdate":
                changed[original.id] = _with(
                    current, edit.section, replace(section, blocks=tuple(map(_outdated, blocks)))
                )
                continue
            changed[original.id] = _with(current, edit.section, None)
            if edit.do == "move" and edit.into is not None and edit.into.section is not None:
                target = next(one for one in by_matter[edit.into.matter] if one.locale == current.locale)
                there = changed[target.id]
                if there is not None:
                    host = there.sections[edit.into.section]
                    grown = replace(host, blocks=(*host.blocks, *blocks))
                    changed[target.id] = _with(there, edit.into.section, grown)
    return [_without_empty(one) for one in changed.values() if one is not None]


def outdated(text: str) -> str:
    """Return a text with every number and every way through the menus wrong."""
    wrong = _NUMBER.sub(lambda found: str(int(found.group(1)) * 2 + 3), text)
    return _STEP.sub(lambda found: f"{found.group(2)} → {found.group(1)}", wrong)


def gap_of(case: Case, assistant: Assistant, *, vectors: QueryVectors) -> list[GapQuestion]:
    """Return the questions of a case that make a gap, as the record would have them.

    Three of four people open the page that answers, where it is wrong; of others, one in four opens what is shown. Of
    those who opened a wrong page four of five write a ticket and the others say that it did not help; else, every
    second writes one.
    """
    lot = random.Random(case.id)  # noqa: S311
    replies = assistant.answer_all([Question(one.text, one.lang) for one in case.questions], vectors=vectors)
    questions = []
    for number, (one, reply) in enumerate(zip(case.questions, replies, strict=True)):
        opens, writes = lot.random(), lot.random()
        answered = isinstance(reply.outcome, Answer)
        shown = [assistant.matter_of(shown.hit.passage.page_id) for shown in reply.shown]
        right = bool(shown) and any(matter in case.right for matter in shown)
        wrong_page = case.kind is Diagnosis.WRONG_OR_OLD and right
        if case.kind in (Diagnosis.OTHER_WORDS, Diagnosis.BURIED) and answered and shown[0] in case.right:
            continue
        questions.append(
            GapQuestion(
                id=f"{case.id}:{number}",
                episode=f"{case.id}:{number}",
                at=number,
                person=f"person {number}",
                locale=one.lang,
                text=one.text,
                signal=Signal.FAILED if answered else Signal.MISSED,
                ticket=writes < (0.8 if wrong_page else 0.5),
                opened=bool(shown) and opens < (0.75 if wrong_page else 0.25),
            )
        )
    return questions


def report_of(judged: Sequence[Judged]) -> dict[str, Any]:
    """Return the share that was right, of each kind too, and what was said of which kind, in each part."""
    tuning = tuning_of([one.case for one in judged])
    return {
        "cases": len(judged),
        "no_gap": [one.case.id for one in judged if one.said is None],
        "tuning": _part([one for one in judged if one.case.id in tuning and one.said is not None]),
        "reported": _part([one for one in judged if one.case.id not in tuning and one.said is not None]),
    }


def _part(judged: Sequence[Judged]) -> dict[str, Any]:
    right = sum(one.right for one in judged)
    found = rate(right, len(judged))
    said = Counter((one.case.kind, one.said) for one in judged)
    meant = [one for one in judged if one.right and one.case.right]
    hinted = sum(_is_about(one) for one in meant)
    return {
        "n": len(judged),
        "right": right,
        "share": found.share,
        "low": found.low,
        "high": found.high,
        "hint_right": hinted / len(meant) if meant else None,
        "confusion": {
            kind.value: {other.value: said[kind, other] for other in Diagnosis if said[kind, other]}
            for kind in Diagnosis
        },
        "wrong": [f"{one.case.id}: {one.said}" for one in judged if not one.right],
    }


def _is_about(one: Judged) -> bool:
    page = one.hint.partition("#")[0]
    return any(page.endswith(f"/{matter}") for matter in one.case.right)


def _with(page: Page, number: int, section: Section | None) -> Page:
    sections = list(page.sections)
    sections[number] = section if section is not None else Section(sections[number].level, "", "")
    return replace(page, sections=tuple(sections), digest=f"{page.digest}+")


def _without_empty(page: Page) -> Page:
    """Return a page without the sections that were taken out of it; a heading with others under it stays."""
    return replace(page, sections=tuple(one for one in page.sections if one.heading or one.blocks))


def _outdated(block: Block) -> Block:
    return replace(block, text=outdated(block.text))


def judge(
    cases: Sequence[Case],
    pages: Sequence[Page],
    *,
    variant_of: Variants,
    diagnose: Diagnose,
    progress: Callable[[int, int], None] | None = None,
) -> list[Judged]:
    """Build the help centre of each case, and have its gap diagnosed; those with the same edits share one."""
    vectors = QueryVectors()
    built: dict[tuple[CaseEdit, ...], Assistant] = {}
    judged = []
    for done, case in enumerate(sorted(cases, key=lambda one: str(one.edits)), start=1):
        if case.edits not in built:
            built = {case.edits: variant_of(edited(pages, case.edits))}
        assistant = built[case.edits]
        questions = gap_of(case, assistant, vectors=vectors)
        if len(questions) >= LEAST:
            found = diagnose(assistant, questions)
            judged.append(Judged(case, found.diagnosis, found.hint))
        else:
            judged.append(Judged(case, None))
        if progress is not None:
            progress(done, len(cases))
    order: Mapping[str, int] = {case.id: number for number, case in enumerate(cases)}
    return sorted(judged, key=lambda one: order[one.case.id])
