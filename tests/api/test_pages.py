"""The pages that people see."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from api.texts import _TEXTS, LANGUAGES, texts_for


def test_the_start_page_speaks_the_browsers_language(client: TestClient) -> None:
    page = client.get("/", headers={"accept-language": "de;q=0.5, pl-PL, en;q=0.8"})

    assert '<html lang="pl"' in page.text
    assert "W czym możemy pomóc?" in page.text


def test_a_chosen_locale_is_kept_over_the_browsers(client: TestClient) -> None:
    page = client.get("/", params={"locale": "en"}, headers={"accept-language": "pl"})

    assert "How can we help?" in page.text


@pytest.mark.parametrize("locale", ["xx-nonsense", "../etc", "<script>"])
def test_a_locale_that_is_none_falls_back(client: TestClient, locale: str) -> None:
    page = client.get("/", params={"locale": locale})

    assert page.status_code == 200
    assert locale not in page.text


def test_a_question_is_answered_without_javascript_and_kept_in_the_box(client: TestClient) -> None:
    page = client.post("/", data={"question": "kiedy wracają pieniądze", "locale": "pl"})

    assert "<mark>Pieniądze wracają w ciągu dziesięciu dni.</mark>" in page.text
    assert ">kiedy wracają pieniądze</textarea>" in page.text
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("typed", "says"), [("", "Najpierw wpisz pytanie."), ("x" * 10_001, "10 000 znaków")])
def test_a_question_that_cannot_be_used_is_explained_and_kept(client: TestClient, typed: str, says: str) -> None:
    page = client.post("/", data={"question": typed, "locale": "pl"})

    assert page.status_code == 422
    assert says in page.text
    assert typed in page.text


def test_what_a_visitor_typed_is_never_markup(client: TestClient) -> None:
    page = client.post("/", data={"question": "<script>alert(1)</script> money", "locale": "en"})

    assert "<script>alert" not in page.text


def test_a_help_page_is_served_with_its_text(client: TestClient) -> None:
    page = client.get("/help/en/refunds")

    assert page.status_code == 200
    assert "Money comes back within ten days." in page.text


@pytest.mark.parametrize("path", ["/help/en/nothing", "/help/xx/refunds", "/help/pl/refunds", "/help/en/../../etc"])
def test_a_page_that_does_not_exist_is_a_page_that_says_so(client: TestClient, path: str) -> None:
    page = client.get(path, headers={"accept-language": "pl"})

    assert page.status_code == 404


def test_all_pages_of_a_locale_are_listed(client: TestClient) -> None:
    page = client.get("/help/pl")

    assert "Zwroty" in page.text
    assert "Refunds" not in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_exists_in_every_language(language: str) -> None:
    texts = texts_for(language)

    assert all(texts.values())
    assert set(texts) == set(_TEXTS)


def test_a_language_without_texts_reads_english(client: TestClient) -> None:
    assert texts_for("cs") == texts_for("en")
