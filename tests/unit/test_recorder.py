"""Which episode a question or a ticket belongs to, and who gets the plain form; on a real record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.adapters.sql.record import SqlRecord
from assistant.asking.models import Answer, Extract, Hit, Miss, MissReason, Question, Reply, Shown
from assistant.record.episodes import EpisodeClass, fold
from assistant.record.events import Event, Interaction, Who
from assistant.record.keys import Keys, secret_bytes
from assistant.record.ports import Ticket
from assistant.record.recorder import Asking, Experiment, Recorder
from corpus.passage import Passage
from corpus.splitting import split_page
from tests.fakes import page
from tests.record_story import DAY, HOUR, NOON, event, ticket, ticket_event

ANN = Who(visitor="v-ann")
BEN = Who(visitor="v-ben")
SHOP = Who(account="a-shop", visitor="v-ann")
NOBODY = Who()
KEYS = Keys(secret_bytes("a secret of the tests"))


class Desk:
    """A recorder with a record, spoken to in few words."""

    def __init__(self, record: SqlRecord, experiment: Experiment) -> None:
        self.record = record
        self.recorder = Recorder(record, KEYS, experiment)
        self._asked = 0

    def ask(self, who: Who, at: int, *, about: str | None = "refunds", **more: Any) -> Interaction:
        self._asked += 1
        values = {"with_ticket_intent": True, "question": "words", "entry": "support", **more}
        asking = Asking(answer_id=f"q{self._asked}", at=at, who=who, **values)
        interaction, future = self.recorder.asked(
            asking, reply_about(about), matter_of=lambda page: page.partition("/")[2], curation=("c1", '["",""]')
        )
        future.result(5)
        return interaction

    def write(self, identity: str, who: Who, at: int, *, episode: str = "") -> str:
        """Report a ticket, and return the episode that it belongs to."""
        self.recorder.ticket_created(
            ticket(identity, at, episode=episode, who=who), ticket_event(at, ticket=identity), entry="helpdesk"
        ).result(5)
        found = self.record.ticket(identity)
        assert found is not None
        return found.episode

    def outcome(self, episode: str) -> EpisodeClass:
        return fold(*self.record.story_of(episode)).outcome


def reply_about(matter: str | None) -> Reply:
    question = Question("words", "en")
    if matter is None:
        return Reply(question, "en", Miss(MissReason.NOTHING_NEAR), (), (), "g1")
    passage: Passage = split_page(page(f"en/{matter}", matter.title(), f"All about {matter}."))[0]
    hit = Hit(passage, 1, 0.8, 0.91234567, 0, other_language=False)
    return Reply(question, "en", Answer((hit,), 0.9), (Shown(hit, Extract("All", ())),), (hit,), "g1")


@pytest.fixture
def record(tmp_path: Path) -> Iterator[SqlRecord]:
    opened = SqlRecord(f"sqlite:///{tmp_path}/record.db")
    yield opened
    opened.close()


@pytest.fixture
def desk(record: SqlRecord) -> Desk:
    return Desk(record, Experiment("1", 0.0))


def test_a_question_goes_on_with_the_episode_that_it_names(desk: Desk) -> None:
    first = desk.ask(ANN, NOON)
    second = desk.ask(ANN, NOON + HOUR, about="shipping", episode=first.episode)

    assert second.episode == first.episode


def test_an_episode_of_our_making_can_be_named_without_being_anybody(desk: Desk) -> None:
    first = desk.ask(NOBODY, NOON)

    assert desk.ask(NOBODY, NOON + 1, episode=first.episode).episode == first.episode


def test_a_callers_own_name_means_the_same_person_only(desk: Desk) -> None:
    mine = desk.ask(ANN, NOON, episode="basket-7")

    assert desk.ask(ANN, NOON + 1, episode="basket-7", about="shipping").episode == mine.episode
    assert desk.ask(BEN, NOON + 2, episode="basket-7").episode != mine.episode
    assert desk.ask(NOBODY, NOON + 3, episode="basket-7").episode != mine.episode


def test_a_return_on_the_same_matter_within_seven_days_goes_on(desk: Desk) -> None:
    first = desk.ask(ANN, NOON)
    desk.ask(ANN, NOON + HOUR, about="shipping")

    assert desk.ask(ANN, NOON + 7 * DAY).episode == first.episode


def test_a_return_after_seven_days_is_a_new_episode(desk: Desk) -> None:
    first = desk.ask(ANN, NOON)

    assert desk.ask(ANN, NOON + 7 * DAY + 1).episode != first.episode
    assert desk.ask(ANN, NOON + 15 * DAY, episode=first.episode).episode != first.episode


@pytest.mark.parametrize(("who", "about"), [(BEN, "refunds"), (NOBODY, "refunds"), (ANN, "shipping"), (ANN, None)])
def test_another_person_or_matter_is_a_new_episode(desk: Desk, who: Who, about: str | None) -> None:
    first = desk.ask(ANN, NOON)

    assert desk.ask(who, NOON + HOUR, about=about).episode != first.episode


def test_looking_around_is_an_episode_of_its_own(desk: Desk) -> None:
    first = desk.ask(ANN, NOON)

    assert desk.ask(ANN, NOON + HOUR, with_ticket_intent=False).episode != first.episode
    assert desk.ask(ANN, NOON + 2 * HOUR).episode == first.episode


def test_what_a_ticket_has_ended_is_over(desk: Desk) -> None:
    first = desk.ask(ANN, NOON)
    desk.write("T-1", ANN, NOON + HOUR, episode=first.episode)

    assert desk.ask(ANN, NOON + 2 * HOUR).episode != first.episode
    assert desk.ask(ANN, NOON + 2 * HOUR, episode=first.episode).episode != first.episode


def test_somebody_who_signs_in_and_asks_again_takes_back_what_they_had_as_a_visitor(desk: Desk) -> None:
    first = desk.ask(ANN, NOON)

    assert desk.ask(SHOP, NOON + HOUR).episode == first.episode


def test_a_ticket_belongs_to_the_episode_that_it_names(desk: Desk) -> None:
    first = desk.ask(ANN, NOON)
    desk.ask(ANN, NOON + HOUR, about="shipping")

    assert desk.write("T-1", NOBODY, NOON + 2 * HOUR, episode=first.episode) == first.episode
    assert desk.outcome(first.episode) is EpisodeClass.FAILED


def test_a_ticket_that_names_none_belongs_to_the_persons_last_episode(desk: Desk) -> None:
    desk.ask(ANN, NOON)
    last = desk.ask(ANN, NOON + HOUR, about="shipping")
    desk.ask(BEN, NOON + 2 * HOUR)

    assert desk.write("T-1", ANN, NOON + 3 * HOUR) == last.episode


def test_a_ticket_does_not_belong_to_what_was_asked_only_after_it(desk: Desk) -> None:
    before = desk.ask(ANN, NOON)
    after = desk.ask(ANN, NOON + 2 * HOUR, about="shipping")

    assert desk.write("T-1", ANN, NOON + HOUR) == before.episode
    assert desk.outcome(after.episode) is EpisodeClass.ABANDONED


def test_whoever_asked_as_a_visitor_and_wrote_signed_in_has_failed(desk: Desk) -> None:
    first = desk.ask(ANN, NOON)

    assert desk.write("T-1", SHOP, NOON + HOUR) == first.episode
    assert desk.outcome(first.episode) is EpisodeClass.FAILED


def test_a_browser_that_another_account_asked_in_makes_nobodys_ticket_theirs(desk: Desk) -> None:
    first = desk.ask(SHOP, NOON)
    colleague = Who(account="a-colleague", visitor=SHOP.visitor)

    assert desk.write("T-1", colleague, NOON + HOUR) != first.episode
    assert desk.ask(colleague, NOON + 2 * HOUR).episode != first.episode


def test_a_ticket_72_hours_after_the_last_question_belongs_to_it_and_a_later_one_does_not(desk: Desk) -> None:
    ann, ben = desk.ask(ANN, NOON), desk.ask(BEN, NOON)

    assert desk.write("T-1", ANN, NOON + 72 * HOUR) == ann.episode
    assert desk.write("T-2", BEN, NOON + 72 * HOUR + 1) != ben.episode


def test_a_second_ticket_is_a_second_episode_of_somebody_who_did_not_ask(desk: Desk) -> None:
    first = desk.ask(ANN, NOON)
    desk.write("T-1", ANN, NOON + HOUR)
    second = desk.write("T-2", ANN, NOON + 2 * HOUR)

    assert second != first.episode
    (unasked,) = desk.record.story_of(second)[0]
    assert (unasked.reason, unasked.question, unasked.who, unasked.entry) == (
        "not_asked",
        "where is my money",
        ANN,
        "helpdesk",
    )
    assert desk.outcome(second) is EpisodeClass.UNANSWERED


def test_a_ticket_of_nobody_begins_an_episode(desk: Desk) -> None:
    desk.ask(NOBODY, NOON)

    assert desk.outcome(desk.write("T-1", NOBODY, NOON + 1)) is EpisodeClass.UNANSWERED


def test_a_ticket_that_names_an_episode_too_old_or_unknown_begins_one(desk: Desk) -> None:
    first = desk.ask(ANN, NOON)

    assert desk.write("T-1", NOBODY, NOON + 7 * DAY + 1, episode=first.episode) != first.episode
    assert desk.write("T-2", NOBODY, NOON, episode=KEYS.new_episode()) not in ("", first.episode)


def test_what_was_shown_is_recorded_as_it_was_and_its_text_once(desk: Desk) -> None:
    asked = desk.ask(ANN, NOON)
    desk.ask(ANN, NOON + HOUR)

    (first, again), _ = desk.record.story_of(asked.episode)
    assert first == asked
    assert (again.shown, again.outcome) == (asked.shown, "answered")
    (shown,) = first.shown
    assert (shown.page, shown.matter, shown.confidence, shown.score) == ("en/refunds", "refunds", 0.9123, 0.8)
    assert desk.record.texts_of([shown.digest]) == {shown.digest: "All about refunds."}
    assert desk.record.curation("c1") == '["",""]'


def test_the_same_event_again_is_no_new_one(desk: Desk) -> None:
    asked = desk.ask(ANN, NOON)
    opened: Event = replace(event("opened", NOON + 1, scope=asked.id), episode=asked.episode)
    opened_later = replace(opened, at=NOON + HOUR)

    assert desk.recorder.followed([opened]).result(5) == {(asked.id, opened.id)}
    assert desk.recorder.followed([opened_later]).result(5) == set()
    assert desk.record.story_of(asked.episode)[1] == [opened]


def test_nobody_is_held_out_without_an_id_or_without_the_intent_to_write(record: SqlRecord) -> None:
    recorder = Recorder(record, KEYS, Experiment("1", 1.0))

    assert recorder.held_out(ANN, with_ticket_intent=True)
    assert not recorder.held_out(ANN, with_ticket_intent=False)
    assert not recorder.held_out(NOBODY, with_ticket_intent=True)


def test_without_a_share_there_is_no_experiment(desk: Desk) -> None:
    asked = desk.ask(ANN, NOON)

    assert (asked.experiment, asked.held_out) == (None, False)


def test_the_lot_falls_on_the_account_whatever_browser_it_is_used_in(record: SqlRecord) -> None:
    recorder = Recorder(record, KEYS, Experiment("1", 0.5))
    lots = {
        account: {
            recorder.held_out(Who(account=account, visitor=f"v-{browser}"), with_ticket_intent=True)
            for browser in range(20)
        }
        for account in (f"a-{number}" for number in range(40))
    }

    assert all(len(seen) == 1 for seen in lots.values())
    assert {True, False} == {held for seen in lots.values() for held in seen}


def test_whoever_is_held_out_is_shown_nothing_and_the_record_knows_what_was_near(record: SqlRecord) -> None:
    desk = Desk(record, Experiment("1", 1.0))
    asked = desk.ask(ANN, NOON)

    assert (asked.outcome, asked.reason, asked.shown, asked.held_out) == ("missed", "holdout", (), True)
    assert (asked.experiment, asked.matter) == ("1@1", "refunds")
    assert [one.page for one in asked.nearest] == ["en/refunds"]
    assert desk.ask(ANN, NOON + HOUR).episode == asked.episode


def test_a_ticket_without_a_question_keeps_its_arm(record: SqlRecord) -> None:
    desk = Desk(record, Experiment("1", 1.0))
    (unasked,), _ = record.story_of(desk.write("T-1", ANN, NOON))
    (nobodys,), _ = record.story_of(desk.write("T-2", NOBODY, NOON))

    assert (unasked.experiment, unasked.held_out) == ("1@1", True)
    assert (nobodys.experiment, nobodys.held_out) == (None, False)


def test_a_ticket_is_kept_as_it_was_reported(desk: Desk) -> None:
    asked = desk.ask(ANN, NOON)
    desk.write("T-1", ANN, NOON + HOUR, episode=asked.episode)

    expected: Ticket = ticket("T-1", NOON + HOUR, episode=asked.episode, who=ANN)
    assert desk.record.ticket("T-1") == expected
