"""Looks for viruses: with ClamAV's service, or with any command that speaks its exit codes."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import struct
import subprocess
from contextlib import suppress
from urllib.parse import urlsplit

from assistant.tickets.attachments import AttachmentRefused
from assistant.tickets.ports import Scanner

_CLAMD_PORT = 3310
_CHUNK_BYTES = 64 * 1024
_REPLY_BYTES = 4096
_TIMEOUT_SECONDS = 30.0


class ScanFailed(AttachmentRefused):
    """A file could not be looked at, so it is not taken; the message says why, for the operator."""

    def __init__(self, message: str) -> None:
        super().__init__("unscanned", message)


class CommandScanner:
    """Runs a command with the file on its standard input.

    It tells by its exit code, as ``clamscan -`` and ``clamdscan -`` do: 0 for a clean file, 1 for an infected one.

    Args:
        command: the program and its arguments, as on a command line; no shell reads it.
        timeout_seconds: how long it may take.

    Raises:
        ValueError: if the command is empty or its quotes are not closed.
    """

    def __init__(self, command: str, timeout_seconds: float = _TIMEOUT_SECONDS) -> None:
        self._arguments = shlex.split(command)
        if not self._arguments:
            raise ValueError("the command that scans attachments is empty")
        self._timeout_seconds = timeout_seconds

    def infected(self, content: bytes) -> bool:
        """Say whether a virus was found.

        Raises:
            ScanFailed: if the command cannot be run, takes too long, or says neither.
        """
        program = self._arguments[0]
        try:
            process = subprocess.Popen(  # noqa: S603  # the operator's own command
                self._arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as exc:
            raise ScanFailed(f"{program} cannot be run: {exc.strerror}") from exc
        with process:
            try:
                process.communicate(content, timeout=self._timeout_seconds)
            except subprocess.TimeoutExpired as exc:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # with whatever it has started
                raise ScanFailed(f"{program} took longer than {self._timeout_seconds:g} seconds") from exc
        if process.returncode not in (0, 1):
            raise ScanFailed(f"{program} ended with exit code {process.returncode}")
        return process.returncode == 1


class ClamdScanner:
    """Speaks to ClamAV's service (``INSTREAM``, see clamd(8)).

    Args:
        address: ``clamd://host:port``, or ``clamd:///path/to/socket``.
        timeout_seconds: how long it may be silent.

    Raises:
        ValueError: if the address is none.
    """

    def __init__(self, address: str, timeout_seconds: float = _TIMEOUT_SECONDS) -> None:
        parts = urlsplit(address)
        if parts.scheme != "clamd" or not (parts.hostname or parts.path.strip("/")):
            raise ValueError(
                f"{address!r} is not an address such as 'clamd://127.0.0.1:3310' or 'clamd:///run/clamd.sock'"
            )
        self._host, self._port = parts.hostname, parts.port or _CLAMD_PORT
        self._path = parts.path
        self._timeout_seconds = timeout_seconds

    def infected(self, content: bytes) -> bool:
        """Say whether a virus was found.

        Raises:
            ScanFailed: if the service cannot be reached, or could not look at the file.
        """
        try:
            with self._connected() as connection:
                reply = _stream(connection, content)
        except OSError as exc:
            raise ScanFailed(f"ClamAV's service cannot be reached: {exc}") from exc
        if reply.endswith(" FOUND"):
            return True
        if not reply.endswith(": OK"):
            raise ScanFailed(f"ClamAV's service answered {reply!r}")
        return False

    def _connected(self) -> socket.socket:
        if self._host is not None:
            return socket.create_connection((self._host, self._port), timeout=self._timeout_seconds)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(self._timeout_seconds)
            connection.connect(self._path)
        except OSError:
            connection.close()
            raise
        return connection


def make_scanner(setting: str | None) -> Scanner | None:
    """Return what a setting names: ClamAV's service by its address, else a command; ``None`` for none.

    Raises:
        ValueError: if it is neither.
    """
    if not setting:
        return None
    return ClamdScanner(setting) if setting.startswith("clamd:") else CommandScanner(setting)


def _stream(connection: socket.socket, content: bytes) -> str:
    # A file over the service's limit is answered, and the connection closed, before all of it is sent.
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), _CHUNK_BYTES):
            chunk = content[start : start + _CHUNK_BYTES]
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
    reply = b""
    while not reply.endswith(b"\0") and len(reply) < _REPLY_BYTES:
        received = connection.recv(_REPLY_BYTES)
        if not received:
            break
        reply += received
    return reply.rstrip(b"\0\n").decode("utf-8", "replace")
