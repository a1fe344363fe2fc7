"""Takes in what customers write: at once from those whose identity is known, after a link in a mail from others."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.errors import RecordUnavailable
from assistant.fair_use.models import Standing
from assistant.record.events import MS_PER_HOUR, Instant
from assistant.tickets.calendar import Calendar
from assistant.tickets.models import Customer, DeskTicket, FeeState, Letter, TicketState
from assistant.tickets.ports import Link, Outgoing, Spool, TicketStore
from assistant.tickets.promises import Lane
from assistant.tickets.queue import ONE_DAY, GivingWay
from assistant.tickets.states import fee_settled, moved, sent

MAIL, FEE, HELPDESK = "mail", "fee", "helpdesk"
_LINK_HOURS = 24
_ID_LETTERS = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
"""Without letters and digits that are taken for one another when somebody reads them out."""
_ID_LENGTH = 8
EMAIL_ACCOUNT = "email:"
"""What the account of somebody without one begins with; their address follows."""
UNVERIFIED_ACCOUNT = "unverified:"
"""What the account of somebody begins with whose identity was observed and did not hold."""
RESERVED = (EMAIL_ACCOUNT, UNVERIFIED_ACCOUNT)
"""What no account of a shop may begin with."""


def account_of_email(address: str) -> str:
    """Return the account that stands for an e-mail address."""
    return EMAIL_ACCOUNT + address.strip().lower()  # case folding would make one of "groß" and "gross"


def digest_of_secret(secret: str) -> str:
    """Return what is kept of a link's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def handing_over(ticket: DeskTicket, *, at: Instant) -> list[Outgoing]:
    """Return what says that there is something of a ticket for the helpdesk, which finds out itself what it is."""
    return [Outgoing(f"helpdesk-{ticket.id}", HELPDESK, ticket.id, "", at)]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a letter. ``spooled`` says that it is kept beside the database, which is away."""

    ticket: DeskTicket
    new: bool
    spooled: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening a link did: who is signed in by it, and the ticket that it has sent."""

    email: str
    locale: str
    ticket: DeskTicket | None


StandingOf = Callable[[str, Instant], Standing]
"""Returns an account's standing at a moment. Whatever goes wrong there, it is normal."""


def everybody_normal(_: str, __: Instant) -> Standing:
    """Say that an account's standing is normal."""
    return Standing.NORMAL


class Intake:
    """Takes letters, confirmations, fees and states; nothing is acknowledged before it is kept.

    Args:
        store: where tickets are kept.
        spool: where they are kept while the database is away.
        calendar: for promises.
        mail_of: makes the mail with a one-time link; its arguments are the address, the locale, the link's secret
            and the ticket that waits for it, if one does.
        fee_of: makes the message that asks the shop for a ticket's fee.
        pseudonym_of: returns an account's pseudonym in the record.
        hand_over: whether tickets are handed over to a helpdesk.
        standing_of: returns the standing of an account, by its pseudonym.
        giving_way: for how long those of a deferred account do.
    """

    def __init__(
        self,
        store: TicketStore,
        spool: Spool,
        calendar: Calendar,
        *,
        mail_of: Callable[[str, str, str, DeskTicket | None], str],
        fee_of: Callable[[DeskTicket], str],
        pseudonym_of: Callable[[str], str],
        hand_over: bool = False,
        standing_of: StandingOf = everybody_normal,
        giving_way: GivingWay = ONE_DAY,
    ) -> None:
        self.store = store
        self.calendar = calendar
        self._spool = spool
        self._mail_of = mail_of
        self._fee_of = fee_of
        self._pseudonym_of = pseudonym_of
        self._hand_over = hand_over
        self._standing_of = standing_of
        self._giving_way = giving_way

    def take(self, letter: Letter, customer: Customer, *, at: Instant, confirmed: bool) -> Taken:
        """Keep a letter as a ticket.

        Args:
            letter: what is sent.
            customer: who sends it.
            at: now.
            confirmed: whether who sends it is known; else it waits for the link that is sent to their address.

        Raises:
            RecordUnavailable: if it could not be kept anywhere.
        """
        ticket = self._ticket(letter, customer, at=at)
        link, sending = None, []
        if confirmed:
            ticket = self._sent(ticket, at=at)
            sending = self._on_its_way(ticket)
        else:
            secret = secrets.token_urlsafe(32)
            link = Link(digest_of_secret(secret), customer.email or "", letter.locale, ticket.id, _ends(at))
            sending = [self._mail(customer.email or "", letter.locale, secret, ticket, at=at)]
        try:
            self.bring_in()  # what was sent before, so that nothing of it is taken for new
            kept, new = self.store.add(ticket, files=letter.files, sending=sending, link=link)
        except RecordUnavailable:
            if not confirmed:  # the link could not be opened; who wrote it still has the text
                raise
            spooled = self._spool.put(ticket, letter.files)
            return Taken(spooled, new=spooled.id == ticket.id, spooled=True)
        late = at - kept.written_at > _LINK_HOURS * MS_PER_HOUR
        if not new and link is not None and kept.sent_at is None and late:  # the link that it waits for is good no more
            self.store.add_link(
                replace(link, ticket=kept.id), sending=[replace(one, ticket=kept.id) for one in sending]
            )
        return Taken(kept, new)

    def known(self, letter: Letter, customer: Customer) -> DeskTicket | None:
        """Return the ticket that a letter has become already, if it has and the database can tell."""
        try:
            return self.store.by_key(self._key(letter, customer))
        except RecordUnavailable:
            return None

    def bring_in(self) -> int:
        """Take in what was spooled while the database was away; return how many that were."""
        number = 0
        for name, ticket, files in self._spool.waiting():
            try:
                self.store.add(ticket, files=files, sending=self._on_its_way(ticket))
            except RecordUnavailable:
                raise
            except Exception:  # whatever the database has against this one, the others are not to wait for it
                self._spool.set_aside(name)
                continue
            self._spool.drop(name)
            number += 1
        return number

    def ask_to_sign_in(self, email: str, locale: str, *, at: Instant) -> None:
        """Send a one-time link that signs in to an address."""
        secret = secrets.token_urlsafe(32)
        link = Link(digest_of_secret(secret), email, locale, None, _ends(at))
        self.store.add_link(link, sending=[self._mail(email, locale, secret, None, at=at)])

    def look_at_link(self, secret: str, *, at: Instant) -> Link | None:
        """Return the link of a secret if it is still good, without using it: mail scanners open links, too."""
        link = self.store.link(digest_of_secret(secret))
        return link if link is not None and link.used_at is None and link.expires_at > at else None

    def open_link(self, secret: str, *, at: Instant) -> Opened | None:
        """Use a link: its ticket is sent, and who has it is signed in; ``None`` if it was used, or is too old.

        The ticket is sent first: if anything breaks between, the link is still good and the ticket sent once.
        """
        link = self.look_at_link(secret, at=at)
        if link is None:
            return None
        ticket = self._confirm(link.ticket, at=at) if link.ticket else None
        return Opened(link.email, link.locale, ticket) if self.store.use_link(link.digest, at=at) else None

    def settle_fee(self, ticket: str, *, paid: bool, at: Instant) -> DeskTicket | None:
        """Note what the shop says about a fee; return the ticket, ``None`` if there is none."""
        done = self.store.change(
            ticket,
            lambda one: fee_settled(one, paid=paid, at=at, calendar=self.calendar),
            sending=lambda one: handing_over(one, at=at) if self._hand_over else (),
        )
        return done[0] if done is not None else None

    def move(self, ticket: str, state: TicketState, *, at: Instant) -> DeskTicket | None:
        """Note the state that the helpdesk reports; return the ticket, ``None`` if there is none."""
        done = self.store.change(ticket, lambda one: moved(one, state, at=at), sending=lambda _: ())
        return done[0] if done is not None else None

    def tickets_of(self, customer: Customer, *, most: int = 100) -> Sequence[DeskTicket]:
        """Return a customer's tickets, latest first; none of somebody whose identity was not verified."""
        return self.store.of(self._pseudonym_of(customer.account), most=most) if customer.verified else ()

    def ticket_of(self, customer: Customer, ticket: str) -> DeskTicket | None:
        """Return one of a customer's tickets."""
        found = self.store.ticket(ticket) if customer.verified else None
        return found if found is not None and found.account == self._pseudonym_of(customer.account) else None

    def _confirm(self, ticket: str, *, at: Instant) -> DeskTicket | None:
        done = self.store.change(ticket, lambda one: self._sent(one, at=at), sending=self._on_its_way)
        return done[0] if done is not None else None

    def _sent(self, ticket: DeskTicket, *, at: Instant) -> DeskTicket:
        standing = self._standing_of(ticket.account, at)
        return sent(ticket, at=at, calendar=self.calendar, standing=standing, giving_way=self._giving_way)

    def _ticket(self, letter: Letter, customer: Customer, *, at: Instant) -> DeskTicket:
        account = self._pseudonym_of(customer.account)
        return DeskTicket(
            id="".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH)),
            key=self._key(letter, customer),
            account=account,
            customer=customer,
            locale=letter.locale,
            text=letter.text,
            wanted=letter.lane,
            lane=Lane.STANDARD,
            fee=FeeState.NONE,
            state=TicketState.UNCONFIRMED,
            written_at=at,
            sent_at=None,
            promised_at=None,
            conversation=letter.conversation,
        )

    def _key(self, letter: Letter, customer: Customer) -> str:
        said = "\x00".join((self._pseudonym_of(customer.account), letter.key, letter.text))
        return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()

    def _on_its_way(self, ticket: DeskTicket) -> list[Outgoing]:
        """Return what a ticket that has just been sent brings about."""
        sending = self._asking_for_fee(ticket)
        if self._hand_over and ticket.sent_at is not None:
            sending += handing_over(ticket, at=ticket.sent_at)
        return sending

    def _asking_for_fee(self, ticket: DeskTicket) -> list[Outgoing]:
        if ticket.fee is not FeeState.ASKED or ticket.sent_at is None:
            return []
        return [Outgoing(f"fee-{ticket.id}", FEE, ticket.id, self._fee_of(ticket), ticket.sent_at)]

    def _mail(self, email: str, locale: str, secret: str, ticket: DeskTicket | None, *, at: Instant) -> Outgoing:
        payload = self._mail_of(email, locale, secret, ticket)
        return Outgoing(f"mail-{secrets.token_hex(12)}", MAIL, ticket.id if ticket else None, payload, at)


def _ends(at: Instant) -> Instant:
    return at + _LINK_HOURS * MS_PER_HOUR
