"""The record over HTTP: the holdout, the figures, misses, evidence and verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import OPERATOR, app_over, build_small
from tests.api.record_desk import ANN, BEN, NOWHERE, REFUNDS, Desk, TurnedClock, eventually
from tests.record_story import DAY, HOUR, NOON

WINDOW = 72 * HOUR


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("index")
    build_small(root)
    return root


class Opened:
    """Opens applications over one index, each with a record of its own, until the test ends."""

    def __init__(self, index: Path, folder: Path, stack: ExitStack) -> None:
        self._index, self._folder, self._stack = index, folder, stack

    def __call__(self, name: str = "record", **settings: Any) -> Desk:
        clock = TurnedClock()
        database = f"sqlite:///{self._folder}/{name}.db"
        app = app_over(self._index, clock=clock, **{"database": database, **settings})
        return Desk(self._stack.enter_context(TestClient(app, raise_server_exceptions=False)), clock)


@pytest.fixture
def opened(index: Path, tmp_path: Path) -> Iterator[Opened]:
    with ExitStack() as stack:
        yield Opened(index, tmp_path, stack)


@pytest.fixture
def desk(opened: Opened) -> Desk:
    return opened()


def test_every_class_is_counted_and_parts_make_the_whole(desk: Desk) -> None:
    desk.report(desk.event("solved", token=desk.ask(visitor="confirmed-1")["token"]))
    desk.report(desk.event("opened", token=desk.ask(visitor="assumed-1")["token"]))
    desk.write("T-1", token=desk.ask(visitor="failed-1")["token"])
    desk.write("T-2", token=desk.ask(NOWHERE, visitor="unanswered-1")["token"])
    desk.report(desk.event("dismissed", token=desk.ask(visitor="abandoned-1")["token"]))
    desk.ask(visitor="looking-1", intent="browse")
    desk.clock.now = NOON + WINDOW
    desk.ask(visitor="pending-1")

    report = desk.read("/v1/metrics/deflection")

    total = report["total"]
    assert total["counts"] == {"C": 1, "S": 1, "F": 1, "N": 1, "B": 1, "P": 1}
    assert [total[name]["numerator"] for name in ("deflection", "confirmed", "assumed", "failed")] == [2, 1, 1, 1]
    assert {total[name]["denominator"] for name in ("deflection", "failed", "unanswered", "abandoned")} == {5}
    assert total["deflection"]["share"] == 0.4
    assert total["deflection"]["low"] < 0.4 < total["deflection"]["high"]
    assert (report["first_day"], report["last_day"]) == ("2026-08-26", "2026-09-24")
    assert (report["window_hours"], report["durable_days"], report["by"]) == (72, 7, "total")
    assert report["experiment"] is None


def test_silence_is_not_success_and_everything_is_pending_at_first(desk: Desk) -> None:
    token = desk.ask()["token"]
    desk.report(desk.event("shown", token=token), desk.event("dismissed", token=token))
    assert desk.counts() == {"P": 1}
    desk.clock.now = NOON + WINDOW - 1
    assert desk.counts() == {"P": 1}
    desk.clock.now += 1

    assert desk.counts() == {"B": 1}


def test_a_return_on_the_same_matter_takes_a_success_back(desk: Desk) -> None:
    desk.report(desk.event("solved", token=desk.ask(visitor=ANN)["token"]))
    desk.clock.now = NOON + 4 * DAY
    assert desk.counts() == {"C": 1}

    desk.ask("when does the money come back", visitor=ANN)
    desk.clock.now += WINDOW
    assert desk.counts() == {"B": 1}


def test_a_success_is_durable_only_after_seven_days_without_a_ticket(desk: Desk) -> None:
    for visitor in (ANN, BEN):
        desk.report(desk.event("solved", token=desk.ask(visitor=visitor)["token"]))
    token = desk.ask(visitor=ANN)["token"]
    desk.report(desk.event("solved", token=token))
    desk.clock.now = NOON + 5 * DAY
    desk.write("T-1", token=token)
    desk.clock.now = NOON + 7 * DAY

    total = desk.read("/v1/metrics/deflection")["total"]
    assert total["counts"]["C"] == 2
    assert (total["durable"]["numerator"], total["durable"]["denominator"]) == (1, 2)


@pytest.mark.parametrize(
    ("by", "values"),
    [
        ("day", ["2026-09-21", "2026-09-22"]),
        ("week", ["2026-W39"]),
        ("month", ["2026-09"]),
        ("locale", ["en", "pl"]),
        ("page", ["en/refunds", "pl/zwroty"]),
        ("entry", ["api", "checkout"]),
    ],
)
def test_a_report_is_told_by_what_is_asked_for(desk: Desk, by: str, values: list[str]) -> None:
    desk.ask(visitor=ANN)
    desk.clock.now = NOON + DAY
    desk.ask("kiedy wracają pieniądze na kartę", visitor=BEN, locale="pl", entry="checkout")
    desk.clock.now = NOON + 9 * DAY

    assert [line["value"] for line in desk.read("/v1/metrics/deflection", by=by)["lines"]] == values


def test_a_period_is_both_of_its_days(desk: Desk) -> None:
    desk.ask()
    desk.clock.now = NOON + 30 * DAY

    assert desk.counts(**{"from": "2026-09-21", "to": "2026-09-21"}) == {"B": 1}
    assert desk.counts(**{"from": "2026-09-22", "to": "2026-12-31"}) == {}
    assert desk.counts(**{"from": "2026-01-01", "to": "2026-09-20"}) == {}


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-09-22", "to": "2026-09-21"},
        {"from": "yesterday"},
        {"to": "2026-13-01"},
        {"by": "colour"},
    ],
)
def test_a_period_that_makes_no_sense_is_a_problem_with_a_sentence(desk: Desk, query: dict[str, str]) -> None:
    response = desk.client.get("/v1/metrics/deflection", params=query, headers=OPERATOR)

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert len(response.json()["detail"]) > 10


def test_all_of_time_is_a_period(desk: Desk) -> None:
    desk.ask(NOWHERE)
    always = {"from": "0001-01-01", "to": "9999-12-31"}
    first_day = desk.read("/v1/metrics/deflection", to="0001-01-01")

    assert (first_day["first_day"], first_day["lines"]) == ("0001-01-01", [])
    assert desk.counts(**always) == {"P": 1}
    assert len(desk.read("/v1/misses", **always)["misses"]) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/metrics/deflection"),
        ("GET", "/v1/misses"),
        ("GET", "/v1/tickets/T-1/evidence"),
        ("POST", "/v1/tickets/T-1/verdicts"),
    ],
)
def test_figures_need_the_key(desk: Desk, opened: Opened, method: str, path: str) -> None:
    nobodys = opened("keyless", api_key=None)
    for client, headers in [
        (desk.client, {}),
        (desk.client, {"Authorization": "Bearer x"}),
        (nobodys.client, OPERATOR),
    ]:
        response = client.request(method, path, headers=headers, json={} if method == "POST" else None)

        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
        assert response.json()["title"] == "This needs the API key"


def test_an_account_is_named_only_with_the_key(desk: Desk) -> None:
    sent = {"question": REFUNDS, "locale": "en", "account": "shop"}

    response = desk.client.post("/v1/answers", json=sent)
    assert (response.status_code, response.headers["content-type"]) == (401, "application/problem+json")
    assert "API key" in response.json()["detail"]
    assert desk.client.post("/v1/answers", json=sent, headers=OPERATOR).status_code == 200


def test_an_accounts_visitors_get_the_plain_form_all_or_none(opened: Opened) -> None:
    desk = opened(holdout_share=0.5)
    outcomes = {
        account: {
            desk.ask(key=True, account=account, visitor=f"browser-{browser}-of-{account}")["reason"]
            for browser in range(3)
        }
        for account in (f"shop-{number}" for number in range(16))
    }

    assert {len(seen) for seen in outcomes.values()} == {1}
    assert {reason for seen in outcomes.values() for reason in seen} == {"holdout", None}


def test_whoever_is_held_out_is_shown_nothing_and_search_stays_as_it_was(opened: Opened) -> None:
    desk = opened(holdout_share=0.5, holdout_name="autumn")
    held_out = next(name for name in (f"visitor-{number}" for number in range(99)) if withheld(desk, visitor=name))

    asked = desk.ask(visitor=held_out)
    assert (asked["outcome"], asked["reason"], asked["answers"]) == ("missed", "holdout", [])
    assert desk.status("opened", token=asked["token"]) == ("refused", "no_such_rank")
    browsing = desk.ask(visitor=held_out, intent="browse")
    assert (browsing["outcome"], browsing["reason"]) == ("answered", None)
    assert desk.ask()["outcome"] == "answered"
    assert desk.read("/v1/misses")["misses"] == []


def withheld(desk: Desk, *, visitor: str) -> bool:
    return bool(desk.ask(visitor=visitor)["reason"] == "holdout")


def test_the_same_secret_draws_the_same_lots_and_another_name_draws_anew(opened: Opened) -> None:
    names = [f"visitor-{number}" for number in range(24)]
    desks = [opened("a", holdout_share=0.5), opened("b", holdout_share=0.5)]
    renamed = opened("c", holdout_share=0.5, holdout_name="2")

    first, second, third = ([withheld(one, visitor=name) for name in names] for one in (*desks, renamed))
    assert first == second != third


def test_an_experiment_is_reported_beside_the_rates_and_the_holdout_is_not_in_them(opened: Opened) -> None:
    desk = opened(holdout_share=0.5)
    lots = [withheld(desk, visitor=f"visitor-{number}") for number in range(12)]
    desk.clock.now = NOON + WINDOW

    report = desk.read("/v1/metrics/deflection")
    assert report["total"]["counts"]["B"] == 12 - sum(lots)
    experiment = report["experiment"]
    assert (experiment["name"], experiment["share"]) == ("1", 0.5)
    assert (experiment["split"]["held_out"], experiment["split"]["subjects"]) == (sum(lots), 12)
    assert experiment["tickets"]["more_episodes_needed"] > 0
    assert not experiment["tickets"]["is_finding"]


def test_misses_are_listed_latest_first_with_what_was_near(desk: Desk) -> None:
    desk.ask(NOWHERE, visitor=ANN)
    desk.clock.now = NOON + HOUR
    desk.write("T-1", token=desk.ask(visitor=BEN)["token"])
    desk.ask()
    desk.clock.now = NOON + WINDOW + HOUR

    failed, missed = desk.read("/v1/misses")["misses"]
    assert (failed["question"], failed["outcome"], failed["became"]) == (REFUNDS, "answered", "F")
    assert failed["nearest"][0]["page"] == "en/refunds"
    assert (missed["question"], missed["outcome"], missed["became"]) == (NOWHERE, "missed", "B")
    assert missed["at"] == "2026-09-21T12:00:00Z"
    assert len(desk.read("/v1/misses", most=1)["misses"]) == 1


def test_a_ticket_is_looked_at_and_its_evidence_is_kept(desk: Desk) -> None:
    asked = desk.ask(visitor=ANN)
    desk.report(desk.event("opened", token=asked["token"]))
    desk.clock.now = NOON + HOUR
    desk.write("shop/T-1#2", token=asked["token"], text="when does my money come back")
    path = "/v1/tickets/shop/T-1%232/evidence"
    eventually(lambda: desk.read(path)["status"] == "checked")

    found = desk.read(path)
    (machine,) = found["verdicts"]
    assert (machine["by"], machine["finding"]) == ("machine", "opened_did_not_help")
    assert found["ticket"] == "shop/T-1#2"
    evidence = found["evidence"]
    assert (evidence["question"], evidence["generation"]) == ("when does my money come back", asked["generation"])
    first = evidence["passages"][0]
    assert (first["page"], first["rank"], first["shown"], first["opened"]) == ("en/refunds", 1, True, True)
    assert first["text"] == asked["answers"][0]["passage"]["text"]


def test_a_ticket_that_says_nothing_waits_to_be_looked_at(desk: Desk) -> None:
    desk.write("T-1")

    found = desk.read("/v1/tickets/T-1/evidence")
    assert (found["status"], found["evidence"], found["verdicts"]) == ("waiting", None, [])


def test_a_persons_verdict_stands_beside_the_machines(desk: Desk) -> None:
    desk.write("T-1", text=NOWHERE)
    eventually(lambda: desk.read("/v1/tickets/T-1/evidence")["status"] == "checked")
    desk.clock.now = NOON + HOUR
    verdict = {"by": "Žofie K.", "finding": "in_docs_not_shown", "reason": "page 7; ask ann@example.org"}

    response = desk.client.post("/v1/tickets/T-1/verdicts", json=verdict, headers=OPERATOR)

    assert response.status_code == 201
    machine, person = desk.read("/v1/tickets/T-1/evidence")["verdicts"]
    assert (machine["by"], machine["finding"]) == ("machine", "not_in_docs")
    assert (person["by"], person["finding"], person["at"]) == (
        "Žofie K.",
        "in_docs_not_shown",
        "2026-09-21T13:00:00Z",
    )
    assert person["reason"].startswith("page 7; ask ")
    assert "example.org" not in json.dumps(person)


@pytest.mark.parametrize(
    "verdict",
    [
        {"by": "machine", "finding": "not_in_docs"},
        {"by": " Machine ", "finding": "not_in_docs"},
        {"by": "", "finding": "not_in_docs"},
        {"by": "Žofie", "finding": "somewhere"},
        {"by": "Žofie", "finding": "not_in_docs", "reason": "x" * 1001},
        {"finding": "not_in_docs"},
    ],
)
def test_a_verdict_that_does_not_fit_is_a_problem(desk: Desk, verdict: dict[str, str]) -> None:
    desk.write("T-1")

    response = desk.client.post("/v1/tickets/T-1/verdicts", json=verdict, headers=OPERATOR)

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert desk.read("/v1/tickets/T-1/evidence")["verdicts"] == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_ticket_that_nobody_reported_is_not_found(desk: Desk, method: str) -> None:
    path = "/v1/tickets/T-404/evidence" if method == "GET" else "/v1/tickets/T-404/verdicts"
    verdict = {"by": "Žofie", "finding": "not_in_docs"}

    response = desk.client.request(method, path, headers=OPERATOR, json=verdict if method == "POST" else None)

    assert response.status_code == 404
    assert "'T-404'" in response.json()["detail"]
