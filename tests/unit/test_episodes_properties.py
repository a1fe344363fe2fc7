"""Events → episode: what holds of every story."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assistant.record.episodes import CLOSED, SUCCESS, TICKET, EpisodeClass, class_at, fold, is_durable_at
from assistant.record.events import Event, EventType, Interaction
from tests.record_story import DAY, HOUR, NOON, event, missed, question, ticket_event, withheld

WINDOW = 72 * HOUR
moments = st.one_of(
    st.sampled_from([NOON, NOON + 1, NOON + WINDOW, NOON + WINDOW + 1, NOON + 7 * DAY]),
    st.integers(NOON, NOON + 12 * DAY),
)


@st.composite
def interactions(draw: st.DrawFn) -> list[Interaction]:
    makers = draw(st.lists(st.sampled_from([question, missed, withheld]), min_size=1, max_size=4))
    return [
        make(f"q{number}", draw(moments), with_ticket_intent=draw(st.booleans()))
        for number, make in enumerate(makers, start=1)
    ]


@st.composite
def followed(draw: st.DrawFn) -> list[Event]:
    found = [
        event(
            draw(st.sampled_from([one.value for one in EventType])),
            draw(moments),
            name=f"n{draw(st.integers(1, 4))}",
            scope=f"q{draw(st.integers(1, 4))}",
            rank=draw(st.integers(1, 2)),
            helpful=draw(st.booleans()),
            client_at=draw(st.one_of(st.none(), moments)),
        )
        for _ in range(draw(st.integers(0, 8)))
    ]
    return list({(one.scope, one.id): one for one in found}.values())  # the key that the record keeps them by


@given(interactions(), followed(), st.data())
def test_any_order_and_any_repeat_make_the_same_episode(
    asked: list[Interaction], events: list[Event], data: st.DataObject
) -> None:
    repeated = events + (data.draw(st.lists(st.sampled_from(events), max_size=5)) if events else [])

    assert fold(data.draw(st.permutations(asked)), data.draw(st.permutations(repeated))) == fold(asked, events)


@given(interactions(), followed(), st.integers(0, 30 * DAY))
def test_an_episode_has_one_of_six_classes_at_any_moment(
    asked: list[Interaction], events: list[Event], later: int
) -> None:
    episode = fold(asked, events)
    now = NOON + later

    assert episode.outcome in CLOSED
    assert class_at(episode, now) is (EpisodeClass.PENDING if now < episode.closes_at else episode.outcome)
    assert not is_durable_at(episode, now) or class_at(episode, now) in SUCCESS


@given(interactions(), followed(), st.integers(0, WINDOW))
def test_a_ticket_within_the_window_leaves_no_success(
    asked: list[Interaction], events: list[Event], later: int
) -> None:
    before = fold(asked, events)
    ticket = ticket_event(before.last_at + later, ticket="T-9", client_at=before.last_at + later + WINDOW)

    assert fold(asked, [*events, ticket]).outcome in TICKET


@given(interactions(), followed(), moments)
def test_a_ticket_whenever_it_comes_never_makes_a_success(
    asked: list[Interaction], events: list[Event], at: int
) -> None:
    before = fold(asked, events)
    after = fold(asked, [*events, ticket_event(at, ticket="T-9")])

    assert after.outcome in TICKET or (after.outcome is before.outcome and after.lasts <= before.lasts)


@given(interactions(), followed(), moments, st.sampled_from(["dismissed", "shown", "ticket_closed"]))
def test_displaying_dismissing_and_closing_change_nothing(
    asked: list[Interaction], events: list[Event], at: int, kind: str
) -> None:
    assert fold(asked, [*events, event(kind, at, name="extra")]) == fold(asked, events)


@given(interactions(), followed())
def test_only_those_who_were_shown_an_answer_fail(asked: list[Interaction], events: list[Event]) -> None:
    nothing_shown = [replace(one, held_out=True) for one in asked]

    assert fold(nothing_shown, events).outcome is not EpisodeClass.FAILED


@given(interactions(), followed(), st.integers(-400 * DAY, 400 * DAY))
def test_what_counts_is_time_between_and_not_the_date(
    asked: list[Interaction], events: list[Event], shift: int
) -> None:
    def moved(event: Event) -> Event:
        client_at = event.client_at + shift if event.client_at is not None else None
        return replace(event, at=event.at + shift, client_at=client_at)

    here = fold(asked, events)
    there = fold([replace(one, at=one.at + shift) for one in asked], [moved(one) for one in events])

    assert (there.outcome, there.lasts, there.taken_back) == (here.outcome, here.lasts, here.taken_back)
    assert there.closes_at - here.closes_at == shift
