"""Scanners: a real command, and a real server that speaks clamd's protocol."""

from __future__ import annotations

import socketserver
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.adapters.scanning import ClamdScanner, CommandScanner, ScanFailed, make_scanner

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LIMIT = 300_000


class Clamd(socketserver.BaseRequestHandler):
    """Answers as clamd does, with a limit on the size of streams."""

    def handle(self) -> None:
        assert self._exactly(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!L", self._exactly(4))[0]:
            content += self._exactly(size)
            if len(content) > LIMIT:
                self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        found = b"Eicar-Signature FOUND" if EICAR in content else b"OK"
        self.request.sendall(b"stream: " + found + b"\0")

    def _exactly(self, size: int) -> bytes:
        received = b""
        while len(received) < size:
            received += self.request.recv(size - len(received)) or pytest.fail("the stream was cut off")
        return received


class Silent(socketserver.BaseRequestHandler):
    """Reads everything and hangs up without a word."""

    def handle(self) -> None:
        while not self.request.recv(65536).endswith(b"\0\0\0\0"):
            pass


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(params=["tcp", "unix"])
def clamd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "unix":
        path = tmp_path / "clamd.sock"
        with serving(socketserver.ThreadingUnixStreamServer(str(path), Clamd)):
            yield f"clamd://{path}"
    else:
        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server, serving(server):
            yield f"clamd://127.0.0.1:{server.server_address[1]}"


def test_the_service_finds_what_is_infected_and_lets_the_rest_pass(clamd: str) -> None:
    scanner = ClamdScanner(clamd, timeout_seconds=20)

    assert scanner.infected(EICAR) is True
    assert scanner.infected(bytes(100_000) + EICAR) is True
    assert scanner.infected(bytes(100_000)) is False
    assert scanner.infected(b"") is False


def test_a_file_over_the_services_limit_could_not_be_looked_at(clamd: str) -> None:
    with pytest.raises(ScanFailed) as failed:
        ClamdScanner(clamd, timeout_seconds=20).infected(bytes(LIMIT + 1))

    assert failed.value.reason == "unscanned"


def test_a_service_that_says_nothing_has_not_found_the_file_clean() -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Silent) as server, serving(server):
        scanner = ClamdScanner(f"clamd://127.0.0.1:{server.server_address[1]}", timeout_seconds=20)

        with pytest.raises(ScanFailed, match="answered ''"):
            scanner.infected(b"content")


def test_a_service_that_is_not_there_could_not_look(tmp_path: Path) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), Clamd) as server:
        port = server.server_address[1]

    with pytest.raises(ScanFailed, match="cannot be reached"):
        ClamdScanner(f"clamd://127.0.0.1:{port}").infected(b"content")
    with pytest.raises(ScanFailed, match="cannot be reached"):
        ClamdScanner(f"clamd://{tmp_path}/none.sock").infected(b"content")


def command(program: str) -> str:
    return f'{sys.executable} -c "{program}"'


@pytest.mark.parametrize(
    ("content", "infected"), [(EICAR, True), (b"x" * 500_000 + EICAR, True), (b"x" * 500_000, False), (b"", False)]
)
def test_a_command_tells_by_its_exit_code(content: bytes, infected: bool) -> None:
    scanner = CommandScanner(command("import sys; sys.exit(b'EICAR' in sys.stdin.buffer.read())"), 30)

    assert scanner.infected(content) is infected


def test_a_command_need_not_read_the_file_to_its_end() -> None:
    assert CommandScanner("false").infected(bytes(5_000_000)) is True
    assert CommandScanner("true").infected(bytes(5_000_000)) is False


@pytest.mark.parametrize(
    ("program", "complaint"),
    [
        (command("import sys; sys.exit(2)"), "ended with exit code 2"),
        (command("import os; os.kill(os.getpid(), 9)"), "ended with exit code -9"),
        ("/nowhere/clamscan -", "/nowhere/clamscan cannot be run: No such file"),
    ],
)
def test_a_command_that_says_neither_could_not_look(program: str, complaint: str) -> None:
    with pytest.raises(ScanFailed, match=complaint) as failed:
        CommandScanner(program).infected(b"content")

    assert failed.value.reason == "unscanned"


def test_a_command_that_hangs_is_ended_with_all_that_it_started() -> None:
    with pytest.raises(ScanFailed, match=r"sh took longer than 0\.05 seconds"):
        CommandScanner("sh -c 'sleep 600 & sleep 600'", 0.05).infected(b"content")


def test_a_setting_names_the_service_or_a_command_or_nothing() -> None:
    assert make_scanner(None) is None
    assert make_scanner("") is None
    assert isinstance(make_scanner("clamd:///run/clamd.sock"), ClamdScanner)
    assert isinstance(make_scanner("clamd://[::1]:3310"), ClamdScanner)
    assert isinstance(make_scanner("clamdscan --fdpass -"), CommandScanner)


@pytest.mark.parametrize("setting", ["  ", "clamscan 'open", "clamd://", "clamd:", "clamd://host:port"])
def test_a_setting_that_is_neither_is_refused(setting: str) -> None:
    with pytest.raises(ValueError, match=r"empty|closing|address|[Pp]ort"):
        make_scanner(setting)
