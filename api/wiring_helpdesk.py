"""The one place that names the helpdesks that tickets can go to."""

from __future__ import annotations

from sqlalchemy import Engine

from api.dependencies import Clock
from api.helpdesk import Helpdesk
from api.mails import mail_with_answer
from api.settings import Settings, SettingsUnusable
from assistant.adapters.helpdesks.django_helpdesk import DjangoHelpdesk
from assistant.adapters.helpdesks.freshdesk import Freshdesk
from assistant.adapters.helpdesks.request_tracker import RequestTracker
from assistant.adapters.helpdesks.webhook import WebhookSink
from assistant.adapters.helpdesks.zammad import Zammad
from assistant.adapters.helpdesks.zendesk import Zendesk
from assistant.adapters.sql.deliveries import SqlDeliveries
from assistant.adapters.sql.messages import SqlMessages
from assistant.helpdesks.ports import TicketSink
from assistant.tickets.conversations import Conversations
from assistant.tickets.models import DeskTicket


def make_sink(settings: Settings, clock: Clock) -> TicketSink | None:
    """Return the helpdesk that tickets go to, if they go to one.

    Raises:
        SettingsUnusable: if something is missing, or cannot be used.
    """
    if settings.helpdesk == "none":
        return None
    if settings.helpdesk_url is None:
        raise SettingsUnusable(f"ASKFIRST_HELPDESK={settings.helpdesk} needs ASKFIRST_HELPDESK_URL: where it is")
    try:
        if settings.helpdesk == "webhook":
            return _webhook(settings, settings.helpdesk_url, clock)
        return _named(settings, settings.helpdesk_url, clock)
    except ValueError as exc:
        raise SettingsUnusable(f"the helpdesk cannot be used as the settings say: {exc}") from exc


def make_helpdesk(settings: Settings, engine: Engine, clock: Clock) -> Helpdesk:
    """Return what is written after tickets, and the helpdesk that they go to."""
    messages, sink = SqlMessages(engine), make_sink(settings, clock)
    base = settings.public_url or f"http://{settings.host}:{settings.port}"

    def mail_of(ticket: DeskTicket, text: str) -> str | None:
        if settings.smtp_url is None or not ticket.customer.email or not ticket.text:
            return None
        return mail_with_answer(ticket, text, base=base, site_name=settings.site_name)

    return Helpdesk(
        Conversations(messages, mail_of=mail_of, hand_over=sink is not None),
        messages,
        SqlDeliveries(engine),
        sink,
        sink if isinstance(sink, WebhookSink) else None,
    )


def _webhook(settings: Settings, url: str, clock: Clock) -> WebhookSink:
    if settings.helpdesk_secret is None:
        raise SettingsUnusable("ASKFIRST_HELPDESK=webhook needs ASKFIRST_HELPDESK_SECRET, which both sides sign with")
    return WebhookSink(
        url,
        settings.helpdesk_secret.get_secret_value(),
        clock,
        private=settings.helpdesk_private,
        with_email=settings.helpdesk_mails,
    )


def _named(settings: Settings, url: str, clock: Clock) -> TicketSink:
    if settings.helpdesk_token is None:
        raise SettingsUnusable(f"ASKFIRST_HELPDESK={settings.helpdesk} needs ASKFIRST_HELPDESK_TOKEN")
    token, queue = settings.helpdesk_token.get_secret_value(), settings.helpdesk_queue
    mails = settings.helpdesk_mails
    if settings.helpdesk == "django-helpdesk":
        return DjangoHelpdesk(url, token, queue, with_email=mails)
    if settings.helpdesk in ("request-tracker", "zammad") and not queue:
        raise SettingsUnusable(f"ASKFIRST_HELPDESK={settings.helpdesk} needs ASKFIRST_HELPDESK_QUEUE, by its name")
    if settings.helpdesk == "request-tracker":
        return RequestTracker(url, token, queue, with_email=mails)
    if settings.helpdesk == "zendesk":
        return Zendesk(url, token, queue, clock, with_email=mails)
    if settings.helpdesk == "freshdesk":
        return Freshdesk(url, token, queue, clock, with_email=mails)
    return Zammad(url, token, queue, clock, with_email=mails)
