"""A server that answers as a helpdesk's documentation says, and to nothing else than what is written there."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

CONTRACTS = Path(__file__).parent.parent / "contract" / "helpdesks"


class Documented:
    """Answers the exchanges of a contract that ``expect`` names, one after the other.

    Args:
        name: the contract's file.
        texts: what stands for ``$word`` in it.
    """

    def __init__(self, name: str, texts: Mapping[str, str]) -> None:
        self._exchanges = _filled(json.loads((CONTRACTS / f"{name}.json").read_text("utf-8")), texts)["exchanges"]
        self._expected: list[dict[str, Any]] = []
        self.wrong: list[str] = []
        self.url = ""

    def expect(self, *names: str) -> None:
        """Answer these next."""
        self._expected = [one for name in names for one in self._exchanges[name]]

    def done(self) -> bool:
        """Say whether all that was expected was asked, and nothing else."""
        return not self._expected and not self.wrong

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> dict[str, Any]:
        """Return the response to a request."""
        if not self._expected:
            self.wrong.append(f"{method} {path} was not expected")
            return {"status": 500}
        exchange = self._expected.pop(0)
        request, parts = exchange["request"], urlsplit(path)
        asked = (method, parts.path, dict(parse_qsl(parts.query)), body)
        wanted = (request["method"], request["path"], request.get("query", {}), request.get("body", body))
        if asked != wanted:
            self.wrong.append(f"asked {asked}, the contract has {wanted}")
        for name, value in request.get("headers", {}).items():
            if headers.get(name) != value:
                self.wrong.append(f"{name}: {headers.get(name)}, the contract has {value}")
        response: dict[str, Any] = exchange["response"]
        return response


@contextmanager
def documented(name: str, texts: Mapping[str, str]) -> Iterator[Documented]:
    """Start such a server, and end it with the block."""
    contract = Documented(name, texts)

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            given = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            response = contract.answer(self.command, self.path, headers, json.loads(given) if given else None)
            said = json.dumps(response["body"]).encode() if "body" in response else b""
            self.send_response(response["status"])
            for one, value in response.get("headers", {}).items():
                self.send_header(one, value)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = _any

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    contract.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield contract
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _filled(found: Any, texts: Mapping[str, str]) -> Any:
    if isinstance(found, dict):
        return {name: _filled(value, texts) for name, value in found.items()}
    if isinstance(found, list):
        return [_filled(value, texts) for value in found]
    return texts[found[1:]] if isinstance(found, str) and found.startswith("$") else found
