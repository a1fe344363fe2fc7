"""The YAML block at the head of a Markdown file."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from corpus.languages import parse_locale

_BLOCK = re.compile(r"\A---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_UNCLOSED = re.compile(r"\A---[ \t]*\r?\n[A-Za-z_]+:")


def _as_locale(value: object) -> object:
    return parse_locale(value) if isinstance(value, str) else value


def _as_text(value: object) -> object:
    # YAML reads `title: 2026` as a number and `title: Yes` as a truth value; a writer meant the word.
    return str(value) if isinstance(value, int | float | bool) else value


Text = Annotated[str, BeforeValidator(_as_text)]


class FrontMatter(BaseModel):
    """What a writer may say about a page; other keys belong to other tools and are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: Text | None = None
    description: Text | None = None
    locale: Annotated[str, BeforeValidator(_as_locale)] | None = None
    url: Text | None = None
    aliases: tuple[Text, ...] = ()
    audience: Text | None = None
    updated: datetime.date | None = None


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
        values: Any = yaml.safe_load(block.group(1))
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
