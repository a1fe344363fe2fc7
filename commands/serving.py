"""Serve in a thread of this process, on a free port, until the block ends."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from pydantic import SecretStr

from api.dependencies import Clock, system_clock
from api.log import configure_logging
from api.main import make_app_with
from api.settings import Settings
from api.wiring import Encoders
from eval.errors import EvalError

_START_SECONDS = 120.0


@contextmanager
def serving(settings: Settings, encoders: Encoders, *, clock: Clock = system_clock) -> Iterator[int]:
    """Serve on 127.0.0.1 by a clock, and give the port.

    Raises:
        EvalError: if the service does not start.
    """
    config = uvicorn.Config(make_app_with(settings, encoders, clock=clock), host="127.0.0.1", port=0, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + _START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise EvalError("the service did not start")
        time.sleep(0.05)
    configure_logging(settings.log_format, least=logging.ERROR)  # a line a request would bury what is measured
    try:
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()


def measuring(settings: Settings, folder: Path, **changes: Any) -> Settings:
    """Return settings for measuring: with a record and secret of their own in a folder, and room for many questions."""
    own = {
        "database": f"sqlite:///{folder}/record.db",
        "secret": None,
        "secret_file": folder / "secret",
        "attachments": f"file:{folder}/attachments",
        "question_limit": "1000000/minute",
        "ticket_limit": "1000000/minute",
    }
    changed = {name: SecretStr(value) if name == "api_key" else value for name, value in changes.items()}
    return settings.model_copy(update={**own, **changed})
