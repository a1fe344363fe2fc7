"""Was it in the docs? The finding, the evidence that it rests on, and that the evidence can be made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from api.wiring import open_assistant
from assistant.asking.assistant import Assistant
from assistant.asking.curation import curation_from, curation_of, snapshot_of
from assistant.record.checking import check, question_of, replay
from assistant.record.events import Event, Interaction
from assistant.record.evidence import Evidence, Finding, Verdict, digest_of, find, shown_before
from assistant.record.ports import Ticket
from assistant.record.recorder import NOT_ASKED
from indexer.adapters.numpy_store import NumpyFormat
from indexer.generations import Generations
from tests.api.conftest import PAGES, build_small
from tests.fakes import WordEncoder
from tests.record_story import HOUR, NOON, event, missed, passage, question, ticket, withheld

REFUNDS = "Money comes back within ten days. It goes to the card that paid."
PARCELS = "Parcels leave on the day of the order. Tracking is sent by e-mail."


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    root = tmp_path_factory.mktemp("index")
    build_small(root, PAGES)
    return opened(root)


def opened(root: Path) -> Assistant:
    generations = Generations(root)
    return open_assistant(generations, generations.live(), encoder_of=lambda _: WordEncoder(), store=NumpyFormat())


def looked_at(
    assistant: Assistant, asked: Ticket, interactions: Sequence[Interaction] = (), events: Sequence[Event] = ()
) -> tuple[Verdict, Evidence]:
    to_ask = question_of(asked, interactions)
    assert to_ask is not None
    return check(
        asked,
        to_ask,
        assistant=assistant,
        interactions=interactions,
        events=events,
        texts_of=texts_of,
        at=NOON + 9 * HOUR,
    )


def texts_of(digests: Sequence[str]) -> Mapping[str, str]:
    return {one: text for text in (REFUNDS, PARCELS) if (one := digest_of(text)) in digests}


@pytest.mark.parametrize(("answers", "shown", "opened"), list(product([False, True], repeat=3)))
def test_a_finding_goes_by_what_answers_and_what_was_seen_of_it(answers: bool, shown: bool, opened: bool) -> None:
    found = find(
        answering={"refunds"} if answers else set(),
        shown={"refunds", "other"} if shown else {"other"},
        opened={"refunds"} if opened else set(),
    )

    expected = {
        (True, True, True): Finding.OPENED_DID_NOT_HELP,
        (True, False, True): Finding.OPENED_DID_NOT_HELP,
        (True, True, False): Finding.SHOWN_NOT_OPENED,
        (True, False, False): Finding.NOT_SHOWN,
    }
    assert found is expected.get((answers, shown, opened), Finding.NOT_IN_DOCS)


def test_what_was_shown_and_opened_counts_up_to_the_ticket() -> None:
    asked = [question(), question("q2", NOON + HOUR, shown=(passage("pl/zwroty"),))]
    events = [event("opened", NOON + 2, rank=2), event("opened", NOON + HOUR + 1, scope="q2")]

    assert shown_before(NOON + HOUR, asked, events) == (
        {"en/refunds#1": "refunds", "en/shipping#1": "shipping", "pl/zwroty#1": "zwroty"},
        {"en/shipping#1": "shipping"},
    )
    assert shown_before(NOON + HOUR - 1, asked, events)[0].keys() == {"en/refunds#1", "en/shipping#1"}
    assert shown_before(NOON + 1, asked, events)[1] == {}
    assert shown_before(NOON - 1, asked, events) == ({}, {})


def test_what_was_only_related_was_not_shown_as_an_answer_but_may_have_been_opened() -> None:
    related = question(outcome="related", reason="unsure")

    assert shown_before(NOON + HOUR, [related], [event("opened", NOON + 1)]) == ({}, {"en/refunds#1": "refunds"})


def test_what_the_lot_kept_back_was_neither_shown_nor_opened() -> None:
    kept_back = withheld(shown=(passage("en/refunds"),))

    assert shown_before(NOON + HOUR, [kept_back], [event("opened", NOON + 1)]) == ({}, {})


def test_an_event_of_another_answer_opens_nothing() -> None:
    assert shown_before(NOON + HOUR, [question()], [event("opened", NOON + 1, scope="q9")])[1] == {}


def test_a_ticket_is_asked_by_its_text_and_else_by_the_last_question_before_it() -> None:
    asked = [question("q2", NOON + HOUR, question="second", locale="pl"), question(question="first")]
    later = question("q3", NOON + 3 * HOUR, question="later")
    without_text = ticket(at=NOON + 2 * HOUR, text=None)

    said = question_of(ticket(text="my own words"), asked)
    last = question_of(without_text, [*asked, later])

    assert said is not None
    assert (said.text, said.locale) == ("my own words", "en")
    assert last is not None
    assert (last.text, last.locale) == ("second", "pl")
    assert question_of(without_text, [replace(one, question=None) for one in asked]) is None


@pytest.mark.parametrize(
    ("interactions", "events", "finding", "says"),
    [
        ([question()], [], Finding.SHOWN_NOT_OPENED, "had been shown it and not opened it"),
        ([question()], [event("opened", NOON + 1)], Finding.OPENED_DID_NOT_HELP, "had opened it"),
        ([missed()], [], Finding.NOT_SHOWN, "had not been shown it"),
        ([withheld()], [], Finding.NOT_SHOWN, "withheld by lot"),
        ([missed(reason=NOT_ASKED)], [], Finding.NOT_SHOWN, "wrote without asking first"),
        ([question()], [event("opened", NOON + 1, rank=2)], Finding.SHOWN_NOT_OPENED, "not opened it"),
    ],
)
def test_a_ticket_that_the_docs_answer_is_found_by_what_was_seen_of_it(
    assistant: Assistant, interactions: list[Interaction], events: list[Event], finding: Finding, says: str
) -> None:
    asked = ticket(at=NOON + HOUR, text="when does money come back")
    verdict, evidence = looked_at(assistant, asked, interactions, events)

    assert (verdict.ticket, verdict.by, verdict.finding, verdict.at) == ("T-1", "machine", finding, NOON + 9 * HOUR)
    assert says in verdict.reason
    assert "(en/refunds)" in verdict.reason
    assert evidence.answered
    assert evidence.generation == assistant.index.manifest.id


def test_a_ticket_that_the_docs_do_not_answer_is_not_in_them_whatever_was_opened(assistant: Assistant) -> None:
    asked = ticket(at=NOON + HOUR, text="quantum chromodynamics lecture")
    verdict, evidence = looked_at(assistant, asked, [question()], [event("opened", NOON + 1)])

    assert verdict.finding is Finding.NOT_IN_DOCS
    assert (evidence.answered, evidence.confidence) == (False, 0.0)


def test_a_translation_that_was_opened_is_the_same_matter(assistant: Assistant) -> None:
    in_polish = question(shown=(passage("pl/refunds"),))
    asked = ticket(at=NOON + HOUR, text="when does money come back")

    verdict, _ = looked_at(assistant, asked, [in_polish], [event("opened", NOON + 1)])

    assert verdict.finding is Finding.OPENED_DID_NOT_HELP


def test_evidence_holds_the_texts_of_what_answers_and_of_what_was_shown_before(assistant: Assistant) -> None:
    shown = (passage("en/shipping", text=PARCELS),)
    asked = ticket(at=NOON + HOUR, text="when does money come back")

    _, evidence = looked_at(assistant, asked, [question(shown=shown)], [event("opened", NOON + 1)])

    answering, earlier = evidence.passages[0], evidence.passages[-1]
    assert (answering.page, answering.text, answering.rank, answering.shown) == ("en/refunds", REFUNDS, 1, False)
    assert answering.digest == digest_of(REFUNDS)
    assert (earlier.page, earlier.text, earlier.rank, earlier.confidence) == ("en/shipping", PARCELS, None, None)
    assert (earlier.shown, earlier.opened) == (True, True)


def test_what_was_shown_after_the_ticket_is_no_evidence(assistant: Assistant) -> None:
    later = question(at=NOON + 2 * HOUR, shown=(passage("en/shipping", text=PARCELS),))
    asked = ticket(at=NOON + HOUR, text="when does money come back")

    verdict, evidence = looked_at(assistant, asked, [later], [])

    assert verdict.finding is Finding.NOT_SHOWN
    assert all(one.rank is not None for one in evidence.passages)


@pytest.mark.parametrize(
    ("text", "locale"),
    [("when does money come back", "en"), ("kiedy wrócą pieniądze na kartę", "pl"), ("מתי הכסף חוזר", "he")],
)
def test_evidence_is_made_again_to_the_last_digit(assistant: Assistant, text: str, locale: str) -> None:
    _, evidence = looked_at(assistant, ticket(text=text, locale=locale), [])

    assert replay(evidence, assistant) == []


def test_evidence_says_what_has_changed_since(assistant: Assistant, tmp_path: Path) -> None:
    _, evidence = looked_at(assistant, ticket(text="when does money come back"), [])
    build_small(tmp_path, PAGES[1:])
    differences = replay(evidence, opened(tmp_path))

    assert differences[0].startswith("generation ")
    assert differences[1] == "answered then and not now"
    assert differences[2].startswith("place 1: ")


def test_evidence_rests_on_what_writers_had_decided_then(assistant: Assistant) -> None:
    pinned = curation_of(pinned="- page: en/shipping\n  questions: [quantum chromodynamics lecture]\n")
    digest, content = snapshot_of(pinned.sources)
    asked = ticket(text="quantum chromodynamics lecture", curation=digest)

    verdict, evidence = looked_at(assistant.with_curation(pinned), asked, [])

    assert (verdict.finding, evidence.curation) == (Finding.NOT_SHOWN, digest)
    assert [one.page for one in evidence.passages] == ["en/shipping"]
    assert replay(evidence, assistant.with_curation(curation_from(content))) == []
    assert replay(evidence, assistant) != []
