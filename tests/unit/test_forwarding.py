"""What tickets bring about is sent on to real servers: each until it is taken, whatever is wrong with others."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook

from api.forwarding import Forwarding, Send
from api.senders import fee_sender, senders_of
from api.webhooks import Fees, NotTaken, SignatureRefused
from assistant.adapters.post import Post
from assistant.adapters.sql import schema
from assistant.adapters.sql.desk import SqlTickets
from assistant.adapters.sql.engine import open_engine
from assistant.record.events import MS_PER_HOUR
from assistant.tickets.intake import FEE, MAIL
from assistant.tickets.ports import Link, Outgoing
from tests.unit.test_post import Inbox, serving

NOON = 1_795_431_600_000
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - of the tests
FOREVER = 30 * 24 * MS_PER_HOUR


class Time:
    now = NOON

    def __call__(self) -> int:
        return self.now


class Shop:
    """A shop that answers what a test wants; ``answers`` are used up, and the last one stays."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.seen: list[tuple[dict[str, str], bytes]] = []
        self.url = ""

    def answer(self, headers: dict[str, str], body: bytes) -> int:
        self.seen.append((headers, body))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.seen]


@contextmanager
def open_shop(*answers: int) -> Iterator[Shop]:
    shop = Shop(*answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(shop.answer({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_header("location", "http://127.0.0.1:9/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    shop.url = f"http://127.0.0.1:{server.server_port}/fees"
    try:
        yield shop
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlTickets]:
    engine = open_engine(f"sqlite:///{tmp_path}/record.db")
    yield SqlTickets(engine)
    engine.dispose()


def put(store: SqlTickets, *outgoing: Outgoing) -> None:
    for number, one in enumerate(outgoing):
        store.add_link(Link(f"digest-{one.id}-{number}", "ola@example.com", "pl", None, NOON), sending=[one])


def mail(name: str, to: str = "ola@example.com", *, due_at: int = NOON) -> Outgoing:
    return Outgoing(name, MAIL, None, json.dumps({"to": to, "subject": "Cześć", "text": "link"}), due_at)


def fee(name: str, *, due_at: int = NOON) -> Outgoing:
    return Outgoing(name, FEE, "ABCDEFGH", '{"type":"fee.requested"}', due_at)


def rows(store: SqlTickets) -> dict[str, tuple[int | None, str, int]]:
    """Return each message's next moment, payload and attempts, as they are kept."""
    with store._engine.connect() as connection:
        return {row.id: (row.due_at, row.payload, row.attempts) for row in connection.execute(select(schema.outbox))}


def to_shop(shop: Shop, store: SqlTickets, clock: Time) -> Forwarding:
    return Forwarding(store, {FEE: fee_sender(Fees(shop.url, SECRET), clock)}, clock)


def test_a_fee_is_asked_for_once_and_signed_so_that_the_shop_can_tell(store: SqlTickets) -> None:
    put(store, fee("fee-1"))
    clock = Time()
    with open_shop(204) as shop:
        forwarding = to_shop(shop, store, clock)
        taken = [forwarding.forward(), forwarding.forward()]

    ((headers, body),) = shop.seen
    assert taken == [1, 0]
    assert body == b'{"type":"fee.requested"}'
    assert headers["webhook-timestamp"] == str(NOON // 1000)
    signature = headers["webhook-signature"].removeprefix("v1,")
    assert Fees(shop.url, SECRET)._webhook.sign("fee-1", _utc(NOON), body.decode()) == f"v1,{signature}"
    assert rows(store) == {"fee-1": (None, "", 0)}


def _utc(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).replace(tzinfo=None)


@pytest.mark.parametrize("status", [500, 503, 429, 404, 302])
def test_what_is_not_taken_is_sent_again_later_with_the_same_id(store: SqlTickets, status: int) -> None:
    put(store, fee("fee-1"))
    clock = Time()
    with open_shop(status, 200) as shop:
        forwarding = to_shop(shop, store, clock)
        at_once = [forwarding.forward(), forwarding.forward()]
        clock.now += 29_999
        too_early = forwarding.forward()
        clock.now += 1
        again = forwarding.forward()

    assert (at_once, too_early, again) == ([0, 0], 0, 1)
    assert shop.ids == ["fee-1", "fee-1"]


def test_waits_double_and_after_twenty_attempts_a_message_is_given_up_and_emptied(store: SqlTickets) -> None:
    put(store, fee("fee-1"))
    clock = Time()
    waits = []
    with open_shop(500) as shop:
        forwarding = to_shop(shop, store, clock)
        while (due_at := rows(store)["fee-1"][0]) is not None:
            waits.append(due_at - clock.now)
            clock.now = due_at
            forwarding.forward()

    assert waits[:5] == [0, 30_000, 60_000, 120_000, 240_000]
    assert max(waits) == 6 * MS_PER_HOUR
    assert len(shop.seen) == 20
    assert rows(store) == {"fee-1": (None, "", 20)}


def test_a_shop_that_takes_no_fees_any_more_is_not_asked_again(store: SqlTickets) -> None:
    put(store, fee("fee-1"))
    clock = Time()
    with open_shop(410) as shop:
        forwarding = to_shop(shop, store, clock)
        forwarding.forward()
        clock.now += FOREVER
        forwarding.forward()

    assert len(shop.seen) == 1


def test_a_mail_arrives_though_the_shop_is_away_and_arrives_once(store: SqlTickets) -> None:
    put(store, fee("fee-1"), fee("fee-2"), mail("mail-1", due_at=NOON + 1))
    clock, inbox = Time(), Inbox()
    clock.now += 5
    with open_shop(503) as shop, serving(inbox) as port:
        post = Post(f"smtp://127.0.0.1:{port}", sender="support@shop.example")
        forwarding = Forwarding(store, senders_of(post, Fees(shop.url, SECRET), clock), clock)
        taken, at_first = [forwarding.forward()], shop.ids
        taken += [forwarding.forward(), forwarding.forward()]

    assert taken == [1, 0, 0]
    assert inbox.message()["Message-ID"] == "<mail-1@shop.example>"
    assert (at_first, shop.ids) == (["fee-1"], ["fee-1", "fee-2"])  # nobody waits for a silent shop twice at one look


def test_a_mail_server_that_was_away_for_hours_gets_every_mail_once(store: SqlTickets) -> None:
    names = [f"mail-{number}" for number in range(5)]
    put(store, *(mail(name) for name in names))
    clock, inbox = Time(), Inbox(data="451 4.3.0 not now")
    with serving(inbox) as port:
        post = Post(f"smtp://127.0.0.1:{port}", sender="support@shop.example")
        forwarding = Forwarding(store, senders_of(post, None, clock), clock)
        for _ in range(60):
            forwarding.forward()
            clock.now += 180_000
        inbox.data = "250 OK"
        for _ in range(200):
            forwarding.forward()
            clock.now += 180_000

    ids = [one.content.split(b"Message-ID: <")[1].split(b"@")[0].decode() for one in inbox.envelopes]
    assert sorted(ids) == names


def test_an_address_that_is_refused_for_good_keeps_no_other_mail_back(store: SqlTickets) -> None:
    put(store, mail("mail-1", "no address"), mail("mail-2"))
    clock, inbox = Time(), Inbox()
    with serving(inbox) as port:
        post = Post(f"smtp://127.0.0.1:{port}", sender="support@shop.example")
        taken = Forwarding(store, senders_of(post, None, clock), clock).forward()

    assert taken == 1
    assert inbox.envelopes[0].rcpt_tos == ["ola@example.com"]
    assert rows(store)["mail-1"] == (None, "", 1)


def test_a_message_that_breaks_its_sender_keeps_no_other_back(store: SqlTickets) -> None:
    put(store, Outgoing("mail-1", MAIL, None, "not JSON", NOON), mail("mail-2", due_at=NOON + 1))
    clock, inbox = Time(), Inbox()
    clock.now += 5
    with serving(inbox) as port:
        post = Post(f"smtp://127.0.0.1:{port}", sender="support@shop.example")
        forwarding = Forwarding(store, senders_of(post, None, clock), clock)
        taken = [forwarding.forward(), forwarding.forward()]

    assert sum(taken) == 1
    assert rows(store)["mail-1"][2] == 1


@pytest.mark.parametrize("url", ["http://[", "http://127.0.0.1:1/fees", "ftp://shop.example", "http://" + "a" * 300])
def test_an_address_that_cannot_be_used_is_no_fault_of_the_program(store: SqlTickets, url: str) -> None:
    with pytest.raises(NotTaken) as caught:
        Fees(url, SECRET).ask("fee-1", "{}", now=NOON)

    assert caught.value.forever is False


def test_what_nothing_is_set_up_for_waits(store: SqlTickets) -> None:
    put(store, mail("mail-1"))

    assert Forwarding(store, {}, Time()).forward() == 0
    assert rows(store)["mail-1"][0] == NOON + 30_000


def test_a_service_that_ends_sends_nothing_more(store: SqlTickets) -> None:
    put(store, fee("fee-1"), fee("fee-2"), fee("fee-3"))
    sent: list[str] = []
    sender: Send = lambda one: sent.append(one.id)  # noqa: E731

    Forwarding(store, {FEE: sender}, Time()).forward(stopping=lambda: len(sent) == 1)

    assert sent == ["fee-1"]
    assert [one.id for one in store.due(now=NOON, most=9)] == ["fee-2", "fee-3"]


def test_a_clock_that_was_put_back_delays_and_loses_nothing(store: SqlTickets) -> None:
    put(store, fee("fee-1"))
    clock = Time()
    with open_shop(200) as shop:
        forwarding = to_shop(shop, store, clock)
        clock.now -= MS_PER_HOUR
        earlier = forwarding.forward()
        clock.now += MS_PER_HOUR
        later = forwarding.forward()

    assert (earlier, later) == (0, 1)


@pytest.mark.parametrize(
    "said",
    ["[]", "null", '{"type":"fee.paid"}', '{"type":["fee.paid"],"data":{"ticket":"A"}}', "{", "\ufffd", "[" * 9000],
)
def test_what_the_shop_signs_and_nobody_understands_is_refused(said: str) -> None:
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "m",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("m", now.replace(tzinfo=None, microsecond=0), said),
    }

    with pytest.raises(SignatureRefused):
        Fees("http://127.0.0.1:9", SECRET).answer(said.encode(), headers, ticket="A")
