"""Tells other systems of gaps: signed messages after Standard Webhooks 1.0."""

from __future__ import annotations

from api.dependencies import Clock
from api.forwarding import Send
from api.settings import Settings, SettingsUnusable
from api.webhooks import make_webhook, send_signed
from assistant.tickets.ports import Outgoing

GAP = "gap"
"""The kind of message, in the outbox."""


def gap_sender(settings: Settings, clock: Clock) -> Send | None:
    """Return what sends messages about gaps on, if somebody is to be told.

    Raises:
        SettingsUnusable: if there is no secret to sign them with, or it is none.
    """
    url, secret = settings.writers_url, settings.writers_secret
    if url is None:
        return None
    if secret is None:
        raise SettingsUnusable("ASKFIRST_WRITERS_URL needs ASKFIRST_WRITERS_SECRET, which messages are signed with")
    try:
        webhook = make_webhook(secret.get_secret_value())
    except ValueError as exc:
        raise SettingsUnusable(f"the setting ASKFIRST_WRITERS_SECRET is wrong: {exc}") from exc

    def send(one: Outgoing) -> None:
        send_signed(webhook, url, one.id, one.payload, now=clock())

    return send
