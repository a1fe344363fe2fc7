"""The shop in a thread of this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI


@contextmanager
def serving_shop(shop: FastAPI, port: socket.socket) -> Iterator[None]:
    """Serve the shop at a port that is open already, which keeps whoever comes early waiting, until the block ends."""
    server = uvicorn.Server(uvicorn.Config(shop, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [port]}, name="demo-shop", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
