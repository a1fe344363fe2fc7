"""The assistant's rules, each without a model: what is embedded, where it is looked for, what is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.asking.decision import decide
from assistant.asking.extract import extract_of
from assistant.asking.language import plan_languages
from assistant.asking.models import Answer, Hit, Miss, MissReason, Related, RelatedReason
from assistant.asking.policy import SHIPPED, Calibration, Policy, dump_policy, read_policy
from assistant.asking.query import clean, has_words, query_of, without_names
from assistant.asking.ranking import rank
from assistant.errors import PolicyUnusable, QuestionUnusable
from corpus.passage import Passage
from indexer.lexical import LexicalIndex
from indexer.search import Found
from tests.api.conftest import word_policy

POLICY = word_policy()


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
        best_window=0,
    )


def hit(confidence: float, rank_: int = 1) -> Hit:
    return Hit(passage("a"), rank_, 0.5, confidence, best_window=0, other_language=False)


def test_a_hit_exactly_at_the_threshold_is_an_answer() -> None:
    outcome = decide([hit(POLICY.answer_at)], POLICY)

    assert isinstance(outcome, Answer)


def test_a_hit_between_the_thresholds_is_related_and_says_why() -> None:
    outcome = decide([hit((POLICY.answer_at + POLICY.related_at) / 2)], POLICY)

    assert outcome == Related((hit((POLICY.answer_at + POLICY.related_at) / 2),), RelatedReason.UNSURE)


def test_no_hits_and_weak_hits_are_misses() -> None:
    assert decide([], POLICY) == Miss(MissReason.NOTHING_NEAR)
    assert decide([hit(POLICY.related_at - 0.01)], POLICY) == Miss(MissReason.NOTHING_NEAR)


def test_without_a_policy_even_a_certain_hit_is_only_related() -> None:
    outcome = decide([hit(1.0)], None)

    assert isinstance(outcome, Related)
    assert outcome.reason is RelatedReason.NO_POLICY


@given(confidences=st.lists(st.floats(0.0, 1.0), max_size=12))
@settings(deadline=None)
def test_nothing_unlikely_is_ever_shown_beside_an_answer(confidences: list[float]) -> None:
    hits = [hit(confidence, number) for number, confidence in enumerate(confidences, start=1)]

    outcome = decide(hits, POLICY)

    if isinstance(outcome, Answer):
        assert outcome.hits[0].confidence >= POLICY.answer_at
        assert len(outcome.hits) <= POLICY.most_shown
        assert all(shown.confidence >= POLICY.shown_at for shown in outcome.hits[1:])


def test_a_page_is_listed_once_by_its_best_passage() -> None:
    ranked = rank(
        [found("p#1", 0.6, page_id="p"), found("p#2", 0.9, page_id="p"), found("q", 0.7)],
        POLICY,
        spoken="en",
        matter_of=lambda page: page,
        most=10,
    )

    assert [one.found.passage.id for one in ranked] == ["p#2", "q"]


def test_the_lead_is_over_the_best_of_the_others() -> None:
    first, second, third = rank(
        [found("a", 0.9), found("b", 0.8), found("c", 0.5)], POLICY, spoken="en", matter_of=str, most=3
    )

    assert first.lead == pytest.approx(first.score - second.score)
    assert second.lead == pytest.approx(second.score - first.score)
    assert third.lead == pytest.approx(third.score - first.score)


def test_a_lead_is_known_even_when_one_hit_is_asked_for() -> None:
    (only,) = rank([found("a", 0.9), found("b", 0.8)], POLICY, spoken="en", matter_of=str, most=1)

    assert only.lead == pytest.approx(0.06)


@given(order=st.permutations(range(6)))
@settings(deadline=None)
def test_the_order_in_which_passages_are_found_does_not_matter(order: list[int]) -> None:
    everything = [found(f"p{number}", 0.5 + 0.1 * (number % 3)) for number in range(6)]

    ranked = rank([everything[number] for number in order], POLICY, spoken="en", matter_of=str, most=10)

    assert [one.found.passage.id for one in ranked] == ["p2", "p5", "p1", "p4", "p0", "p3"]


def test_confidence_grows_with_score_and_stays_a_probability() -> None:
    calibration = Calibration(intercept=-500.0, score=1000.0, lead=0.0)

    values = [calibration.confidence(score=score, lead=0.0) for score in (0.0, 0.5, 1.0)]

    assert values == [pytest.approx(0.0), pytest.approx(0.5), pytest.approx(1.0)]


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


def test_a_policy_survives_its_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("policy") / "policy.json"
    path.write_bytes(dump_policy(POLICY))

    assert read_policy(path) == POLICY


@pytest.mark.parametrize("content", [b"", b"{}", b'{"recipe": 1}'])
def test_a_broken_policy_names_its_file(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("policy") / "policy.json"
    path.write_bytes(content)

    with pytest.raises(PolicyUnusable, match=r"policy\.json cannot be understood"):
        read_policy(path)


def test_the_shipped_policy_is_a_policy() -> None:
    policy: Policy = read_policy(SHIPPED)

    assert 0.0 < policy.related_at < policy.answer_at < 1.0
