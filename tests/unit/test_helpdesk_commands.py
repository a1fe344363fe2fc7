"""``askfirst helpdesk`` and what ``askfirst doctor`` says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from api.settings import Settings
from assistant.adapters.sql import schema
from assistant.adapters.sql.deliveries import SqlDeliveries
from assistant.adapters.sql.engine import open_engine
from assistant.helpdesks.models import DeliveryState
from assistant.helpdesks.ports import SinkUnavailable
from commands.doctor_support import check_support
from commands.main import app

NOON = 1_795_431_600_000


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with a ticket that was delivered and one that was refused."""
    address = f"sqlite:///{tmp_path}/record.db"
    monkeypatch.setenv("ASKFIRST_DATABASE", address)
    monkeypatch.setenv("ASKFIRST_HELPDESK", "webhook")
    engine = open_engine(address)
    SqlDeliveries(engine).figures(now=NOON)  # which makes the tables
    common = {"queued_at": NOON, "wakes": 0, "attempts": 1, "noted": False}
    with engine.begin() as connection:
        connection.execute(
            schema.deliveries.insert(),
            [
                {**common, "ticket": "ABCDEFGH", "state": "refused", "error": "400: [no]"},
                {**common, "ticket": "BCDEFGHJ", "state": "delivered", "error": None},
            ],
        )
    engine.dispose()
    return address


def test_status_names_what_was_not_taken_and_why(database: str) -> None:
    shown = CliRunner().invoke(app, ["helpdesk", "status"])

    assert shown.exit_code == 0
    assert [line.split() for line in shown.stdout.splitlines()] == [
        ["helpdesk:", "webhook"],
        ["waiting", "0"],
        ["delivered", "1"],
        ["aside", "0"],
        ["refused", "1"],
        ["ABCDEFGH", "2026-11-23", "11:00", "refused:", "400:", "[no]"],
    ]


def test_what_was_not_taken_is_tried_again_when_told_to(database: str) -> None:
    said = [CliRunner().invoke(app, ["helpdesk", "retry", *more]) for more in (["BCDEFGHJ"], ["ABCDEFGH"], [])]
    engine = open_engine(database)
    again = SqlDeliveries(engine).delivery("ABCDEFGH")
    engine.dispose()

    assert [one.exit_code for one in said] == [1, 0, 0]
    assert "1 to be tried again" in said[1].stdout
    assert again is not None
    assert (again.state, again.attempts, again.due_at is not None) == (DeliveryState.ASIDE, 1, True)


def test_the_doctor_tells_a_helpdesk_that_does_not_answer(database: str, tmp_path: Path) -> None:
    settings = Settings(
        helpdesk="request-tracker",
        helpdesk_url="http://127.0.0.1:9",
        helpdesk_token=SecretStr("root:password"),
        helpdesk_queue="Support",
        secret=SecretStr("of the tests"),
        attachments=f"file:{tmp_path}/attachments",
    )

    with pytest.raises(SinkUnavailable, match="did not answer"):
        list(check_support(settings))


def test_the_doctor_says_that_there_is_none(database: str, tmp_path: Path) -> None:
    settings = Settings(helpdesk="none", secret=SecretStr("of the tests"), attachments=f"file:{tmp_path}/attachments")

    assert any("built-in queue" in says for _, says in check_support(settings))
