"""Hidden pages: what the file may say, and that a hidden page is nowhere that a question leads."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.asking.assistant import Assistant
from assistant.asking.curation import HIDDEN, curation_from, curation_of, load_curation, snapshot_of
from assistant.asking.editing import Sources, check_sources, read_sources, save_curation
from assistant.asking.models import Answer, Question
from assistant.errors import CurationChanged, CurationUnusable
from tests.api.conftest import PAGES, build_small
from tests.fakes import page
from tests.unit.test_curation import asked, opened, pages_of

MONEY = "money comes back within ten days"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over pages of which two are about one matter, in two languages."""
    root = tmp_path_factory.mktemp("index")
    more = [
        page("de/refunds", "Erstattungen", "Das Geld kommt in zehn Tagen zurück.", locale="de"),
        page("en/refunds-abroad", "Refunds abroad", "Money comes back within twenty days from abroad."),
        page("he/refunds", "החזרים", "הכסף חוזר תוך עשרה ימים.", locale="he"),
    ]
    build_small(root, [*PAGES, *more])
    return opened(root)


def test_a_hidden_page_is_not_an_answer_and_not_near(plain: Assistant) -> None:
    hiding = plain.with_curation(curation_of(hidden="- en/refunds\n"))

    assert pages_of(asked(plain, MONEY, "en"))[0] == "en/refunds"
    reply = asked(hiding, MONEY, "en")
    assert "en/refunds" not in {hit.passage.page_id for hit in reply.nearest}
    assert pages_of(reply)[0] == "en/refunds-abroad"


def test_a_hidden_matter_is_hidden_in_all_languages(plain: Assistant) -> None:
    hiding = plain.with_curation(curation_of(hidden="- {matter: refunds, reason: legal is looking at it}\n"))

    assert hiding.hidden == {"en/refunds", "de/refunds", "he/refunds"}
    near = {hit.passage.page_id for hit in asked(hiding, "הכסף חוזר תוך עשרה ימים", "he").nearest}
    assert not near & hiding.hidden


def test_a_hidden_page_is_not_a_translation_that_stands_in_for_another(plain: Assistant) -> None:
    question = "Das Geld kommt in zehn Tagen zurück"
    assert pages_of(asked(plain, question, "de")) == ["de/refunds"]

    hiding = plain.with_curation(curation_of(hidden="- de/refunds\n"))

    assert "de/refunds" not in {hit.passage.page_id for hit in asked(hiding, MONEY, "de").nearest}


def test_a_hidden_page_is_not_suggested(plain: Assistant) -> None:
    hiding = plain.with_curation(curation_of(hidden="- en/refunds\n"))

    assert [one.page.id for one in plain.suggester.suggest("refunds", locale="en")] == ["en/refunds"]
    assert [one.page.id for one in hiding.suggester.suggest("refunds", locale="en")] == ["en/refunds-abroad"]
    assert hiding.with_curation(curation_of()).suggester.suggest("refunds", locale="en")[0].page.id == "en/refunds"


def test_a_pin_to_a_hidden_page_is_lost(plain: Assistant) -> None:
    pinned = "- {page: en/refunds, questions: [cash again]}\n"
    hiding = plain.with_curation(curation_of(pinned=pinned, hidden="- en/refunds\n"))

    assert [pin.target for pin in hiding.lost_pins] == ["en/refunds"]
    assert not isinstance(asked(hiding, "cash again", "en").outcome, Answer)


def test_what_hides_nothing_is_named(plain: Assistant) -> None:
    hiding = plain.with_curation(curation_of(hidden="- en/gone\n- matter: gone\n- pl/zwroty\n"))

    assert [(one.target, one.line) for one in hiding.lost_hidden] == [("en/gone", 1), ("gone", 2)]
    assert hiding.hidden == {"pl/zwroty"}


@pytest.mark.parametrize(
    ("source", "line", "advice"),
    [
        ("a: b\n", 1, "expected a list"),
        ("- en/a\n- {page: en/b, matter: b}\n", 2, "name either"),
        ("- {reason: why}\n", 1, "name either"),
        ("- en/a\n- page: en/a\n", 2, "hidden in line 1 already"),
        ("[en/a, en/a]\n", 1, "hidden in line 1 already"),
        ("- {page: en/a, until: tomorrow}\n", 1, "unknown key 'until'"),
        ("- ''\n", 1, "no words"),
        ("- [\n", 2, "not valid YAML"),
    ],
)
def test_a_file_that_cannot_be_understood_says_where_and_what_to_do(source: str, line: int, advice: str) -> None:
    with pytest.raises(CurationUnusable, match=advice) as caught:
        check_sources(hidden=source)

    assert (caught.value.file, caught.value.line) == (HIDDEN, line)


def test_without_hidden_pages_the_record_knows_a_curation_by_its_old_digest() -> None:
    old = snapshot_of(("pl:\n  kasa: koszyk\n", ""))

    assert snapshot_of(curation_of(synonyms="pl:\n  kasa: koszyk\n", hidden="# nothing\n").sources) == old
    assert snapshot_of(curation_of(synonyms="pl:\n  kasa: koszyk\n", hidden="- en/a\n").sources)[0] != old[0]


def test_a_snapshot_is_read_with_and_without_hidden_pages() -> None:
    both = curation_of(synonyms="pl:\n  kasa: koszyk\n", hidden="- {page: pl/zwroty, reason: stare}\n")

    assert curation_from(snapshot_of(both.sources)[1]) == both
    assert curation_from('["", ""]') == curation_of()


def test_edited_files_are_checked_and_written(tmp_path: Path) -> None:
    before = read_sources(tmp_path)
    new = Sources(synonyms="", pinned="- {page: en/refunds, questions: [cash again]}\n", hidden="- pl/zwroty # żółć\n")

    save_curation(tmp_path, new, read=before.digests)

    assert read_sources(tmp_path) == new
    assert load_curation(tmp_path) == check_sources(pinned=new.pinned, hidden=new.hidden)
    assert not (tmp_path / "synonyms.yaml").exists()


def test_what_cannot_be_understood_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(CurationUnusable):
        save_curation(tmp_path, Sources(pinned="- nothing\n", hidden="- a\n"), read=Sources().digests)

    assert read_sources(tmp_path) == Sources()


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    before = read_sources(tmp_path)
    (tmp_path / HIDDEN).write_text("- en/theirs\n", "utf-8")

    with pytest.raises(CurationChanged, match=r"hidden.yaml changed while you were editing"):
        save_curation(tmp_path, Sources(synonyms="pl:\n  kasa: koszyk\n", hidden="- en/ours\n"), read=before.digests)

    assert read_sources(tmp_path) == Sources(hidden="- en/theirs\n")


def test_an_edit_of_another_file_than_somebody_elses_is_written(tmp_path: Path) -> None:
    before = read_sources(tmp_path)
    (tmp_path / HIDDEN).write_text("- en/theirs\n", "utf-8")

    save_curation(tmp_path, Sources(synonyms="pl:\n  kasa: koszyk\n"), read=before.digests)

    assert read_sources(tmp_path) == Sources(synonyms="pl:\n  kasa: koszyk\n", hidden="- en/theirs\n")


def test_questions_answered_together_are_answered_as_alone(plain: Assistant) -> None:
    questions = [
        Question(MONEY, "en"),
        Question("?!", "en"),
        Question("Pieniądze wracają w ciągu dziesięciu dni", "pl"),
    ]

    assert plain.answer_all(questions) == [plain.answer(one) for one in questions]
