"""Everything an operator may change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_cache_path
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus.languages import parse_locale


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
    """Signs interaction tokens; without one they end with the process."""
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
