"""Sends mail through the operator's mail server."""

from __future__ import annotations

import ipaddress
import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from urllib.parse import unquote, urlsplit

import idna

from assistant.errors import AssistantError

_TIMEOUT_SECONDS = 20.0
_POLICY = SMTP.clone(cte_type="7bit")  # which every server takes
_PORTS = {"smtp": 25, "smtps": 465}
_ID = re.compile(r"[A-Za-z0-9._+=-]{1,200}(?:@[A-Za-z0-9.-]{1,200})?", re.ASCII)
# RFC 5322's dot-atom with letters of every script (RFC 6531), no quoted one.
_LOCAL = re.compile(r"""[^\s"(),:;<>@\[\]\\.]+(?:\.[^\s"(),:;<>@\[\]\\.]+)*""")
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*", re.ASCII)


class PostRefused(AssistantError):
    """A mail cannot be delivered, and it would be no use to send it again."""


class PostUnavailable(AssistantError):
    """A mail could not be handed over this time."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one person.

    ``message_id`` is an id of ours, the same each time the same mail is sent; the sender's domain is added to it.
    ``sender`` is who it is from where that is not who the mail server knows. ``auto_submitted`` says that a program
    wrote it, so that no other program answers (RFC 3834).
    """

    to: str
    subject: str
    text: str
    message_id: str
    html: str | None = None
    sender: str | None = None
    auto_submitted: bool = True


class Post:
    """Hands mails to a server.

    Connections are encrypted where the server can. A password goes over encrypted connections only, except to this
    machine itself, whose certificate nobody needs to check either.

    Args:
        url: ``smtp://user:password@host:587``, ``smtps://…`` for a server that is encrypted from the first byte.
        sender: who mails are from, such as ``Support <support@example.com>``.
        timeout_seconds: how long the server may be silent.

    Raises:
        ValueError: if either is not of that form; the message does not quote the password.
    """

    def __init__(self, url: str, *, sender: str, timeout_seconds: float = _TIMEOUT_SECONDS) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("a mail server is written as 'smtp://user:password@host:587' or 'smtps://…'")
        self._host, self._port = parts.hostname, parts.port or _PORTS[parts.scheme]
        self._encrypted_at_once = parts.scheme == "smtps"
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._is_here = _is_loopback(self._host)
        try:
            self._sender = _address(sender)
        except PostRefused as exc:
            raise ValueError(f"{sender!r} is not a sender such as 'Support <support@example.com>'") from exc
        self._timeout_seconds = timeout_seconds

    def send(self, mail: Mail) -> None:
        """Hand a mail over. Once this returns the server has it.

        Raises:
            PostRefused: if the server does not take it and never will, or the address is none.
            PostUnavailable: if the server cannot be reached, or does not take it now.
        """
        sender = _address(mail.sender) if mail.sender is not None else self._sender
        recipient = _address(mail.to)
        message = _message(mail, sender, recipient)
        try:
            server = self._connected()
            try:
                self._sign_in(server)
                _hand_over(server, message, sender.addr_spec, recipient.addr_spec)
            finally:
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()  # whatever comes of this, the mail is delivered or not by now
        except smtplib.SMTPRecipientsRefused as exc:
            code = max(code for code, _ in exc.recipients.values())
            raise _refusal(code) from exc
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as exc:
            raise _refusal(exc.smtp_code) from exc
        except (smtplib.SMTPException, OSError, UnicodeError) as exc:
            raise PostUnavailable(f"the mail server could not be used: {type(exc).__name__}") from exc

    def _connected(self) -> smtplib.SMTP:
        name = self._sender.domain
        if self._encrypted_at_once:
            return smtplib.SMTP_SSL(
                self._host, self._port, name, timeout=self._timeout_seconds, context=_context(checked=not self._is_here)
            )
        server = smtplib.SMTP(self._host, self._port, name, timeout=self._timeout_seconds)
        try:
            server.ehlo_or_helo_if_needed()
            if server.has_extn("starttls"):
                server.starttls(context=_context(checked=not self._is_here))
                server.ehlo_or_helo_if_needed()
            elif self._user and not self._is_here:
                raise PostUnavailable("the mail server offers no encryption, so it is not told the password")
        except BaseException:
            server.close()
            raise
        return server

    def _sign_in(self, server: smtplib.SMTP) -> None:
        if not self._user:
            return
        try:
            server.login(self._user, self._password)
        except smtplib.SMTPException as exc:  # the operator's to mend, so the mail is kept for then
            raise PostUnavailable(f"the mail server does not let us sign in: {type(exc).__name__}") from exc


def _hand_over(server: smtplib.SMTP, message: EmailMessage, sender: str, recipient: str) -> None:
    # Not send_message: it puts a ">" before lines that begin with "From".
    if (sender + recipient).isascii():
        server.sendmail(sender, [recipient], message.as_bytes())
        return
    server.ehlo_or_helo_if_needed()
    if not server.has_extn("smtputf8"):
        raise PostRefused("the mail server cannot deliver to an address with such letters")
    server.sendmail(sender, [recipient], message.as_bytes(policy=_POLICY.clone(utf8=True)), ["SMTPUTF8"])


def _message(mail: Mail, sender: Address, recipient: Address) -> EmailMessage:
    if not _ID.fullmatch(mail.message_id):
        raise PostRefused("the mail's id is none")
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = " ".join("".join(one if one.isprintable() else " " for one in mail.subject).split())
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = f"<{mail.message_id}>" if "@" in mail.message_id else f"<{mail.message_id}@{sender.domain}>"
    if mail.auto_submitted:
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
    return message


def _address(text: str) -> Address:
    """Return one address, its domain in ASCII as mail servers know it."""
    name, spec = parseaddr(text)
    local, _, domain = spec.rpartition("@")
    try:
        # Not Python's own codec, whose older rules would write to strasse.de instead of straße.de.
        domain = idna.encode(domain, uts46=True).decode("ascii") if domain else domain
    except (UnicodeError, idna.IDNAError) as exc:
        raise PostRefused("the address is none") from exc
    is_alone = bool(name) or text.strip() in (spec, f"<{spec}>")
    if not (is_alone and text.isprintable() and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise PostRefused("the address is none")
    return Address(name, username=local, domain=domain)


def _refusal(code: int) -> PostRefused | PostUnavailable:
    if code >= 500:
        return PostRefused(f"the mail server refused it with code {code}")
    return PostUnavailable(f"the mail server put it off with code {code}")


def _context(*, checked: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not checked:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
