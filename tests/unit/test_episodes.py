"""Events → episode: what each story counts as, at which moment, and that nothing else decides it."""

from __future__ import annotations

import pytest

from assistant.record.episodes import EpisodeClass, Windows, class_at, fold, is_durable_at
from assistant.record.events import Event, Interaction, Who, believed
from tests.record_story import DAY, HOUR, NOON, event, missed, passage, question, ticket_event, withheld

WINDOW = 72 * HOUR
C, S, F, N, B, P = (EpisodeClass(letter) for letter in "CSFNBP")


@pytest.mark.parametrize(
    ("asked", "followed", "becomes"),
    [
        ([question()], [], B),
        ([missed()], [], B),
        ([question()], [event("opened", NOON + 1)], S),
        ([question()], [event("voted", NOON + 1, helpful=True)], S),
        ([question()], [event("solved", NOON + 1)], C),
        ([question()], [event("opened", NOON + 1), event("solved", NOON + 2)], C),
        ([question()], [event("solved", NOON + 1), event("opened", NOON + 2)], C),
        ([question()], [ticket_event(NOON + 1)], F),
        ([question()], [event("solved", NOON + 1), ticket_event(NOON + 2)], F),
        ([missed()], [ticket_event(NOON + 1)], N),
        ([question(outcome="related")], [ticket_event(NOON + 1)], N),
        ([question(outcome="related")], [event("opened", NOON + 1)], S),
        ([withheld()], [ticket_event(NOON + 1)], N),
        ([question(), missed("q2", NOON + HOUR)], [ticket_event(NOON + 2 * HOUR)], F),
        ([missed(), question("q2", NOON + HOUR)], [ticket_event(NOON + 2 * HOUR)], F),
        ([missed(), question("q2", NOON + 2 * HOUR)], [ticket_event(NOON + HOUR)], N),
    ],
)
def test_every_story_has_its_class(asked: list[Interaction], followed: list[Event], becomes: EpisodeClass) -> None:
    episode = fold(asked, followed)

    assert class_at(episode, episode.closes_at) is becomes


@pytest.mark.parametrize("kind", ["dismissed", "shown", "ticket_closed"])
def test_what_says_nothing_neither_helps_nor_keeps_the_window_open(kind: str) -> None:
    silent = fold([question()], [event(kind, NOON + HOUR)])

    assert silent == fold([question()], [])
    assert silent.outcome is B


def test_an_episode_is_pending_to_the_last_millisecond_of_its_window() -> None:
    episode = fold([question()], [event("opened", NOON + HOUR)])
    closes = NOON + HOUR + WINDOW

    assert class_at(episode, closes - 1) is P
    assert class_at(episode, closes) is S


def test_a_ticket_does_not_close_an_episode_before_its_window() -> None:
    episode = fold([question()], [ticket_event(NOON + HOUR)])

    assert episode.ticket_at == NOON + HOUR
    assert class_at(episode, NOON + WINDOW - 1) is P
    assert class_at(episode, NOON + WINDOW) is F


def test_a_ticket_at_the_end_of_the_window_counts_and_one_a_millisecond_later_does_not() -> None:
    opened = event("opened", NOON + HOUR)
    ends = NOON + HOUR + WINDOW

    assert fold([question()], [opened, ticket_event(ends)]).outcome is F
    assert fold([question()], [opened, ticket_event(ends + 1)]).outcome is S


def test_a_success_is_durable_after_seven_days_to_the_millisecond() -> None:
    episode = fold([question()], [event("solved", NOON + HOUR)])
    proven = NOON + HOUR + 7 * DAY

    assert not is_durable_at(episode, proven - 1)
    assert is_durable_at(episode, proven)


def test_a_ticket_after_the_window_and_within_seven_days_leaves_a_success_that_does_not_last() -> None:
    solved = event("solved", NOON)
    late = fold([question()], [solved, ticket_event(NOON + 7 * DAY)])
    too_late = fold([question()], [solved, ticket_event(NOON + 7 * DAY + 1)])

    assert (late.outcome, late.lasts, late.ticket_at) == (C, False, None)
    assert not is_durable_at(late, NOON + 30 * DAY)
    assert (too_late.outcome, too_late.lasts) == (C, True)


def test_silence_is_never_durable() -> None:
    assert not is_durable_at(fold([question()], []), NOON + 30 * DAY)


def test_asking_again_takes_a_success_back() -> None:
    episode = fold([question(), question("q2", NOON + HOUR)], [event("solved", NOON + 1)])

    assert (episode.outcome, episode.taken_back, episode.questions) == (B, True, 2)


def test_what_is_opened_after_asking_again_is_a_success_again() -> None:
    asked = [question(), question("q2", NOON + HOUR)]
    episode = fold(asked, [event("solved", NOON + 1), event("opened", NOON + 2 * HOUR, scope="q2")])

    assert (episode.outcome, episode.taken_back) == (S, True)


def test_did_not_help_takes_back_that_it_was_opened() -> None:
    episode = fold([question()], [event("opened", NOON + 1), event("voted", NOON + 2, helpful=False)])

    assert (episode.outcome, episode.taken_back) == (B, True)


def test_a_return_takes_a_success_back_and_begins_the_window_anew() -> None:
    episode = fold([question()], [event("solved", NOON + 1), event("returned", NOON + 2 * DAY)])

    assert (episode.outcome, episode.taken_back) == (B, True)
    assert episode.closes_at == NOON + 2 * DAY + WINDOW


def test_a_return_without_a_success_takes_nothing_back() -> None:
    assert not fold([question()], [event("returned", NOON + DAY)]).taken_back


def test_what_follows_a_ticket_within_the_window_changes_nothing() -> None:
    until = fold([missed()], [ticket_event(NOON + HOUR)])
    after = fold([missed()], [ticket_event(NOON + HOUR), event("solved", NOON + DAY), ticket_event(NOON + 2 * DAY)])

    assert (after.outcome, after.closes_at, after.ticket_at) == (until.outcome, until.closes_at, until.ticket_at)


def test_a_visitor_of_the_holdout_is_never_answered() -> None:
    asked = withheld(outcome="answered", shown=(passage("en/refunds"),))
    episode = fold([asked], [ticket_event(NOON + 1)])

    assert not asked.answered
    assert not episode.answered
    assert (episode.held_out, episode.experiment, episode.outcome) == (True, "1@0.1", N)


def test_an_episode_begins_with_the_first_question_with_the_intent_to_write() -> None:
    browsing = question("q0", NOON - DAY, with_ticket_intent=False, locale="pl", entry="page")
    episode = fold([question(), browsing], [])

    assert (episode.started_at, episode.locale, episode.entry) == (NOON, "en", "support")
    assert episode.with_ticket_intent


def test_somebody_who_was_only_looking_around_counts_once_they_write() -> None:
    browsing = question(with_ticket_intent=False)

    assert not fold([browsing], [event("opened", NOON + 1)]).with_ticket_intent
    assert fold([browsing], [ticket_event(NOON + 1)]).with_ticket_intent


def test_the_page_opened_last_is_credited() -> None:
    followed = [event("opened", NOON + 2, rank=2), event("opened", NOON + 1, rank=1)]

    assert fold([question()], followed).page == "en/shipping"


def test_the_page_shown_first_is_credited_where_none_was_opened_and_else_the_nearest() -> None:
    assert fold([question()], []).page == "en/refunds"
    assert fold([missed(nearest=(passage("pl/zwroty"),))], []).page == "pl/zwroty"
    assert fold([missed(nearest=())], []).page is None


def test_a_person_is_who_they_said_they_were_last() -> None:
    signed_in = question("q2", NOON + HOUR, who=Who(visitor="v-ann", account="a-shop"))
    episode = fold([signed_in, question()], [])

    assert (episode.visitor, episode.account) == ("v-ann", "a-shop")


def test_the_experiment_goes_by_whom_the_lot_fell_on_even_if_they_sign_in_later() -> None:
    signed_in = question("q2", NOON + HOUR, who=Who(visitor="v-ann", account="a-shop"))

    assert fold([signed_in, question()], []).subject == "v-ann"
    assert fold([signed_in], []).subject == "a-shop"
    assert fold([question(who=Who())], []).subject == "e1"


def test_windows_are_what_they_are_set_to() -> None:
    short = Windows(ticket_ms=10, durable_ms=20)
    episode = fold([question()], [event("solved", NOON + 1), ticket_event(NOON + 12)], short)

    assert (episode.outcome, episode.lasts, episode.closes_at, episode.durable_at) == (C, False, NOON + 11, NOON + 21)


def test_two_browsers_that_chose_the_same_id_at_the_same_moment_have_one_order() -> None:
    asked = [question(), question("q2")]
    opened, did_not_help = event("opened", NOON, name="x"), event("voted", NOON, name="x", scope="q2", helpful=False)

    assert fold(asked, [opened, did_not_help]) == fold(asked, [did_not_help, opened])


def test_an_episode_without_a_question_is_an_error() -> None:
    with pytest.raises(ValueError, match="begins with a question"):
        fold([], [event("opened", NOON)])


@pytest.mark.parametrize(
    ("client_at", "received_at", "at"),
    [
        (None, NOON + 5, NOON + 5),
        (None, NOON - 5, NOON),
        (NOON + 3, NOON + 5, NOON + 3),
        (NOON - HOUR, NOON + 5, NOON),
        (NOON + HOUR, NOON + 5, NOON + 5),
        (NOON + HOUR, NOON - 5, NOON),
    ],
)
def test_a_reporters_clock_is_believed_between_the_answer_and_now(
    client_at: int | None, received_at: int, at: int
) -> None:
    assert believed(client_at, not_before=NOON, received_at=received_at) == at
