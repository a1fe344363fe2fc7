"""Which generation answers while generations are promoted, refused and rolled back, over a real directory."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from api.curating import Curating
from api.live import LiveAssistant
from api.wiring import open_assistant
from assistant.asking.assistant import Assistant
from assistant.asking.language import Languages
from assistant.asking.models import Question
from assistant.asking.policy import dump_policy
from corpus.page import Page
from indexer.adapters.numpy_store import NumpyFormat
from indexer.build import build_generation
from indexer.errors import IndexNotReady
from indexer.generations import Generations
from tests.api.conftest import PAGES, build_small, word_policy
from tests.fakes import WordEncoder


def live_over(root: Path, *, every_seconds: float = 60.0) -> LiveAssistant:
    generations = Generations(root)
    return LiveAssistant(
        generations,
        lambda one: open_assistant(generations, one, encoder_of=lambda _: WordEncoder(), store=NumpyFormat()),
        every_seconds=every_seconds,
    )


def build_with_another_model(root: Path, pages: list[Page] = PAGES) -> str:
    """Build a generation that a service with the usual encoder has to refuse."""
    made = build_generation(
        pages, generations=Generations(root), encoder=WordEncoder("other words"), store=NumpyFormat()
    )
    return made.manifest.id


def answering(live: LiveAssistant) -> str:
    return live.current().index.manifest.id


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10.0
    while not (held := holds()) and time.monotonic() < until:
        time.sleep(0.01)
    return held


def test_without_a_generation_there_is_no_assistant_and_a_reason(tmp_path: Path) -> None:
    live = live_over(tmp_path)

    live.refresh()

    with pytest.raises(IndexNotReady, match="not been indexed yet"):
        live.current()


def test_a_promotion_is_taken_up(tmp_path: Path) -> None:
    build_small(tmp_path)
    live = live_over(tmp_path)
    live.refresh()
    new = build_small(tmp_path, PAGES[:2])

    live.refresh()

    assert (answering(live), live.problem) == (new, "")


def test_what_a_request_holds_is_not_exchanged(tmp_path: Path) -> None:
    old = build_small(tmp_path)
    live = live_over(tmp_path)
    live.refresh()
    held = live.current()
    build_small(tmp_path, PAGES[:2])

    live.refresh()

    assert held.index.manifest.id == old
    assert live.current() is not held


def test_nothing_is_opened_again_while_the_pointer_stays(tmp_path: Path) -> None:
    build_small(tmp_path)
    live = live_over(tmp_path)
    live.refresh()
    held = live.current()

    live.refresh()

    assert live.current() is held


def test_a_generation_that_was_not_promoted_is_not_taken_up(tmp_path: Path) -> None:
    old = build_small(tmp_path)
    live = live_over(tmp_path)
    live.refresh()
    build_generation(
        PAGES[:2], generations=Generations(tmp_path), encoder=WordEncoder(), store=NumpyFormat(), promote=False
    )

    live.refresh()

    assert answering(live) == old


def test_a_refused_generation_leaves_the_old_one_and_is_named_as_the_problem(tmp_path: Path) -> None:
    old = build_small(tmp_path)
    live = live_over(tmp_path)
    live.refresh()
    refused = build_with_another_model(tmp_path)

    live.refresh()

    assert answering(live) == old
    assert refused in live.problem


def test_a_first_generation_that_is_refused_is_the_reason_why_there_is_no_assistant(tmp_path: Path) -> None:
    refused = build_with_another_model(tmp_path)
    live = live_over(tmp_path)

    live.refresh()

    with pytest.raises(IndexNotReady, match=refused):
        live.current()


def test_a_generation_of_another_store_is_refused(tmp_path: Path) -> None:
    old = build_small(tmp_path)
    live = live_over(tmp_path)
    live.refresh()

    class OtherFormat(NumpyFormat):
        suffix = ".other.npy"

    build_generation(PAGES, generations=Generations(tmp_path), encoder=WordEncoder(), store=OtherFormat())
    live.refresh()

    assert answering(live) == old
    assert live.problem


def test_a_rollback_after_a_refusal_clears_the_problem(tmp_path: Path) -> None:
    old = build_small(tmp_path)
    live = live_over(tmp_path)
    live.refresh()
    build_with_another_model(tmp_path)
    live.refresh()
    Generations(tmp_path).rollback()

    live.refresh()

    assert (answering(live), live.problem) == (old, "")


def test_a_good_promotion_after_a_refusal_clears_the_problem(tmp_path: Path) -> None:
    build_small(tmp_path)
    live = live_over(tmp_path)
    live.refresh()
    build_with_another_model(tmp_path)
    live.refresh()
    good = build_small(tmp_path, PAGES[:2])

    live.refresh()

    assert (answering(live), live.problem) == (good, "")


def test_a_refused_generation_is_tried_again_when_it_is_promoted_again(tmp_path: Path) -> None:
    old = build_small(tmp_path)
    live = live_over(tmp_path)
    live.refresh()
    new = build_small(tmp_path, PAGES[:2])
    vectors = Generations(tmp_path).folder(new) / "windows.npy"
    vectors.rename(tmp_path / "elsewhere.npy")
    live.refresh()
    assert (answering(live), bool(live.problem)) == (old, True)
    (tmp_path / "elsewhere.npy").rename(vectors)

    live.refresh()
    before = answering(live)
    Generations(tmp_path).promote(new)
    live.refresh()

    assert before == old  # mended, but not promoted again
    assert (answering(live), live.problem) == (new, "")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"generation": 1}'])
def test_a_pointer_that_cannot_be_read_does_not_end_the_watching(tmp_path: Path, content: bytes) -> None:
    old = build_small(tmp_path)
    new = build_small(tmp_path, PAGES[:2])
    Generations(tmp_path).rollback()
    live = live_over(tmp_path, every_seconds=0.01)
    live.start()
    try:
        (tmp_path / "current.json").write_bytes(content)
        time.sleep(0.1)
        meanwhile = answering(live)

        Generations(tmp_path).promote(new)

        assert eventually(lambda: answering(live) == new)
        assert meanwhile == old
    finally:
        live.stop()


def test_a_folder_in_the_pointers_place_does_not_end_the_watching(tmp_path: Path) -> None:
    old = build_small(tmp_path)
    new = build_small(tmp_path, PAGES[:2])
    Generations(tmp_path).rollback()
    live = live_over(tmp_path, every_seconds=0.01)
    live.start()
    try:
        pointer = tmp_path / "current.json"
        pointer.unlink()
        pointer.mkdir()
        time.sleep(0.1)
        meanwhile = answering(live)
        pointer.rmdir()

        Generations(tmp_path).promote(new)

        assert eventually(lambda: answering(live) == new)
        assert meanwhile == old
    finally:
        live.stop()


def test_a_pointer_that_is_broken_at_the_start_does_not_keep_a_service_from_starting(tmp_path: Path) -> None:
    only = build_small(tmp_path)
    (tmp_path / "current.json").write_bytes(b"{")
    live = live_over(tmp_path, every_seconds=0.01)
    live.start()
    try:
        with pytest.raises(IndexNotReady):
            live.current()

        Generations(tmp_path).promote(only)

        assert eventually(lambda: live.problem == "")
        assert answering(live) == only
    finally:
        live.stop()


def test_a_pointer_that_is_removed_leaves_the_generation_that_answers(tmp_path: Path) -> None:
    old = build_small(tmp_path)
    live = live_over(tmp_path)
    live.refresh()
    (tmp_path / "current.json").unlink()

    live.refresh()

    assert (answering(live), live.problem) == (old, "")


def test_a_replaced_policy_is_taken_up_though_the_pages_are_unchanged(tmp_path: Path) -> None:
    old = build_small(tmp_path)
    live = live_over(tmp_path)
    live.refresh()
    stricter = replace(word_policy(), answer_at=0.9)
    assert build_small(tmp_path, policy=dump_policy(stricter)) == old

    live.refresh()

    assert answering(live) == old
    assert live.current().policy == stricter


def curated_over(root: Path, folder: Path, *, every_seconds: float = 60.0) -> LiveAssistant:
    generations = Generations(root)
    return LiveAssistant(
        generations,
        lambda one: open_assistant(generations, one, encoder_of=lambda _: WordEncoder(), store=NumpyFormat()),
        every_seconds=every_seconds,
        curating=Curating(folder),
    )


def write_pin(folder: Path, target: str = "en/refunds") -> None:
    folder.mkdir(exist_ok=True)
    (folder / "pinned.yaml").write_text(f"- page: {target}\n  questions: [zebra crossing]\n", "utf-8")


def answer_to_zebras(live: LiveAssistant) -> list[str]:
    reply = live.current().answer(Question("zebra crossing"), languages=Languages("en", "en", (("en",),)))
    return [one.hit.passage.page_id for one in reply.shown]


def test_an_edit_is_taken_up_around_the_same_generation(tmp_path: Path) -> None:
    build_small(tmp_path / "index")
    write_pin(tmp_path / "curation")
    live = curated_over(tmp_path / "index", tmp_path / "curation")
    live.refresh()
    held, before = live.current(), answer_to_zebras(live)
    write_pin(tmp_path / "curation", "en/shipping")

    live.refresh()

    assert (before, answer_to_zebras(live), live.problem) == (["en/refunds"], ["en/shipping"], "")
    assert live.current().index is held.index
    assert live.current().suggester is held.suggester


def test_files_that_stay_leave_the_assistant_as_it_is(tmp_path: Path) -> None:
    build_small(tmp_path / "index")
    write_pin(tmp_path / "curation")
    live = curated_over(tmp_path / "index", tmp_path / "curation")
    live.refresh()
    held = live.current()

    live.refresh()

    assert live.current() is held


def test_a_new_generation_has_what_writers_decided(tmp_path: Path) -> None:
    build_small(tmp_path / "index")
    write_pin(tmp_path / "curation")
    live = curated_over(tmp_path / "index", tmp_path / "curation")
    live.refresh()
    new = build_small(tmp_path / "index", PAGES[:2])

    live.refresh()

    assert (answering(live), answer_to_zebras(live)) == (new, ["en/refunds"])


def test_a_wrong_file_leaves_what_was_before_and_is_told_once_until_it_is_mended(tmp_path: Path) -> None:
    build_small(tmp_path / "index")
    write_pin(tmp_path / "curation")
    live = curated_over(tmp_path / "index", tmp_path / "curation")
    live.refresh()
    (tmp_path / "curation" / "synonyms.yaml").write_text("pl:\n  kasa:\n", "utf-8")

    with capture_logs() as logged:
        live.refresh()
        live.refresh()
    problem, meanwhile = live.problem, answer_to_zebras(live)
    (tmp_path / "curation" / "synonyms.yaml").write_text("pl:\n  kasa: koszyk\n", "utf-8")
    with capture_logs() as mended:
        live.refresh()

    assert [(line["event"], line["log_level"]) for line in logged] == [("curation.refused", "error")]
    assert "synonyms.yaml, line 2" in logged[0]["reason"]
    assert "synonyms.yaml, line 2" in problem
    assert meanwhile == ["en/refunds"]
    assert [(line["event"], line["synonyms"], line["pins"]) for line in mended] == [("curation.opened", 1, 1)]
    assert live.problem == ""


def test_a_service_starts_with_a_wrong_file_and_without_its_folder(tmp_path: Path) -> None:
    only = build_small(tmp_path / "index")
    live = curated_over(tmp_path / "index", tmp_path / "curation")

    live.refresh()
    without_folder = live.problem
    write_pin(tmp_path / "curation", "")
    live.refresh()
    wrong = live.problem
    write_pin(tmp_path / "curation")
    live.refresh()

    assert answering(live) == only
    assert "no such folder" in without_folder
    assert "pinned.yaml, line 1" in wrong
    assert (live.problem, answer_to_zebras(live)) == ("", ["en/refunds"])


def test_neither_problem_hides_the_other(tmp_path: Path) -> None:
    build_small(tmp_path / "index")
    write_pin(tmp_path / "curation")
    live = curated_over(tmp_path / "index", tmp_path / "curation")
    live.refresh()
    refused = build_with_another_model(tmp_path / "index")
    write_pin(tmp_path / "curation", "")

    live.refresh()
    both = live.problem
    write_pin(tmp_path / "curation")
    live.refresh()

    assert refused in both
    assert "pinned.yaml, line 1" in both
    assert refused in live.problem
    assert "pinned.yaml" not in live.problem


def test_a_pin_whose_page_is_not_in_the_index_is_warned_of_and_taken_up_when_the_page_comes(tmp_path: Path) -> None:
    build_small(tmp_path / "index", PAGES[:1])
    write_pin(tmp_path / "curation", "en/shipping")
    live = curated_over(tmp_path / "index", tmp_path / "curation")

    with capture_logs() as logged:
        live.refresh()
    before = answer_to_zebras(live)
    build_small(tmp_path / "index")
    with capture_logs() as grown:
        live.refresh()

    warned = [line for line in logged if line["log_level"] == "warning"]
    assert [(line["event"], line["page"], line["line"]) for line in warned] == [("pin.ignored", "en/shipping", 1)]
    assert (before, answer_to_zebras(live)) == ([], ["en/shipping"])
    assert [line["event"] for line in grown] == ["generation.opened"]


def test_removed_files_are_taken_up_too_by_a_running_service(tmp_path: Path) -> None:
    build_small(tmp_path / "index")
    write_pin(tmp_path / "curation")
    live = curated_over(tmp_path / "index", tmp_path / "curation", every_seconds=0.01)
    live.start()
    try:
        before = answer_to_zebras(live)
        (tmp_path / "curation" / "pinned.yaml").unlink()

        assert eventually(lambda: answer_to_zebras(live) == [])
        assert before == ["en/refunds"]
    finally:
        live.stop()


class Opened:
    """Opens generations, and says which."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.names: list[str] = []

    def __call__(self, generation: str) -> Assistant:
        self.names.append(generation)
        generations = Generations(self.root)
        return open_assistant(generations, generation, encoder_of=lambda _: WordEncoder(), store=NumpyFormat())


def test_going_back_opens_nothing_and_going_forth_again_neither(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    live = LiveAssistant(Generations(tmp_path), opened, every_seconds=60.0)
    old = build_small(tmp_path)
    live.refresh()
    first = live.current()
    new = build_small(tmp_path, PAGES[:2])
    live.refresh()

    Generations(tmp_path).rollback()
    live.refresh()

    assert live.current() is first
    Generations(tmp_path).promote(new)
    live.refresh()
    assert answering(live) == new
    assert opened.names == [old, new]


def test_going_back_keeps_what_writers_have_edited_meanwhile(tmp_path: Path) -> None:
    build_small(tmp_path / "index")
    live = curated_over(tmp_path / "index", tmp_path / "curation")
    live.refresh()
    build_small(tmp_path / "index", PAGES[:2])
    write_pin(tmp_path / "curation")
    live.refresh()

    Generations(tmp_path / "index").rollback()
    live.refresh()

    assert answer_to_zebras(live) == ["en/refunds"]
    assert len(live.current().index.pages) == len(PAGES)


def test_a_generation_whose_policy_has_changed_is_opened_again(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    live = LiveAssistant(Generations(tmp_path), opened, every_seconds=60.0)
    old = build_small(tmp_path)
    live.refresh()
    new = build_small(tmp_path, PAGES[:2])
    live.refresh()
    stricter = replace(word_policy(), answer_at=0.99)
    (tmp_path / "generations" / old / "policy.json").write_bytes(dump_policy(stricter))

    Generations(tmp_path).rollback()
    live.refresh()

    assert live.current().policy.answer_at == 0.99
    assert opened.names == [old, new, old]


def test_the_previous_generation_is_asked_as_it_is_without_curation(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    live = LiveAssistant(Generations(tmp_path), opened, every_seconds=60.0)
    old = build_small(tmp_path)
    live.refresh()
    build_small(tmp_path, PAGES[:2])
    live.refresh()

    assert live.of(old).index.manifest.id == old
    assert len(opened.names) == 2
