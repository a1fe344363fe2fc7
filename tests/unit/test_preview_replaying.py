"""The time machine: recorded questions asked again, of the real index and of a changed one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from assistant.adapters.sql.record import SqlRecord
from assistant.asking.assistant import Assistant
from assistant.asking.curation import curation_of, snapshot_of
from assistant.asking.models import Question
from assistant.errors import RecordUnusable
from assistant.preview.replaying import replay
from assistant.record.events import Interaction, Who
from assistant.record.keys import Keys
from assistant.record.recorder import Asking, Experiment, Recorder
from eval.datasets import load_questions
from tests.conftest import PROJECT
from tests.record_story import NOON, question

QUESTIONS = load_questions(PROJECT / "eval" / "data" / "own_starter" / "queries.jsonl")


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    record = SqlRecord(f"sqlite:///{tmp_path}/record.db")
    recorder = Recorder(record, Keys(b"0" * 32), Experiment("1", 0.0))
    yield recorder
    recorder.close()
    record.close()


_numbers = count()


def recorded(recorder: Recorder, assistant: Assistant, text: str, locale: str | None) -> Interaction:
    """Ask a question as the service does, and return what is recorded of it."""
    asking = Asking(f"q{next(_numbers)}", NOON, text, Who(), "support", with_ticket_intent=True)
    reply = assistant.answer(Question(text, locale))
    done, committed = recorder.asked(
        asking, reply, matter_of=assistant.matter_of, curation=snapshot_of(assistant.curation.sources)
    )
    committed.result(5)
    return done


def test_two_hundred_recorded_questions_are_answered_the_same_to_the_last_digit(
    assistant: Assistant, recorder: Recorder
) -> None:
    asked = [recorded(recorder, assistant, one.text, one.lang) for one in QUESTIONS[:200]]

    replayed = [replay(one, assistant) for one in asked]

    assert [one.differences for one in replayed] == [()] * 200
    assert {one.generation for one in replayed} == {assistant.index.manifest.id}


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("Kiedy dostanę zwrot pieniędzy za zamówienie?", "en"),
        ("Wie verbinde ich meine eigene Domain mit dem Shop?", "pl"),
        ("How do I connect my own domain?", None),
        ("zażółć", "he"),
    ],
)
def test_a_question_in_another_language_than_its_page_is_answered_the_same(
    assistant: Assistant, recorder: Recorder, text: str, locale: str | None
) -> None:
    assert replay(recorded(recorder, assistant, text, locale), assistant).same


def test_it_is_asked_with_what_writers_had_decided_then(assistant: Assistant, recorder: Recorder) -> None:
    text = QUESTIONS[0].text
    pinned = assistant.with_curation(curation_of(pinned=f"- {{page: en/faq/orders, questions: ['{text}']}}\n"))
    hiding = assistant.with_curation(curation_of(hidden=f"- {QUESTIONS[0].passage.partition('#')[0]}\n"))
    for then in (pinned, hiding):
        asked = recorded(recorder, then, text, QUESTIONS[0].lang)

        assert replay(asked, then).same
    assert not replay(asked, assistant).same


def test_what_is_otherwise_is_named(assistant: Assistant, recorder: Recorder) -> None:
    asked = recorded(recorder, assistant, QUESTIONS[0].text, QUESTIONS[0].lang)
    first, *others = asked.nearest
    changed = replace(asked, nearest=(replace(first, digest="0" * 64, score=0.5), *others[:-1]), outcome="withheld")

    differences = replay(changed, assistant).differences

    assert differences[0] == f"{asked.outcome}{f' ({asked.reason})' if asked.reason else ''} instead of " + (
        f"withheld ({asked.reason})" if asked.reason else "withheld"
    )
    assert differences[-2] == (
        f"nearest, place 1: {first.passage} (digest {first.digest}, score {first.score})"
        f" instead of {first.passage} (digest {'0' * 64}, score 0.5)"
    )
    assert differences[-1] == f"nearest, place {len(asked.nearest)}: {asked.nearest[-1].passage} instead of nothing"


def test_what_was_withheld_by_lot_is_compared_by_what_was_considered(assistant: Assistant, recorder: Recorder) -> None:
    asked = recorded(recorder, assistant, QUESTIONS[0].text, QUESTIONS[0].lang)
    held = replace(asked, held_out=True, outcome="missed", reason="holdout", shown=())

    assert replay(held, assistant).same
    assert not replay(replace(held, nearest=held.nearest[1:]), assistant).same


@pytest.mark.parametrize("changed", [{"question": None}, {"question": ""}, {"reason": "not_asked"}])
def test_what_nobody_knows_any_more_cannot_be_asked_again(assistant: Assistant, changed: dict[str, Any]) -> None:
    with pytest.raises(RecordUnusable):
        replay(question("q1", **changed), assistant)
