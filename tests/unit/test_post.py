"""Mail, handed to a real server on this machine."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from assistant.adapters.post import Mail, Post, PostRefused, PostUnavailable, _address, _message

SENDER = "Pomoc sklepu Żółw <support@shop.example>"


class Inbox:
    """Takes mails, or answers what a test wants."""

    def __init__(self, *, rcpt: str = "250 OK", mail: str = "250 OK", data: str = "250 OK") -> None:
        self.rcpt, self.mail, self.data = rcpt, mail, data
        self.envelopes: list[Envelope] = []
        self.attempts = 0
        self.was_encrypted = False

    async def handle_MAIL(
        self, _server: Any, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.mail

    async def handle_RCPT(
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.attempts += 1
        if self.rcpt == "greylisting":
            if self.attempts == 1:
                return "451 4.7.1 try again later"
        elif not self.rcpt.startswith("250"):
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Session, envelope: Envelope) -> str:
        self.was_encrypted = session.ssl is not None
        if self.data.startswith("250"):
            self.envelopes.append(envelope)
        return self.data

    def message(self) -> EmailMessage:
        """The only mail that came."""
        [envelope] = self.envelopes
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        return message


@contextmanager
def serving(inbox: Inbox, **options: Any) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def mail(**changed: Any) -> Mail:
    return Mail(
        **{"to": "ola@example.com", "subject": "Your ticket", "text": "Hello\n", "message_id": "m-1", **changed}
    )


def send(inbox: Inbox, written: Mail) -> None:
    with serving(inbox) as port:
        Post(f"smtp://127.0.0.1:{port}", sender=SENDER, timeout_seconds=20).send(written)


def test_a_mail_arrives_as_it_was_written_in_any_language() -> None:
    inbox = Inbox()
    text = "Dzień dobry,\nمرحبا\n.\n注文\nFrom here on\n" + "x" * 2000 + "\n"

    send(inbox, mail(subject="Zgłoszenie: żółw • 注文", text=text, html="<p>Dzień dobry</p>"))

    message = inbox.message()
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == text
    assert html.get_content().strip() == "<p>Dzień dobry</p>"
    assert message["Subject"] == "Zgłoszenie: żółw • 注文"
    assert message["From"] == SENDER
    assert message["To"] == "ola@example.com"
    assert message["Message-ID"] == "<m-1@shop.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.tzinfo is not None
    assert (inbox.envelopes[0].mail_from, inbox.envelopes[0].rcpt_tos) == ("support@shop.example", ["ola@example.com"])


def test_a_mail_can_be_by_somebody_else_and_by_a_person() -> None:
    inbox = Inbox()

    send(inbox, mail(sender="Ola <ola@shop.example>", auto_submitted=False, message_id="m-2@tickets.example"))

    assert inbox.message()["From"] == "Ola <ola@shop.example>"
    assert inbox.message()["Message-ID"] == "<m-2@tickets.example>"
    assert inbox.message()["Auto-Submitted"] is None
    assert inbox.message().get_content_type() == "text/plain"


@pytest.mark.parametrize(
    ("to", "reached"),
    [
        ("ola@żółw.example", "ola@xn--w-uga1v8h.example"),
        ("żółw@example.com", "żółw@example.com"),
        ('"Ola, z Łodzi" <ola@example.com>', "ola@example.com"),
        ("ola+tickets@example.com", "ola+tickets@example.com"),
    ],
)
def test_addresses_of_any_alphabet_are_reached(to: str, reached: str) -> None:
    inbox = Inbox()

    send(inbox, mail(to=to))

    assert inbox.envelopes[0].rcpt_tos == [reached]


def test_an_address_whose_letters_the_server_does_not_know_is_refused() -> None:
    inbox = Inbox()
    with serving(inbox, enable_SMTPUTF8=False) as port, pytest.raises(PostRefused, match="such letters"):
        Post(f"smtp://127.0.0.1:{port}", sender=SENDER, timeout_seconds=20).send(mail(to="żółw@example.com"))

    assert inbox.envelopes == []


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ola",
        "@example.com",
        "ola@",
        "ola@example.com, eve@example.com",
        "ola@example.com\r\nBcc: eve@example.com",
        "ola@example.com\nRCPT TO:<eve@example.com>",
        "ola@example.com\x00",
        "ola eve@example.com",
        "ola@exa mple.com",
        "<ola@example.com",
        "ola@.example..com",
    ],
)
def test_what_is_not_one_address_is_refused_before_any_server_is_asked(to: str) -> None:
    with pytest.raises(PostRefused, match="the address is none"):
        Post("smtp://127.0.0.1:9", sender=SENDER).send(mail(to=to))


@given(st.text())
def test_no_subject_can_add_a_header(subject: str) -> None:
    message = _message(
        mail(subject=f"{subject}\r\nBcc: eve@example.com"), _address(SENDER), _address("ola@example.com")
    )

    read = message_from_bytes(message.as_bytes(), policy=default)
    assert read["Bcc"] is None
    assert read["To"] == "ola@example.com"


@pytest.mark.parametrize("message_id", ["", "a b", "a>\r\nBcc: eve@example.com", "<a@b>", "ż"])
def test_an_id_that_is_none_is_refused(message_id: str) -> None:
    with pytest.raises(PostRefused, match="id is none"):
        Post("smtp://127.0.0.1:9", sender=SENDER).send(mail(message_id=message_id))


@pytest.mark.parametrize(
    ("answers", "error", "code"),
    [
        ({"rcpt": "550 5.1.1 no such person"}, PostRefused, "550"),
        ({"rcpt": "450 4.2.1 mailbox busy"}, PostUnavailable, "450"),
        ({"mail": "553 5.7.1 not yours"}, PostRefused, "553"),
        ({"mail": "452 4.3.1 disk full"}, PostUnavailable, "452"),
        ({"data": "554 5.7.1 looks like spam"}, PostRefused, "554"),
        ({"data": "451 4.3.0 later"}, PostUnavailable, "451"),
    ],
)
def test_what_the_server_says_for_good_is_told_from_what_it_says_for_now(
    answers: dict[str, str], error: type[Exception], code: str
) -> None:
    with pytest.raises(error, match=f"with code {code}") as refused:
        send(Inbox(**answers), mail())

    assert "ola" not in str(refused.value)


def test_a_server_that_wants_to_be_asked_twice_takes_the_mail_the_second_time() -> None:
    inbox = Inbox(rcpt="greylisting")
    with serving(inbox) as port:
        post = Post(f"smtp://127.0.0.1:{port}", sender=SENDER, timeout_seconds=20)
        with pytest.raises(PostUnavailable, match="451"):
            post.send(mail())

        post.send(mail())

    assert inbox.message()["Message-ID"] == "<m-1@shop.example>"


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(PostUnavailable, match="ConnectionRefusedError"):
        Post(f"smtp://127.0.0.1:{port}", sender=SENDER).send(mail())
    with pytest.raises(PostUnavailable):
        Post(f"smtps://127.0.0.1:{port}", sender=SENDER).send(mail())


def test_a_server_that_hangs_up_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        listening.listen()
        thread = threading.Thread(target=lambda: listening.accept()[0].close())
        thread.start()
        with pytest.raises(PostUnavailable):
            Post(f"smtp://127.0.0.1:{port}", sender=SENDER, timeout_seconds=20).send(mail())
        thread.join()


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """A certificate that nobody else has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + signed.public_bytes(Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


def only(user: str, password: str) -> Callable[..., AuthResult]:
    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=(given.login, given.password) == (user.encode(), password.encode()), handled=False)

    return authenticate


def test_a_connection_is_encrypted_and_signed_in_where_the_server_can(certificate: ssl.SSLContext) -> None:
    inbox = Inbox()
    options = {"tls_context": certificate, "require_starttls": True, "authenticator": only("desk", "p@ss:w/rd")}
    with serving(inbox, auth_required=True, **options) as port:
        Post(f"smtp://desk:p%40ss%3Aw%2Frd@127.0.0.1:{port}", sender=SENDER, timeout_seconds=20).send(mail())

    assert inbox.was_encrypted
    assert inbox.message()["Subject"] == "Your ticket"


def test_a_wrong_password_keeps_the_mail_for_later(certificate: ssl.SSLContext) -> None:
    inbox = Inbox()
    options = {"tls_context": certificate, "authenticator": only("desk", "right")}
    with serving(inbox, auth_required=True, **options) as port:
        post = Post(f"smtp://desk:wrong@127.0.0.1:{port}", sender=SENDER, timeout_seconds=20)

        with pytest.raises(PostUnavailable, match="does not let us sign in: SMTPAuthenticationError"):
            post.send(mail())

    assert inbox.envelopes == []


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("", SENDER),
        ("http://127.0.0.1", SENDER),
        ("smtp://", SENDER),
        ("127.0.0.1:25", SENDER),
        ("smtp://desk:secret@:25", SENDER),
        ("smtp://desk:secret@host:port", SENDER),
        ("smtp://127.0.0.1", "Support"),
        ("smtp://127.0.0.1", "a@b, c@d"),
    ],
)
def test_settings_that_make_no_sense_are_refused_without_the_password(url: str, sender: str) -> None:
    with pytest.raises(ValueError, match=r"written as|[Pp]ort|not a sender") as refused:
        Post(url, sender=sender)

    assert "secret" not in str(refused.value)
