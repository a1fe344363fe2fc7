"""What a priority ticket costs, and how the shop is asked to charge it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from assistant.tickets.models import DeskTicket

_WRITTEN = re.compile(r"(\d{1,7}(?:\.\d{1,2})?) ([A-Z]{3})")


@dataclass(frozen=True, slots=True)
class Fee:
    """An amount in a currency (ISO 4217)."""

    amount: Decimal
    currency: str

    @classmethod
    def parse(cls, written: str) -> Fee:
        """Return a fee that is written as ``9.00 EUR``.

        Raises:
            ValueError: if it is written otherwise.
        """
        found = _WRITTEN.fullmatch(written.strip())
        if found is None:
            raise ValueError(f"{written!r} is no fee; write an amount and a currency, such as '9.00 EUR'")
        return cls(Decimal(found.group(1)), found.group(2))


def request_for_fee(ticket: DeskTicket, fee: Fee, *, callback: str) -> dict[str, Any]:
    """Return the message that asks the shop to charge a ticket's fee (its envelope is that of Standard Webhooks).

    The customer is named by the shop's own account id; not a word of the ticket is in it.
    """
    at = datetime.fromtimestamp((ticket.sent_at or ticket.written_at) / 1000, UTC)
    return {
        "type": "fee.requested",
        "timestamp": at.isoformat().replace("+00:00", "Z"),
        "data": {
            "ticket": ticket.id,
            "account": ticket.customer.account,
            "amount": str(fee.amount),
            "currency": fee.currency,
            "callback": callback,
        },
    }


def dump_message(message: dict[str, Any]) -> str:
    """Return a message as it is signed and sent."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
