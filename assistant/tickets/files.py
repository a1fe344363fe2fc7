"""Files that go with tickets: looked at, scanned, and kept where nothing is served from."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from assistant.errors import RecordUnavailable
from assistant.record.events import MS_PER_DAY, Instant
from assistant.tickets.attachments import AttachmentRefused, AttachmentRules, inspect, safe_name
from assistant.tickets.models import Customer, File
from assistant.tickets.ports import Contents, KeptFile, Scanner, TicketStore

_LOOSE_DAYS = 2
"""How long a file is kept that went with no ticket."""
_AT_ONCE = 100


class Files:
    """Takes files from customers who are signed in, and gives them back to them.

    Args:
        store: keeps what they are and whose.
        contents: keeps what is in them.
        scanner: looks for viruses; ``None`` where the operator has named none.
        rules: how many, how large.
        pseudonym_of: returns an account's pseudonym in the record.
    """

    def __init__(
        self,
        store: TicketStore,
        contents: Contents,
        scanner: Scanner | None,
        rules: AttachmentRules,
        *,
        pseudonym_of: Callable[[str], str],
    ) -> None:
        self.rules = rules
        self._store = store
        self._contents = contents
        self._scanner = scanner
        self._pseudonym_of = pseudonym_of

    def keep(
        self, name: str, content: bytes, customer: Customer | None, *, at: Instant, along_with: int = 0
    ) -> KeptFile:
        """Keep a file until it goes with a ticket.

        Args:
            name: as the customer calls it.
            content: what is in it.
            customer: who sends it.
            at: now.
            along_with: how many others go with the same ticket already.

        Raises:
            AttachmentRefused: if it is not to be taken.
            RecordUnavailable: if it cannot be kept.
        """
        if customer is None or not customer.verified:
            raise AttachmentRefused("sign_in", "sign in first: files are taken from known accounts only")
        if along_with >= self.rules.most:
            raise AttachmentRefused("too_many", f"at most {self.rules.most} files go with a ticket")
        kind = inspect(name, content, self.rules)
        if self._scanner is not None and self._scanner.infected(content):
            raise AttachmentRefused("infected", "a virus was found in it")
        file = File(uuid.uuid4().hex, safe_name(name, kind), kind.value, len(content))
        kept = KeptFile(file, self._pseudonym_of(customer.account), None, at)
        self._store.add_file(kept)  # first: what is listed and not there is forgotten in time, the other way it is not
        try:
            self._contents.put(file.id, content)
        except OSError as exc:
            self._store.drop_file(file.id)
            raise RecordUnavailable("attachments cannot be kept right now; the ticket can be sent without") from exc
        return kept

    def of(self, ids: Sequence[str], customer: Customer | None) -> list[KeptFile]:
        """Return those of some files that are a customer's own."""
        if customer is None or not customer.verified or not ids:
            return []
        account = self._pseudonym_of(customer.account)
        return [one for one in self._store.files(list(ids)[: self.rules.most]) if one.account == account]

    def content(self, file: str) -> bytes:
        """Return what is in a file.

        Raises:
            AttachmentMissing: if it is no longer there.
        """
        return self._contents.get(file)

    def drop(self, kept: KeptFile) -> None:
        """Forget a file that went with no ticket."""
        if self._store.drop_file(kept.file.id):
            self._contents.delete(kept.file.id)

    def delete(self, ids: Sequence[str]) -> None:
        """Delete what is in files that are listed nowhere any more."""
        for one in ids:
            self._contents.delete(one)

    def drop_loose(self, now: Instant) -> int:
        """Forget files that went with no ticket for days; return how many."""
        loose = self._store.loose_files(before=now - _LOOSE_DAYS * MS_PER_DAY, most=_AT_ONCE)
        for one in loose:
            self.drop(one)
        return len(loose)
