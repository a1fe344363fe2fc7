"""Tickets in the record: as the helpdesk reports them, and as they are sent here."""

from __future__ import annotations

from concurrent.futures import Future

from api.dependencies import Services
from api.recording import recordable
from api.schemas_events import EventIn, EventOut
from api.tokens import TokenRefused
from assistant.asking.curation import snapshot_of
from assistant.errors import RecordUnavailable
from assistant.record.events import Event, EventType, Instant, Who, believed
from assistant.record.ports import Recorded, Ticket
from assistant.tickets.models import DeskTicket, TicketState
from corpus.languages import parse_locale
from indexer.errors import IndexNotReady

_COMMIT_SECONDS = 10.0


class EventRefused(Exception):
    """An event cannot be recorded; ``reason`` is a word for programs, the message a sentence for people."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def report_ticket(given: EventIn, services: Services, *, now: Instant) -> EventOut:
    """Record that a ticket was created or closed, and wait until that is committed.

    Raises:
        EventRefused: if something is missing, or the ticket is not known.
        TokenRefused: if the token that came with it is none of ours.
        RecordUnavailable: if it could not be recorded.
    """
    if given.ticket is None:
        raise EventRefused("no_ticket", "say by 'ticket' which one it is")
    known = services.record.ticket(given.ticket)
    at = int(given.at.timestamp() * 1000) if given.at is not None else now
    if at < 0:
        raise EventRefused("invalid", "at: no ticket is older than 1970; leave it out if it is not known")
    if given.type is EventType.TICKET_CLOSED:
        if known is None:
            raise EventRefused("unknown_ticket", "report first that the ticket was created, then that it was closed")
        event = _event(given, episode=known.episode, at=max(min(at, now), known.created_at), now=now)
        new = _done(services.recorder.followed([event]))
        services.record.close_ticket(known.id, event.at)
        services.intake.move(known.id, TicketState.SOLVED, at=event.at)
        return _result(given, new=bool(new))
    if known is not None:
        return _result(given, new=False)
    ticket = _ticket(given, services, at=min(at, now), now=now)
    event = _event(given, episode=ticket.episode, at=ticket.created_at, now=now)
    return _result(given, new=bool(_done(services.recorder.ticket_created(ticket, event, entry=given.entry))))


def record_sent(ticket: DeskTicket, services: Services) -> None:
    """Record a ticket that was sent here, once, and wait until that is committed.

    Raises:
        RecordUnavailable: if it could not be recorded now.
    """
    if services.record.ticket(ticket.id) is None:
        now, conversation = services.clock(), ticket.conversation
        sent_at = ticket.sent_at if ticket.sent_at is not None else now
        episode, at = "", min(sent_at, now)
        if conversation.token is not None:
            try:
                interacted = services.tokens.read_expired(conversation.token)
                episode, at = interacted.episode, believed(at, not_before=interacted.at, received_at=now)
            except TokenRefused:
                episode = ""
        generation, curation = _live(services)
        made = Ticket(
            id=ticket.id,
            episode=episode,
            created_at=at,
            locale=ticket.locale,
            generation=generation,
            curation=curation,
            text=recordable(ticket.text, services),
            who=Who(visitor=conversation.visitor, account=ticket.account),
        )
        event = Event(
            scope=f"ticket:{ticket.id}",
            id=f"sent-{ticket.id}",
            episode=episode,
            type=EventType.TICKET_CREATED,
            at=at,
            received_at=now,
            ticket=ticket.id,
        )
        _done(services.recorder.ticket_created(made, event, entry=conversation.entry))
    services.intake.store.mark_recorded(ticket.id)


def record_solved(ticket: DeskTicket, services: Services) -> None:
    """Record that a ticket was solved, once.

    Raises:
        RecordUnavailable: if it could not be recorded now.
    """
    known, now = services.record.ticket(ticket.id), services.clock()
    if known is None or known.closed_at is not None:
        return
    event = Event(
        scope=f"ticket:{ticket.id}",
        id=f"solved-{ticket.id}",
        episode=known.episode,
        type=EventType.TICKET_CLOSED,
        at=max(now, known.created_at),
        received_at=now,
        ticket=ticket.id,
    )
    _done(services.recorder.followed([event]))
    services.record.close_ticket(ticket.id, event.at)


def _live(services: Services) -> tuple[str, str]:
    """Return the generation and the curation that are live, empty where nothing is indexed yet."""
    try:
        assistant = services.live.current()
    except IndexNotReady:
        return "", ""
    return assistant.index.manifest.id, snapshot_of(assistant.curation.sources)[0]


def _ticket(given: EventIn, services: Services, *, at: Instant, now: Instant) -> Ticket:
    episode, locale = "", services.settings.default_locale
    if given.token is not None:
        interacted = services.tokens.read_expired(given.token)
        episode, at = interacted.episode, believed(at, not_before=interacted.at, received_at=now)
        for one in services.record.story_of(episode)[0]:
            locale = one.locale
    generation, curation = _live(services)
    try:
        locale = parse_locale(given.locale) if given.locale else locale
    except ValueError as exc:
        raise EventRefused("invalid", str(exc)) from exc
    return Ticket(
        id=given.ticket or "",
        episode=episode,
        created_at=at,
        locale=locale,
        generation=generation,
        curation=curation,
        text=recordable(given.text, services),
        who=services.keys.who(visitor=given.visitor, account=given.account),
    )


def _event(given: EventIn, *, episode: str, at: Instant, now: Instant) -> Event:
    return Event(
        scope=f"ticket:{given.ticket}",
        id=given.event_id,
        episode=episode,
        type=given.type,
        at=at,
        received_at=now,
        client_at=int(given.at.timestamp() * 1000) if given.at is not None else None,
        ticket=given.ticket,
    )


def _done(future: Future[Recorded]) -> Recorded:
    try:
        return future.result(_COMMIT_SECONDS)
    except TimeoutError as exc:
        raise RecordUnavailable("the ticket could not be recorded yet; send it again") from exc


def _result(given: EventIn, *, new: bool) -> EventOut:
    return EventOut(event_id=given.event_id, status="recorded" if new else "repeated")
