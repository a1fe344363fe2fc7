"""What attackers, accidents and odd browsers do to tickets: none lost or doubled, nothing of another's shown."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api.routes.sign_in import customer_of
from api.sessions import SESSION_HEADER, Sessions
from assistant.adapters.spool import DiskSpool
from assistant.adapters.sql import backup, persons, schema
from assistant.adapters.sql.engine import open_engine
from assistant.adapters.sql.retention import Retention, retain
from assistant.record.events import MS_PER_DAY, Who
from assistant.record.keys import Keys, secret_bytes
from assistant.tickets.identity import Identity
from assistant.tickets.intake import account_of_email
from assistant.tickets.models import Customer, DeskTicket, TicketState
from eval.postgres import Postgres, postgres_server
from tests.api.conftest import OPERATOR, app_over, build_small, client_over
from tests.api.record_desk import eventually
from tests.api.test_support import KEYS, NOON, PNG, SETTINGS, open_form, sign_in, token_of, written

BROWSER = {"accept": "text/html", "accept-language": "pl"}
TEXT = "Bramka płatności zwraca 403."
SENT = 'class="sent"'


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server of these tests alone, which they may kill."""
    with postgres_server() as started:
        yield started
        started.kill()


@pytest.fixture
def on_postgres(server: Postgres, tmp_path: Path) -> Iterator[TestClient]:
    server.run("dropdb", "--if-exists", "--force", "askfirst")
    server.run("createdb", "askfirst")
    build_small(tmp_path)
    with client_over(tmp_path, clock=lambda: NOON, database=server.url, **SETTINGS) as opened:
        yield opened


@pytest.fixture
def support(tmp_path: Path) -> Iterator[TestClient]:
    build_small(tmp_path)
    with client_over(tmp_path, clock=lambda: NOON, **SETTINGS) as opened:
        yield opened


def send(
    client: TestClient, text: str, *, key: str = "k" * 12, headers: dict[str, str] | None = None, **more: Any
) -> Any:
    given = {"key": key, "text": text, "checked": True, "locale": "pl", **more}
    return client.post("/v1/tickets", json=given, headers=headers or {})


def at_once(number: int, work: Callable[[], object]) -> None:
    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def texts_of(client: TestClient) -> list[str]:
    return sorted(one["text"] for one in client.get("/v1/tickets").json()["tickets"])


def counted(client: TestClient, table: Any) -> int:
    engine = client.app.state.services.record.engine  # type: ignore[attr-defined]
    with engine.connect() as connection:
        return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def test_forty_presses_at_once_are_one_ticket_in_the_desk_and_in_the_record(support: TestClient) -> None:
    headers = {SESSION_HEADER: token_of()}
    numbers: list[str] = []
    at_once(40, lambda: numbers.append(send(support, TEXT, headers=headers).json()["ticket"]["ticket"]))

    assert (len(numbers), len(set(numbers))) == (40, 1)
    eventually(lambda: counted(support, schema.tickets) == 1)
    with support.app.state.services.record.engine.connect() as connection:  # type: ignore[attr-defined]
        events = connection.scalars(
            select(schema.events.c.ticket).where(schema.events.c.type == "ticket_created")
        ).all()
    assert events == [numbers[0]]


def test_a_letter_that_no_database_can_keep_holds_no_other_ticket_back(
    server: Postgres, on_postgres: TestClient
) -> None:
    sign_in(on_postgres)
    server.kill()
    try:
        answers = [send(on_postgres, text).status_code for text in ("with \x00 in it", TEXT)]
    finally:
        server.start()
    after = send(on_postgres, "and after").status_code

    assert (answers, after) == ([201, 201], 201)
    eventually(lambda: texts_of(on_postgres) == sorted(["and after", TEXT, "with \ufffd in it"]))


def test_a_ticket_with_a_file_is_taken_while_the_database_is_away(server: Postgres, on_postgres: TestClient) -> None:
    sign_in(on_postgres)
    form = open_form(on_postgres)
    file = on_postgres.post("/support/pl/files", files={"file": ("a.png", PNG)}).json()["id"]
    server.kill()
    try:
        sent = on_postgres.post("/support/pl/ticket", data={**written(form, TEXT), "file": file}, headers=BROWSER)
    finally:
        server.start()

    assert SENT in sent.text
    eventually(lambda: texts_of(on_postgres) == [TEXT])
    assert [one["name"] for one in on_postgres.get("/v1/tickets").json()["tickets"][0]["files"]] == ["a.png"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "tickets/ABCDEFGH"), ("GET", "link/abc"), ("POST", "link/abc"), ("GET", "tickets")]
)
def test_while_the_database_is_away_people_get_pages(
    server: Postgres, on_postgres: TestClient, method: str, path: str
) -> None:
    sign_in(on_postgres)
    server.kill()
    try:
        page = on_postgres.request(method, f"/support/pl/{path}", headers=BROWSER)
    finally:
        server.start()

    assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")


def test_a_spool_holds_one_file_a_key_and_sets_aside_what_is_damaged(tmp_path: Path, support: TestClient) -> None:
    send(support, TEXT, headers={SESSION_HEADER: token_of()})
    store = support.app.state.services.intake.store  # type: ignore[attr-defined]
    (ticket,) = store.of(KEYS.account("shop-17"), most=9)
    spool, kept = DiskSpool(tmp_path / "other"), list[DeskTicket]()
    at_once(8, lambda: kept.append(spool.put(ticket, ["f"])))
    (tmp_path / "other" / "damaged.json").write_bytes(b'{"half')

    assert [(one, list(files)) for _, one, files in spool.waiting()] == [(ticket, ["f"])]
    assert {one.id for one in kept} == {ticket.id}
    assert sorted(path.suffix for path in (tmp_path / "other").iterdir()) == [".damaged", ".json"]
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "other").glob("*.json") if path.stem != "damaged"} == {
        0
    }


@pytest.mark.parametrize("path", ["/support/pl/tickets/%00", "/v1/attachments/%00", "/support/pl/link/%00"])
def test_an_id_that_no_database_can_hold_is_none(on_postgres: TestClient, path: str) -> None:
    sign_in(on_postgres)

    assert on_postgres.get(path, headers=BROWSER).status_code in (404, 410)
    assert on_postgres.post("/v1/tickets/%00/state", json={"state": "solved"}, headers=OPERATOR).status_code == 404


def test_who_sends_the_same_again_is_not_told_that_it_was_too_much(tmp_path: Path) -> None:
    build_small(tmp_path)
    with client_over(tmp_path, clock=lambda: NOON, **{**SETTINGS, "ticket_limit": "3/hour"}) as client:
        sign_in(client)
        form = open_form(client)
        pages = [client.post("/support/pl/ticket", data=written(form, TEXT)) for _ in range(8)]

    assert [(one.status_code, SENT in one.text) for one in pages] == [(200, True)] * 8


def test_an_identity_that_was_only_claimed_neither_writes_into_anothers_list_nor_charges_them(
    support: TestClient,
) -> None:
    claimed = Identity("shop-17", "Anna", None, None, None, NOON)
    sessions = Sessions(KEYS.derive("session"), hours=12.0, secure=False)
    forged = sessions.begin(customer_of(claimed, verified=False), "shop", now=NOON)[0]
    send(support, "not by Anna", lane="priority", headers={SESSION_HEADER: forged})
    sign_in(support, "shop-17")

    assert texts_of(support) == []
    store = support.app.state.services.intake.store  # type: ignore[attr-defined]
    assert [one.payload for one in store.due(now=NOON + MS_PER_DAY, most=99) if one.kind == "fee"] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("groß@example.com", "gross@example.com"),
        ("ﬁona@example.com", "fiona@example.com"),
        ("a@straße.de", "a@strasse.de"),
    ],
)
def test_two_addresses_that_look_alike_are_two_accounts(one: str, other: str) -> None:
    assert account_of_email(one) != account_of_email(other)
    assert account_of_email("Ola@Example.COM") == account_of_email("ola@example.com")


def test_a_session_that_is_not_ours_is_none(support: TestClient) -> None:
    token = token_of()
    of_another = Sessions(Keys(secret_bytes("another")).derive("session"), hours=12.0, secure=False)
    forged = of_another.begin(Customer("shop-17"), "shop", now=NOON)[0]
    mixed = f"{forged.rpartition('.')[0]}.{token.rpartition('.')[2]}"

    assert support.get("/v1/tickets", headers={SESSION_HEADER: token}).status_code == 200
    for bad in (forged, mixed, token[:-1], "\u00ff.\u00fe", ""):
        sent = {SESSION_HEADER.encode(): bad.encode("latin-1")}
        assert support.get("/v1/tickets", headers=sent).status_code == 401


@pytest.mark.parametrize("path", ["/v1/tickets", "/support/pl/tickets"])
def test_what_is_ones_own_stays_in_no_cache(support: TestClient, path: str) -> None:
    sign_in(support)

    assert "no-store" in support.get(path).headers["cache-control"]


def test_files_are_limited_by_whichever_way_they_come(tmp_path: Path) -> None:
    build_small(tmp_path)
    with client_over(tmp_path, clock=lambda: NOON, **{**SETTINGS, "file_limit": "2/hour"}) as client:
        sign_in(client)
        by_api = [client.post("/v1/attachments", files={"file": ("a.png", PNG)}).status_code for _ in range(4)]

    assert by_api == [201, 201, 429, 429]


def test_no_more_files_go_with_a_ticket_than_the_operator_allows(support: TestClient) -> None:
    sign_in(support)
    ids = [support.post("/v1/attachments", files={"file": ("a.png", PNG)}).json()["id"] for _ in range(8)]

    sent = send(support, TEXT, files=ids)

    assert len(sent.json()["ticket"]["files"]) == 5


def test_tickets_are_no_way_around_the_limit_of_questions(tmp_path: Path) -> None:
    build_small(tmp_path)
    with client_over(tmp_path, clock=lambda: NOON, **{**SETTINGS, "question_limit": "1/hour"}) as client:
        asked = [send(client, "Kiedy wracają pieniądze na kartę?", checked=False, key="k" * 12) for _ in range(12)]

    # Ten times as much for an address as for one person.
    assert [one.json().get("outcome") for one in asked[:10]] == ["suggested"] * 10
    assert "suggested" not in [one.json().get("outcome") for one in asked[10:]]


@pytest.mark.parametrize("along", ["9" * 5000, "٣", "-1", "²", "1e9"])
def test_whatever_is_said_to_go_along_a_file_is_no_error_of_ours(support: TestClient, along: str) -> None:
    sign_in(support)

    taken = support.post("/support/pl/files", data={"along": along}, files={"file": ("a.png", PNG)})
    assert taken.status_code in (200, 422)


@pytest.mark.parametrize("what", ["fields", "files", "size"])
def test_a_form_that_cannot_be_read_is_not_called_a_missing_page(support: TestClient, what: str) -> None:
    sign_in(support)
    forms: dict[str, dict[str, Any]] = {
        "fields": {"data": {f"f{number}": "1" for number in range(10_000)}},
        "files": {"data": {"text": TEXT}, "files": [("files", (f"{number}.png", PNG)) for number in range(41)]},
        "size": {"data": {"text": "x" * 1_200_000}, "files": [("files", ("a.png", PNG))]},
    }
    page = support.post("/support/pl/ticket", headers=BROWSER, **forms[what])

    assert 400 <= page.status_code < 500
    assert "<h1>" in page.text
    assert "Nie ma takiej strony." not in page.text


@pytest.mark.parametrize(("path", "name"), [("sign-in", "email"), ("identity", "identity")])
def test_a_field_that_is_far_too_long_or_a_file_is_answered_with_a_page(
    support: TestClient, path: str, name: str
) -> None:
    long = support.post(f"/support/pl/{path}", data={name: "a" * 9000}, headers=BROWSER)
    file = support.post(f"/support/pl/{path}", files={name: ("a", b"b")}, headers=BROWSER)

    assert [one.headers["content-type"] for one in (long, file)] == ["text/html; charset=utf-8"] * 2


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.png", 'a"\r\nSet-Cookie: x=1.png', "\u202egnp.exe", "\x00.png", "żółw.png"]
)
def test_a_files_name_gets_into_no_header_and_no_folder(support: TestClient, name: str) -> None:
    sign_in(support)
    kept = support.post("/v1/attachments", files={"file": (name, PNG)}).json()
    download = support.get(f"/v1/attachments/{kept['id']}")

    assert re.fullmatch(
        r"attachment; filename\*=UTF-8''[A-Za-z0-9%._~-]+\.png", download.headers["content-disposition"]
    )
    assert "set-cookie" not in download.headers
    assert not {"/", "\\", "\u202e", "\x00"} & set(kept["name"])


def test_who_was_erased_does_not_come_back_with_a_backup_though_they_never_asked(tmp_path: Path) -> None:
    build_small(tmp_path)
    with client_over(tmp_path, clock=lambda: NOON, **SETTINGS) as client:
        send(client, "My name is Anna", headers={SESSION_HEADER: token_of("shop-17")})
        send(client, "My name is Ola", email="ola@example.com")
        client.post("/support/pl/sign-in", data={"email": "ola@example.com"})
        eventually(lambda: counted(client, schema.tickets) == 1)
    engine = open_engine(f"sqlite:///{tmp_path}/record.db")
    backup.back_up(engine, tmp_path / "backup.zip", at=NOON)
    for account in ("shop-17", account_of_email("ola@example.com")):
        person = persons.person_of(engine, Who(account=KEYS.account(account)))
        persons.erase(engine, person, keys=KEYS, at=NOON)
    erased = _all_of(engine)
    backup.restore(engine, tmp_path / "backup.zip", keys=KEYS, force=True)

    assert [word for word in ("Anna", "Ola", "ola@example.com") if word in erased + _all_of(engine)] == []
    engine.dispose()


def _all_of(engine: Any) -> str:
    with engine.connect() as connection:
        return "".join(str(connection.execute(select(table)).all()) for table in schema.metadata.sorted_tables)


def test_a_ticket_that_was_emptied_stays_so_when_the_helpdesk_reports_of_it(support: TestClient) -> None:
    number = send(support, TEXT, headers={SESSION_HEADER: token_of()}).json()["ticket"]["ticket"]
    services = support.app.state.services  # type: ignore[attr-defined]
    later = NOON + 200 * MS_PER_DAY
    retain(services.record.engine, Retention(180, 400, 1100), now=later)
    moved = services.intake.move(number, TicketState.SOLVED, at=later)

    assert moved.state is TicketState.SOLVED
    assert services.intake.tickets_of(Customer("shop-17")) == []
    assert retain(services.record.engine, Retention(180, 400, 1100), now=later).texts == 0


def test_a_link_that_was_not_opened_in_time_is_sent_anew(tmp_path: Path) -> None:
    build_small(tmp_path)
    now = [NOON]
    with TestClient(app_over(tmp_path, clock=lambda: now[0], **SETTINGS)) as client:
        send(client, TEXT, email="ola@example.com")
        now[0] += 2 * MS_PER_DAY
        send(client, TEXT, email="ola@example.com")
        store = client.app.state.services.intake.store  # type: ignore[attr-defined]
        mails = [one for one in store.due(now=now[0] + MS_PER_DAY, most=9) if one.kind == "mail"]

    assert len(mails) == 2
