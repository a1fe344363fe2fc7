"""Whether the docs answer a ticket: the rule over a small index, and the measure of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.wiring import open_assistant
from assistant.asking.assistant import Assistant
from assistant.asking.contrast import apart_from
from assistant.asking.curation import curation_of
from assistant.desk.models import Answered, Overall, TicketCheck
from assistant.desk.ticket_check import CALIBRATION, AnsweredCalibration, check_ticket, overall_of
from assistant.desk.unknown_words import UnknownWords, unknown_words
from assistant.errors import QuestionUnusable
from eval.errors import DatasetUnusable
from eval.ticket_checks import (
    LabelledTicket,
    Measured,
    TrueMatter,
    load_tickets,
    macro_f1,
    measure,
    report,
    right_page_share,
)
from indexer.adapters.numpy_store import NumpyFormat
from indexer.generations import Generations
from indexer.lexical import LexicalIndex
from tests.api.conftest import build_small
from tests.conftest import PROJECT
from tests.fakes import WordEncoder

TWO = """Hello,
parcels leave on the day of the order, I read. Is tracking sent by e-mail?
Also, could you tell me which violin strings a luthier in Cremona uses?

Kind regards,
Ann"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    root = tmp_path_factory.mktemp("index")
    generation = build_small(root)
    words = WordEncoder()
    return open_assistant(Generations(root), generation, encoder_of=lambda _: words, store=NumpyFormat())


NOTHING = UnknownWords(0.0, ())


def answers(check: TicketCheck) -> list[Answered]:
    return [one.answered for one in check.matters]


def test_a_ticket_is_answered_matter_by_matter(small: Assistant) -> None:
    check = check_ticket(TWO, "en", small)

    assert answers(check) == [Answered.YES, Answered.NO]
    assert check.overall is Overall.PARTLY
    assert check.matters[0].passages[0].hit.passage.page_id == "en/shipping"
    assert [TWO[start:end] for start, end in check.matters[1].matter.spans] == [
        "Also, could you tell me which violin strings a luthier in Cremona uses?"
    ]
    assert (check.generation, check.locale) == (small.index.manifest.id, "en")


def test_what_the_customer_saw_is_marked(small: Assistant) -> None:
    passage = check_ticket(TWO, "en", small).matters[0].passages[0].hit.passage.id

    check = check_ticket(TWO, "en", small, shown={passage}, opened={"another"})

    marks = [(one.shown_before, one.opened_before) for one in check.matters[0].passages]
    assert marks[0] == (True, False)
    assert set(marks[1:]) <= {(False, False)}


def test_checking_again_gives_the_same_to_the_last_digit(small: Assistant) -> None:
    assert check_ticket(TWO, "en", small) == check_ticket(TWO, "en", small)


def test_a_pinned_answer_is_sure(small: Assistant) -> None:
    pinned = "- page: en/refunds\n  questions: [violin strings luthier cremona]\n"
    curated = small.with_curation(curation_of(pinned=pinned))

    check = check_ticket("Which violin strings does a luthier in Cremona use?", "en", curated)

    assert [(one.answered, one.confidence) for one in check.matters] == [(Answered.YES, 1.0)]
    assert check.matters[0].passages[0].hit.passage.page_id == "en/refunds"
    assert check.curation != check_ticket(TWO, "en", small).curation


def test_without_a_policy_of_its_own_nothing_is_answered_for_sure(small: Assistant) -> None:
    untrusted = Assistant(small.index, small.policy, trusted=False)

    assert answers(check_ticket(TWO, "en", untrusted)) == [Answered.PARTLY, Answered.NO]


def test_neighbours_that_lead_to_one_passage_are_one_matter(small: Assistant) -> None:
    letter = "Is tracking of parcels sent by e-mail?\n\nDo parcels leave on the day of the order, with tracking?"
    turned = letter.replace("Do parcels", "Secondly, do parcels")

    assert len(check_ticket(letter, "en", small).matters) == 1
    assert len(check_ticket(turned, "en", small).matters) == 2


def test_a_polish_ticket_is_checked_against_polish_pages(small: Assistant) -> None:
    check = check_ticket("Dzień dobry,\nkiedy pieniądze wracają na kartę?\n\nPozdrawiam\nOla", "pl", small)

    assert check.overall is Overall.FULL
    assert check.matters[0].passages[0].hit.passage.page_id == "pl/zwroty"
    assert "Pieniądze wracają" in check.matters[0].passages[0].extract.text


def test_only_a_greeting_is_answered_by_nothing(small: Assistant) -> None:
    check = check_ticket("Hello,\nthanks!", "en", small)

    assert (check.matters, check.overall) == ((), Overall.NONE)


def test_an_empty_ticket_is_refused(small: Assistant) -> None:
    with pytest.raises(QuestionUnusable):
        check_ticket(" \n", "en", small)


@pytest.mark.parametrize(
    ("confidences", "overall"),
    [
        ([], Overall.NONE),
        ([0.5], Overall.FULL),
        ([0.49], Overall.NONE),
        ([0.9, 0.1], Overall.PARTLY),
        ([0.9, 0.6], Overall.FULL),
        ([0.4, 0.1, 0.2], Overall.NONE),
    ],
)
def test_the_whole_follows_from_the_matters(confidences: list[float], overall: Overall) -> None:
    assert overall_of(confidences) is overall


@given(st.floats(0.0, 1.5), st.floats(0.0, 1.5))
def test_a_surer_search_never_makes_a_less_probable_answer(one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert 0.0 < CALIBRATION.probability(low, NOTHING) <= CALIBRATION.probability(high, NOTHING) < 1.0


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_unknown_words_and_names_speak_against_an_answer(confidence: float, share: float) -> None:
    named = CALIBRATION.probability(confidence, UnknownWords(share, ("KSeF",)))
    without = CALIBRATION.probability(confidence, UnknownWords(share, ()))

    assert named < without <= CALIBRATION.probability(confidence, NOTHING)


def test_between_yes_and_no_it_cannot_be_told() -> None:
    calibration = AnsweredCalibration(0.0, 1.0, unknown=-1.0, name=-1.0, yes_from=0.6, no_below=0.4)

    assert calibration.probability(0.5, NOTHING) == 0.5
    assert [calibration.answered(one) for one in (0.6, 0.59, 0.4, 0.39)] == [
        Answered.YES,
        Answered.PARTLY,
        Answered.PARTLY,
        Answered.NO,
    ]


def test_what_other_parts_have_in_common_is_taken_out_of_a_vector() -> None:
    east, north = np.eye(2, dtype=np.float32)
    both = ((east + north) / np.sqrt(2)).astype(np.float32)

    turned = apart_from(both, [north, north], share=0.5)

    assert float(turned @ east) > 0.95
    assert float(np.linalg.norm(turned)) == pytest.approx(1.0)
    assert apart_from(east, [east], share=1.0).tolist() == east.tolist()


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("Czy paczki zamówienia trafiają do KSeF? Pani Kowalska pyta.", "pl", ("KSeF", "Kowalska")),
        ("Parcels by InPost on Monday. Shipping with a GK420d, 60 parcels.", "en", ("InPost", "GK420d")),
        ("Money comes back, says Refunds.", "en", ()),
    ],
)
def test_names_that_no_page_has_are_told_from_ordinary_words(
    small: Assistant, text: str, language: str, names: tuple[str, ...]
) -> None:
    assert unknown_words(text, small.index.lexical(language), language).names == names


def test_german_nouns_are_no_names() -> None:
    lexical = LexicalIndex.build(["Der Versand kostet nichts."], "de")

    found = unknown_words("Der Versand der Buchhalterin im DATEV-Format", lexical, "de")

    assert found.names == ("DATEV",)
    assert found.share == pytest.approx(4 / 6)


def test_a_text_without_words_has_no_unknown_ones() -> None:
    assert unknown_words("…", LexicalIndex.build(["Text."], "en"), "en") == UnknownWords(0.0, ())


def measured(label: str, said: str, *right: bool, lang: str = "pl") -> Measured:
    return Measured(f"{label}-{said}", lang, label, said, right, found=1, there=1)


def test_macro_f1_is_the_mean_over_labels() -> None:
    tickets = [measured("full", "full", True), measured("partly", "full", False), measured("none", "none")]

    assert macro_f1(tickets) == pytest.approx((2 / 3 + 0.0 + 1.0) / 3)
    assert right_page_share(tickets) == 0.5


def test_the_report_names_each_confusion_and_an_interval_around_the_value() -> None:
    tickets = [measured("full", "full", True), measured("partly", "full", False), measured("none", "none", lang="nl")]
    figures = report(tickets * 5)

    assert figures["confusion"]["partly"] == {"full": 5, "partly": 0, "none": 0}
    assert figures["macro_f1"]["low"] <= figures["macro_f1"]["value"] <= figures["macro_f1"]["high"]
    assert figures["by_lang"]["nl"] == {"tickets": 5, "macro_f1": 1.0, "right_page_in_3": None}


def test_each_true_matter_is_compared_with_the_found_one_that_shares_most_of_it(small: Assistant) -> None:
    asks, strings = TWO.index("parcels"), TWO.index("Also")
    ticket = LabelledTicket(
        id="t",
        lang="en",
        split="final",
        text=TWO,
        label="partly",
        matters=(
            TrueMatter(about="tracking", answered="yes", span=(asks, strings), pages=("en/shipping",)),
            TrueMatter(about="strings", answered="no", span=(strings, len(TWO) - 18), pages=()),
        ),
    )
    moved = ticket.model_copy(update={"matters": (ticket.matters[0].model_copy(update={"pages": ("en/none",)}),)})

    (found,), (wrong,) = measure([ticket], small), measure([moved], small)

    assert (found.said, found.right, found.found) == ("partly", (True,), 2)
    assert [(is_answered, sure >= 0.5) for is_answered, sure in found.matters] == [(True, True), (False, False)]
    assert wrong.right == (False,)
    assert report([found])["matters"] == {"auroc": 1.0, "told_right": 1.0}


def test_the_forty_tickets_are_what_they_are_said_to_be() -> None:
    tickets = load_tickets(PROJECT / "eval" / "tickets" / "prestashop.jsonl")

    assert {lang: sum(one.lang == lang for one in tickets) for lang in ("pl", "nl", "en", "de")} == dict.fromkeys(
        ("pl", "nl", "en", "de"), 10
    )
    assert [sum(one.label == label for one in tickets) for label in ("full", "partly", "none")] == [14, 13, 13]
    assert [sum(one.split == split for one in tickets) for split in ("tuning", "final")] == [13, 27]
    assert all(80 <= len(one.text.split()) <= 200 for one in tickets)
    for one in tickets:
        answered = {matter.answered for matter in one.matters}
        assert one.label == ("partly" if len(answered) == 2 else "full" if answered == {"yes"} else "none"), one.id
        assert all(bool(matter.pages) == (matter.answered == "yes") for matter in one.matters), one.id
        assert all(0 <= matter.span[0] < matter.span[1] <= len(one.text) for matter in one.matters), one.id


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetUnusable, match=r"nothing\.jsonl"):
        load_tickets(tmp_path / "nothing.jsonl")
