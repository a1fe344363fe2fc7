"""The gate: which confirmed answers an edit loses, for which reason, and which edits it lets through."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.asking.assistant import Assistant
from assistant.asking.curation import curation_of
from assistant.preview.gate import check_promotion
from assistant.preview.models import Confirmed, LossReason
from corpus.page import Block, Page, Section
from tests.api.conftest import PAGES
from tests.fakes import WordEncoder, page
from tests.unit.test_preview_comparing import opened

TEXT = (
    "A refund is on its way as soon as the shop has the parcel back. Money comes back within ten days, to the card or "
    "the account that paid for the order. Shipping is refunded too, unless only a part of the order was sent back."
)
POLISH = (
    "Zwrot pieniędzy wychodzi, gdy tylko sklep dostanie paczkę z powrotem. Pieniądze wracają w ciągu dziesięciu dni na "
    "kartę albo konto, z którego opłacono zamówienie. Koszt wysyłki też jest zwracany."
)
ARABIC = "تعود الأموال خلال عشرة أيام إلى البطاقة التي دفعت بها الطلب، وتعاد إليك أيضا تكاليف الشحن كلها."
REFUNDS = page("en/money", "Money back after a return", TEXT)
ZWROT = page("pl/money", "Zwrot pieniędzy", POLISH, locale="pl")
ARABIC_PAGE = page("ar/money", "استرداد الأموال", ARABIC, locale="ar")
HERE = [*PAGES, REFUNDS, ZWROT, ARABIC_PAGE]
MONEY = Confirmed("when does money come back to the card after a refund", "en", "en/money", "money", people=12)
ZWROTY = Confirmed("pieniądze wracają w ciągu dziesięciu dni na kartę", "pl", "pl/money", "money")
PARCELS = Confirmed("parcels leave on the day of the order", "en", "en/shipping", "shipping")
CONFIRMED = [ZWROTY, MONEY, PARCELS]


def with_text(one: Page, *parts: str) -> Page:
    return replace(one, sections=(Section(0, "", "", tuple(Block(part, "") for part in parts)),), digest="edited")


def losses(root: Path, pages: list[Page]) -> list[tuple[str, LossReason]]:
    encoder = WordEncoder()
    report = check_promotion(CONFIRMED, opened(root, HERE, encoder), opened(root, pages, encoder))
    assert report.passed == (not report.losses)
    return [(one.confirmed.page, one.reason) for one in report.losses]


def instead_of(old: Page, new: Page) -> list[Page]:
    return [new if one.id == old.id else one for one in HERE]


def test_the_same_pages_lose_nothing(tmp_path: Path) -> None:
    assert losses(tmp_path, HERE) == []


@pytest.mark.parametrize(
    ("pages", "reason"),
    [
        pytest.param([one for one in HERE if one != REFUNDS], LossReason.GONE, id="deleted"),
        pytest.param(instead_of(REFUNDS, with_text(REFUNDS, "Money back.")), LossReason.EMPTIED, id="emptied"),
        pytest.param(instead_of(REFUNDS, with_text(REFUNDS, POLISH)), LossReason.LANGUAGE, id="in Polish"),
        pytest.param(instead_of(REFUNDS, with_text(REFUNDS, TEXT, ARABIC)), LossReason.LANGUAGE, id="partly Arabic"),
        pytest.param(
            instead_of(REFUNDS, with_text(REFUNDS, "Domains are connected by name servers at your registrar. " * 4)),
            LossReason.MEANING,
            id="about something else",
        ),
        pytest.param(
            instead_of(REFUNDS, replace(REFUNDS, title="Connecting a domain")), LossReason.RETITLED, id="retitled"
        ),
    ],
)
def test_an_edit_that_loses_an_answer_is_stopped_for_its_reason(
    tmp_path: Path, pages: list[Page], reason: LossReason
) -> None:
    assert losses(tmp_path, pages) == [("en/money", reason)]


@pytest.mark.parametrize(
    "edited",
    [
        pytest.param(with_text(REFUNDS, TEXT.replace("parcel", "parcell")), id="typo"),
        pytest.param(with_text(REFUNDS, TEXT, "Still stuck? Write to support."), id="paragraph added"),
        pytest.param(replace(REFUNDS, aliases=("cash back",)), id="alias added"),
        pytest.param(replace(REFUNDS, title="Money back after a return, explained"), id="title reworded"),
        pytest.param(replace(REFUNDS, digest="touched"), id="only touched"),
    ],
)
def test_a_harmless_edit_passes(tmp_path: Path, edited: Page) -> None:
    assert losses(tmp_path, instead_of(REFUNDS, edited)) == []


def test_a_page_that_has_moved_to_another_file_with_its_address_is_not_gone(tmp_path: Path) -> None:
    moved = replace(REFUNDS, id="en/moved")

    assert losses(tmp_path, instead_of(REFUNDS, moved)) == []


def test_a_new_page_that_takes_the_questions_of_another_is_named(tmp_path: Path) -> None:
    thieves = [
        page(f"en/thief{number}", MONEY.question, f"{MONEY.question} {MONEY.question} {number}") for number in range(6)
    ]
    encoder = WordEncoder()

    report = check_promotion(CONFIRMED, opened(tmp_path, HERE, encoder), opened(tmp_path, [*HERE, *thieves], encoder))

    assert [(one.confirmed.page, one.reason, one.detail) for one in report.losses] == [
        ("en/money", LossReason.NOT_SHOWN, MONEY.question)
    ]


def test_the_answers_most_people_were_helped_by_come_first_and_some_may_be_allowed(tmp_path: Path) -> None:
    encoder = WordEncoder()
    before, after = opened(tmp_path, HERE, encoder), opened(tmp_path, PAGES, encoder)

    report = check_promotion(CONFIRMED, before, after, allowed=1)

    assert [(one.confirmed, one.title, one.url) for one in report.losses] == [
        (MONEY, REFUNDS.title, REFUNDS.url),
        (ZWROTY, ZWROT.title, ZWROT.url),
    ]
    assert (report.known, report.checked, report.passed) == (3, 3, False)
    assert check_promotion(CONFIRMED, before, after, allowed=2).passed


def test_what_is_not_there_any_more_cannot_be_lost_again(tmp_path: Path) -> None:
    encoder = WordEncoder()
    before, after = opened(tmp_path, PAGES, encoder), opened(tmp_path, PAGES[:2], encoder)

    report = check_promotion(CONFIRMED, before, after)

    assert (report.known, report.checked, report.losses) == (3, 1, ())


def test_without_a_live_generation_nothing_is_lost(tmp_path: Path) -> None:
    report = check_promotion(CONFIRMED, None, opened(tmp_path, PAGES, WordEncoder()))

    assert report.passed
    assert report.checked == 0


def test_hiding_a_page_that_has_helped_is_a_loss(tmp_path: Path) -> None:
    before = opened(tmp_path, HERE, WordEncoder())
    after: Assistant = before.with_curation(curation_of(hidden="- en/money\n"))

    report = check_promotion(CONFIRMED, before, after)

    assert [(one.confirmed.page, one.reason) for one in report.losses] == [("en/money", LossReason.HIDDEN)]


def test_pages_are_compared_even_if_the_model_is_another(tmp_path: Path) -> None:
    before = opened(tmp_path / "a", HERE, WordEncoder())
    edited = instead_of(REFUNDS, with_text(REFUNDS, "Domains are connected by name servers at your registrar. " * 4))
    after = opened(tmp_path / "b", edited, WordEncoder("other words"))

    report = check_promotion([MONEY], before, after)

    assert [one.reason for one in report.losses] == [LossReason.MEANING]
