"""What is written after a ticket: the customer's replies, and the answers of staff, wherever they write them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from assistant.helpdesks.models import By, Message
from assistant.helpdesks.ports import Messages
from assistant.record.events import Instant
from assistant.tickets.intake import MAIL, handing_over
from assistant.tickets.models import ANSWERED_STATES, DeskTicket, TicketState
from assistant.tickets.ports import Outgoing
from assistant.tickets.states import moved

AnswerMail = Callable[[DeskTicket, str], str | None]
"""Makes the mail that brings an answer to a ticket's customer, as it is kept in the outbox; ``None`` for none."""


class Conversations:
    """Keeps what is written after tickets; whatever comes twice is kept once.

    Args:
        messages: where it is kept.
        mail_of: makes the mail that brings an answer.
        hand_over: whether tickets are handed over to a helpdesk.
    """

    def __init__(self, messages: Messages, *, mail_of: AnswerMail, hand_over: bool = False) -> None:
        self._messages = messages
        self._mail_of = mail_of
        self._hand_over = hand_over

    def of(self, ticket: str) -> Sequence[Message]:
        """Return what was written after a ticket, in the order in which we learnt of it."""
        return self._messages.of(ticket)

    def reply(self, ticket: str, text: str, key: str, at: Instant, *, delivered: bool = False) -> DeskTicket | None:
        """Keep what a customer writes, and open the ticket again; return it, ``None`` if there is none that was sent.

        Args:
            ticket: which one it is about.
            text: what they write.
            key: was made with the form: the same key for the same ticket is the same reply.
            at: now.
            delivered: whether it came from the helpdesk.
        """
        message = Message(message_id(ticket, key), ticket, By.CUSTOMER, text, at, delivered=delivered)

        def again(one: DeskTicket) -> DeskTicket:
            # What nobody has taken up yet, or is at work on, stays as it is.
            return moved(one, TicketState.RECEIVED, at=at) if one.state in ANSWERED_STATES else one

        return self._add(message, again, mail=False)

    def answer(
        self,
        ticket: str,
        text: str,
        author: str | None,
        state: TicketState,
        at: Instant,
        *,
        key: str,
        delivered: bool = False,
        mail: bool = True,
    ) -> DeskTicket | None:
        """Keep an answer of staff, and move the ticket; return it, ``None`` if there is none that was sent.

        Args:
            ticket: which one it is about.
            text: what the customer is to read.
            author: who writes.
            state: where the ticket stands with it, waiting or solved.
            at: when it was written.
            key: the same key for the same ticket is the same answer.
            delivered: whether it came from the helpdesk.
            mail: whether the customer is to be told by mail.

        Raises:
            ValueError: if a ticket does not come into that state by an answer.
        """
        if state not in ANSWERED_STATES:
            raise ValueError(f"a ticket is not {state.value!r} by an answer")
        message = Message(message_id(ticket, key), ticket, By.STAFF, text, at, author, delivered=delivered)
        return self._add(message, lambda one: moved(one, state, at=at), mail=mail)

    def _add(self, message: Message, change: Callable[[DeskTicket], DeskTicket], *, mail: bool) -> DeskTicket | None:
        def sending(one: DeskTicket) -> list[Outgoing]:
            going = handing_over(one, at=message.at) if self._hand_over and not message.delivered else []
            payload = self._mail_of(one, message.text or "") if mail else None
            if payload is not None:
                going.append(Outgoing(f"mail-{message.id[:32]}", MAIL, one.id, payload, message.at))
            return going

        done = self._messages.add(message, change=change, sending=sending)
        return done[0] if done is not None else None


def message_id(ticket: str, key: str) -> str:
    """Return what a message is known by; as long for every key, and telling nothing of it."""
    return hashlib.sha256(f"{ticket}\x00{key}".encode("utf-8", "replace")).hexdigest()
