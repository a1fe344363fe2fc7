"""POST /v1/answers and GET /v1/suggest: the contract, and every way to get it wrong."""

from __future__ import annotations

import ast
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.log import EVENTS, configure_logging
from assistant.asking.policy import dump_policy
from tests.api.conftest import build_small, client_over, word_policy
from tests.conftest import PROJECT


def ask(client: TestClient, question: str, **more: str) -> dict[str, Any]:
    response = client.post("/v1/answers", json={"question": question, **more})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_an_answer_has_the_shape_of_the_contract(client: TestClient) -> None:
    reply = ask(client, "when does money come back", locale="en", intent="ticket", episode="e-1")

    assert set(reply) == {"answer_id", "token", "episode", "outcome", "reason", "locale", "generation", "answers"}
    assert (reply["outcome"], reply["reason"], reply["locale"]) == ("answered", None, "en")
    first = reply["answers"][0]
    assert set(first) == {"rank", "confidence", "score", "page", "passage", "extract", "other_language"}
    assert first["rank"] == 1
    assert first["page"] == {
        "id": "en/refunds",
        "title": "Refunds",
        "url": "/help/en/refunds",
        "locale": "en",
    }
    assert first["passage"]["text"] == "Money comes back within ten days. It goes to the card that paid."


def test_highlights_are_offsets_of_sentences_in_the_extract(client: TestClient) -> None:
    extract = ask(client, "when does money come back", locale="en")["answers"][0]["extract"]

    assert [extract["text"][start:end] for start, end in extract["highlights"]] == ["Money comes back within ten days."]


def test_a_question_without_an_answer_is_a_miss_with_a_reason(client: TestClient) -> None:
    reply = ask(client, "quantum chromodynamics lecture", locale="en")

    assert (reply["outcome"], reply["reason"], reply["answers"]) == ("missed", "nothing_near", [])


@pytest.mark.parametrize("typed", ["😀😀", "???", "…"])
def test_a_question_without_words_is_a_miss_and_no_error(client: TestClient, typed: str) -> None:
    assert ask(client, typed)["reason"] == "no_words"


def test_the_page_in_the_visitors_language_comes_first(client: TestClient) -> None:
    reply = ask(client, "pieniądze wracają w ciągu ilu dni", locale="pl")

    assert reply["answers"][0]["page"]["id"] == "pl/zwroty"
    assert reply["answers"][0]["other_language"] is False


def test_a_page_in_another_language_is_marked(client: TestClient) -> None:
    reply = ask(client, "parcels leave on the day of the order", locale="fr")

    assert reply["answers"][0]["page"]["id"] == "en/shipping"


def test_an_untrusted_policy_never_answers(tmp_path: Path) -> None:
    build_small(tmp_path, policy=dump_policy(replace(word_policy(), recipe="another")))

    with client_over(tmp_path) as client:
        reply = ask(client, "when does money come back", locale="en")
        ready = client.get("/readyz").json()

    assert (reply["outcome"], reply["reason"]) == ("related", "no_policy")
    assert "not fitted" in ready["policy"]


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"question": ""}, 422, "empty"),
        ({"question": "  \n\t "}, 422, "empty"),
        ({"question": "x" * 10_001}, 422, "10,000"),
        ({"question": "money", "locale": "klingon"}, 422, "'klingon' is not a locale"),
        ({"question": "money", "intent": "shout"}, 422, "/intent"),
        ({"question": "money", "episode": "<script>"}, 422, "/episode"),
        ({}, 422, "/question"),
        ({"question": "money", "colour": "red"}, 422, "/colour"),
        ({"question": "x" * 270_000}, 413, "262,144 bytes"),
    ],
)
def test_bad_input_gets_a_problem_that_says_what_is_wrong(
    client: TestClient, body: dict[str, str], status: int, says: str
) -> None:
    response = client.post("/v1/answers", json=body)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert says in problem["detail"]
    assert problem["request_id"] == response.headers["x-request-id"]


def test_a_body_of_undeclared_length_is_limited_too(client: TestClient) -> None:
    response = client.post("/v1/answers", content=(b"x" * 10_000 for _ in range(40)))

    assert response.status_code == 413


def test_a_body_that_is_not_json_gets_a_problem_without_the_body(client: TestClient) -> None:
    response = client.post("/v1/answers", content=b"{secret", headers={"content-type": "application/json"})

    assert response.status_code == 422
    assert "secret" not in response.text


def test_ten_thousand_characters_are_answered(client: TestClient) -> None:
    long = "Dear all, I have been your customer for years. " * 210 + "When does the money come back?"

    assert ask(client, long[-10_000:], locale="en")["answers"][0]["page"]["id"] == "en/refunds"


def test_without_an_index_the_service_runs_and_says_what_to_do(tmp_path: Path) -> None:
    with client_over(tmp_path / "none") as client:
        response = client.post("/v1/answers", json={"question": "money"})
        health = client.get("/healthz")
        ready = client.get("/readyz")
        start = client.post("/support/pl", data={"question": "money"})

    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert response.json()["detail"] == "the help pages have not been indexed yet"
    assert (health.status_code, ready.status_code) == (200, 503)
    assert start.status_code == 503
    assert ">money</textarea>" in start.text


def test_suggestions_begin_with_what_was_typed(client: TestClient) -> None:
    response = client.get("/v1/suggest", params={"q": "shi", "locale": "en"})

    assert [one["text"] for one in response.json()["suggestions"]] == ["Shipping"]
    assert "max-age" in response.headers["cache-control"]


def test_suggestions_may_lack_diacritics(client: TestClient) -> None:
    found = client.get("/v1/suggest", params={"q": "wysyl", "locale": "pl"}).json()["suggestions"]

    assert [one["text"] for one in found] == ["Wysyłka"]


@pytest.mark.parametrize("typed", ["", "s", "sh", "  "])
def test_two_letters_suggest_nothing(client: TestClient, typed: str) -> None:
    assert client.get("/v1/suggest", params={"q": typed, "locale": "en"}).json()["suggestions"] == []


def test_unchanged_suggestions_are_not_sent_again(client: TestClient) -> None:
    first = client.get("/v1/suggest", params={"q": "shi", "locale": "en"})

    second = client.get(
        "/v1/suggest", params={"q": "shi", "locale": "en"}, headers={"if-none-match": first.headers["etag"]}
    )

    assert second.status_code == 304


def test_every_answer_carries_a_request_id_and_security_headers(client: TestClient) -> None:
    given = client.get("/healthz", headers={"x-request-id": "my-request-17"})
    forged = client.get("/healthz", headers={"x-request-id": "a b; c"})

    assert given.headers["x-request-id"] == "my-request-17"
    assert forged.headers["x-request-id"] != "a b; c"
    assert "default-src 'none'" in given.headers["content-security-policy"]


def test_metrics_count_outcomes_and_hold_no_text(client: TestClient) -> None:
    ask(client, "when does money come back", locale="en")

    text = client.get("/metrics").text

    assert 'askfirst_questions_total{outcome="answered"} 1.0' in text
    assert "money" not in text


def test_logs_hold_lengths_and_never_a_question(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    build_small(tmp_path)
    configure_logging("json")

    with client_over(tmp_path) as client:
        ask(client, "when does money come back", locale="en")
        client.get("/v1/suggest", params={"q": "moneyback", "locale": "en"})
        client.post("/support/en", data={"question": "when does money come back"})

    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    assert {"question.answered", "request.served"} < {line["event"] for line in lines} <= set(EVENTS)
    assert "money" not in json.dumps(lines)
    assert all(isinstance(value, str | int | float | bool | None) for line in lines for value in line.values())


def test_every_logged_event_is_in_the_list_with_its_fields() -> None:
    logged: dict[str, set[str]] = defaultdict(set)
    for path in (*(PROJECT / "api").rglob("*.py"), *(PROJECT / "assistant").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and ast.unparse(call.func).startswith("_log.")
            ):
                name = ast.literal_eval(call.args[0]) if isinstance(call.args[0], ast.Constant) else "question.answered"
                logged[name] |= {str(keyword.arg) for keyword in call.keywords}

    assert {**logged} == {name: fields for name, fields in EVENTS.items() if name in logged}
    assert set(EVENTS) - set(logged) == {"question.related", "question.missed"}
