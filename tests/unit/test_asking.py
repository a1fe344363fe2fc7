"""The assistant's rules, each without a model: what is embedded, where it is looked for, what is shown."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.asking.confidence import hits_of
from assistant.asking.decision import confidence_of, decide
from assistant.asking.extract import extract_of
from assistant.asking.language import plan_languages
from assistant.asking.models import Answer, Hit, Miss, MissReason, Related, RelatedReason
from assistant.asking.policy import MOST_SHOWN, Calibration
from assistant.asking.query import clean, has_words, query_of, without_names
from assistant.asking.ranking import Ranked, evidence_of, rank
from assistant.errors import QuestionUnusable
from corpus.passage import Passage
from indexer.lexical import LexicalIndex
from indexer.search import Found
from tests.api.conftest import word_policy

POLICY = word_policy()
FLAT = Calibration(intercept=0.0, score=0.0, lead=0.0, standing=0.0, coverage=0.0, words=0.0)


def passage(identity: str, text: str = "Text.", *, locale: str = "en", page_id: str = "") -> Passage:
    return Passage(
        id=identity,
        page_id=page_id or identity,
        page_title="Title",
        locale=locale,
        url=f"/help/{identity}",
        heading_path=(),
        question=None,
        text=text,
        windows=((0, len(text)),),
    )


def found(identity: str, window: float, *, label: float = 0.5, locale: str = "en", page_id: str = "") -> Found:
    return Found(
        passage=passage(identity, locale=locale, page_id=page_id),
        label=label,
        alias=-1.0,
        window=window,
        page=0.5,
        words=0.0,
        coverage=0.0,
        best_window=0,
    )


def hit(confidence: float, rank_: int = 1) -> Hit:
    return Hit(passage("a"), rank_, 0.5, confidence, best_window=0, other_language=False)


def hits(*confidences: float) -> list[Hit]:
    return [hit(confidence, number) for number, confidence in enumerate(confidences, start=1)]


def test_a_hit_exactly_at_the_threshold_is_an_answer_alone() -> None:
    outcome = decide(hits(POLICY.answer_at, 0.1), POLICY)

    assert outcome == Answer(tuple(hits(POLICY.answer_at)), POLICY.answer_at)


def test_as_many_pages_are_shown_as_are_sure_enough_together() -> None:
    outcome = decide(hits(0.25, 0.25, 0.25, 0.125), replace(POLICY, answer_at=0.75))

    assert outcome == Answer(tuple(hits(0.25, 0.25, 0.25)), 0.75)


def test_five_pages_may_answer_and_six_may_not() -> None:
    policy = replace(POLICY, answer_at=0.75)

    assert isinstance(decide(hits(0.15, 0.15, 0.15, 0.15, 0.16), policy), Answer)
    assert decide(hits(0.15, 0.15, 0.15, 0.15, 0.14, 0.9), policy) == Related(
        tuple(hits(0.15, 0.15, 0.15)), RelatedReason.UNSURE
    )


def test_related_pages_are_the_first_three_if_those_are_sure_enough() -> None:
    policy = replace(POLICY, answer_at=0.9, related_at=0.5)

    assert decide(hits(0.25, 0.125, 0.125, 0.0), policy) == Related(
        tuple(hits(0.25, 0.125, 0.125)), RelatedReason.UNSURE
    )
    assert decide(hits(0.25, 0.125, 0.0625, 0.25), policy) == Miss(MissReason.NOTHING_NEAR)


def test_no_hits_and_weak_hits_are_misses() -> None:
    assert decide([], POLICY) == Miss(MissReason.NOTHING_NEAR)
    assert decide(hits(POLICY.related_at - 0.01), POLICY) == Miss(MissReason.NOTHING_NEAR)


def test_without_a_policy_even_a_certain_hit_is_only_related() -> None:
    outcome = decide(hits(1.0, 0.0, 0.0, 0.0), None)

    assert outcome == Related(tuple(hits(1.0, 0.0, 0.0)), RelatedReason.NO_POLICY)


increments = st.lists(st.floats(0.0, 1.0), max_size=12).map(
    lambda parts: [part / max(1.0, sum(parts)) for part in parts]
)
levels = st.floats(0.01, 0.99)


@given(confidences=increments, answer_at=levels, related_at=levels)
@settings(deadline=None)
def test_an_answer_is_the_smallest_set_that_is_sure_enough(
    confidences: list[float], answer_at: float, related_at: float
) -> None:
    outcome = decide(hits(*confidences), replace(POLICY, answer_at=answer_at, related_at=related_at))

    if isinstance(outcome, Answer):
        assert list(outcome.hits) == hits(*confidences)[: len(outcome.hits)]
        assert 1 <= len(outcome.hits) <= MOST_SHOWN
        assert outcome.confidence == confidence_of(outcome.hits) >= answer_at
        assert confidence_of(outcome.hits[:-1]) < answer_at
    else:
        assert confidence_of(hits(*confidences[:MOST_SHOWN])) < answer_at


@given(confidences=increments, related_at=levels)
@settings(deadline=None)
def test_nothing_unlikely_is_ever_offered_as_related(confidences: list[float], related_at: float) -> None:
    outcome = decide(hits(*confidences), replace(POLICY, answer_at=1.1, related_at=related_at))

    assert isinstance(outcome, Related) == (bool(confidences) and sum(confidences[:3]) >= related_at)
    if isinstance(outcome, Related):
        assert list(outcome.hits) == hits(*confidences)[:3]


def test_a_page_is_listed_once_by_its_best_passage() -> None:
    ranked = rank(
        [found("p#1", 0.6, page_id="p"), found("p#2", 0.9, page_id="p"), found("q", 0.7)],
        POLICY,
        spoken="en",
        matter_of=lambda page: page,
        most=10,
    )

    assert [one.found.passage.id for one in ranked] == ["p#2", "q"]


def test_a_matter_is_listed_once_whatever_its_languages() -> None:
    ranked = rank(
        [found("de/p", 0.6, locale="de"), found("ar/p", 0.9, locale="ar"), found("de/q", 0.7, locale="de")],
        POLICY,
        spoken="en",
        matter_of=lambda page: page.split("/")[1],
        most=10,
    )

    assert [(one.found.passage.id, one.other_language) for one in ranked] == [("ar/p", True), ("de/q", True)]


def ranking(*windows: float, coverages: tuple[float, ...] = ()) -> list[Ranked]:
    covered = coverages or (0.0,) * len(windows)
    return [
        Ranked(replace(found(f"p{number}", window), coverage=coverage), window, other_language=False)
        for number, (window, coverage) in enumerate(zip(windows, covered, strict=True))
    ]


def test_the_lead_of_a_set_is_over_the_first_page_after_it() -> None:
    evidence = evidence_of(ranking(0.9, 0.8, 0.5), lone_lead=0.0, words=3)

    assert [one.lead for one in evidence] == pytest.approx([0.1, 0.4, 0.4])
    assert [one.score for one in evidence] == [0.9, 0.9, 0.9]


def test_the_standing_is_over_the_mean_of_all_other_pages_near() -> None:
    evidence = evidence_of(ranking(0.9, *(0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2)), lone_lead=0.0, words=3)

    assert len(evidence) == MOST_SHOWN
    assert {round(one.standing, 6) for one in evidence} == {0.4}


def test_the_coverage_of_a_set_is_that_of_its_best_page() -> None:
    evidence = evidence_of(ranking(0.9, 0.8, 0.7, coverages=(0.2, 0.6, 0.4)), lone_lead=0.0, words=3)

    assert [one.coverage for one in evidence] == [0.2, 0.6, 0.6]


def test_a_page_without_rivals_has_the_usual_lead() -> None:
    (evidence,) = evidence_of(ranking(0.9), lone_lead=0.07, words=3)

    assert (evidence.lead, evidence.standing) == (0.07, 0.07)


def test_a_set_of_all_pages_leads_by_no_less_than_usual() -> None:
    near, far = (
        evidence_of(ranking(0.9, 0.88), lone_lead=0.07, words=3)[1],
        evidence_of(ranking(0.9, 0.5), lone_lead=0.07, words=3)[1],
    )

    assert [near.lead, far.lead] == pytest.approx([0.07, 0.4])


def test_words_count_as_a_logarithm() -> None:
    assert [evidence_of(ranking(0.9), lone_lead=0.0, words=n)[0].words for n in (0, 1, 7)] == pytest.approx(
        [0.0, math.log(2), math.log(8)]
    )


def test_a_hits_confidence_is_what_it_adds_to_that_of_the_hits_before() -> None:
    by_size = tuple(replace(FLAT, intercept=logit) for logit in (-1.0, 0.0, -0.5, 1.0, 2.0))
    basis = replace(POLICY.same_language, sets=by_size)

    made = hits_of(
        ranking(*(0.9 - 0.05 * n for n in range(7))), replace(POLICY, same_language=basis), spoken="en", words=3
    )

    sure = [1 / (1 + math.exp(-logit)) for logit in (-1.0, 0.0, 0.0, 1.0, 2.0)]
    assert [one.rank for one in made] == [1, 2, 3, 4, 5, 6, 7]
    assert [confidence_of(made[:size]) for size in range(1, 6)] == pytest.approx(sure)
    assert [made[number].confidence for number in (2, 5, 6)] == [0.0, 0.0, 0.0]


def test_the_language_of_the_first_page_decides_by_which_basis_all_are_judged() -> None:
    never = replace(POLICY.other_language, sets=(replace(FLAT, intercept=-60.0),) * MOST_SHOWN)
    policy = replace(
        POLICY, other_language=never, same_language=replace(never, sets=(replace(FLAT, intercept=60.0),) * MOST_SHOWN)
    )
    first, second = ranking(0.9, 0.8)

    at_home = hits_of([first, replace(second, other_language=True)], policy, spoken="en", words=3)
    abroad = hits_of([replace(first, other_language=True), second], policy, spoken="en", words=3)

    assert at_home[0].confidence == pytest.approx(1.0)
    assert confidence_of(abroad) == pytest.approx(0.0)
    assert hits_of([], policy, spoken="en", words=3) == []


@given(order=st.permutations(range(6)))
@settings(deadline=None)
def test_the_order_in_which_passages_are_found_does_not_matter(order: list[int]) -> None:
    everything = [found(f"p{number}", 0.5 + 0.1 * (number % 3)) for number in range(6)]

    ranked = rank([everything[number] for number in order], POLICY, spoken="en", matter_of=str, most=10)

    assert [one.found.passage.id for one in ranked] == ["p2", "p5", "p1", "p4", "p0", "p3"]


AVAILABLE = ("de", "en", "pl")


@pytest.mark.parametrize(
    ("text", "locale", "spoken"),
    [
        ("jak zwrócić zamówiony towar do sklepu", "pl", "pl"),
        ("jak zwrócić zamówiony towar do sklepu", None, "pl"),
        ("jak zwrócić zamówiony towar do sklepu", "de", "pl"),
        ("wie kann ich meine Bestellung zurückgeben?", "pl-PL", "de"),
        ("PayPal", "pl", "pl"),
        ("Klarna?", "de", "de"),
        ("", None, "en"),
        ("Jak dlouho trvá vrácení peněz za objednávku?", "pl", "cs"),
    ],
)
def test_the_language_of_a_question_is_the_pages_unless_it_clearly_is_not(
    text: str, locale: str | None, spoken: str
) -> None:
    assert plan_languages(text, locale=locale, available=AVAILABLE).spoken == spoken


def test_the_visitors_language_is_searched_first_and_every_language_once() -> None:
    plan = plan_languages("wie kann ich meine Bestellung zurückgeben?", locale="pl", available=AVAILABLE)

    assert plan.tiers == (("de",), ("pl",), ("en",))


def test_a_language_without_pages_is_answered_from_the_pages_locale_first() -> None:
    plan = plan_languages("Jak dlouho trvá vrácení peněz za objednávku?", locale="pl", available=AVAILABLE)

    assert (plan.locale, plan.tiers) == ("cs", (("pl",), ("de", "en")))


def test_a_question_is_composed_and_freed_of_what_cannot_be_seen() -> None:
    assert clean("  Zwro\u0301t\u200b \x00 pieniędzy\n\n kiedy? ") == "Zwrót pieniędzy\nkiedy?"


@pytest.mark.parametrize(("text", "says"), [("", "empty"), (" \u200b\n", "empty"), ("x" * 10_001, "10,001")])
def test_an_unusable_question_says_why(text: str, says: str) -> None:
    with pytest.raises(QuestionUnusable, match=says):
        clean(text)


@given(text=st.text(max_size=300))
@settings(deadline=None)
def test_any_text_is_cleaned_or_refused_and_never_fails(text: str) -> None:
    try:
        cleaned = clean(text)
    except QuestionUnusable:
        return
    assert query_of(cleaned, "en") or not has_words(cleaned)


def test_a_short_question_is_embedded_whole() -> None:
    assert query_of("Hello.\nWhere is my parcel?", "en") == "Hello. Where is my parcel?"


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("GDZIE SĄ MOJE PIENIĄDZE???", "gdzie są moje pieniądze???"),
        ("OSS VAT?", "OSS VAT?"),
        ("Where is my VAT number", "Where is my VAT number"),
        ("ГДЕ МОЙ ЗАКАЗ СЕЙЧАС", "где мой заказ сейчас"),
        ("我的订单在哪里我的订单在哪里", "我的订单在哪里我的订单在哪里"),
    ],
)
def test_what_is_typed_in_capitals_is_searched_for_in_small_letters(text: str, query: str) -> None:
    assert query_of(clean(text), "pl") == query


def test_a_long_text_is_cut_to_what_it_asks() -> None:
    story = "I have been a customer for many years and always liked it. " * 12
    text = f"{story}Yesterday a parcel went missing. How do I report that? {story}Best regards, Ann"

    assert query_of(text, "en") == "Yesterday a parcel went missing. How do I report that?"


def test_a_long_text_that_asks_nothing_gives_its_beginning() -> None:
    query = query_of("My parcel is lost and nobody answers. " * 40, "en")

    assert query.startswith("My parcel is lost")
    assert len(query) <= 400


def test_a_name_that_every_page_bears_is_not_embedded() -> None:
    query = without_names("Jak połączyć Kramika z PayPal?", lambda word: word.startswith("Kramik"))

    assert query == "Jak połączyć z PayPal?"


def test_a_question_about_the_name_itself_keeps_it() -> None:
    assert without_names("What is Kramik?", lambda word: word == "Kramik") == "What is Kramik?"


SENTENCES = "Refunds take ten days. They go to the card that paid. Contact us if nothing came."


def lexical() -> LexicalIndex:
    return LexicalIndex.build([SENTENCES, "Parcels leave today.", "Another text about cards."], "en")


def test_the_sentence_that_holds_the_questions_words_is_highlighted() -> None:
    extract = extract_of(passage("a", SENTENCES), 0, "how many days do refunds take", lexical())

    assert [extract.text[start:end] for start, end in extract.highlights] == ["Refunds take ten days."]


def test_without_a_common_word_the_first_sentence_is_highlighted() -> None:
    extract = extract_of(passage("a", SENTENCES), 0, "zwrot pieniędzy", lexical())

    assert extract.highlights == ((0, 22),)


def test_of_a_long_passage_the_nearest_window_is_shown() -> None:
    long = passage("a", "First part. " * 50 + "The answer.")
    long = replace(long, windows=((0, 599), (600, 611)))

    assert extract_of(long, 1, "answer", lexical()).text == "The answer."
