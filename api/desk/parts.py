"""What the desk works with."""

from __future__ import annotations

from dataclasses import dataclass

from api.desk.oidc import Provider
from assistant.fair_use.overseeing import FairUse
from assistant.staff.accounts import Accounts
from assistant.tickets.ports import Queue


@dataclass(frozen=True)
class Desk:
    """The desk's accounts, what waits there, fair use, and the provider by which staff signs in, if there is one."""

    accounts: Accounts
    queue: Queue
    fair_use: FairUse
    provider: Provider | None
