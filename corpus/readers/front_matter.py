"""The YAML block at the head of a Markdown file."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from corpus.languages import parse_locale

_BLOCK = re.compile(r"\A---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_UNCLOSED = re.compile(r"\A---[ \t]*\r?\n[A-Za-z_-]+:")
_ADDRESS = re.compile(r"https?://|/", re.IGNORECASE)


def _as_locale(value: object) -> object:
    return parse_locale(value) if isinstance(value, str) else value


def _as_date(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return datetime.datetime.fromisoformat(value).date()
    except ValueError as exc:
        raise ValueError(f"{value!r} is not a date such as 2026-05-31") from exc


def _as_address(value: object) -> object:
    if isinstance(value, str) and not _ADDRESS.match(value):
        raise ValueError(f"{value!r} does not start with https://, http:// or /")
    return value


class _WordsLoader(yaml.SafeLoader):
    """Reads every value as it is written: ``locale: no`` is Norwegian, ``title: 1.10`` not a number."""

    yaml_implicit_resolvers = {  # noqa: RUF012  PyYAML's own class attribute
        first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":null", ":merge"))]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class FrontMatter(BaseModel):
    """What a writer may say about a page; other keys belong to other tools and are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str | None = None
    description: str | None = None
    locale: Annotated[str, BeforeValidator(_as_locale)] | None = None
    url: Annotated[str, BeforeValidator(_as_address)] | None = None
    aliases: tuple[str, ...] = ()
    audience: str | None = None
    updated: Annotated[datetime.date, BeforeValidator(_as_date)] | None = None


def without_front_matter(source: str) -> str:
    """Return the Markdown of a file whose front matter may be broken."""
    return _BLOCK.sub("", source, count=1)


def split_front_matter(source: str) -> tuple[FrontMatter, str]:
    """Return the front matter of a file and the Markdown after it.

    Raises:
        ValueError: if there is front matter that cannot be understood; the message says which line or key.
    """
    block = _BLOCK.match(source)
    if block is None:
        if _UNCLOSED.match(source):
            raise ValueError("the front matter has no closing line '---'")
        return FrontMatter(), source
    try:
        values: Any = _WordsLoader(block.group(1)).get_single_data()
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        place = f" in line {mark.line + 2}" if mark is not None else ""
        problem = getattr(exc, "problem", None) or str(exc).splitlines()[0]
        raise ValueError(f"the front matter is not valid YAML{place}: {problem}") from exc
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise ValueError("the front matter must be 'key: value' lines")
    try:
        return FrontMatter.model_validate(values), source[block.end() :]
    except ValidationError as exc:
        first = exc.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise ValueError(f"the front matter's {key!r} is wrong: {message}") from exc
