"""The one place that names the real encoder and stores."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from api.limiting import RateLimits, by_address
from api.mails import mail_with_link
from api.settings import Settings, SettingsUnusable
from api.webhooks import Fees
from assistant.adapters.attachment_store import AttachmentStore
from assistant.adapters.post import Post
from assistant.adapters.scanning import make_scanner
from assistant.adapters.spool import DiskSpool
from assistant.adapters.sql.record import SqlRecord
from assistant.adapters.sql.retention import Retention
from assistant.asking.assistant import Assistant
from assistant.asking.curation import NO_CURATION, Curation, load_curation
from assistant.asking.policy import POLICY, SHIPPED, Policy, read_policy
from assistant.asking.ports import Reranker
from assistant.errors import PolicyUnusable
from assistant.record.keys import Keys, secret_bytes
from assistant.tickets.attachments import AttachmentRules
from assistant.tickets.calendar import Calendar, parse_hours, public_holidays
from assistant.tickets.fees import Fee, dump_message, request_for_fee
from assistant.tickets.files import Files
from assistant.tickets.identity import IdentityKeys, load_identities
from assistant.tickets.intake import Intake, StandingOf, everybody_normal
from assistant.tickets.models import DeskTicket
from assistant.tickets.ports import TicketStore
from assistant.tickets.queue import GivingWay
from indexer.adapters.adapted_model import adapter_digest
from indexer.adapters.encoders import load_encoder
from indexer.adapters.model_folder import Progress
from indexer.adapters.numpy_store import NumpyFormat
from indexer.adapters.sentence_transformers import SentenceTransformerEncoder
from indexer.contents import adapter_in
from indexer.generations import Generations
from indexer.ports import Encoder, VectorStoreFormat
from indexer.search import PassageIndex

_KEPT_ADAPTED = 2
_SECRET_BYTES = 32


def make_encoder(
    settings: Settings, *, adapter: Path | None = None, progress: Progress | None = None
) -> SentenceTransformerEncoder:
    """Return the encoder that the settings name, with a help centre's own adapter if one is given."""
    return load_encoder(settings.model, cache_dir=settings.cache_dir, adapter=adapter, progress=progress)


class Encoders:
    """The encoder of each generation: the one that the settings name, with the generation's own adapter if it has one.

    Each is loaded once; of adapted ones the last two are kept, that of the live generation and that of the one before.
    """

    def __init__(self, settings: Settings, *, progress: Progress | None = None) -> None:
        self._settings = settings
        self._progress = progress
        self._plain: Encoder | None = None
        self._adapted: dict[str, Encoder] = {}
        self._loading = threading.Lock()

    @property
    def plain(self) -> Encoder:
        """The encoder of generations without an adapter of their own."""
        with self._loading:
            if self._plain is None:
                self._plain = make_encoder(self._settings, progress=self._progress)
            return self._plain

    def of(self, folder: Path) -> Encoder:
        """Return the encoder for a generation's directory.

        Raises:
            ModelUnusable: if its adapter does not fit the model that the settings name.
        """
        adapter = adapter_in(folder)
        if adapter is None:
            return self.plain
        digest = adapter_digest(adapter)
        with self._loading:
            encoder = self._adapted.pop(digest, None) or make_encoder(
                self._settings, adapter=adapter, progress=self._progress
            )
            self._adapted[digest] = encoder
            if len(self._adapted) > _KEPT_ADAPTED:
                self._adapted.pop(next(iter(self._adapted)))
            return encoder


def make_reranker(settings: Settings) -> Reranker | None:
    """Return the reranker that the settings name, if they name one."""
    if settings.reranker is None:
        return None
    from assistant.adapters.cross_encoder import CrossEncoderReranker

    return CrossEncoderReranker(settings.reranker)


def make_curation(settings: Settings) -> Curation:
    """Return the synonyms and pinned answers of the folder that the settings name, if they name one.

    Raises:
        CurationUnusable: if a file there cannot be understood.
    """
    return load_curation(settings.curation) if settings.curation is not None else NO_CURATION


def make_store(settings: Settings) -> VectorStoreFormat:
    """Return the vector store that the settings name."""
    if settings.store == "numpy":
        return NumpyFormat()
    from indexer.adapters.faiss_store import FaissFormat

    return FaissFormat()


def open_assistant(
    generations: Generations,
    generation: str,
    *,
    encoder_of: Callable[[Path], Encoder],
    store: VectorStoreFormat,
    reranker: Reranker | None = None,
    curation: Curation = NO_CURATION,
) -> Assistant:
    """Open a generation with the policy beside it.

    A policy that was fitted for another recipe or reranker ranks, but is not trusted to call anything an answer.
    """
    folder = generations.folder(generation)
    index = PassageIndex.open(folder, encoder=encoder_of(folder), store=store)
    policy = policy_for(folder)
    fitted_for = (policy.recipe, policy.reranker)
    used = (index.manifest.recipe.digest, reranker.digest if reranker is not None else "")
    return Assistant(index, policy, trusted=fitted_for == used, reranker=reranker, curation=curation)


def new_policy(settings: Settings) -> Policy:
    """Return the policy to put beside a new index.

    Raises:
        PolicyUnusable: if the operator's own cannot be read.
    """
    return read_policy(settings.policy or SHIPPED)


def policy_for(folder: Path) -> Policy:
    """Return the policy of a generation, or the shipped one where it has none that can be read."""
    try:
        return read_policy(folder / POLICY)
    except PolicyUnusable:
        return read_policy(SHIPPED)


def make_keys(settings: Settings) -> Keys:
    """Return the keys made from the operator's secret, or from one that is made and kept in a file at the first start.

    Raises:
        SettingsUnusable: if the file cannot be read or made.
    """
    if settings.secret is not None:
        return Keys(secret_bytes(settings.secret.get_secret_value()))
    path = settings.secret_file
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError), open(path, "x", encoding="ascii", opener=_for_owner) as file:
            file.write(secrets.token_hex(_SECRET_BYTES) + "\n")
        secret = path.read_text("ascii").strip()
    except OSError as exc:
        raise SettingsUnusable(
            f"the secret in {path} cannot be read or made ({exc.strerror}); set ASKFIRST_SECRET"
        ) from exc
    if not secret:
        raise SettingsUnusable(
            f"the secret in {path} is empty; delete the file and another is made, or set ASKFIRST_SECRET"
        )
    return Keys(secret_bytes(secret))


def open_record(settings: Settings) -> SqlRecord:
    """Return the record in the database that the settings name, its schema brought up to date.

    Raises:
        RecordUnusable: if the database cannot be used.
    """
    return SqlRecord(settings.database, zone=ZoneInfo(settings.time_zone))


def make_calendar(settings: Settings) -> Calendar:
    """Return the calendar that promises are computed by.

    Raises:
        SettingsUnusable: if nobody ever answers a standard ticket.
    """
    try:
        return Calendar(
            ZoneInfo(settings.time_zone),
            parse_hours(settings.hours),
            parse_hours(settings.priority_hours),
            public_holidays(settings.holidays),
            settings.priority_minutes,
        )
    except ValueError as exc:
        raise SettingsUnusable(f"the settings of hours cannot be used: {exc}") from exc


def make_intake(
    settings: Settings, keys: Keys, store: TicketStore, *, standing_of: StandingOf = everybody_normal
) -> Intake:
    """Return what takes tickets."""
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    fee = Fee.parse(settings.fee)

    def mail_of(email: str, locale: str, secret: str, ticket: DeskTicket | None) -> str:
        return mail_with_link(email, locale, secret, ticket, base=base, site_name=settings.site_name)

    def fee_of(ticket: DeskTicket) -> str:
        return dump_message(request_for_fee(ticket, fee, callback=f"{base}/v1/tickets/{ticket.id}/fee"))

    return Intake(
        store,
        DiskSpool(settings.secret_file.parent / "spool"),
        make_calendar(settings),
        mail_of=mail_of,
        fee_of=fee_of,
        pseudonym_of=keys.account,
        hand_over=settings.helpdesk != "none",
        standing_of=standing_of,
        giving_way=GivingWay(settings.deferred_hours),
    )


def make_files(settings: Settings, keys: Keys, store: TicketStore) -> Files:
    """Return what takes attachments.

    Raises:
        SettingsUnusable: if they cannot be kept where the settings say.
    """
    rules = AttachmentRules(settings.attachment_count, settings.attachment_bytes)
    try:
        contents = AttachmentStore(settings.attachments)
        scanner = make_scanner(settings.attachment_scanner)
    except (ValueError, ImportError, OSError) as exc:
        raise SettingsUnusable(f"attachments cannot be kept as the settings say: {exc}") from exc
    return Files(store, contents, scanner, rules, pseudonym_of=keys.account)


def make_identities(settings: Settings) -> IdentityKeys | None:
    """Return what checks the shop's identities, if it signs any.

    Raises:
        SettingsUnusable: if its keys cannot be read.
    """
    if settings.identity_keys is None:
        return None
    try:
        return load_identities(settings.identity_keys, audience=settings.identity_audience)
    except (ValueError, OSError) as exc:
        raise SettingsUnusable(f"the keys in {settings.identity_keys} cannot be read: {exc}") from exc


def make_fees(settings: Settings) -> Fees | None:
    """Return what asks the shop for fees, if it takes any.

    Raises:
        SettingsUnusable: if there is no secret to sign with.
    """
    if settings.fee_url is None:
        return None
    if settings.fee_secret is None:
        raise SettingsUnusable("ASKFIRST_FEE_URL needs ASKFIRST_FEE_SECRET, which both sides sign with")
    try:
        return Fees(settings.fee_url, settings.fee_secret.get_secret_value())
    except ValueError as exc:
        raise SettingsUnusable(f"the setting ASKFIRST_FEE_SECRET is wrong: {exc}") from exc


def make_limits(settings: Settings, keys: Keys) -> RateLimits:
    """Return what counts how much is asked and sent.

    Raises:
        SettingsUnusable: if there is nowhere to count.
    """
    policies = {
        "questions": settings.question_limit,
        "tickets": settings.ticket_limit,
        "mails": settings.mail_limit,
        "files": settings.file_limit,
        "sign-ins": settings.sign_in_limit,
    }
    policies |= {f"{name}-by-address": by_address(limit) for name, limit in policies.items()}
    try:
        return RateLimits(policies, settings.limits_store, secret=keys.derive("limits"))
    except ValueError as exc:
        raise SettingsUnusable(f"limits cannot be counted as the settings say: {exc}") from exc


def make_post(settings: Settings) -> Post | None:
    """Return what sends mails, if there is a server for it.

    Raises:
        SettingsUnusable: if its address, or that of the sender, is none.
    """
    if settings.smtp_url is None:
        return None
    try:
        return Post(settings.smtp_url.get_secret_value(), sender=settings.mail_from)
    except ValueError as exc:
        raise SettingsUnusable(f"mails cannot be sent as the settings say: {exc}") from exc


def make_retention(settings: Settings) -> Retention:
    """Return for how long the settings have each kind of data kept."""
    return Retention(settings.keep_text_days, settings.keep_event_days, settings.keep_episode_days)


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
