"""The text of a generation: its pages and passages, one JSON object a line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import TypeAdapter

from corpus.page import Page
from corpus.passage import Passage

ADAPTER = "adapter"
"""Folder of the help centre's own adapter, in a generation that was built with one."""
_PAGES = "pages.jsonl"
_PASSAGES = "passages.jsonl"
_page = TypeAdapter(Page)
_passage = TypeAdapter(Passage)


def write_contents(folder: Path, pages: Iterable[Page], passages: Iterable[Passage]) -> None:
    """Write both files, lines in the order given."""
    _write_lines(folder / _PAGES, (_page.dump_json(page) for page in pages))
    _write_lines(folder / _PASSAGES, (_passage.dump_json(passage) for passage in passages))


def read_pages(folder: Path) -> list[Page]:
    """Return a generation's pages in order."""
    with (folder / _PAGES).open("rb") as file:
        return [_page.validate_json(line) for line in file]


def read_passages(folder: Path) -> list[Passage]:
    """Return a generation's passages in order."""
    with (folder / _PASSAGES).open("rb") as file:
        return [_passage.validate_json(line) for line in file]


def adapter_in(folder: Path) -> Path | None:
    """Return the adapter's folder in a generation that has one."""
    adapter = folder / ADAPTER
    return adapter if adapter.is_dir() else None


def content_digest(pages: Sequence[Page]) -> str:
    """Return a SHA-256 that is equal only for the same pages in the same order."""
    digest = hashlib.sha256()
    for page in pages:
        digest.update(_page.dump_json(page))
        digest.update(b"\n")
    return digest.hexdigest()


def _write_lines(path: Path, lines: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        file.writelines(line + b"\n" for line in lines)
