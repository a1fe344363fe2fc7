"""What any helpdesk may answer: refused, unavailable, without an end, from a private network."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from assistant.adapters.helpdesks.addresses import PublicTransport, is_public, public_address
from assistant.adapters.helpdesks.client import Api
from assistant.adapters.helpdesks.webhook import WebhookSink
from assistant.helpdesks.models import Handover
from assistant.helpdesks.ports import SinkRefused, SinkUnavailable
from assistant.tickets.promises import Lane

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - of the tests
HANDOVER = Handover("ABCDEFGH", "s", "t", "de", Lane.STANDARD, "u", 0)


@contextmanager
def saying(*pieces: bytes, endless: bytes = b"") -> Iterator[tuple[str, list[bytes]]]:
    """Open a server that says the same to everybody; at its end, the ``endless`` piece until nobody listens."""
    asked: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                with connection, suppress(OSError):
                    asked.append(connection.recv(65536))
                    connection.sendall(b"".join(pieces))
                    while endless:
                        connection.sendall(endless)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def answer(status: str, body: bytes = b"", *headers: bytes) -> bytes:
    lines = [
        f"HTTP/1.1 {status}".encode(),
        *headers,
        b"connection: close",
        b"content-length: %d" % len(body),
        b"",
        body,
    ]
    return b"\r\n".join(lines)


@pytest.mark.parametrize(
    ("said", "error", "says"),
    [
        (answer("400 Bad Request", b'{"title": ["too long"]}'), SinkRefused, "answered 400: .*too long"),
        (answer("422 No", b""), SinkRefused, "answered 422$"),
        (answer("401 Unauthorized", b"who?"), SinkUnavailable, "answered 401: who"),
        (answer("403 Forbidden"), SinkUnavailable, "answered 403"),
        (answer("404 Not Found"), SinkUnavailable, "answered 404"),
        (answer("500 Oops", b"<h1>x</h1>" * 1000), SinkUnavailable, "answered 500: <h1>"),
        (answer("302 Found", b"", b"location: http://127.0.0.1:9/"), SinkUnavailable, "ASKFIRST_HELPDESK_URL"),
        (answer("200 OK", b"<html>"), SinkUnavailable, "something else than JSON"),
        (answer("200 OK", b"[" * 100_000), SinkUnavailable, "something else than JSON"),
        (b"", SinkUnavailable, "RemoteProtocolError"),
        (b"nonsense\r\n\r\n", SinkUnavailable, "RemoteProtocolError"),
    ],
)
def test_each_answer_is_one_or_the_other(said: bytes, error: type[Exception], says: str) -> None:
    with saying(said) as (url, _), pytest.raises(error, match=says):
        Api(url, {}).post("/tickets", {"title": "x"})


def test_an_answer_without_an_end_is_not_waited_for() -> None:
    begins = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"
    with saying(begins, endless=b" " * 65536) as (url, _), pytest.raises(SinkUnavailable, match="no end"):
        Api(url, {}).get("/tickets")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (b"retry-after: 30", 30.0),
        (b"retry-after: 999999", 3600.0),
        (b"retry-after: -1", 0.0),
        (b"retry-after: x", None),
    ],
)
def test_it_waits_as_long_as_it_is_asked_to_within_reason(header: bytes, seconds: float | None) -> None:
    with saying(answer("429 Slow down", b"", header)) as (url, _), pytest.raises(SinkUnavailable) as caught:
        Api(url, {}).get("/tickets")

    assert caught.value.retry_seconds == seconds


def test_nobody_there_is_unavailable_and_a_wrong_address_is_said_at_once() -> None:
    with pytest.raises(SinkUnavailable):
        Api("http://127.0.0.1:1", {}).get("/")
    for wrong in ("", "x.example", "ftp://x.example", "http://"):
        with pytest.raises(ValueError, match="no address"):
            Api(wrong, {})


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - never bound
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_only_what_everybody_reaches_is_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::1]", "nosuch.invalid"])
def test_a_webhook_into_a_private_network_is_not_sent(host: str) -> None:
    with saying(answer("200 OK")) as (url, asked):
        port = url.rpartition(":")[2]
        sink = WebhookSink(f"http://{host}:{port}/x", SECRET, lambda: 0)
        with pytest.raises(SinkUnavailable, match=r"private network|not known"):
            sink.create(HANDOVER)

    assert asked == []


def test_a_message_goes_to_the_very_address_that_was_looked_at() -> None:
    resolved: list[str] = []

    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        resolved.append(host)
        # A name that leads elsewhere the second time, as an attacker's would.
        found = "127.0.0.1" if len(resolved) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port))]

    transport = PublicTransport(resolve=resolve, allowed=lambda address: address == "127.0.0.1")
    with saying(answer("200 OK", b"{}")) as (url, asked):
        port = url.rpartition(":")[2]
        api = Api(f"http://helpdesk.example.com:{port}", {}, transport=transport)
        api.post("/x", {})
        with pytest.raises(SinkUnavailable, match="private network"):
            api.post("/x", {})

    assert (resolved, len(asked)) == (["helpdesk.example.com"] * 2, 1)
    assert f"host: helpdesk.example.com:{port}".encode() in asked[0].lower()


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    found = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]

    with pytest.raises(SinkUnavailable, match="private network"):
        public_address("helpdesk.example.com", 80, resolve=lambda *_, **__: found, allowed=is_public)


def test_a_webhook_to_a_private_network_is_sent_where_that_is_meant() -> None:
    with saying(answer("200 OK", b'{"url": "https://desk.example.com/7"}')) as (url, asked):
        made = WebhookSink(url, SECRET, lambda: 1_795_431_600_000, private=True).create(HANDOVER)

    assert (made.id, made.url) == ("ABCDEFGH", "https://desk.example.com/7")
    assert b"webhook-id: ABCDEFGH-created" in asked[0]
    assert b"webhook-timestamp: 1795431600" in asked[0]


@pytest.mark.parametrize("url", ["javascript:alert(1)", 7, None])
def test_a_link_that_is_none_is_left_out(url: object) -> None:
    body = b'{"url": "%s"}' % str(url).encode() if url is not None else b'"x"'
    with saying(answer("200 OK", body)) as (address, _):
        assert WebhookSink(address, SECRET, lambda: 0, private=True).create(HANDOVER).url is None
