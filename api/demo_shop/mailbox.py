"""A mail server for demonstrations: what is sent to anybody is shown on one page."""

from __future__ import annotations

import asyncio
import re
import socket
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

_KEPT = 50
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Received:
    """A mail that has come in, and the first address that is in it."""

    to: str
    subject: str
    text: str
    link: str


class Mailbox:
    """Everybody's mail, latest first."""

    def __init__(self) -> None:
        self._mails: deque[Received] = deque(maxlen=_KEPT)

    def mails(self) -> Sequence[Received]:
        """Return the mails that have come in."""
        return tuple(self._mails)

    def put(self, content: bytes) -> None:
        """Take a mail as it is sent over the wire (RFC 5322)."""
        message = message_from_bytes(content, _class=EmailMessage, policy=default)
        body = message.get_body(("plain",))
        text = str(body.get_content()).strip() if body is not None else ""
        found = _LINK.search(text)
        link = found.group() if found is not None else ""
        self._mails.appendleft(Received(str(message["To"]), str(message["Subject"]), text, link))

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # the library's name
        """Take a mail from the server."""
        self.put(envelope.content)
        return "250 OK"


def open_mail_port() -> socket.socket | None:
    """Return a port of 127.0.0.1 for mails to come in at, ``None`` without the library that understands them."""
    try:
        import aiosmtpd.smtp  # noqa: F401
    except ImportError:
        return None
    return socket.create_server(("127.0.0.1", 0))


async def receive(mailbox: Mailbox, port: socket.socket) -> asyncio.Server:
    """Receive mails at a port until the server that is returned is closed."""
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: SMTP(mailbox, hostname="localhost", loop=loop), sock=port)
