"""The real service as a user starts it, in a process of its own, to be measured, tested or killed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from eval.errors import EvalError

_START_SECONDS = 120.0
_ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")


class Service:
    """A service on 127.0.0.1; after the first start it keeps its port.

    Args:
        folder: where its log is.
        environment: settings, besides those of this process.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._environment = {**os.environ, **environment}
        self._log = folder / "service.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """All that it has logged since it was started last."""
        return self._log.read_text("utf-8", "replace")

    def start(self) -> None:
        """Start it and wait until it serves.

        Raises:
            EvalError: if it does not, with what it logged.
        """
        command = [str(Path(sys.executable).parent / "askfirst"), "serve", "--port", str(self.port)]
        with self._log.open("wb") as errors:
            self._process = subprocess.Popen(command, stderr=errors, stdout=errors, env=self._environment)
        until = time.monotonic() + _START_SECONDS
        while "service.started" not in (text := self.log):
            if self._process.poll() is not None or time.monotonic() > until:
                raise EvalError(f"the service did not start:\n{text}")
            time.sleep(0.05)
        found = _ADDRESS.search(text)
        if found is None:
            raise EvalError(f"the service does not say where it serves:\n{text}")
        self.port = int(found.group(1))

    def kill(self) -> None:
        """End it without a chance to finish anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)


@contextmanager
def running_service(folder: Path, **settings: str) -> Iterator[Service]:
    """Start a service, its record, secret and log in ``folder``, and end it with the block.

    ``settings`` are set in its environment as ``ASKFIRST_<NAME>``.
    """
    named = {f"ASKFIRST_{name.upper()}": value for name, value in settings.items()}
    service = Service(
        folder,
        {
            "ASKFIRST_DATABASE": f"sqlite:///{folder}/record.db",
            "ASKFIRST_SECRET_FILE": f"{folder}/secret",
            "ASKFIRST_ATTACHMENTS": f"file:{folder}/attachments",
            # Who measures asks more than any visitor.
            "ASKFIRST_QUESTION_LIMIT": "1000000/minute",
            "ASKFIRST_TICKET_LIMIT": "1000000/minute",
            **named,
        },
    )
    try:
        service.start()
        yield service
    finally:
        service.stop()
