"""Everything an operator may change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from platformdirs import user_cache_path
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.privacy.redaction import Redactor
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


def parse_pattern(pattern: str) -> str:
    """Return a pattern for order numbers.

    Raises:
        ValueError: if it is none, or matches nothing at all.
    """
    Redactor(order_pattern=pattern)
    return pattern


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
    """The folder of `synonyms.yaml` and `pinned.yaml`, which a running service takes up as they are edited."""
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
