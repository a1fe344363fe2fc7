"""The real assistant over the starter help centre: the questions it was built for."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.settings import Settings
from api.wiring import make_encoder
from assistant.asking.assistant import Assistant
from assistant.asking.models import Answer, Question, Reply
from indexer.adapters.model_folder import problems_of_model_folder


def first(reply: Reply) -> str:
    return reply.nearest[0].passage.page_id


@pytest.mark.parametrize(
    ("question", "locale", "page"),
    [
        ("jak szybko odpowiadacie na zgłoszenia?", "pl", "pl/faq/reply-times"),
        ("How long until somebody answers my ticket?", "en", "en/faq/reply-times"),
        ("Hoe snel krijg ik antwoord op mijn ticket?", "nl", "nl/faq/reply-times"),
        ("Wie lange dauert es, bis ihr auf mein Ticket antwortet?", "de", "de/faq/reply-times"),
        ("En combien de temps répondez-vous à un ticket ?", "fr", "fr/faq/reply-times"),
    ],
)
def test_the_reply_time_passage_comes_first_in_each_language(
    assistant: Assistant, question: str, locale: str, page: str
) -> None:
    reply = assistant.answer(Question(question, locale))

    assert isinstance(reply.outcome, Answer)
    assert first(reply) == page
    assert not reply.outcome.hits[0].other_language


@pytest.mark.parametrize(
    ("question", "locale", "topic"),
    [
        ("numer telefonu do was?", "pl", "faq/contact"),
        ("can i call somebody", "en", "faq/contact"),
        ("hoeveel kost een spoedticket", "nl", "faq/priority-tickets"),
        ("Wie viele Dateien darf ich anhängen?", "de", "faq/attachments"),
        ("mon domaine ne marche pas, quel enregistrement DNS ?", "fr", "docs/domains/connect-a-domain"),
        ("zwrot pieniedzy na karte ile dni", "pl", "faq/returns-and-refunds"),
        ("CSV import breaks ä ö ü", "en", "docs/products/import-and-export"),
        ("winkel tijdelijk sluiten wegens vakantie", "nl", "docs/account/close-or-pause"),
        ("Gutschein mit Prozenten anlegen", "de", "docs/marketing/discount-codes"),
        ("changer le logo de la boutique", "fr", "docs/design/theme-logo-colours"),
    ],
)
def test_everyday_questions_find_their_page_among_the_first_three(
    assistant: Assistant, question: str, locale: str, topic: str
) -> None:
    reply = assistant.answer(Question(question, locale))

    assert f"{locale}/{topic}" in [hit.passage.page_id for hit in reply.nearest[:3]]


@pytest.mark.parametrize(
    "question",
    [
        "¿En cuánto tiempo respondéis a los tickets?",
        "Jak rychle odpovídáte na tikety?",
        "Quanto tempo ci mettete a rispondere ai ticket?",
    ],
)
def test_a_question_in_a_language_without_pages_is_answered_and_marked(assistant: Assistant, question: str) -> None:
    reply = assistant.answer(Question(question))

    assert first(reply).endswith("/faq/reply-times")
    assert reply.nearest[0].other_language
    assert len({hit.passage.page_id.split("/", 1)[1] for hit in reply.nearest}) == len(reply.nearest)


def test_a_question_in_the_wrong_locale_is_answered_in_its_own_language(assistant: Assistant) -> None:
    reply = assistant.answer(Question("jak szybko odpowiadacie na zgłoszenia?", "de"))

    assert (first(reply), reply.locale) == ("pl/faq/reply-times", "pl")


@pytest.mark.parametrize(
    "question",
    ["what will the weather be like in Rotterdam", "asdf qwer zxcv", "play some music", "opowiedz mi dowcip"],
)
def test_what_no_page_answers_is_not_answered(assistant: Assistant, question: str) -> None:
    assert not isinstance(assistant.answer(Question(question, "en")).outcome, Answer)


def test_a_long_ticket_is_answered_by_what_it_asks(assistant: Assistant) -> None:
    story = "Dzień dobry, prowadzę u Państwa sklep z ceramiką od trzech lat i jestem bardzo zadowolona. " * 6
    ticket = f"{story}Czy mogę dołączyć do zgłoszenia plik PDF? Pozdrawiam serdecznie, Anna"

    assert first(assistant.answer(Question(ticket, "pl"))) == "pl/faq/attachments"


def test_the_same_question_gets_the_same_answer(assistant: Assistant) -> None:
    once, again = (assistant.answer(Question("refund to card", "en")) for _ in range(2))

    assert once == again


def test_the_shipped_policy_was_fitted_for_the_recipe_of_this_code(assistant: Assistant) -> None:
    assert assistant.trusted


def test_suggestions_follow_the_letters_typed(assistant: Assistant) -> None:
    suggestions = assistant.suggester.suggest("zwro", locale="pl")

    assert 1 <= len(suggestions) <= 5
    assert "zwro" in suggestions[0].text.lower()


def test_the_made_model_is_whole() -> None:
    made = make_encoder(Settings())

    assert problems_of_model_folder(Path(made.folder)) == []


def test_no_ordinary_word_is_taken_for_the_platforms_name(assistant: Assistant) -> None:
    assert not any(assistant.index.is_name(word, "en") for word in ("shop", "ticket", "order", "start", "mail"))
