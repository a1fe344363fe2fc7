"""A check → a reply ready to copy."""

from __future__ import annotations

from assistant.asking.models import Extract, Hit
from assistant.desk.matters import Matter
from assistant.desk.models import Answered, CheckedMatter, CheckedPassage, Overall, TicketCheck
from assistant.desk.replies import reply_of
from corpus.splitting import split_page
from tests.fakes import page

PAGE = page("pl/zwroty", "Zwroty", "Pieniądze wracają w ciągu dziesięciu dni.\nTrafiają na kartę.", locale="pl")


class Polish:
    """Texts of which one is translated, so that a test sees what went through."""

    def gettext(self, msgid: str) -> str:
        return {"Hello,": "Dzień dobry,", "Kind regards": "Z poważaniem"}.get(msgid, msgid)


def passage_of() -> CheckedPassage:
    (found,) = split_page(PAGE)
    hit = Hit(found, 1, 0.9, 0.8, 0, other_language=False)
    return CheckedPassage(hit, Extract(found.text, ()), shown_before=False, opened_before=False)


def matter(asking: str, answered: Answered) -> CheckedMatter:
    return CheckedMatter(Matter(((0, 5),), asking, asking, turns=False), answered, 0.5, (), (passage_of(),))


def check(*matters: CheckedMatter) -> TicketCheck:
    return TicketCheck("…", "pl", "g1", "c1", Overall.PARTLY, matters)


def reply(found: TicketCheck, **given: str) -> str:
    return reply_of(found, Polish(), address_of=lambda one: f"https://shop.example{one.hit.passage.url}", **given)


def test_an_answer_is_quoted_with_its_page_and_whole_address() -> None:
    text = reply(check(matter("Kiedy wrócą pieniądze?", Answered.YES)), signed="Ola")

    assert text.split("\n\n") == [
        "Dzień dobry,",
        "thank you for your message.",
        "Our help pages say about this:",
        "“Pieniądze wracają w ciągu dziesięciu dni.\nTrafiają na kartę.”",
        "Zwroty\nhttps://shop.example/help/pl/zwroty",
        "If anything is still unclear, simply answer this message.",
        "Z poważaniem\nOla\n",
    ]


def test_of_several_matters_each_is_named_and_what_is_not_in_the_docs_is_promised() -> None:
    text = reply(check(matter("Kiedy wrócą pieniądze?", Answered.PARTLY), matter("Gdzie paczka?", Answered.NO)))

    parts = text.split("\n\n")
    assert parts[2:4] == ["You wrote: “Kiedy wrócą pieniądze?”", "This page of our help may be what you need:"]
    assert parts[6:8] == [
        "You wrote: “Gdzie paczka?”",
        "Our help pages do not answer this. We look into it and will write to you again.",
    ]


def test_a_ticket_without_any_answer_gets_no_link() -> None:
    text = reply(check(matter("Gdzie paczka?", Answered.NO), matter("Kto zapłaci?", Answered.NO)), name="Ola")

    assert text.startswith("Hello Ola,\n\n")
    assert text.count("We look into it") == 1
    assert "http" not in text


def test_a_long_question_is_cut_at_a_word() -> None:
    text = reply(check(matter("bardzo " * 60, Answered.NO), matter("Kiedy?", Answered.YES)))

    quote = next(line for line in text.splitlines() if line.startswith("You wrote"))
    assert quote.endswith("bardzo …”")
    assert len(quote) < 190


def test_a_name_with_a_percent_sign_is_only_a_name() -> None:
    assert reply(check(), name="100 %(name)s").startswith("Hello 100 %(name)s,")
