"""A proxy between this service and a helpdesk, with faults: answers that are lost, late, or an error after the fact."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host", "date", "server"})
_SECONDS = 60.0


class Fault(Enum):
    """What goes wrong with one request."""

    LOST = "the answer is lost"
    FAILED = "500 after it was done"
    SLOW = "answered after we have hung up"
    LATE = "passed on only after we have hung up"
    DEAD = "the connection is refused half-way"


Choose = Callable[[str, str], Fault | None]
"""Says what goes wrong with a request, by its method and path; ``None`` for nothing."""


class Proxy:
    """Passes requests on to a helpdesk, as far as ``choose`` lets it.

    ``port`` is where it listens; ``requests`` are the methods and paths that were passed on.
    """

    def __init__(self, target: str, *, slow_seconds: float) -> None:
        parts = urlsplit(target)
        self.target = (parts.hostname or "", parts.port or 80)
        self.slow_seconds = slow_seconds
        self.choose: Choose = lambda _method, _path: None
        self.requests: list[tuple[str, str]] = []
        self.faults: dict[Fault, int] = dict.fromkeys(Fault, 0)
        self.port = 0


@contextmanager
def faulty(target: str, *, slow_seconds: float = 1.0) -> Iterator[Proxy]:
    """Start a proxy in front of a helpdesk, and end it with the block."""
    proxy = Proxy(target, slow_seconds=slow_seconds)
    server = _Server(("127.0.0.1", 0), _handler(proxy))
    proxy.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def handle_error(self, *_: object) -> None:
        """Say nothing: whoever hung up meant to."""


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _pass(self) -> None:
            fault = proxy.choose(self.command, self.path)
            if fault is not None:
                proxy.faults[fault] += 1
            given = self.rfile.read(int(self.headers.get("content-length", 0)))
            if fault is Fault.DEAD:
                return self._hang_up()
            if fault is Fault.LATE:
                time.sleep(proxy.slow_seconds)
            try:
                status, headers, said = self._ask(given)
            except OSError:
                return self._hang_up()
            if fault is Fault.LOST:
                return self._hang_up()
            if fault is Fault.SLOW:
                time.sleep(proxy.slow_seconds)
            if fault is Fault.FAILED:
                status, said = 500, b"<h1>Server Error (500)</h1>"
            with suppress(OSError):
                self._answer(status, headers, said)
            return None

        do_GET = do_POST = do_PUT = do_PATCH = _pass

        def _ask(self, given: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            connection = http.client.HTTPConnection(*proxy.target, timeout=_SECONDS)
            try:
                headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
                headers |= {"Host": f"127.0.0.1:{proxy.target[1]}", "Connection": "close"}
                connection.request(self.command, self.path, given or None, headers)
                response = connection.getresponse()
                said = response.read()
            except http.client.HTTPException as exc:
                raise OSError(str(exc)) from exc
            finally:
                connection.close()
            proxy.requests.append((self.command, self.path))
            return response.status, response.getheaders(), said

        def _answer(self, status: int, headers: list[tuple[str, str]], said: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def _hang_up(self) -> None:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
