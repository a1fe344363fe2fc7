"""Everything an operator may change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import limits
from platformdirs import user_cache_path
from pydantic import AfterValidator, Field, IPvAnyNetwork, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.privacy.redaction import Redactor
from assistant.tickets.calendar import parse_hours, public_holidays
from assistant.tickets.fees import Fee
from corpus.languages import parse_locale


def parse_time_zone(name: str) -> str:
    """Return a time zone's name.

    Raises:
        ValueError: if there is no such zone.
    """
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as exc:
        raise ValueError(f"{name!r} is not a time zone such as 'Europe/Warsaw'") from exc
    return name


def parse_public_url(url: str) -> str:
    """Return a service's public address without a slash at its end.

    Raises:
        ValueError: if it is none.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"{url!r} is no address such as 'https://help.example.com'")
    return url.rstrip("/")


def parse_opening(hours: str) -> str:
    """Return hours as they were written.

    Raises:
        ValueError: if they cannot be understood.
    """
    parse_hours(hours)
    return hours


def parse_holidays(places: str) -> str:
    """Return the places whose public holidays count.

    Raises:
        ValueError: if one is not known.
    """
    public_holidays(places)
    return places


def parse_fee(fee: str) -> str:
    """Return a fee as it was written.

    Raises:
        ValueError: if it is no amount with a currency.
    """
    Fee.parse(fee)
    return fee


def parse_limit(limit: str) -> str:
    """Return a limit as it was written.

    Raises:
        ValueError: if it is none, such as ``20/hour``.
    """
    limits.parse(limit)
    return limit


def parse_pattern(pattern: str) -> str:
    """Return a pattern for order numbers.

    Raises:
        ValueError: if it is none, or matches nothing at all.
    """
    Redactor(order_pattern=pattern)
    return pattern


HelpdeskName = Literal["none", "django-helpdesk", "request-tracker", "webhook", "zendesk", "freshdesk", "zammad"]


class SettingsUnusable(Exception):
    """A setting has a value that it cannot have; the message names it."""


class Settings(BaseSettings):
    """Read once at start-up from the environment, each as ``ASKFIRST_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="ASKFIRST_", frozen=True)

    index_dir: Path = Path(".askfirst/index")
    """Where generations are kept."""
    cache_dir: Path = Field(default_factory=lambda: user_cache_path("askfirst"))
    """Where the bundled model and the indexes of `askfirst eval` are kept; safe to delete."""
    model: str = "bundled"
    """`bundled`, or the folder or id of any sentence-transformers model."""
    reranker: str | None = None
    """The folder or id of a sentence-transformers cross-encoder that judges the nearest pages again; it needs a
    policy of its own."""
    policy: Path | None = None
    """The policy that `askfirst index build` puts beside an index; the bundled model's own unless set."""
    curation: Path | None = None
    """The folder of `synonyms.yaml`, `pinned.yaml` and `hidden.yaml`, which a running service takes up as they are
    edited."""
    pages: Path | None = None
    """The folder of the help pages' Markdown files, for writers to edit at the desk; without it they can try a page
    there and download it."""
    drafts: Path | None = None
    """A folder of folders of pages that writers may try before they are published, beside the branches of the
    repository that `pages` is in."""
    writers_url: str | None = None
    """Where gaps that move to another state are told by a signed message (Standard Webhooks)."""
    writers_secret: SecretStr | None = None
    """What those messages are signed with: `whsec_…`."""
    promotion_losses: Annotated[int, Field(ge=0)] = 0
    """How many confirmed answers a new generation may lose and still be promoted without `--force`."""
    store: Literal["faiss", "numpy"] = "faiss"
    """What keeps and searches vectors."""
    host: str = "127.0.0.1"
    """The address that `askfirst serve` binds."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Its port; 0 takes a free one."""
    site_name: str = "Kramik"
    """The name of the help centre, as visitors see it."""
    default_locale: Annotated[str, AfterValidator(parse_locale)] = "en"
    """The locale of visitors whose browser asks for none that has pages."""
    secret: SecretStr | None = None
    """What tokens, pseudonyms and lots are made with; without it, the one in `secret_file`."""
    secret_file: Path = Path(".askfirst/secret")
    """Where a secret is kept that was made at the first start, unless `secret` is set."""
    api_key: SecretStr | None = None
    """What the operator's own systems identify themselves with; without it nobody reports tickets or reads figures."""
    database: str = "sqlite:///.askfirst/record.db"
    """The record's database: `sqlite:///…` or `postgresql://…`."""
    time_zone: Annotated[str, AfterValidator(parse_time_zone)] = "UTC"
    """The time zone in which days are told in reports, such as `Europe/Warsaw`."""
    order_pattern: Annotated[str, AfterValidator(parse_pattern)] | None = None
    """A regular expression for order numbers, which are taken out of what is stored like other personal data."""
    holdout_share: Annotated[float, Field(ge=0.0, le=0.5)] = 0.0
    """The share of visitors who by lot get the plain form, 0 to 0.5."""
    holdout_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,40}$")] = "1"
    """The name of the holdout; another name draws all lots anew."""
    token_days: Annotated[float, Field(gt=0.0, le=31.0)] = 7.0
    """For how long events may be reported with an interaction token."""
    keep_text_days: Annotated[int, Field(ge=1)] = 180
    """For how long questions' and tickets' texts are kept."""
    keep_event_days: Annotated[int, Field(ge=8)] = 400
    """For how long events are kept."""
    keep_episode_days: Annotated[int, Field(ge=8)] = 1100
    """For how long episodes and tickets, without texts, are kept."""
    public_url: Annotated[str, AfterValidator(parse_public_url)] | None = None
    """Where visitors find this service, such as `https://help.example.com`; links in mails and sitemaps lead there."""
    origins: tuple[str, ...] = ()
    """Origins of pages that may show the widget or sign customers in, as a JSON list; none unless named."""
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()
    """Networks of proxies that are believed when they say whom they speak for, as a JSON list."""
    sign_in_url: str | None = None
    """The shop's page that signs a customer in and sends them back with a signed identity."""
    identity_keys: Path | None = None
    """A JWK set with the keys that the shop signs identities with; without it nobody signs in by the shop."""
    identity_mode: Literal["observe", "enforce"] = "enforce"
    """What becomes of an identity that does not hold: `observe` lets it write and says so, `enforce` refuses it."""
    identity_audience: str | None = None
    """What identities must name as their audience, if anything."""
    session_hours: Annotated[float, Field(gt=0.0, le=24 * 30)] = 12.0
    """For how long a customer stays signed in."""
    smtp_url: SecretStr | None = None
    """The mail server, `smtp://user:password@host:587` or `smtps://…`; without it nobody signs in by e-mail."""
    mail_from: str = "support@localhost"
    """The address that mails come from."""
    attachments: str = "file:.askfirst/attachments"
    """Where attachments are kept, outside of what is served: a folder's or an object store's address for fsspec."""
    attachment_scanner: str | None = None
    """What looks for viruses: a command that reads standard input, or `clamd://host:port`."""
    attachment_count: Annotated[int, Field(ge=0, le=20)] = 5
    """How many files may go with a ticket."""
    attachment_bytes: Annotated[int, Field(ge=1024)] = 10 * 1024 * 1024
    """How large each may be."""
    hours: Annotated[str, AfterValidator(parse_opening)] = (
        "mon-fri 09:00-18:00 until 16:00, sat 09:00-13:00 until 12:00"
    )
    """When standard tickets are answered, in `time_zone`; what comes before `until` is answered on the same day."""
    priority_hours: Annotated[str, AfterValidator(parse_opening)] = "mon-sun 08:00-20:00"
    """When priority tickets are answered, on public holidays too."""
    priority_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 60
    """Within how many of these minutes."""
    holidays: Annotated[str, AfterValidator(parse_holidays)] = ""
    """Whose public holidays are no working days: countries and their parts, such as `PL` or `DE-BY,NL`."""
    fee: Annotated[str, AfterValidator(parse_fee)] = "9.00 EUR"
    """What a priority ticket costs."""
    fee_url: str | None = None
    """Where the shop is asked to charge the fee; without it there are no priority tickets."""
    fee_secret: SecretStr | None = None
    """What those messages and the shop's answers are signed with (Standard Webhooks: `whsec_…`)."""
    staff_session_hours: Annotated[float, Field(gt=0.0, le=24 * 7)] = 10.0
    """For how long staff stays signed in at the desk."""
    oidc_issuer: Annotated[str, AfterValidator(parse_public_url)] | None = None
    """An OpenID Connect provider by which staff signs in, such as `https://login.example.com/realms/shop`."""
    oidc_client_id: str | None = None
    """What this service is called there."""
    oidc_client_secret: SecretStr | None = None
    """Its secret there."""
    oidc_role_claim: str = "roles"
    """The claim that says what somebody does: `staff`, `writer` or `admin`; everybody else is refused."""
    fair_use: Literal["off", "observe", "on"] = "off"
    """Whether deferred customers' tickets give way: `observe` decides without effect, for staff to see."""
    fair_use_days: Annotated[int, Field(ge=1, le=365)] = 30
    """The period of fair use: what is older does not count."""
    fair_use_messages: Annotated[int, Field(ge=0)] = 20
    """The most messages in it; several on one matter within `fair_use_burst_hours` are one. 0 for no such ground."""
    fair_use_burst_hours: Annotated[int, Field(ge=1, le=24 * 7)] = 24
    """For how long messages on one matter are one."""
    fair_use_in_docs: Annotated[int, Field(ge=0)] = 4
    """From how many questions on whose answer was shown and not opened. 0 for no such ground."""
    fair_use_in_docs_share: Annotated[float, Field(ge=0.0, le=1.0)] = 0.6
    """The least share that they are of all questions in the period."""
    fair_use_repeats: Annotated[int, Field(ge=0)] = 3
    """From how many repeats of a solved matter on whose steps were not tried. 0 for no such ground."""
    deferred_hours: Annotated[float, Field(gt=0.0, le=24 * 14)] = 24.0
    """How long a deferred ticket waits at most, where others would be answered within half of that; it gives way for
    half of it."""
    sign_in_limit: Annotated[str, AfterValidator(parse_limit)] = "30/hour"
    """How many times one address may try to sign in at the desk."""
    helpdesk: HelpdeskName = "none"
    """The helpdesk that tickets are handed over to; with `none` they wait in the built-in queue."""
    helpdesk_url: str | None = None
    """Where it is; of a webhook, the address that takes the messages."""
    helpdesk_token: SecretStr | None = None
    """What we identify ourselves with; of Request Tracker also `user:password`, of Zendesk `address/token:key`."""
    helpdesk_queue: str = ""
    """Its queue or group for tickets: a name, for django-helpdesk, Zendesk and Freshdesk a number."""
    helpdesk_secret: SecretStr | None = None
    """What webhooks are signed with, ours and theirs (Standard Webhooks: `whsec_…`)."""
    helpdesk_poll_seconds: Annotated[float, Field(gt=0.0)] = 30.0
    """How often it is asked for answers and closed tickets."""
    helpdesk_mails: bool = True
    """Whether it is told customers' addresses and mails its answers itself; else this service does."""
    helpdesk_private: bool = False
    """Whether a webhook's address may be in a private network."""
    question_limit: Annotated[str, AfterValidator(parse_limit)] = "60/minute"
    """How many questions one visitor may ask; one address ten times as many, as with the next three."""
    ticket_limit: Annotated[str, AfterValidator(parse_limit)] = "20/hour"
    """How many tickets one account may send."""
    mail_limit: Annotated[str, AfterValidator(parse_limit)] = "5/hour"
    """How many mails with a link are sent to one address, or at one visitor's request."""
    file_limit: Annotated[str, AfterValidator(parse_limit)] = "60/hour"
    """How many files one account may add."""
    limits_store: str = "memory://"
    """Where limits are counted: in this process, or `redis://…` for several."""
    max_body_bytes: Annotated[int, Field(ge=1024)] = 262_144
    """Largest request body that is read."""
    reload_seconds: Annotated[float, Field(gt=0.0)] = 1.0
    """How often a running service looks for a newly promoted generation."""
    log_format: Literal["console", "json"] = "json"
    """How logs are written to standard error."""


def read_settings() -> Settings:
    """Return the settings of this process's environment.

    Raises:
        SettingsUnusable: if one has a value that it cannot have.
    """
    try:
        return Settings()
    except ValidationError as exc:
        first = exc.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsUnusable(f"the setting ASKFIRST_{name} is wrong: {first['msg']}") from exc
