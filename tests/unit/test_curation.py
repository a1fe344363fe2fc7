"""Synonyms and pinned answers: what the files may say, which questions they concern, and what becomes of those."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.settings import Settings
from api.wiring import make_curation, open_assistant
from assistant.asking.assistant import Assistant
from assistant.asking.curation import NO_CURATION, PINNED, SYNONYMS, curation_of, load_curation
from assistant.asking.language import Languages
from assistant.asking.models import Answer, Hit, Miss, Question, Related, Reply
from assistant.asking.pinning import pinned_first, place_pins
from assistant.errors import AssistantError, CurationUnusable
from commands.doctor import _curation
from corpus.readers.directory import read_directory
from corpus.splitting import split_page
from indexer.adapters.numpy_store import NumpyFormat
from indexer.build import build_generation
from indexer.generations import Generations
from tests.api.conftest import PAGES, build_small
from tests.conftest import PROJECT, STARTER_PAGES
from tests.fakes import WordEncoder, page

PAGES_HERE = [
    *PAGES,
    page("pl/faktury", "Faktury", "Faktura jest w panelu.\n\nNumer nadaje sklep.", locale="pl"),
    page("de/rechnung", "Rechnungen", "Die Rechnung liegt im Konto.", locale="de"),
    page("he/hashbonit", "חשבוניות", "החשבונית נמצאת בחשבון שלך.", locale="he"),
    page("en/faktury", "Invoices", "The invoice is in the panel.", locale="en"),
]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over a small index, without synonyms and pins."""
    root = tmp_path_factory.mktemp("index")
    build_small(root, PAGES_HERE)
    return opened(root)


def opened(root: Path) -> Assistant:
    generations = Generations(root)
    return open_assistant(generations, generations.live(), encoder_of=lambda _: WordEncoder(), store=NumpyFormat())


def asked(assistant: Assistant, text: str, language: str) -> Reply:
    """Ask with the language known, so that no detector is loaded."""
    others = tuple(one for one in assistant.index.languages if one != language)
    tiers = ((language,), others) if language in assistant.index.languages else (others,)
    return assistant.answer(Question(text, language), languages=Languages(language, language, tiers))


def pages_of(reply: Reply) -> list[str]:
    return [one.hit.passage.page_id for one in reply.shown]


@pytest.mark.parametrize(
    ("language", "entry", "question", "expanded"),
    [
        ("pl", "rachunek: faktura", "Gdzie jest RACHUNEK?", "Gdzie jest RACHUNEK? faktura"),
        ("pl", "zamówienie: paczka", "zgubione zamowienia", "zgubione zamowienia paczka"),
        ("pl", "zamowienie: paczka", "zgubione zamówienia", "zgubione zamówienia paczka"),
        ("pl", "łąka: trawnik", "laki", "laki trawnik"),
        ("pl", "kasa: [koszyk, zamówienie]", "kasa nie działa", "kasa nie działa koszyk zamówienie"),
        ("de", "Überweisung: Zahlung", "meine uberweisungen", "meine uberweisungen Zahlung"),
        ("fr", "note d'achat: facture", "ma note d’achat ?", "ma note d’achat ? facture"),
        ("ru", "счёт: квитанция", "где мои счета", "где мои счета квитанция"),
        ("uk", "рахунок: квитанція", "де рахунок", "де рахунок квитанція"),
        ("he", "קבלה: חשבונית", "איפה קבלה שלי", "איפה קבלה שלי חשבונית"),
        ("ar", "فاتورة: إيصال", "أين الفاتورة", "أين الفاتورة إيصال"),
        ("ja", "領収書: 請求書", "領収書はどこですか", "領収書はどこですか 請求書"),
        ("no", "kvittering: faktura", "kvitteringer", "kvitteringer faktura"),
    ],
)
def test_what_the_pages_call_it_is_added(language: str, entry: str, question: str, expanded: str) -> None:
    curation = curation_of(synonyms=f"{language}:\n  {entry}\n")

    assert curation.expanded(question, "nb" if language == "no" else language) == expanded


def test_a_key_of_several_words_must_be_a_run_of_words() -> None:
    curation = curation_of(synonyms="en:\n  shopping bag: basket\n")

    assert curation.expanded("my Shopping-Bags are empty", "en") == "my Shopping-Bags are empty basket"
    assert curation.expanded("a bag for shopping", "en") == "a bag for shopping"
    assert curation.expanded("shopping", "en") == "shopping"


def test_a_synonym_of_another_language_says_nothing() -> None:
    curation = curation_of(synonyms="pl:\n  no: jak\n")

    assert curation.expanded("no answer", "en") == "no answer"


def test_what_the_question_says_already_in_any_form_is_not_added() -> None:
    curation = curation_of(synonyms="pl:\n  rachunek: [faktura, dokument]\n  kwit: [dokumenty, paragon]\n")

    assert curation.expanded("rachunek czy faktury", "pl") == "rachunek czy faktury dokument"
    assert curation.expanded("rachunek albo kwit", "pl") == "rachunek albo kwit faktura dokument paragon"


def test_words_that_were_added_add_no_more() -> None:
    curation = curation_of(synonyms="en:\n  receipt: invoice\n  invoice: tax document\n")

    assert curation.expanded("receipt", "en") == "receipt invoice"


def test_at_most_five_words_are_added_and_no_name_is_cut() -> None:
    curation = curation_of(synonyms="en:\n  it: [one two three, four five six, seven eight]\n")

    assert curation.expanded("it", "en") == "it one two three seven eight"


def test_a_synonym_is_searched_for_and_embedded(plain: Assistant) -> None:
    curated = plain.with_curation(curation_of(synonyms="pl:\n  rachunki: faktura\n"))

    without, with_it = asked(plain, "rachunki w panelu", "pl"), asked(curated, "rachunki w panelu", "pl")

    assert with_it.nearest[0].passage.page_id == "pl/faktury"
    assert with_it.nearest[0].score > without.nearest[0].score
    query, vector = curated.query("rachunki", "pl")
    assert query == "rachunki faktura"
    assert vector.tolist() == plain.index.embed("rachunki faktura").tolist()


def test_confidence_is_judged_by_the_words_that_were_typed(plain: Assistant) -> None:
    curated = plain.with_curation(curation_of(synonyms="en:\n  cash: money card\n"))
    found = curated.search(*curated.query("cash back", "en"), languages=("en",), spoken="en")

    hits = asked(curated, "cash back", "en").nearest

    assert list(hits) == curated._hits(found, "en", words=2)


PINS = """
- page: pl/zwroty
  questions: [kiedy oddacie pieniądze, reklamacja]
- page: en/shipping
  questions: [where is my money]
- page: de/rechnung
  questions: [wo finde ich Belege]
- page: he/hashbonit
  questions: [איפה הקבלה שלי]
- page: pl/faktury
  questions: [kiedy oddacie pieniądze za fakturę]
"""


@pytest.mark.parametrize(
    ("language", "question", "expected"),
    [
        ("pl", "Kiedy wreszcie ODDACIE mi pieniądze?", "pl/zwroty"),
        ("pl", "pieniadze oddacie kiedy", "pl/zwroty"),
        ("pl", "Reklamacje", "pl/zwroty"),
        ("pl", "kiedy oddacie pieniadze za te faktury", "pl/faktury"),
        ("de", "Wo finde ich meinen Beleg?", "de/rechnung"),
        ("he", "איפה הקבלה שלי?", "he/hashbonit"),
        ("en", "Where is my money?", "en/shipping"),
    ],
)
def test_a_pinned_page_answers(plain: Assistant, language: str, question: str, expected: str) -> None:
    reply = asked(plain.with_curation(curation_of(pinned=PINS)), question, language)

    assert isinstance(reply.outcome, Answer)
    assert reply.outcome.confidence == 1.0
    first = reply.shown[0].hit
    assert (first.passage.page_id, first.rank, first.confidence, first.pinned) == (expected, 1, 1.0, True)
    assert not first.other_language


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("pl", "kiedy oddacie"),
        ("pl", "reklamacja w telewizji"),  # a wording of one word must be the whole question
        ("en", "kiedy oddacie pieniądze"),  # the page is in another language
        ("nl", "where is my money"),
    ],
)
def test_a_question_without_all_the_words_in_the_language_is_left_alone(
    plain: Assistant, language: str, question: str
) -> None:
    curated = plain.with_curation(curation_of(pinned=PINS))

    assert asked(curated, question, language) == asked(plain, question, language)


def test_words_scattered_over_what_a_long_text_does_not_ask_pin_nothing(plain: Assistant) -> None:
    filler = "Parcels of all sizes and colours left our shop yesterday. " * 9
    text = f"We ask where nothing goes. {filler} It is about my luck and money. When do parcels leave the shop?"

    curated = plain.with_curation(curation_of(pinned=PINS))

    assert not asked(curated, text, "en").shown[0].hit.pinned


def test_a_pin_answers_where_the_policy_is_not_trusted_and_alone(plain: Assistant) -> None:
    untrusted = Assistant(plain.index, plain.policy, trusted=False, curation=curation_of(pinned=PINS))

    reply = asked(untrusted, "where is my money", "en")

    assert isinstance(asked(untrusted, "when does money come back", "en").outcome, Related)
    assert isinstance(reply.outcome, Answer)
    assert pages_of(reply) == ["en/shipping"]
    assert [hit.rank for hit in reply.nearest] == list(range(1, len(reply.nearest) + 1))


def test_a_pin_answers_where_the_search_finds_nothing_sure(plain: Assistant) -> None:
    curated = plain.with_curation(curation_of(pinned="- {page: en/refunds, questions: [zebra crossing]}"))

    assert isinstance(asked(plain, "zebra crossing", "en").outcome, Miss)
    assert pages_of(asked(curated, "zebra crossing", "en")) == ["en/refunds"]


def test_the_answer_of_the_policy_follows_the_pin(plain: Assistant) -> None:
    question = "money comes back within ten days to the card that paid"
    curated = plain.with_curation(curation_of(pinned="- {page: en/shipping, questions: [money comes back]}"))

    reply = asked(curated, question, "en")

    assert pages_of(asked(plain, question, "en")) == ["en/refunds"]
    assert pages_of(reply) == ["en/shipping", "en/refunds"]
    assert [(one.hit.rank, one.hit.confidence, one.hit.pinned) for one in reply.shown] == [
        (1, 1.0, True),
        (2, 0.0, False),
    ]


def test_a_pinned_page_that_the_policy_answers_with_is_shown_once(plain: Assistant) -> None:
    question = "money comes back within ten days to the card that paid"
    curated = plain.with_curation(curation_of(pinned="- {page: en/refunds, questions: [money comes back]}"))

    reply = asked(curated, question, "en")

    assert pages_of(reply) == ["en/refunds"]
    assert reply.shown[0].hit.score == asked(plain, question, "en").shown[0].hit.score
    assert [hit.passage.page_id for hit in reply.nearest].count("en/refunds") == 1


def test_no_more_than_five_are_shown_and_no_matter_twice(plain: Assistant) -> None:
    (pin,), _ = place_pins(
        curation_of(pinned="- {page: pl/faktury, questions: [numer faktury]}").pins, plain.index.passages
    )
    twin = Hit(plain.index.passages[0], 1, 0.5, 0.2, best_window=0, other_language=False)
    hits = [replace(twin, passage=replace(twin.passage, id=one, page_id=one)) for one in ("en/faktury", *"abcde")]

    nearest, answer = pinned_first(
        pin,
        [],
        hits,
        Answer(tuple(hits), 1.0),
        weights=plain.policy.basis(foreign=False).weights,
        matter_of=lambda one: one.rpartition("/")[2],
        most=10,
    )

    assert [hit.passage.page_id for hit in nearest] == ["pl/faktury", *"abcde"]
    assert [hit.rank for hit in nearest] == [1, 2, 3, 4, 5, 6]
    assert answer.hits == tuple(nearest[:5])
    assert nearest[0].score == 0.0


def test_of_a_pinned_page_the_passage_is_shown_that_is_nearest_and_a_named_one_always(tmp_path: Path) -> None:
    pages = read_directory(_two_sections(tmp_path / "pages"), strict=True).pages
    build_generation(pages, generations=Generations(tmp_path / "index"), encoder=WordEncoder(), store=NumpyFormat())
    assistant = opened(tmp_path / "index")

    def shown(target: str, question: str) -> str:
        pinned = f"- page: {target}\n  questions: [of parcels]\n"
        return asked(assistant.with_curation(curation_of(pinned=pinned)), question, "en").shown[0].hit.passage.id

    assert shown("en/parcels", "the weight of parcels in kilograms") == "en/parcels#weight"
    assert shown("en/parcels", "the colour of parcels") == "en/parcels#colour"
    assert shown("en/parcels#colour", "the weight of parcels in kilograms") == "en/parcels#colour"


def _two_sections(folder: Path) -> Path:
    (folder / "en").mkdir(parents=True)
    (folder / "en" / "parcels.md").write_text(
        "---\ntitle: Parcels\n---\n\n## Colour\n\nThe colour of parcels is brown.\n\n"
        "## Weight\n\nThe weight of parcels is in kilograms.\n",
        "utf-8",
    )
    return folder


def test_a_pin_that_leads_nowhere_is_ignored_and_told(plain: Assistant) -> None:
    curated = plain.with_curation(
        curation_of(pinned="- {page: pl/nic, questions: [where is my money]}\n- {page: en/refunds#x, questions: [a b]}")
    )

    assert [(pin.target, pin.line) for pin in curated.lost_pins] == [("pl/nic", 1), ("en/refunds#x", 2)]
    assert asked(curated, "where is my money", "en") == asked(plain, "where is my money", "en")


def test_a_new_curation_embeds_nothing_and_keeps_the_suggester(plain: Assistant) -> None:
    curated = plain.with_curation(curation_of(pinned=PINS))

    assert curated.suggester is plain.suggester
    assert curated.index is plain.index
    assert curated.trusted == plain.trusted


words = st.sampled_from(
    ["money", "card", "where", "rachunek", "pieniądze", "חשבונית", "счёт", "?", "paczki", "Rechnung"]
)


@given(
    question=st.lists(words, min_size=1, max_size=12).map(" ".join) | st.text(min_size=1).map(lambda text: f"x{text}"),
    language=st.sampled_from(["en", "pl", "de", "he", "ru"]),
)
@settings(deadline=None, max_examples=60)
def test_without_files_nothing_changes(
    plain: Assistant, tmp_path_factory: pytest.TempPathFactory, question: str, language: str
) -> None:
    curation = load_curation(tmp_path_factory.getbasetemp())

    assert curation == NO_CURATION
    assert curation.expanded(question, language) is question
    assert asked(plain.with_curation(curation), question, language) == asked(plain, question, language)


@given(question=st.text(max_size=60), typed=st.sampled_from(["rachunek", "kasa", "gdzie jest", "ł"]))
@settings(deadline=None)
def test_a_synonym_only_ever_adds_behind_the_question(question: str, typed: str) -> None:
    expanded = curation_of(synonyms=f"pl:\n  {typed}: [faktura, numer zamówienia]\n").expanded(question, "pl")

    assert expanded.startswith(question)
    assert expanded[len(question) :] in ("", " faktura", " numer zamówienia", " faktura numer zamówienia")


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("pl:\n  rachunek: faktura\npl:\n  kasa: koszyk\n", 3, "'pl' stands in line 1 already"),
        ("pl:\n  kasa: koszyk\n  Kasa: sklep\n", 3, "stands in line 2 already"),
        ("polish:\n  kasa: koszyk\n", 1, "'polish' is not a language"),
        ("pt-BR:\n  nota: fatura\n", 1, "'pt-BR' is not a language"),
        ("pl:\n  kasa:\n", 2, "no words here"),
        ("pl:\n  kasa: ''\n", 2, "no words here"),
        ("pl:\n  '?!': koszyk\n", 2, "no words here"),
        ("pl:\n  kasa: []\n", 2, "list is empty"),
        ("pl:\n  kasa: [koszyk, '-']\n", 2, "no words here"),
        ("pl:\n  kasa: {na: koszyk}\n", 2, "expected a text"),
        ("pl:\n  [kasa]: koszyk\n", 2, "expected lines"),
        ("pl:\n  kasa: jeden dwa trzy cztery pięć sześć\n", 2, "too long"),
        ("pl:\n", 1, "expected lines"),
        ("pl: koszyk\n", 1, "expected lines"),
        ("- kasa\n", 1, "expected languages"),
        ("pl:\n  kasa: koszyk\n   zła: linia\n", 3, "not valid YAML"),
        ("pl:\n\tkasa: koszyk\n", 2, "not valid YAML"),
        ("pl:\n  kasa: *nic\n", 2, "not valid YAML"),
        ("pl:\n  kasa: koszyk\n---\npl:\n", 3, "not valid YAML"),
        ("pl: \x00", None, "not valid YAML"),
        ("[" * 5000, None, "nested too deeply"),
    ],
)
def test_a_wrong_file_of_synonyms_is_told_by_line(tmp_path: Path, source: str, line: int | None, reason: str) -> None:
    (tmp_path / SYNONYMS).write_text(source, "utf-8")

    with pytest.raises(CurationUnusable, match=reason) as caught:
        load_curation(tmp_path)

    assert (caught.value.file, caught.value.line) == (SYNONYMS, line)
    assert str(caught.value).startswith(f"{SYNONYMS}, line {line}: " if line else f"{SYNONYMS}: ")
    assert isinstance(caught.value, AssistantError)  # which commands print as one line


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("page: a\nquestions: [b]\n", 1, "expected a list"),
        ("- pl/a\n", 1, "expected entries"),
        ("- page: pl/a\n", 1, "no 'questions'"),
        ("- page: pl/a\n  questions: [a b]\n- questions: [c d]\n", 3, "no 'page'"),
        ("- page: pl/a\n  question: [a b]\n", 2, "unknown key 'question'"),
        ("- page: pl/a\n  questions: [a b]\n  locale: pl\n", 3, "unknown key 'locale'"),
        ("- page: [pl/a]\n  questions: [a b]\n", 1, "expected a text"),
        ("- page:\n  questions: [a b]\n", 1, "no words here"),
        ("- page: pl/a\n  questions: []\n", 2, "list is empty"),
        ("- page: pl/a\n  questions:\n    - a b\n    -\n", 4, "no words here"),
        ("- page: pl/a\n  questions:\n    - where: is it\n", 3, "expected a text"),
        ("- page: pl/a\n  page: pl/b\n  questions: [a b]\n", 2, "stands in line 1 already"),
    ],
)
def test_a_wrong_file_of_pins_is_told_by_line(source: str, line: int, reason: str) -> None:
    with pytest.raises(CurationUnusable, match=reason) as caught:
        curation_of(pinned=source)

    assert (caught.value.file, caught.value.line) == (PINNED, line)


def test_a_file_that_is_no_text_and_a_folder_that_is_none_are_told(tmp_path: Path) -> None:
    (tmp_path / PINNED).write_bytes(b"\xff\xfe-")

    with pytest.raises(CurationUnusable, match=r"pinned.yaml: it is not UTF-8"):
        load_curation(tmp_path)
    with pytest.raises(CurationUnusable, match="no such folder"):
        load_curation(tmp_path / "elsewhere")


def test_empty_and_commented_files_say_nothing(tmp_path: Path) -> None:
    (tmp_path / SYNONYMS).write_text("# nothing yet\n", "utf-8-sig")
    (tmp_path / PINNED).write_text("", "utf-8")

    assert load_curation(tmp_path) == NO_CURATION


def test_values_are_read_as_they_are_written() -> None:
    curation = curation_of(synonyms="no:\n  on: off\n  1.10: 2026-01-02\n")

    assert [(one.language, one.typed.text, one.called[0].text) for one in curation.synonyms] == [
        ("nb", "on", "off"),
        ("nb", "1.10", "2026-01-02"),
    ]


def test_the_starter_files_lead_somewhere_and_the_wiring_reads_them() -> None:
    curation = make_curation(Settings(curation=PROJECT / "corpus" / "curation"))
    pages = read_directory(STARTER_PAGES, strict=True).pages

    placed, lost = place_pins(curation.pins, [passage for one in pages for passage in split_page(one)])

    assert lost == ()
    assert (
        {pin.language for pin in placed}
        == {one.language for one in curation.synonyms}
        == {"pl", "en", "nl", "de", "fr"}
    )
    assert make_curation(Settings()) is NO_CURATION


def test_doctor_counts_and_names_pins_that_lead_nowhere(tmp_path: Path) -> None:
    build_small(tmp_path / "index")
    (tmp_path / SYNONYMS).write_text("pl:\n  kasa: koszyk\n", "utf-8")
    (tmp_path / PINNED).write_text("# ours\n- {page: en/refunds, questions: [a b]}\n- {page: en/gone, questions: c}\n")

    counted, lost = _curation(Settings(index_dir=tmp_path / "index", curation=tmp_path))

    assert counted == (True, f"1 synonyms and 2 pinned answers in {tmp_path}")
    assert not lost[0]
    assert lost[1].startswith("pinned.yaml, line 3: no page or passage of the index is called 'en/gone'")


def test_doctor_needs_no_files_and_no_index(tmp_path: Path) -> None:
    (without,) = _curation(Settings(index_dir=tmp_path))
    (counted,) = _curation(Settings(index_dir=tmp_path, curation=tmp_path))

    assert without[0]
    assert counted[0]


def test_doctor_says_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    (tmp_path / PINNED).write_text("- nothing\n", "utf-8")

    with pytest.raises(CurationUnusable, match=r"pinned.yaml, line 1: expected entries"):
        list(_curation(Settings(index_dir=tmp_path, curation=tmp_path)))
