"""The real servers that messages are sent on to; named by the wiring only."""

from __future__ import annotations

import json

from api.dependencies import Clock
from api.forwarding import Send
from api.webhooks import Fees, NotTaken
from assistant.adapters.post import Mail, Post, PostRefused, PostUnavailable
from assistant.tickets.intake import FEE, MAIL
from assistant.tickets.ports import Outgoing


def mail_sender(post: Post) -> Send:
    """Return what sends mails."""

    def send(one: Outgoing) -> None:
        mail = json.loads(one.payload)
        try:
            post.send(Mail(to=mail["to"], subject=mail["subject"], text=mail["text"], message_id=one.id))
        except PostRefused as exc:
            raise NotTaken("the mail server refused it", forever=True) from exc
        except PostUnavailable as exc:
            raise NotTaken("the mail server could not be reached") from exc

    return send


def fee_sender(fees: Fees, clock: Clock) -> Send:
    """Return what asks the shop for fees."""

    def send(one: Outgoing) -> None:
        fees.ask(one.id, one.payload, now=clock())

    return send


def senders_of(post: Post | None, fees: Fees | None, clock: Clock) -> dict[str, Send]:
    """Return what sends messages on, as far as it is set up."""
    senders: dict[str, Send] = {}
    if post is not None:
        senders[MAIL] = mail_sender(post)
    if fees is not None:
        senders[FEE] = fee_sender(fees, clock)
    return senders
