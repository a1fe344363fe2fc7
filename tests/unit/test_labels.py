"""Staff's verdicts as labelled questions."""

from __future__ import annotations

import pytest

from assistant.record.evidence import MACHINE, Evidence, EvidencePassage, Finding, Verdict
from assistant.record.labels import Judged, Labels, labels_of


def judged(*said: tuple[str, Finding], found: bool = True, question: str = "Gdzie są pieniądze?") -> Judged:
    passage = EvidencePassage("pl/refunds#1", "pl/refunds", "refunds", "d", "", 1, 0.9, shown=False, opened=False)
    evidence = Evidence(question, "pl", "g1", "c1", found, 0.9, (passage,) if found else ())
    verdicts = tuple(Verdict("T-1", by, finding, "", number) for number, (by, finding) in enumerate(said))
    return Judged("T-1", "pl", evidence, verdicts)


ANSWERED = Labels((("T-1", "Gdzie są pieniądze?", "pl", "pl/refunds"),), ())
UNANSWERED = Labels((), (("T-1", "Gdzie są pieniądze?", "pl"),))
NOTHING = Labels((), ())


@pytest.mark.parametrize("finding", [Finding.SHOWN_NOT_OPENED, Finding.OPENED_DID_NOT_HELP, Finding.NOT_SHOWN])
def test_an_answer_in_the_docs_is_the_page_that_came_first(finding: Finding) -> None:
    assert labels_of([judged(("zofia", finding))]) == ANSWERED


def test_the_latest_word_of_the_staff_counts_and_the_machines_never() -> None:
    changed_their_mind = judged(
        ("zofia", Finding.NOT_SHOWN), (MACHINE, Finding.NOT_SHOWN), ("ben", Finding.NOT_IN_DOCS)
    )

    assert labels_of([changed_their_mind]) == UNANSWERED
    assert labels_of([judged((MACHINE, Finding.NOT_SHOWN))]) == NOTHING


def test_what_nobody_can_tell_is_left_out() -> None:
    in_part = judged(("zofia", Finding.PARTLY_IN_DOCS))
    no_page = judged(("zofia", Finding.NOT_SHOWN), found=False)
    past_its_retention = judged(("zofia", Finding.NOT_IN_DOCS), question="")

    assert labels_of([in_part, no_page, past_its_retention]) == NOTHING
