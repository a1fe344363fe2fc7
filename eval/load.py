"""How many events a second the service records, each acknowledged only when it is committed."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.errors import EvalError


@dataclass(frozen=True, slots=True)
class Load:
    """What was sent, and how it went. ``p50_ms`` and ``p95_ms`` are of one request."""

    events: int
    in_each_request: int
    connections: int
    seconds: float
    recorded: int
    p50_ms: float
    p95_ms: float

    @property
    def events_per_second(self) -> float:
        """Recorded events by time."""
        return self.recorded / self.seconds


def measure_load(port: int, tokens: Sequence[str], *, events: int, in_each_request: int, connections: int) -> Load:
    """Send events over so many kept connections, each with one request under way at a time.

    Args:
        port: of the service, on 127.0.0.1.
        tokens: interaction tokens to report with.
        events: how many in all.
        in_each_request: how many at a time.
        connections: how many browsers at once.

    Raises:
        EvalError: if a request is not answered with 200.
    """
    requests = [
        _request([_event(tokens[(start + place) % len(tokens)]) for place in range(in_each_request)])
        for start in range(0, events, in_each_request)
    ]
    return asyncio.run(_send(port, requests, in_each_request, connections))


async def _send(port: int, requests: list[bytes], in_each_request: int, connections: int) -> Load:
    left = iter(requests)
    milliseconds: list[float] = []
    recorded = 0

    async def browser() -> None:
        nonlocal recorded
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in left:
            begun = time.perf_counter()
            writer.write(request)
            body = await _response(reader)
            milliseconds.append((time.perf_counter() - begun) * 1000.0)
            recorded += body.count(b'"recorded"')
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(browser() for _ in range(connections)))
    seconds = time.perf_counter() - begun
    return Load(
        events=len(requests) * in_each_request,
        in_each_request=in_each_request,
        connections=connections,
        seconds=seconds,
        recorded=recorded,
        p50_ms=float(np.percentile(milliseconds, 50)),
        p95_ms=float(np.percentile(milliseconds, 95)),
    )


async def _response(reader: asyncio.StreamReader) -> bytes:
    first, *fields = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
    if not first.startswith(b"http/1.1 200"):
        raise EvalError(f"the service answered {first.decode()}")
    length = next(field for field in fields if field.startswith(b"content-length:"))
    return await reader.readexactly(int(length.split(b":")[1]))


def _event(token: str) -> dict[str, object]:
    return {"event_id": uuid.uuid4().hex, "token": token, "type": "opened", "rank": 1}


def _request(events: list[dict[str, object]]) -> bytes:
    body = json.dumps(events).encode()
    head = (
        "POST /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
